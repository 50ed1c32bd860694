"""What a fit keeps of a simulation: the count in place of each observation it was told of, and of nothing else."""

import datetime
import functools
import json
from types import SimpleNamespace

import pandas as pd

from sim.observed import counted
from sim.seeds import Case

_OF_ROWS = ["id", "outcome", "place", "kind", "period_start", "date", "source"]
_OF_LOCATIONS = ["name", "part_of", "area", "region", "country", "governorate"]


def question(rows: pd.DataFrame, case: Case) -> str:
    """Return as text what is to be counted: observations without their values, and the places of their labels."""
    tables = {"rows": rows[_OF_ROWS], "locations": case.locations[_OF_LOCATIONS]}
    return json.dumps({name: _plain(table) for name, table in tables.items()}, default=str)


def _plain(table: pd.DataFrame) -> dict:
    blank = table.isna()
    cells = table.astype(object).mask(blank, None).to_numpy().tolist()
    return {"columns": list(table.columns), "data": cells}


def tally(text: str, tables) -> list[float]:
    """Return what a simulation counts in place of each observation of a question, in its order."""
    rows, places = read_question(text)
    return counted(tables.frames.__getitem__, rows, places).iloc[:, 0].tolist()


@functools.lru_cache(maxsize=8)
def read_question(text: str) -> tuple[pd.DataFrame, SimpleNamespace]:
    """Return the observations of a question and the places that their labels name."""
    asked = {name: pd.DataFrame(**table).astype(object) for name, table in json.loads(text).items()}
    rows = asked["rows"]
    for name in ("period_start", "date"):
        rows[name] = [datetime.date.fromisoformat(day) if isinstance(day, str) else None for day in rows[name]]
    return rows, SimpleNamespace(locations=asked["locations"].fillna("").astype(str))
