"""Published counts by what they may be used for, and what a run counts in place of each.

`observations` is the only door to the counts that a model may be fitted to or is validated against: a fit that asks
for calibration is never handed a row of another use.
"""

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest
from sim.metrics import OUTCOMES
from sim.scores import line_through_last
from sim.seeds import Case, places_in

USES = ("calibration", "validation")
WHOLE = ("", "NW Syria")  # the whole crisis; all other labels are places
# HNAP's monthly tables come from a round of interviews around the turn of the month: they may hold its last days.
ROUND_SOURCE, ROUND_DAYS = "hnap_", 5
ALIKE_DAYS = 3  # flows over periods whose lengths differ by no more can be compared: weeks, or months
_ONE_DAY = datetime.timedelta(days=1)

Tables = Callable[[str], pd.DataFrame]


def observations(case: Case, use: str, first: datetime.date, last: datetime.date) -> pd.DataFrame:
    """Return the observations of one use whose period lies inside a run, in the order of outcome, place and date.

    Parameters
    ----------
    use
        calibration (may be fitted to) or validation (never; always reported).
    first, last
        First and last date of the run.
    """
    if use not in USES:
        raise InputError(f"use is '{use}', but must be one of {', '.join(USES)}{nearest(use, USES)}")
    rows = case.observed[case.observed["use"] == use]
    inside = [first <= begin(row, first) and row.date <= last for row in rows.itertuples()]
    return rows[pd.Series(inside, rows.index, dtype=bool)].sort_values(["outcome", "place", "date"], kind="stable")


def begin(row, first: datetime.date) -> datetime.date:
    """Return the first day that an observation covers; a stock, or a count from the start, covers all."""
    start = row.period_start
    return start if isinstance(start, datetime.date) and not pd.isna(start) else first


def can_count(row) -> bool:
    """Tell whether a run counts what was observed."""
    return row.outcome in _AT_PLACES if row.place not in WHOLE else row.outcome in OUTCOMES or row.outcome in _ELSEWHERE


def counted(tables: Tables, rows: pd.DataFrame, case: Case, round_days: int = ROUND_DAYS) -> pd.DataFrame:
    """Return what a run counts in place of observations: a row an observation, a column a seed.

    Parameters
    ----------
    tables
        Gives a table of the run by its name, as `Run.table` does.
    rows
        Observations inside the run of which `can_count` is true.
    round_days
        Days before the month that a monthly round of interviews is taken to hold; 0 takes its dates literally.
    """
    series = _Series(tables("series"))
    found = [_count(tables, series, row, case, round_days) for row in rows.itertuples()]
    return pd.DataFrame(found, index=pd.Index(rows["id"], name="id"), columns=series.seeds).astype(float)


class _Series:
    """The outcomes of a run as numbers by day and seed; 0 on days that it does not have."""

    def __init__(self, series: pd.DataFrame):
        self.first = series["date"].min().date()
        self.seeds = pd.Index(sorted(series["seed"].unique()), name="seed")
        days = (series["date"] - pd.Timestamp(self.first)).dt.days.to_numpy()
        outcomes = series["outcome"].astype("category")
        self._numbers = {name: number for number, name in enumerate(outcomes.cat.categories)}
        self._values = np.zeros((len(self._numbers), days.max() + 1, len(self.seeds)))
        self._values[outcomes.cat.codes, days, self.seeds.get_indexer(series["seed"])] = series["value"]

    def between(self, outcome: str, start: datetime.date, end: datetime.date) -> np.ndarray:
        """Return the values of an outcome from one date to another, (D, S)."""
        days = [max((date - self.first).days, 0) for date in (start, end + _ONE_DAY)]
        number = self._numbers.get(outcome)
        return np.zeros((0, len(self.seeds))) if number is None else self._values[number, slice(*days)]

    def on(self, outcome: str, date: datetime.date) -> np.ndarray:
        """Return the value of an outcome on a date by seed."""
        return self.between(outcome, date, date).sum(axis=0)


def _count(tables: Tables, series: _Series, row, case: Case, round_days: int) -> np.ndarray:
    """Return the count of one observation by seed."""
    begins = begin(row, series.first)
    if row.place and row.kind == "flow" and row.source.startswith(ROUND_SOURCE):
        begins = max(begins - round_days * _ONE_DAY, series.first)
    if row.place in WHOLE:
        return _ELSEWHERE.get(row.outcome, _in_series)(series, row, begins)
    from_outside = row.outcome == "arrivals" and row.kind == "cumulative"
    name, count = ("flows", _came) if from_outside else _AT_PLACES[row.outcome]
    table = tables(name)
    days = table[table["date"].between(pd.Timestamp(begins), pd.Timestamp(row.date))]
    sums = days[count(days, row, case)].groupby("seed")["people"].sum()
    return sums.reindex(series.seeds, fill_value=0).to_numpy()


