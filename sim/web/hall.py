"""What all sessions of the process share: the workers, what they have made, and with what a page begins.

Nothing here belongs to a student: results are kept under the address of what was asked, which says nothing of who
asked. What a student has set lives in the page's own state (`page.py`).
"""

import contextlib
import functools
import hashlib
import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace

from sim.address import address
from sim.config import Config
from sim.errors import InputError, WorkerDied
from sim.executors.local import Workers
from sim.machine import cores
from sim.runner import seeds
from sim.web import side
from sim.web.catalogue import case, compose_all, facts_address
from sim.web.pair import Pair, pair_of
from sim.web.setup import POPULATIONS, SIDES, Setup, configs
from sim.web.worker import Bounded, Job, Ticket, Told, Worker

MOST_BYTES = 200_000_000  # of results
DOWNLOADS = 2  # at a time
_TRIES = 2  # for a process may have been ended while it had nothing to do
ENDED = "the machine ended this simulation, most likely for want of memory: choose fewer people or seeds, or try later"
PATIENCE = 120.0  # seconds that a download waits for its results


class Hall:
    """The shared part of the app."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self.begin = Setup()
        self.store = Bounded(most_bytes)
        # One more than there are workers: while it puts a pair together, none of them need be idle.
        self.worker = Worker(self.store, cores() + 1)
        self.workers = Workers(cores(), threads=1)  # the processes that simulate; they start when they are needed
        self.downloads = threading.BoundedSemaphore(DOWNLOADS)
        self._shown: weakref.WeakValueDictionary[str, Pair] = weakref.WeakValueDictionary()

    def prepare(self) -> None:
        """Simulate with what pages begin with, and read what can be chosen."""
        self.ask("beginning", self.begin)
        compose_all(POPULATIONS)

    def ask(self, session: str, setup: Setup) -> Ticket:
        """Ask for the two sides of a set-up; the value is the pair.

        Raises
        ------
        InputError
            Where it cannot be simulated, or too many wait.
        """
        asked = configs(replace(setup, household=None))
        sides = [self._simulation(asked[letter], side.shown, lambda value: value.bytes) for letter in SIDES]
        key = _digest(job.key for job in sides)
        last = Job(key, lambda values, _: pair_of(key, *values, case()), lambda pair: pair.bytes)
        return self.worker.submit(session, [*sides, last])

    def ask_for_tables(self, session: str, setup: Setup, letter: str) -> Ticket:
        """Ask for the tables of a side, as a ZIP file of CSV files."""
        return self.worker.submit(session, [self._simulation(configs(setup)[letter], side.archived, len)])

    def show(self, pair: Pair) -> None:
        """Let a pair be fetched for as long as a page shows it."""
        self._shown[pair.key] = pair

    def pair(self, key: str) -> Pair | None:
        """Return a pair that is shown or still held."""
        return self._shown.get(key) or self.store.get(key)

    def wait_for(self, ask: Callable[[], Ticket]) -> object:
        """Return what is asked for; InputError where that takes too long."""
        if not self.downloads.acquire(timeout=PATIENCE):
            raise InputError("too many downloads at a time: try again in a minute")
        try:
            ticket = ask()
            if not ticket.done.wait(PATIENCE):
                ticket.drop()
                raise InputError(f"no result within {PATIENCE:.0f} seconds: try again in a minute")
            if ticket.error:
                raise ticket.error
            return ticket.value
        finally:
            self.downloads.release()

    def _simulation(self, config: Config, keep: Callable, size: Callable) -> Job:
        """Return the job that has a side simulated and keeps something of it."""
        key = _digest(address(config, facts_address(), seed, keep) for seed in seeds(config))

        def make(_: list, told: Told) -> object:
            days = config.n_days * config.replicates
            task = side.task(config, case(), keep)
            for _ in range(_TRIES):
                with contextlib.suppress(WorkerDied):
                    return self.workers.submit(task, lambda done: told(done / days)).result().record
            raise InputError(ENDED)

        return Job(key, make, size)


def _digest(keys: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(keys).encode()).hexdigest()[:40]


@functools.cache
def hall() -> Hall:
    """Return the hall of this process."""
    return Hall()
