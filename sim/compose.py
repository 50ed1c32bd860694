"""From words on the command line to one `Config`, or to the cells of a sweep; the only importer of Hydra.

Hydra's compose API does the work (groups, defaults lists, its override grammar), behind plain argparse. What it would
accept in silence is refused first: settings that are added or removed, interpolations, files outside their group,
policy files that set anything but their own measure. Every complaint of Hydra, OmegaConf or YAML becomes one
`InputError` sentence.
"""

import pickle
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import hydra
import yaml
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.defaults_list import create_defaults_list
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.choicefiles import Choices, own_policies
from sim.complaints import choice_sentence, file_sentence, is_switch, key_sentence, value_sentence
from sim.config import Config
from sim.errors import InputError
from sim.owncase import spelled_out
from sim.paths import data_folder, groups

OWN_POLICIES = "policies="
_SEED = "seed="
_GROUP_VALUE = re.compile(r"[\w-]+")
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the quick one needs libyaml
_HYDRA_OPTIONS = {} if hydra.__version__.startswith("1.4") else {"version_base": "1.3"}

ConfigStore.instance().store(name="schema", node=Config)


def compose(overrides: Sequence[str] = ()) -> Config:
    """Compose one configuration.

    Raises
    ------
    InputError
        In one sentence, naming the setting or file, what is allowed and the nearest valid name.
    """
    words, loader = _opened(overrides)
    parsed = _parse(words, loader)
    for override in parsed:
        if override.is_sweep_override():
            raise InputError(
                f"'{override.input_line}' names several values: add -m to run each, or write [a,b] for a list"
            )
    return _finish(*_split(parsed, {}, loader))


def compose_many(overrides: Sequence[str]) -> list[tuple[str, Config]]:
    """Compose each combination of the values that are swept; a label tells what is particular to it.

    Files are read once per choice of groups, and combinations that differ in the seed only are composed once: a
    thousand seeds take half a second instead of twenty.
    """
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

    words, loader = _opened(overrides)
    parsed = _parse(words, loader)
    swept = {override.get_key_element() for override in parsed if override.is_sweep_override()}
    try:
        cells = BasicSweeper.split_arguments(parsed, max_batch_size=None)[0]
    except HydraException as error:
        raise InputError(f"cannot sweep: {_first_line(error)}") from error
    bases: dict[tuple[str, ...], bytes] = {}
    known: dict[tuple[str, ...], Config] = {}
    found = []
    for cell in cells:
        rest = tuple(word for word in cell if not word.startswith(_SEED))
        seed = next((word.removeprefix(_SEED) for word in cell if word.startswith(_SEED)), "")
        if rest in known and seed.isdecimal():
            config = replace(known[rest], seed=int(seed))
        else:
            config = known[rest] = _finish(*_split(_parse(cell, loader), bases, loader))
        found.append((" ".join(word for word in cell if word.partition("=")[0] in swept), config))
    return found


def recomposed(settings: dict) -> Config:
    """Build the configuration that `as_yaml` has written; what it left out is as if nothing had been said."""
    merged = OmegaConf.merge(OmegaConf.structured(Config), {**asdict(compose()), **settings})
    return OmegaConf.to_object(merged)


def as_yaml(config: Config, without: Sequence[str] = ()) -> str:
    """Write a configuration as YAML, every setting in it but those left out."""
    settings = {name: value for name, value in asdict(config).items() if name not in without}
    # As OmegaConf writes it, in a thirtieth of the time.
    return yaml.dump(settings, Dumper=_DUMPER, default_flow_style=False, allow_unicode=True, sort_keys=False)


def complete(words: str) -> list[str]:
    """Return the words that may follow on a bash command line from which `sim VERB` was cut off."""
    from hydra._internal.core_plugins.bash_completion import BashCompletion
    from hydra.core.global_hydra import GlobalHydra

    with hydra.initialize_config_dir(str(data_folder("conf").resolve()), **_HYDRA_OPTIONS):
        # Hydra's own answer also offers its internal settings, which are refused here.
        found = BashCompletion(GlobalHydra.instance().config_loader())._query(config_name="config", line=words)
    return [word for word in found if not word.startswith("hydra")]


