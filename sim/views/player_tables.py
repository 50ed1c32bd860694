"""A run's tables as what a player shows day by day: people by place and status, journeys, crossings, outcomes."""

import datetime
import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.once import once
from sim.views.observations import drawn_rows
from sim.views.packing import packed
from sim.views.panels import PANELS, Panel, band
from sim.views.stocks import LOST, counted_in, crossing_states_by_day, displaced_rows, lost_places
from sim.views.style import STATUS_GROUPS

GROUPS = list(STATUS_GROUPS)
STATES = ("gate_quiet", "gate_open", "gate_shut")
HELD = ("held_before", "partly_lost", "lost")
_BY = ["location", "group", "status"]


def stocks(daily: pd.DataFrame, case, places: list[str], n_days: int) -> np.ndarray:
    """Return people in displacement by place, status group and day, (P, S, D): the mean over seeds, whole people."""
    columns = [daily[name].astype("category") for name in _BY]
    names = [tuple(column.cat.categories) for column in columns]
    kinds = np.ravel_multi_index([column.cat.codes.to_numpy(int) for column in columns], [len(one) for one in names])
    lines = _lines(case, tuple(places), *names)[kinds]  # looked up once a kind of people, not once a row
    rows = lines >= 0
    cell = lines[rows] * n_days + daily["day"].to_numpy(int)[rows]
    size = len(places) * len(GROUPS) * n_days
    people = np.bincount(cell, daily["people"].to_numpy(float)[rows], size) / daily["seed"].nunique()
    return np.rint(people).astype(np.int32).reshape(len(places), len(GROUPS), n_days)


@once(8)
def _lines(case, places: tuple[str, ...], *names: tuple[str, ...]) -> np.ndarray:
    """Return for each kind of people (place, group, status) the line of (P, S) that it counts in; -1: in none."""
    kinds = pd.DataFrame(list(itertools.product(*names)), columns=_BY)
    drawn = displaced_rows(kinds, case)
    place = pd.Series(range(len(places)), places).reindex(drawn["place"]).to_numpy()
    lines = np.full(len(kinds), -1)
    key = drawn["key"].map(GROUPS.index).to_numpy(int)
    lines[drawn.index] = np.where(np.isnan(place), -1, np.nan_to_num(place) * len(GROUPS) + key)
    return lines


def packed_stocks(people: np.ndarray) -> list[tuple[int, int, str]]:
    """Return place, status and the packed list of people by day, for those where there is anybody."""
    somebody = np.argwhere(people.any(axis=2)).tolist()
    texts = packed([people[place, status] for place, status in somebody])
    return [(*where, text) for where, text in zip(somebody, texts, strict=True)]


def journeys(flows: pd.DataFrame, case, places: list[str], n_seeds: int) -> pd.DataFrame:
    """Return who set out: day, origin, destination (numbers of places), people (mean over seeds), largest first.

    Journeys within a place, camps and towns counted in it, are left out.
    """
    counted = counted_in(case).map({name: i for i, name in enumerate(places)})
    ends = {}
    for end in ("origin", "destination"):
        column = flows[end].astype("category")
        ends[end] = counted.reindex(column.cat.categories).to_numpy(int)[column.cat.codes]
    cells = np.ravel_multi_index([flows["day"].to_numpy(int), *ends.values()], (2**15, len(places), len(places)))
    unique, number = np.unique(cells, return_inverse=True)
    people = np.rint(np.bincount(number, flows["people"].to_numpy(float), len(unique)) / n_seeds).astype(int)
    day, origin, destination = np.unravel_index(unique, (2**15, len(places), len(places)))
    found = pd.DataFrame({"day": day, "origin": origin, "destination": destination, "people": people})
    found = found[(origin != destination) & (people > 0)]
    return found.sort_values(["day", "people"], ascending=[True, False], kind="stable").reset_index(drop=True)


