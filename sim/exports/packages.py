"""CSV, and with it a Frictionless data package: `datapackage.json` says what every column means.

Fowler, Barratt and Walsh (2018), "Frictionless Data: making research data quality visible"; the specification is
that of Data Package and Table Schema, version 1.
"""

import json
from pathlib import Path

import sim
from sim.columns import meaning_of
from sim.exports.source import Source

_TYPES = {"text": "string"}  # the others are called alike


def write_csv(source: Source, folder: Path) -> None:
    """Write each table as CSV, numbers with up to ten digits, and beside them what they are and how they were made."""
    _write_tables(source, folder)
    _write_text(folder / "README.txt", f"{_about(source)}\nFormat datapackage says what every column means.\n")


def write_package(source: Source, folder: Path) -> None:
    """Write each table as CSV, and beside them what each column means."""
    _write_tables(source, folder)
    _write_text(folder / "datapackage.json", json.dumps(described(source), indent=1, ensure_ascii=False) + "\n")


def _write_tables(source: Source, folder: Path) -> None:
    folder.mkdir()
    for name in source.tables:
        source.table(name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _about(source: Source) -> str:
    told = "Results of a simulation, no observations. Rows stand for simulated people, never for real ones."
    return f"{told} Made again by: {source.command}"


def described(source: Source) -> dict:
    """Return the description of the tables: what they are, each column, the command, the sources."""
    return {
        "profile": "tabular-data-package",
        "name": "".join(one if one.isalnum() or one in "-_." else "-" for one in source.folder.name.lower()),
        "title": f"Simulated displacement, {source.case.name}",
        "description": _about(source),
        "version": sim.__version__,
        "command": source.command,
        "sources": source.sources(),
        "resources": [_resource(source, name) for name in source.tables],
    }


def _resource(source: Source, name: str) -> dict:
    fields = [
        {
            "name": one.name,
            "type": _TYPES.get(one.type, one.type),
            "description": one.meaning,
            **({"unit": one.unit} if one.unit else {}),
        }
        for one in source.columns(name)
    ]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": meaning_of(source.kind, name),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }
