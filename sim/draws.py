"""Counter-based random numbers: every draw is a pure function of (seed, row, day, decision).

No generator carries state, so a draw does not depend on threads, order, or on which other rules exist: the same
household meets the same luck under two policies (common random numbers). The mixer is the finaliser of splitmix64
(Steele, Lea and Flood 2014, OOPSLA). A decision is a number of its own; a new rule takes a new one.

Rows are drawn for in blocks of 64 where a decision is rare: one draw for the block tells which of its rows have a
low draw at all (`low_rows`), so that nobody else needs to be looked at. The law is the same: every row's draw is
uniform and independent of all others (`rare`).
"""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numba import int64, uint64

from sim.compiled import loop, rule

SURE = 1 << 32  # a threshold that every draw falls below
ONCE = -1  # the "day" of traits that are drawn once in a life
BLOCK_BITS = 6
BLOCK = 1 << BLOCK_BITS  # rows that share one draw about who has a low one
LOW_BITS = 8
LOW = SURE >> LOW_BITS  # a draw below this is low: one in 256

(
    SIZE,
    THRESHOLD,
    MEANS,
    TIES,
    LEAVE,
    DESTINATION,
    RETURN,
    LOST_PART,
    ENTRY,
    ENTRY_SUCCESS,
    ENTRY_DEATH,
    HOST_PLACE,
    PASSAGE,
    PASSAGE_PLACE,
    NEWS,
    READY,
    PACK,
    ATTEMPT,
    SUCCESS,
    PUSHBACK,
    INJURY,
    DEATH,
    GIVE_UP,
    SWITCH,
    INTERCEPT,
    SEA_PUSHBACK,
    DROWN,
    HOSTED,
    CAMP_QUEUE,
    REHOUSE,
    TENT,
    COLD,
    TRANSFER,
    GATE_QUEUE,
    WEATHER,
    JOURNEY,
    RESETTLE,
) = range(37)

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@rule("uint64(uint64)")
def mix(x):
    """Scramble 64 bits so that neighbouring counters give unrelated numbers."""
    x = (x ^ (x >> uint64(30))) * _MIX_1
    x = (x ^ (x >> uint64(27))) * _MIX_2
    return x ^ (x >> uint64(31))


@rule("uint64(int64, int64, int64)")
def key_of(seed, day, decision):
    """Return the key shared by all rows for one decision on one day; stays inside compiled code."""
    return mix(mix(uint64(seed) + _GOLDEN * uint64(day + 1)) + _GOLDEN * uint64(decision + 1))


@rule("int64(uint64, int64)")
def luck(key, row):
    """Return the row's draw, uniform on 0 ... 2**32 - 1."""
    return mix(key + _GOLDEN * uint64(row + 1)) >> uint64(32)


@rule("int64(int64, int64, int64, int64)")
def draw(seed, row, day, decision):
    """Return the draw of one household for one decision on one day, uniform on 0 ... 2**32 - 1."""
    return luck(key_of(seed, day, decision), row)


def _binomial_thresholds() -> np.ndarray:
    """Return the cumulative thresholds of how many of a block's rows have a low draw, (64,)."""
    chance = 2.0**-LOW_BITS
    shares = [math.comb(BLOCK, k) * chance**k * (1.0 - chance) ** (BLOCK - k) for k in range(BLOCK)]
    return np.rint(np.cumsum(shares) * SURE).astype(np.int64)


_HOW_MANY_LOW = _binomial_thresholds()
_NONE_LOW = int(_HOW_MANY_LOW[0])


@rule("uint64(uint64, int64)")
def low_rows(key, block):
    """Return which rows of a block have a low draw for a decision, as 64 bits; none in three blocks of four."""
    x = mix((key ^ _MIX_2) + _GOLDEN * uint64(block + 1))
    how_many = int64(x >> uint64(32))
    low = uint64(0)
    if how_many < _NONE_LOW:
        return low
    for k in range(BLOCK):
        if how_many < _HOW_MANY_LOW[k]:
            break
        bit = uint64(0)
        while not bit or low & bit:  # each set of so many rows is as likely as any other
            x = mix(x + _GOLDEN)
            bit = uint64(1) << (x >> uint64(64 - BLOCK_BITS))
        low |= bit
    return low