def packed_journeys(gone: pd.DataFrame, inside: Sequence[int], most: int, n_days: int) -> list[str]:
    """Return for each day a packed list: all who set out to a place in a frame, then the largest ways.

    A way is origin, destination, people.
    """
    seen = gone[gone["destination"].isin(inside)]
    edges = np.searchsorted(seen["day"], np.arange(n_days + 1))
    ways, people = seen[["origin", "destination", "people"]].to_numpy(), seen["people"].to_numpy()
    return packed(
        [
            np.append(people[first:last].sum(), ways[first : min(last, first + most)]) if first < last else ()
            for first, last in itertools.pairwise(edges)
        ]
    )


def crossing_states(border: pd.DataFrame, case, places: list[str], n_days: int) -> list[list]:
    """Return for each crossing its place and the days on which its state changes: [place, [day, state, ...]]."""
    states = crossing_states_by_day(border, case, n_days)
    return [[places.index(name), _changes([STATES.index(state) for state in states[name]])] for name in states]


@once(8)
def held(case, places: tuple[str, ...], start: datetime.date, n_days: int) -> list[list]:
    """Return for each place that the government takes or holds: its place, [day, mark, ...] of the facts."""
    dates = pd.to_datetime(case.events.loc[case.events["type"].isin(LOST), "date"])
    days = sorted({min(max(0, (date.date() - start).days), n_days) for date in dates})
    found: dict[str, list[int]] = {}
    for day in days[: np.searchsorted(days, n_days)]:
        for name, mark in lost_places(case.events, start + datetime.timedelta(days=day)).items():
            told = found.setdefault(name, [0, 0] if day else [])
            if told[-1:] != [HELD.index(mark) + 1]:
                told += [day, HELD.index(mark) + 1]
    return [[places.index(name), told] for name, told in found.items() if name in places]


def _changes(values: list[int]) -> list[int]:
    """Return day, value, ... for each day on which a value differs from that of the day before."""
    found = []
    for day, value in enumerate(values):
        if day == 0 or value != values[day - 1]:
            found += [day, value]
    return found


def news(series: pd.DataFrame, observed: pd.DataFrame) -> set[str]:
    """Return the titles of the panels in which something happens in a run."""
    seen = _seen(observed)
    return {panel.title for panel in PANELS if panel.has_news(series, seen[panel.title])}


@once(8)
def _seen(observed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the published counts that each panel shows."""
    return {panel.title: drawn_rows(observed, panel.outcomes, panel.how) for panel in PANELS}


def packed_series(series: pd.DataFrame) -> dict[str, list[list[str]]]:
    """Return for each panel and outcome the packed lists mean, low, high by day; the mean alone of one seed."""
    names = ("mean", "low", "high") if series["seed"].nunique() > 1 else ("mean",)
    found = {}
    for panel in PANELS:
        bands = [band(series[series["outcome"] == outcome], panel.how) for outcome in panel.outcomes]
        found[panel.title] = [packed([np.rint(one[name].to_numpy()).astype(int) for name in names]) for one in bands]
    return found


def published(observed: pd.DataFrame, panels: list[Panel], start: datetime.date, n_days: int) -> list[list[list]]:
    """Return for each panel its published counts in the run: first day, last day, value, low, high, use."""
    found = _published(observed, start, n_days)
    return [found[panel.title] for panel in panels]


@once(8)
def _published(observed: pd.DataFrame, start: datetime.date, n_days: int) -> dict[str, list[list]]:
    found = {}
    for title, rows in _seen(observed).items():
        days = [(rows[name] - pd.Timestamp(start)).dt.days for name in ("start", "end")]
        inside = (days[0] >= 0) & (days[1] < n_days)
        lines = zip(*days, rows["value"], rows["low"], rows["high"], rows["use"], inside, strict=True)
        found[title] = [[*map(_plain, line[:5]), line[5]] for line in lines if line[6]]
    return found


def _plain(value: float) -> int | None:
    return None if pd.isna(value) else round(value)
