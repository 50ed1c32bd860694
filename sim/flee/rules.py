"""Flee's rules of where to go, as tables of a day: move chances, scores of places, routes to choose from, room.

Groen 2016 (Procedia Computer Science 80) and Suleimenova, Bell and Groen 2017 (Scientific Reports 7, 13377) describe
the model; details are those of the program's second set of rules, as the present one of 2026 runs them.
"""

import numpy as np
import pandas as pd

from sim.config import FleeSettings
from sim.draws import to_thresholds
from sim.flee.case import FleeCase
from sim.flee.doubts import home_country
from sim.flee.origins import conflict_days
from sim.flee.people import LINK, MILLI, PLACE, WHOLE, room_level
from sim.flee.places import CAMP, CAMPS, CONFLICT, HUB, IDP_CAMP, MARKER, TOWN, UNKNOWN

_WEIGHT_SUM = 1 << 30  # of the routes from one place; times a draw of 32 bits it still fits into 63


def build_links(case: FleeCase, settings: FleeSettings) -> np.ndarray:
    """Return the directed links, `LINK` of `sim/flee/people.py`; route r has the links 2 r and 2 r + 1."""
    number = {name: i for i, name in enumerate(case.names)}
    a, b = (case.routes[column].map(number).to_numpy() for column in ("from", "to"))
    own = case.routes.get("max_move_speed", pd.Series("", index=case.routes.index))
    limit = np.array([float(text) if text else settings.max_move_speed for text in own])
    links = np.zeros(2 * len(a), dtype=LINK)
    links["start"], links["end"] = np.column_stack([a, b]).ravel(), np.column_stack([b, a]).ravel()
    links["metres"] = np.repeat(np.maximum(np.rint(case.routes["km"].to_numpy() * 1000), 1), 2)
    links["limit"] = np.repeat(np.rint(limit * 1000), 2)
    return links


def find_ways(links: np.ndarray, is_open: np.ndarray, is_marker: np.ndarray, awareness: int):
    """Return every way of up to `awareness` open links that passes no place twice.

    Parameters
    ----------
    is_open
        (L,) links.
    is_marker
        (P,) places that are passed on the way but never a destination, and take nothing of the awareness.

    Returns
    -------
    first
        (P + 1,) the ways from place p are those from `first[p]` to `first[p + 1]`.
    ways
        (K, S) links in their order, then -1.
    """
    n_places = len(is_marker)
    leaving = [[link for link in np.flatnonzero(links["start"] == place) if is_open[link]] for place in range(n_places)]
    found, first = [], [0]
    for place in range(n_places):
        found += _ways(place, (), {place}, awareness, leaving, links["end"], is_marker)
        first.append(len(found))
    ways = np.full((len(found), max(map(len, found), default=1)), -1, dtype=np.int32)
    for row, way in zip(ways, found, strict=True):
        row[: len(way)] = way
    return np.array(first), ways


def _ways(place, way, passed, left, leaving, ends, is_marker) -> list[tuple[int, ...]]:
    """Return the ways that go on from a place, the way so far first."""
    found = []
    for link in leaving[place]:
        to = ends[link]
        if to in passed:
            continue
        longer = (*way, link)
        if is_marker[to]:
            found += _ways(to, longer, passed | {to}, left, leaving, ends, is_marker)
            continue
        found.append(longer)
        if left > 1:
            found += _ways(to, longer, passed | {to}, left - 1, leaving, ends, is_marker)
    return found


def decays(case: FleeCase, settings: FleeSettings) -> np.ndarray:
    """Return by how much each zone's conflict has lost its terror, by the days since it began (D, P)."""
    steps = np.array(settings.conflict_decay or [1.0])
    return steps[np.minimum(conflict_days(case) // settings.conflict_decay_days, len(steps) - 1)]


def scores(case: FleeCase, settings: FleeSettings) -> np.ndarray:
    """Return how much each place draws people, whatever its distance and room (D, P)."""
    foreign = (case.locations["country"] != home_country(case)).to_numpy()
    camp = np.where(np.isin(case.kinds, CAMPS), settings.camp_weight, 1.0)
    terror = settings.conflict_weight ** (case.intensity * decays(case, settings))
    return np.where(foreign, settings.foreign_weight, 1.0) * camp * np.where(case.intensity > 0, terror, 1.0)


def leaving_thresholds(case: FleeCase, settings: FleeSettings) -> np.ndarray:
    """Return the thresholds of leaving each place (D, P)."""
    chances = {
        CONFLICT: settings.conflict_movechance,
        CAMP: settings.camp_movechance,
        IDP_CAMP: settings.idpcamp_movechance,
        TOWN: settings.default_movechance,
        HUB: 1.0,
        MARKER: 1.0,
        UNKNOWN: 1.0,
    }
    table = np.zeros(case.kinds.shape)
    for kind, chance in chances.items():
        table[case.kinds == kind] = chance
    return to_thresholds(table)


def way_ends(links: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each way ends (K,) and how long it is [km] (K,)."""
    last = ways[np.arange(len(ways)), (ways >= 0).sum(axis=1) - 1]
    metres = np.where(ways >= 0, links["metres"][ways], 0).sum(axis=1)
    return links["end"][last], metres / 1000


def way_weights(first: np.ndarray, ends: np.ndarray, km: np.ndarray, score: np.ndarray, settings: FleeSettings):
    """Return the weight of each way without regard to room, whole numbers (K,); `score` is that of the places."""
    reach = (settings.softening + km) ** settings.distance_power
    weight = ((settings.weight_softening + score[ends]) / reach) ** settings.weight_power
    origin = np.repeat(np.arange(len(first) - 1), np.diff(first))
    total = np.bincount(origin, weight, minlength=len(first) - 1)[origin]
    return np.rint(weight / np.where(total > 0, total, 1.0) * _WEIGHT_SUM).astype(np.int64)


def build_places(case: FleeCase, settings: FleeSettings, one_in: int, people_at_start: np.ndarray) -> np.ndarray:
    """Return the places, `PLACE` of `sim/flee/people.py`, with the room of the camps and the people of day 0.

    With Flee's defects the people of day 0 (P,) are taken off the capacity, and less than 1 is no limit.
    """
    capacity = np.where(case.locations["type"].isin(CAMPS), case.locations["people"].to_numpy() // one_in, 0)
    if case.defects:
        capacity = np.where(capacity >= 1, capacity - people_at_start, 0)
    places = np.zeros(len(capacity), dtype=PLACE)
    places["full"] = np.rint(np.maximum(capacity, 0) * settings.capacity_scaling * MILLI)
    places["nearly"] = np.rint(places["full"] * settings.capacity_buffer)
    places["limited"] = places["full"] >= MILLI
    places["stock"] = people_at_start
    for place in places:
        place["room"] = room_level(place["stock"], place["nearly"], place["full"]) if place["limited"] else WHOLE
    places["pull"] = pulls_of_room(settings)[places["room"]]
    return places


def pulls_of_room(settings: FleeSettings) -> np.ndarray:
    """Return the factor on a way's weight by the room at its end, whole numbers (WHOLE + 1,)."""
    return np.rint((np.arange(WHOLE + 1) / WHOLE) ** settings.weight_power * WHOLE).astype(np.int64)
