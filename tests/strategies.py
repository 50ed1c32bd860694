"""Worlds, conflicts, behaviours and policies drawn at random by hypothesis, the same ones in every run of the tests."""

import numpy as np
from hypothesis import strategies as st
from worlds import GROUPS, make_case, measure

from sim.policies import EFFECTS

DAYS = 24
OUTSIDE = [
    ("South", "entry_gate", {"lat": 36.9}),
    ("Cedar", "host"),
    ("Plum", "host"),
    ("Dunegate", "exit_gate"),
    ("Willow", "exit_gate"),
    ("Elm", "beyond"),
    ("Fisher", "coast"),
    ("Gull", "island"),
    ("Port", "beyond"),
]
OUTSIDE_ROADS = [
    ("South", "Cedar", 40),
    ("Cedar", "Plum", 300),
    ("Plum", "Dunegate", 250),
    ("Plum", "Willow", 200),
    ("Cedar", "Fisher", 350),
    ("Dunegate", "Elm", 1, "land_border_gate", 1.0),
    ("Willow", "Elm", 1, "river_border", 1.0),
    ("Fisher", "Gull", 10, "sea", 1.0),
    ("Gull", "Port", 250, "ferry_transfer", np.nan),
]
KINDS = [
    "bombardment",
    "strike",
    "offensive_start",
    "counter_offensive",
    "control_change",
    "sub_district_lost",
    "sub_district_partly_lost",
    "turkish_entry",
]
WEST = [
    "exit_gate",
    "exit_sea",
    "news",
    "fare_gate",
    "entry_greece",
    "success_guarded",
    "pushback_land",
    "pushback_sea",
]
WEST += ["intercept_sea", "intercept_river", "attempts", "give_up", "evacuate_gates", "travel_host", "readiness"]
WEST += ["transfers", "transfers_extra"]
SOUTH = [
    "push_air",
    "push_ground",
    "shelter",
    "threat_once",
    "threat_fade",
    "ceasefire",
    "reassurance",
    "seam_cost",
    "aid",
]
SOUTH += ["camp_places"]
FACTORS = ["push_air", "push_ground", "shelter", "threat_once", "threat_fade", "attempts", "give_up", "travel_host"]
FACTORS += ["readiness", "seam_cost", "transfers", "aid", "pushback_land_factor"]
SWITCHES = ["exit_gate", "exit_sea", "news", "fare_gate", "entry_greece", "success_guarded", "pushback_land"]
SWITCHES += ["pushback_sea", "intercept_sea", "intercept_river", "evacuate_gates", "entry_turkey"]
SWITCHES += ["ceasefire", "control_frozen", "protection", "entry_success", "reassurance"]


# Effects that need no key of their own. Nobody is resettled in these worlds, so that who is beyond has crossed.
ANY = sorted(set(EFFECTS) - {"attacks", "attacks_go_on", "resettled"})


@st.composite
def behaviours(draw):
    """Draw parameters of people who flee, move on, try the border and return within a few weeks."""
    ranges = {
        "leave_max": (0.1, 0.9),
        "threshold_sigma": (0.0, 1.0),
        "spread_share": (0.0, 1.0),
        "border_shelter": (0.0, 0.9),
        "onward_rate": (0.0, 0.6),
        "threat_weight_displaced": (0.0, 2.0),
        "danger_aversion": (0.0, 4.0),
        "distance_cost": (0.01, 0.3),
        "ties_weight": (0.0, 0.5),
        "room_weight": (0.0, 1.0),
        "share_with_means": (0.0, 1.0),
        "theatre_speed": (20.0, 150.0),
        "entry_attempts": (0.0, 0.2),
        "entry_success": (0.0, 0.5),
        "entry_death_risk": (0.0, 0.02),
        "readiness_scale": (0.0, 3.0),
        "belief_learning": (0.0, 0.6),
        "attempts_first": (0.3, 1.0),
        "give_up": (0.0, 0.2),
        "death_risk": (0.0, 0.05),
        "drowning_risk": (0.0, 0.05),
        "cold_death_risk": (0.0, 0.02),
        "intercept_sea": (0.0, 1.0),
        "switch_to_sea": (0.0, 0.5),
        "switch_to_land": (0.0, 0.5),
        "hosted": (0.0, 1.0),
        "rehousing": (0.0, 0.4),
        "return_max": (0.0, 0.5),
    }
    fixed = {"entry_attempt_km": 50.0, "host_ties": 1.0, "crowd_people": 300.0, "theatre_speed_min": 10.0}
    return fixed | {name: draw(st.floats(*ends)) for name, ends in ranges.items()}


