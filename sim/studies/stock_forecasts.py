"""Forecasts of published stocks that start from what was published on earlier dates.

The model is not started anew: its own change since the date of the start is put onto the count published for that
date. It knows the dated facts and measures in between, as a planner's scenario would assume them.
"""

import datetime

import numpy as np
import pandas as pd

from sim import scores
from sim.observed import USES, WHOLE
from sim.scores import line_through_last
from sim.studies.agreement import BANDS
from sim.studies.crisis import Ensemble

STOCKS = {
    "displaced": "cumulative",
    "remaining_displaced": "stock",
    "people_at_land_border": "stock",
    "island_stock": "stock",
}
_ONE_DAY = datetime.timedelta(days=1)


def stock_forecasts(ensemble: Ensemble, horizon: int) -> dict[str, pd.DataFrame]:
    """Forecast each published stock from every one published at most `horizon` days before.

    Returns
    -------
    forecasts
        outcome, use (of the count that is forecast), start, date, days_ahead, at_start, published, predicted, bands,
        crps, persistence, trend.
    forecast_scores
        By outcome and use: n, errors of the three forecasts on the same counts, skills, coverage, crps.
    """
    wide = ensemble.series[ensemble.series["outcome"].isin(STOCKS)].pivot_table(
        index=["outcome", "date"], columns=["draw", "seed"], values="value", observed=True
    )
    lines = []
    for use in USES:
        past = _stocks(ensemble.past(use))
        for row in past[past["use"] == use].itertuples():
            same = past[(past["outcome"] == row.outcome) & (past["since"] == row.since)]
            starts = same[(same["date"] < row.date) & (same["date"] >= row.date - horizon * _ONE_DAY)]
            lines += [_forecast(wide.loc[row.outcome], row, start, same) for start in starts.itertuples()]
    table = pd.DataFrame(lines)
    return {"forecasts": table, "forecast_scores": _scored(table)}


def _stocks(rows: pd.DataFrame) -> pd.DataFrame:
    """Return stocks of the whole case by date; who is taken away one day waited there on the eve."""
    away = rows["outcome"] == "evacuated"
    eve = rows[away].assign(
        outcome="people_at_land_border", kind="stock", date=[date - _ONE_DAY for date in rows["date"][away]]
    )
    rows = pd.concat([rows[~away], eve])
    wanted = (rows["kind"] == rows["outcome"].map(STOCKS)) & rows["place"].isin(WHOLE)
    since = [str(row.period_start) if row.kind == "cumulative" else "" for row in rows.itertuples()]
    return rows.assign(since=since)[wanted].sort_values("date", kind="stable")


def _forecast(series: pd.DataFrame, row, start, same: pd.DataFrame) -> dict:
    now, then = (series.loc[pd.Timestamp(date)].to_numpy() for date in (row.date, start.date))
    ensemble = np.maximum(start.value + now - then, 0.0)
    known = same[same["date"] <= start.date]
    days = [date.toordinal() for date in known["date"]]
    found = {
        "outcome": row.outcome,
        "use": row.use,
        "start": start.date,
        "date": row.date,
        "days_ahead": (row.date - start.date).days,
        "at_start": start.value,
        "published": row.value,
        "predicted": ensemble.mean(),
    }
    for name, level in BANDS.items():
        found[f"low_{name}"], found[f"high_{name}"] = scores.band(ensemble, level)
    trend = line_through_last(days, known["value"], row.date.toordinal())
    return found | {"crps": float(scores.crps(ensemble, row.value)), "persistence": start.value, "trend": trend}


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    lines = []
    for (use, outcome), rows in table.groupby(["use", "outcome"], sort=False):
        error = {name: (rows[name] - rows["published"]).abs() for name in ("predicted", "persistence", "trend")}
        told = error["trend"].notna()
        inside = (rows["low_90"] <= rows["published"]) & (rows["published"] <= rows["high_90"])
        lines.append(
            {
                "use": use,
                "outcome": outcome,
                "n": len(rows),
                "mae": error["predicted"].mean(),
                "mae_persistence": error["persistence"].mean(),
                "mae_trend": error["trend"].mean(),
                "skill_persistence": scores.skill(error["predicted"].mean(), error["persistence"].mean()),
                "skill_trend": scores.skill(error["predicted"][told].mean(), error["trend"].mean()),
                "coverage_90": inside.mean(),
                "crps": rows["crps"].mean(),
            }
        )
    return pd.DataFrame(lines)
