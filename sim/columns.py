"""What every column of every table of results means: the data dictionary `columns.csv`, read."""

import csv
import functools
from dataclasses import dataclass, fields
from pathlib import Path

from sim.config import Behaviour

_FILE = Path(__file__).with_name("columns.csv")


@dataclass(frozen=True)
class Column:
    """A column of a table: its type is integer, number, text or date; a blank unit means that it has none."""

    name: str
    type: str
    unit: str
    meaning: str


@functools.cache
def _dictionary() -> dict[tuple[str, str], tuple[str, dict[str, Column]]]:
    found: dict = {}
    with open(_FILE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["kind"], row["table"]
            if not row["column"]:  # which says what the table holds
                found[key] = (row["meaning"], {})
            else:
                found[key][1][row["column"]] = Column(row["column"], row["type"], row["unit"], row["meaning"])
    return found


def tables_of(kind: str) -> list[str]:
    """Return the tables that a kind of folder may have: run, sweep, comparison, question, validation and so on."""
    return [table for one, table in _dictionary() if one == kind]


def meaning_of(kind: str, table: str) -> str:
    """Return what a table holds."""
    return _found(kind, table)[0]


def columns_of(kind: str, table: str) -> dict[str, Column]:
    """Return the columns of a table by name, in their order; those of a sweep are its runs' without the settings."""
    return _found(kind, table)[1]


def setting(name: str, type_: str) -> Column:
    """Describe a setting that tells one run of a sweep from another."""
    if name == "run":
        return Column(name, type_, "", "folder of the run in that of the sweep")
    known = {item.name: item.metadata for item in fields(Behaviour)}
    if name in known:
        return Column(name, type_, known[name]["unit"], known[name]["meaning"])
    return Column(name, type_, "", f"the setting {name} of sim run")


def _found(kind: str, table: str) -> tuple[str, dict[str, Column]]:
    dictionary = _dictionary()
    return dictionary.get((kind, table)) or dictionary["run", table]
