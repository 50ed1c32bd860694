"""`export`: results in the formats of other tools, each with the command that made them and what they rest on.

A file or folder appears at its place only when it is whole.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sim.errors import InputError, nearest
from sim.exports import cubes, gis, packages
from sim.exports.source import COMPARISON, Source, open_source
from sim.results import check_place

# format -> (what is written, how the default place ends)
FORMATS: dict[str, tuple[Callable[[Source, Path], object], str]] = {
    "csv": (packages.write_csv, "-csv"),
    "datapackage": (packages.write_package, "-datapackage"),
    "netcdf": (cubes.write_netcdf, ".nc"),
    "geojson": (gis.write_geojson, "-geojson"),
    "gpkg": (gis.write_gpkg, ".gpkg"),
}
_TABLES = ("csv", "datapackage")  # formats that take any table; the others take what a run or sweep has
_SETTINGS = ("format", "tables", "out")


def export(folder: Path | str, words: Sequence[str] = ()) -> Path:
    """Write a run, sweep or comparison in another format, and return where.

    Parameters
    ----------
    words
        What stands behind the folder on the command line: format, tables (of csv and datapackage) and out.

    Raises
    ------
    InputError
        For settings or a place that cannot be used, or where a library is not installed.
    """
    own = _own(words)
    name = own.get("format", "csv")
    if name not in FORMATS:
        raise InputError(f"format is '{name}', but must be one of {', '.join(FORMATS)}{nearest(name, FORMATS)}")
    if "tables" in own and name not in _TABLES:
        raise InputError(f"tables is set, but format={name} has no choice of tables: leave it out")
    write, ending = FORMATS[name]
    source = open_source(folder, [one for one in own.get("tables", "").strip("[]").split(",") if one])
    if source.kind == COMPARISON and name not in _TABLES:
        told = f"{source.folder} is a comparison: export it as {' or '.join(_TABLES)}"
        raise InputError(f"{told}, or export one of its runs, such as {source.first.folder}")
    out = Path(own.get("out") or f"{source.folder}{ending}").absolute()
    if out.exists():
        raise InputError(f"out is '{out}', which is there already: remove it, or name another place")
    check_place(out)
    return _whole(out, lambda aside: write(source, aside))


def _own(words: Sequence[str]) -> dict[str, str]:
    own: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in _SETTINGS or not equals:
            raise InputError(f"'{word}' is no setting of sim export: {', '.join(_SETTINGS)}{nearest(name, _SETTINGS)}")
        if name in own:
            raise InputError(f"'{name}' is set twice")
        own[name] = value
    return own


def _whole(out: Path, write: Callable[[Path], object]) -> Path:
    """Let something be written aside, and move it to its place when it is whole."""
    aside = out.with_name(f".{secrets.token_hex(6)}.{out.name}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write(aside)
        os.rename(aside, out)
    except OSError as error:
        raise InputError(f"nothing more can be written in {out.parent}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True) if aside.is_dir() else aside.unlink(missing_ok=True)
    return out
