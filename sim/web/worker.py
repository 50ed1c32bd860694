"""One thread that works for all sessions in turn, and a store of results that never grows beyond its bound."""

import collections
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.errors import InputError

MOST_WAITING = 100  # sessions; more get a sentence
log = logging.getLogger("sim.web")

Told = Callable[[int, int], None]


class Bounded:
    """Values by key, bounded by their bytes: what has not been asked for longest goes first. Safe between threads."""

    def __init__(self, most_bytes: int):
        self.most_bytes = most_bytes
        self.bytes = 0
        self._lock = threading.Lock()
        self._held: collections.OrderedDict[str, tuple[object, int]] = collections.OrderedDict()

    def get(self, key: str) -> object | None:
        """Return a value, or None where it is not, or no longer, here."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def put(self, key: str, value: object, size: int) -> None:
        """Keep a value of so many bytes; one that is larger than the bound is not kept."""
        with self._lock:
            if key in self._held:
                self.bytes -= self._held.pop(key)[1]
            self._held[key] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                self.bytes -= self._held.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._held)


class Abandoned(Exception):
    """Nobody waits for this any longer."""


@dataclass
class Job:
    """A piece of work.

    Attributes
    ----------
    key
        Equal for jobs that give the same value, which is made once.
    make
        Makes the value from those of the jobs before it; calls what it is given with how much is done, of how much.
    size
        Returns the bytes that a value takes.
    """

    key: str
    make: Callable[[list, Told], object]
    size: Callable[[object], int]


@dataclass
class Ticket:
    """What a session waits for: some jobs, done one after the other; the values come in their order."""

    jobs: Sequence[Job]
    values: list = field(default_factory=list)
    error: InputError | None = None
    done: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False
    share: float = 0.0  # of the job under way

    def drop(self) -> None:
        """Say that nobody waits any longer."""
        self.dropped = True
        self.done.set()

    @property
    def progress(self) -> float:
        """Return how much is done, 0 to 1."""
        return min(1.0, (len(self.values) + self.share) / max(len(self.jobs), 1))


class Worker:
    """Does jobs for sessions in turn: each has one ticket, of which one job is done before the next session's."""

    def __init__(self, store: Bounded, most_waiting: int = MOST_WAITING):
        self.store, self.most_waiting = store, most_waiting
        self._waiting: collections.OrderedDict[str, Ticket] = collections.OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, session: str, jobs: Sequence[Job]) -> Ticket:
        """Ask for jobs; what the session asked for before is dropped, and its place in the queue is kept.

        Raises
        ------
        InputError
            Where too many sessions wait.
        """
        ticket = Ticket(list(jobs))
        with self._changed:
            if session in self._waiting:
                self._waiting[session].drop()
            elif len(self._waiting) >= self.most_waiting:
                raise InputError(f"{self.most_waiting} others are waiting for a simulation: try again in a minute")
            self._waiting[session] = ticket
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="simulations", daemon=True)
                self._thread.start()
            self._changed.notify()
        return ticket

    def place(self, ticket: Ticket) -> int:
        """Return how many sessions are before a ticket's."""
        with self._changed:
            return next((i for i, one in enumerate(self._waiting.values()) if one is ticket), 0)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                session, ticket = next(iter(self._waiting.items()))
            self._advance(ticket)
            with self._changed:
                if self._waiting.get(session) is ticket:
                    if ticket.done.is_set():
                        del self._waiting[session]
                    else:
                        self._waiting.move_to_end(session)

    def _advance(self, ticket: Ticket) -> None:
        """Do the next job of a ticket, and all after it that are done already."""
        try:
            made = False
            while len(ticket.values) < len(ticket.jobs) and not ticket.dropped:
                job = ticket.jobs[len(ticket.values)]
                value = self.store.get(job.key)
                if value is None:
                    if made:
                        return
                    value, made = self._made(job, ticket), True
                ticket.values.append(value)
            ticket.done.set()
        except Abandoned:
            pass
        except InputError as error:
            ticket.error = error
            ticket.done.set()
        except Exception:  # a mistake of the program must not stop the others' work
            log.exception("a simulation failed")
            ticket.error = InputError("this simulation failed by a mistake of the program; its window tells which")
            ticket.done.set()

    def _made(self, job: Job, ticket: Ticket) -> object:
        def told(done: int, of: int) -> None:
            if ticket.dropped:
                raise Abandoned
            ticket.share = done / of

        try:
            value = job.make(ticket.values, told)
        finally:
            ticket.share = 0.0
        self.store.put(job.key, value, job.size(value))
        return value
