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
    """Write each table as CSV, numbers with up to ten digits."""
    folder.mkdir()
    for name in source.tables:
        source.table(name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")


def write_package(source: Source, folder: Path) -> None:
    """Write each table as CSV, and beside them what each column means."""
    write_csv(source, folder)
    text = json.dumps(described(source), indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8", newline="\n")


def described(source: Source) -> dict:
    """Return the description of the tables: what they are, each column, the command, the sources."""
    return {
        "profile": "tabular-data-package",
        "name": "".join(one if one.isalnum() or one in "-_." else "-" for one in source.folder.name.lower()),
        "title": f"Simulated displacement, {source.case.name}",
        "description": "Results of a simulation, no observations. Rows stand for simulated people, never for real ones."
        f" Made again by: {source.command}",
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
