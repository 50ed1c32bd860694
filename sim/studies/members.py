"""An ensemble: parameter sets times seeds, and what of its spread is chance and what is parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.config import Config
from sim.errors import InputError, nearest
from sim.results import read_table

WEIGHT = "weight"
_NOT_PARAMETERS = (WEIGHT, "draw", "loss")  # columns that a file of parameter sets may have besides

Draw = dict[str, float]


@dataclass
class Member:
    """One run of an ensemble: which parameter set, which seed, and every setting."""

    draw: int
    seed: int
    config: Config


def read_draws(path: Path | str, n_draws: int, config: Config) -> list[Draw]:
    """Return parameter sets that stand for those of a file in proportion to their weights.

    Parameters
    ----------
    path
        A CSV or Parquet table, a row a parameter set, its columns named as settings (`behaviour.onward_rate`, or
        without a group for `behaviour`); with a column `weight`, unless all weigh the same.
    n_draws
        How many to return; a set of much weight is returned several times. They are chosen systematically (every
        1/n-th of the weight, Kitagawa 1996), without chance.

    Raises
    ------
    InputError
        Where there is no such table, or what it holds is no parameter.
    """
    table = _read(Path(path))
    known = _parameters(config)
    names = {name: _full(name) for name in table.columns if name not in _NOT_PARAMETERS}
    for name, full in names.items():
        if full not in known:
            raise InputError(f"{path}: there is no parameter '{name}'{nearest(full, known)}")
    weights = table[WEIGHT].to_numpy(np.float64) if WEIGHT in table else np.ones(len(table))
    if not len(table) or not names or (weights < 0).any() or not weights.sum() > 0:
        raise InputError(f"{path} must hold one parameter set or more, with weights of 0 or more, not all 0")
    shares = np.cumsum(weights) / weights.sum()
    chosen = np.searchsorted(shares, (np.arange(n_draws) + 0.5) / n_draws)
    return [{full: known[full](table[name].iloc[i]) for name, full in names.items()} for i in chosen]


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"posterior is '{path}', but there is no such file")
    try:
        table = read_table(path) if path.suffix == ".parquet" else pd.read_csv(path)
        return table.astype(np.float64)
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read as a table of numbers: {str(error).splitlines()[0]}") from error


def _full(name: str) -> str:
    return name if "." in name else f"behaviour.{name}"


def _parameters(config: Config) -> dict[str, Callable]:
    """Return every number that has a declared range, as group.name, and how it is made of a float."""
    groups = {item.name: getattr(config, item.name) for item in fields(config)}
    return {
        f"{group}.{item.name}": round if item.type is int else float
        for group, values in groups.items()
        if is_dataclass(values)
        for item in fields(values)
        if "low" in item.metadata
    }


def members(config: Config, draws: Sequence[Draw]) -> list[Member]:
    """Return every parameter set with every seed; the same seed means the same luck in each."""
    found = []
    for number, draw in enumerate(draws):
        own = config
        for full, value in draw.items():
            group, _, name = full.partition(".")
            own = replace(own, **{group: replace(getattr(own, group), **{name: value})})
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
