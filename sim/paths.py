"""Where the facts and choices lie: inside the installed package, or beside it in a checkout; how their text is read."""

import os
import unicodedata
from pathlib import Path

from sim.errors import InputError, nearest

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """Return the folder `conf` or `seeds`, whether the program is installed or run from a checkout."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(f"the folder '{name}' is missing: it should lie at {_PACKAGE.parent / name}; install again")


def case_folder(path: str) -> Path:
    """Return the folder of a case: a bare name means one in `seeds`, anything else a path from here."""
    if path != Path(path).name:
        return Path(path)
    seeds = data_folder("seeds")
    if not (seeds / path).is_dir():
        known = [folder.name for folder in seeds.iterdir() if (folder / "locations.csv").exists()]
        hint = f"; of the folder {path} here it is ./{path}" if Path(path).is_dir() else nearest(path, known)
        raise InputError(f"case.path is '{path}', but there is no such case in {seeds}{hint}")
    return seeds / path


def groups() -> dict[str, list[str]]:
    """Return the names to choose from in each group of choices, such as scenario, policy or population."""
    folders = sorted(folder for folder in data_folder("conf").iterdir() if folder.is_dir())
    return {folder.name: sorted(path.stem for path in folder.glob("*.yaml")) for folder in folders}


def shown(path: Path) -> str:
    """Return `path` the short way: relative where it lies below the working directory."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return str(path) if relative.startswith("..") else relative


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without byte order mark, accents composed."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{shown(path)}: the file is missing.") from None
    except OSError as error:
        raise InputError(f"{shown(path)}: the file cannot be read ({error.strerror}).") from None
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = data[error.start]
        raise InputError(
            f"{shown(path)}, line {line}: byte {byte:#04x} is not UTF-8, save the file as UTF-8."
        ) from None
