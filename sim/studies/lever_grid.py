"""Every combination of the positions of some levers as a configuration; conf/levers.yaml holds the levers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import yaml

from sim.compose import compose
from sim.config import Config
from sim.errors import InputError, nearest
from sim.paths import data_folder

DEFAULT = ("opening", "ceasefire", "greece", "camps")
_CHANGES = {"without", "with", "set"}


@dataclass(frozen=True)
class Position:
    """One position of a lever: measures left out, measures added, values set."""

    name: str
    without: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Lever:
    """What can be turned, and its positions; the first changes nothing."""

    name: str
    asks: str
    positions: tuple[Position, ...]


def levers(names: Sequence[str]) -> list[Lever]:
    """Return levers by their names.

    Raises
    ------
    InputError
        For a name that is no lever or named twice, or a lever that is not written as it must be.
    """
    path = data_folder("conf") / "levers.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in names:
        if name not in known:
            raise InputError(f"levers names '{name}', but must be of {', '.join(known)}{nearest(name, known)}")
        if list(names).count(name) > 1:
            raise InputError(f"levers names '{name}' twice")
    if not names:
        raise InputError(f"levers is empty, but must name some of {', '.join(known)}")
    return [_lever(name, known[name], path) for name in names]


def _lever(name: str, text: dict, path) -> Lever:
    positions = []
    for position, change in text["positions"].items():
        if not set(change) <= _CHANGES:
            wrong = next(key for key in change if key not in _CHANGES)
            raise InputError(f"{path}: {name}, '{position}': '{wrong}' must be one of {', '.join(sorted(_CHANGES))}")
        without, added = (tuple(change.get(key, ())) for key in ("without", "with"))
        positions.append(Position(position, without, added, change.get("set", {})))
    return Lever(name, text["asks"], tuple(positions))


def combinations(found: Sequence[Lever]) -> list[tuple[Position, ...]]:
    """Return every combination of positions, the last lever turning fastest."""
    return list(itertools.product(*(lever.positions for lever in found)))


def set_ups(grid: Sequence[Sequence[Position]], words: Sequence[str]) -> list[Config]:
    """Return the configuration of each combination of positions; the files are read once for all of them.

    Parameters
    ----------
    words
        Settings that all combinations share. One of a measure that a combination leaves out is left out with it.

    Raises
    ------
    InputError
        For words that cannot be composed.
    """
    plain = [word for word in words if not word.startswith("policy.")]
    names = list(compose(plain).policy)
    added = dict.fromkeys(name for one in grid for position in one for name in position.added)
    others = [word for word in words if not word.startswith("policy=")]
    everything = compose([*others, f"policy=[{','.join(dict.fromkeys([*names, *added]))}]"])
    return [_set_up(one, everything, names) for one in grid]


def _set_up(combination: Sequence[Position], everything: Config, names: list[str]) -> Config:
    """Return the configuration with the measures of a combination, out of one with the measures of all."""
    for position in combination:
        names = [name for name in names if name not in position.without]
        names += [name for name in position.added if name not in names]
    values: dict[str, dict[str, str]] = {}
    for key, value in (pair for position in combination for pair in position.values.items()):
        name, _, what = key.partition(".")
        values.setdefault(name, {})[what] = str(value)
    policy = {name: replace(everything.policy[name], **values.get(name, {})) for name in names}
    return replace(everything, policy=policy)
