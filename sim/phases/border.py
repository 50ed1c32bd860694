"""The border: people at a gate attempt, wait, give up or try elsewhere; boats and river crossings.

Both sides of a border have their own state: only where both are open do people pass freely, up to the capacity of
registration. Otherwise an attempt is prevented, succeeds undetected, or ends in a pushback, which is counted and
never silent. Failures discourage. Values: attempts and prevented entries of March 2020 (facts), forms assumed.
"""

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.compiled import loop, rule
from sim.config import Behaviour
from sim.population import (
    ADMITTED,
    ATTEMPTS,
    DIED,
    ENTERED,
    GAVE_UP,
    INJURED,
    INTERCEPTED,
    MOST_TRIES,
    PREVENTED,
    PUSHED_BACK,
    WAITING,
    bury,
    cross,
    set_out,
)
from sim.rules import Rules

NO_ATTEMPT, STOPPED, THROUGH, PUSHED = range(4)


class GateLaw(NamedTuple):
    """Today's thresholds at the land gates."""

    attempt: np.ndarray  # (MOST_TRIES + 1,) by failures so far
    success: int
    pushback: int
    give_up: np.ndarray  # (2,) before and after the first failure
    injury: int
    death: int
    to_sea: int  # those giving up who try the sea


class PassageLaw(NamedTuple):
    """Today's thresholds of sea and river passages; index 0 sea, 1 river."""

    intercept: np.ndarray  # (2,)
    pushback: np.ndarray  # (2,)
    drown: int
    to_gate: int  # those stopped who try the gates


def gate_law(rules: Rules, behaviour: Behaviour) -> GateLaw:
    """Turn today's rules at the gates into thresholds."""
    tries = np.arange(MOST_TRIES + 1)
    attempt = behaviour.attempts_first * behaviour.attempts_discouraged**tries * rules.attempts
    give_up = behaviour.give_up * rules.give_up * np.array([behaviour.give_up_fresh, 1.0])
    return GateLaw(
        attempt=draws.to_thresholds(attempt),
        success=draws.to_threshold(rules.success_guarded),
        pushback=draws.to_threshold(rules.pushback_land),
        give_up=draws.to_thresholds(give_up),
        injury=draws.to_threshold(behaviour.injury_risk),
        death=draws.to_threshold(behaviour.death_risk),
        to_sea=draws.to_threshold(behaviour.switch_to_sea if rules.exit_sea else 0.0),
    )


def passage_law(rules: Rules, behaviour: Behaviour) -> PassageLaw:
    """Turn today's rules at sea and at the river into thresholds."""
    return PassageLaw(
        intercept=draws.to_thresholds([rules.intercept_sea, rules.intercept_river]),
        pushback=draws.to_thresholds([rules.pushback_sea, rules.pushback_land]),
        drown=draws.to_threshold(behaviour.drowning_risk),
        to_gate=draws.to_threshold(behaviour.switch_to_land if rules.exit_gate else 0.0),
    )


@rule("int64(int64, int64, int64, int64, int64[::1], int64, int64)")
def attempt_at_gate(row, seed, day, tries, attempt, success, pushback):
    """Return what a household's day at a guarded gate brings: NO_ATTEMPT, STOPPED, THROUGH or PUSHED."""
    if draws.draw(seed, row, day, draws.ATTEMPT) >= attempt[min(tries, MOST_TRIES)]:
        return NO_ATTEMPT
    if draws.draw(seed, row, day, draws.SUCCESS) >= success:
        return STOPPED
    return PUSHED if draws.draw(seed, row, day, draws.PUSHBACK) < pushback else THROUGH


@rule("boolean(int64, int64, int64, int64, int64[::1])")
def gives_up(row, seed, day, tries, give_up):
    """Tell whether a household leaves the border today; less likely before it has tried."""
    return draws.draw(seed, row, day, draws.GIVE_UP) < give_up[1 if tries > 0 else 0]


@rule("int64(int64, int64, int64, int64, int64)")
def attempt_passage(row, seed, day, intercept, pushback):
    """Return what a departure by boat brings: STOPPED by the host's guard, PUSHED back, or THROUGH."""
    if draws.draw(seed, row, day, draws.INTERCEPT) < intercept:
        return STOPPED
    return PUSHED if draws.draw(seed, row, day, draws.SEA_PUSHBACK) < pushback else THROUGH


