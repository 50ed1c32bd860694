"""The scenarios of a comparison: `a`, `a+measure` with a measure more, `a~measure` without one of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.compose import OWN_POLICIES, compose
from sim.config import Config
from sim.errors import InputError, nearest
from sim.paths import groups

_FORM = re.compile(r"([\w-]+)((?:[+~][\w-]+)*)")


@dataclass
class Variant:
    """One scenario to be simulated, with the words behind `sim run` that simulate it, too."""

    name: str
    config: Config
    words: list[str]


def listed(text: str) -> list[str]:
    """Read a list as it is written on the command line: [a,b] or a,b."""
    inside = text.strip().removeprefix("[").removesuffix("]")
    return [item.strip() for item in inside.split(",") if item.strip()]


def variants(names: Sequence[str], words: Sequence[str]) -> list[Variant]:
    """Compose each scenario with the same settings.

    A setting of a measure, as policy.NAME.first_day=..., holds for the scenarios that have the measure.

    Raises
    ------
    InputError
        For an unknown scenario or measure, or settings that would make all scenarios the same.
    """
    for word in words:
        if word.startswith(("policy=", "scenario=")):
            raise InputError(
                f"'{word}' would be the same in every scenario: write scenarios=[a,b,a+measure,a~measure], "
                "or compare finished runs: runs=[DIR1,DIR2]"
            )
    chosen = {name: _chosen_words(name, words) for name in names}
    kept = _applying(words, chosen)
    found = []
    for name, own in chosen.items():
        config = compose([*kept[name], *own])
        story = config.scenario.story if name in groups()["scenario"] else f"{config.scenario.story} Here: {name}."
        named = replace(config, scenario=replace(config.scenario, name=name, story=story))
        found.append(Variant(name, named, [*own, *kept[name]]))
    return found


def _chosen_words(name: str, words: Sequence[str]) -> list[str]:
    """Return the words that choose a scenario and, where it is written as a variant, its measures."""
    form = _FORM.fullmatch(name)
    if not form:
        raise InputError(f"scenarios names '{name}', but must name scenarios such as a, a+measure or a~measure")
    scenario, changes = form[1], re.findall(r"([+~])([\w-]+)", form[2])
    choice = [f"scenario={scenario}"]
    if not changes:
        return choice
    policies = list(compose([*_of_groups(words), *choice]).policy)
    for sign, measure in changes:
        if sign == "+":
            policies.append(measure)
        elif measure in policies:
            policies.remove(measure)
        else:
            raise InputError(f"'{name}': {scenario} has no measure '{measure}'{nearest(measure, policies)}")
    return [*choice, f"policy=[{','.join(policies)}]"]


def _of_groups(words: Sequence[str]) -> list[str]:
    """Return the words that choose files, not values."""
    return [word for word in words if word.startswith(OWN_POLICIES) or word.partition("=")[0] in groups()]


def _applying(words: Sequence[str], chosen: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the words for each scenario: all but settings of measures that only other scenarios have."""
    if not any(word.startswith("policy.") for word in words):
        return dict.fromkeys(chosen, list(words))
    measures = {name: set(compose([*_of_groups(words), *own]).policy) for name, own in chosen.items()}
    elsewhere = set().union(*measures.values())
    foreign = {name: {f"policy.{measure}" for measure in elsewhere - own} for name, own in measures.items()}
    return {
        name: [word for word in words if ".".join(word.partition("=")[0].split(".")[:2]) not in foreign[name]]
        for name in chosen
    }
