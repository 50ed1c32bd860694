"""Places and routes as arrays: names and numbers, roles, distances over the road network.

Two numberings are used: a *place* counts all locations of the case; a *spot* counts only those of the theatre
(where people flee from and to), because the choice of a destination is tabulated for pairs of them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.compiled import loop
from sim.errors import InputError
from sim.once import once
from sim.seeds import Case

ROLES = ("theatre", "government", "entry_gate", "host", "exit_gate", "coast", "island", "beyond")
THEATRE, GOVERNMENT, ENTRY_GATE, HOST, EXIT_GATE, COAST, ISLAND, BEYOND = range(len(ROLES))
ROADS = ("road",)
NO_ROUTE = np.inf


@dataclass
class Passages:
    """Directed crossings of one mode: from a place of departure to a place of arrival, with their share."""

    start: np.ndarray  # (n,) place
    end: np.ndarray  # (n,) place
    share: np.ndarray  # (n,) of the departures of this mode
    metres: np.ndarray  # (n,)


@dataclass
class Geography:
    """The places of a case as arrays; P places, K spots, E entry gates."""

    names: list[str]  # P
    countries: list[str]  # P
    role: np.ndarray  # (P,) index into ROLES
    spot: np.ndarray  # (P,) index among the spots, -1 elsewhere
    place: np.ndarray  # (K,) place of each spot
    parent: np.ndarray  # (K,) spot in which a camp node or town is counted
    people_start: np.ndarray  # (K,) people at the start
    turkish_held: np.ndarray  # (K,) bool
    same_governorate: np.ndarray  # (K, K) bool
    same_highway: np.ndarray  # (K, K) bool
    road_km: np.ndarray  # (K, K) km on the open network
    border_km: np.ndarray  # (K,) km as the crow flies to the nearest entry gate
    nearest_gate: np.ndarray  # (K,) place of that gate, -1 without one
    theatre_edges: tuple[np.ndarray, np.ndarray, np.ndarray]  # nodes a, b (spots, then entry gates) and km
    entry_gates: np.ndarray  # (E,) places
    km: np.ndarray  # (P, P) km by road outside the theatre (host country and beyond)
    gates: Passages
    sea: Passages
    river: Passages

    def number(self, name: str) -> int:
        """Return the number of a place."""
        return self.names.index(name)

    def of_role(self, role: int) -> np.ndarray:
        """Return the places of one role."""
        return np.flatnonzero(self.role == role)


@loop
def all_pairs(cost, km, through):
    """Shorten all routes in place (Floyd and Warshall), through the nodes that may be passed.

    Parameters
    ----------
    cost, km
        (N, N) cost and length of the direct edges, infinite where there is none; overwritten by those of the
        cheapest route.
    through
        (N,) bool, nodes that a route may pass; any node may be its start or end.
    """
    n = cost.shape[0]
    for k in range(n):
        if not through[k]:
            continue
        cost_from_k, km_from_k = cost[k].copy(), km[k].copy()
        for i in range(n):
            cost_to_k, km_to_k = cost[i, k], km[i, k]
            if cost_to_k == np.inf:
                continue
            for j in range(n):  # without a branch, which takes longer
                cheaper = cost_to_k + cost_from_k[j] < cost[i, j]
                km[i, j] = km_to_k + km_from_k[j] if cheaper else km[i, j]
                cost[i, j] = cost_to_k + cost_from_k[j] if cheaper else cost[i, j]


@loop
def edge_matrix(n, a, b, length):
    """Return the (n, n) matrix of undirected edges; the shortest wins where several join the same places."""
    matrix = np.full((n, n), NO_ROUTE)
    for i in range(n):
        matrix[i, i] = 0.0
    for edge in range(len(length)):
        i, j = a[edge], b[edge]
        matrix[i, j] = matrix[j, i] = min(matrix[i, j], length[edge])
    return matrix


@loop
def whole_metres(km, missing):
    """Return lengths in whole metres, int64; `missing` where there is no route."""
    metres = np.empty(km.shape, np.int64)
    for i in range(km.shape[0]):
        for j in range(km.shape[1]):
            metres[i, j] = np.int64(np.rint(km[i, j] * 1000.0)) if km[i, j] < NO_ROUTE else missing
    return metres


@once(4)
def build_geography(case: Case) -> Geography:
    """Turn the tables of a case into arrays, which all runs of the case share."""
    locations, routes = case.locations, case.routes
    number = {name: i for i, name in enumerate(locations["name"])}
    role = locations["role"].map(ROLES.index).to_numpy(np.int64)
    place = np.flatnonzero(role == THEATRE)
    if not len(place):
        raise InputError(f"{case.folder / 'locations.csv'}: no place has the role theatre, from which people flee")
    spot = np.full(len(role), -1, np.int64)
    spot[place] = np.arange(len(place))
    entry_gates = np.flatnonzero(role == ENTRY_GATE)
    ends = routes["from"].map(number).to_numpy(np.int64), routes["to"].map(number).to_numpy(np.int64)
    theatre_edges = _theatre_edges(routes, ends, spot, entry_gates)
    road_km, nearest_gate = _theatre_distances(theatre_edges, len(place), entry_gates)
    lat, lon = (np.radians(locations[axis].to_numpy(np.float64)) for axis in ("lat", "lon"))
    to_gates = great_circle_km(lat[place, None], lon[place, None], lat[None, entry_gates], lon[None, entry_gates])
    theatre = locations.iloc[place]
    return Geography(
        names=list(locations["name"]),
        countries=list(locations["country"]),
        role=role,
        spot=spot,
        place=place,
        parent=np.array([spot[number[up]] if up else k for k, up in enumerate(theatre["part_of"])], dtype=np.int64),
        people_start=theatre["population"].fillna(0).to_numpy(np.float64),
        turkish_held=(theatre["control"] == "turkish_held").to_numpy(),
        same_governorate=np.equal.outer(theatre["governorate"].to_numpy(), theatre["governorate"].to_numpy()),
        same_highway=_shared_highway(theatre["highway"]),
        road_km=road_km,
        border_km=to_gates.min(axis=1, initial=np.inf),
        nearest_gate=nearest_gate,
        theatre_edges=theatre_edges,
        entry_gates=entry_gates,
        km=_host_distances(routes, ends, role),
        gates=_passages(routes, ends, "land_border_gate"),
        sea=_passages(routes, ends, "sea"),
        river=_passages(routes, ends, "river_border"),
    )


def _theatre_edges(routes, ends, spot, entry_gates):
    """Return the roads of the theatre; nodes 0 ... K-1 are spots, K ... K+E-1 the entry gates."""
    node = spot.copy()
    node[entry_gates] = (spot >= 0).sum() + np.arange(len(entry_gates))
    kept = routes["mode"].isin(ROADS).to_numpy() & (node[ends[0]] >= 0) & (node[ends[1]] >= 0)
    return node[ends[0][kept]], node[ends[1][kept]], routes["km"].to_numpy(np.float64)[kept]


def _theatre_distances(edges, n_spots, entry_gates):
    n_nodes = n_spots + len(entry_gates)
    km = edge_matrix(n_nodes, *edges)
    all_pairs(km.copy(), km, np.arange(n_nodes) < n_spots)
    to_gates = km[:n_spots, n_spots:]
    if not len(entry_gates):
        return km, np.full(n_spots, -1)
    return km[:n_spots, :n_spots], entry_gates[to_gates.argmin(axis=1)]


def great_circle_km(lat_a, lon_a, lat_b, lon_b) -> np.ndarray:
    """Return the distance between points given in radians (haversine, earth radius 6,371 km)."""
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(h))


def _host_distances(routes, ends, role):
    """Return road and ferry distances among the places outside the theatre."""
    outside = role > GOVERNMENT
    kept = routes["mode"].isin([*ROADS, "ferry_transfer"]).to_numpy() & outside[ends[0]] & outside[ends[1]]
    km = edge_matrix(len(role), ends[0][kept], ends[1][kept], routes["km"].to_numpy(np.float64)[kept])
    all_pairs(km.copy(), km, np.ones(len(role), dtype=np.bool_))
    return km


def _shared_highway(highways: pd.Series) -> np.ndarray:
    sets = [set(filter(None, text.split(";"))) for text in highways]
    return np.array([[bool(a & b) for b in sets] for a in sets], dtype=bool).reshape(len(sets), len(sets))


def _passages(routes, ends, mode) -> Passages:
    kept = (routes["mode"] == mode).to_numpy()
    share = routes["share"].to_numpy(np.float64)[kept]
    metres = np.rint(routes["km"].to_numpy(np.float64)[kept] * 1000).astype(np.int64)
    return Passages(ends[0][kept], ends[1][kept], share, metres)
