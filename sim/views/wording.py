"""Words for people: what outcomes and scenarios are called in pictures and reports, and how numbers are written."""

import math
import textwrap

from sim.headlines import SUMMED_UP

SECTIONS = {
    "Displacement": {
        "displaced": "Ever displaced",
        "remaining_displaced": "Displaced and not returned",
        "returned": "Returned home",
        "returns": "Journeys home",
        "gross_moves": "Moves, first and repeated",
        "northern_aleppo": "Displaced in the Turkish-held north",
    },
    "Shelter": {
        "hosted": "Hosted or renting",
        "in_camps": "In camps",
        "in_tents": "In tents",
        "in_unfinished_buildings": "In unfinished buildings",
        "open_air": "In the open",
        "nights_in_the_open": "Nights in the open",
        "travelling": "On the road",
    },
    "At the borders": {
        "entered_host": "Entered the host country",
        "people_at_land_border": "Waiting at the land border",
        "attempts": "Attempts at the land border",
        "prevented": "Attempts prevented there",
        "admitted": "Admitted at crossings",
        "pushed_back": "Pushed back",
        "intercepted": "Stopped on the way",
        "gave_up": "Gave up and left the border",
    },
    "Beyond the border": {
        "land_arrivals": "Arrived over the land border",
        "island_arrivals": "Arrived on the islands",
        "island_stock": "On the islands",
        "people_in_host_country": "In the host country",
    },
    "Harm": {
        "injured_at_border": "Injured at a border",
        "dead_on_the_way": "Died on the way or in the cold",
    },
}
OTHER = {
    "travelled": "Kilometres travelled",
    "nights_at_the_land_border": "Nights at the land border",
    "arrivals_of_displaced": "Arrivals of displaced people",
    "got_into_host_country": "Got into the host country",
    "got_beyond_host_country": "Got beyond the host country",
}
NAMES = {outcome: name for section in SECTIONS.values() for outcome, name in section.items()} | OTHER
MAIN = (
    "displaced",
    "remaining_displaced",
    "returned",
    "open_air",
    "nights_in_the_open",
    "entered_host",
    "people_at_land_border",
    "pushed_back",
    "land_arrivals",
    "island_arrivals",
    "injured_at_border",
    "dead_on_the_way",
)
SMALL, HUGE = 0.05, 1000  # percent


def outcome_name(outcome: str) -> str:
    """Return what an outcome is called."""
    return NAMES.get(outcome, outcome.replace("_", " ").capitalize())


def summed_up(how: str) -> str:
    """Return how a run is summed up in one number: at the end, at the peak, in all."""
    return SUMMED_UP.get(how, how)


def scenario_name(name: str) -> str:
    """Return what a scenario is called."""
    return name.replace("_", " ")


def wrapped(text: str, letters: float) -> str:
    """Break a text into lines of so many letters, or of as many as its longest word has."""
    return "\n".join(textwrap.wrap(text, max(int(letters), 8), break_long_words=False))


def whole(value: float) -> str:
    """Write a number of people without decimals, or with one where it is a small mean."""
    small = abs(value) < 10 and value != round(value)
    return f"{value:,.1f}" if small else f"{value:,.0f}"


def signed(value: float) -> str:
    """Write a difference with its sign; nothing but a zero has none."""
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{whole(abs(value))}"


def signed_percent(value: float) -> str:
    """Write a difference in percent, as how many times the baseline where it is huge; nothing without a baseline."""
    if math.isnan(value):
        return ""
    if value == 0:
        return "0 %"
    if value >= HUGE:
        return f"× {1 + value / 100:,.0f}"
    size = abs(value)
    digits = "<0.1" if size < SMALL else f"{size:.1f}" if size < 10 else f"{size:,.0f}"
    return f"{'+' if value > 0 else '−'}{digits} %"
