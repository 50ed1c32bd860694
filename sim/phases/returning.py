"""Return after the ceasefire: by control of the home place, by safety, by time.

A personal safety threshold comes first and everything else second: conditions where people stay mattered little
for return (Alrababa'h and others 2023, British Journal of Political Science), so aid neither pulls nor holds.
"""

import numpy as np

from sim import draws
from sim.blocks import candidates_by_home, lot
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import SHELTERED, THRESHOLD_CLASSES, set_out
from sim.rules import Rules


def return_probability(threat: np.ndarray, rules: Rules, behaviour: Behaviour) -> np.ndarray:
    """Return the daily probability of going home by home spot, threshold class, and whether home is a place of
    earlier displacement, (K, 64, 2); zero where home is lost, and without a ceasefire but for safe returns.
    """
    chance = np.zeros((len(threat), THRESHOLD_CLASSES, 2))
    allowed = np.where(rules.lost, 0.0, np.minimum(rules.ceasefire + rules.safe_return, 1.0)) * rules.returns
    if not allowed.any():
        return chance
    safety = behaviour.return_threat * np.exp(behaviour.return_sigma * draws.normal_classes(THRESHOLD_CLASSES))
    hazard = behaviour.return_max / (1.0 + (threat[:, None] / safety[None, :]) ** 3)
    chance[:, :, 0] = np.minimum(hazard * allowed[:, None], 1.0)
    chance[:, :, 1] = chance[:, :, 0] * behaviour.return_displaced_before
    return chance


@rule("boolean(int64, int64, int64, int64, int64, int64, int64, int64[:, :, ::1], int64[::1])")
def goes_home(row, seed, day, home_spot, threshold_class, displaced_before, luck, returning, part_lost):
    """Tell whether a displaced household sets out for home today; never to a part of its place that is lost."""
    if luck >= returning[home_spot, threshold_class, displaced_before]:
        return False
    return draws.draw(seed, row, draws.ONCE, draws.LOST_PART) >= part_lost[home_spot]


@loop
def going_home(first, last, population, ceiling, spot_of, before, returning, part_lost, seed, day, rows):
    """List the rows that set out for home today; `before` is the group displaced before day 0."""
    key = draws.key_of(seed, day, draws.RETURN)
    found = first
    for i in range(first, first + candidates_by_home(first, last, population, SHELTERED, ceiling, key, rows)):
        row = rows[i]
        if population.moves[row] == 0 or population.since[row] == day:
            continue
        home = spot_of[population.home[row]]
        displaced_before = 1 if population.group[row] == before else 0
        luck = lot(population, key, row)
        if goes_home(row, seed, day, home, population.threshold[row], displaced_before, luck, returning, part_lost):
            rows[found] = row
            found += 1
    return found - first


@loop
def depart_home(population, rows, spot_of, metres, log):
    """Send people home who have a road there; returns the number of departures."""
    n = 0
    for row in rows:
        length = metres[spot_of[population.place[row]], spot_of[population.home[row]]]
        if length < 0:
            continue
        n = set_out(population, row, population.home[row], length, log, n)
    return n
