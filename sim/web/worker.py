"""What all sessions have made for them: each in turn, each thing once, and a store that never outgrows its bound."""

import collections
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.errors import InputError

MOST_WAITING = 100  # sessions; more get a sentence
MISTAKE = "this simulation failed by a mistake of the program; its window tells which"
log = logging.getLogger("sim.web")

Told = Callable[[float], None]


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


@dataclass(frozen=True)
class Job:
    """A piece of work.

    Attributes
    ----------
    key
        Equal for jobs that give the same value, which is made once.
    make
        Makes the value from those of the other jobs of its ticket; calls what it is given with the share done.
    size
        Returns the bytes that a value takes.
    """

    key: str
    make: Callable[[list, Told], object]
    size: Callable[[object], int]


@dataclass(eq=False)
class Ticket:
    """What a session waits for: the value of the last job, which is made of those of the others, made in any order."""

    jobs: Sequence[Job]
    values: dict[str, object] = field(default_factory=dict)
    error: InputError | None = None
    done: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False

    @property
    def value(self) -> object:
        """Return the last job's value, once it is done."""
        return self.values[self.jobs[-1].key]

    def next(self, under_way: Sequence[str]) -> Job | None:
        """Return a job that can be begun now."""
        *others, last = self.jobs
        left = [job for job in others if job.key not in self.values]
        return next((job for job in left or [last] if job.key not in under_way), None)

    def take(self, key: str, value: object) -> None:
        """Take the value of a job, whoever it was made for."""
        self.values[key] = value
        if key == self.jobs[-1].key:
            self.done.set()

    def drop(self) -> None:
        """Say that nobody waits any longer."""
        self.dropped = True
        self.done.set()


class Worker:
    """Has jobs done for sessions in turn: each has one ticket, of which one job is begun before the next session's."""

    def __init__(self, store: Bounded, n_at_a_time: int = 1, most_waiting: int = MOST_WAITING):
        self.store, self.n_at_a_time, self.most_waiting = store, n_at_a_time, most_waiting
        self._waiting: collections.OrderedDict[str, Ticket] = collections.OrderedDict()
        self._under_way: dict[str, float] = {}  # key -> share done
        self._changed = threading.Condition()
        self._n_threads = 0

    def submit(self, session: str, jobs: Sequence[Job]) -> Ticket:
        """Ask for jobs; what the session asked for before is dropped, and its place in the queue is kept.

        Raises
        ------
        InputError
            Where too many sessions wait.
        """
        ticket = Ticket(list(jobs))
        with self._changed:
            self._take_known(ticket)
            if session in self._waiting:
                self._waiting[session].drop()
            elif len(self._waiting) >= self.most_waiting and not ticket.done.is_set():
                raise InputError(f"{self.most_waiting} others are waiting for a simulation: try again in a minute")
            self._waiting[session] = ticket
            self._clear_away()
            while self._n_threads < self.n_at_a_time:
                self._n_threads += 1
                threading.Thread(target=self._work, name="simulations", daemon=True).start()
            self._changed.notify_all()
        return ticket

    def place(self, ticket: Ticket) -> int:
        """Return how many sessions are before a ticket's; 0 where something is being made for it."""
        with self._changed:
            if any(job.key in self._under_way for job in ticket.jobs):
                return 0
            return next((i for i, one in enumerate(self._waiting.values()) if one is ticket), 0)

    def progress(self, ticket: Ticket) -> float:
        """Return how much of a ticket is done, 0 to 1."""
        with self._changed:
            shares = [1.0 if job.key in ticket.values else self._under_way.get(job.key, 0.0) for job in ticket.jobs]
        return sum(shares) / len(shares)

    def _take_known(self, ticket: Ticket) -> None:
        """Give a ticket what is held already: its last value, or those that it is made of."""
        for job in reversed(ticket.jobs):
            if not ticket.done.is_set() and (value := self.store.get(job.key)) is not None:
                ticket.take(job.key, value)

    def _work(self) -> None:
        while True:
            with self._changed:
                while (chosen := self._next()) is None:
                    self._changed.wait()
                session, ticket, job = chosen
                self._to_the_end(session)
                self._under_way[job.key] = 0.0
            value, error = self._made(job, [ticket.values[one.key] for one in ticket.jobs if one.key in ticket.values])
            with self._changed:
                del self._under_way[job.key]
                self._hand_out(job.key, value, error)
                self._clear_away()
                self._to_the_end(session)  # also behind those that have come meanwhile
                self._changed.notify_all()

    def _next(self) -> tuple[str, Ticket, Job] | None:
        """Choose the job to begin with."""
        chosen = ((session, ticket, ticket.next(self._under_way)) for session, ticket in self._waiting.items())
        return next((one for one in chosen if one[-1]), None)

    def _to_the_end(self, session: str) -> None:
        if session in self._waiting:
            self._waiting.move_to_end(session)

    def _made(self, job: Job, values: list) -> tuple[object, InputError | None]:
        def told(share: float) -> None:
            self._under_way[job.key] = share

        try:
            value = job.make(values, told)
            self.store.put(job.key, value, job.size(value))
            return value, None
        except InputError as error:
            return None, error
        except Exception:  # a mistake of the program must not stop the others' work
            log.exception("a simulation failed")
            return None, InputError(MISTAKE)

    def _hand_out(self, key: str, value: object, error: InputError | None) -> None:
        """Give what was made to all who wait for it, whoever asked first."""
        for ticket in self._waiting.values():
            if any(job.key == key for job in ticket.jobs):
                if error:
                    ticket.error = error
                    ticket.done.set()
                else:
                    ticket.take(key, value)

    def _clear_away(self) -> None:
        for session in [session for session, ticket in self._waiting.items() if ticket.done.is_set()]:
            del self._waiting[session]
