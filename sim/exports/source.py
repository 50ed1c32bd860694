"""What is exported: a run, a sweep or a comparison, with its tables, facts and sources."""

import importlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sim.columns import Column, columns_of, setting
from sim.dataset import SweepTables, open_sweep
from sim.errors import InputError, nearest
from sim.paths import case_folder
from sim.results import MANIFEST, Run, open_run
from sim.seeds import Case, load_case, load_sources
from sim.studies.comparison import KIND as COMPARISON
from sim.studies.comparison import Comparison, open_comparison
from sim.sweeps import SWEEP

_OF_A_SWEEP = ("series", "summary")  # by default: the others may take gigabytes


@dataclass
class Source:
    """Finished results in a folder; of a sweep those of all runs."""

    folder: Path
    kind: str  # run, sweep or comparison
    held: Run | SweepTables | Comparison
    tables: list[str]

    @property
    def command(self) -> str:
        """The command line that makes the results again."""
        return self.held.command if self.kind == "sweep" else self.held.manifest["command"]

    @cached_property
    def first(self) -> Run:
        """The run; of a sweep the first one, of a comparison its baseline."""
        if self.kind == COMPARISON:
            return self.held.runs[self.held.baseline]
        return self.held if self.kind == "run" else open_run(self.held.members[0].folder)

    @cached_property
    def case(self) -> Case:
        """The facts, if they still are what they were."""
        case = load_case(case_folder(self.first.config["case"]["path"]))
        if case.checksum != self.first.manifest["case"]["checksum"]:
            raise InputError(f"the facts in {case.folder} have changed since {self.folder} was simulated: run it again")
        return case

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; of a run also its summary as one."""
        if self.kind == "run" and name == "summary":
            return pd.DataFrame(self.held.summary)
        return self.held.table(name)

    def columns(self, name: str) -> list[Column]:
        """Return what each column of a table means, in the order of the table."""
        known = columns_of(self.kind, name)
        frame = self.table(name)
        return [known.get(one) or setting(one, kind_of(frame[one])) for one in frame.columns]

    def sources(self) -> list[dict]:
        """Return title and address of everything that the places, roads and counts of the case rest on."""
        used = {
            one
            for table in (self.case.locations, self.case.routes, self.case.events, self.case.initial)
            for text in table["source"]
            for one in text.split(";")
        }
        rows = load_sources(self.case.folder)
        rows = rows[rows["id"].isin(used)]
        return [
            {"title": f"{row.publisher}: {row.title}", **({"path": row.url} if str(row.url).startswith("http") else {})}
            for row in rows.itertuples()
        ]


def open_source(folder: Path | str, tables: list[str] = ()) -> Source:
    """Open the folder of a run, sweep or comparison.

    Raises
    ------
    InputError
        Where it is none of these, or has no such table.
    """
    folder = Path(folder).absolute()
    if (folder / SWEEP).is_file():
        kind, held, usual = "sweep", open_sweep(folder), list(_OF_A_SWEEP)
        known = held.tables
    elif _is_comparison(folder):
        kind, held = COMPARISON, open_comparison(folder)
        known = usual = sorted(path.stem for path in folder.glob("*.parquet"))
    else:
        kind, held = "run", open_run(folder)
        known = usual = [*held.tables, "summary"]
    for name in tables:
        if name not in known:
            raise InputError(f"{folder} has no table '{name}'{nearest(name, known)}")
    return Source(folder, kind, held, list(tables) or [name for name in usual if name in known])


def _is_comparison(folder: Path) -> bool:
    """Tell whether a finished folder says of itself that it is a comparison."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("kind") == COMPARISON
    except (OSError, ValueError, AttributeError):  # who opens it as a run is told what is wrong with it
        return False


def kind_of(column: pd.Series) -> str:
    """Return the type of a column as the data dictionary names it."""
    kinds = pd.api.types
    if kinds.is_bool_dtype(column):
        return "boolean"
    if kinds.is_integer_dtype(column):
        return "integer"
    if kinds.is_float_dtype(column):
        return "number"
    return "date" if kinds.is_datetime64_any_dtype(column) else "text"


def library(name: str, extra: str, what: str):
    """Import a library that not everybody has installed, or say how it is installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"{what} needs the package '{name}': pip install 'onward-sim[{extra}]'") from error
