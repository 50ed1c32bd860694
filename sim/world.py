"""What does not change during a run: where people go on from each place, as arrays that both drivers share."""

from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.geography import BEYOND, COAST, ENTRY_GATE, EXIT_GATE, HOST, ISLAND, THEATRE, Geography, whole_metres
from sim.phases.west import BY_RIVER, BY_SEA, TO_GATE
from sim.population import AT_COAST, AT_GATE, CROSSED, OPEN_AIR, SETTLED_ABROAD
from sim.seeds import Case

NOWHERE = -1
GATE_REACH_KM = 50.0  # distance over which compatriots behind a crossing draw people (assumption)


@dataclass
class World:
    """Static arrays; P places, K spots, E entry gates, H host places, W widest choice of starts."""

    spot_of: np.ndarray  # (P,) spot of a place, -1 outside the theatre
    place_of: np.ndarray  # (J,) place of each destination: the spots, then the entry gates
    is_host: np.ndarray  # (P,) bool, in the host country
    is_island: np.ndarray  # (P,) bool
    is_brought: np.ndarray  # (P,) bool, people who travel beyond from here are brought: from islands, by resettlement
    is_sea: np.ndarray  # (P,) bool, place of departure by sea
    status_at: np.ndarray  # (P,) status on arrival of people who do not live there
    base: np.ndarray  # (P,) where people of a home place live in the host country
    metres: np.ndarray  # (P, P) int64 by road or ferry outside the theatre, 0 where there is none
    gate_of: np.ndarray  # (P,) nearest crossing of a place of the theatre, -1 elsewhere
    refuge_of: np.ndarray  # (P,) place of the theatre behind each crossing, -1 elsewhere
    host_of: np.ndarray  # (H,) places in which people from the theatre settle
    host_choice: np.ndarray  # (P, H) cumulative choice of them by crossing
    abroad: np.ndarray  # (E,) compatriots behind each crossing
    starts: np.ndarray  # (3, W) places of departure by way: sea, river, land gate
    shares: np.ndarray  # (3, W) cumulative share of each
    edges: np.ndarray  # (P, n) cumulative choice among sea and river passages from each place
    ends: np.ndarray  # (n,) place of arrival of each passage
    exit_of: np.ndarray  # (P,) place beyond each land gate, -1 elsewhere
    mainland_of: np.ndarray  # (P,) nearest mainland port of each island, -1 without one
    first_gate: int  # the land gate to which most people go, -1 without one
    first_coast: int  # the coast from which most people leave, -1 without one
    haven: int  # place beyond that stands for all countries that resettle people, -1 without one


def build_world(case: Case, geography: Geography, syrians: np.ndarray) -> World:
    """Derive the static arrays; `syrians` (P,) are compatriots of the theatre's people living in each place."""
    n = len(geography.names)
    role, km = geography.role, geography.km
    is_host = np.isin(role, [HOST, COAST, EXIT_GATE])
    host_of = geography.of_role(HOST)
    host_choice, abroad = _beyond_crossings(geography, host_of, syrians)
    starts, shares = _ways(geography)
    edges, ends = _passages(geography)
    exit_of = np.full(n, NOWHERE)
    exit_of[geography.gates.start] = geography.gates.end
    gate_of = np.full(n, NOWHERE)
    gate_of[geography.place] = geography.nearest_gate
    mainland_of = _ports(geography)
    return World(
        spot_of=geography.spot,
        place_of=np.concatenate([geography.place, geography.entry_gates]),
        is_host=is_host,
        is_island=role == ISLAND,
        is_brought=is_host | (role == ISLAND),
        is_sea=np.isin(np.arange(n), geography.sea.start),
        status_at=_status_on_arrival(geography),
        base=_bases(geography, host_of, gate_of),
        metres=whole_metres(km, 0),
        gate_of=gate_of,
        refuge_of=_refuges(geography),
        host_of=host_of,
        host_choice=host_choice,
        abroad=abroad,
        starts=starts,
        shares=shares,
        edges=edges,
        ends=ends,
        exit_of=exit_of,
        mainland_of=mainland_of,
        first_gate=_largest(geography.gates),
        first_coast=_largest(geography.sea),
        haven=_haven(geography, mainland_of),
    )


