"""Where people of a Flee directory seek refuge by this model's rules: ways, room, and the choice of country and camp.

A nested conditional logit (McFadden 1978) on the cost of the whole way, the size of camps and the room left in them:
people choose a country to flee to, and within it they are received where there is room and the way is short. The
same shares drive people row by row (`onward.py`) and as expected numbers (`expected.py`).
"""

from dataclasses import dataclass, fields

import numpy as np

from sim.compiled import inner, loop, rule
from sim.config import RefugeSettings
from sim.flee.case import FleeCase
from sim.flee.places import CAMPS
from sim.flee.timeline import REDIRECTION, routes_open
from sim.geography import all_pairs, edge_matrix

_LEAST_ROOM = 0.02  # a full camp turns hardly anybody away, but draws few


@dataclass
class Ways:
    """Ways from Z zones to J camps in Q periods of unchanged routes; D days.

    Attributes
    ----------
    zones, camps
        Places (Z,) and (J,) by their numbers.
    period
        (D,) of each day.
    cost_km
        (Q, Z, J) km of the cheapest way, closed borders on it included; infinite where there is none.
    metres
        (Q, Z, J) int64 length of that way.
    is_open
        (D, J) whether a camp receives people on a day.
    capacity
        (J,) people; 0 where unknown.
    host
        (J,) number of each camp's country.
    """

    zones: np.ndarray
    camps: np.ndarray
    period: np.ndarray
    cost_km: np.ndarray
    metres: np.ndarray
    is_open: np.ndarray
    capacity: np.ndarray
    host: np.ndarray

    @property
    def without_capacities(self) -> "Ways":
        """The same without any capacity: camps are alike and never full."""
        own = {item.name: getattr(self, item.name) for item in fields(self)}
        return Ways(**{**own, "capacity": np.zeros_like(self.capacity)})


def find_ways(case: FleeCase, closed_border_km: float) -> Ways:
    """Find the cheapest ways of every day.

    Closed places and links cannot be passed. A closed border can, at a price: refugees cross on foot where no road
    is open, and hosts never refuse everybody. A camp that sends everybody on (a forced redirection until the day of
    its removal) is no destination until then.
    """
    camps = np.flatnonzero(case.locations["type"].isin(CAMPS))
    zones = np.flatnonzero(~case.locations["type"].isin(CAMPS) & (case.intensity > 0).any(axis=0))
    is_border = case.closures["kind"] == "country"
    passable = routes_open(case.routes, case.locations, case.closures[~is_border], case.n_days)
    border_open = routes_open(case.routes, case.locations, case.closures[is_border], case.n_days)
    states, period = np.unique(np.hstack([passable, border_open]), axis=0, return_inverse=True)
    n_routes = len(case.routes)
    found = [_cheapest(case, state[:n_routes], ~state[n_routes:] * closed_border_km) for state in states]
    cost, km = (np.array([table[np.ix_(zones, camps)] for table in tables]) for tables in zip(*found, strict=True))
    return Ways(
        zones=zones,
        camps=camps,
        period=period.reshape(-1).astype(np.int64),
        cost_km=cost,
        metres=np.rint(np.where(np.isfinite(km), km, 0.0) * 1000).astype(np.int64),
        is_open=np.isin(case.kinds[:, camps], CAMPS) & ~_sends_on(case)[:, camps],
        capacity=case.locations["people"].to_numpy(np.float64)[camps],
        host=np.unique(case.locations["country"].to_numpy()[camps], return_inverse=True)[1].astype(np.int64),
    )


def _cheapest(case: FleeCase, passable: np.ndarray, extra_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return cost and length of the cheapest ways between all places [km], (P, P) each."""
    number = {name: i for i, name in enumerate(case.names)}
    a, b = (case.routes[column].map(number).to_numpy(np.int64)[passable] for column in ("from", "to"))
    km = case.routes["km"].to_numpy(np.float64)[passable]
    cost = edge_matrix(len(number), a, b, km + extra_km[passable])
    length = edge_matrix(len(number), a, b, km)
    all_pairs(cost, length, np.ones(len(number), dtype=np.bool_))
    return cost, length


def _sends_on(case: FleeCase) -> np.ndarray:
    """Return which places send everybody on, by day and place (D, P)."""
    found = np.zeros(case.kinds.shape, dtype=bool)
    for row in case.closures[case.closures["kind"] == REDIRECTION].itertuples():
        found[: max(row.first_day, 0), case.names.index(row.name1)] = True
    return found


def nearness(ways: Ways, settings: RefugeSettings) -> np.ndarray:
    """Return how much the way to a camp weighs, (Q, Z, J): (km + softening) ** -exponent, 0 where there is no way."""
    return (ways.cost_km + settings.softening_km) ** -settings.distance_exponent


def sizes(ways: Ways) -> np.ndarray:
    """Return the size of each camp [people], (J,): its capacity; where unknown, the mean of those that are known."""
    known = ways.capacity[ways.capacity > 0]
    return np.where(ways.capacity > 0, ways.capacity, known.mean() if len(known) else 1.0)


@rule("float64(float64, float64)")
def room_left(people, capacity):
    """Return the share of a camp's room that is left, at least 0.02; 1 where its capacity is unknown (0)."""
    if capacity <= 0.0:
        return 1.0
    return max(_LEAST_ROOM, 1.0 - people / capacity)


@inner
def attraction(bound, capacity, size, is_open, room_exponent):
    """Return what draws people to each camp wherever they come from, (J,): size times room left ** exponent.

    Parameters
    ----------
    bound
        (J,) people there or on the way: news of camps that fill travels faster than people.
    """
    pull = np.zeros(len(size))
    for j in range(len(size)):
        if is_open[j]:
            pull[j] = size[j] * room_left(bound[j], capacity[j]) ** room_exponent
    return pull


@inner
def camp_shares(nearness, pull, host, host_exponent):
    """Return the shares of the camps among those who leave each zone, (Z, J); zero rows where no camp is in reach.

    A country's weight is the sum W of its camps' weights, nearness times pull, to the power `host_exponent`; within
    the country camps share in proportion to their weights.
    """
    n_zones, n_camps = nearness.shape
    shares = np.zeros((n_zones, n_camps))
    country = np.zeros(host.max() + 1)
    for zone in range(n_zones):
        country[:] = 0.0
        for j in range(n_camps):
            country[host[j]] += nearness[zone, j] * pull[j]
        total = 0.0
        for weight in country:
            if weight > 0.0:
                total += weight**host_exponent
        for j in range(n_camps):
            own = nearness[zone, j] * pull[j]
            if own > 0.0:
                shares[zone, j] = country[host[j]] ** host_exponent / total * own / country[host[j]]
    return shares


@loop
def todays_shares(nearness, bound, capacity, size, is_open, host, room_exponent, host_exponent):
    """Return the shares of a day, as `camp_shares` of the `attraction` of the day."""
    return camp_shares(nearness, attraction(bound, capacity, size, is_open, room_exponent), host, host_exponent)
