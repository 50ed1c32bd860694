"""What is wrong with a choice, in one sentence: which setting or file, its value, what is allowed, the nearest name."""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.config import Config
from sim.errors import InputError, nearest

LISTED = 12  # a sentence names so many choices; `sim run --help` has them all
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def choice_sentence(group: str, name: Any, known: Iterable[str]) -> str:
    """Say that a group has no such choice."""
    known = list(known)
    some = "a list of " if group == "policy" else "one of "
    listed = ", ".join(known[:LISTED]) + (", ..." if len(known) > LISTED else "")
    own = ", or a folder as `sim new-case` makes it" if group == "case" else ""
    return f"{group} is '{_plain(name)}', but must be {some}{listed or 'none'}{own}{nearest(name, known)}"


def key_sentence(key: str, settings: dict) -> str:
    """Say that there is no such setting, and which comes nearest: one of the same name elsewhere, or a sibling."""
    known = list(_dotted(settings))
    same_name = [name for name in known if name.rpartition(".")[2] == key.rpartition(".")[2]]
    siblings = [name for name in known if name.count(".") == key.count(".")]
    hint = f" (did you mean '{same_name[0]}'?)" if same_name else nearest(key, siblings) or nearest(key, known)
    return f"there is no setting '{key}'{hint}"


def value_sentence(key: str, value: Any) -> str:
    """Say that a setting cannot have this value, from the type it has in `sim.config`."""
    return f"{key} is '{_plain(value)}', but must be {_allowed(key)}"


def is_switch(key: str) -> bool:
    """Tell whether a setting is either true or false."""
    return _hint(key) is bool


def file_sentence(error: Exception, conf: Path, own: Mapping[str, Path]) -> str:
    """Say which file of choices cannot be used, and why, from what Hydra, OmegaConf or YAML raised.

    Files lie in `conf`, or are the user's `own` policies, by name.
    """
    options = getattr(error, "options", None)
    if options is not None:
        group, _, name = str(error.missing_cfg_file).rpartition("/")
        return f"a scenario or {conf / 'config.yaml'} chooses: {choice_sentence(group, name, options)}"
    named = re.match(r"In '(.+?)'", str(error))
    where = f"{own.get(named[1].removeprefix('policy/'), conf / f'{named[1]}.yaml')}: " if named else ""
    cause = error.__cause__ or error.__context__
    key = getattr(cause, "full_key", None)
    if not key:
        return f"{where}{' '.join(str(error).split())}"
    if isinstance(cause, (AttributeError, KeyError)):
        return f"{where}there is no key '{key}'{_nearest_field(key)}"
    return f"{where}{key} must be {_allowed(key)}"


def yaml_sentence(path: Path, error: yaml.YAMLError) -> str:
    """Say where a file is not YAML."""
    mark = getattr(error, "problem_mark", None)
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    reason = getattr(error, "problem", None) or " ".join(str(error).split())
    return f"{path}{place}: this is not YAML: {reason}"


def check_policy(path: Path, text: str, content: Any) -> None:
    """Refuse a policy file that is not one measure under the file's own name; `content` is what its text says.

    Hydra would merge measures of the same name in silence, and let a file set anything, the seed included.
    """
    if "${" in text:
        raise InputError(f"{path}: '${{' is not allowed in a policy file")
    if re.search(r"^#\s*@package", text, re.MULTILINE):
        raise InputError(f"{path}: a policy file must not have a '# @package' line")
    keys = list(content) if isinstance(content, dict) else []
    if keys != [path.stem]:
        found = f"has {', '.join(map(str, keys))}" if keys else "has none"
        raise InputError(f"{path}: its one top key must be '{path.stem}', like the file, but it {found}")
    if not isinstance(content[path.stem], dict):
        raise InputError(f"{path}: under '{path.stem}' must stand the keys of a measure: what, effects, because ...")


def _dotted(settings: dict, prefix: str = "") -> Iterable[str]:
    for name, value in settings.items():
        yield f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{name}.")


def _plain(value: Any) -> str:
    """Write a value as it is written on the command line."""
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _hint(key: str) -> Any:
    """Return the declared type of a dotted key."""
    hint: Any = Config
    for part in key.split("."):
        hint = typing.get_type_hints(hint)[part] if is_dataclass(hint) else typing.get_args(hint)[-1]
    return hint


def _allowed(key: str) -> str:
    hint = _hint(key)
    if isinstance(hint, types.UnionType):
        return " or ".join("null" if one is type(None) else _KINDS[one] for one in typing.get_args(hint))
    if typing.get_origin(hint) is list:
        return "a list such as [a,b]"
    return _KINDS.get(hint, "a group of settings, each set by its own name")


def _nearest_field(key: str) -> str:
    """Return a hint with the nearest field of the dataclass in which an unknown key stands."""
    parent, _, name = key.rpartition(".")
    hint = _hint(parent) if parent else Config
    names = [item.name for item in fields(hint)] if is_dataclass(hint) else []
    return nearest(name, names)
