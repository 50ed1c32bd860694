"""`Today`: everything that the decisions of a day look up, made once and the same for both drivers."""

from dataclasses import dataclass

import numpy as np

from sim import draws
from sim.config import Behaviour
from sim.geography import Geography
from sim.phases import border, displacement, entry, onward, reception, returning, routing, travel, west
from sim.rules import Rules
from sim.world import World


@dataclass
class State:
    """What the tables of a day depend on besides the rules."""

    threat: np.ndarray  # (K,) felt
    exposure: np.ndarray  # (K,)
    present: np.ndarray  # (K,) people in each spot
    travellers: float  # people on the theatre's roads
    arrivals_from: np.ndarray  # (K home, K) people who went from home i to j since day 0
    belief: float
    days_since_news: float  # negative before the news
    weather: float  # factor on departures by sea this week
    island_people: float
    host_people: np.ndarray  # (G,) people who live in the host country


@dataclass
class GroupFacts:
    """What groups bring along, arrays of G."""

    readiness: np.ndarray
    sea_share: np.ndarray
    host_people: np.ndarray  # living in the host country on day 0
    before: int  # number of the group displaced before day 0, -1 without one


@dataclass
class Today:
    """Thresholds and choices of one day; integers only, so that both drivers decide alike."""

    day: int
    rules: Rules
    leaving: np.ndarray  # (K, 64)
    leaving_again: np.ndarray  # (K, 64)
    moving_on: np.ndarray  # (K, 64) by days since arrival
    rest_days: int
    choice: routing.Choice
    metres: np.ndarray  # (K, J)
    entry_attempt: np.ndarray  # (K,)
    entry_success: int
    entry_death: int
    west: west.WestLaw
    reach: np.ndarray  # (2,) metres a day
    gates: border.GateLaw
    passages: border.PassageLaw
    turn_back: int
    hosted: np.ndarray  # (2, 2)
    rehousing: np.ndarray  # (K,)
    tent_share: int
    cold: int
    transfer: int
    resettled: np.ndarray  # (G,)
    returning: np.ndarray  # (K, 64, 2)
    part_lost: np.ndarray  # (K,)


def prepare_day(
    day: int,
    rules: Rules,
    state: State,
    geography: Geography,
    world: World,
    groups: GroupFacts,
    behaviour: Behaviour,
) -> Today:
    """Make the tables of a day."""
    routes = routing.todays_routes(geography, rules, state.threat, behaviour)
    law = {
        **_theatre_tables(rules, state, geography, world, routes, behaviour),
        **_west_tables(rules, state, geography, groups, behaviour),
        **_reception_tables(rules, state, behaviour),
    }
    return Today(day=day, rules=rules, metres=routes.metres, **law)


def _theatre_tables(rules, state, geography, world, routes, behaviour) -> dict:
    to = draws.to_thresholds
    utility = routing.destination_utility(
        geography, rules, routes, state.threat, state.exposure, state.present, world.abroad, behaviour
    )
    ties = routing.ties_factor(state.arrivals_from, behaviour.ties_weight, utility.shape[2])
    leaving = again = to(displacement.leaving_probability(state.threat, 1.0, behaviour))
    if behaviour.threat_weight_displaced != 1.0:
        again = to(displacement.leaving_probability(state.threat, behaviour.threat_weight_displaced, behaviour))
    return {
        "leaving": leaving,
        "leaving_again": again,
        "moving_on": to(onward.moving_on_probability(state.exposure, behaviour)),
        "rest_days": int(behaviour.rest_days),
        "choice": routing.todays_choice(utility, ties),
        "entry_attempt": to(entry.entry_attempt_probability(geography, rules, behaviour)),
        "entry_success": draws.to_threshold(rules.entry_success),
        "entry_death": draws.to_threshold(behaviour.entry_death_risk),
        "reach": travel.metres_today(state.travellers, behaviour),
        "returning": to(returning.return_probability(state.threat, rules, behaviour)),
        "part_lost": to(rules.part_lost),
    }


def _west_tables(rules, state, geography, groups, behaviour) -> dict:
    to = draws.to_thresholds
    surge = behaviour.sea_factor_open if rules.exit_sea else 1.0
    by_sea = rules.sea_departures * state.weather * surge * rules.travel
    # The observed land entries count who got through; the departures behind them are more.
    by_river = rules.land_entries * rules.travel / max(1.0 - behaviour.intercept_river, 0.01)
    ready = west.readiness(geography, rules, groups.readiness, state.belief, behaviour)
    law = west.WestLaw(
        sea=to(west.passage_hazards(by_sea, groups.sea_share, groups.host_people)),
        river=to(west.passage_hazards(by_river, groups.sea_share, groups.host_people)),
        open_gate=bool(rules.exit_gate),
        heard=draws.to_threshold(west.heard(state.days_since_news, behaviour)),
        pack=draws.to_threshold(behaviour.pack),
        ready=to(ready),
    )
    return {
        "west": law,
        "gates": border.gate_law(rules, behaviour),
        "passages": border.passage_law(rules, behaviour),
        "turn_back": draws.to_threshold(entry.turn_back_probability(rules, behaviour)),
    }


def _reception_tables(rules, state, behaviour) -> dict:
    to = draws.to_thresholds
    return {
        "hosted": reception.hosted_thresholds(behaviour),
        "rehousing": to(reception.rehousing_probability(rules.aid, behaviour)),
        "tent_share": draws.to_threshold(behaviour.tent_share),
        "cold": draws.to_threshold(behaviour.cold_death_risk),
        "transfer": draws.to_threshold(rules.transfers / max(state.island_people, 1)),
        "resettled": to(rules.resettled / np.maximum(state.host_people, 1)),
    }
