"""Threat of each place: events push it, it fades, a ground advance reaches ahead along its roads.

Flight anticipates: people leave places that the front has not reached. Anticipation looks forward in space, never
in time, so that no measure changes anything before its first day. Threat is not clipped; the hazard of leaving
saturates. Forms: Melander and Oberg (2007, Civil Wars) on scope before intensity, D'Souza and others (2022, World
Bank working paper 10177) on flight from districts still quiet; half-lives and reach are assumptions.
"""

from dataclasses import dataclass

import numpy as np

from sim.config import Behaviour
from sim.geography import Geography
from sim.rules import Rules


@dataclass
class Threat:
    """Standing pressure at each of K spots [threat: 1 = one bombardment of one place]."""

    air: np.ndarray  # (K,)
    ground: np.ndarray  # (K,)
    reach: np.ndarray  # (K, K) share of j's ground pressure felt at i
    nearness: np.ndarray  # (K,) 1 at the border of the host country, fading with distance


def build_threat(geography: Geography, behaviour: Behaviour) -> Threat:
    """Start without pressure, with the reach of an advance along the roads."""
    k = len(geography.place)
    reach = behaviour.spread_share * np.exp(-geography.road_km / behaviour.spread_km)
    reach = reach * np.where(geography.same_highway, behaviour.highway_factor, 1.0)
    np.fill_diagonal(reach, 1.0)
    nearness = np.exp(-geography.border_km / behaviour.border_shelter_km)
    return Threat(np.zeros(k), np.zeros(k), reach, np.where(geography.turkish_held, 1.0, nearness))


def exposure(threat: Threat, rules: Rules, behaviour: Behaviour) -> np.ndarray:
    """Return how exposed each spot is, (K,): 1 without protection, less near the border of the host country.

    Attacks spared the belt along the border and the Turkish-held north; without this the camps of Dana, 12 km
    from the front, would empty in February.
    """
    unsheltered = 1.0 - np.minimum(behaviour.border_shelter * rules.shelter, 1.0) * threat.nearness
    return unsheltered * (1.0 - rules.protection)


def reassurance(rules: Rules, geography: Geography, behaviour: Behaviour) -> np.ndarray:
    """Return the factor on threat, (K,), by which the reinforcement of the host country's army calms people."""
    if rules.reassured_days < 0:
        return np.ones(len(geography.place))
    believed = 1.0 - np.exp(-rules.reassured_days / behaviour.reassurance_days)
    return np.where(geography.turkish_held, 1.0, 1.0 - behaviour.reassurance * believed)


def update_threat(threat: Threat, rules: Rules, geography: Geography, behaviour: Behaviour) -> np.ndarray:
    """Let threat fade by a day, add today's pushes, and return what is felt at each spot, (K,)."""
    fade_air = 2.0 ** (-1.0 / behaviour.half_life_air) * rules.threat_factor
    fade_ground = 2.0 ** (-1.0 / behaviour.half_life_ground) * rules.threat_factor
    threat.air[:] = threat.air * fade_air + rules.push_air
    threat.ground[:] = threat.ground * fade_ground + rules.push_ground
    # Not a matrix product: a linear algebra library may add in another order on more threads.
    felt = threat.air + (threat.reach * threat.ground[None, :]).sum(axis=1)
    return (exposure(threat, rules, behaviour) * reassurance(rules, geography, behaviour) * felt)[geography.parent]
