"""Where to: a choice over all reachable destinations by the generalised cost of the whole route.

A conditional logit (McFadden 1974) with a gravity kernel (for refugees in Turkey: Beine and others 2021, Journal
of Development Economics). Weights are made once a day for each pair of places; a mover draws once.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim import draws
from sim.compiled import inner, loop, rule
from sim.config import Behaviour
from sim.geography import Geography, all_pairs, edge_matrix, whole_metres
from sim.population import flee
from sim.rules import Rules


@dataclass
class Routes:
    """Today's routes from K spots to J = K + E destinations (the spots, then the entry gates)."""

    cost_km: np.ndarray  # (K, J) generalised km: danger lengthens a road
    metres: np.ndarray  # (K, J) int64 length of the cheapest route, -1 where there is none


def todays_routes(geography: Geography, rules: Rules, threat: np.ndarray, behaviour: Behaviour) -> Routes:
    """Find the cheapest routes; places held by the government may be left but not passed or entered."""
    a, b, km = geography.theatre_edges
    k, no_danger = len(geography.place), np.zeros(len(geography.entry_gates))
    danger = np.concatenate([threat, no_danger])
    slow = 1.0 + behaviour.route_danger * np.minimum((danger[a] + danger[b]) / 2.0, 5.0)
    cost, length = edge_matrix(len(danger), a, b, km * slow), edge_matrix(len(danger), a, b, km)
    all_pairs(cost, length, np.concatenate([~rules.lost, no_danger > 0]))
    return Routes(cost[:k], whole_metres(length[:k], -1))


def destination_utility(
    geography: Geography,
    rules: Rules,
    routes: Routes,
    threat,
    exposure,
    present,
    abroad,
    behaviour: Behaviour,
):
    """Return the utility of each destination from each spot, by means, (K, 2, J); -inf where it is no choice.

    Parameters
    ----------
    threat, exposure
        (K,) felt threat and exposure of the spots.
    present
        (K,) people there now.
    abroad
        (E,) compatriots behind each entry gate.
    """
    pull = _pull(geography, rules, threat, exposure, present, abroad, behaviour)
    law = UtilityLaw(
        behaviour.distance_cost,
        behaviour.seam_cost * rules.seam,
        behaviour.same_governorate,
        (behaviour.poor_cost_factor, 1.0),
    )
    return _utilities(pull, routes.cost_km, routes.metres, geography.turkish_held, geography.same_governorate, law)


class UtilityLaw(NamedTuple):
    """What a way costs today, and what staying near is worth [utility]."""

    per_10_km: float
    seam: float  # the checkpoint on the way to the Turkish-held north
    same_governorate: float
    cost_factor: tuple[float, float]  # without and with means


@rule("float64(float64, float64, float64, float64, float64, float64)")
def utility_of_going(pull, km, per_10_km, seam, cost_factor, near):
    """Return the utility of a destination: what draws people there, less what the way costs, plus what is near."""
    return pull - cost_factor * (per_10_km * km / 10.0 + seam) + near


@loop
def _utilities(pull, km, metres, in_north, same_governorate, law):
    """Return the utility of each destination, as `destination_utility` does; entry gates are in no governorate."""
    k, n = km.shape
    utilities = np.full((k, 2, n), -np.inf)
    for spot in range(k):
        for j in range(n):
            if j == spot or metres[spot, j] < 0:
                continue
            seam = law.seam if j < k and in_north[j] and not in_north[spot] else 0.0
            near = law.same_governorate if j < k and same_governorate[spot, j] else 0.0
            for means in range(2):
                factor = law.cost_factor[means]
                utility = utility_of_going(pull[j], km[spot, j], law.per_10_km, seam, factor, near)
                utilities[spot, means, j] = utility
    return utilities


