"""One cell of work, wherever it is done: one configuration simulated with one seed, and what is kept of it."""

import contextlib
import datetime
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sim.config import Config
from sim.results import parquet_of
from sim.seeds import Case
from sim.store import Store

TABLES, SUMMARY = "tables", "summary"
Keep = str | Callable[[object], object]


@dataclass
class Cell:
    """One configuration to be simulated with one seed; `name` tells it apart where it fails."""

    name: str
    config: Config
    case: Case
    seed: int

    def __str__(self) -> str:
        return f"{self.name}, seed {self.seed}"


@dataclass
class Task:
    """A cell to be done, what is kept of it, and where: in a store, or nowhere but in the answer."""

    cell: Cell
    keep: Keep = TABLES
    store: Path | None = None
    address: str = ""

    def record(self, told: Callable[[int], None]) -> object:
        """Simulate and return what is kept; `told` is called with the number of days done."""
        from sim.model import simulate  # Mesa and Numba take a second to import: after every check of the choices

        cell = self.cell
        tables = simulate(cell.config, cell.case, cell.seed, progress=lambda day, _days: told(day))
        return reduced(self.keep, tables)


@dataclass
class Done:
    """What became of a task.

    Attributes
    ----------
    record
        What is kept; None where it lies in the store.
    started, seconds
        When it was begun (UTC), and how long it took [s].
    megabytes
        The most memory that its process has had until then; 0 where nobody tells.
    said
        What was printed meanwhile, where it was caught.
    """

    record: object
    started: str
    seconds: float
    megabytes: int
    said: str = field(default="")


@contextlib.contextmanager
def _cleared_away() -> Iterator[None]:
    """Clear away what a block leaves behind, which Python itself would not do soon.

    A model and its agents refer to each other: up to half a gigabyte. Only what the block has made is looked through:
    all modules together take a tenth of a second, a fifth of a small cell.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()


@_cleared_away()
def do(task: Task, told: Callable[[int], None] = lambda day: None) -> Done:
    """Simulate a cell and keep what is asked for; `told` is called with the number of days done."""
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    record = task.record(told)
    if task.store:
        record = _packed(record) if task.keep == TABLES else record
        Store(task.store).write(task.address, record)
        record = None
    seconds = time.perf_counter() - clock
    return Done(record, started.isoformat(timespec="seconds"), round(seconds, 4), _megabytes())


def reduced(keep: Keep, tables) -> object:
    """Return what is kept of the tables of a simulation."""
    if keep == TABLES:
        return {"frames": tables.frames, "summary": tables.summary}
    return tables.summary if keep == SUMMARY else keep(tables)


def _packed(record: dict) -> dict:
    """Return tables as the bytes of their files, so that who only puts them into a folder need not decode them."""
    return {**record, "frames": {name: parquet_of(frame) for name, frame in record["frames"].items()}}


def _megabytes() -> int:
    with contextlib.suppress(ImportError):
        import resource  # not on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
    return 0
