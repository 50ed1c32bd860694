"""Leaving for the west: the steady departures by sea and river, and the spread of information about an opening.

News spreads as in Bass (1969, Management Science). Readiness is a fixed quantile of the household, so a more open
policy moves the same people and more. Hope to get through follows the success seen at the border; that hope is
what ends the crowding after a few days, without a date in the code. Levels cannot be fitted: the border has no
calibration row.
"""

from typing import NamedTuple

import numpy as np

from sim import draws
from sim.blocks import candidates, lot
from sim.compiled import inner, loop, rule
from sim.config import Behaviour
from sim.geography import Geography
from sim.population import AT_COAST, AT_GATE, HOME, SETTLED_ABROAD, put, set_out
from sim.rules import Rules

BY_SEA, BY_RIVER, TO_GATE = 1, 2, 3
READY_TRIES = 4  # failures after which readiness falls no further
LIVES_THERE = 1 << HOME | 1 << SETTLED_ABROAD


class WestLaw(NamedTuple):
    """Today's thresholds of setting out in the host country; P places, G groups."""

    sea: np.ndarray  # (G,)
    river: np.ndarray  # (G,)
    open_gate: bool
    heard: int
    pack: int
    ready: np.ndarray  # (P, G, failures 0 ... 3)


def passage_ceiling(law: WestLaw, is_host: np.ndarray) -> np.ndarray:
    """Return the threshold of setting out by sea or river by place and group, (P, G)."""
    return is_host[:, None] * (law.sea + law.river)[None, :]


def ready_ceiling(law: WestLaw, is_host: np.ndarray) -> np.ndarray:
    """Return the highest threshold of being ready to go to the gates by place and group, (P, G)."""
    return is_host[:, None] * law.ready.max(axis=2)


def heard(days_since_news: float, behaviour: Behaviour) -> float:
    """Return the share of people who have heard of the opening (Bass 1969), 0 before the news."""
    if days_since_news < 0:
        return 0.0
    p, q = behaviour.news_alone, behaviour.news_spread
    decay = np.exp(-(p + q) * days_since_news)
    return float((1.0 - decay) / (1.0 + q / max(p, 1e-12) * decay))


def readiness(geography: Geography, rules: Rules, group_readiness, belief: float, behaviour: Behaviour) -> np.ndarray:
    """Return the share ready to set out for the land gates, (P, G, failures 0 ... 3).

    `group_readiness` (G,) is the share that would go at full hope from next to the border; it is not the share of
    intention surveys. Hope to a power, distance and fare lower it, and so does each failure. While the gates are
    closed it is 0: nobody goes.
    """
    if not rules.exit_gate:  # nobody goes
        return np.zeros((len(geography.names), len(group_readiness), READY_TRIES))
    km = np.where(geography.gates.start.size, geography.km[:, geography.gates.start].min(axis=1, initial=np.inf), 0)
    near = np.exp(-km / behaviour.readiness_km)
    fare = np.exp(-rules.fare_gate / behaviour.gate_fare_scale)
    group = group_readiness * rules.readiness * belief**behaviour.belief_exponent * fare
    tries = behaviour.attempts_discouraged ** np.arange(READY_TRIES)
    return near[:, None, None] * group[None, :, None] * tries[None, None, :]


def passage_hazards(people_per_day: float, group_shares, group_people) -> np.ndarray:
    """Return the daily probability of setting out by sea or river, (G,), so that the day's total is met."""
    return people_per_day * group_shares / np.maximum(group_people, 1.0)


@rule(
    "int64(int64, int64, int64, int64, int64, int64, int64[::1], int64[::1], boolean, int64, int64, int64,"
    " int64[:, :, ::1])"
)
def goes_west(row, seed, day, lot, place, group, sea, river, open_gate, heard_share, pack, tries, ready):
    """Return how a household sets out today: 0 not at all, BY_SEA, BY_RIVER or TO_GATE.

    `lot` is the day's draw; `sea` and `river` are thresholds by group, `ready` by place, group and failures.
    """
    if lot < sea[group]:
        return BY_SEA
    if lot < sea[group] + river[group]:
        return BY_RIVER
    if not open_gate or ready[place, group, 0] == 0:
        return 0
    if draws.rare(seed, row, draws.ONCE, draws.READY) >= ready[place, group, min(tries, READY_TRIES - 1)]:
        return 0
    if draws.draw(seed, row, draws.ONCE, draws.NEWS) >= heard_share:
        return 0
    return TO_GATE if draws.draw(seed, row, day, draws.PACK) < pack else 0


@inner
def way_of(population, row, law, seed, day):
    """Return how a row sets out today."""
    luck = draws.rare(seed, row, day, draws.PASSAGE)
    place, group, tries = population.place[row], population.group[row], population.tries[row]
    return goes_west(
        row, seed, day, luck, place, group, law.sea, law.river, law.open_gate, law.heard, law.pack, tries, law.ready
    )


@loop
def leaving_west(first, last, population, ceiling, fading, law, when, decision, seed, day, rows):
    """List the rows that set out for the west today, among those whose draw for a decision may be below a ceiling.

    `when` is the day of that draw: today for a passage, ONCE for the readiness to go to the gates.
    """
    key = draws.key_of(seed, when, decision)
    found = first
    for i in range(first, first + candidates(first, last, population, LIVES_THERE, ceiling, fading, day, key, rows)):
        row = rows[i]
        if lot(population, key, row) >= ceiling[population.place[row], population.group[row]]:
            continue  # nearly everybody; spares the call
        if way_of(population, row, law, seed, day):
            rows[found] = row
            found += 1
    return found - first


@loop
def depart_west(population, rows, law, starts, shares, metres, seed, day, log):
    """Send people to a passage or gate; `starts` and `shares` hold the places and cumulative shares by way.

    Who lives there already waits there from today. Returns the number of entries of `log`: row, destination, 0.
    """
    n = 0
    for row in rows:
        way = way_of(population, row, law, seed, day) - 1
        j = draws.choose(shares[way], draws.draw(seed, row, day, draws.PASSAGE_PLACE))
        if j < 0:
            continue
        destination = starts[way, j]
        if destination == population.place[row]:
            put(population, row, destination, AT_GATE if way + 1 == TO_GATE else AT_COAST)
            population.since[row] = day
            continue
        n = set_out(population, row, destination, metres[population.place[row], destination], log, n)
    return n
