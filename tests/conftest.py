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
    """Begin with the file that takes longest, so that no process works on it alone at the end."""
    items.sort(key=lambda item: item.path.name != "test_readme.py")


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
