"""Priors and tolerances: within which bounds a study may vary what, and how near is near (`conf/calibration.yaml`).

A study works in shares of the priors: each parameter as a number from 0 to 1, its prior's distribution function.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from sim.config import Config
from sim.errors import InputError, nearest
from sim.parameters import Parameter, full_name, parameters, value_of
from sim.paths import data_folder

SCALES = ("linear", "log")
_KEYS = {"priors": {"low", "high", "scale", "because"}, "tolerances": {"relative", "because"}}


@dataclass(frozen=True)
class Prior:
    """A uniform distribution of a parameter between two bounds, of its logarithm where the scale is log."""

    parameter: Parameter
    low: float
    high: float
    scale: str
    because: str

    @property
    def name(self) -> str:
        """Full name of the parameter."""
        return self.parameter.name

    def value(self, share: float) -> float:
        """Return the value below which a share of the prior lies, to six digits, as files of sets will hold it."""
        if self.scale == "log":
            found = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            found = self.low + share * (self.high - self.low)
        return self.parameter.cast(float(f"{min(max(found, self.low), self.high):.6g}"))

    def share(self, value: float) -> float:
        """Return the share of the prior that lies below a value, 0 to 1."""
        low, high, own = self.low, self.high, min(max(value, self.low), self.high)
        if self.scale == "log":
            low, high, own = math.log(low), math.log(high), math.log(own)
        return (own - low) / (high - low)


def read_settings(path: Path | str | None) -> dict[str, dict[str, dict]]:
    """Return the priors and tolerances of a file, of `conf/calibration.yaml` by default, as they stand in it.

    Raises
    ------
    InputError
        In one sentence, naming the file and the entry.
    """
    path = Path(path) if path else data_folder("conf") / "calibration.yaml"
    if not path.is_file():
        raise InputError(f"priors is '{path}', but there is no such file")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(content, dict) or set(content) != set(_KEYS):
        raise InputError(f"{path} must have two entries, priors and tolerances, and no other")
    for part, allowed in _KEYS.items():
        for name, entry in content[part].items():
            _check_entry(f"{path}: {part}.{name}", entry, allowed)
    return content


def _check_entry(where: str, entry: object, allowed: set[str]) -> None:
    numbers = allowed & {"low", "high", "relative"}
    if not isinstance(entry, dict) or not numbers <= set(entry) or "because" not in entry:
        raise InputError(f"{where} must give {', '.join(sorted(numbers))} and because")
    for key in entry:
        if key not in allowed:
            hint = nearest(key, allowed)
            raise InputError(f"{where} has '{key}', but may have only {', '.join(sorted(allowed))}{hint}")
    for key in numbers:
        if isinstance(entry[key], bool) or not isinstance(entry[key], int | float) or not math.isfinite(entry[key]):
            raise InputError(f"{where}.{key} is '{entry[key]}', but must be a number")
    if entry.get("scale", "linear") not in SCALES:
        raise InputError(f"{where}.scale is '{entry['scale']}', but must be linear or log")


def chosen_priors(names: Sequence[str], settings: dict, config: Config) -> list[Prior]:
    """Return the prior of each parameter named.

    Raises
    ------
    InputError
        For a name that is no parameter or has no prior, a prior outside the parameter's range or without width.
    """
    known = parameters(config)
    entries = {full_name(name): entry for name, entry in settings["priors"].items()}
    if not names:
        raise InputError("parameters names none: write parameters=[onward_rate,distance_cost]")
    found = []
    for name in map(full_name, names):
        if name not in known:
            raise InputError(f"there is no parameter '{name}'{nearest(name, known)}")
        if name not in entries:
            raise InputError(f"'{name}' has no prior{nearest(name, entries)}; give it one in a file: priors=FILE")
        if name in [prior.name for prior in found]:
            raise InputError(f"'{name}' is named twice")
        found.append(_prior(known[name], entries[name]))
    return found


def _prior(parameter: Parameter, entry: dict) -> Prior:
    low, high, scale = float(entry["low"]), float(entry["high"]), entry.get("scale", "linear")
    if not parameter.low <= low < high <= parameter.high:
        allowed = f"must have width and lie between {parameter.low:g} and {parameter.high:g}"
        raise InputError(f"the prior of '{parameter.name}', {low:g} to {high:g}, {allowed}")
    if scale == "log" and low <= 0:
        raise InputError(f"the prior of '{parameter.name}' begins at {low:g}, where no logarithm is: use scale: linear")
    return Prior(parameter, low, high, scale, entry["because"])


def tolerance(family: str, settings: dict) -> float:
    """Return the relative error of a family of counts that is one unit of residual."""
    entry = settings["tolerances"].get(family, settings["tolerances"].get("other"))
    if entry is None or not entry["relative"] > 0:
        raise InputError(f"tolerances must say above 0 what is near for '{family}', or for 'other'")
    return float(entry["relative"])


def values_at(priors: Sequence[Prior], shares: np.ndarray) -> dict[str, float]:
    """Return the values of the parameters at shares (P,) of their priors."""
    return {prior.name: prior.value(float(share)) for prior, share in zip(priors, shares, strict=True)}


def shares_of(priors: Sequence[Prior], config: Config) -> np.ndarray:
    """Return where a configuration stands in the priors, (P,); values outside stand at the bounds."""
    return np.array([prior.share(value_of(config, prior.name)) for prior in priors])