def _opened(overrides: Sequence[str]) -> tuple[list[str], ConfigLoaderImpl]:
    """Separate `policies=DIR` from the other words; return these and Hydra's loader on `conf` and those policies."""
    words = spelled_out(overrides)
    own = own_policies([Path(word.removeprefix(OWN_POLICIES)) for word in words if word.startswith(OWN_POLICIES)])
    if _HYDRA_OPTIONS:
        hydra.version.setbase(*_HYDRA_OPTIONS.values())
    loader = ConfigLoaderImpl(ConfigSearchPathImpl())  # without Hydra's own settings, which would double the work
    loader.repository = Choices(own)
    return [word for word in words if not word.startswith(OWN_POLICIES)], loader


def _parse(words: Sequence[str], loader: ConfigLoaderImpl) -> list[Override]:
    """Parse overrides one by one and refuse what would go wrong in silence."""
    parsed = []
    for word in words:
        if "${" in word:
            raise InputError(f"'{word}': '${{' is not allowed in a value")
        try:
            override = OverridesParser.create(config_loader=loader).parse_overrides([word])[0]
        except OverrideParseException as error:
            raise InputError(
                f"cannot read '{word}': write NAME=VALUE, and quote a value with special characters: NAME=\"'a, b'\""
            ) from error
        if override.type is not OverrideType.CHANGE or override.package:
            raise InputError(f"'{word}': nothing can be added, removed or moved here, only set: NAME=VALUE")
        parsed.append(override)
    keys = [override.key_or_group for override in parsed]
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"'{key}' is set twice")
    return parsed


def _split(parsed: list[Override], bases: dict, loader: ConfigLoaderImpl) -> tuple[DictConfig, list[Override]]:
    """Compose the chosen groups (once per choice) and return a copy with the values that are left to set."""
    choices = [override for override in parsed if override.key_or_group in groups()]
    for override in choices:
        _check_choice(override, loader.repository.own)
    key = tuple(sorted(override.input_line for override in choices))
    if key not in bases:
        bases[key] = pickle.dumps(_load(key, loader))  # a fifth of the time that deepcopy takes
    return pickle.loads(bases[key]), [override for override in parsed if override not in choices]


def _check_choice(override: Override, own: dict[str, Path]) -> None:
    """Refuse a choice that is not a plain, existing name of its group (or, for policies, a list of them)."""
    group, value = override.key_or_group, override.value()
    names = value if isinstance(value, list) and group == "policy" else [value]
    known = [*groups()[group], *(own if group == "policy" else ())]
    for name in names:
        if not isinstance(name, str) or not _GROUP_VALUE.fullmatch(name) or name not in known:
            raise InputError(choice_sentence(group, name, known))
        if names.count(name) > 1:
            raise InputError(f"policy names '{name}' twice")


def _load(words: Sequence[str], loader: ConfigLoaderImpl) -> DictConfig:
    """Let Hydra compose the chosen files."""
    repository = CachingConfigRepository(loader.repository)
    try:
        chosen = OverridesParser.create().parse_overrides(list(words))
        listed = create_defaults_list(repository, "config", chosen, prepend_hydra=False, skip_missing=False)
        base = loader._compose_config_from_defaults_list(listed.defaults, repository)
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise InputError(file_sentence(error, data_folder("conf"), loader.repository.own)) from error
    OmegaConf.set_struct(base, True)
    return base


def _finish(base: DictConfig, values: list[Override]) -> Config:
    """Set the values, one by one, and build the checked dataclasses."""
    for override in values:
        key = override.key_or_group
        _check_key(base, key)
        if isinstance(override.value(), bool) != is_switch(key):  # OmegaConf would take 3 for true
            raise InputError(value_sentence(key, override.value()))
        try:
            ConfigLoaderImpl._apply_overrides_to_config([override], base)
        except (HydraException, OmegaConfBaseException) as error:
            raise InputError(value_sentence(key, override.value())) from error
    try:
        return OmegaConf.to_object(base)
    except OmegaConfBaseException as error:
        raise InputError(f"{error.full_key} is missing, but must be given") from error
    except InputError:
        _name_wrong_measure(base)
        raise


def _name_wrong_measure(base: DictConfig) -> None:
    """Where it is a measure that is refused, say which: it does not know its own name."""
    for name, measure in base.policy.items():
        try:
            OmegaConf.to_object(measure)
        except InputError as error:
            raise InputError(f"policy.{name}: {error}") from error


def _check_key(base: DictConfig, key: str) -> None:
    """Refuse a setting that does not exist."""
    node = base
    for part in key.split("."):
        if not isinstance(node, DictConfig) or part not in node.keys():  # `in node` misses what is still to be given
            raise InputError(key_sentence(key, OmegaConf.to_container(base)))
        node = node._get_node(part)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
