"""What there is to choose from: the case, the measures, the scenarios' own policies, the priors. Read once a process.

Hydra composes for one thread at a time, so all of the app composes here.
"""

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from sim.address import facts_checksum, program_checksum
from sim.compose import compose
from sim.config import Config, Measure
from sim.paths import groups
from sim.runner import checked_case
from sim.seeds import Case
from sim.studies.priors import Prior, chosen_priors, read_settings

_MOST_COMPOSED, _MOST_PASSED = 512, 10_000
_one_at_a_time = threading.RLock()
_composed: dict[tuple[str, ...], Config] = {}
_passed: set[tuple[str, str]] = set()


def _shared(make: Callable) -> Callable:
    """Keep what a function returns for all threads; those that ask for the same at a time wait for one to find it."""
    found: dict[tuple, object] = {}

    @functools.wraps(make)
    def get(*args):
        if args not in found:
            with _one_at_a_time:
                if args not in found:
                    found[args] = make(*args)
        return found[args]

    return get


def composed(words: Sequence[str]) -> Config:
    """Return the configuration of words behind `sim run`; not to be changed, for it is shared."""
    key = tuple(words)
    if known := _composed.get(key):  # without waiting for others
        return known
    with _one_at_a_time:
        if key not in _composed:
            while len(_composed) >= _MOST_COMPOSED:
                _composed.pop(next(iter(_composed)))
            _composed[key] = compose(words)
        return _composed[key]


def compose_all(populations: Sequence[str]) -> None:
    """Compose what there is to choose from, so that no page has to wait for it."""
    for name in groups()["scenario"]:
        check_measures(composed([f"scenario={name}"]))
    for name in populations:
        composed([f"population={name}"])
    measures(), priors()


@_shared
def case() -> Case:
    """Return the facts of the crisis."""
    return checked_case(composed(()))


@_shared
def facts_address() -> str:
    """Return the checksum of the facts; that of the program is read, too, for in CPython 3.11 two threads must not."""
    program_checksum()
    return facts_checksum(case())


@_shared
def measures() -> dict[str, Measure]:
    """Return every measure that comes along, by name, as its file says."""
    return composed(["scenario=facts_only", f"policy=[{','.join(groups()['policy'])}]"]).policy


@_shared
def own_policy(scenario: str) -> tuple[str, ...]:
    """Return the names of a scenario's own measures, in order."""
    return tuple(composed([f"scenario={scenario}"]).policy)


@_shared
def priors() -> dict[str, Prior]:
    """Return the priors of the behaviour by short name: within them a student may turn a parameter."""
    settings = read_settings(None)
    found = chosen_priors(list(settings["priors"]), settings, composed(()))
    return {prior.name.partition(".")[2]: prior for prior in found}


def check_measures(config: Config) -> None:
    """Refuse measures that do not fit the case; InputError in one sentence. What has passed is not checked again."""
    from sim.policies import prepare

    new = {name: measure for name, measure in config.policy.items() if (name, repr(measure)) not in _passed}
    prepare(replace(config, policy=new), case(), _geography())
    if len(_passed) > _MOST_PASSED:
        _passed.clear()
    _passed.update((name, repr(measure)) for name, measure in new.items())


@_shared
def _geography():
    from sim.geography import build_geography

    return build_geography(case())
