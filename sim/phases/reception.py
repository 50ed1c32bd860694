"""Reception: hosted or renting, a free camp place, or the open air and from there a tent or an unfinished building;
transfers from the islands to the mainland; resettlement from the host country.
"""

import numpy as np

from sim import draws
from sim.blocks import candidates, lot
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import (
    CAMP,
    HOSTED,
    TENT,
    UNFINISHED,
    bury,
    put,
    set_out,
)


def hosted_thresholds(behaviour: Behaviour) -> np.ndarray:
    """Return the thresholds of being hosted or renting, (means, ties); nobody with neither is."""
    return draws.to_thresholds([[0.0, behaviour.hosted], [behaviour.hosted, behaviour.hosted]])


def rehousing_probability(aid: np.ndarray, behaviour: Behaviour) -> np.ndarray:
    """Return the daily probability of leaving the open air, (K,); it rises with aid."""
    return np.minimum(behaviour.rehousing * aid, 1.0)


@rule("boolean(int64, int64, int64, int64, int64, int64[:, ::1])")
def is_hosted(row, seed, day, means, ties, hosted):
    """Tell whether a household that arrives finds a host or something to rent."""
    return draws.draw(seed, row, day, draws.HOSTED) < hosted[means, ties]


@rule("boolean(int64, int64, int64, int64)")
def is_rehoused(row, seed, day, threshold):
    """Tell whether a household leaves the open air today."""
    return draws.draw(seed, row, day, draws.REHOUSE) < threshold


@rule("int64(int64, int64, int64, int64)")
def roof_found(row, seed, day, tent_share):
    """Return TENT or UNFINISHED for a household that is rehoused without a camp place."""
    return TENT if draws.draw(seed, row, day, draws.TENT) < tent_share else UNFINISHED


@loop
def take_in(population, rows, hosted, seed, day):
    """Put those of today's arrivals with a host who find one; the others stay in the open air."""
    for row in rows:
        if is_hosted(row, seed, day, population.means[row], population.ties[row], hosted):
            put(population, row, population.place[row], HOSTED)


@loop
def first_in_line(population, rows, free, day):
    """Return who arrived early enough to be reached by the free camp places of their place, (P,).

    Nobody else need be sorted.
    """
    arrived = np.zeros((len(free), day + 1), np.int64)  # people by place and day of arrival
    for row in rows:
        arrived[population.place[row], population.since[row]] += population.people[row]
    last = np.full(len(free), -1, np.int64)
    for place in range(len(free)):
        left = free[place]
        while left > 0 and last[place] < day:
            last[place] += 1
            left -= arrived[place, last[place]]
    reached = np.empty(len(rows), np.int64)
    n = 0
    for row in rows:
        if population.since[row] <= last[population.place[row]]:
            reached[n] = row
            n += 1
    return reached[:n]


@loop
def camp_lots(population, rows, seed):
    """Draw each household's lot for a camp place, anew for each place, so that no household wins everywhere."""
    lots = np.empty(len(rows), np.int64)
    for i, row in enumerate(rows):
        lots[i] = draws.draw(seed, row, population.place[row], draws.CAMP_QUEUE)
    return lots


@loop
def give_camp_places(population, rows, free):
    """Give free camp places, (P,), to households in the order of the queue; a place is used up.

    A household that does not fit ends the queue of its place.
    """
    for row in rows:
        place, people = population.place[row], population.people[row]
        if people <= free[place]:
            free[place] -= people
            put(population, row, place, CAMP)
        else:
            free[place] = 0


@loop
def rehouse(population, rows, spot_of, thresholds, tent_share, cold_risk, seed, day):
    """Move households in the open under a roof, and count deaths from cold; returns the deaths."""
    deaths = 0
    for row in rows:
        if population.since[row] < day and is_rehoused(row, seed, day, thresholds[spot_of[population.place[row]]]):
            put(population, row, population.place[row], roof_found(row, seed, day, tent_share))
        elif draws.strikes_one(row, seed, day, draws.COLD, population.people[row], cold_risk):
            bury(population, row)
            deaths += 1
    return deaths


@rule("boolean(int64, int64)")
def is_taken(luck, threshold):
    """Tell whether a household on an island, or in the host country, is taken from there today."""
    return luck < threshold


@loop
def being_taken(first, last, population, ceiling, fading, wanted, decision, seed, day, rows):
    """List the rows that are taken elsewhere today: from the islands to the mainland, or resettled.

    `ceiling` (P, G) holds the thresholds themselves.
    """
    key = draws.key_of(seed, day, decision)
    found = first
    for i in range(first, first + candidates(first, last, population, wanted, ceiling, fading, day, key, rows)):
        row = rows[i]
        if is_taken(lot(population, key, row), ceiling[population.place[row], population.group[row]]):
            rows[found] = row
            found += 1
    return found - first


@loop
def transfer(population, rows, mainland_of, metres, log):
    """Send people from the islands to the mainland by ferry; returns the number of departures."""
    for n, row in enumerate(rows):
        place = population.place[row]
        destination = mainland_of[place]
        set_out(population, row, destination, metres[place, destination], log, n)
    return len(rows)


@loop
def resettle(population, rows, haven, log):
    """Send people by air to the place that stands for the countries beyond; returns the number of departures."""
    for n, row in enumerate(rows):
        set_out(population, row, haven, 0, log, n)
    return len(rows)
