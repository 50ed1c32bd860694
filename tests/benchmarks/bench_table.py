"""What `make bench` measures, by name; the seconds are pytest-benchmark's, the best of the rounds counts.

Each notes whom it looks after for how long, and which benchmark of this engine does the same. Only ratios within one
run mean something on another machine, so all is run in one go, and alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest

from benchmarks import engine, memory_limit, scaling
from benchmarks.numpy_phases import PHASES, NumpyDriver
from benchmarks.page import CONFLICT
from sim.compiled import Threads
from sim.compose import compose
from sim.draws import BLOCK
from sim.flee import read_flee, simulate_case
from sim.machine import cores
from sim.model import simulate
from sim.reference import MesaDriver

CORES = cores()
HOTTEST = engine.Clock()  # runs only while the two hottest phases do


@dataclass
class Sizes:
    """What is simulated, as words of the command line, and how it is measured."""

    whole: list[str] = field(default_factory=lambda: ["population=full"])
    tiny: list[str] = field(default_factory=lambda: ["population=tiny", "days=60"])
    sample: list[str] = field(default_factory=lambda: ["population=class", "days=20"])
    conflict_one_in: int = 1
    memory_one_in: int = 5  # Flee's memory is measured with so many people to an agent, to save a minute
    curves: dict[str, tuple] = field(default_factory=dict)
    alone: Callable = scaling.alone


def note(benchmark, label, rows, row_days, against, each=None) -> None:
    """Note what the page needs besides the seconds; `each` is the memory of a row [bytes]."""
    benchmark.extra_info.update(
        label=label, rows=int(rows), row_days=int(row_days), against=against, bytes_per_row=each and round(each)
    )


def days(benchmark, sizes, words, label, against, driver=engine.ArrayDriver, rounds=3, memory_days=None) -> None:
    """Time the days of a model, made anew for each round; what its rows take is measured apart, over `memory_days`."""
    made = []

    def ready():
        made[:] = [engine.built(words, driver)]
        if against == "phases":
            HOTTEST.watch(made[0].driver, PHASES)
        return (made[0],), {}

    benchmark.pedantic(engine.run, setup=ready, rounds=rounds)
    each = None
    if memory_days:
        fewer = [word for word in words if not word.startswith("days=")] + [f"days={memory_days}"]
        found, n_bytes = sizes.alone(scaling.replicates, fewer, 1, driver)
        each = n_bytes / found["rows"]
    rows = engine.n_rows(made[0])
    note(benchmark, label, rows, rows * made[0].config.n_days, against, each)


def days_of_everybody(benchmark, sizes, threads, label) -> None:
    """Time the days of the whole case, every table recorded."""
    days(benchmark, sizes, [*sizes.whole, f"threads={threads}"], label, "days", memory_days=213)


def whole_run(benchmark, sizes) -> None:
    """Time the population, the days and the tables as frames."""
    config, case = engine.choices_and_facts(tuple(sizes.whole))
    benchmark.pedantic(simulate, args=(config, case, 1), rounds=3)
    rows = engine.n_rows(engine.built(sizes.whole))
    note(benchmark, "this engine, with population and frames", rows, rows * config.n_days, "days")


def plain(benchmark, sizes, size, driver) -> None:
    """Time a sample, by this engine or by the plain driver."""
    name = "this engine" if driver is engine.ArrayDriver else "a Mesa agent for each row"
    words, is_mesa = getattr(sizes, size), driver is MesaDriver
    memory_days = 1 if is_mesa and size == "sample" else None
    days(benchmark, sizes, words, f"{name}, {' '.join(words)}", size, driver, 1 if is_mesa else 3, memory_days)


def hottest_phases(benchmark, sizes, driver) -> None:
    """Time the two hottest phases over the whole case, on one thread."""
    label = "this engine, leaving home and moving on" if driver is engine.ArrayDriver else "the same two in NumPy"
    days(benchmark, sizes, [*sizes.whole, "threads=1"], label, "phases", driver, 1, 30)


def touching(benchmark, sizes, threads, label) -> None:
    """Time reading what the phases decide by; in place of memory the bytes read of each row and day are noted."""
    model = engine.built(sizes.whole)
    population, n_days = model.driver.population, model.config.n_days
    pool = Threads(threads, BLOCK)
    benchmark.pedantic(memory_limit.touch, args=(population, pool, n_days), rounds=3, warmup_rounds=1)
    rows, against = engine.n_rows(model), "days 1" if threads == 1 else "days"
    note(benchmark, label, rows, rows * n_days, against, memory_limit.bytes_per_row_day(population))


def profile(benchmark, sizes) -> None:
    """Note the seconds of each phase, on one thread and on all."""
    found = {str(threads): engine.profile([*sizes.whole, f"threads={threads}"]) for threads in (1, CORES)}
    benchmark.extra_info["threads"] = found
    benchmark.pedantic(int)


def curves(benchmark, sizes) -> None:
    """Note the points of the curves."""
    benchmark.extra_info["points"] = scaling.curves(sizes.alone, **sizes.curves)
    benchmark.pedantic(int)


def conflict_here(benchmark, sizes, rules) -> None:
    """Time this engine on a Flee directory; Flee's rules read it as Flee does."""
    words = ["case=flee", f"case.path={CONFLICT}", f"rules={rules}", f"population.one_in={sizes.conflict_one_in}"]
    case, config = read_flee(CONFLICT, defects=rules == "flee"), compose(words)
    benchmark.pedantic(simulate_case, args=(case, config, 1), rounds=5, warmup_rounds=1)
    people = (case.observed.iloc[0].sum() + np.cumsum(case.arrivals)) // sizes.conflict_one_in
    name = "Flee's rules" if rules == "flee" else "its own rules"
    note(benchmark, f"this engine by {name}, {CONFLICT}", people[-1], people.sum(), "conflict")


