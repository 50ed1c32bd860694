"""Daily tables into preallocated arrays, and from them tidy frames. Stock and flow are never mixed in a column."""

import datetime

import numpy as np
import pandas as pd

from sim.geography import ENTRY_GATE, THEATRE, Geography
from sim.population import BORDER_COUNTS, OPEN_AIR, RETURNED, SETTLED_ABROAD, STATUSES

FIRST_MOVE, REPEAT_MOVE, MOVE_AFTER_RETURN = 1, 2, 3
ARRIVAL_KINDS = ("displaced", "repeat", "returned", "border_crossed")
CAME_BACK, CROSSED_BORDER = 2, 3


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
        self.arrivals = np.zeros((n_days, n_places, len(ARRIVAL_KINDS)), np.int32)
        self.border = np.zeros((n_days, n_places, n_groups, len(BORDER_COUNTS)), np.int32)
        self.moves = np.zeros((n_days, n_places, 4), np.int64)
        self.camp_people_start = np.zeros(n_places, np.int64)
        self.cold_deaths = np.zeros(n_days, np.int64)
        self._flows: list[np.ndarray] = []
        self._steps: list[tuple] = []

    def departed(self, day: int, origins, destinations, groups, people, kinds) -> None:
        """Count departures; all arguments but the day are arrays of one length."""
        if not len(people):
            return
        np.add.at(self.moves[day], (origins, kinds), people)
        n_places, n_groups = len(self.geography.names), len(self.groups)
        pairs = (np.asarray(origins, np.int64) * n_places + destinations) * n_groups + groups
        keys, index = np.unique(pairs, return_inverse=True)
        totals = np.zeros(len(keys), np.int64)
        np.add.at(totals, index, people)
        origin, rest = np.divmod(keys, n_places * n_groups)
        self._flows.append(np.column_stack([np.full(len(keys), day), origin, *np.divmod(rest, n_groups), totals]))

    def arrived(self, day: int, origins, places, statuses, moves, people) -> None:
        """Count arrivals of displaced and returning people, and of those who come from the theatre to settle."""
        refugees, home = statuses == OPEN_AIR, statuses == RETURNED
        first = moves == 1
        came_over = (statuses == SETTLED_ABROAD) & np.isin(self.geography.role[origins], (THEATRE, ENTRY_GATE))
        for kind, chosen in enumerate((refugees & first, refugees & ~first, home, came_over)):
            np.add.at(self.arrivals[day, :, kind], places[chosen], people[chosen])

    def crossed(self, day: int, places, people) -> None:
        """Count arrivals in the country beyond."""
        np.add.at(self.arrivals[day, :, CROSSED_BORDER], places, people)

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
        return pd.Categorical.from_codes(numbers, categories=list(names))

    def _daily(self) -> pd.DataFrame:
        day, place, group, status = np.nonzero(self.stock)
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "location": self._names(place, self.geography.names),
                "group": self._names(group, self.groups),
                "status": self._names(status, STATUSES),
                "people": self.stock[day, place, group, status],
            }
        )

    def _sparse(self, counts, last: dict) -> pd.DataFrame:
        day, place, kind = np.nonzero(counts)
        ((column, names),) = last.items()
        return pd.DataFrame(
            {
                "day": day.astype(np.int16),
                "date": self.dates(day),
                "location": self._names(place, self.geography.names),
                column: self._names(kind, names),
                "people": counts[day, place, kind].astype(np.int32),
            }
        )

    def _flow_frame(self) -> pd.DataFrame:
        rows = np.concatenate(self._flows) if self._flows else np.zeros((0, 5), np.int64)
        # Several phases of a day may send people along the same way.
        keys, index = np.unique(rows[:, :4], axis=0, return_inverse=True)
        people = np.zeros(len(keys), np.int64)
        np.add.at(people, index.reshape(-1), rows[:, 4])
        day, origin, destination, group = keys.T
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
        day, place, group = np.nonzero(self.border.any(axis=-1))
        counts = self.border[day, place, group].astype(np.int32)
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
                "destination": pd.Categorical.from_codes(destination, categories=names),
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
            }
        )