@rule("int64(uint64, int64, uint64)")
def rare_luck(key, row, low):
    """Return the row's draw for a rare decision, given the low rows of its block: uniform on 0 ... 2**32 - 1."""
    within = luck(key, row)
    if (low >> uint64(row & (BLOCK - 1))) & uint64(1):
        return within >> LOW_BITS
    return LOW + int64(uint64(within) * uint64(SURE - LOW) >> uint64(32))  # needs all 64 bits


@rule("int64(int64, int64, int64, int64)")
def rare(seed, row, day, decision):
    """Return the draw of one household for one rare decision on one day, uniform on 0 ... 2**32 - 1."""
    key = key_of(seed, day, decision)
    return rare_luck(key, row, low_rows(key, row >> BLOCK_BITS))


@rule("int64(int64, int64, int64)")
def path_after(path, day, what):
    """Return the mark of a path that goes on with something on a day; paths that differ have other marks.

    Two different paths have the same mark of 32 bits with a chance of 2**-32.
    """
    return mix(mix(uint64(path) + _GOLDEN * uint64(day + 1)) + _GOLDEN * uint64(what)) >> uint64(32)


@rule("boolean(int64, int64, int64, int64, int64, int64)")
def strikes_one(row, seed, day, decision, people, risk):
    """Tell whether a risk per person strikes one of a household's people; at most one a day."""
    return draw(seed, row, day, decision) < people * risk


@rule("int64(int64, int64, int64, int64, int64, int64)")
def struck(row, seed, day, decision, people, risk):
    """Return how many of a row's people a risk per person strikes: the whole part of what is expected, or one more."""
    expected = people * risk
    return (expected >> 32) + (1 if draw(seed, row, day, decision) < expected % 4294967296 else 0)


@rule("int64(int64[::1], int64)")
def choose(cumulative, luck):
    """Return the first entry above the draw, or -1 where nothing can be chosen."""
    if len(cumulative) == 0 or cumulative[-1] == 0:
        return -1
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) // 2
        if luck < cumulative[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@loop
def _fill_thresholds(probabilities, thresholds):
    """Fill in the threshold of each probability; returns whether all of them are numbers."""
    are_numbers = True
    for i in range(len(probabilities)):
        are_numbers &= probabilities[i] == probabilities[i]
        thresholds[i] = np.int64(np.rint(min(max(probabilities[i], 0.0), 1.0) * SURE))
    return are_numbers


def to_thresholds(probabilities) -> np.ndarray:
    """Turn probabilities into integers: an event happens where a draw is below its threshold.

    Parameters
    ----------
    probabilities
        Any shape; values outside [0, 1] are clipped.

    Returns
    -------
    int64 array of the same shape, 0 (never) to 2**32 (always)

    Raises
    ------
    ValueError
        If a probability is not a number.
    """
    probabilities = np.asarray(probabilities, np.float64, order="C")
    thresholds = np.empty(probabilities.shape, np.int64)
    if not _fill_thresholds(probabilities.ravel(), thresholds.ravel()):
        raise ValueError("a probability is not a number")
    return thresholds


def to_threshold(probability: float) -> int:
    """Turn one probability into an integer, as `to_thresholds` does."""
    if math.isnan(probability):
        raise ValueError("a probability is not a number")
    return round(min(max(probability, 0.0), 1.0) * SURE)


def to_cumulative(weights) -> np.ndarray:
    """Return cumulative thresholds of a choice along the last axis; rows without weight are zero and choose nothing."""
    weights = np.asarray(weights, dtype=np.float64)
    total = weights.sum(axis=-1, keepdims=True)
    cumulative = to_thresholds(np.cumsum(weights, axis=-1) / np.where(total > 0, total, 1.0))
    cumulative[..., -1] = np.where(total[..., 0] > 0, SURE, 0)
    return cumulative


@cache
def normal_classes(n_classes: int) -> np.ndarray:
    """Return the standard normal value in the middle of each of `n_classes` classes of equal share."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((k + 0.5) / n_classes) for k in range(n_classes)])


def normal_draw(seed: int, row: int, day: int, decision: int) -> float:
    """Return a standard normal number for something that is not a household, such as a week's weather."""
    return NormalDist().inv_cdf((draw(seed, row, day, decision) + 0.5) / SURE)
