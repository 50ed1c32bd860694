"""What all sessions of the process share: one worker, the results it has made, and with what a page begins.

Nothing here belongs to a student: results are kept under the address of what was asked, which says nothing of who
asked. What a student has set lives in the page's own state (`page.py`).
"""

import functools
import threading
import weakref
from dataclasses import replace

from sim.errors import InputError
from sim.web.pair import Pair, jobs
from sim.web.setup import Setup
from sim.web.worker import Bounded, Ticket, Worker

MOST_BYTES = 300_000_000  # of results
DOWNLOADS = 2  # at a time
PATIENCE = 120.0  # seconds that a download waits for its results


class Hall:
    """The shared part of the app."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self.begin = Setup()
        self.store = Bounded(most_bytes)
        self.worker = Worker(self.store)
        self.downloads = threading.BoundedSemaphore(DOWNLOADS)
        self._shown: weakref.WeakValueDictionary[str, Pair] = weakref.WeakValueDictionary()

    def ask(self, session: str, setup: Setup) -> Ticket:
        """Ask for the two sides of a set-up; the last value is the pair."""
        return self.worker.submit(session, jobs(replace(setup, household=None)))

    def show(self, pair: Pair) -> None:
        """Let a pair be fetched for as long as a page shows it."""
        self._shown[pair.key] = pair

    def pair(self, key: str) -> Pair | None:
        """Return a pair that is shown or still held."""
        return self._shown.get(key) or self.store.get(key)

    def wait_for(self, session: str, setup: Setup) -> list:
        """Return the results of a set-up and the pair, in the order of `jobs`; InputError where that takes too long."""
        if not self.downloads.acquire(timeout=PATIENCE):
            raise InputError("too many downloads at a time: try again in a minute")
        try:
            ticket = self.ask(session, setup)
            if not ticket.done.wait(PATIENCE):
                ticket.drop()
                raise InputError(f"no result within {PATIENCE:.0f} seconds: try again in a minute")
            if ticket.error:
                raise ticket.error
            return ticket.values
        finally:
            self.downloads.release()


@functools.cache
def hall() -> Hall:
    """Return the hall of this process."""
    return Hall()
