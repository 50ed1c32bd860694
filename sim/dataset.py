"""All runs of a sweep as one set of tidy tables, and questions about them in one line of SQL.

>>> import sim
>>> sweep = sim.open_sweep("results/sweep")
>>> sweep.series
>>> sweep.sql("select scenario, day, median(value) from series where outcome = 'displaced' group by all order by all")
"""

import contextlib
import importlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest
from sim.joined import Values, is_joined, join_tables, mark_of
from sim.metrics import OUTCOMES
from sim.results import MANIFEST, PROGRAM, Run, parquet_of, read_manifest, read_table
from sim.sweeps import SWEEP

JOINED = "tables"  # folder in that of a sweep
RUN, SUMMARY = "run", "summary"
_TAKEN = (RUN, "scenario", "seed", "day", "date", "outcome", "value", "people", "location", "group", "status")


@dataclass
class Member:
    """A finished run of a sweep: where it lies, which cells it was made of, and what is particular to it."""

    folder: Path
    cells: list[str]
    values: Values


class SweepTables:
    """The finished runs of a sweep: `sweep.series`, `sweep.summary` and so on are the tables of all of them.

    Attributes
    ----------
    command
        What makes the sweep again.
    left
        How many runs are not finished; they stand in no table.
    """

    def __init__(self, folder: Path, command: str, members: list[Member], left: int):
        self.folder, self.command, self.members, self.left = folder, command, members, left
        made_of = (repr((one.folder.name, one.cells, one.values)) for one in members)
        self._mark = mark_of("sorted", repr(OUTCOMES), *made_of)
        self._read: dict[str, pd.DataFrame] = {}

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: its folder in that of the sweep, scenario, and each setting that is swept."""
        return pd.DataFrame([one.values for one in self.members])

    @property
    def settings(self) -> list[str]:
        """Names of the columns that tell one run from another, but for the run's own name and the seed."""
        return [name for name in self.runs.columns if name != RUN]

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return sorted({SUMMARY, *(path.stem for path in self.members[0].folder.glob("*.parquet"))})

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of all runs, the settings of each in front; texts are categories."""
        if name not in self._read:
            self._read[name] = read_table(self.path(name))
        return self._read[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except InputError as error:
            raise AttributeError(str(error)) from error

    def path(self, name: str) -> Path:
        """Return the Parquet file with a table of all runs; made when first asked for, and when runs were added."""
        if name not in self.tables:
            raise InputError(f"{self.folder} has no table '{name}'{nearest(name, self.tables)}")
        path = self.folder / JOINED / f"{name}.parquet"
        if is_joined(path, self._mark):
            return path
        try:
            join_tables(path, self._mark, self._parts(name))
        except OSError:  # where nobody may write, or nothing more fits: for as long as this object lives
            path = Path(self._aside.name) / path.name
            if not is_joined(path, self._mark):
                join_tables(path, self._mark, self._parts(name))
        return path

    @cached_property
    def _aside(self) -> tempfile.TemporaryDirectory:
        return tempfile.TemporaryDirectory(prefix="onward-sweep-")

    def _parts(self, name: str) -> Iterator[tuple[Values, Path | bytes]]:
        if name == SUMMARY:
            sums = totals(read_table(self.path("series"), [RUN, "seed", "outcome", "value"]))
            whole = self.runs.merge(sums.astype({RUN: str}), on=RUN)
            yield {}, parquet_of(whole)
            return
        for one in self.members:
            read_manifest(one.folder, "run")  # refuses what is damaged
            yield one.values, one.folder / f"{name}.parquet"

    def sql(self, query: str) -> pd.DataFrame:
        """Answer a question about the tables, each under its name, with DuckDB.

        Raises
        ------
        InputError
            Where DuckDB is not installed, or refuses the question.
        """
        duckdb = _duckdb()
        asked = [name for name in self.tables if re.search(rf"\b{name}\b", query, re.IGNORECASE)]
        with contextlib.closing(duckdb.connect()) as connection:
            for name in asked:
                where = str(self.path(name)).replace("'", "''")
                connection.execute(f"create view {name} as select * from read_parquet('{where}')")
            connection.register("runs", self.runs)
            try:
                return connection.execute(query).df()
            except duckdb.Error as error:
                told = " ".join(str(error).split("\n\n")[0].split())
                raise InputError(f"'{query}' is refused: {told}; tables are runs, {', '.join(self.tables)}") from error

    def __repr__(self) -> str:
        return f"SweepTables({str(self.folder)!r}, {len(self.members)} runs)"


def open_sweep(folder: Path | str) -> SweepTables:
    """Open what is finished of a sweep.

    Raises
    ------
    InputError
        Where there is no sweep, or no run of it is finished.
    """
    folder = Path(folder).absolute()
    about = _about(folder)
    done = [run for run in about["runs"] if _cells(folder / run["folder"]) == run["cells"]]
    if not done:
        raise InputError(f"no run of the sweep {folder} is finished: {about['command']} goes on with it")
    swept = _typed([_swept(run["label"]) for run in done])
    if "scenario" not in swept[0]:
        scenario = Run(folder / done[0]["folder"], {}).config["scenario"]["name"]
        swept = [{"scenario": scenario, **values} for values in swept]
    members = [
        Member(folder / run["folder"], run["cells"], {RUN: run["folder"], **values})
        for run, values in zip(done, swept, strict=True)
    ]
    return SweepTables(folder, about["command"], members, len(about["runs"]) - len(done))


def totals(series: pd.DataFrame) -> pd.DataFrame:
    """Sum each outcome of each run and seed up in one number, as runs do: run, seed, outcome, unit, how, value."""
    by_seed = series.groupby([RUN, "seed", "outcome"], observed=True, sort=False)["value"]
    sums = by_seed.agg(["last", "max", "sum"]).reset_index()
    outcomes = sums["outcome"].astype(str)
    sums["unit"], sums["how"] = (outcomes.map({name: about[i] for name, about in OUTCOMES.items()}) for i in (0, 1))
    chosen = {"last": sums["last"], "peak": sums["max"], "sum": sums["sum"]}
    sums["value"] = np.select([sums["how"] == how for how in chosen], list(chosen.values()))
    return sums[[RUN, "seed", "outcome", "unit", "how", "value"]]


def _about(folder: Path) -> dict:
    """Return what `sweep.json` says."""
    if not folder.is_dir():
        siblings = [path.parent.name for path in folder.parent.glob(f"*/{SWEEP}")]
        raise InputError(f"there is no sweep folder {folder}{nearest(folder.name, siblings)}")
    about = _json(folder / SWEEP)
    if about.get("program") != PROGRAM or about.get("kind") != "sweep":
        raise InputError(f"{folder} is no sweep: it has no {SWEEP} of this program; sim run -m makes one")
    return about


def _cells(folder: Path) -> list[str] | None:
    return _json(folder / MANIFEST).get("cells")


def _json(path: Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}


def _swept(label: str) -> dict[str, str]:
    """Return the settings that a label tells of, but for the seed, which the tables know themselves."""
    words = re.split(r" (?=[\w.]+=)", label) if label else []
    values = dict(word.split("=", 1) for word in words)
    return {name: value for name, value in values.items() if name != "seed"}


def _typed(settings: list[dict[str, str]]) -> list[Values]:
    """Return settings under short names, those that are numbers in every run as numbers."""
    names = _short_names(list(settings[0]))
    columns = {names[name]: _numbers([one[name] for one in settings]) for name in names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)] or [
        {} for _ in settings
    ]


def _short_names(names: list[str]) -> dict[str, str]:
    """Return a column name for each setting: its last part, or all of them where that would not tell."""
    counts = Counter(name.rpartition(".")[2] for name in names)
    short = {name: name.rpartition(".")[2] for name in names}
    return {
        name: one if counts[one] == 1 and (one == name or one not in _TAKEN) else name.replace(".", "_")
        for name, one in short.items()
    }


def _numbers(texts: list[str]) -> list[int] | list[float] | list[str]:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return [kind(text) for text in texts]
    return texts


def _duckdb():
    try:
        return importlib.import_module("duckdb")
    except ImportError as error:
        raise InputError("questions in SQL need the package 'duckdb': pip install 'onward-sim[studies]'") from error
