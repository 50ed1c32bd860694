"""The tables of a folder against the data dictionary `sim/columns.csv`."""

from pathlib import Path

import pandas as pd

from sim.columns import columns_of, tables_of
from sim.results import read_table

KINDS = {"integer": "iu", "number": "f", "text": "T", "date": "M", "boolean": "b"}


def kind_of(column: pd.Series) -> str:
    """Return a letter for the type of a column, T for text."""
    dtype = column.dtype
    return "T" if isinstance(dtype, (pd.CategoricalDtype, pd.StringDtype)) else dtype.kind


def undescribed(kind: str, folder: Path, settings: tuple[str, ...] = ()) -> list[str]:
    """Return what the dictionary does not know, or knows otherwise, of the tables in a folder and those below it.

    Parameters
    ----------
    settings
        Columns that are named after settings, scenarios or outcomes, as the one who asked has chosen them.
    """
    found = []
    for path in sorted(folder.rglob("*.parquet")):
        frame, name = read_table(path), path.stem
        if name not in tables_of(kind):
            found.append(f"there is no {kind}, {name}")
            continue
        known = columns_of(kind, name)
        for column in frame.columns:
            if column in settings:
                continue
            if column not in known:
                found.append(f"{name}.{column} is not described")
            elif len(frame) and kind_of(frame[column]) not in KINDS[known[column].type]:
                found.append(f"{name}.{column} is {frame[column].dtype}")
    return found