def conflict_in_flee(benchmark, sizes) -> None:
    """Time Flee, once; its memory is measured with fewer agents."""
    from benchmarks.flee_program import FleeProgram, agents_after  # only `make bench` installs Flee

    case, settings = read_flee(CONFLICT, defects=True), compose(["flee=default"]).flee
    program = FleeProgram(case, settings, 1, sizes.conflict_one_in)
    benchmark.pedantic(program.run, args=(case.n_days,))
    n_agents, n_bytes = sizes.alone(agents_after, case, settings, sizes.memory_one_in)
    label = f"Flee 3.1, {CONFLICT}"
    note(benchmark, label, program.system.numAgents(), program.agent_days, "conflict", n_bytes / n_agents)


BENCHMARKS = {
    "days": partial(days_of_everybody, threads=CORES, label=f"this engine, {CORES} threads"),
    "days 1": partial(days_of_everybody, threads=1, label="this engine, 1 thread"),
    "whole": whole_run,
    "touch": partial(touching, threads=CORES, label=f"only reading, {CORES} threads"),
    "touch 1": partial(touching, threads=1, label="only reading, 1 thread"),
    "phases": partial(hottest_phases, driver=engine.ArrayDriver),
    "phases numpy": partial(hottest_phases, driver=NumpyDriver),
    "tiny": partial(plain, size="tiny", driver=engine.ArrayDriver),
    "mesa tiny": partial(plain, size="tiny", driver=MesaDriver),
    "sample": partial(plain, size="sample", driver=engine.ArrayDriver),
    "mesa sample": partial(plain, size="sample", driver=MesaDriver),
    "conflict": partial(conflict_here, rules="flee"),
    "conflict onward": partial(conflict_here, rules="onward"),
    "flee": conflict_in_flee,
    "profile": profile,
    "curves": curves,
}


def _named(name):
    timer = [pytest.mark.benchmark(timer=HOTTEST)] if name.startswith("phases") else []
    return pytest.param(name, id=name, marks=timer)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Compile before anything is timed."""
    engine.run(engine.built(["population=tiny", "days=100"]))
    engine.run(engine.built(["days=2"]))


@pytest.mark.parametrize("name", [_named(name) for name in BENCHMARKS])
def test_benchmark(benchmark, name):
    BENCHMARKS[name](benchmark, Sizes())
    benchmark.extra_info["name"] = name
