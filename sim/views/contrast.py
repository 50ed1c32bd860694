"""From a comparison's frames to what its pictures show: which scenarios, which days, how sure each difference is."""

import numpy as np
import pandas as pd

from sim.views import wording

SAME, CLEAR, UNCLEAR, SINGLE = "same", "clear", "unclear", "single"
ONE_PERSON = 0.5  # smaller differences between sums are not of people
MOST_DRAWN = 8  # scenarios beside the baseline in a picture with a panel for each


def verdicts(differences: pd.DataFrame) -> pd.Series:
    """Tell how sure each difference is.

    Returns
    -------
    Series
        "same" where no seed differs, "clear" where the 95 % interval lies on one side of zero, "unclear" where it
        holds zero, "single" where one seed differs and there is no interval.
    """
    low, high = differences["low"], differences["high"]
    same = (differences["difference"] == 0) & ~(low < high)
    words = np.select([same, low.isna(), (low > 0) | (high < 0)], [SAME, SINGLE, CLEAR], default=UNCLEAR)
    return pd.Series(words, differences.index)


def others(comparison) -> list[str]:
    """Return the scenarios beside the baseline, in the order in which they were named."""
    return [name for name in comparison.runs if name != comparison.baseline]


def most_different(comparison, most: int = MOST_DRAWN) -> list[str]:
    """Return the scenarios that a picture with a panel for each shows: those that differ most, in their order.

    How much a scenario differs is the mean over the main outcomes of its difference in percent, each at most 100.
    """
    rows = comparison.differences
    rows = rows[rows["outcome"].isin(wording.MAIN)]
    size = rows["percent"].abs().fillna(100).clip(upper=100).groupby(rows["scenario"].astype(str)).mean()
    names = others(comparison)
    chosen = sorted(names, key=lambda name: -size.get(name, 0.0))[:most]
    return [name for name in names if name in chosen]


def credit(comparison, drawn: list[str]) -> str:
    """Return the line below a picture: what it rests on, and which scenarios it leaves out."""
    missing = [wording.scenario_name(name) for name in others(comparison) if name not in drawn]
    left_out = f"Not drawn, as they differ less: {', '.join(missing)}. " if missing else ""
    return f"{left_out}Simulated, not observed ({seeds_of(comparison)})."


def first_difference(by_day: pd.DataFrame) -> dict[str, int]:
    """Return the first day on which each scenario differs from the baseline; those that never do are left out."""
    differs = by_day[(by_day["difference"] != 0) | (by_day["high"] > by_day["low"])]
    return differs.groupby("scenario", observed=True)["day"].min().to_dict()


def distances(people: dict[str, pd.DataFrame], baseline: str) -> dict[str, pd.Series]:
    """Return how far each scenario lies from the baseline on each day, place by place; those that never do are out.

    Parameters
    ----------
    people
        By scenario: people by day (rows) and place (columns).
    """
    found = {name: table.sub(people[baseline], fill_value=0).abs().sum(axis=1) for name, table in people.items()}
    return {name: distance for name, distance in found.items() if distance.max() >= ONE_PERSON}


def telling_day(apart: dict[str, pd.Series]) -> int | None:
    """Return the day that shows most of all scenarios, or None where there are none.

    Each distance is taken as a share of its largest, and of that the root, so that a day on which many scenarios
    differ somewhat is preferred to one on which a few differ much.
    """
    shares = [np.sqrt(distance / distance.max()) for distance in apart.values()]
    return int(sum(shares).idxmax()) if shares else None


def seeds_of(comparison) -> str:
    """Return how many seeds the comparison rests on, in words."""
    n = int(comparison.differences["n"].max())
    return f"{n} paired seeds" if n > 1 else "one seed"
