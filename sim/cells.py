"""Cells side by side: many configurations and seeds simulated on all cores, with a store that lets them go on later.

A cell is one configuration with one seed. Every verb that simulates more than once hands its cells to
`simulate_cells` and gets the results back in their order::

    from sim.cells import Cell, simulate_cells

    def outcome(tables):                        # in a module, not in a script: workers import it
        return {"displaced": tables.summary[0]["value"], "series": tables.frames["series"]}

    cells = [Cell(f"sample {i}", config, case, config.seed) for i, config in enumerate(configs)]
    with contextlib.closing(simulate_cells(cells, progress, store=folder / "cells", keep=outcome)) as results:
        found = [result.record for result in results]

With a store, finished cells are found again by their address (`sim/address.py`) and are not simulated: the same call
after a kill goes on where it stood, and one with more cells or other values simulates what is new. The store may be
used by several processes at once, and by several studies. A record is what `keep` makes of the tables where they are
simulated: numbers, texts, lists, dictionaries, arrays and data frames (`sim/records.py`). The file that the function
stands in is part of the address: keep it in a small module.

A cell that fails stops no other. With a store its result comes when all others have been tried, and what went wrong
is raised when its `record` is read; `result.failure` tells beforehand. What has failed is tried again by the next call.

Where, on how many processes and with which time limit is the configuration's choice (`executor=`), that of the first
cell. Results do not depend on any of it.
"""

import collections
import contextlib
import queue
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from sim import machine
from sim.address import address, facts_checksum
from sim.errors import InputError, WorkerDied
from sim.executors import Executor
from sim.executors.here import Here
from sim.executors.local import Workers, kept_workers, n_kept
from sim.results import frame_of
from sim.store import Store, StoreError
from sim.work import SUMMARY, TABLES, Cell, Done, Keep, Task

__all__ = ["Cell", "Progress", "Result", "kept_workers", "person_days", "share_out", "simulate_cells"]

# Person-days below which workers are not worth the two seconds that each takes to start.
FEW_PERSON_DAYS = 20_000_000
_LOOK_AGAIN = 0.5  # seconds between two looks at the cells that another process is at

Progress = Callable[[int, int], None]


@dataclass
class Result:
    """What became of a cell.

    Attributes
    ----------
    cell, address
        The cell and where it lies in the store; no address without one.
    started, seconds
        When the simulation was begun (UTC), and how long it took [s].
    failure
        What went wrong, or None.
    n_twins
        How many cells of the call have this address.
    """

    cell: Cell
    address: str = ""
    started: str = ""
    seconds: float = 0.0
    failure: BaseException | None = None
    n_twins: int = 1
    held: object = None
    store: Store | None = None

    @property
    def record(self) -> object:
        """What was kept; read from the store each time, so that many results take no memory."""
        if self.failure:
            raise self.failure
        return self.store.read(self.address) if self.store else self.held

    def in_memory(self) -> "Result":
        """Return this result with its record at hand, for who needs more than one look at it."""
        return replace(self, held=self.record, store=None)

    @property
    def frames(self) -> dict:
        """The tables by name, where tables were kept."""
        return {name: frame_of(one) if isinstance(one, bytes) else one for name, one in self.tables.items()}

    @property
    def tables(self) -> dict:
        """The tables by name, those from a store as the bytes of their files."""
        return self.record["frames"]

    @property
    def summary(self) -> list[dict]:
        """One entry an outcome, where tables or summaries were kept."""
        record = self.record
        return record["summary"] if isinstance(record, dict) else record


def simulate_cells(
    cells: Sequence[Cell],
    progress: Progress | None = None,
    *,
    store: Store | Path | str | None = None,
    keep: Keep = TABLES,
) -> Iterator[Result]:
    """Simulate cells and yield their results in the order of the cells; close the iterator to stop everything at once.

    Parameters
    ----------
    progress
        Called with the days done and all days of the cells that are not finished yet.
    store
        Folder in which finished cells are kept and found again; or a store that is open, which is closed at the end.
    keep
        'tables', 'summary', or a function that makes a small record of a simulation's `Tables`.

    Raises
    ------
    InputError
        Where the store cannot be written, at once or, as on a full disk, later.
    """
    if callable(keep) and getattr(getattr(keep, "func", keep), "__module__", "") == "__main__":
        raise ValueError("keep must be a function of a module: workers do not run the script that it stands in")
    if isinstance(keep, str) and keep not in (TABLES, SUMMARY):
        raise ValueError(f"keep is '{keep}', but must be '{TABLES}', '{SUMMARY}' or a function")
    opened = Store(store).open() if store and not isinstance(store, Store) else store
    return _Round(list(cells), progress, opened, keep).results()


