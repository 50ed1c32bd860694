"""Replicates and scenarios side by side: a cell is one configuration with one seed, simulated by itself.

Workers are plain Python processes that talk over their standard input and output. Unlike a process pool they never
run the person's own script again, they end when this process ends, and it is known which cell a dead one was at.
"""

import contextlib
import datetime
import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.config import Config
from sim.errors import WorkerDied
from sim.seeds import Case

# Person-days below which workers are not worth the two seconds that each takes to start.
FEW_PERSON_DAYS = 20_000_000
_START = "from sim.cells import serve; serve()"
_DAY, _DONE, _FAILED = "day", "done", "failed"
_LIBRARY_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Progress = Callable[[int, int], None]


@dataclass
class Cell:
    """One configuration to be simulated with one seed; `name` tells it apart where it fails."""

    name: str
    config: Config
    case: Case
    seed: int


@dataclass
class Result:
    """What `sim.model.simulate` returned for a cell, when it was started (UTC) and how long it took [s]."""

    frames: dict
    summary: list[dict]
    started: str
    seconds: float


def simulate_cells(cells: Sequence[Cell], progress: Progress | None = None) -> Iterator[Result]:
    """Simulate cells and yield their results in the order of the cells.

    Two or more cells with enough to do share the cores: as many processes as cores, each with an equal share of the
    threads, so that processes times threads never exceed the cores. Results do not depend on any of this. Close the
    iterator to stop everything at once.

    Parameters
    ----------
    progress
        Called with the days done and all days of all cells.

    Raises
    ------
    WorkerDied
        Where a process was ended from outside, as by a machine that is out of memory.
    """
    n_workers, threads = share_out(cells)
    cells = [replace(cell, config=replace(cell.config, threads=threads)) for cell in cells]
    told = _Days(cells, progress)
    if n_workers > 1:
        return _simulate_in_workers(cells, n_workers, threads, told)
    return (_simulate(cell, told.of(i)) for i, cell in enumerate(cells))


def share_out(cells: Sequence[Cell]) -> tuple[int, int]:
    """Return the number of worker processes (1: none but this one) and of threads in each."""
    cores = _cores()
    threads = min((cell.config.threads or cores for cell in cells), default=1)
    n_workers = min(threads, cores, len(cells))
    if n_workers < 2 or sum(map(_person_days, cells)) < FEW_PERSON_DAYS:
        return 1, threads
    return n_workers, min(threads, cores) // n_workers


def _cores() -> int:
    """Return how many cores this process may use; in a container they may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _person_days(cell: Cell) -> float:
    initial = cell.case.initial
    people = initial["people"][initial["variant"].isin(["all", cell.config.initial])].sum()
    return float(people) / cell.config.population.one_in * cell.config.n_days


def _simulate(cell: Cell, told: Callable[[int], None]) -> Result:
    from sim.model import simulate  # Mesa and Numba take a second to import: after every check of the choices

    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    tables = simulate(cell.config, cell.case, cell.seed, progress=lambda day, _days: told(day))
    seconds = time.perf_counter() - clock
    gc.collect()  # a model and its agents refer to each other: half a gigabyte that nobody else would clear away soon
    return Result(tables.frames, tables.summary, started.isoformat(timespec="seconds"), seconds)


class _Days:
    """Adds up the days that are done in all cells."""

    def __init__(self, cells: Sequence[Cell], progress: Progress | None):
        self.done = [0] * len(cells)
        self.total = sum(cell.config.n_days for cell in cells)
        self.progress = progress

    def of(self, cell: int) -> Callable[[int], None]:
        return lambda day: self.tell(cell, day)

    def tell(self, cell: int, day: int) -> None:
        self.done[cell] = day
        if self.progress:
            self.progress(sum(self.done), self.total)


def _simulate_in_workers(cells: list[Cell], n_workers: int, threads: int, told: _Days) -> Iterator[Result]:
    """Let each worker take the next cell when it has done one; a thread of this process listens to each."""
    todo = iter(enumerate(cells))
    lock = threading.Lock()
    # A reader that is slower than the workers must not fill the memory with results it has not taken yet.
    room = threading.Semaphore(2 * n_workers)
    heard: queue.SimpleQueue = queue.SimpleQueue()
    workers: list[_Worker] = []

    def listen(worker: "_Worker") -> None:
        while True:
            room.acquire()
            with lock:
                i, cell = next(todo, (-1, None))
            if cell is None:
                return
            for kind, content in worker.simulate(cell):
                heard.put((i, kind, content))
                if kind == _FAILED:
                    return

    try:
        for _ in range(n_workers):
            workers.append(_Worker(threads))
            threading.Thread(target=listen, args=[workers[-1]], daemon=True).start()
        waiting: dict[int, Result] = {}
        for i in range(len(cells)):
            while i not in waiting:
                j, kind, content = heard.get()
                if kind == _DAY:
                    told.tell(j, content)
                elif kind == _FAILED:
                    raise content
                else:
                    waiting[j] = content
            yield waiting.pop(i)
            room.release()
    finally:
        with lock:
            todo = iter(())
        for worker in workers:
            room.release()
            worker.stop()


class _Worker:
    """A Python process that simulates one cell after the other."""

    def __init__(self, threads: int):
        package = str(Path(__file__).parents[1])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        settings = {"PYTHONPATH": os.pathsep.join(paths), **dict.fromkeys(_LIBRARY_THREADS, str(threads))}
        # In a session of its own, Ctrl-C reaches this process only, which then stops the workers.
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **settings},
            start_new_session=True,
        )

    def simulate(self, cell: Cell) -> Iterator[tuple[str, object]]:
        """Yield each day that is done, then the result, or the error that ended it."""
        try:
            pickle.dump(cell, self.process.stdin, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()
            kind = _DAY
            while kind == _DAY:
                kind, content = pickle.load(self.process.stdout)
                yield kind, content
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            yield _FAILED, WorkerDied(_obituary(cell, self.process.wait()))

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.wait()


def _obituary(cell: Cell, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    guess = "; most likely the memory was not enough: try threads=1" if code in (-signal.SIGTERM, -9) else ""
    return f"the process that simulated {cell.name}, seed {cell.seed}, {how}{guess}"


def serve() -> None:
    """Be a worker: simulate the cells that come in until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed must not get between the answers
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _serve(pickle.load(inbox), outbox)
    os._exit(0)  # whoever would read the rest has gone


def _serve(cell: Cell, outbox) -> None:
    def answer(kind: str, content: object) -> None:
        outbox.write(pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL))
        outbox.flush()

    try:
        answer(_DONE, _simulate(cell, lambda day: answer(_DAY, day)))
    except BrokenPipeError:
        raise
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))  # a traceback itself cannot be sent
        try:
            answer(_FAILED, error)
        except (pickle.PicklingError, TypeError, AttributeError):
            answer(_FAILED, RuntimeError("".join(traceback.format_exception(error))))
