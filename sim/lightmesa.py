"""Mesa, without what it imports and this model never uses: networkx and SciPy, half a second of every command.

Both wait until somebody looks into them, as Mesa's own spaces on networks and in the plane do. A module waits in
Python's `LazyLoader`, too, but not for long: Mesa's logging asks every module for its file.
"""

import contextlib
import importlib.abc
import importlib.machinery
import sys
import threading
import types
from collections.abc import Iterator

_LATER = ("networkx", "mesa.experimental.continuous_space")


_one_at_a_time = threading.RLock()


class _Waiting(types.ModuleType):
    """A module that runs when it is first asked for something that it has not got yet, its own or inside it."""

    def __getattr__(self, name: str):
        with _one_at_a_time:  # another thread waits until the module has run; the same one finds what is there so far
            if type(self) is _Waiting:
                if "__path__" in vars(self):
                    raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
                self.__path__ = self.__spec__.submodule_search_locations
                self.__loader__.exec_module(self)
                self.__class__ = types.ModuleType
        return getattr(self, name)


class _LateLoader(importlib.abc.Loader):
    """Puts a waiting module where another loader would run it."""

    def __init__(self, loader: importlib.abc.Loader):
        self.loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave that to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        module.__loader__ = module.__spec__.loader = self.loader
        del module.__path__  # so that a module inside it asks for it
        module.__class__ = _Waiting


class _LateFinder(importlib.abc.MetaPathFinder):
    """Finds the modules that may wait; leaves all others to who finds them else."""

    def find_spec(self, fullname: str, path=None, target=None) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path) if fullname in _LATER else None
        if spec:
            spec.loader = _LateLoader(spec.loader)
        return spec


@contextlib.contextmanager
def _late() -> Iterator[None]:
    finder = _LateFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with _late():
    import mesa

__all__ = ["mesa"]