def share_out(cells: Sequence[Cell]) -> tuple[int, int]:
    """Return the number of worker processes (0: none but this one) and of threads in each.

    As many processes as cores, if there is work for all and memory for all, each with an equal share of the threads:
    processes times threads never exceed the cores.
    """
    cores = machine.cores()
    threads = min((cell.config.threads or cores for cell in cells), default=1)
    asked = min((cell.config.executor.workers or cores for cell in cells), default=1)
    n_workers = min(threads, cores, asked, len(cells), _fitting(cells))
    little = sum(map(person_days, cells)) < FEW_PERSON_DAYS
    must_be_stopped = any(cell.config.executor.cell_seconds for cell in cells)
    if (n_workers < 2 or little) and not must_be_stopped:
        return 0, min(threads, cores)
    return n_workers, max(1, min(threads, cores) // n_workers)


def _fitting(cells: Sequence[Cell]) -> int:
    """Return how many workers fit into the free memory, at least one."""
    most = max((_bytes_needed(cell) for cell in cells), default=1.0)
    return int(max(1, min(machine.free_memory() / most + n_kept(), len(cells))))


def _bytes_needed(cell: Cell) -> float:
    """Return the most memory that a worker takes [bytes], a fifth above what was measured at three sizes."""
    return 440e6 + 21.0 * _people(cell) / cell.config.population.one_in


def _people(cell: Cell) -> float:
    initial = cell.case.initial
    return float(initial["people"][initial["variant"].isin(["all", cell.config.initial])].sum())


def person_days(cell: Cell) -> float:
    """Return how many people are simulated, times the days: what a cell takes grows with it."""
    return _people(cell) / cell.config.population.one_in * cell.config.n_days


class _Round:
    """One call of `simulate_cells`: which cells are to be done, under way, at another process, ready.

    Cells are known by their number; those with the same address are done once, under the number of the first.
    """

    def __init__(self, cells: list[Cell], progress: Progress | None, store: Store | None, keep: Keep):
        self.cells, self.progress, self.store, self.keep = cells, progress, store, keep
        self.addresses = _addresses(cells, keep) if store else [""] * len(cells)
        self.twins: dict[int, list[int]] = {}
        self.to_do: collections.deque[int] = collections.deque()
        self.under_way = 0
        self.elsewhere: list[int] = []
        self.ready: dict[int, Result] = {}
        self.failed: dict[int, Result] = {}
        self.heard: queue.SimpleQueue = queue.SimpleQueue()
        self.days: dict[int, int] = {}  # done, by cell
        self.days_done = 0

    def results(self) -> Iterator[Result]:
        """Yield the results in order."""
        with contextlib.ExitStack() as stack:
            if self.store:
                stack.callback(self.store.close)
            self._look_up()
            n_workers, self.threads = share_out([self.cells[i] for i in self.to_do])
            self.executor = self._open_executor(n_workers)
            stack.callback(self.executor.close)
            for i in range(len(self.cells)):
                while i not in self.ready:
                    self._advance()
                yield self.ready.pop(i)

    def _look_up(self) -> None:
        """Find what is finished; the rest is to be done, each address once."""
        first: dict[str, int] = {}
        for i, place in enumerate(self.addresses):
            one = first.setdefault(place, i) if place else i
            self.twins.setdefault(one, []).append(i)
        finished = [i for i in self.twins if self.store and self.store.has(self.addresses[i])]
        spent = {entry["cell"]: entry for entry in self.store.logged() if "seconds" in entry} if finished else {}
        for i in finished:
            about = spent.get(self.addresses[i], {})
            self._settle(i, started=about.get("started", ""), seconds=about.get("seconds", 0.0))
        self.to_do.extend(sorted(self.twins.keys() - set(finished)))
        self.days = dict.fromkeys(self.to_do, 0)
        self.all_days = sum(self.cells[i].config.n_days for i in self.to_do)

    def _open_executor(self, n_workers: int) -> Executor:
        chosen = self.cells[0].config.executor if self.cells else None
        if not self.to_do or chosen.name == "local":
            return Workers(n_workers, self.threads, quiet=self.store is not None) if n_workers else Here()
        if not self.store:
            raise InputError(f"executor={chosen.name} is for sweeps and studies: a single run is made here")
        from sim.executors.away import Dask, Slurm  # which need what not everybody has installed

        self.threads = 1
        return Slurm(chosen, self.store.folder) if chosen.name == "slurm" else Dask(chosen, max(1, n_workers))

    def _advance(self) -> None:
        """Hand out what there is room for, then wait until something happens."""
        self._hand_out()
        self.executor.flush()
        if self.under_way:
            with contextlib.suppress(queue.Empty):
                self._hear(*self.heard.get(timeout=_LOOK_AGAIN if self.elsewhere else None))
        elif self.elsewhere:
            time.sleep(_LOOK_AGAIN)
        elif not self.to_do:
            self.ready.update(self.failed)

    def _hand_out(self) -> None:
        if not self.to_do:  # perhaps another process has finished what it was at, or has died
            self.to_do.extend(self.elsewhere)
            self.elsewhere.clear()
        for _ in range(len(self.to_do)):
            # A reader that is slower than the workers must not fill the memory with results it has not taken yet.
            if self.under_way + (0 if self.store else len(self.ready)) >= self.executor.room:
                return
            self._hand_out_one(self.to_do.popleft())

    def _hand_out_one(self, i: int) -> None:
        place, cell = self.addresses[i], self.cells[i]
        if self.store:
            if not self.store.claim(place):
                self.elsewhere.append(i)
                return
            if self.store.has(place):  # another process has finished it since it was looked up
                self.store.release(place)
                self._tell(i, cell.config.n_days)
                self._settle(i)
                return
        self.under_way += 1
        shared = replace(cell, config=replace(cell.config, threads=self.threads))
        task = Task(shared, self.keep, self.store.folder if self.store else None, place)
        future = self.executor.submit(task, lambda day: self.heard.put((i, day)))
        future.add_done_callback(lambda future: self.heard.put((i, future)))

    def _hear(self, i: int, news: int | Future) -> None:
        if isinstance(news, int):
            self._tell(i, news)
            return
        self.under_way -= 1
        self._tell(i, self.cells[i].config.n_days)
        error = news.exception()
        if isinstance(error, StoreError):
            raise error
        if isinstance(error, WorkerDied) and self.store and self.store.has(self.addresses[i]):
            error = None  # it was finished before its job was lost
        done = None if error or news.exception() else news.result()
        if self.store:
            self._note(i, done, error)
            self.store.release(self.addresses[i])
        elif done and done.said:
            print(done.said, file=sys.stderr)
        about = {"started": done.started, "seconds": done.seconds, "held": done.record} if done else {}
        self._settle(i, failure=error, **about)

    def _note(self, i: int, done: Done | None, error: BaseException | None) -> None:
        """Write into the log what became of a cell."""
        cell, place = self.cells[i], self.addresses[i]
        entry = {"cell": place, "name": cell.name, "seed": cell.seed}
        if done:
            told = {"started": done.started, "seconds": done.seconds, "megabytes": done.megabytes, "said": done.said}
            self.store.log({**entry, "status": "done", **told})
        elif error:
            entry["error"] = f"{type(error).__name__}: {error}"
            self.store.fail(place, entry)
            self.store.log({**entry, "status": "failed", "notes": getattr(error, "__notes__", [])})

    def _settle(self, i: int, **about) -> None:
        """Have results ready for a cell and its twins; with a store, failures wait until all others are tried."""
        waiting = self.failed if about.get("failure") and self.store else self.ready
        for j in self.twins[i]:
            twins = len(self.twins[i])
            waiting[j] = Result(self.cells[j], self.addresses[j], store=self.store, n_twins=twins, **about)

    def _tell(self, i: int, day: int) -> None:
        self.days_done += day - self.days.get(i, 0)
        self.days[i] = day
        if self.progress:
            self.progress(self.days_done, self.all_days)


def _addresses(cells: list[Cell], keep: Keep) -> list[str]:
    facts: dict[int, str] = {}
    for cell in cells:
        if id(cell.case) not in facts:
            facts[id(cell.case)] = facts_checksum(cell.case)
    return [address(cell.config, facts[id(cell.case)], cell.seed, keep) for cell in cells]

