"""Where cells are simulated: in this process, in workers beside it, on a cluster. All have the shape of the standard
library's executors: `submit` takes a task and returns a `concurrent.futures.Future` of what became of it.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from sim.work import Task


class Executor(Protocol):
    """Takes tasks and does them, in any order.

    Attributes
    ----------
    room
        How many tasks it should have at a time so that nobody waits for work.
    """

    room: int

    def submit(self, task: Task, told: Callable[[int], None]) -> Future:
        """Take a task; `told` may be called from any thread, with the number of days done."""

    def flush(self) -> None:
        """Begin with what has been submitted, if that has not been done yet."""

    def close(self) -> None:
        """Stop everything at once."""
