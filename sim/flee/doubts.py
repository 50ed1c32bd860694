"""What looks wrong in a Flee directory once its tables are seen together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.flee.places import CAMPS, CONFLICT
from sim.flee.tables import few

if TYPE_CHECKING:
    from sim.flee.case import FleeCase

_SHRINKS = 0.1  # a fall below the peak that is told, as a share of it


def of(case: "FleeCase") -> list[str]:
    """Return one sentence for each doubt."""
    found = [*_of_home(case)]
    if case.series is not None:
        for look in (_of_labels, _of_capacity, _of_ranges, _of_falls, _of_zones, _of_sealed_zones):
            found += look(case)
    return found


def _of_home(case) -> Iterator[str]:
    first, home = case.locations["country"].iloc[0], home_country(case)
    if first != home:
        yield f"locations.csv: most zones of conflict lie in {home}, but Flee takes {first} of the first row for home"


def home_country(case) -> str:
    """Return the country in which most conflict zones lie; with Flee's defects that of the first row."""
    zones = case.locations[case.locations["type"] == CONFLICT]
    if case.defects or zones.empty:
        return case.locations["country"].iloc[0]
    return zones["country"].value_counts(sort=True).index[0]


def _of_labels(case) -> Iterator[str]:
    kinds = dict(zip(case.names, case.locations["type"], strict=True))
    strangers = [name for name in case.series if kinds.get(name) not in CAMPS]
    if strangers:
        yield f"data_layout.csv: no camp of locations.csv is {few(strangers)}: left out here, arrivals in Flee"
    unseen = [name for name in case.camps if name not in case.series]
    if unseen:
        yield f"data_layout.csv: the camps {few(unseen)} have no observations and are not compared; Flee stops"


def _of_capacity(case) -> Iterator[str]:
    capacity = dict(zip(case.names, case.locations["people"], strict=True))
    for name in case.observed:
        people, room = case.observed[name].iloc[0], capacity[name]
        if room and people > room:
            yield (
                f"locations.csv: {people:,} people are in {name} on day 0, above its capacity of {room:,}; "
                "Flee reads this as no limit"
            )
        elif room and 2 * people > room:
            yield (
                f"locations.csv: {people:,} people are in {name} on day 0, more than half its capacity of {room:,}; "
                "Flee counts them twice and takes it for full"
            )
    unlimited = [name for name in case.camps if not capacity[name]]
    if unlimited:
        yield f"locations.csv: {few(unlimited)} have no capacity, which means no limit"


def _of_ranges(case) -> Iterator[str]:
    days = case.reported[case.reported["place"].isin(case.observed.columns)].groupby("place", sort=False)["day"]
    late, early = days.min(), days.max()
    late, early = late[late > 0], early[early < case.n_days - 1]
    if len(late):
        told = few(f"{name} (day {day})" for name, day in late.items())
        yield f"observations begin after day 0, their first count holds before: {told}"
    if len(early):
        told = few(f"{name} (day {day})" for name, day in early.items())
        yield f"observations end before the last day {case.n_days - 1}, their last count holds after: {told}"


def _of_falls(case) -> Iterator[str]:
    total = case.observed.sum(axis=1).to_numpy()
    below = np.maximum.accumulate(total) - total
    if below.max() > 0:
        yield (
            f"the observed total falls, by {below.max():,} people on day {below.argmax()} below what it was; "
            f"nobody sets out on {(below > 0).sum()} days"
        )
    peak, last = case.observed.max(), case.observed.iloc[-1]
    falling = [name for name in case.observed if peak[name] - last[name] > _SHRINKS * peak[name]]
    if falling:
        told = few(f"{name} ({peak[name]:,} to {last[name]:,})" for name in falling)
        yield f"counts shrink in {told}; in Flee people hardly leave camps and never go home"


def _of_zones(case) -> Iterator[str]:
    weights = case.intensity * case.locations["people"].to_numpy()
    without = (weights.sum(axis=1) == 0) & (case.arrivals > 0)
    if without.any():
        yield (
            f"{case.arrivals[without].sum():,} people set out on {without.sum()} days on which no populated place is "
            f"in conflict, from day {without.argmax()} on; they start where conflict is nearest in time; Flee stops"
        )


def _of_sealed_zones(case) -> Iterator[str]:
    """Tell of zones from which no open route leads to a camp while people set out."""
    for first, end in _periods(case):
        people = int(case.arrivals[first:end].sum())
        zones = np.flatnonzero((case.intensity[first:end] > 0).any(axis=0))
        camps = set(np.flatnonzero(np.isin(case.kinds[first], CAMPS)))
        shut = [case.names[zone] for zone in zones if not camps & _reached(case, first, zone)]
        if shut and people:
            yield (
                f"days {first} to {end - 1}: no open route leads from {few(shut)} to a camp, "
                f"while {people:,} people set out from {len(zones)} zones"
            )


def _periods(case) -> Iterator[tuple[int, int]]:
    """Yield the first and the end day of each period in which routes and camps stay as they are."""
    camps = np.isin(case.kinds, CAMPS)
    changes = (case.route_open[1:] != case.route_open[:-1]).any(axis=1) | (camps[1:] != camps[:-1]).any(axis=1)
    edges = [0, *(np.flatnonzero(changes) + 1), case.n_days]
    return zip(edges[:-1], edges[1:], strict=True)


def _reached(case, day: int, start: int) -> set[int]:
    """Return every place that open routes join to `start` on a day."""
    number = {name: i for i, name in enumerate(case.names)}
    neighbours: dict[int, set[int]] = {}
    for row, is_open in zip(case.routes.itertuples(), case.route_open[day], strict=True):
        if is_open:
            a, b = number[row[1]], number[row[2]]
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
    found, new = {int(start)}, {int(start)}
    while new:
        new = set().union(*(neighbours.get(place, set()) for place in new)) - found
        found |= new
    return found
