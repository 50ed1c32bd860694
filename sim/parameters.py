"""Parameters by their full names, files of parameter sets, and which set each replicate takes.

A file of parameter sets is a table (CSV or Parquet) with a row a set and a column a parameter, named as the settings
are (`behaviour.onward_rate`, or without a group for `behaviour`), and a column `weight`, unless all weigh the same.
`sim calibrate` writes such files; they say what the data leave open about the parameters.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from sim.config import Config
from sim.errors import InputError, nearest
from sim.paths import data_folder
from sim.results import read_table

WEIGHT = "weight"
_NOT_PARAMETERS = (WEIGHT, "draw", "loss")  # columns that a file of parameter sets may have besides
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


@dataclass(frozen=True)
class Parameter:
    """A number with a declared range.

    Attributes
    ----------
    name
        Its setting, as behaviour.onward_rate.
    low, high, unit, meaning
        As declared in `sim/config.py`.
    cast
        Makes its value of a float.
    """

    name: str
    low: float
    high: float
    unit: str
    meaning: str
    cast: Callable[[float], float]


def parameters(config: Config) -> dict[str, Parameter]:
    """Return every number that has a declared range, by its full name."""
    groups = {item.name: getattr(config, item.name) for item in fields(config)}
    declared = [
        (f"{group}.{item.name}", item)
        for group, values in groups.items()
        if is_dataclass(values)
        for item in fields(values)
        if "low" in item.metadata
    ]
    casts = {name: round if item.type is int else float for name, item in declared}
    return {name: Parameter(name, cast=casts[name], **item.metadata) for name, item in declared}


def full_name(name: str) -> str:
    """Return the full name of a parameter; one without a group is of `behaviour`."""
    return name if "." in name else f"behaviour.{name}"


def value_of(config: Config, name: str) -> float:
    """Return the value that a configuration gives a parameter."""
    group, _, own = name.partition(".")
    return getattr(getattr(config, group), own)


def with_values(config: Config, values: Mapping[str, float]) -> Config:
    """Return a configuration with other values of parameters, by their full names.

    Raises
    ------
    InputError
        For a value outside the declared range.
    """
    for name, value in values.items():
        group, _, own = name.partition(".")
        config = replace(config, **{group: replace(getattr(config, group), **{own: value})})
    return config


class ParameterSets:
    """The parameter sets of a file, with their weights."""

    def __init__(self, path: Path | str, config: Config):
        self.path = Path(path)
        table = _read(self.path)
        known = parameters(config)
        self._columns = {name: full_name(name) for name in table.columns if name not in _NOT_PARAMETERS}
        for column, name in self._columns.items():
            if name not in known:
                raise InputError(f"{path}: there is no parameter '{column}'{nearest(name, known)}")
        self._known, self._table = known, table
        self.weights = table[WEIGHT].to_numpy(np.float64) if WEIGHT in table else np.ones(len(table))
        enough = len(table) and self._columns and (self.weights >= 0).all() and np.isfinite(self.weights).all()
        if not enough or not self.weights.sum() > 0:
            raise InputError(f"{path} must hold one parameter set or more, with weights of 0 or more, not all 0")

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the file [hex]."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, number: int) -> dict[str, float]:
        """Return the values of a set by the parameters' full names."""
        row = self._table.iloc[number]
        return {name: self._known[name].cast(row[column]) for column, name in self._columns.items()}

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Return the numbers of the sets at which these shares of the weight, 0 to 1, are reached."""
        return np.searchsorted(np.cumsum(self.weights) / self.weights.sum(), shares)

    def spread(self, n_draws: int) -> list[dict[str, float]]:
        """Return sets in proportion to their weights, one every 1/n-th of it (Kitagawa 1996), without chance."""
        return [self[i] for i in self.at((np.arange(n_draws) + 0.5) / n_draws)]

    def number_for(self, seed: int) -> int:
        """Return the number of the set that belongs to a seed.

        Multiples of the golden ratio, modulo 1: any run of consecutive seeds covers the weights evenly, more seeds
        change nothing for those before, and every scenario gives a seed the same set.
        """
        return int(self.at(np.array([(0.5 + seed * _GOLDEN) % 1.0]))[0])


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"posterior is '{path}', but there is no such file")
    try:
        table = read_table(path) if path.suffix == ".parquet" else pd.read_csv(path)
        return table.astype(np.float64)
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read as a table of numbers: {str(error).splitlines()[0]}") from error


def posterior_file(name: str) -> Path:
    """Return the path of a file of parameter sets; a bare word means one in `conf/behaviour`."""
    if name != Path(name).name or Path(name).suffix:
        return Path(name)
    folder = data_folder("conf") / "behaviour"
    path = folder / f"{name}.csv"
    if not path.is_file():
        known = [found.stem for found in folder.glob("*.csv")]
        raise InputError(f"posterior is '{name}', but there is no {path}{nearest(name, known)}; or name a file.csv")
    return path


@dataclass(frozen=True)
class Replicate:
    """One replicate of a configuration.

    Attributes
    ----------
    seed
        Its name in every table.
    luck
        The seed it is simulated with.
    set_number
        The parameter set it takes, counted from 0; none without a posterior.
    config
        Every setting, the parameter set among them.
    """

    seed: int
    luck: int
    set_number: int | None
    config: Config


def replicates(config: Config) -> list[Replicate]:
    """Return the replicates of a configuration: each with its seed and, from a posterior, its parameter set.

    `vary` chooses what differs between them: luck and parameters (both), only luck (chance: all take the set of the
    first), or only parameters (all have the luck of the first).
    """
    seeds = range(config.seed, config.seed + config.replicates)
    if config.posterior is None:
        return [Replicate(seed, seed, None, config) for seed in seeds]
    sets = ParameterSets(posterior_file(config.posterior), config)
    plain = replace(config, posterior=None, vary="both")
    found = []
    for seed in seeds:
        number = sets.number_for(config.seed if config.vary == "chance" else seed)
        luck = config.seed if config.vary == "parameters" else seed
        found.append(Replicate(seed, luck, number, with_values(plain, sets[number])))
    return found
