"""Workers on this machine: plain Python processes that are spoken to through their standard input and output.

Unlike those of a process pool they never run the person's own script again, share no pipe or lock that a dying one
could spoil for the others, end with the process that started them even in the middle of a cell, and do not look at
the clock of the calendar.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from sim.errors import WorkerDied
from sim.work import Cell, Done, Task, do

_START = "from sim.executors.local import serve; serve()"
_DAY, _DONE, _FAILED = "day", "done", "failed"
_LIBRARY_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_TOLD_EVERY = 0.1  # seconds between two words about the days done
_WORDS = 4000  # bytes of what a worker prints that are kept of each task


_kept: list["_Worker"] | None = None  # those that wait for the next call, while somebody keeps them
_keeping = threading.Lock()


@contextlib.contextmanager
def kept_workers() -> Iterator[None]:
    """Keep workers for the next call, until the end of the block: each takes seconds to start.

    For studies that ask for one batch of cells after the other. Those that are stopped at a cell, or die, are not kept.
    """
    global _kept
    if _kept is not None:  # somebody further out keeps them
        yield
        return
    _kept = []
    try:
        yield
    finally:
        with _keeping:
            idle, _kept = _kept, None
        for worker in idle:
            worker.stop()


def n_kept() -> int:
    """Return how many workers wait: their memory is taken, but not by others."""
    return len(_kept or ())


def _taken(options: tuple[int, bool]) -> "_Worker":
    """Return a worker that waits, or a new one."""
    with _keeping:
        for worker in list(_kept or ()):
            if worker.options == options:
                _kept.remove(worker)
                if worker.process.poll() is None:
                    return worker
    return _Worker(*options)


def _put_by(worker: "_Worker") -> bool:
    """Let an idle worker wait for the next call, if somebody keeps them."""
    with _keeping:
        if _kept is None or worker.is_busy or worker.is_dead:
            return False
        _kept.append(worker)
        return True


class Workers:
    """A fixed number of workers; one that dies costs its task only, and another takes its place.

    Parameters
    ----------
    n_workers, threads
        How many processes, and how many threads the libraries in each may use.
    quiet
        Whether to put what workers print into the answer (`Done.said`) instead of showing it.
    """

    def __init__(self, n_workers: int, threads: int, quiet: bool = False):
        self.room = 2 * n_workers
        self._options = (threads, quiet)
        self._todo: queue.SimpleQueue = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._workers: list[_Worker | None] = [None] * n_workers
        for slot in range(n_workers):
            threading.Thread(target=self._listen, args=[slot], daemon=True).start()

    def submit(self, task: Task, told: Callable[[int], None]) -> Future:
        """Have a task done by the next worker that is free."""
        future: Future = Future()
        self._todo.put((task, told, future))
        return future

    def flush(self) -> None:
        """Do nothing: the workers have begun."""

    def close(self) -> None:
        """End all workers, whatever they are doing; those that do nothing may be kept."""
        with self._lock:
            self._closed = True
            for worker in filter(None, self._workers):
                if not _put_by(worker):
                    worker.stop()
        for _ in self._workers:
            self._todo.put(None)

    def _listen(self, slot: int) -> None:
        while (item := self._todo.get()) is not None and not self._closed:
            task, told, future = item
            try:
                future.set_result(self._worker(slot).do(task, told))
            except BaseException as error:
                future.set_exception(error)

    def _worker(self, slot: int) -> "_Worker":
        """Return the worker of a slot; another one where it has died, unless all are being stopped."""
        with self._lock:
            if self._closed:
                raise WorkerDied("the workers have been stopped")
            worker = self._workers[slot]
            if worker is None or worker.is_dead:
                worker = self._workers[slot] = _taken(self._options)
            worker.is_busy = True  # before anybody can put it by
            return worker


class _Worker:
    """A Python process that does one task after the other."""

    def __init__(self, threads: int, quiet: bool):
        package = str(Path(__file__).parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        settings = {"PYTHONPATH": os.pathsep.join(paths), **dict.fromkeys(_LIBRARY_THREADS, str(threads))}
        self.options = threads, quiet
        self.is_overdue = self.is_dead = self.is_busy = False
        self.said = tempfile.TemporaryFile() if quiet and hasattr(os, "pread") else None
        self.heard = 0
        self.known: dict[int, object] = {}  # cases that it has been sent; kept, so that no other gets their number
        # In a session of its own, Ctrl-C reaches this process only, which then stops the workers.
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            env={**os.environ, **settings},
            start_new_session=True,
        )

    def do(self, task: Task, told: Callable[[int], None]) -> Done:
        """Have a task done; raise the error that ended it."""
        limit = task.cell.config.executor.cell_seconds
        timer = threading.Timer(limit, self._overrun) if limit else None
        try:
            if timer:
                timer.start()
            self._send(task)
            kind, content = _DAY, 0
            while kind == _DAY:
                told(content)
                kind, content = pickle.load(self.process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self.is_dead = True
            raise WorkerDied(self._obituary(task.cell)) from None
        finally:
            if timer:
                timer.cancel()
        said = self._new_words()
        self.is_busy = False
        if kind == _FAILED:
            content.add_note(said)
            raise content
        return replace(content, said=said)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def _send(self, task: Task) -> None:
        """Send a task; its facts, a quarter of a megabyte, only if this worker has not got them yet."""
        case = task.cell.case
        number = id(case)
        news = None if number in self.known else case
        self.known[number] = case
        content = pickle.dumps((number, news, replace(task, cell=replace(task.cell, case=None))), 5)
        self.process.stdin.write(len(content).to_bytes(8, "big") + content)
        self.process.stdin.flush()

    def _overrun(self) -> None:
        self.is_overdue = True
        self.process.kill()

    def _new_words(self) -> str:
        """Return the end of what the worker has printed since it was last asked."""
        if self.said is None:
            return ""
        size = os.fstat(self.said.fileno()).st_size
        start, self.heard = max(self.heard, size - _WORDS), size
        return os.pread(self.said.fileno(), size - start, start).decode(errors="replace").strip()

    def _obituary(self, cell: Cell) -> str:
        """Say how the worker ended, and what it was at."""
        code = self.process.wait()
        if self.is_overdue:
            return f"{cell}, took longer than {cell.config.executor.cell_seconds:g} s and was stopped"
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        guess = "; most likely the memory was not enough: try threads=1" if code in (-signal.SIGTERM, -9) else ""
        words = self._new_words()
        return f"the process that simulated {cell}, {how}{guess}" + f"; its last words: {words}" * bool(words)


def serve() -> None:
    """Be a worker: do the tasks that come in until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed must not get between the answers
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_receive, args=[inbox, tasks], daemon=True).start()
    cases: dict[int, object] = {}
    with contextlib.suppress(BrokenPipeError):
        while True:
            _serve(tasks.get(), cases, outbox)
    os._exit(0)  # whoever would read the rest has gone


def _receive(inbox, tasks: queue.SimpleQueue) -> None:
    """Take in tasks; end this process, even in the middle of a cell, when nobody is there to send any more."""
    while len(head := inbox.read(8)) == 8:
        tasks.put(inbox.read(int.from_bytes(head, "big")))
    os._exit(0)


def _serve(content: bytes, cases: dict, outbox) -> None:
    def answer(kind: str, content: object) -> None:
        outbox.write(pickle.dumps((kind, content), pickle.HIGHEST_PROTOCOL))
        outbox.flush()

    said = time.monotonic()

    def tell(day: int) -> None:
        nonlocal said
        if time.monotonic() - said > _TOLD_EVERY:
            said = time.monotonic()
            answer(_DAY, day)

    try:
        number, case, task = pickle.loads(content)
        task.cell.case = cases.setdefault(number, case)
        answer(_DONE, do(task, tell))
    except BrokenPipeError:
        raise
    except Exception as error:
        answer(_FAILED, _portable(error))


def _portable(error: Exception) -> Exception:
    """Return an error that survives the way to the other process, with its traceback as a note."""
    told = "".join(traceback.format_exception(error))
    error.add_note(told)
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class makes of it
        return RuntimeError(told)
