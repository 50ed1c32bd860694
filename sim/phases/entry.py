"""The southern border: entering the host country from the theatre, closed, to a quota, or open.

While closed, a household tries now and then from the places along the border and mostly fails; a smuggler's price
lets only those with means try. With a quota or an open border the crossings are destinations, and people queue.
"""

import numpy as np

from sim import draws
from sim.blocks import candidates, lot
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.geography import Geography
from sim.population import (
    ADMITTED,
    ATTEMPTS,
    DIED,
    ENTERED,
    GAVE_UP,
    HOSTED,
    OPEN_AIR,
    PREVENTED,
    SHELTERED,
    WAITING,
    bury,
    flee,
    set_out,
)
from sim.rules import Rules

FAILS, ENTERS = range(2)


def entry_attempt_probability(geography: Geography, rules: Rules, behaviour: Behaviour) -> np.ndarray:
    """Return the daily probability that a household with means tries the closed border, (K,)."""
    if rules.entry_turkey != 0:
        return np.zeros(len(geography.place))
    return behaviour.entry_attempts * np.exp(-geography.border_km / behaviour.entry_attempt_km)


def turn_back_probability(rules: Rules, behaviour: Behaviour) -> float:
    """Return the daily probability of leaving the queue at a crossing; all leave once it closes."""
    return behaviour.give_up * behaviour.give_up_fresh * rules.give_up if rules.entry_turkey else 1.0


@rule("boolean(int64, int64, int64, int64)")
def may_try_entry(status, moves, means, people):
    """Tell whether a household may try: displaced since day 0, in a place of refuge, and with means."""
    return people > 0 and moves > 0 and means == 1 and HOSTED <= status <= OPEN_AIR


@rule("int64(int64, int64, int64, int64)")
def try_entry(row, seed, day, success):
    """Return how an attempt at the closed border ends: FAILS or ENTERS."""
    return ENTERS if draws.draw(seed, row, day, draws.ENTRY_SUCCESS) < success else FAILS


@loop
def trying_entry(first, last, population, ceiling, fading, spot_of, attempt, seed, day, rows):
    """List the rows that try the closed southern border today."""
    key = draws.key_of(seed, day, draws.ENTRY)
    found = first
    for i in range(first, first + candidates(first, last, population, SHELTERED, ceiling, fading, day, key, rows)):
        row = rows[i]
        if lot(population, key, row) >= attempt[spot_of[population.place[row]]]:
            continue
        if may_try_entry(population.status[row], population.moves[row], population.means[row], population.people[row]):
            rows[found] = row
            found += 1
    return found - first


@loop
def enter_host(population, rows, success, death, gate_of, host_choice, host_of, metres, seed, day, count, log):
    """Carry out the attempts at the closed border; who enters goes on to a place in the host country.

    Parameters
    ----------
    gate_of
        (P,) crossing next to each place of the theatre.
    host_choice, host_of
        (P, H) cumulative choice of a place by crossing, and the places, (H,).
    metres
        (P, P) metres from the crossings to the places.
    count
        (P, G, counts) people at the crossings, filled in.

    Returns the number of entries of `log`: row, destination, kind of move.
    """
    n = 0
    for row in rows:
        group, gate = population.group[row], gate_of[population.place[row]]
        here = count[gate, group]
        here[ATTEMPTS] += population.people[row]
        if draws.strikes_one(row, seed, day, draws.ENTRY_DEATH, population.people[row], death):
            here[DIED] += 1
            bury(population, row)
        people = population.people[row]
        if try_entry(row, seed, day, success) == FAILS or people == 0:
            here[PREVENTED] += people
            continue
        here[ENTERED] += people
        host = host_of[draws.choose(host_choice[gate], draws.draw(seed, row, day, draws.HOST_PLACE))]
        n = flee(population, row, host, metres[gate, host], log, n)
    return n


@rule("boolean(int64, int64, int64, int64)")
def turns_back(row, seed, day, give_up):
    """Tell whether a household leaves the queue at a crossing today."""
    return draws.draw(seed, row, day, draws.GIVE_UP) < give_up


@loop
def at_crossings(population, rows, admitted, give_up, refuge_of, host_choice, host_of, metres, seed, day, count, log):
    """Let those admitted travel on to the host country; the others wait, or turn back to a refuge nearby.

    `refuge_of` (P,) is the place of the theatre to which people turn back from each crossing, a day's walk at
    most. Returns the number of departures.
    """
    n = 0
    for i, row in enumerate(rows):
        gate, group, people = population.place[row], population.group[row], population.people[row]
        here = count[gate, group]
        if admitted[i]:
            here[ATTEMPTS] += people
            here[ADMITTED] += people
            destination = host_of[draws.choose(host_choice[gate], draws.draw(seed, row, day, draws.HOST_PLACE))]
            length = metres[gate, destination]
        elif turns_back(row, seed, day, give_up):
            here[GAVE_UP] += people
            destination, length = refuge_of[gate], 0
        else:
            here[WAITING] += people
            continue
        n = set_out(population, row, destination, length, log, n)
    return n
