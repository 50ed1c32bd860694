"""A set-up of the app: two scenarios with their levers, the people and the luck they share.

A set-up is written as pairs NAME=VALUE, in a link, in a file (one a line) and behind `sim web`:

    a=as_it_happened  b=winter_camps  population=class  seed=1  replicates=1  household=17
    b.policy=border_opening,winter_camps              the measures of a side, where they are not the scenario's own
    b.winter_camps.first_day=2020-01-10               a day or an amount of one of its measures
    b.winter_camps.camp_places=50000
    behaviour.onward_rate=0.2                          a parameter, the same on both sides, within its prior

Whatever comes from a browser passes through `read`: nothing else makes a set-up of a student's words.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from sim.config import Config, Measure, parse_date
from sim.errors import InputError, nearest
from sim.parameters import with_values
from sim.paths import groups
from sim.web.catalogue import check_measures, composed, measures, own_policy, priors

SIDES = ("a", "b")
POPULATIONS = ("class", "tiny")  # small enough for a room that shares one machine
REPLICATES = (1, 3, 5)
DAYS = ("first_day", "last_day")
MOST_LETTERS, MOST_PAIRS = 8_000, 200
MOST_SEED, MOST_HOUSEHOLD = 2**31 - 1, 10**9


@dataclass(frozen=True)
class Side:
    """One of the two scenarios: its measures, where they are not its own, and what is set of them."""

    scenario: str
    policy: tuple[str, ...] | None = None
    values: tuple[tuple[str, str], ...] = ()  # (measure.first_day or measure.effect, text)

    def with_value(self, name: str, text: str) -> "Side":
        """Return the side with a day or an amount of a measure set anew."""
        return replace(self, values=tuple(sorted({**dict(self.values), name: text}.items())))

    def with_policy(self, policy: Iterable[str]) -> "Side":
        """Return the side with these measures; what was set of others is forgotten."""
        policy = tuple(policy)
        kept = tuple(pair for pair in self.values if pair[0].partition(".")[0] in policy)
        return replace(self, policy=policy, values=kept)


@dataclass(frozen=True)
class Setup:
    """What the app shows."""

    a: Side = Side("as_it_happened")
    b: Side = Side("border_never_opened")
    population: str = "class"
    seed: int = 1
    replicates: int = 1
    behaviour: tuple[tuple[str, float], ...] = ()
    household: int | None = None


def read(pairs: Iterable[tuple[str, str]]) -> Setup:
    """Return the set-up that pairs of a name and a value describe.

    Raises
    ------
    InputError
        For what is too much, has no such name, or is out of bounds.
    """
    pairs = list(pairs)
    if len(pairs) > MOST_PAIRS or sum(len(name) + len(text) for name, text in pairs) > MOST_LETTERS:
        raise InputError(f"this set-up is too long: at most {MOST_PAIRS} settings with {MOST_LETTERS:,} letters in all")
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"'{_short(name)}' is set twice")
    setup = Setup()
    for name, text in sorted(pairs, key=lambda pair: (pair[0].count("."), "policy" not in pair[0])):
        setup = changed(setup, name, text)
    return setup


def read_link(search: str | None) -> Setup:
    """Return the set-up of a link's query."""
    if len(search or "") > 4 * MOST_LETTERS:
        raise InputError(f"this link is too long: at most {MOST_LETTERS:,} letters")
    return read(parse_qsl(search or "", keep_blank_values=True, max_num_fields=None))


def read_file(text: str) -> Setup:
    """Return the set-up of a file: a pair NAME=VALUE a line; a line that begins with # is a remark."""
    if len(text) > 2 * MOST_LETTERS:
        raise InputError(f"this file is no set-up: it has {len(text):,} letters, at most {2 * MOST_LETTERS:,} are read")
    lines = [line.strip() for line in text.splitlines()]
    return read_words([line for line in lines if line and not line.startswith("#")])


def read_words(words: Iterable[str]) -> Setup:
    """Return the set-up of words NAME=VALUE, as they stand behind `sim web`."""
    pairs = []
    for word in words:
        name, sign, text = word.partition("=")
        if not sign:
            raise InputError(f"'{_short(word)}' cannot be read: write NAME=VALUE, such as b=winter_camps")
        pairs.append((name.strip(), text.strip()))
    return read(pairs)


def pairs_of(setup: Setup) -> list[tuple[str, str]]:
    """Return a set-up as the pairs that `read` takes; what is as usual is left out, but for both scenarios."""
    usual, found = Setup(), []
    for letter in SIDES:
        side = getattr(setup, letter)
        found.append((letter, side.scenario))
        if side.policy is not None:
            found.append((f"{letter}.policy", ",".join(side.policy)))
        found += [(f"{letter}.{name}", text) for name, text in side.values]
    for name in ("population", "seed", "replicates", "household"):
        if getattr(setup, name) != getattr(usual, name):
            found.append((name, str(getattr(setup, name))))
    return found + [(f"behaviour.{name}", f"{value:g}") for name, value in setup.behaviour]


def link(setup: Setup) -> str:
    """Return the query of the link that restores a set-up."""
    return urlencode(pairs_of(setup), safe=",")


