"""Scores of predicted against observed numbers, and the naive forecasts that a model must beat.

Arrays: D days, P places, R members of an ensemble, O origins. All numbers count people unless said otherwise.
"""

import numpy as np

AT_LEAST = 1.0  # denominator of the averaged relative difference on a day on which the data hold nobody


def ard(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Return the averaged relative difference, as Flee's tools print it ("normal").

    Parameters
    ----------
    predicted, observed
        (D, P) people by day and place.

    Returns
    -------
    Mean over the days of sum |predicted - observed| / sum observed [1]: 0 is perfect, 2 the worst if totals agree.

    Notes
    -----
    Suleimenova, Bell and Groen 2017 (Scientific Reports 7, 13377); the denominator is the sum of the places' data
    on the day, at least 1.
    """
    return float(ard_by_place(predicted, observed).sum())


def ard_rescaled(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Return the averaged relative difference after scaling each day's prediction to the data's sum of that day.

    People who are predicted to be elsewhere, as on their way, so do not count against the prediction. A day on which
    nobody is predicted anywhere cannot be scaled and stays as it is.

    Parameters
    ----------
    predicted, observed
        (D, P) people by day and place.
    """
    return ard(rescaled(predicted, observed), observed)


def ard_by_place(predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return each place's part of the averaged relative difference, (P,); the parts add up to it."""
    predicted, observed = _alike(predicted, observed)
    people = np.maximum(observed.sum(axis=1, keepdims=True), AT_LEAST)
    return (np.abs(predicted - observed) / people).mean(axis=0)


def rescaled(predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return predictions scaled so that each day's sum is that of the data, (D, P)."""
    predicted, observed = _alike(predicted, observed)
    sums = predicted.sum(axis=1, keepdims=True)
    factor = np.divide(observed.sum(axis=1, keepdims=True), sums, out=np.ones_like(sums), where=sums > 0)
    return predicted * factor


def mean_absolute_error(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Return the mean of |predicted - observed|, arrays of one shape."""
    predicted, observed = _alike(predicted, observed)
    return float(np.abs(predicted - observed).mean())


def bias(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Return the mean of predicted - observed: above 0 where too many are predicted; arrays of one shape."""
    predicted, observed = _alike(predicted, observed)
    return float((predicted - observed).mean())


def band(ensemble: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the central band that holds the next member of an ensemble with probability `level`.

    The quantile p is the value of rank p (R + 1) (Weibull 1939; type 6 of Hyndman and Fan 1996, American
    Statistician), which alone makes the band of exchangeable members hold an observation drawn like them with
    exactly that probability. It needs (1 + level) / (1 - level) members (3 for 50 %, 19 for 90 %); with fewer, the
    band is their whole range and holds (R - 1) / (R + 1).

    Parameters
    ----------
    ensemble
        (R, ...)
    level
        Probability, above 0 and below 1.
    """
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(np.asarray(ensemble, np.float64), [tail, 1.0 - tail], axis=0, method="weibull")
    return low, high


def coverage(ensemble: np.ndarray, observed: np.ndarray, level: float) -> float:
    """Return the share of the observations that lie inside the ensemble's central band, its ends included.

    Parameters
    ----------
    ensemble
        (R, ...)
    observed
        (...)
    level
        Probability that the band is meant to have, as 0.9.
    """
    low, high = band(ensemble, level)
    observed = np.asarray(observed, np.float64)
    return float(((low <= observed) & (observed <= high)).mean())


def crps(ensemble: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return the fair continuous ranked probability score of an ensemble; smaller is better.

    mean |x_i - y| - sum_ij |x_i - x_j| / (2 R (R - 1)): its expectation does not depend on the number of members
    (Ferro 2014, Quarterly Journal of the Royal Meteorological Society 140; Zamo and Naveau 2018, Mathematical
    Geosciences 50). A single member counts as a certain forecast: its absolute error. Being unbiased, the score of
    one observation can be below 0.

    Parameters
    ----------
    ensemble
        (R, ...)
    observed
        (...), and so the result.
    """
    members = np.sort(np.asarray(ensemble, np.float64), axis=0)
    observed = np.asarray(observed, np.float64)
    if members.shape[1:] != observed.shape:
        raise ValueError(f"an ensemble {members.shape} cannot be scored against observations {observed.shape}")
    n = len(members)
    error = np.abs(members - observed).mean(axis=0)
    if n == 1:
        return error
    # Sorted, the k-th of n members is the larger one in k pairs and the smaller one in n - 1 - k.
    weights = 2.0 * np.arange(n) - n + 1.0
    return error - np.tensordot(weights, members, axes=1) / (n * (n - 1))


def skill(score: float, naive: float) -> float:
    """Return 1 - score / naive: 1 is perfect, 0 no better than the naive forecast; blank where that is perfect."""
    return 1.0 - score / naive if naive > 0 else float("nan")


def equal_split(totals: np.ndarray, n_places: int) -> np.ndarray:
    """Return each day's total (D,) split equally over the places, (D, P)."""
    return in_proportion(totals, np.ones(n_places))


def in_proportion(totals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return each day's total (D,) split in proportion to weights (P,), such as capacities; (D, P).

    Raises
    ------
    ValueError
        Where a weight is below 0 or all are 0.
    """
    weights = np.asarray(weights, np.float64)
    if (weights < 0).any() or not weights.sum() > 0:
        raise ValueError("weights must be 0 or more, and not all 0")
    return np.outer(totals, weights / weights.sum())


def nearest_open(start: np.ndarray, newcomers: np.ndarray, distance_km: np.ndarray) -> np.ndarray:
    """Return people by day and place if everybody went to the nearest place that is open, arriving at once.

    Parameters
    ----------
    start
        (P,) people before day 0.
    newcomers
        (D, O) people who set out, by day and origin.
    distance_km
        (D, O, P) shortest way on that day; infinite where there is none, as to a closed place. Who finds no way goes
        nowhere and is not counted.
    """
    distance_km, newcomers = np.asarray(distance_km, np.float64), np.asarray(newcomers, np.float64)
    nearest = distance_km.argmin(axis=2)
    reached = np.isfinite(distance_km.min(axis=2))
    arrived = np.zeros((len(newcomers), distance_km.shape[2]))
    days = np.broadcast_to(np.arange(len(newcomers))[:, None], nearest.shape)
    np.add.at(arrived, (days, nearest), newcomers * reached)
    return np.asarray(start, np.float64) + np.cumsum(arrived, axis=0)


def persistence(observed: np.ndarray, horizon: int) -> np.ndarray:
    """Return what was observed `horizon` days before, (D, ...); blank (NaN) on the first days, which have no past."""
    observed = np.asarray(observed, np.float64)
    forecast = np.full_like(observed, np.nan)
    forecast[horizon:] = observed[:-horizon]
    return forecast


def last_trend(observed: np.ndarray, horizon: int) -> np.ndarray:
    """Return observations of `horizon` days before plus their change in the `horizon` days before that, at least 0.

    Parameters
    ----------
    observed
        (D, ...), as is the result; blank (NaN) on the first 2 `horizon` days, which have no such past.
    """
    now = persistence(observed, horizon)
    return np.maximum(2.0 * now - persistence(now, horizon), 0.0)


def line_through_last(days: np.ndarray, values: np.ndarray, day: float) -> float:
    """Return what the line through the observations of the two latest days says about a later day, at least 0.

    Parameters
    ----------
    days, values
        (N,) in ascending order; of several observations of one day the last counts.

    Returns
    -------
    Blank (NaN) where there are no two days.
    """
    known = dict(zip(days, values, strict=True))
    if len(known) < 2:
        return float("nan")
    before, last = list(known)[-2:]
    slope = (known[last] - known[before]) / (last - before)
    return max(float(known[last] + slope * (day - last)), 0.0)


def _alike(predicted: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predicted, observed = np.asarray(predicted, np.float64), np.asarray(observed, np.float64)
    if predicted.shape != observed.shape:
        raise ValueError(f"predictions {predicted.shape} cannot be compared with observations {observed.shape}")
    if np.isnan(predicted).any() or np.isnan(observed).any():
        raise ValueError("blank numbers cannot be compared: leave out the days that have no forecast")
    return predicted, observed
