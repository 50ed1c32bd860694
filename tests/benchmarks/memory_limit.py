"""The memory limit: what a day costs that only reads, once a phase, the bytes that the phase decides by, of every row.

No draw, no decision, no change: what is left is the machine's way to its memory. An engine that looks at every row
cannot be faster; this one can, because it passes over blocks of rows that cannot act.
"""

import numpy as np
from numba import uint64

from sim.compiled import Threads, loop
from sim.population import Population

# The columns that the rule of a phase looks at in each row, if nobody is passed over.
READ = {
    "leave_home": ("status", "moves", "place", "threshold"),
    "move_on": ("status", "moves", "place", "threshold", "since"),
    "try_entry": ("status", "moves", "place", "means", "people"),
    "leave_west": ("status", "place", "group", "tries"),
    "travel": ("status", "place", "metres"),
    "at_the_border": ("status", "place", "since", "people"),
    "receive": ("status", "place", "since", "people", "group"),
    "go_home": ("status", "moves", "home", "group", "threshold", "since"),
}
_NO_ROWS = np.zeros(0, np.int32)


@loop
def touched(first, last, n_rows, columns, rows):
    """Read a share of each column, and return whether the sum is odd: unused, the compiler would leave the reading out.

    Parameters
    ----------
    first, last
        Rows of a chunk.
    columns
        Columns as words of 64 bits, of different lengths.
    rows
        Unused; `Threads.over_chunks` hands it to every loop.
    """
    total = uint64(0)
    for words in columns:
        for i in range(first * len(words) // n_rows, last * len(words) // n_rows):
            total += words[i]
    return total & uint64(1)


def as_words(column: np.ndarray) -> np.ndarray:
    """Return a column as words of 64 bits; up to seven bytes at its end are left out."""
    return column.view(np.uint8)[: column.nbytes // 8 * 8].view(np.uint64)


def bytes_per_row_day(population: Population) -> int:
    """Return the bytes that a day reads of each row."""
    return sum(getattr(population, name).itemsize for names in READ.values() for name in names)


def touch(population: Population, threads: Threads, n_days: int) -> None:
    """Go through the days."""
    n_rows = len(population.people)
    phases = [tuple(as_words(getattr(population, name)) for name in names) for names in READ.values()]
    for _ in range(n_days):
        for columns in phases:
            threads.over_chunks(touched, n_rows, _NO_ROWS, n_rows, columns)
