"""Paired differences: the same households with the same luck under two policies, seed by seed.

What two runs of one seed share cancels out in their difference, so a few seeds tell small effects apart from chance.
"""

import math

import numpy as np
import pandas as pd

LEVEL = 0.95  # of every interval
FEWEST = 3  # seeds from which a variance of pairs can be told with an interval


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
    worth, worth_low, worth_high
        How many independent runs one paired run is worth, from `worth_of_pairs`.
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
            **worth_of_pairs(value, base),
            "n": n,
        },
        index=values.index,
    )


def worth_of_pairs(values: np.ndarray, baseline: np.ndarray) -> dict[str, np.ndarray]:
    """Return how many independent runs one paired run is worth: the ratio of the variances of their differences.

    Were the luck not shared, the variance of a difference would be the sum of both variances. So that many times as
    many runs would give an interval as narrow. With S = value + baseline and D = value - baseline the sum is
    (var S + var D) / 2, the worth (1 + var S / var D) / 2, and Pitman (1939, Biometrika 31, "A note on normal
    correlation") gives the exact interval of the ratio of the variances of two correlated normal variables.

    Parameters
    ----------
    values, baseline
        (quantities, seeds), the same seeds in both.

    Returns
    -------
    worth
        Infinite where all seeds differ by the same, as where none differs; below 1 where sharing harms; blank with
        fewer than 3 seeds, or where chance changes nothing in either run.
    worth_low, worth_high
        Its 95 % interval; wide with few seeds, and blank where the worth is infinite or blank.
    """
    n = values.shape[1]
    if n < FEWEST:
        return {name: np.full(len(values), np.nan) for name in ("worth", "worth_low", "worth_high")}
    sums, differences = values + baseline, values - baseline
    s, d = sums.var(axis=1, ddof=1), differences.var(axis=1, ddof=1)
    # Means of equal numbers may differ in their last bit.
    s, d = (np.where(np.ptp(of, axis=1) == 0, 0.0, variance) for of, variance in ((sums, s), (differences, d)))
    squared_covariance = (values.var(axis=1, ddof=1) - baseline.var(axis=1, ddof=1)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = s / d
        unlike = np.clip(1.0 - np.where(s * d > 0, squared_covariance / (s * d), 0.0), 0.0, 1.0)
        k = 1.0 + 2.0 * unlike * t_quantile(n - 2) ** 2 / (n - 2)
        factor = k + np.sqrt(k**2 - 1.0)
        low, high = (1.0 + ratio / factor) / 2.0, (1.0 + ratio * factor) / 2.0
    known = np.isfinite(ratio)
    return {
        "worth": (1.0 + ratio) / 2.0,
        "worth_low": np.where(known, low, np.nan),
        "worth_high": np.where(known, high, np.nan),
    }


def worths(differences: pd.DataFrame) -> dict[str, dict[str, dict]]:
    """Return the worth of a pair by scenario and outcome, as JSON can hold it: "infinite" in words, None for blank."""
    found: dict[str, dict[str, dict]] = {}
    columns = (differences[name] for name in ("scenario", "outcome", "worth", "worth_low", "worth_high"))
    for scenario, outcome, *numbers in zip(*columns, strict=True):
        texts = ["infinite" if math.isinf(one) else None if math.isnan(one) else float(f"{one:.4g}") for one in numbers]
        found.setdefault(scenario, {})[outcome] = dict(zip(("worth", "low", "high"), texts, strict=True))
    return found


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of each row's mean; blank for a single column."""
    n = values.shape[1]
    return values.std(axis=1, ddof=1) / math.sqrt(n) if n > 1 else np.full(len(values), np.nan)
