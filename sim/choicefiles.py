"""The files of choices as Hydra looks for them: those of `conf`, the user's own policies among them, each parsed once.

Hydra's own sources read every file twice for each composition, and parse it in plain Python.
"""

import functools
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from hydra._internal.config_repository import ConfigRepository
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.core_plugins.structured_config_source import StructuredConfigSource
from hydra.plugins.config_source import ConfigResult
from omegaconf import OmegaConf
from omegaconf.basecontainer import get_yaml_loader

from sim.complaints import check_policy, yaml_sentence
from sim.errors import InputError
from sim.owncase import PERIOD
from sim.paths import data_folder, groups, read_text

_POLICY = "policy/"
_Plain = get_yaml_loader()  # what YAML says by OmegaConf's rules; nothing in it is executed
_kept: dict[tuple[str, Path], tuple[str, bytes]] = {}

if yaml.__with_libyaml__ and not issubclass(_Plain, yaml.cyaml.CParser):  # from OmegaConf 2.4 on it is

    class _Quick(yaml.cyaml.CParser, _Plain):
        """The same rules upon the parser of libyaml, which takes a tenth of the time."""

        def __init__(self, stream: str):
            yaml.cyaml.CParser.__init__(self, stream)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)

else:
    _Quick = _Plain


class Choices(ConfigRepository):
    """What Hydra may choose among: files, and the dataclasses of `sim.config` as their schema."""

    def __init__(self, own: dict[str, Path]):
        self.own, self.files = own, _Files(own)
        self.sources = [self.files, StructuredConfigSource("schema", "structured://")]

    def load_config(self, config_path: str) -> ConfigResult | None:
        """Return what a file says, or the schema, as a copy: Hydra merges into it."""
        path = self.files.path_of(config_path)
        text = read_text(path) if path.is_file() else ""
        known, content = _kept.get((config_path, path), (None, b""))
        if known != text:
            content = pickle.dumps(super().load_config(config_path=config_path))
            _kept[config_path, path] = text, content
        return pickle.loads(content)


class _Files(FileConfigSource):
    """The folder `conf`, to whose policies the user's `own` are added by name."""

    def __init__(self, own: dict[str, Path]):
        super().__init__("main", f"file://{data_folder('conf').resolve()}")
        self.own = own

    def path_of(self, config_path: str) -> Path:
        """Return where the file of a choice such as `population/tiny` lies, or would lie."""
        name = config_path.removesuffix(".yaml")
        is_own = name.startswith(_POLICY) and name.removeprefix(_POLICY) in self.own
        return self.own[name.removeprefix(_POLICY)] if is_own else Path(self.path) / f"{name}.yaml"

    def load_config(self, config_path: str) -> ConfigResult:
        path = self.path_of(config_path)
        text = read_text(path)
        content = read_policy(path) if config_path.startswith(_POLICY) else _parsed(path, text)
        config = OmegaConf.create({} if content is None else content)
        return ConfigResult(self.provider, self.path, config, self._get_header_dict(text))

    def is_config(self, config_path: str) -> bool:
        return self.path_of(config_path).is_file()

    def list(self, config_path: str, results_filter: Any) -> list[str]:
        own = self.own if f"{config_path}/" == _POLICY else ()
        return sorted({*super().list(config_path, results_filter), *own})


def own_policies(folders: Iterable[Path]) -> dict[str, Path]:
    """Return each policy file in the user's folders by its name; refuse one that cannot be used."""
    own: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"policies is '{folder}', but there is no such folder")
        # The folder of a case may hold its policies, too: beside the file that says when the case begins.
        for path in sorted(path for path in folder.glob("*.yaml") if path.name != PERIOD):
            if path.stem in own or path.stem in groups()["policy"]:
                raise InputError(f"{path}: there is already a policy '{path.stem}'; give the file another name")
            own[path.stem] = path
            read_policy(path)
    return own


def read_policy(path: Path) -> dict:
    """Return what a policy file says: one measure under the file's own name."""
    text = read_text(path)
    content = _parsed(path, text)
    check_policy(path, text, content)
    return content


@functools.lru_cache(256)
def _parsed(path: Path, text: str) -> Any:
    """Return what YAML says; it is shared, and so must not be changed."""
    try:
        return yaml.load(text, _Quick)
    except yaml.YAMLError:
        pass  # the parser in plain Python says better what is wrong
    try:
        return yaml.load(text, _Plain)
    except yaml.YAMLError as error:
        raise InputError(yaml_sentence(path, error)) from error
