"""Reception: hosted or renting, a free camp place, or the open air and from there a tent or an unfinished building;
transfers from the islands to the mainland; resettlement from the host country.
"""

import numpy as np

from sim import draws
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import (
    CAMP,
    CROSSED,
    HOME,
    HOSTED,
    OPEN_AIR,
    SETTLED_ABROAD,
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
    """Put those who arrived today with a host, or in the open air."""
    for row in rows:
        if is_hosted(row, seed, day, population.means[row], population.ties[row], hosted):
            put(population, row, population.place[row], HOSTED)
        else:
            put(population, row, population.place[row], OPEN_AIR)


@loop
def give_camp_places(population, rows, free, seed):
    """Give free camp places to those in tents, buildings and the open, by time waited, then by lot.

    `free` (P,) counts the places left and is used up. The lot is drawn anew for each place, so that no household
    wins everywhere. A household that does not fit ends the queue of its place.
    """
    order = np.empty(len(rows), np.int64)
    waiting = np.empty(len(rows), np.int64)
    n = 0
    for row in rows:
        if free[population.place[row]] > 0:
            lot = draws.draw(seed, row, population.place[row], draws.CAMP_QUEUE)
            order[n], waiting[n] = population.since[row] * 4294967296 + lot, row
            n += 1
    for i in np.argsort(order[:n]):
        row = waiting[i]
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


@rule("boolean(int64, int64, int64, int64)")
def is_transferred(row, seed, day, threshold):
    """Tell whether a household on an island is brought to the mainland today."""
    return draws.draw(seed, row, day, draws.TRANSFER) < threshold


@loop
def being_transferred(first, last, population, is_island, threshold, seed, day, rows):
    """List the rows on the islands that are brought to the mainland today."""
    found = first
    for row in range(first, last):
        status = population.status[row]
        if not is_island[population.place[row]] or (status != HOME and status != CROSSED):
            continue
        if is_transferred(row, seed, day, threshold):
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


@rule("boolean(int64, int64, int64, int64)")
def is_resettled(row, seed, day, threshold):
    """Tell whether a household that lives in the host country is taken from there today."""
    return draws.draw(seed, row, day, draws.RESETTLE) < threshold


@loop
def being_resettled(first, last, population, is_host, thresholds, seed, day, rows):
    """List the rows in the host country that are resettled today; `thresholds` (G,) by group."""
    found = first
    for row in range(first, last):
        status = population.status[row]
        if not is_host[population.place[row]] or (status != HOME and status != SETTLED_ABROAD):
            continue
        if is_resettled(row, seed, day, thresholds[population.group[row]]):
            rows[found] = row
            found += 1
    return found - first


@loop
def resettle(population, rows, haven, log):
    """Send people by air to the place that stands for the countries beyond; returns the number of departures."""
    for n, row in enumerate(rows):
        set_out(population, row, haven, 0, log, n)
    return len(rows)
