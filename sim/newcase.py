"""A new case: the files of the template, each column explained in comments from the data dictionary."""

import csv
import io
import re
from pathlib import Path

from sim.errors import InputError
from sim.owncase import PERIOD
from sim.paths import data_folder, groups, shown
from sim.schema import COMMENT, Column, read_schema
from sim.seeds import OPTIONAL, TABLES

TEMPLATE = "template"  # the folder in seeds, and the source that its rows name
_ROW_IS = {
    "locations": "a place",
    "routes": "a way between two places",
    "events": "a dated fact: an attack, the front line, a ceasefire",
    "groups": "a group of people",
    "initial": "people of a group at a place on the first day",
    "camps": "places in camps on the first day",
    "rates": "people a day, from a date until the next row of the quantity",
    "observed": "a published count to compare a run with",
    "sources": "a publication, or an assumption, that rows of the other files name",
}


def new_case(folder: Path | str) -> Path:
    """Write a small case that runs as it stands, to be changed into one's own.

    Parameters
    ----------
    folder
        A folder that is new or empty; its name becomes a word of `case=`.

    Raises
    ------
    InputError
        Where the name cannot be used, or something is there already.
    """
    folder = Path(folder)
    _check(folder)
    template, schema = data_folder("seeds") / TEMPLATE, read_schema(data_folder("seeds") / "schema.csv")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("sources", *(name for name in TABLES if name not in OPTIONAL)):
            rows = (template / f"{name}.csv").read_text(encoding="utf-8")
            text = _comments(name, schema[f"{name}.csv"]) + rows
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
        period = (template / PERIOD).read_text(encoding="utf-8")
        (folder / PERIOD).write_text(period, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{shown(folder)}: nothing can be written there ({error.strerror})") from error
    return folder


def _check(folder: Path) -> None:
    name = folder.resolve().name
    if not re.fullmatch(r"[\w-]+", name):
        raise InputError(f"'{name}' cannot be the name of a case: take letters, digits, '_' and '-' only")
    if name in groups()["case"]:
        raise InputError(f"'{name}' is the name of a case that comes along: take another name")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{shown(folder)} is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{shown(folder)} is not empty: name a new folder, or an empty one")


def _comments(name: str, columns: list[Column]) -> str:
    """Return the lines that explain a file: what a row is, then each column."""
    stream = io.StringIO()
    # One cell a line, in quotation marks where it needs them, so that a spreadsheet keeps it together.
    writer = csv.writer(stream, lineterminator="\n")
    lines = [f"A row is {_ROW_IS[name]}. Lines that begin with {COMMENT} are not read. The columns:"]
    writer.writerows([f"{COMMENT} {line}"] for line in [*lines, *map(_explained, columns)])
    return stream.getvalue()


def _explained(column: Column) -> str:
    allowed = column.allowed.replace("|", ", ")
    allowed = re.sub(r"ref:(\w+)\.(\w+)", r"\1.csv, column \2", allowed).replace("..", " to ")
    form = {"int": "whole number", "float": "number", "date": "year-month-day", "names": "several with ; between"}
    parts = [
        form.get(column.type, ""),
        column.unit,
        f"one of: {allowed}" if column.allowed and column.type in ("text", "names") else allowed,
        "" if column.required else "may be blank",
    ]
    return f"  {column.name}: {column.meaning} [{'; '.join(filter(None, parts))}]".replace(" []", "")
