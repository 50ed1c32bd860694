"""The two hottest loops over the rows, leaving home and moving on, as one would write them with NumPy.

Each lists the very same rows as the engine: the draws are the same counters, mixed for whole arrays at a time.
"""

import numpy as np

from sim import draws
from sim.array_driver import ArrayDriver
from sim.population import HOME, HOSTED, LONGEST_STAY, OPEN_AIR, RETURNED, TRAVELLING
from sim.today import Today

PHASES = ("leave_home", "move_on")
_GOLDEN, _MIX_1, _MIX_2 = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


class NumpyDriver(ArrayDriver):
    """The array driver with two phases listed by NumPy; all else stays compiled."""

    def leave_home(self, today: Today) -> None:
        """Let households leave home because of the threat there."""
        self._flee(today, leaving_home(self.population, self.world.spot_of, today, self.seed))

    def move_on(self, today: Today) -> None:
        """Let displaced households leave a place of refuge."""
        self._flee(today, moving_on(self.population, self.world.spot_of, today, self.seed))


def leaving_home(population, spot_of, today: Today, seed: int) -> np.ndarray:
    """Return the rows that leave home today."""
    status = population.status
    in_camp_since_before = (status > TRAVELLING) & (status <= OPEN_AIR) & (population.moves == 0)
    threatened = (spot_of >= 0) & today.leaving.any(axis=1)[spot_of]
    at_risk = ((status == HOME) | (status == RETURNED) | in_camp_since_before) & threatened[population.place]
    rows = np.flatnonzero(at_risk)
    chance = today.leaving[spot_of[population.place[rows]], population.threshold[rows]]
    return rows[rare(seed, rows, today.day, draws.LEAVE) < chance]


def moving_on(population, spot_of, today: Today, seed: int) -> np.ndarray:
    """Return the rows that leave their place of refuge today."""
    status = population.status
    displaced = (status >= HOSTED) & (status <= OPEN_AIR) & (population.moves > 0)
    rows = np.flatnonzero(displaced & (today.day - population.since >= today.rest_days))
    spots, days_here = spot_of[population.place[rows]], np.minimum(today.day - population.since[rows], LONGEST_STAY)
    chance = today.leaving_again[spots, population.threshold[rows]] + today.moving_on[spots, days_here]
    return rows[rare(seed, rows, today.day, draws.LEAVE) < chance]


def rare(seed: int, rows: np.ndarray, day: int, decision: int) -> np.ndarray:
    """Return the draws of `sim.draws.rare` for many rows at once, int64."""
    key = np.uint64(draws.key_of(seed, day, decision))
    within = (_mix(key + _GOLDEN * (rows + 1).astype(np.uint64)) >> np.uint64(32)).astype(np.int64)
    blocks, block_of = rows >> draws.BLOCK_BITS, np.zeros(len(rows), np.int64)
    if len(rows):
        starts = np.concatenate([[True], blocks[1:] != blocks[:-1]])  # rows ascend
        block_of = np.cumsum(starts) - 1
        blocks = blocks[starts]
    low = _low_rows(key, blocks)[block_of] >> (rows & (draws.BLOCK - 1)).astype(np.uint64) & np.uint64(1)
    # within * (SURE - LOW) >> 32, without a product that needs more than 63 bits
    high = draws.LOW + within - ((within + (1 << draws.LOW_BITS) - 1) >> draws.LOW_BITS)
    return np.where(low, within >> draws.LOW_BITS, high)


def _mix(x: np.ndarray) -> np.ndarray:
    """Scramble 64 bits, as `sim.draws.mix`."""
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


def _low_rows(key: np.uint64, blocks: np.ndarray) -> np.ndarray:
    """Return which rows of each block have a low draw, as `sim.draws.low_rows`."""
    x = _mix((key ^ _MIX_2) + _GOLDEN * (blocks + 1).astype(np.uint64))
    low = np.zeros(len(blocks), np.uint64)
    missing = np.searchsorted(draws._HOW_MANY_LOW, (x >> np.uint64(32)).astype(np.int64), side="right")
    while len(todo := np.flatnonzero(missing)):
        x[todo] = _mix(x[todo] + _GOLDEN)
        bits = np.uint64(1) << (x[todo] >> np.uint64(64 - draws.BLOCK_BITS))
        missing[todo] -= (low[todo] & bits) == 0  # a row that is low already is drawn again
        low[todo] |= bits
    return low
