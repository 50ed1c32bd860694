"""What the tests share: the cases, a few runs that several files look at, and how hypothesis searches."""

import pytest
import worlds
from hypothesis import HealthCheck, Phase, settings

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
