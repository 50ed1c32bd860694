"""The address of a cell: equal where, and only where, simulating it again would give the same record.

It is a hash of the choices, the seed, the facts, the source files that a simulation depends on, and what is kept of
the result. A changed picture, command or folder simulates nothing again; a changed rule, fact or measure does.
"""

import ast
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pandas as pd

from sim.config import Config
from sim.seeds import Case

# Where, how fast and how often a run is made, and what is written of it, changes no cell; the seed stands by itself.
_ASIDE = ("out", "executor", "output", "threads", "replicates", "seed")
_PACKAGE = Path(__file__).parent
_RULES = "sim.model"


def address(config: Config, facts: str, seed: int, keep: str | Callable) -> str:
    """Return the address of a cell [40 hex digits].

    Parameters
    ----------
    facts
        `facts_checksum` of its case.
    keep
        What is kept: a word, or the function that makes the record.
    """
    return _digest(program_checksum(), facts, choices(config), str(seed), _kept(keep))[:40]


def choices(config: Config) -> str:
    """Return the choices that decide a cell; the order of measures and effects is one of them."""
    return json.dumps({name: value for name, value in vars(config).items() if name not in _ASIDE}, default=vars)


def facts_checksum(case: Case) -> str:
    """Return the SHA-256 of the facts as they stand in memory [hex]."""
    parts = []
    for each in fields(case):
        value = getattr(case, each.name)
        if isinstance(value, pd.DataFrame):
            parts += [each.name, repr(list(value.columns)), _table_digest(value)]
        elif each.name != "folder":
            parts += [each.name, str(value)]
    return _digest(*parts)


def _table_digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()


@functools.cache  # of the program as it was started
def program_checksum() -> str:
    """Return the SHA-256 of the source files that a simulation depends on [hex]: what `sim.model` imports."""
    found: dict[str, Path] = {}
    to_do = [_RULES]
    while to_do:
        name = to_do.pop()
        path = _source(name)
        if path and name not in found:
            found[name] = path
            to_do += _imported(path)
    return _digest(*(text for name in sorted(found) for text in (name, found[name].read_text(encoding="utf-8"))))


def _source(name: str) -> Path | None:
    """Return the file of a module of this package; none for anything else."""
    first, *rest = name.split(".")
    if first != _PACKAGE.name or not rest:
        return None
    base = _PACKAGE.joinpath(*rest)
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def _imported(path: Path) -> Iterator[str]:
    """Yield what a file imports, wherever in the file; what is taken from a package counts as a module, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _kept(keep: str | Callable) -> str:
    """Return what tells one way of keeping from another: for a function its name, arguments and whole file."""
    if isinstance(keep, str):
        return keep
    if isinstance(keep, functools.partial):
        return _digest(_kept(keep.func), repr(keep.args), repr(sorted(keep.keywords.items())))
    source = Path(inspect.getsourcefile(keep)).read_text(encoding="utf-8")
    return _digest(keep.__module__, keep.__qualname__, source)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
