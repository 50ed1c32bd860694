"""The benchmarks run, on a toy size, and those that are compared do the same: nothing in `make bench` may rot."""

import importlib.util
import time

import numpy as np
import pytest
from benchmarks import bench_table, engine, memory_limit, numpy_phases, page, scaling
from worlds import same, tables

from sim.draws import rare
from sim.population import Population

FEW = ["population=tiny", "days=8"]
TOY = bench_table.Sizes(
    whole=FEW,
    tiny=FEW,
    sample=["case=toyland", "days=8"],
    conflict_one_in=400,
    memory_one_in=400,
    curves={"sizes": (1, 2), "lengths": (5, 8), "n_replicates": (1,), "large": FEW[:1], "small": FEW[:1]},
    alone=lambda function, *arguments: (function(*arguments), 10**6),
)
HAS_FLEE = importlib.util.find_spec("flee") is not None


class Stopwatch:
    """What pytest-benchmark hands to a test, as far as it is used."""

    def __init__(self):
        self.extra_info, self.seconds = {}, 0.0

    def pedantic(self, target, args=(), setup=None, **_):
        if setup:
            args, _ = setup()
        started = time.perf_counter()
        target(*args)
        self.seconds = time.perf_counter() - started


@pytest.fixture(scope="module")
def measured():
    found = {}
    for name, benchmark in bench_table.BENCHMARKS.items():
        if name != "flee" or HAS_FLEE:
            watch = Stopwatch()
            benchmark(watch, TOY)
            found[name] = {**watch.extra_info, "seconds": watch.seconds}
    return found


def test_every_benchmark_runs_and_the_page_shows_it(measured, tmp_path):
    entries = {name: entry for name, entry in measured.items() if "label" in entry}
    assert all(entry["seconds"] > 0 and entry["row_days"] >= entry["rows"] > 0 for entry in entries.values())
    text = page.page(measured, {})
    assert all(entry["label"] in text for entry in entries.values())
    assert page.draw(measured["curves"]["points"], tmp_path / "curves.png").stat().st_size > 10_000


def test_what_is_compared_looks_after_as_many(measured):
    for name, entry in measured.items():
        if "against" in entry:
            other = measured[entry["against"]]
            assert entry["row_days"] == pytest.approx(other["row_days"], rel=0.02), name


def test_numpy_lists_the_rows_that_the_engine_lists():
    words = ["population=tiny", "days=110", "seed=3"]
    fast, plain = (engine.run(engine.built(words, driver)) for driver in (engine.ArrayDriver, numpy_phases.NumpyDriver))
    assert fast.displaced > 0
    assert same(tables(fast), tables(plain))
    for name in ("place", "status", "since", "moves"):
        np.testing.assert_array_equal(getattr(fast.driver.population, name), getattr(plain.driver.population, name))


def test_numpy_draws_what_the_engine_draws():
    rows = np.arange(1, 40_000, 7)
    expected = [rare(11, row, 5, 4) for row in rows.tolist()]
    np.testing.assert_array_equal(numpy_phases.rare(11, rows, 5, 4), expected)
    assert min(expected) < 2**24 // 100 and max(expected) > 2**32 - 2**24


@pytest.mark.parametrize("n_words", [1, 77, 500, 1000])
def test_kernel_reads_every_word_in_just_one_chunk(n_words):
    edges = [*range(0, 500, 64), 500]
    for word in range(n_words):
        columns = (np.zeros(n_words, np.uint64), np.zeros(3, np.uint64))
        columns[0][word] = 1
        odd = [memory_limit.touched(a, b, 500, columns, np.zeros(0)) for a, b in zip(edges, edges[1:], strict=False)]
        assert sum(odd) == 1


def test_kernel_reads_columns_that_exist_for_every_phase():
    assert set(memory_limit.READ) == set(engine.PHASES)
    assert {name for names in memory_limit.READ.values() for name in names} <= set(Population._fields)


def test_ratio_is_that_of_rows_and_days_per_second():
    found = {
        "days": {"row_days": 600, "seconds": 2.0},  # 300 a second
        "other": {"row_days": 50, "seconds": 10.0},  # 5 a second
    }
    assert page.faster(found, "days", "other") == pytest.approx(60)
    point = {"running_s": [1.0, 3.0], "rows": 1000, "days": 10, "replicates": 2}
    assert page.cost(point) == pytest.approx(200_000)  # ns


def test_readme_has_room_for_the_ratios_and_keeps_the_rest():
    readme = (page.ROOT / "README.md").read_text(encoding="utf-8")
    changed = page.into_readme(readme, r"A \1 new paragraph.")
    before, after = changed.split("A \\1 new paragraph.")
    assert readme.startswith(before) and readme.endswith(after)
    with pytest.raises(ValueError, match="no place"):
        page.into_readme("# Another page", "A new paragraph.")


def test_memory_is_that_of_a_process_of_its_own():
    n_bytes, grown = scaling.alone(bytes_held, 60_000_000)
    assert n_bytes == 60_000_000
    assert 59_000_000 < grown < 80_000_000


def bytes_held(n):
    """Hold so many bytes that are not zero, and return their number."""
    return np.ones(n, np.uint8).nbytes