@st.composite
def cases(draw):
    """Draw a theatre of three to five towns under attack, before the same host country, border and sea."""
    n = draw(st.integers(3, 5))
    names = [f"Town {i}" for i in range(n)]
    where = [{"lat": 36.0 + 0.2 * i, "highway": draw(st.sampled_from(["", "M5"]))} for i in range(n)]
    where[-1]["control"] = draw(st.sampled_from(["opposition", "turkish_held"]))
    roads = [(names[i], names[i + 1], draw(st.integers(5, 80))) for i in range(n - 1)]
    roads += [(names[0], names[-1], draw(st.integers(5, 200))), (names[-1], "South", draw(st.integers(1, 30)))]
    living = [(name, "resident", draw(st.integers(1, 300))) for name in names]
    living += [(name, "displaced_before", draw(st.integers(0, 100))) for name in names[1:]]
    living += [("Cedar", "syrian", 200), ("Plum", "afghan", 200), ("Gull", "islander", 60)]
    several = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).map(";".join)
    kinds = [(draw(st.integers(0, 10)), "bombardment", names[0]), (2, "turkish_entry", "all")]
    kinds += draw(st.lists(st.tuples(st.integers(0, DAYS - 1), st.sampled_from(KINDS), several), max_size=8))
    events = [(day, kind, places, {"share": 0.4}) for day, kind, places in kinds]
    size = draw(st.floats(1.0, 6.0))
    groups = {name: (size, *facts[1:]) for name, facts in GROUPS.items()}
    rates = [("sea_departures", draw(st.integers(0, 20))), ("land_entries", 3), ("island_transfers", 4)]
    camps = [(names[1], draw(st.integers(0, 200))), (names[-1], draw(st.integers(0, 200)))]
    return make_case(
        [(x, "theatre", y) for x, y in zip(names, where, strict=True)] + OUTSIDE,
        roads + OUTSIDE_ROADS,
        living,
        events,
        camps,
        rates,
        groups,
    )


def amounts(name):
    """Return the amounts of an effect that are worth trying."""
    unit = EFFECTS[name].unit
    if unit == "switch":
        return st.sampled_from([0, 1])
    if unit == "people/day":
        return st.sampled_from([amount for amount in (-1, 0, 5, 30) if amount >= EFFECTS[name].low])
    return st.floats(EFFECTS[name].low, min(EFFECTS[name].high, 300.0 if "people" in unit else 3.0))


@st.composite
def measures(draw, names=tuple(ANY), first=0, last=DAYS - 1):
    """Draw a measure with one to three of the named effects, in force from some day on."""
    chosen = draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=3, unique=True))
    day = draw(st.integers(first, last))
    until = draw(st.one_of(st.just(""), st.integers(day, DAYS)))
    needs = {EFFECTS[name].at for name in chosen}
    somewhere = needs & {"spots", "camps"} and "gates" not in needs
    where = draw(st.sampled_from([(), ("Town 0",), ("Town 1", "Town 2")])) if somewhere else ()
    return measure(day, until, where, **{name: draw(amounts(name)) for name in chosen})


def policies(names=tuple(ANY), first=0, last=DAYS - 1):
    """Return policies of up to four measures."""
    found = st.lists(measures(names, first, last), max_size=4)
    return found.map(lambda drawn: {f"measure {i}": one for i, one in enumerate(drawn)})


OPENING = {"opening": measure(3, 12, exit_gate=1, exit_sea=1, news=1)}
seeds = st.integers(0, 2**31 - 1)
