"""Options weighed: which is dominated by another, and how much each is regretted in which future."""

import numpy as np
import pandas as pd


def dominators(losses: np.ndarray) -> np.ndarray:
    """Return for each option the first that dominates it, -1 where none does (Pareto).

    One dominates another if it is no worse in any outcome and better in one; two that are equal do not.

    Parameters
    ----------
    losses
        (N, K) each outcome of each option, less is better.
    """
    no_worse = (losses[None, :, :] <= losses[:, None, :]).all(axis=2)  # [i, j]: j against i
    better = (losses[None, :, :] < losses[:, None, :]).any(axis=2)
    dominated_by = no_worse & better
    return np.where(dominated_by.any(axis=1), dominated_by.argmax(axis=1), -1)


def regrets(losses: pd.DataFrame) -> pd.DataFrame:
    """Return how much worse each option (rows) is in each future (columns) than the best one there (Savage 1951)."""
    return losses - losses.min(axis=0)


def choices(regret: pd.DataFrame, weights: np.ndarray) -> pd.DataFrame:
    """Return the largest and the expected regret of each option, and whether it has the least of either.

    Parameters
    ----------
    weights
        (F,) how likely each future is taken to be; they sum to 1.
    """
    worst, expected = regret.max(axis=1), pd.Series(regret.to_numpy() @ weights, regret.index)
    return pd.DataFrame(
        {
            "max_regret": worst,
            "worst_future": regret.idxmax(axis=1),
            "expected_regret": expected,
            "is_minimax": worst == worst.min(),
            "is_least_expected": expected == expected.min(),
        }
    )
