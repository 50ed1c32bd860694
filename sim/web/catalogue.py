"""What there is to choose from: the case, the measures, the scenarios' own policies, the priors. Read once a process.

Hydra composes for one thread at a time, so all of the app composes here.
"""

import functools
import threading
from collections.abc import Sequence

from sim.compose import compose
from sim.config import Config, Measure
from sim.paths import groups
from sim.runner import checked_case
from sim.seeds import Case
from sim.studies.priors import Prior, chosen_priors, read_settings

_MOST_COMPOSED = 512
_one_at_a_time = threading.Lock()


def composed(words: Sequence[str]) -> Config:
    """Return the configuration of words behind `sim run`; not to be changed, for it is shared."""
    with _one_at_a_time:
        return _composed(tuple(words))


@functools.lru_cache(_MOST_COMPOSED)
def _composed(words: tuple[str, ...]) -> Config:
    return compose(words)


@functools.cache
def case() -> Case:
    """Return the facts of the crisis."""
    return checked_case(composed(()))


@functools.cache
def measures() -> dict[str, Measure]:
    """Return every measure that comes along, by name, as its file says."""
    return composed(["scenario=facts_only", f"policy=[{','.join(groups()['policy'])}]"]).policy


@functools.cache
def own_policy(scenario: str) -> tuple[str, ...]:
    """Return the names of a scenario's own measures, in order."""
    return tuple(composed([f"scenario={scenario}"]).policy)


@functools.cache
def priors() -> dict[str, Prior]:
    """Return the priors of the behaviour by short name: within them a student may turn a parameter."""
    settings = read_settings(None)
    found = chosen_priors(list(settings["priors"]), settings, composed(()))
    return {prior.name.partition(".")[2]: prior for prior in found}


def check_measures(config: Config) -> None:
    """Refuse measures that do not fit the case; InputError in one sentence."""
    from sim.policies import prepare

    prepare(config, case(), _geography())


@functools.cache
def _geography():
    from sim.geography import build_geography

    return build_geography(case())
