"""Paired differences: the same households with the same luck under two policies, seed by seed.

What two runs of one seed share cancels out in their difference, so a few seeds tell small effects apart from chance.
"""

import math

import numpy as np
import pandas as pd

LEVEL = 0.95  # of every interval


def t_quantile(degrees: int, level: float = LEVEL) -> float:
    """Return t such that a Student variable lies in [-t, t] with probability `level`; by bisection.

    Parameters
    ----------
    degrees
        Degrees of freedom, 1 or more.
    """
    low, high = 0.0, 1.0
    while _central_probability(high, degrees) < level:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _central_probability(middle, degrees) < level else (low, middle)
    return (low + high) / 2.0


def _central_probability(t: float, degrees: int) -> float:
    """Return the probability of [-t, t]; Abramowitz and Stegun (1964), formulas 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = degrees % 2
    term = cosine if is_odd else 1.0
    total = term if degrees > 1 else 0.0
    for k in range(3 if is_odd else 2, degrees - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    return 2.0 / math.pi * (angle + sine * total) if is_odd else sine * total


def paired(values: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Compare values with those of the baseline, row by row, over the seeds.

    Parameters
    ----------
    values, baseline
        One row a quantity, one column a seed; the same rows and columns in both.

    Returns
    -------
    baseline, value
        Means over the seeds.
    difference, low, high
        Mean of the differences and its 95 % Student-t interval, blank with one seed.
    percent
        Difference in percent of the baseline, blank where the baseline is 0 and the difference is not.
    noise
        Standard error of the difference, blank with one seed.
    ratio
        Size of the difference against its noise: 0 where no seed differs, infinite where all differ by the same.
    independent_noise
        What the standard error would be if the runs had not shared their luck.
    n
        Number of seeds.
    """
    value, base = values.to_numpy(np.float64), baseline.to_numpy(np.float64)
    differences = value - base
    n = differences.shape[1]
    mean, base_mean = differences.mean(axis=1), base.mean(axis=1)
    same = ~differences.any(axis=1)
    noise = _standard_error(differences)
    reach = noise * t_quantile(n - 1) if n > 1 else noise
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.where(base_mean != 0, 100 * mean / np.abs(base_mean), np.nan)
        ratio = np.abs(mean) / noise
    return pd.DataFrame(
        {
            "baseline": base_mean,
            "value": value.mean(axis=1),
            "difference": mean,
            "low": mean - reach,
            "high": mean + reach,
            "percent": np.where(same, 0.0, percent),
            "noise": noise,
            "ratio": np.where(same, 0.0, ratio),
            "independent_noise": np.hypot(_standard_error(value), _standard_error(base)),
            "n": n,
        },
        index=values.index,
    )


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of each row's mean; blank for a single column."""
    n = values.shape[1]
    return values.std(axis=1, ddof=1) / math.sqrt(n) if n > 1 else np.full(len(values), np.nan)
