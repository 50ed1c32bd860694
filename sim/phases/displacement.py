"""Leaving home: a hazard from threat at home, the household's threshold and its own draw.

A first departure depends on nothing else, so a harsher conflict displaces the same people and more.
"""

import numpy as np

from sim import draws
from sim.blocks import candidates_by_home, lot
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import CAMP, HOME, RETURNED, THRESHOLD_CLASSES

MAY_LEAVE = 1 << HOME | 1 << RETURNED | 1 << CAMP


def leaving_probability(threat: np.ndarray, weight: float, behaviour: Behaviour) -> np.ndarray:
    """Return the daily probability of leaving by spot and threshold class, (K, 64).

    A Hill curve of threat over a log-normal personal threshold: low violence moves few, high violence many
    (Bohra-Mishra and Massey 2011, Demography). The form is an assumption; threat in bombardments, 0 and above.
    """
    thresholds = np.exp(behaviour.threshold_sigma * draws.normal_classes(THRESHOLD_CLASSES))
    x = weight * threat[:, None] / thresholds[None, :]
    # Written with 1/x, no threat and endless threat come out as they should: 0 and the quickest leaving.
    with np.errstate(divide="ignore", over="ignore"):
        return behaviour.leave_max / (1.0 + (1.0 / x) ** behaviour.leave_steepness)


@rule("boolean(int64, int64)")
def may_leave_home(status, moves):
    """Tell whether the rule of a first departure applies: at home, or in a camp lived in since before day 0."""
    return status == HOME or status == RETURNED or (moves == 0 and status == CAMP)


@rule("boolean(int64, int64, int64, int64[:, ::1])")
def leaves_home(spot, threshold_class, luck, leaving):
    """Tell whether a household leaves home today."""
    return luck < leaving[spot, threshold_class]


@loop
def leaving_home(first, last, population, ceiling, spot_of, leaving, seed, day, rows):
    """List the rows that leave home today, and return how many; `rows` is filled from `first` on."""
    key = draws.key_of(seed, day, draws.LEAVE)
    found = first
    for i in range(first, first + candidates_by_home(first, last, population, MAY_LEAVE, ceiling, key, rows)):
        row = rows[i]
        spot = spot_of[population.home[row]]
        if spot < 0 or not may_leave_home(population.status[row], population.moves[row]):
            continue
        if leaves_home(spot, population.threshold[row], lot(population, key, row), leaving):
            rows[found] = row
            found += 1
    return found - first
