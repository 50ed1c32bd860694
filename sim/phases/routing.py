"""Where to: a choice over all reachable destinations by the generalised cost of the whole route.

A conditional logit (McFadden 1974) with a gravity kernel (for refugees in Turkey: Beine and others 2021, Journal
of Development Economics). Weights are made once a day for each pair of places; a mover draws once.
"""

from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.compiled import loop
from sim.config import Behaviour
from sim.geography import Geography, all_pairs, edge_matrix
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
    k, n = len(geography.place), len(geography.place) + len(geography.entry_gates)
    danger = np.concatenate([threat, np.zeros(n - k)])
    slow = 1.0 + behaviour.route_danger * np.minimum((danger[a] + danger[b]) / 2.0, 5.0)
    cost, length = edge_matrix(n, a, b, km * slow), edge_matrix(n, a, b, km)
    passable = np.arange(n) < k
    passable[:k] &= ~rules.lost
    all_pairs(cost, length, passable)
    metres = np.where(np.isfinite(length), np.rint(np.where(np.isfinite(length), length, 0.0) * 1000), -1)
    return Routes(cost[:k], metres[:k].astype(np.int64))


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
    k = len(geography.place)
    cost = np.empty((k, 2, len(pull)))
    seam = np.zeros((k, len(pull)))
    seam[:, :k] = ~geography.turkish_held[:, None] & geography.turkish_held[None, :]
    for means, factor in enumerate((behaviour.poor_cost_factor, 1.0)):
        km = behaviour.distance_cost * routes.cost_km / 10.0
        cost[:, means] = factor * (km + behaviour.seam_cost * rules.seam * seam)
    utility = pull[None, None, :] - cost
    utility[:, :, :k] += behaviour.same_governorate * geography.same_governorate[:, None, :]
    utility[np.broadcast_to((routes.metres < 0)[:, None, :], utility.shape)] = -np.inf
    utility[np.arange(k), :, np.arange(k)] = -np.inf
    return utility


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
    factor = np.ones((arrivals.shape[0], n_destinations))
    factor[:, : arrivals.shape[1]] = (1.0 + arrivals / 1000.0) ** weight
    # People who were displaced go back by the rule of return, not as a stop on the way.
    np.fill_diagonal(factor, 0.0)
    return factor


def stable_weights(utility: np.ndarray) -> np.ndarray:
    """Return exp(utility) relative to the best choice of each row; rows without any choice are zero."""
    best = utility.max(axis=-1, keepdims=True)
    return np.exp(utility - np.where(np.isfinite(best), best, 0.0))


@loop
def choice_table(weights, ties):
    """Tabulate the cumulative choice for each (spot, home, means): int64, the last entry 2**32 or 0.

    Parameters
    ----------
    weights
        (K, 2, J) weights by spot and means.
    ties
        (K, J) factor by home.
    """
    n_spots, n_means, n_destinations = weights.shape
    table = np.zeros((n_spots, n_spots, n_means, n_destinations), np.int64)
    for spot in range(n_spots):
        for home in range(n_spots):
            for means in range(n_means):
                total = 0.0
                for j in range(n_destinations):
                    total += weights[spot, means, j] * ties[home, j]
                if total <= 0.0:
                    continue
                running = 0.0
                for j in range(n_destinations):
                    running += weights[spot, means, j] * ties[home, j]
                    table[spot, home, means, j] = np.int64(np.rint(running / total * 4294967296.0))
                table[spot, home, means, n_destinations - 1] = 4294967296
    return table


@loop
def depart(population, rows, spot_of, place_of, table, metres, seed, day, log, arrivals_from):
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
        j = draws.choose(table[spot, home, population.means[row]], draws.luck(key, row))
        if j < 0:
            continue
        n = flee(population, row, place_of[j], metres[spot, j], log, n)
        if j < arrivals_from.shape[1]:
            arrivals_from[home, j] += population.people[row]
    return n