def _beyond_crossings(geography, host_of, syrians):
    """Return the choice of a host place behind each crossing, and the compatriots drawing people to it."""
    choice = np.zeros((len(geography.names), len(host_of)), np.int64)
    weights = (syrians[host_of] + 1.0) * np.exp(-geography.km[np.ix_(geography.entry_gates, host_of)] / GATE_REACH_KM)
    if len(host_of):
        choice[geography.entry_gates] = draws.to_cumulative(weights)
    return choice, weights.sum(axis=1)


def _ways(geography):
    kinds = {BY_SEA: geography.sea, BY_RIVER: geography.river, TO_GATE: geography.gates}
    widest = max(1, *(len(kind.start) for kind in kinds.values()))
    starts, shares = np.full((3, widest), NOWHERE), np.zeros((3, widest), np.int64)
    for way, kind in kinds.items():
        if len(kind.start):
            starts[way - 1, : len(kind.start)] = kind.start
            shares[way - 1] = draws.to_cumulative(np.pad(kind.share, (0, widest - len(kind.share))))
    return starts, shares


def _passages(geography):
    start = np.concatenate([geography.sea.start, geography.river.start])
    share = np.concatenate([geography.sea.share, geography.river.share])
    weights = np.where(start[None, :] == np.arange(len(geography.names))[:, None], share[None, :], 0.0)
    ends = np.concatenate([geography.sea.end, geography.river.end])
    return (draws.to_cumulative(weights) if len(start) else np.zeros((len(weights), 1), np.int64)), ends


def _status_on_arrival(geography) -> np.ndarray:
    by_role = {
        THEATRE: OPEN_AIR,
        ENTRY_GATE: AT_GATE,
        HOST: SETTLED_ABROAD,
        COAST: SETTLED_ABROAD,
        EXIT_GATE: SETTLED_ABROAD,
        ISLAND: CROSSED,
        BEYOND: CROSSED,
    }
    status = np.array([by_role.get(role, SETTLED_ABROAD) for role in geography.role], np.int64)
    status[np.concatenate([geography.sea.start, geography.river.start])] = AT_COAST
    status[geography.gates.start] = AT_GATE
    return status


def _nearest(km, candidates) -> np.ndarray:
    """Return for each row the nearest candidate place, NOWHERE where none can be reached."""
    if not len(candidates):
        return np.full(len(km), NOWHERE)
    reach = km[:, candidates]
    return np.where(np.isfinite(reach.min(axis=1)), candidates[reach.argmin(axis=1)], NOWHERE)


def _bases(geography, host_of, gate_of) -> np.ndarray:
    """People of the host country live at home; people of the theatre who are there, near their crossing."""
    base = np.arange(len(geography.names))
    near_gate = _nearest(geography.km, host_of)
    for place in geography.place:
        base[place] = near_gate[gate_of[place]] if gate_of[place] >= 0 else place
    return base


def _refuges(geography) -> np.ndarray:
    """Return the settled place of the theatre nearest to each crossing."""
    refuge = np.full(len(geography.names), NOWHERE)
    a, b, km = geography.theatre_edges
    k = len(geography.place)
    for e, gate in enumerate(geography.entry_gates):
        ends = [(km[i], min(a[i], b[i])) for i in range(len(km)) if max(a[i], b[i]) == k + e]
        if ends:
            refuge[gate] = geography.place[geography.parent[min(ends)[1]]]
    return refuge


def _ports(geography) -> np.ndarray:
    ports = _nearest(geography.km, geography.of_role(BEYOND))
    return np.where(geography.role == ISLAND, ports, NOWHERE)


def _haven(geography, mainland_of) -> int:
    """The map ends at the country beyond: its port of most islands stands for where people are resettled."""
    ports = mainland_of[mainland_of >= 0]
    if not len(ports):
        ports = geography.of_role(BEYOND)
    return int(np.bincount(ports).argmax()) if len(ports) else NOWHERE


def _largest(passages) -> int:
    return int(passages.start[passages.share.argmax()]) if len(passages.start) else NOWHERE
