"""Where those who set out on a day come from, and how many they are."""

import numpy as np

from sim.flee.case import FleeCase


def origin_weights(case: FleeCase, terror: np.ndarray) -> np.ndarray:
    """Return where those who set out on a day come from: weights by day and place (D, P).

    Population times terror, (D, P). On a day on which none of the places has both, the weights of the nearest day
    with any; without population anywhere, all places that are ever in conflict alike.
    """
    weights = terror * case.locations["people"].to_numpy(dtype=float)
    if not weights.any():
        return np.tile((case.intensity > 0).any(axis=0).astype(float), (case.n_days, 1))
    good = np.flatnonzero(weights.any(axis=1))
    nearest_day = good[np.abs(np.arange(case.n_days)[:, None] - good).argmin(axis=1)]
    return weights[nearest_day]
