"""A policy: its measures checked against the case, and `rules_today`, which folds those in force into the rules.

The law of composition: today's rule is (the fact, or the last switch) plus all amounts, times all factors. So
factors commute and amounts commute, to the last bit; switches and set values apply in the order of the policy and
the last one wins. Where a ceasefire holds after that, nobody attacks, whatever was added. Without a measure the
rules are those of the facts, bit for bit. A measure never sees people: it changes rules, and people respond to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.areas import places_named, share_near
from sim.config import Behaviour, Config, Measure, parse_date
from sim.effects import EFFECTS, KINDS, MOSTLY, InForce, Target
from sim.errors import InputError, nearest
from sim.geography import Geography
from sim.rules import Attacks, Facts, Rules, read_schedule, rules_of_facts
from sim.seeds import Case

NEEDS = {
    "spots": "place where people flee from or to",
    "camps": "place with people in which camps can be built",
    "gates": "crossing into the host country",
}


@dataclass
class ActivePolicy:
    """The measures of a run, checked against the case; day numbers instead of dates."""

    measures: dict[str, Measure]
    first: dict[str, int]
    last: dict[str, int]
    since: dict[str, int]
    targets: dict[str, Target]
    attacks: dict[str, Attacks]  # of the measures with a schedule
    steps: list[tuple[str, float, str]]  # effect, amount and measure in the order in which they act


def prepare(config: Config, case: Case, geography: Geography) -> ActivePolicy:
    """Check the policy of a configuration against the case and number its days.

    Raises
    ------
    InputError
        For an unknown effect, place, group or schedule, an amount out of range, a day outside the case, or a key
        that would have no effect.
    """
    active = ActivePolicy(dict(config.policy), {}, {}, {}, {}, {}, [])
    for name, measure in config.policy.items():
        key = f"policy.{name}"
        _check_effects(key, measure)
        active.first[name] = _day(f"{key}.first_day", measure.first_day, 0, config)
        active.last[name] = _day(f"{key}.last_day", measure.last_day, config.n_days, config)
        active.since[name] = _day(f"{key}.since", measure.since, 0, config)
        if measure.since and active.since[name] >= active.first[name]:
            raise InputError(f"{key}.since is {measure.since}, but must lie before the measure's first day")
        active.targets[name] = _target(key, measure, case, geography)
        _check_keys(key, measure)
        if measure.schedule:
            _check_schedule(key, measure.schedule, case)
            attacks = read_schedule(case, measure.schedule, geography, config.behaviour, config.n_days)
            active.attacks[name] = attacks
    active.steps = _in_order(active.measures)
    return active


def _in_order(measures: dict[str, Measure]) -> list[tuple[str, float, str]]:
    """Return effect, amount and measure of all effects: switches in the order of the policy, amounts, factors."""
    steps = [(effect, amount, name) for name, measure in measures.items() for effect, amount in measure.effects.items()]
    switches, amounts, factors = ([step for step in steps if EFFECTS[step[0]].kind == kind] for kind in KINDS)
    # Sums and products depend on their order in the last bit; sorted, they depend on the set of measures only.
    return [*switches, *sorted(amounts), *sorted(factors)]


def _day(key: str, text: str, missing: int, config: Config) -> int:
    """Return the number of a day, which may lie after the end of the run but not before its beginning."""
    if not text:
        return missing
    day = (parse_date(text, key) - config.start).days
    if day < 0:
        raise InputError(f"{key} is {text}, before the case begins on {config.start}")
    return day


def _target(key: str, measure: Measure, case: Case, geography: Geography) -> Target:
    places = places_named(f"{key}.where", measure.where, case)
    spots = geography.spot[places]
    spots = spots[spots >= 0]
    share = np.ones(len(spots))
    if measure.around:
        key_of_line, width, scatter = f"{key}.around", measure.width_km, measure.scatter_km
        share = share_near(key_of_line, measure.around, width, scatter, case, geography)[spots]
    settled = np.unique(geography.parent[spots[share >= MOSTLY]])
    settled = settled[geography.people_start[settled] > 0]
    target = Target(
        spots=spots,
        share=share,
        camps=geography.place[settled],
        gates=np.flatnonzero(np.isin(geography.entry_gates, places)),
        groups=_groups(f"{key}.who", measure.who, list(case.groups["group"])),
    )
    for effect in measure.effects:
        need = EFFECTS[effect].at
        if (measure.where or measure.around) and need in NEEDS and not len(getattr(target, need)):
            raise InputError(f"{key}.where names no {NEEDS[need]}, which the effect {effect} needs")
    return target


def _groups(key: str, chosen: list[str], known: list[str]) -> np.ndarray:
    """Return the numbers of the chosen groups; none chosen means all."""
    for name in chosen:
        if name not in known:
            raise InputError(f"{key} names the unknown group '{name}'{nearest(name, known)}")
    return np.array([known.index(name) for name in dict.fromkeys(chosen or known)], dtype=np.int64)


def _check_effects(key: str, measure: Measure) -> None:
    """Refuse effects that do not exist and amounts outside their range."""
    if not measure.effects:
        raise InputError(f"{key}.effects is empty; name at least one of: {', '.join(EFFECTS)}")
    for name, amount in measure.effects.items():
        if name not in EFFECTS:
            raise InputError(f"{key}.effects names the unknown effect '{name}'{nearest(name, EFFECTS)}")
        effect = EFFECTS[name]
        if not effect.low <= amount <= effect.high:
            raise InputError(
                f"{key}.effects.{name} is {amount}, but must lie between {effect.low:,} and {effect.high:,} "
                f"({effect.unit}: {effect.meaning})"
            )
        if effect.unit == "switch" and amount not in (0, 1):
            raise InputError(f"{key}.effects.{name} is {amount}, but must be 0 or 1 (switch: {effect.meaning})")


def _check_keys(key: str, measure: Measure) -> None:
    """Refuse keys that none of the effects looks at, and effects without the key that they need."""
    used = {EFFECTS[name].at for name in measure.effects}
    somewhere, near = bool(used & set(NEEDS)), bool(used & {"spots", "camps"})
    for given, name, matters in (
        (measure.where, "where", somewhere),
        (measure.who, "who", "groups" in used),
        (measure.around, "around", near),
        (measure.width_km, "width_km", bool(measure.around)),
        (measure.above, "above", bool(measure.watch)),
    ):
        if given and not matters:
            raise InputError(f"{key}.{name} is given, but nothing else in the measure depends on it")
    for name, effect in (("schedule", "attacks"), ("since", "attacks_go_on")):
        if bool(getattr(measure, name)) != (effect in measure.effects):
            raise InputError(f"{key}: the key {name} and the effect {effect} go together, but only one is given")


def _check_schedule(key: str, name: str, case: Case) -> None:
    known = list(dict.fromkeys(case.what_if["schedule"])) if len(case.what_if) else []
    if name not in known:
        raise InputError(
            f"{key}.schedule is '{name}', but the what_if.csv of this case has "
            f"{', '.join(known) or 'no schedule'}{nearest(name, known)}"
        )


def rules_today(
    facts: Facts,
    active: ActivePolicy,
    triggered: Mapping[str, int],
    geography: Geography,
    behaviour: Behaviour,
    day: int,
) -> Rules:
    """Return today's rules: the facts, and the measures in force by the law of composition.

    Parameters
    ----------
    triggered
        Day from which each conditional measure applies; one not in it has not been triggered.
    """
    rules = rules_of_facts(facts, geography, behaviour, day)
    begun = _begun(active, triggered, day)
    for effect, amount, name in active.steps:
        if name in begun and day <= active.last[name]:
            attacks, since = active.attacks.get(name), active.since[name]
            now = InForce(amount, active.targets[name], day, begun[name], facts, attacks, since)
            EFFECTS[effect].act(rules, now)
    _draw_front(rules, facts, active, begun)
    for pushes in (rules.push_air, rules.push_ground):
        pushes[rules.ceasefire] = 0.0
    return rules


def _begun(active: ActivePolicy, triggered: Mapping[str, int], day: int) -> dict[str, int]:
    """Return the first day of each measure that has begun, in the order of the policy."""
    first = {
        name: triggered.get(name, day + 1) if measure.watch else active.first[name]
        for name, measure in active.measures.items()
    }
    return {name: begin for name, begin in first.items() if begin <= day}


def _draw_front(rules: Rules, facts: Facts, active: ActivePolicy, begun: Mapping[str, int]) -> None:
    """Draw the front line as of each spot's day: what the facts and the schedules have lost by then stays lost."""
    spots = np.arange(len(rules.front_of))
    rules.lost = facts.lost[rules.front_of, spots]
    rules.part_lost = facts.part_lost[rules.front_of, spots]
    for name, first in begun.items():
        if active.measures[name].effects.get("attacks", 0.0) > 0:
            elapsed = np.minimum(rules.front_of, active.last[name]) - first
            attacks, day = active.attacks[name], np.maximum(elapsed, 0)
            rules.lost |= (elapsed >= 0) & attacks.lost[day, spots]
            rules.part_lost = np.maximum(rules.part_lost, np.where(elapsed >= 0, attacks.part_lost[day, spots], 0.0))
