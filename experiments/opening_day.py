"""What if Turkey had opened its land border with Greece on another day, or never?

    python experiments/opening_day.py

All that answered the opening is moved with it: the coast guard's week, the guarded Greek border, pushbacks at sea, the
police. The closure of 18 March, the evacuation of 27 March and the ends of the Greek measures stay on their dates.
"""

import datetime

from common import Found, Study, later, run

from sim.studies.levers import Setting

HAPPENED = "2020-02-28"
DAYS = ("2020-01-15", "2020-02-03", "2020-02-14", "2020-02-21", HAPPENED, "2020-03-06", "2020-03-13")
MOVED = {
    "border_opening.first_day": HAPPENED,
    "coast_guard_stands_down.first_day": HAPPENED,
    "coast_guard_stands_down.last_day": "2020-03-05",
    "greek_hard_border.first_day": HAPPENED,
    "sea_pushbacks_march.first_day": "2020-03-02",
    "special_police.first_day": "2020-03-05",
}
NEVER = "never"


def opened_on(day: str) -> Setting:
    """Return the setting in which the border opens on a day, and what answered it is moved as far."""
    moved = (datetime.date.fromisoformat(day) - datetime.date.fromisoformat(HAPPENED)).days
    words = (f"policy.{name}={later(date, moved)}" for name, date in MOVED.items())
    return Setting((_short(day),), ("scenario=as_it_happened", *words))


def _short(day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return f"{date.day} {date:%b}"


def answer(found: Found) -> str:
    """Say what the first and the last day that were tried change."""
    first, last = _short(DAYS[0]), _short(DAYS[-1])
    crowd = found.row("people_at_land_border", first)
    return (
        f"Opened on {first} in place of {_short(HAPPENED)}, the crowd at the land gates peaks at "
        f"{found.value('people_at_land_border', first)} people instead of {crowd['baseline']:,.0f} "
        f"({found.change('people_at_land_border', first)}), and attempts change by {found.change('attempts', first)}, "
        f"pushbacks by {found.change('pushed_back', first)}; opened on {last}, attempts change by "
        f"{found.change('attempts', last)}; never opened, by {found.change('attempts', NEVER)}, and arrivals on the "
        f"islands by {found.change('island_arrivals', NEVER)} people. The number ever displaced in Syria changes by "
        f"{found.change('displaced', first)}."
    )


STUDY = Study(
    name="opening_day",
    title="Opening day of the border",
    question=(
        "Had Turkey opened its land border with Greece on another day, or never, how many people would have waited at "
        "the gates, tried to cross, been pushed back or hurt, and arrived?"
    ),
    baseline="the border opened on 28 February, as it happened",
    levers=("opened on", ""),
    settings=[
        Setting(("as it happened",), ("scenario=as_it_happened",)),
        *map(opened_on, DAYS),
        Setting((NEVER,), ("scenario=border_never_opened",)),
    ],
    replicates=5,
    told=(
        "people_at_land_border",
        "attempts",
        "pushed_back",
        "island_arrivals",
        "land_arrivals",
        "injured_at_border",
        "displaced",
    ),
    answer=answer,
    caveats=(
        "The opening was used as pressure with people as its means. The guarded border, the suspension of asylum and "
        "pushbacks, on land and at sea, are illegal or harmful; they are simulated because they happened, and are "
        "moved together with the opening because they answered it. That they would have followed any opening alike "
        "is an assumption.",
        "Days differ mainly in how long the gates are open until the epidemic closes them on 18 March. The days from "
        "the opening to the closure are put in, not found.",
        "Readiness to go, its decline over distance and the fare are assumed, and were set with a ratio of the "
        "counts of 29 February in view: levels are orders of magnitude (sim/ODD.md, sections 9 and 11).",
        "Hope falls with the failures seen and does not recover: a longer opening adds few people after the first days "
        "by construction. Readiness does not depend on the season or on the fighting.",
        "'Never' has no pushbacks at sea either, because Greece would have had no such answer to give; with them fewer "
        "would reach the islands. Departures by sea follow published months, and the weather of single weeks is drawn.",
        "Injuries are an assumed risk an attempt.",
    ),
)

if __name__ == "__main__":
    run(STUDY)
