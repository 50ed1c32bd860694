"""Moving on: who leaves a place of refuge again, because threat has come near or the stop is unprotected.

People stopped in towns without protection and went on to the belt along the border or to the north; hardly anyone
left the belt again. People were displaced about 1.65 times each.
"""

import numpy as np

from sim import draws
from sim.blocks import candidates, lot
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import LONGEST_STAY, SHELTERED


def moving_on_probability(exposure: np.ndarray, behaviour: Behaviour) -> np.ndarray:
    """Return the daily probability of going on by spot and days since arrival, (K, 64)."""
    days = np.arange(LONGEST_STAY + 1)
    rate = behaviour.onward_rate * exposure[:, None] ** 2 * np.exp(-days / behaviour.onward_fade_days)[None, :]
    return np.where(days < behaviour.rest_days, 0.0, rate)


@loop
def most_by_stay(moving_on):
    """Return the highest threshold of going on, (K, 64), of anybody who has stayed so many days or longer, (64,)."""
    most = np.zeros(LONGEST_STAY + 1, np.int64)
    for days in range(LONGEST_STAY, -1, -1):
        most[days] = max(moving_on[:, days].max(), most[min(days + 1, LONGEST_STAY)])
    return most


@rule("boolean(int64, int64, int64, int64, int64, int64[:, ::1], int64[:, ::1])")
def moves_on(spot, threshold_class, days_here, rest_days, luck, leaving_again, moving_on):
    """Tell whether a displaced household leaves its place of refuge today: driven by threat, or going on."""
    if days_here < rest_days:
        return False
    return luck < leaving_again[spot, threshold_class] + moving_on[spot, min(days_here, LONGEST_STAY)]


@loop
def moving_onward(
    first, last, population, ceiling, fading, spot_of, leaving_again, moving_on, rest_days, seed, day, rows
):
    """List the rows that leave their place of refuge today, as in `displacement`."""
    key = draws.key_of(seed, day, draws.LEAVE)
    found = first
    for i in range(first, first + candidates(first, last, population, SHELTERED, ceiling, fading, day, key, rows)):
        row = rows[i]
        if population.moves[row] == 0:
            continue
        spot, threshold_class = spot_of[population.place[row]], population.threshold[row]
        days_here, luck = day - population.since[row], lot(population, key, row)
        if moves_on(spot, threshold_class, days_here, rest_days, luck, leaving_again, moving_on):
            rows[found] = row
            found += 1
    return found - first
