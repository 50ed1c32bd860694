"""A run in ten lines: each outcome beside the latest published number that counts the same thing."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.results import Run
from sim.seeds import Case

USED = ("calibration", "validation")
WHOLE = ("", "NW Syria")  # counts of single places are not set beside totals
SHOWN = (
    "displaced",
    "gross_moves",
    "northern_aleppo",
    "open_air",
    "remaining_displaced",
    "returned",
    "people_at_land_border",
    "attempts",
    "island_arrivals",
    "island_stock",
)
SUMMED_UP = {"last": "at the end", "peak": "at the peak", "sum": "in all"}


@dataclass
class Headline:
    """One outcome: mean and range over the seeds, and what was published where there is such a number."""

    outcome: str
    unit: str
    when: str
    value: float
    low: float
    high: float
    published: float | None


def headlines(run: Run, case: Case) -> list[Headline]:
    """Return the main outcomes; where a published number exists, the run's on the same dates, else the summary's."""
    series = run.series
    first, last = series["date"].min().date(), series["date"].max().date()
    summary = {entry["outcome"]: entry for entry in run.summary}
    lines = []
    for entry in (summary[outcome] for outcome in SHOWN if outcome in summary):
        row = _latest(case.observed, entry["outcome"], first, last)
        if row is None:
            when, values, published = SUMMED_UP[entry["how"]], entry, None
        else:
            counted = _simulated(series, row, first, is_daily=entry["how"] == "sum")
            when, published = _when(row, first), float(row["value"])
            values = {"value": counted.mean(), "low": counted.min(), "high": counted.max()}
        numbers = (float(values[key]) for key in ("value", "low", "high"))
        lines.append(Headline(entry["outcome"], entry["unit"], when, *numbers, published))
    return lines


def _latest(observed: pd.DataFrame, outcome: str, first: datetime.date, last: datetime.date) -> pd.Series | None:
    """Return the latest observation of an outcome whose period lies inside the run."""
    rows = observed[(observed["outcome"] == outcome) & observed["use"].isin(USED) & observed["place"].isin(WHOLE)]
    inside = [first <= _begin(row, first) and row["date"] <= last for _, row in rows.iterrows()]
    rows = rows[inside]
    return None if rows.empty else rows.sort_values("date", kind="stable").iloc[-1]


def _begin(row: pd.Series, first: datetime.date) -> datetime.date:
    """Return the first day that an observation covers; a stock, or a count from the start, covers all."""
    begin = row["period_start"]
    return begin if isinstance(begin, datetime.date) and not pd.isna(begin) else first


def _simulated(series: pd.DataFrame, row: pd.Series, first: datetime.date, is_daily: bool) -> pd.Series:
    """Return what the run counts in place of an observation, one value a seed."""
    own = series[series["outcome"] == row["outcome"]]
    begin, end = pd.Timestamp(_begin(row, first)), pd.Timestamp(row["date"])
    if is_daily:
        return own[own["date"].between(begin, end)].groupby("seed")["value"].sum()
    at_end = own[own["date"] == end].set_index("seed")["value"]
    if row["kind"] == "stock":
        return at_end
    before = own[own["date"] == begin - pd.Timedelta(days=1)].set_index("seed")["value"]
    return at_end - before.reindex(at_end.index, fill_value=0.0)


def _when(row: pd.Series, first: datetime.date) -> str:
    begin, end = _begin(row, first), row["date"]
    if row["kind"] != "flow":
        return f"{'on' if row['kind'] == 'stock' else 'by'} {_day(end)}"
    return f"on {_day(end)}" if begin == end else f"from {begin.day} {begin:%b} to {_day(end)}"


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%b %Y}"


def beside_observations(run: Run, case: Case) -> pd.DataFrame:
    """Return every published count of the whole case beside the run's and beside the naive forecast.

    Returns
    -------
    One row an observation marked calibration or validation: outcome, use, when, published, simulated (mean over the
    seeds), low, high, error (relative to published), persistence (the same count published last before, else NaN) and
    persistence_error.
    """
    series, rows = run.series, case.observed
    first, last = series["date"].min().date(), series["date"].max().date()
    daily = {entry["outcome"]: entry["how"] == "sum" for entry in run.summary}
    rows = rows[rows["outcome"].isin(daily) & rows["use"].isin(USED) & rows["place"].isin(WHOLE)]
    inside = [first <= _begin(row, first) and row["date"] <= last for _, row in rows.iterrows()]
    rows = rows[np.array(inside, bool)]  # an empty list would choose columns
    found = []
    for _, row in rows.sort_values(["outcome", "date"], kind="stable").iterrows():
        counted = _simulated(series, row, first, is_daily=daily[row["outcome"]])
        naive = _published_before(rows, row, first)
        published = float(row["value"])
        found.append(
            {
                "outcome": row["outcome"],
                "use": row["use"],
                "when": _when(row, first),
                "published": published,
                "simulated": float(counted.mean()),
                "low": float(counted.min()),
                "high": float(counted.max()),
                "error": float(counted.mean()) / published - 1.0,
                "persistence": naive,
                "persistence_error": naive / published - 1.0,
            }
        )
    return pd.DataFrame(found)


def _published_before(rows: pd.DataFrame, row: pd.Series, first: datetime.date) -> float:
    """Return the last count of the same kind and length published for an earlier date."""
    length = row["date"] - _begin(row, first) if row["kind"] == "flow" else None
    alike = rows[(rows["outcome"] == row["outcome"]) & (rows["kind"] == row["kind"]) & (rows["date"] < row["date"])]
    if length is not None:
        near = [abs((one["date"] - _begin(one, first) - length).days) <= 3 for _, one in alike.iterrows()]
        alike = alike[near]
    return float(alike.sort_values("date", kind="stable")["value"].iloc[-1]) if len(alike) else float("nan")
