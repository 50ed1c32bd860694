"""Who sets out in a Flee directory: from where, and how many."""

import numpy as np

from sim.config import RefugeSettings
from sim.errors import InputError
from sim.flee.case import FleeCase
from sim.flee.places import CAMPS
from sim.paths import shown


def origin_weights(case: FleeCase, terror: np.ndarray) -> np.ndarray:
    """Return where those who set out on a day come from: weights by day and place (D, P).

    Population times terror, (D, P). On a day on which none of the places has both, the weights of the nearest day
    with any; without population anywhere, all places that are ever in conflict alike.
    """
    weights = terror * _residents(case)
    if not weights.any():
        return np.tile((case.intensity > 0).any(axis=0).astype(float), (case.n_days, 1))
    good = np.flatnonzero(weights.any(axis=1))
    nearest_day = good[np.abs(np.arange(case.n_days)[:, None] - good).argmin(axis=1)]
    return weights[nearest_day]


def observed_departures(case: FleeCase) -> np.ndarray:
    """Return the people who set out by day and place (D, P): as many as the camps received, by population in conflict.

    Raises
    ------
    InputError
        Where the case has no observations, or no place is ever in conflict.
    """
    if not case.intensity.any():
        raise InputError(f"{shown(case.folder)}: no place is ever in conflict, so nobody can set out")
    weights = origin_weights(case, case.intensity)
    return weights / weights.sum(axis=1, keepdims=True) * case.arrivals[:, None]


def own_departures(case: FleeCase, settings: RefugeSettings) -> np.ndarray:
    """Return the people who set out by day and place (D, P), by this model's own hazard.

    Of those left in a place in conflict, intensity x leave_rate x exp(-days since its conflict began / leave_fade_days)
    set out on a day: who can leave does so early (a form as of discharge; the numbers are fitted).
    """
    hazard = case.intensity * settings.leave_rate * np.exp(-conflict_days(case) / settings.leave_fade_days)
    staying = np.cumprod(1.0 - hazard, axis=0)
    leaving = -np.diff(staying, axis=0, prepend=1.0) * _residents(case)
    leaving[0] = 0.0  # who had left by then is counted in the camps of day 0
    return leaving


def conflict_days(case: FleeCase) -> np.ndarray:
    """Return for how many days each place has been in conflict without a break (D, P); 0 on the first day."""
    in_conflict = case.intensity > 0
    days = np.zeros(in_conflict.shape, dtype=np.int64)
    for day in range(1, len(days)):
        days[day] = np.where(in_conflict[day] & in_conflict[day - 1], days[day - 1] + 1, 0)
    return days


def _residents(case: FleeCase) -> np.ndarray:
    """Return the population of each place that is no camp (P,)."""
    people = case.locations["people"].to_numpy(dtype=float)
    return np.where(case.locations["type"].isin(CAMPS), 0.0, people)
