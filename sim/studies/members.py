"""An ensemble: parameter sets times seeds, and what of its spread is chance and what is parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.config import Config
from sim.parameters import with_values

Draw = dict[str, float]


@dataclass
class Member:
    """One run of an ensemble: which parameter set, which seed, and every setting."""

    draw: int
    seed: int
    config: Config


def members(config: Config, draws: Sequence[Draw]) -> list[Member]:
    """Return every parameter set with every seed; the same seed means the same luck in each."""
    found = []
    for number, draw in enumerate(draws):
        own = with_values(config, draw)
        found += [Member(number, config.seed + k, own) for k in range(config.replicates)]
    return found


def apart(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what an ensemble would look like with chance alone and with parameters alone.

    Chance: each value's distance from the mean of its parameter set, put around the mean of all and widened by
    sqrt(S / (S - 1)), because that mean was made of the same values. Parameters: the means of the sets, drawn
    together by what chance adds to the variance of a mean of S seeds (a one-way random-effects analysis of variance).

    Parameters
    ----------
    values
        (K, S, ...): K parameter sets, S seeds.

    Returns
    -------
    (K x S, ...) and (K, ...); blank (NaN) where one seed, or one parameter set, cannot tell.
    """
    values = np.asarray(values, np.float64)
    n_draws, n_seeds = values.shape[:2]
    means = values.mean(axis=1, keepdims=True)
    middle = means.mean(axis=0, keepdims=True)
    widened = np.sqrt(n_seeds / (n_seeds - 1)) if n_seeds > 1 else np.nan
    chance = (middle + (values - means) * widened).reshape(-1, *values.shape[2:])
    if n_draws < 2:
        return chance, np.full((n_draws, *values.shape[2:]), np.nan)
    by_chance = values.var(axis=1, ddof=1).mean(axis=0) / n_seeds if n_seeds > 1 else np.nan * middle[0, 0]
    spread = means.var(axis=0, ddof=1)[0]
    kept = np.divide(np.maximum(spread - by_chance, 0.0), spread, out=np.zeros_like(spread), where=spread > 0)
    return chance, (middle + (means - middle) * np.sqrt(kept))[:, 0]
