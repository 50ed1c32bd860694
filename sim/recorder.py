"""Daily tables into preallocated arrays, and from them tidy frames. Stock and flow are never mixed in a column."""

import datetime
import functools

import numpy as np
import pandas as pd

from sim.compiled import loop
from sim.geography import ENTRY_GATE, THEATRE, Geography
from sim.population import BORDER_COUNTS, OPEN_AIR, RETURNED, SETTLED_ABROAD, STATUSES

FIRST_MOVE, REPEAT_MOVE, MOVE_AFTER_RETURN = 1, 2, 3
ARRIVAL_KINDS = ("displaced", "repeat", "returned", "border_crossed")
CAME_BACK, CROSSED_BORDER = 2, 3
MANY = 1 << 16  # rows that wait to be added up


def _cells(counts: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return where a table of counts is not zero, an array of positions for each of its axes, and its counts there."""
    # Over one axis and on booleans NumPy looks ten times as quickly.
    cells = np.flatnonzero(counts.ravel() != 0)
    return np.unravel_index(cells, counts.shape), counts.ravel()[cells]


@functools.lru_cache(16)
def _categories(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(names))


def _numbers(column) -> np.ndarray:
    return np.ascontiguousarray(column, np.int64)


@loop
def _add(table, rows, columns, people):
    """Add people to the cells of a table."""
    for i in range(len(people)):
        table[rows[i], columns[i]] += people[i]


@loop
def _count_arrivals(table, from_south, places, statuses, moves, people):
    """Add arrivals to a table of places and kinds: displaced, repeat, returned, border_crossed."""
    for i in range(len(people)):
        if statuses[i] == OPEN_AIR:
            table[places[i], 0 if moves[i] == 1 else 1] += people[i]
        elif statuses[i] == RETURNED:
            table[places[i], CAME_BACK] += people[i]
        elif statuses[i] == SETTLED_ABROAD and from_south[i]:
            table[places[i], CROSSED_BORDER] += people[i]


class Recorder:
    """What happened, day by day: D days, P places, G groups.

    Attributes
    ----------
    stock
        (D, P, G, statuses) people at the end of the day.
    arrivals
        (D, P, kinds) people who arrived on the day.
    border
        (D, P, G, counts) people at crossings, coasts and river banks.
    moves
        (D, P, 4) people leaving a place of the theatre, by kind of move; kind 0 is any other journey.
    cold_deaths
        (D,) people who died in the open.
    camp_people_start
        (P,) people displaced before day 0 who live in camps.
    """

    def __init__(self, geography: Geography, groups: list[str], start: datetime.date, n_days: int):
        n_places, n_groups = len(geography.names), len(groups)
        self.geography, self.groups, self.start, self.n_days = geography, groups, start, n_days
        self.stock = np.zeros((n_days, n_places, n_groups, len(STATUSES)), np.int32)
        self.arrivals = np.zeros((n_days, n_places, len(ARRIVAL_KINDS)), np.int64)
        self.border = np.zeros((n_days, n_places, n_groups, len(BORDER_COUNTS)), np.int32)
        self.moves = np.zeros((n_days, n_places, 4), np.int64)
        self.camp_people_start = np.zeros(n_places, np.int64)
        self.cold_deaths = np.zeros(n_days, np.int64)
        self._flows: list[np.ndarray] = []
        self._departures: list[tuple] = []  # of whole days: day, origin, destination, group, people
        self._ways = (n_days, n_places, n_places, n_groups)
        self._n_departures, self._day = 0, -1
        self._is_southern = np.isin(geography.role, (THEATRE, ENTRY_GATE))
        self._steps: list[tuple] = []

    def departed(self, day: int, origins, destinations, groups, people, kinds) -> None:
        """Count departures; all arguments but the day are arrays of one length."""
        _add(self.moves[day], _numbers(origins), _numbers(kinds), _numbers(people))
        if day != self._day and self._n_departures > MANY:
            self._settle()
        self._day, self._n_departures = day, self._n_departures + len(people)
        self._departures.append((np.full(len(people), day), origins, destinations, groups, people))

    def _settle(self) -> None:
        """Add up departures since the last time: several phases may send people along the same way on a day."""
        if not self._departures:
            return
        *ways, people = (np.concatenate(columns) for columns in zip(*self._departures, strict=True))
        self._departures, self._n_departures = [], 0
        keys, index = np.unique(np.ravel_multi_index(ways, self._ways), return_inverse=True)
        totals = np.bincount(index, people).astype(np.int64)
        self._flows.append(np.column_stack([*np.unravel_index(keys, self._ways), totals]))

    def arrived(self, day: int, origins, places, statuses, moves, people) -> None:
        """Count arrivals of displaced and returning people, and of those who come from the theatre to settle."""
        columns = map(_numbers, (places, statuses, moves, people))
        _count_arrivals(self.arrivals[day], self._is_southern[origins], *columns)

    def crossed(self, day: int, places, people) -> None:
        """Count arrivals in the country beyond."""
        _add(self.arrivals[day], _numbers(places), np.full(len(places), CROSSED_BORDER), _numbers(people))

    def journey(self, household: int, day: int, people: int, group: int, place: int, status: int, destination: int):
        """Note a change of place or status of a household that is followed."""
        self._steps.append((household, people, day, group, place, status, destination))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables as tidy frames, rows that count nobody left out."""
        return {
            "daily": self._daily(),
            "flows": self._flow_frame(),
            "arrivals": self._sparse(self.arrivals, {"kind": ARRIVAL_KINDS}),
            "border": self._border_frame(),
            "journeys": self._journey_frame(),
        }

    def dates(self, days) -> np.ndarray:
        """Return the calendar dates of days."""
        return np.datetime64(self.start, "D") + np.asarray(days).astype("timedelta64[D]")

    def _names(self, numbers, names) -> pd.Categorical:
        return pd.Categorical.from_codes(numbers, dtype=_categories(tuple(names)))

    def _daily(self) -> pd.DataFrame:
        (day, place, group, status), people = _cells(self.stock)
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "location": self._names(place, self.geography.names),
                "group": self._names(group, self.groups),
                "status": self._names(status, STATUSES),
                "people": people,
            }
        )

    def _sparse(self, counts, last: dict) -> pd.DataFrame:
        (day, place, kind), people = _cells(counts)
        ((column, names),) = last.items()
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "location": self._names(place, self.geography.names),
                column: self._names(kind, names),
                "people": people.astype(np.int32),
            }
        )

    def _flow_frame(self) -> pd.DataFrame:
        self._settle()
        rows = np.concatenate(self._flows) if self._flows else np.zeros((0, 5), np.int64)
        day, origin, destination, group, people = rows.T
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "origin": self._names(origin, self.geography.names),
                "destination": self._names(destination, self.geography.names),
                "group": self._names(group, self.groups),
                "people": people.astype(np.int32),
            }
        )

    def _border_frame(self) -> pd.DataFrame:
        rows = np.unique(np.flatnonzero(self.border.ravel() != 0) // len(BORDER_COUNTS))
        day, place, group = np.unravel_index(rows, self.border.shape[:-1])
        counts = self.border.reshape(-1, len(BORDER_COUNTS))[rows]
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "crossing": self._names(place, self.geography.names),
                "group": self._names(group, self.groups),
            }
            | {name: counts[:, i] for i, name in enumerate(BORDER_COUNTS)}
        )

    def _journey_frame(self) -> pd.DataFrame:
        steps = np.array(self._steps, np.int64).reshape(-1, 7)
        order = np.lexsort((steps[:, 2], steps[:, 0]))
        household, people, day, group, place, status, destination = steps[order].T
        names = self.geography.names
        return pd.DataFrame(
            {
                "household": household,
                "people": people.astype(np.int32),
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "group": self._names(group, self.groups),
                "location": self._names(place, names),
                "status": self._names(status, STATUSES),
                "destination": self._names(destination, names),
            }
        )

    def household_frame(self, columns: dict[str, np.ndarray]) -> pd.DataFrame:
        """Return households in their last state with names instead of numbers."""
        names = self.geography.names
        return pd.DataFrame(
            {
                "household": columns["household"],
                "people": columns["people"],
                "dead": columns["dead"],
                "group": self._names(columns["group"], self.groups),
                "home": self._names(columns["home"], names),
                "location": self._names(columns["place"], names),
                "status": self._names(columns["status"], STATUSES),
                "moves": columns["moves"],
                "tries": columns["tries"],
                "travelled_km": columns["travelled_km"],
                "path": columns["path"],
            }
        )
