"""The closed list of effects: each a small function that changes today's rules, and nothing else.

An effect is a switch, an amount or a factor; `sim/policies.py` says how these compose.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.rules import Attacks, Facts, Rules

KINDS = SWITCH, AMOUNT, FACTOR = range(3)
DAYS_A_MONTH = 365.25 / 12
MOSTLY = 0.5  # a place counts as a whole where it cannot be divided


@dataclass
class Target:
    """Where and on whom a measure acts."""

    spots: np.ndarray  # (n,) spots of the theatre
    share: np.ndarray  # (n,) share of the people of each
    camps: np.ndarray  # (m,) places in which camps can be built: the settled ones among the spots
    gates: np.ndarray  # (e,) crossings from the theatre, counted among these
    groups: np.ndarray  # (g,)


@dataclass
class InForce:
    """One effect of a measure on one day."""

    amount: float
    target: Target
    today: int
    first: int  # the measure's first day
    facts: Facts
    attacks: Attacks | None = None  # its schedule, day 0 on the first day
    since: int = 0  # first of the days whose attacks go on


@dataclass
class Effect:
    """One way in which a measure may change the rules."""

    act: Callable[[Rules, InForce], None]
    kind: int
    low: float
    high: float
    unit: str
    meaning: str
    at: str = field(default="")  # what it needs of its target: spots, camps, gates or groups


def _set(name: str):
    def act(rules: Rules, now: InForce) -> None:
        setattr(rules, name, type(getattr(rules, name))(now.amount))

    return act


def _factor(name: str):
    def act(rules: Rules, now: InForce) -> None:
        setattr(rules, name, getattr(rules, name) * now.amount)

    return act


def _factor_at_spots(name: str):
    def act(rules: Rules, now: InForce) -> None:
        getattr(rules, name)[now.target.spots] *= 1.0 + (now.amount - 1.0) * now.target.share

    return act


def _whole(now: InForce) -> np.ndarray:
    return now.target.spots[now.target.share >= MOSTLY]


def _drop_once(rules: Rules, now: InForce) -> None:
    if now.today == now.first:
        rules.threat_factor *= now.amount


def _fade(rules: Rules, now: InForce) -> None:
    if now.today != now.first and rules.ceasefire.any():
        rules.threat_factor *= now.amount


def _ceasefire(rules: Rules, now: InForce) -> None:
    rules.ceasefire[_whole(now)] = bool(now.amount)
    _freeze_front(rules, now)


def _freeze_front(rules: Rules, now: InForce) -> None:
    rules.front_of[_whole(now)] = max(now.first - 1, 0) if now.amount else now.today


def _attack(rules: Rules, now: InForce) -> None:
    day = now.today - now.first
    rules.push_air += now.amount * now.attacks.air[day]
    rules.push_ground += now.amount * now.attacks.ground[day]


def _attacks_go_on(rules: Rules, now: InForce) -> None:
    rules.push_air += now.amount * now.facts.air[now.since : now.first].mean(axis=0)
    rules.push_ground += now.amount * now.facts.ground[now.since : now.first].mean(axis=0)


def _reassurance(rules: Rules, now: InForce) -> None:
    rules.reassured_days = float(now.today - now.facts.reinforcement) if now.amount else -1.0


def _protection(rules: Rules, now: InForce) -> None:
    rules.protection[now.target.spots] = now.amount * now.target.share


def _safe_return(rules: Rules, now: InForce) -> None:
    rules.safe_return[now.target.spots] += now.amount * now.target.share


def _entry_turkey(rules: Rules, now: InForce) -> None:
    rules.entry_turkey = float(now.amount)
    rules.entry_open[:] = False
    rules.entry_open[now.target.gates] = True


def _camp_places(rules: Rules, now: InForce) -> None:
    if now.today == now.first:
        # Whole places that add up to the amount.
        n = len(now.target.camps)
        rules.camp_places[now.target.camps] += np.diff(np.rint(now.amount * np.arange(n + 1) / max(n, 1)))


def _readiness(rules: Rules, now: InForce) -> None:
    rules.readiness[now.target.groups] *= now.amount


def _transfers_extra(rules: Rules, now: InForce) -> None:
    rules.transfers += now.amount / 7.0


def _resettled(rules: Rules, now: InForce) -> None:
    rules.resettled[now.target.groups] += now.amount / DAYS_A_MONTH


def _switch(act, meaning: str, at: str = "") -> Effect:
    return Effect(act, SWITCH, 0, 1, "switch", meaning, at)


def _share(name: str, meaning: str) -> Effect:
    return Effect(_set(name), SWITCH, 0, 1, "share", meaning)


def _times(name: str, meaning: str) -> Effect:
    return Effect(_factor(name), FACTOR, 0, 10, "factor", meaning)


def _times_at(name: str, meaning: str) -> Effect:
    return Effect(_factor_at_spots(name), FACTOR, 0, 10, "factor", meaning, "spots")


EFFECTS: dict[str, Effect] = {
    # the war
    "push_air": _times_at("push_air", "on bombardment and strikes at the places"),
    "push_ground": _times_at("push_ground", "on ground advances at the places"),
    "attacks": Effect(_attack, AMOUNT, 0, 10, "factor", "plays the attacks of the measure's schedule, so strong"),
    "attacks_go_on": Effect(_attacks_go_on, AMOUNT, 0, 10, "factor", "repeats the mean attack of the days since"),
    "control_frozen": _switch(_freeze_front, "the front line stays where it was", "spots"),
    "ceasefire": _switch(_ceasefire, "nobody attacks, the front line stays, people may return", "spots"),
    "threat_once": Effect(_drop_once, FACTOR, 0, 1, "factor", "on standing threat, on the first day only"),
    "threat_fade": Effect(_fade, FACTOR, 0, 1, "factor/day", "on standing threat, on each later day of a ceasefire"),
    "shelter": _times_at("shelter", "on the protection near the border"),
    "protection": Effect(_protection, SWITCH, 0, 1, "share", "of the people there, safe from every threat", "spots"),
    "reassurance": _switch(_reassurance, "0 takes the effect of the reinforcement away"),
    "returns": _times_at("returns", "on people returning home to the places"),
    "safe_return": Effect(_safe_return, AMOUNT, 0, 1, "share", "of homes open to return in a war", "spots"),
    # aid
    "aid": _times_at("aid", "on aid at the places"),
    "camp_places": Effect(_camp_places, AMOUNT, 0, 1e7, "people", "in camps built on the first day", "camps"),
    # the southern border
    "entry_turkey": Effect(_entry_turkey, SWITCH, -1, 1e7, "people/day", "let in from the south; -1 for all", "gates"),
    "entry_success": _share("entry_success", "of the attempts at the closed southern border that succeed"),
    "seam_cost": _times("seam", "on the cost of the checkpoint to the north"),
    # leaving for the west
    "exit_gate": _switch(_set("exit_gate"), "the host country lets people go to the land gates"),
    "exit_sea": _switch(_set("exit_sea"), "the host country does not guard the coast"),
    "news": _switch(_set("announced"), "the opening is announced"),
    "fare_gate": Effect(_set("fare_gate"), SWITCH, 0, 10_000, "USD/person", "for the way to the land gates"),
    "readiness": Effect(_readiness, FACTOR, 0, 10, "factor", "on the readiness to go west", "groups"),
    "travel_host": _times("travel", "on departures by sea and river"),
    # the western border
    "entry_greece": Effect(_set("entry_greece"), SWITCH, -1, 1e7, "people/day", "let in at the gates; -1 for all"),
    "success_guarded": _share("success_guarded", "of the attempts at the guarded gates that succeed"),
    "pushback_land": _share("pushback_land", "of undetected land entries pushed back"),
    "pushback_land_factor": _times("pushback_land", "on land pushbacks"),
    "pushback_sea": _share("pushback_sea", "of boats pushed back at sea"),
    "intercept_sea": _share("intercept_sea", "of boats stopped by the host's coast guard"),
    "intercept_river": _share("intercept_river", "of river crossings stopped by the host"),
    "attempts": _times("attempts", "on attempts at the gates"),
    "give_up": _times("give_up", "on leaving the border"),
    "evacuate_gates": _switch(_set("evacuate"), "buses take everyone from the gates home"),
    # beyond
    "transfers": _times("transfers", "on transfers from the islands"),
    "transfers_extra": Effect(_transfers_extra, AMOUNT, 0, 1e6, "people/week", "more transferred from the islands"),
    "resettled": Effect(_resettled, AMOUNT, 0, 1e6, "people/month", "resettled, of each group in who", "groups"),
}
