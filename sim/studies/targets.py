"""What the model must reach on counts that were never fitted to, and whether it does."""

import math
from dataclasses import dataclass

import pandas as pd

from sim.studies.agreement import ard_of_places

CUMULATIVE_WITHIN = 0.10
BORDER_FACTOR = 1.5
WEEK_FACTOR, WEEK_PEOPLE = 2.0, 100
DESTINATIONS_ARD = 0.35
COVERAGE = (0.80, 0.97)
MET, MISSED, UNTESTED = "yes", "no", "not tested"


@dataclass
class Target:
    """One thing to reach: the limit in words, what was found, and whether it was met."""

    name: str
    limit: str
    found: str
    met: str


def targets(table: pd.DataFrame, use: str = "validation") -> list[Target]:
    """Hold published counts of one use against the limits.

    Parameters
    ----------
    table
        As from `sim.studies.agreement.beside`.
    """
    rows = table[table["use"] == use]
    by_date, by_week = f"within a factor of {BORDER_FACTOR:g}", f"a factor of {WEEK_FACTOR:g} or {WEEK_PEOPLE} people"
    return [
        _each("Cumulative displaced", f"within {percent(CUMULATIVE_WITHIN)}", _of(rows, "displaced"), _percent),
        _each("People at the land border", by_date, _of(rows, "border"), _factor),
        _each("Island arrivals by week", f"within {by_week}", _of(rows, "island_weeks"), _week),
        _destinations(table, use),
        _coverage(rows),
    ]


def percent(value: float, sign: str = "") -> str:
    """Write a share in percent."""
    return f"{100 * value:{sign}.0f} %"


def _met(is_met: bool) -> str:
    return MET if is_met else MISSED


def _of(rows: pd.DataFrame, family: str) -> pd.DataFrame:
    return rows[rows["family"] == family]


def _each(name: str, limit: str, rows: pd.DataFrame, judge) -> Target:
    """Judge every count; what was found is told of the one that fits worst."""
    if rows.empty:
        return Target(name, limit, "no such count", UNTESTED)
    judged = [(*judge(row), row) for row in rows.itertuples()]
    n_met = sum(met for met, *_ in judged)
    _, _, text, row = max(judged, key=lambda one: one[1])
    found = f"{n_met} of {len(judged)}; furthest off {row.date}: {row.predicted:,.0f} for {row.published:,.0f} ({text})"
    return Target(name, limit, found, _met(n_met == len(judged)))


def _percent(row) -> tuple[bool, float, str]:
    is_near = abs(row.predicted - row.published) <= CUMULATIVE_WITHIN * row.published
    return is_near, abs(row.error), percent(row.error, "+")


def _ratio(row) -> float:
    """Return by which factor the greater of two counts exceeds the smaller one."""
    small, large = sorted((row.predicted, row.published))
    return large / small if small > 0 else math.inf


def _factor(row) -> tuple[bool, float, str]:
    return _ratio(row) <= BORDER_FACTOR, _ratio(row), f"factor {_ratio(row):.2f}"


def _week(row) -> tuple[bool, float, str]:
    near = abs(row.predicted - row.published) <= WEEK_PEOPLE
    return near or _ratio(row) <= WEEK_FACTOR, 1.0 if near else _ratio(row), f"factor {_ratio(row):.2f}"


def _destinations(table: pd.DataFrame, use: str) -> Target:
    name, limit = "Arrivals by sub-district", f"averaged relative difference at most {DESTINATIONS_ARD:g}"
    normal, rescaled = ard_of_places(table, "destinations", use)
    if math.isnan(normal):
        fitted, _ = ard_of_places(table, "destinations", "calibration")
        known = "" if math.isnan(fitted) else f"; {fitted:.2f} on the counts used to fit"
        return Target(name, limit, f"no such count marked {use}{known}", UNTESTED)
    return Target(name, limit, f"{normal:.2f}, rescaled {rescaled:.2f}", _met(normal <= DESTINATIONS_ARD))


def _coverage(rows: pd.DataFrame) -> Target:
    low, high = COVERAGE
    counts = rows[rows["family"] != "shares"]
    limit = f"hold {percent(low)} to {percent(high)} of the counts"
    if counts.empty:
        return Target("90 % bands", limit, "no such count", UNTESTED)
    share = counts["inside_counted_90"].mean()
    found = f"{percent(share)}: {int(counts['inside_counted_90'].sum())} of {len(counts)}"
    found += f"; {percent(counts['inside_90'].mean())} without the error of counting"
    return Target("90 % bands", limit, found, _met(low <= share <= high))
