"""A run in ten lines: each outcome beside the latest published number that counts the same thing."""

import datetime
from dataclasses import dataclass

import pandas as pd

from sim.observed import USES, WHOLE, begin, counted, naive, observations
from sim.results import Run
from sim.seeds import Case

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
    summary = {entry["outcome"]: entry for entry in run.summary}
    rows, values = _of_the_whole(run, case)
    latest = {row.outcome: row for row in rows.sort_values("date", kind="stable").itertuples()}
    first = run.series["date"].min().date()
    lines = []
    for entry in (summary[outcome] for outcome in SHOWN if outcome in summary):
        row = latest.get(entry["outcome"])
        if row is None:
            when, numbers, published = SUMMED_UP[entry["how"]], [entry[key] for key in ("value", "low", "high")], None
        else:
            own = values.loc[row.id]
            when, numbers, published = _when(row, first), [own.mean(), own.min(), own.max()], float(row.value)
        lines.append(Headline(entry["outcome"], entry["unit"], when, *map(float, numbers), published))
    return lines


def _of_the_whole(run: Run, case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations of the whole case that the run sums up, and what it counts in their place."""
    first, last = (date.date() for date in run.series["date"].agg(["min", "max"]))
    rows = pd.concat([observations(case, use, first, last) for use in USES])
    outcomes = [entry["outcome"] for entry in run.summary]  # counts of single places are not set beside totals
    rows = rows[rows["outcome"].isin(outcomes) & rows["place"].isin(WHOLE)]
    return rows, counted(lambda name: getattr(run, name), rows, case)


def _when(row, first: datetime.date) -> str:
    start, end = begin(row, first), row.date
    if row.kind != "flow":
        return f"{'on' if row.kind == 'stock' else 'by'} {_day(end)}"
    return f"on {_day(end)}" if start == end else f"from {start.day} {start:%b} to {_day(end)}"


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
    rows, values = _of_the_whole(run, case)
    first = run.series["date"].min().date()
    before = naive(rows, first)["persistence"]
    found = []
    for row in rows.sort_values(["outcome", "date"], kind="stable").itertuples():
        own, published = values.loc[row.id], float(row.value)
        found.append(
            {
                "outcome": row.outcome,
                "use": row.use,
                "when": _when(row, first),
                "published": published,
                "simulated": float(own.mean()),
                "low": float(own.min()),
                "high": float(own.max()),
                "error": float(own.mean()) / published - 1.0,
                "persistence": before[row.id],
                "persistence_error": before[row.id] / published - 1.0,
            }
        )
    return pd.DataFrame(found)
