"""Effects by name, and `rules_today`, which folds the measures in force into the day's rules.

The law of composition: factors multiply, so their order does not matter; switches and set values apply in the
order of the policy and the last one wins; amounts add up. Without a measure the rules are those of the facts, bit
for bit. A measure never sees people: it changes rules, and people respond to them.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.config import Behaviour, Measure, parse_date
from sim.errors import InputError, nearest
from sim.geography import Geography
from sim.rules import Facts, Rules, rules_of_facts


@dataclass
class InForce:
    """A measure on one day, with its places resolved."""

    amount: float
    spots: np.ndarray  # spots of the theatre it acts on
    places: np.ndarray  # places it acts on
    groups: np.ndarray  # groups it acts on
    first: bool  # whether this is its first day


@dataclass
class Effect:
    """One way in which a measure may change the rules."""

    act: Callable[[Rules, InForce], None]
    low: float
    high: float
    unit: str
    meaning: str


def _factor(name: str):
    def act(rules: Rules, now: InForce) -> None:
        setattr(rules, name, getattr(rules, name) * now.amount)

    return act


def _factor_at_spots(name: str):
    def act(rules: Rules, now: InForce) -> None:
        getattr(rules, name)[now.spots] *= now.amount

    return act


def _set(name: str):
    def act(rules: Rules, now: InForce) -> None:
        setattr(rules, name, type(getattr(rules, name))(now.amount))

    return act


def _drop_once(rules: Rules, now: InForce) -> None:
    if now.first:
        rules.threat_factor *= now.amount


def _fade(rules: Rules, now: InForce) -> None:
    if not now.first:
        rules.threat_factor *= now.amount


def _ceasefire(rules: Rules, now: InForce) -> None:
    rules.ceasefire = bool(now.amount)
    if rules.ceasefire:
        rules.push_air[:] = 0.0
        rules.push_ground[:] = 0.0


def _reassurance(rules: Rules, now: InForce) -> None:
    if not now.amount:
        rules.reassured_days = -1.0


def _camp_places(rules: Rules, now: InForce) -> None:
    if now.first:
        rules.camp_places[now.places] += now.amount / max(len(now.places), 1)


def _readiness(rules: Rules, now: InForce) -> None:
    rules.readiness[now.groups] *= now.amount


def _extra_transfers(rules: Rules, now: InForce) -> None:
    rules.transfers += now.amount / 7.0


EFFECTS: dict[str, Effect] = {
    "push_air": Effect(_factor_at_spots("push_air"), 0, 10, "factor", "on bombardment and strikes at the places"),
    "push_ground": Effect(_factor_at_spots("push_ground"), 0, 10, "factor", "on ground advances at the places"),
    "shelter": Effect(_factor_at_spots("shelter"), 0, 5, "factor", "on the protection near the border"),
    "threat_once": Effect(_drop_once, 0, 1, "factor", "on standing threat, on the first day only"),
    "threat_fade": Effect(_fade, 0, 1, "factor/day", "on standing threat, on each day after the first"),
    "ceasefire": Effect(_ceasefire, 0, 1, "switch", "a kept ceasefire: no pushes, returns begin"),
    "reassurance": Effect(_reassurance, 0, 1, "switch", "0 takes the effect of the reinforcement away"),
    "exit_gate": Effect(_set("exit_gate"), 0, 1, "switch", "the host country lets people go to the land gates"),
    "exit_sea": Effect(_set("exit_sea"), 0, 1, "switch", "the host country does not guard the coast"),
    "news": Effect(_set("announced"), 0, 1, "switch", "the opening is announced"),
    "fare_gate": Effect(_set("fare_gate"), 0, 10_000, "USD/person", "price of the way to the land gates"),
    "entry_greece": Effect(_set("entry_greece"), -1, 1e7, "people/day", "admission at the gates; -1 for everyone"),
    "success_guarded": Effect(_set("success_guarded"), 0, 1, "share", "undetected entry per attempt at the gates"),
    "pushback_land": Effect(_set("pushback_land"), 0, 1, "share", "undetected land entries pushed back"),
    "pushback_sea": Effect(_set("pushback_sea"), 0, 1, "share", "boats pushed back at sea"),
    "pushback_land_factor": Effect(_factor("pushback_land"), 0, 10, "factor", "on land pushbacks"),
    "intercept_sea": Effect(_set("intercept_sea"), 0, 1, "share", "boats stopped by the host's coast guard"),
    "intercept_river": Effect(_set("intercept_river"), 0, 1, "share", "river crossings stopped by the host"),
    "attempts": Effect(_factor("attempts"), 0, 10, "factor", "on attempts at the gates"),
    "give_up": Effect(_factor("give_up"), 0, 10, "factor", "on leaving the border"),
    "evacuate_gates": Effect(_set("evacuate"), 0, 1, "switch", "buses take everyone from the gates home"),
    "travel_host": Effect(_factor("travel"), 0, 10, "factor", "on departures by sea and river"),
    "readiness": Effect(_readiness, 0, 10, "factor", "on the readiness to go west"),
    "entry_turkey": Effect(_set("entry_turkey"), -1, 1e7, "people/day", "admission from the theatre; -1 for all"),
    "seam_cost": Effect(_factor("seam"), 0, 10, "factor", "on the cost of the checkpoint to the north"),
    "transfers": Effect(_factor("transfers"), 0, 100, "factor", "on transfers from the islands"),
    "transfers_extra": Effect(_extra_transfers, 0, 1e6, "people/week", "more transfers from the islands"),
    "aid": Effect(_factor_at_spots("aid"), 0, 10, "factor", "on aid at the places"),
    "camp_places": Effect(_camp_places, 0, 1e7, "people", "camp places built on the first day, over the places"),
    "resettled": Effect(_set("resettled"), 0, 1e6, "people/day", "resettled from the host country"),
}


@dataclass
class ActivePolicy:
    """The measures of a run, checked against the case; day numbers instead of dates."""

    measures: dict[str, Measure]
    first: dict[str, int]
    last: dict[str, int]
    places: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]


def prepare(
    policy: Mapping[str, Measure],
    geography: Geography,
    group_names: list[str],
    start: datetime.date,
    n_days: int,
) -> ActivePolicy:
    """Check a policy against the case and number its days.

    Raises
    ------
    InputError
        For an unknown effect or place, an amount out of range, or a first day before the case begins.
    """
    active = ActivePolicy(dict(policy), {}, {}, {}, {})
    for name, measure in policy.items():
        first = (parse_date(measure.first_day, "first_day") - start).days if measure.first_day else 0
        if first < 0:
            raise InputError(f"policy.{name}.first_day is {measure.first_day}, before the case begins on {start}")
        last = (parse_date(measure.last_day, "last_day") - start).days if measure.last_day else n_days
        active.first[name], active.last[name] = first, last
        active.places[name] = _resolve(f"policy.{name}.where", "place", measure.where, geography.names)
        active.groups[name] = _resolve(f"policy.{name}.who", "group", measure.who, group_names)
        _check_effects(name, measure)
    return active


def _resolve(key: str, kind: str, chosen: list[str], known: list[str]) -> np.ndarray:
    """Return the numbers of the chosen names; none chosen means all."""
    for name in chosen:
        if name not in known:
            raise InputError(f"{key} names the unknown {kind} '{name}'{nearest(name, known)}")
    return np.array([known.index(name) for name in chosen or known], dtype=np.int64)


def _check_effects(name: str, measure: Measure) -> None:
    if not measure.effects:
        raise InputError(f"policy.{name}.effects is empty; name at least one of: {', '.join(EFFECTS)}")
    for effect, amount in measure.effects.items():
        if effect not in EFFECTS:
            raise InputError(f"policy.{name}.effects names the unknown effect '{effect}'{nearest(effect, EFFECTS)}")
        low, high = EFFECTS[effect].low, EFFECTS[effect].high
        if not low <= amount <= high:
            raise InputError(
                f"policy.{name}.effects.{effect} is {amount}, but must lie between {low:,} and {high:,} "
                f"({EFFECTS[effect].unit}: {EFFECTS[effect].meaning})"
            )


def rules_today(
    facts: Facts,
    active: ActivePolicy,
    triggered: Mapping[str, int],
    geography: Geography,
    behaviour: Behaviour,
    day: int,
) -> Rules:
    """Return today's rules: the facts, then the measures in force, in the order of the policy.

    Parameters
    ----------
    triggered
        Day from which each conditional measure applies; one not in it has not been triggered.
    """
    rules = rules_of_facts(facts, geography, behaviour, day)
    for name, measure in active.measures.items():
        first = triggered.get(name, facts.air.shape[0] + 1) if measure.watch else active.first[name]
        if first <= day <= active.last[name]:
            places = active.places[name]
            spots = geography.spot[places]
            for effect, amount in measure.effects.items():
                now = InForce(amount, spots[spots >= 0], places, active.groups[name], day == first)
                EFFECTS[effect].act(rules, now)
    return rules
