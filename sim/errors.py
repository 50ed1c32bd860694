"""Mistakes of the person and failures of the machine, told apart from mistakes of the program."""

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """One clear sentence about wrong input; the command line prints it and exits with code 2."""


class WorkerDied(Exception):
    """The machine ended a process that was simulating; the command line prints it and exits 1."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint with the closest of `names`, or nothing where none is close."""
    by_folded = {known.casefold(): known for known in names}
    found = difflib.get_close_matches(str(name).casefold(), by_folded, n=1, cutoff=0.5)
    return f" (did you mean '{by_folded[found[0]]}'?)" if found else ""
