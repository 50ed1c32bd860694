"""A case in a folder of one's own: `case=FOLDER` on the command line, and the file that says when it begins."""

import datetime
from collections.abc import Sequence
from pathlib import Path

import yaml

from sim.errors import InputError, nearest
from sim.paths import groups

PERIOD = "case.yaml"
_CHOICE = "case="
_KEYS = ("start", "days")
_WANTED = "the file must say on one line 'start: 2020-01-01', the first day, and on another 'days: 60', how many"


def spelled_out(words: Sequence[str]) -> list[str]:
    """Return words of the command line with `case=FOLDER` replaced by the settings that it stands for.

    Raises
    ------
    InputError
        Where the folder, or its file `case.yaml`, cannot be used.
    """
    found = []
    for word in words:
        folder = word.removeprefix(_CHOICE).strip("'\"")
        if not word.startswith(_CHOICE) or not is_own(folder):
            found.append(word)
            continue
        said = {other.partition("=")[0] for other in words}
        settings = {"case": "own", "case.path": f"'{_as_path(folder)}'", **_settings(Path(folder))}
        found += [f"{name}={value}" for name, value in settings.items() if name == "case" or name not in said]
    return found


def is_own(name: str) -> bool:
    """Tell whether a choice of `case=` is a folder, not the name of a built-in case or several names."""
    return name not in groups()["case"] and ("/" in name or Path(name).is_dir()) and "," not in name


def _as_path(folder: str) -> str:
    """Return a folder as `case.path` takes it: with a slash, or it would be looked for among the built-in cases."""
    path = Path(folder).as_posix()
    return path if "/" in path else f"./{path}"


def _settings(folder: Path) -> dict[str, object]:
    """Return the settings that a folder gives: its name, and from its file the first day and the number of days."""
    path = folder / PERIOD
    if not folder.is_dir():
        raise InputError(f"case is '{folder}', but there is no such folder; sim new-case {folder} makes one")
    if (folder / "input_csv").is_dir():
        raise InputError(f"{folder} is a directory of the Flee simulator: write case=flee case.path={folder}")
    if not path.is_file():
        raise InputError(f"{path}: the file is missing, {_WANTED}")
    given = _read(path)
    for name in given:
        if name not in _KEYS:
            raise InputError(f"{path}: there is no '{name}'{nearest(str(name), _KEYS)}, {_WANTED}")
    for name in _KEYS:
        if name not in given:
            raise InputError(f"{path}: '{name}' is missing, {_WANTED}")
    try:
        start = datetime.date.fromisoformat(str(given["start"]))
    except ValueError:
        raise InputError(f"{path}: start is '{given['start']}', {_WANTED}") from None
    if not isinstance(given["days"], int):
        raise InputError(f"{path}: days is '{given['days']}', {_WANTED}")
    return {"case.name": f"'{folder.resolve().name}'", "case.start": f"'{start}'", "case.days": given["days"]}


def _read(path: Path) -> dict:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that does not exist, another encoding
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{path}: this cannot be read ({reason}), {_WANTED}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: there is nothing like 'days: 60' in it, {_WANTED}")
    return content
