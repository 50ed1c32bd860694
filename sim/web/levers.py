"""The levers of a set-up as the page draws them: what can be turned, between which bounds, and where it stands."""

import datetime
import math
import shlex

from sim.config import Measure
from sim.effects import EFFECTS, SWITCH
from sim.paths import groups
from sim.views.wording import scenario_name
from sim.web.catalogue import composed, measures, own_policy, priors
from sim.web.setup import POPULATIONS, REPLICATES, SIDES, Setup, config_of, link, pairs_of, words

HARMFUL = ("illegal", "harmful")
_ROOM = 4  # a slider goes to so many times the amount of the measure's file
_PEOPLE = {"class": "class size: one household in 20", "tiny": "tiny: one household in 400, quick and rough"}
_SHARE, _FACTOR, _STEPS = 1.0, 2.0, 100


def spec(setup: Setup) -> dict:
    """Return everything that the page needs to draw the levers; only what JSON can hold."""
    config = config_of(setup, "a")
    return {
        "start": config.start.isoformat(),
        "n_days": config.n_days,
        "scenarios": [[name, scenario_name(name)] for name in groups()["scenario"]],
        "populations": [[name, _PEOPLE[name]] for name in POPULATIONS],
        "replicates": list(REPLICATES),
        "population": setup.population,
        "seed": setup.seed,
        "n": setup.replicates,
        "sides": {letter: _side(setup, letter) for letter in SIDES},
        "behaviour": _behaviour(setup),
        "link": link(setup),
        "file": "# A set-up of sim web\n" + "".join(f"{name}={text}\n" for name, text in pairs_of(setup)),
    }


def _side(setup: Setup, letter: str) -> dict:
    side, config = getattr(setup, letter), config_of(setup, letter)
    rest = [name for name in groups()["policy"] if name not in config.policy]
    return {
        "scenario": side.scenario,
        "story": config.scenario.story,
        "is_own": tuple(config.policy) == own_policy(side.scenario) and not side.values,
        "measures": [_measure(name, one, config.start) for name, one in config.policy.items()],
        "others": [[name, scenario_name(name)] for name in rest],
        "command": shlex.join(["sim", "run", *words(setup, letter)]),
    }


def _measure(name: str, measure: Measure, start: datetime.date) -> dict:
    return {
        "name": name,
        "title": scenario_name(name),
        "what": measure.what,
        "harm": measure.what.lower().startswith(HARMFUL) or bool(measure.harm),
        "because": measure.because,
        "days": [_day(which, getattr(measure, which), start) for which in ("first_day", "last_day")],
        "amounts": [_amount(name, effect, value) for effect, value in measure.effects.items()],
    }


def _day(which: str, text: str, start: datetime.date) -> dict:
    """Return a date handle; a day that is not given is the first or the last of all, and stays so until moved."""
    number = (datetime.date.fromisoformat(text) - start).days if text else None
    return {"name": which, "label": which.replace("_", " ").capitalize(), "day": number}


def _amount(measure: str, name: str, value: float) -> dict:
    effect = EFFECTS[name]
    low, high = _bounds(name, measures()[measure].effects[name], value)
    return {
        "name": name,
        "label": f"{name.replace('_', ' ').capitalize()}: {effect.meaning}",
        "unit": "" if effect.unit == "switch" else effect.unit,
        "is_switch": effect.unit == "switch",
        "low": low,
        "high": high,
        "step": 1 if low < 0 else (high - low) / _STEPS,
        "value": value,
        "note": "−1: everybody" if low < 0 else "",
    }


def _bounds(name: str, usual: float, value: float) -> tuple[float, float]:
    """Return the ends of an amount's slider: wide enough for what is usual and what is set, within what is allowed."""
    effect = EFFECTS[name]
    if effect.high <= 1:
        return effect.low, _SHARE
    if effect.kind == SWITCH and effect.low < 0 and usual < 0:
        return effect.low, 5_000.0
    widest = max(_ROOM * abs(usual), _FACTOR if effect.unit.startswith("factor") else 1.0, value)
    return min(max(effect.low, 0.0), value), min(effect.high, _round_up(widest))


def _round_up(number: float) -> float:
    """Return the next number of the form 1, 2, 4, 5 or 8 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(number))
    return next(size * digit for digit in (1, 2, 4, 5, 8, 10) if size * digit >= number - 1e-9)


def _behaviour(setup: Setup) -> list[dict]:
    usual, own = composed(()).behaviour, dict(setup.behaviour)
    return [
        {
            "name": name,
            "label": f"{name.replace('_', ' ').capitalize()}: {prior.parameter.meaning}",
            "unit": "" if prior.parameter.unit == "1" else prior.parameter.unit,
            "low": prior.low,
            "high": prior.high,
            "is_log": prior.scale == "log",
            "usual": getattr(usual, name),
            "value": own.get(name, getattr(usual, name)),
        }
        for name, prior in priors().items()
    ]
