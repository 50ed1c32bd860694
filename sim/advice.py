"""What somebody who builds a case would stumble over: what has no effect, cannot be, or is still the template's.

`check_case` of `sim.seeds` finds what tables say against each other; here are facts that fit together and still do not
mean what was meant.
"""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

import numpy as np

from sim.geography import great_circle_km
from sim.metrics import OUTCOMES
from sim.newcase import TEMPLATE
from sim.observed import USES
from sim.seeds import TABLES, Case

ATTACKS = ("bombardment", "strike", "counter_offensive", "offensive_start", "control_change")
_MISTYPED = 0.8  # names so alike are one name; facts may well hold counts that no run makes
FORGIVEN_KM = 1.0  # coordinates and roads are no better


def advice(case: Case, first_day: date, last_day: date) -> list[str]:
    """Return what is doubtful in a case whose tables do not contradict each other.

    Each finding is a sentence that begins with 'error:' (it cannot be simulated), 'warning:' or 'to do:'.
    """
    checks = (_roles(case), _lengths(case), _attacks(case, first_day, last_day), _counts(case, first_day, last_day))
    return [finding for check in (*checks, _left_of_the_template(case)) for finding in check]


def _roles(case: Case) -> Iterator[str]:
    roles = set(case.locations["role"])
    if "theatre" not in roles:
        yield "error: locations.csv: no place has the role theatre, from which people flee."
    if "entry_gate" in roles and "host" not in roles:
        yield "error: locations.csv: there is an entry_gate, but no place with the role host behind it."
    ends = set(case.routes["from"]) | set(case.routes["to"])
    outside = case.locations.loc[case.locations["role"] != "theatre", "name"]  # of the theatre `check_case` tells
    lone = [name for name in outside if name not in ends]
    if lone:
        yield f"warning: routes.csv: no route leads to or from {', '.join(lone[:5])}."
    roads = case.routes[case.routes["mode"] == "road"][["from", "to"]].to_numpy().ravel()
    for row in case.locations[case.locations["role"] == "exit_gate"].itertuples():
        starts = case.routes[case.routes["from"] == row.name]
        if not starts["mode"].isin(["land_border_gate", "river_border"]).any():
            yield f"warning: routes.csv: no land_border_gate or river_border leads out of the exit_gate {row.name}."
        elif row.name not in roads:
            yield f"warning: routes.csv: no road leads to the exit_gate {row.name}."


def _lengths(case: Case) -> Iterator[str]:
    """Find routes shorter than the straight line: swapped coordinates, miles for kilometres, a digit lost."""
    points = dict(zip(case.locations["name"], np.radians(case.locations[["lat", "lon"]].to_numpy()), strict=True))
    for start, end, km in case.routes[["from", "to", "km"]].itertuples(index=False):
        straight = great_circle_km(*points[start], *points[end])
        if km < straight - FORGIVEN_KM:
            yield (
                f"warning: routes.csv: {start} to {end} is {km:g} km, but {straight:,.0f} km as the crow flies: "
                "look at lat and lon of both, and at the unit."
            )


def _attacks(case: Case, first_day: date, last_day: date) -> Iterator[str]:
    theatre = set(case.locations.loc[case.locations["role"] == "theatre", "name"])
    pushing = case.events[case.events["type"].isin(ATTACKS) & case.events["date"].between(first_day, last_day)]
    named = pushing["places"].str.split(";").explode()
    for name in [name for name in named.unique() if name != "all" and name not in theatre]:
        rows = pushing.loc[named.index[named == name]]
        first = rows.iloc[0]
        yield (
            f"warning: events.csv: {name} is not of the role theatre, so what happens there makes nobody flee: "
            f"{first.type} of {first.date}" + f" and {len(rows) - 1} more" * (len(rows) > 1) + "."
        )
    if pushing.empty:
        yield f"warning: events.csv: nobody is attacked from {first_day} to {last_day}, so nobody will flee."


def _counts(case: Case, first_day: date, last_day: date) -> Iterator[str]:
    told = case.observed[case.observed["use"].isin(USES)]
    for row in told.itertuples():
        if row.outcome not in OUTCOMES and (close := get_close_matches(row.outcome, OUTCOMES, n=1, cutoff=_MISTYPED)):
            yield f"warning: observed.csv: no run counts '{row.outcome}' of {row.id} (did you mean '{close[0]}'?)."
    outside = told[~told["date"].between(first_day, last_day)]
    if len(outside):
        one = outside.iloc[0]
        yield (
            f"warning: observed.csv: {len(outside)} of {len(told)} counts to compare with lie outside the run, "
            f"such as {one.id} of {one.date}."
        )


def _left_of_the_template(case: Case) -> Iterator[str]:
    for name in TABLES:
        rows = int((getattr(case, name)["source"] == TEMPLATE).sum())
        if rows:
            has = f"{rows} row{'s' * (rows > 1)} still name{'s' * (rows == 1)}"
            yield f"to do: {name}.csv: {has} the source 'template', put your own facts and sources in their place."
