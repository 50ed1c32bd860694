"""Modules that wait: not run when imported, run once when looked into, and Mesa whole for whoever uses all of it."""

import subprocess
import sys
import threading

import pytest

from sim import lightmesa


@pytest.fixture
def idle(tmp_path, monkeypatch):
    """A package that counts how often it is run, found as one that may wait."""
    (tmp_path / "idlepackage").mkdir()
    text = "import sys, time\nsys.runs_of_idle.append(1)\ntime.sleep(0.1)\nanswer = 42\n"
    (tmp_path / "idlepackage" / "__init__.py").write_text(text)
    (tmp_path / "idlepackage" / "inner.py").write_text("from idlepackage import answer\nhalf = answer // 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "runs_of_idle", [], raising=False)
    monkeypatch.setattr(lightmesa, "_LATER", ("idlepackage",))
    with lightmesa._late():
        import idlepackage
    yield idlepackage
    for name in ("idlepackage", "idlepackage.inner"):
        sys.modules.pop(name, None)


def test_module_runs_when_it_is_first_looked_into_and_once_only(idle):
    assert idle.__file__.endswith("__init__.py") and not sys.runs_of_idle
    assert (idle.answer, idle.answer, sys.runs_of_idle) == (42, 42, [1])
    with pytest.raises(AttributeError, match="nothing"):
        _ = idle.nothing


def test_threads_that_look_into_a_module_at_a_time_all_find_it_whole(idle):
    meet, found = threading.Barrier(4), []

    def look():
        meet.wait(10)
        found.append(idle.answer)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [42] * 4 and sys.runs_of_idle == [1]


def test_module_runs_before_one_that_lies_inside_it(idle):
    import idlepackage.inner

    assert idlepackage.inner.half == 21 and sys.runs_of_idle == [1]


def test_other_modules_are_found_as_usual():
    assert lightmesa._LateFinder().find_spec("json") is None
    assert not [finder for finder in sys.meta_path if isinstance(finder, lightmesa._LateFinder)]


def test_spaces_of_mesa_are_there_for_whoever_uses_them():
    code = (
        "from sim.lightmesa import mesa\nimport networkx\nassert networkx.__version__\n"
        "from mesa.experimental.continuous_space import ContinuousSpace\nimport random\n"
        "assert len(list(mesa.space.NetworkGrid(networkx.path_graph(3)).get_all_cell_contents())) == 0\n"
        "assert networkx.algorithms.shortest_path_length(networkx.path_graph(3), 0, 2) == 2\n"
        "assert mesa.experimental.continuous_space.ContinuousSpace is ContinuousSpace\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