def _pull(geography, rules, threat, exposure, present, abroad, behaviour) -> np.ndarray:
    """Return what draws people to each destination wherever they come from, (J,)."""
    start = np.maximum(geography.people_start, 1.0)
    room = np.maximum(0.02, 1.0 - (present - start) / (behaviour.room_share * start))
    # Aid widens the services of a place, but less than in proportion (exponent 0.3, an assumption).
    size = behaviour.size_exponent * np.log(start * np.maximum(rules.aid, 1e-9) ** 0.3)
    pull = size - behaviour.danger_aversion * threat + behaviour.room_weight * np.log(room)
    pull += behaviour.belt_pull * (1.0 - exposure)
    pull[(geography.people_start == 0) | rules.lost] = -np.inf
    if rules.entry_turkey == 0:
        return np.concatenate([pull, np.full(len(abroad), -np.inf)])
    gates = behaviour.host_ties * np.log(np.maximum(abroad, 1.0)) + behaviour.belt_pull - behaviour.entry_cost
    return np.concatenate([pull, np.where(rules.entry_open, gates, -np.inf)])


def ties_factor(arrivals: np.ndarray, weight: float, n_destinations: int) -> np.ndarray:
    """Return the pull of earlier arrivals from the same home place, (K home, J), as a factor on the weights."""
    factor = np.ones((len(arrivals), n_destinations))
    factor[:, : len(arrivals)] = (1.0 + arrivals / 1000.0) ** weight
    # People who were displaced go back by the rule of return, not as a stop on the way.
    np.fill_diagonal(factor, 0.0)
    return factor


def stable_weights(utility: np.ndarray) -> np.ndarray:
    """Return exp(utility) relative to the best choice of each row; rows without any choice are zero."""
    best = utility.max(axis=-1, keepdims=True)
    return np.exp(utility - np.where(np.isfinite(best), best, 0.0))


class Choice(NamedTuple):
    """Today's choice of a destination; the cumulative thresholds of a choice are made when somebody first faces it."""

    weights: np.ndarray  # (K, 2, J) by spot and means
    ties: np.ndarray  # (K, J) factor by home
    cumulative: np.ndarray  # (K, K, 2, J) int64 by spot, home and means, the last entry 2**32 or 0, where it is made
    made: np.ndarray  # (K, K, 2) bool


def todays_choice(utility: np.ndarray, ties: np.ndarray) -> Choice:
    """Return the choice that follows from utilities (K, 2, J) and the pull of earlier arrivals (K, J)."""
    k, means, n = utility.shape
    cumulative, made = np.empty((k, k, means, n), np.int64), np.zeros((k, k, means), np.bool_)
    return Choice(stable_weights(utility), ties, cumulative, made)


@inner
def _make(choice, spot, home, means):
    weights, ties, cumulative = choice.weights[spot, means], choice.ties[home], choice.cumulative[spot, home, means]
    choice.made[spot, home, means] = True
    total = 0.0
    for j in range(len(weights)):
        total += weights[j] * ties[j]
    if total <= 0.0:
        cumulative[len(weights) - 1] = 0
        return
    running = 0.0
    for j in range(len(weights)):
        running += weights[j] * ties[j]
        cumulative[j] = np.int64(np.rint(running / total * 4294967296.0))
    cumulative[len(weights) - 1] = 4294967296


@loop
def destination(choice, spot, home, means, luck):
    """Return the number of the destination that a draw chooses, -1 where none can be reached."""
    if not choice.made[spot, home, means]:
        _make(choice, spot, home, means)
    return draws.choose(choice.cumulative[spot, home, means], luck)


@loop
def depart(population, rows, spot_of, place_of, choice, metres, arrivals_from, seed, day, log):
    """Send today's movers on their way; who finds no reachable destination stays.

    `place_of` (J,) are the places of the destinations; `arrivals_from` (K, K) counts people by home and
    destination. Returns the number of entries of `log`: row, destination place, and whether it is a first move
    (1), a move from a place of refuge (2), or a move after a return (3).
    """
    key = draws.key_of(seed, day, draws.DESTINATION)
    n = 0
    for row in rows:
        spot = spot_of[population.place[row]]
        home = spot_of[population.home[row]]
        j = destination(choice, spot, home, population.means[row], draws.luck(key, row))
        if j < 0:
            continue
        n = flee(population, row, place_of[j], metres[spot, j], log, n)
        if j < arrivals_from.shape[1]:
            arrivals_from[home, j] += population.people[row]
    return n
