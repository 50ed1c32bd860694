"""Travel: kilometres a day by place of departure and by how crowded the roads of the theatre are."""

import numpy as np

from sim.blocks import rows_with
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import CROSSED, HOME, RETURNED, TRANSFERRED, TRAVELLING, arrive


def metres_today(travellers: float, behaviour: Behaviour) -> np.ndarray:
    """Return how far people get today, (2,) metres: from places outside the theatre, and from places in it.

    `travellers` is the number of people on the theatre's roads. With families and belongings on crowded roads 20
    to 150 km a day were possible (an order of magnitude, recalled); the hyperbolic form is an assumption.
    """
    crowded = behaviour.theatre_speed / (1.0 + travellers / behaviour.crowd_people)
    theatre = max(crowded, min(behaviour.theatre_speed_min, behaviour.theatre_speed))
    return np.rint(np.array([behaviour.host_speed, theatre]) * 1000).astype(np.int64)


@rule("int64(int64, int64, int64[::1])")
def metres_left(metres, in_theatre, reach):
    """Return how far a household still has to go after today."""
    return max(metres - reach[in_theatre], 0)


@loop
def travelling(first, last, population, where, spot_of, reach, rows):
    """Move everyone on the way ahead, and list the rows that arrive."""
    found = first
    for i in range(first, first + rows_with(first, last, population, 1 << TRAVELLING, where, rows)):
        row = rows[i]
        in_theatre = 1 if spot_of[population.place[row]] >= 0 else 0
        left = metres_left(population.metres[row], in_theatre, reach)
        population.metres[row] = left
        if left == 0:
            rows[found] = row
            found += 1
    return found - first


@rule("int64(int64, int64, int64, boolean, boolean)")
def status_on_arrival(home, destination, status_of_strangers, home_in_theatre, brought):
    """Return the status of a household on arrival: at home again, or what strangers are there."""
    if destination == home:
        return RETURNED if home_in_theatre else HOME
    if status_of_strangers == CROSSED and brought:
        return TRANSFERRED
    return status_of_strangers


@loop
def arriving(population, rows, spot_of, status_at, is_brought, day):
    """Let those who have come to the end of their way arrive.

    Returns the new status of each row, (n,); refugees in the theatre are in the open until they are taken in.
    """
    statuses = np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows):
        home, destination, place = population.home[row], population.destination[row], population.place[row]
        status = status_on_arrival(home, destination, status_at[destination], spot_of[home] >= 0, is_brought[place])
        statuses[i] = status
        arrive(population, row, status, day)
    return statuses