def changed(setup: Setup, name: str, text: str) -> Setup:
    """Return a set-up with one setting changed; InputError where that cannot be."""
    name, text = str(name), str(text)
    first, _, rest = name.partition(".")
    if name in SIDES:
        return replace(setup, **{name: Side(_one_of(name, text, groups()["scenario"]))})
    if first in SIDES and rest:
        return replace(setup, **{first: _changed_side(getattr(setup, first), name, rest, text)})
    if first == "behaviour" and rest:
        return _with_parameter(setup, rest, text)
    if name == "population":
        return replace(setup, population=_one_of(name, text, POPULATIONS))
    if name == "seed":
        return replace(setup, seed=_whole(name, text, 0, MOST_SEED))
    if name == "replicates":
        return replace(setup, replicates=int(_one_of(name, text, [str(n) for n in REPLICATES])))
    if name == "household":
        return replace(setup, household=_whole(name, text, 0, MOST_HOUSEHOLD) if text else None)
    known = [*SIDES, "population", "seed", "replicates", "household", "a.policy", "b.policy"]
    raise InputError(f"there is no setting '{_short(name)}'{nearest(_short(name), known)}; see sim web --help")


def words(setup: Setup, letter: str) -> list[str]:
    """Return the words behind `sim run` that simulate a side."""
    side: Side = getattr(setup, letter)
    found = [f"scenario={side.scenario}", f"population={setup.population}", f"seed={setup.seed}"]
    found += [f"replicates={setup.replicates}"] * (setup.replicates > 1)
    if side.policy is not None and side.policy != own_policy(side.scenario):
        found.append(f"policy=[{','.join(side.policy)}]")
    for name, text in side.values:
        measure, _, what = name.partition(".")
        found.append(f"policy.{measure}.{what if what in DAYS else f'effects.{what}'}={text}")
    return found + [f"behaviour.{name}={value:g}" for name, value in setup.behaviour]


def configs(setup: Setup) -> dict[str, Config]:
    """Return the checked configuration of each side; InputError in one sentence, naming the side."""
    found = {}
    for letter in SIDES:
        try:
            found[letter] = config_of(setup, letter)
            check_measures(found[letter])
        except InputError as error:
            raise InputError(f"{letter.upper()}: {error}") from error
    return found


def config_of(setup: Setup, letter: str) -> Config:
    """Return what `words` compose to, files read once a choice: a lever that moves must not wait for Hydra."""
    side: Side = getattr(setup, letter)
    choice = [f"scenario={side.scenario}"]
    if side.policy is not None and side.policy != own_policy(side.scenario):
        choice.append(f"policy=[{','.join(side.policy)}]")
    base = composed(choice)
    policy = dict(base.policy)
    for name in dict.fromkeys(name.partition(".")[0] for name, _ in side.values):
        policy[name] = _turned(name, policy[name], side.values)
    behaviour = {f"behaviour.{name}": value for name, value in setup.behaviour}
    people = composed([f"population={setup.population}"]).population
    luck = {"seed": setup.seed, "replicates": setup.replicates}
    return replace(with_values(base, behaviour), policy=policy, population=people, **luck)


def _turned(name: str, measure: Measure, values: Iterable[tuple[str, str]]) -> Measure:
    """Return a measure with what is set of it."""
    own = {key.partition(".")[2]: text for key, text in values if key.partition(".")[0] == name}
    amounts = {what: float(text) for what, text in own.items() if what not in DAYS}
    days = {what: text for what, text in own.items() if what in DAYS}
    try:
        return replace(measure, effects={**measure.effects, **amounts}, **days)
    except InputError as error:
        raise InputError(f"policy.{name}: {error}") from error


def policy_of(side: Side) -> tuple[str, ...]:
    """Return the names of a side's measures, in order."""
    return own_policy(side.scenario) if side.policy is None else side.policy


def _changed_side(side: Side, name: str, rest: str, text: str) -> Side:
    if rest == "policy":
        policy = [one.strip() for one in text.split(",") if one.strip()]
        for one in policy:
            _one_of(name, one, groups()["policy"])
            if policy.count(one) > 1:
                raise InputError(f"{name} names '{one}' twice")
        return side.with_policy(policy)
    measure, _, what = rest.partition(".")
    _one_of(f"the measure of {_short(name)}", measure, policy_of(side))
    known = (*DAYS, *measures()[measure].effects)
    if what not in known:
        raise InputError(f"there is no setting '{_short(name)}': of {measure} can be set {', '.join(known)}")
    if what in DAYS:
        parse_date(text, name)
        return side.with_value(rest, text)
    return side.with_value(rest, f"{_number(name, text):g}")


def _with_parameter(setup: Setup, name: str, text: str) -> Setup:
    prior = priors().get(name)
    if prior is None:
        raise InputError(f"there is no prior for 'behaviour.{_short(name)}'{nearest(_short(name), priors())}")
    value = _number(f"behaviour.{name}", text)
    if not prior.low <= value <= prior.high:
        raise InputError(f"behaviour.{name} is {value:g}, but must lie between {prior.low:g} and {prior.high:g}")
    values = {**dict(setup.behaviour), name: float(f"{value:g}")}
    return replace(setup, behaviour=tuple(sorted(values.items())))


def _one_of(name: str, text: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    if text not in allowed:
        hint = f"one of {', '.join(allowed)}{nearest(_short(text), allowed)}"
        raise InputError(f"{_short(name)} is '{_short(text)}', but must be {hint}")
    return text


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"\d{1,12}", text) or not low <= int(text) <= high:
        raise InputError(f"{name} is '{_short(text)}', but must be a whole number between {low:,} and {high:,}")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        value = float(text) if len(text) <= 30 else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{name} is '{_short(text)}', but must be a number")
    return value


def _short(text: str) -> str:
    """Return a text that may come from anywhere, short enough for a sentence."""
    return text if len(text) <= 60 else f"{text[:57]}..."
