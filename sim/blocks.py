"""Which rows may act: rows are looked at in blocks of 64, so that those who cannot act cost next to nothing.

Of each block a few bits are known: which statuses its rows may have, and whether anybody is away from home. A phase
asks for the rows with a status it is about. Where it also gives a ceiling, the highest threshold that anybody of a
place and group may have today, whole blocks are passed over: those with a ceiling of zero, and where the ceiling is
low, all rows whose draw is not low (`sim.draws.low_rows`). Nobody who would act is left out, so the law of the
process is that of looking at everybody.
"""

import numpy as np
from numba import uint64

from sim import draws
from sim.compiled import inner, loop
from sim.draws import BLOCK, BLOCK_BITS, LOW
from sim.population import AT_HOME, AWAY, LONGEST_STAY, SCATTERED

_DE_BRUIJN = 0x03F79D71B4CB0A89


def _positions() -> np.ndarray:
    """Return the number of a single set bit by the upper six bits of its product with a De Bruijn sequence."""
    table = np.zeros(64, np.int64)
    for bit in range(64):
        table[((_DE_BRUIJN << bit) & (2**64 - 1)) >> 58] = bit
    return table


_POSITION = _positions()


@inner
def _scan(population, block, wanted, where, rows, found):
    """List the rows of a block with a wanted status in a wanted place, and note anew what the block holds."""
    start = block << BLOCK_BITS
    holds = population.seen[block] & SCATTERED
    for row in range(start, min(start + BLOCK, len(population.status))):
        bit, place = 1 << population.status[row], population.place[row]
        holds |= bit if place == population.home[row] else bit | AWAY
        rows[found] = row
        found += 1 if (bit & wanted != 0) & where[place] else 0
    population.seen[block] = holds
    return found


@inner
def _pick(population, block, wanted, rows, found):
    """List the rows of a block with a wanted status."""
    start = block << BLOCK_BITS
    for row in range(start, min(start + BLOCK, len(population.status))):
        rows[found] = row
        found += 1 if (1 << population.status[row]) & wanted else 0
    return found


@inner
def _list_low(population, block, wanted, low, rows, found):
    """List the rows of a block with a wanted status and a low draw."""
    start = block << BLOCK_BITS
    while low:
        lowest = low & (~low + uint64(1))
        low ^= lowest
        row = start + _POSITION[(lowest * uint64(_DE_BRUIJN)) >> uint64(58)]
        if row < len(population.status) and (1 << population.status[row]) & wanted:
            rows[found] = row
            found += 1
    return found


@loop
def rows_with(first, last, population, wanted, where, rows):
    """List the rows with a status among those wanted in some places, and return how many.

    Parameters
    ----------
    first, last
        Rows, the first of a block each.
    wanted
        One bit a status.
    where
        (P,) bool.
    rows
        Filled from `first` on.
    """
    found = first
    for block in range(first >> BLOCK_BITS, (last + BLOCK - 1) >> BLOCK_BITS):
        if population.seen[block] & wanted:
            found = _scan(population, block, wanted, where, rows, found)
    return found - first


@loop
def places_with(stock, wanted):
    """Return where somebody has a status among those wanted, (P,) bool; `stock` counts people, (P, G, statuses)."""
    lived_in = np.zeros(len(stock), np.bool_)
    for status in range(stock.shape[2]):
        if wanted >> status & 1:
            for place in range(len(stock)):
                for group in range(stock.shape[1]):
                    lived_in[place] |= stock[place, group, status] != 0
    return lived_in


@loop
def ceilings(thresholds, spot_of, n_groups):
    """Return the highest threshold of each spot, (K, n), by place and group, (P, G); 0 outside the theatre."""
    ceiling = np.zeros((len(spot_of), n_groups), np.int64)
    for place in range(len(spot_of)):
        if spot_of[place] >= 0:
            ceiling[place] = thresholds[spot_of[place]].max()
    return ceiling


@inner
def candidates(first, last, population, wanted, ceiling, fading, day, key, rows):
    """List the rows with a wanted status whose rare draw may lie below the ceiling where they are.

    Parameters
    ----------
    ceiling
        (P, G) highest threshold that anybody of a group in a place may have today.
    fading
        (64,) what comes on top of it by days since arrival; it must not rise with them. For who has not moved yet it
        is the last.
    key
        Of the day's decision, as in `draws.rare`.

    Returns
    -------
    How many; `rows` is filled from `first` on.
    """
    found, top = first, ceiling.max()
    for block in range(first >> BLOCK_BITS, (last + BLOCK - 1) >> BLOCK_BITS):
        holds = population.seen[block]
        if not holds & wanted:
            continue
        cell = population.cell[block]
        here = ceiling[cell >> 8, cell & 255]
        together = not (holds & SCATTERED or (holds & AWAY and holds & wanted & ~AT_HOME))
        limit = (here if together else top) + fading[min(day - population.latest[block], LONGEST_STAY)]
        if limit == 0:
            continue
        low = population.low[block] = draws.low_rows(key, block)
        if limit <= LOW:
            found = _list_low(population, block, wanted, low, rows, found)
        elif together:
            found = _pick(population, block, wanted, rows, found)
        else:
            listed = _pick(population, block, wanted, rows, found)
            found = _leave_out(population, ceiling, fading, day, low, rows, found, listed)
    return found - first


@inner
def candidates_by_home(first, last, population, wanted, ceiling, key, rows):
    """List the rows with a wanted status whose rare draw may lie below the ceiling of their home, (P, G)."""
    found = first
    for block in range(first >> BLOCK_BITS, (last + BLOCK - 1) >> BLOCK_BITS):
        holds = population.seen[block]
        cell = population.cell[block]
        limit = draws.SURE if holds & SCATTERED else ceiling[cell >> 8, cell & 255]
        if limit == 0 or not holds & wanted:
            continue
        low = population.low[block] = draws.low_rows(key, block)
        if limit <= LOW:
            found = _list_low(population, block, wanted, low, rows, found)
        else:
            found = _pick(population, block, wanted, rows, found)
    return found - first


@inner
def lot(population, key, row):
    """Return the draw of a row that `candidates` has just listed; the same as `draws.rare`."""
    return draws.rare_luck(key, row, population.low[row >> BLOCK_BITS])


@inner
def _leave_out(population, ceiling, fading, day, low, rows, found, last):
    """Keep those of the listed rows of a block who may act where they are."""
    for i in range(found, last):
        row = rows[i]
        limit = ceiling[population.place[row], population.group[row]]
        limit += fading[min(day - population.since[row], LONGEST_STAY)]
        is_low = (low >> uint64(row & (BLOCK - 1))) & uint64(1) == uint64(1)
        rows[found] = row
        found += 1 if (limit > LOW) | ((limit > 0) & is_low) else 0
    return found