@loop
def at_gates(
    population,
    rows,
    admitted,
    law,
    exit_of,
    guarded,
    base,
    homeward,
    sea_start,
    seed,
    day,
    count,
    log,
    entries,
):
    """Let everyone at the land gates attempt, be admitted, or give up.

    Parameters
    ----------
    admitted
        (n,) bool, households let in today.
    exit_of
        (P,) place beyond each gate, -1 elsewhere.
    guarded
        Whether those not admitted may attempt undetected.
    base
        (P,) where people of each home place live in the host country.
    homeward
        (P, P) metres of the way there.
    sea_start
        Place of departure of those who switch to the sea, -1 without one.
    count
        (P, G, counts) people, filled in.
    log, entries
        Departures (row, destination, 0) and border crossings (row, place).

    Returns the number of departures and of crossings.
    """
    n, n_in = 0, 0
    for i, row in enumerate(rows):
        place, group, people = population.place[row], population.group[row], population.people[row]
        here = count[place, group]
        outcome = NO_ATTEMPT
        if admitted[i]:
            here[ATTEMPTS] += people
            here[ADMITTED] += people
        elif guarded:
            outcome = attempt_at_gate(row, seed, day, population.tries[row], law.attempt, law.success, law.pushback)
        if outcome != NO_ATTEMPT:
            here[ATTEMPTS] += people
            here[INJURED] += draws.struck(row, seed, day, draws.INJURY, people, law.injury)
            if draws.strikes_one(row, seed, day, draws.DEATH, people, law.death):
                here[DIED] += 1
                bury(population, row)
                people = population.people[row]
            here[PREVENTED if outcome == STOPPED else (PUSHED_BACK if outcome == PUSHED else ENTERED)] += people
        if people == 0:
            continue
        if admitted[i] or outcome == THROUGH:
            n_in = cross(population, row, exit_of[place], day, entries, n_in)
            continue
        if outcome != NO_ATTEMPT and population.tries[row] < MOST_TRIES:
            population.tries[row] += 1
        if gives_up(row, seed, day, population.tries[row], law.give_up):
            here[GAVE_UP] += people
            home = base[population.home[row]]
            if sea_start >= 0 and draws.draw(seed, row, day, draws.SWITCH) < law.to_sea:
                home = sea_start
            n = set_out(population, row, home, homeward[place, home], log, n)
        else:
            here[WAITING] += people
    return n, n_in


@loop
def at_passages(population, rows, law, is_sea, edges, ends, gate, base, homeward, seed, day, count, log, entries):
    """Let everyone at a coast or river bank depart; who is stopped goes home or tries the gates.

    `is_sea` (P,) bool; `edges` (P, passages) holds the cumulative choice among the passages from each place and
    `ends` their places of arrival. Returns the number of departures and of crossings.
    """
    n, n_in = 0, 0
    for row in rows:
        place, group, people = population.place[row], population.group[row], population.people[row]
        here = count[place, group]
        kind = 0 if is_sea[place] else 1
        here[ATTEMPTS] += people
        if draws.strikes_one(row, seed, day, draws.DROWN, people, law.drown):
            here[DIED] += 1
            bury(population, row)
            people -= 1
        outcome = attempt_passage(row, seed, day, law.intercept[kind], law.pushback[kind])
        if people == 0:
            continue
        if outcome == THROUGH:
            here[ENTERED] += people
            end = ends[draws.choose(edges[place], draws.draw(seed, row, day, draws.HOST_PLACE))]
            n_in = cross(population, row, end, day, entries, n_in)
            continue
        here[INTERCEPTED if outcome == STOPPED else PUSHED_BACK] += people
        destination = base[population.home[row]]
        if gate >= 0 and draws.draw(seed, row, day, draws.SWITCH) < law.to_gate:
            destination = gate
        n = set_out(population, row, destination, homeward[place, destination], log, n)
    return n, n_in


@loop
def evacuate(population, rows, base, homeward, log):
    """Take everyone at the gates home by bus; returns the number of departures."""
    for n, row in enumerate(rows):
        home = base[population.home[row]]
        set_out(population, row, home, homeward[population.place[row], home], log, n)
    return len(rows)