def _in_series(series: _Series, row, begins: datetime.date) -> np.ndarray:
    """Return an outcome of the whole case: summed over the period, on its last day, or its growth in the period."""
    if OUTCOMES[row.outcome][1] == "sum":
        return series.between(row.outcome, begins, row.date).sum(axis=0)
    at_end = series.on(row.outcome, row.date)
    return at_end if row.kind == "stock" else at_end - series.on(row.outcome, begins - _ONE_DAY)


def _evacuated(series: _Series, row, begins: datetime.date) -> np.ndarray:
    """Return who waited at the land border on the eve: all of them are taken away."""
    return series.on("people_at_land_border", begins - _ONE_DAY)


def _arrived(table: pd.DataFrame, row, case: Case) -> pd.Series:
    return table["location"].isin(places_in(case.locations, row.place)) & table["kind"].isin(["displaced", "repeat"])


def _came_home(table: pd.DataFrame, row, case: Case) -> pd.Series:
    return table["location"].isin(places_in(case.locations, row.place)) & (table["kind"] == "returned")


def _crossed(table: pd.DataFrame, row, case: Case) -> pd.Series:
    return table["location"].isin(places_in(case.locations, row.place)) & (table["kind"] == "border_crossed")


def _left(table: pd.DataFrame, row, case: Case) -> pd.Series:
    """Choose those who set out from a place to somewhere else."""
    inside = places_in(case.locations, row.place)
    return table["origin"].isin(inside) & ~table["destination"].isin(inside)


def _came(table: pd.DataFrame, row, case: Case) -> pd.Series:
    """Choose those who set out from somewhere else to an area; moves within it are no arrivals."""
    inside = places_in(case.locations, row.place)
    return table["destination"].isin(inside) & ~table["origin"].isin(inside)


def _between(table: pd.DataFrame, row, case: Case) -> pd.Series:
    """Choose those who set out from one governorate to another, or within one; the label is A>B."""
    ends = zip(("origin", "destination"), row.place.split(">"), strict=True)
    origin, destination = (table[end].isin(places_in(case.locations, f"{name} governorate")) for end, name in ends)
    return origin & destination


def _waits(table: pd.DataFrame, row, case: Case) -> pd.Series:
    here = table["location"].isin(places_in(case.locations, row.place)) & (table["status"] == "at_gate")
    return here & (table["date"] == pd.Timestamp(row.date))


# outcomes of the whole case that are not a line of the series
_ELSEWHERE = {"evacuated": _evacuated}
# outcome at a place -> table of the run, and which of its rows count
_AT_PLACES = {
    "arrivals": ("arrivals", _arrived),
    "departures": ("flows", _left),
    "arrivals_flow": ("flows", _between),
    "returns": ("arrivals", _came_home),
    "island_arrivals": ("arrivals", _crossed),
    "people_at_land_border": ("daily", _waits),
}


def naive(rows: pd.DataFrame, first: datetime.date) -> pd.DataFrame:
    """Return what naive forecasts say about each observation, from observations of earlier days only.

    Parameters
    ----------
    rows
        Observations that may be looked at.

    Returns
    -------
    By observation: `persistence`, what was counted last of the same kind, place and length of period; `trend`, the
    line through the last two such counts. Blank (NaN) where there is no such past.
    """
    known = list(rows.itertuples())
    found = {row.id: _naive(known, row, first) for row in known}
    return pd.DataFrame.from_dict(found, orient="index", columns=["persistence", "trend"], dtype=float)


def _naive(rows: list, row, first: datetime.date) -> tuple[float, float]:
    known_until = begin(row, first) if row.kind == "flow" else row.date
    same = [one for one in rows if (one.outcome, one.place, one.kind) == (row.outcome, row.place, row.kind)]
    past = sorted((one for one in same if one.date < known_until), key=lambda one: one.date)
    if row.kind == "flow":
        past = [one for one in past if abs((_length(one, first) - _length(row, first)).days) <= ALIKE_DAYS]
    if not past:
        return float("nan"), float("nan")
    days, values = [one.date.toordinal() for one in past], [one.value for one in past]
    return float(past[-1].value), line_through_last(days, values, row.date.toordinal())


def _length(row, first: datetime.date) -> datetime.timedelta:
    return row.date - begin(row, first)
