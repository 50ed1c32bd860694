"""Work on facts that is done once, not for every run or picture of them."""

import functools
from collections.abc import Callable


class _Same:
    """A thing that equals only itself, for tables cannot be compared at a glance; it lives as long as its key."""

    def __init__(self, thing):
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other) -> bool:
        return self.thing is other.thing


def once(most: int) -> Callable:
    """Keep the last values of a function of facts (a case, or a table of it) and of other, hashable arguments.

    Facts are taken not to change once they are read; what is returned is shared, and so must not be changed either.

    Parameters
    ----------
    most
        Values that are kept; what has not been asked for longest goes first.
    """

    def decorated(make):
        kept = functools.lru_cache(most)(lambda facts, *rest: make(facts.thing, *rest))
        return functools.wraps(make)(lambda facts, *rest: kept(_Same(facts), *rest))

    return decorated
