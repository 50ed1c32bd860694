"""The panels of the time series, and the numbers behind their lines and bands."""

from dataclasses import dataclass

import pandas as pd

MANY_SEEDS = 20  # from here on the band leaves out the outer tenth


@dataclass(frozen=True)
class Panel:
    """One small picture: its outcomes, how daily values are put together, and the unit of the axis.

    `how` is "level" (as it stands each day), "per_day", "per_week" (mean of seven days, times seven) or
    "cumulative" (daily counts added up).
    """

    title: str
    unit: str
    outcomes: dict[str, str]  # outcome -> its name where the panel has several lines
    how: str = "level"
    zoomed: bool = False  # show only the days with anything, and a week around them

    def has_news(self, series: pd.DataFrame, seen: pd.DataFrame) -> bool:
        """Tell whether anything happened in the run, or was seen of what the run counts."""
        values = series.loc[series["outcome"].isin(self.outcomes), "value"]
        return bool((values != 0).any() or (len(values) and len(seen)))


DISPLACED = {"displaced": "ever displaced", "remaining_displaced": "not returned"}
SHELTER = {"in_camps": "camps", "in_tents": "tents", "open_air": "in the open"}
PANELS = (
    Panel("Displaced since day 0", "people", DISPLACED),
    Panel("Moves, first and repeated", "people per day", {"gross_moves": ""}, "per_day"),
    Panel("Shelter in the theatre", "people", SHELTER),
    Panel("Waiting at the land border", "people", {"people_at_land_border": ""}, zoomed=True),
    Panel("Attempts at the land border, added up", "attempts", {"attempts": ""}, "cumulative", zoomed=True),
    Panel("Returned home, added up", "people", {"returned": ""}),
    Panel("Arrivals on the islands", "people per week", {"island_arrivals": ""}, "per_week"),
    Panel("On the islands", "people", {"island_stock": ""}),
    Panel("Arrivals over the land border", "people per week", {"land_arrivals": ""}, "per_week"),
)


def band(rows: pd.DataFrame, how: str) -> pd.DataFrame:
    """Return mean, low and high over seeds by date of one outcome.

    Parameters
    ----------
    rows
        Columns date, seed, value of one outcome, every day of the run.
    how
        How daily values are put together, as in `Panel`.
    """
    dates = pd.to_datetime(rows["date"])
    one_seed = rows["seed"].nunique() == 1
    table = pd.DataFrame({"value": rows["value"].to_numpy()}, dates) if one_seed else _by_seed(rows.assign(date=dates))
    if how == "per_week":
        table = table.rolling(7, center=True, min_periods=1).mean() * 7
    elif how == "cumulative":
        table = table.cumsum()
    mean = table.mean(axis=1)
    if table.shape[1] == 1:
        return pd.DataFrame({"mean": mean, "low": mean, "high": mean})
    outer = 0.05 if table.shape[1] >= MANY_SEEDS else 0.0
    low, high = table.quantile(outer, axis=1), table.quantile(1 - outer, axis=1)
    return pd.DataFrame({"mean": mean, "low": low, "high": high})


def _by_seed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index(["date", "seed"])["value"].unstack("seed")


def band_name(n_seeds: int) -> str:
    """Return what a band over two or more seeds shows."""
    return f"{'5 to 95 % of' if n_seeds >= MANY_SEEDS else 'range over'} {n_seeds} seeds"


def busy_days(series: pd.DataFrame, outcomes: list[str]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day on which an outcome is above 1 percent of its peak, and a week around."""
    dates, week = pd.to_datetime(series["date"]), pd.Timedelta(days=7)
    rows = series[series["outcome"].isin(outcomes)]
    peaks = rows.groupby("outcome", observed=True)["value"].transform("max")
    busy = dates[rows.index[(rows["value"] > 0) & (rows["value"] >= peaks / 100)]]
    if not len(busy):
        return dates.min(), dates.max()
    return max(busy.min() - week, dates.min()), min(busy.max() + week, dates.max())
