"""What the tests share: the cases, a few runs that several files look at, and how hypothesis searches."""

import pytest
import worlds
from hypothesis import HealthCheck, Phase, settings

import sim

OPEN_GATE = """mine:
  what: The gates open.
  first_day: 2020-01-03
  effects: {exit_gate: 1}
  because: to see
  source: assumption
"""

# The first compiles what many others use; meanwhile the second, and those it is followed by, do without.
LONGEST = ("readme", "compose", "cells", "comparison_views", "report", "scenarios", "compare", "reference", "lessons")
LONGEST += ("effects", "properties_of_measures", "sweeps", "calibrate", "sensitivity", "validate", "cli", "benchmarks")

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that no process works on one of them alone at the end."""
    place = {f"test_{name}.py": i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def tiny_run():
    """The crisis as it happened, one household in 400, every person counted on every day."""
    return worlds.run(worlds.composed("population=tiny", "check=true"), worlds.case("idlib_2020"))


@pytest.fixture(scope="session")
def toyland_run():
    """Toyland with readers' parameters, every person counted on every day."""
    return worlds.run(worlds.composed("case=toyland", "check=true"), worlds.case("toyland"))


@pytest.fixture(scope="session")
def gate_comparison(tmp_path_factory):
    """Toyland with its gate closed and opened, three replicates."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "own").mkdir()
    (folder / "own" / "mine.yaml").write_text(OPEN_GATE)
    words = ["scenarios=[facts_only,facts_only+mine]", f"policies={folder / 'own'}", "case=toyland", "days=25"]
    return sim.compare([*words, "replicates=3", "output.pictures=false", f"out={folder / 'made'}"])
