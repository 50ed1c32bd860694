"""How time and memory grow with rows, with days and with replicates: each point in a process of its own."""

import gc
import multiprocessing
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.engine import ArrayDriver, built, choices_and_facts, n_rows, run

SIZES = (1, 2, 4, 9, 18)  # copies of the population
LENGTHS = (30, 90, 213, 730)  # days
REPLICATES = (1, 2, 4)
SMALL = ("population=class", "threads=1")


def alone(function, *arguments) -> tuple[object, int]:
    """Return what a function returns in a fresh process, and by how much that process grows at most [bytes]."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_grown, function, arguments).result()


def _grown(function, arguments) -> tuple[object, int]:
    run(built(["case=toyland", "days=2"]))  # imports, and code from the cache
    before = _most_memory()
    result = function(*arguments)
    return result, _most_memory() - before


def _most_memory() -> int:
    """Return the most memory that this process has had [bytes]."""
    if sys.platform == "linux":
        # Not ru_maxrss: there a new process begins with what the one that started it had.
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return 1024 * int(found[1])
    import resource  # not on Windows, where there is no make either

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def replicates(words, n: int = 1, driver=ArrayDriver) -> dict:
    """Simulate with seeds 1 to n, one after another; return rows, days, and the seconds that each takes."""
    building, running = [], []
    choices_and_facts(tuple(words))  # so that reading is not counted as building
    for seed in range(1, n + 1):
        started = time.perf_counter()
        model = built(words, driver, seed)
        built_at = time.perf_counter()
        run(model)
        building.append(built_at - started)
        running.append(time.perf_counter() - built_at)
        rows, days = n_rows(model), model.config.n_days
        del model
        gc.collect()
    return {"rows": rows, "days": days, "building_s": building, "running_s": running}


def curves(measure=alone, sizes=SIZES, lengths=LENGTHS, n_replicates=REPLICATES, large=(), small=SMALL) -> dict:
    """Return the points of the curves: by rows, by days and by replicates; `large` and `small` are words of a run."""
    return {
        "rows": [_point(measure, [*large, f"population.multiply={n}", "days=30"]) for n in sizes],
        "days": [_point(measure, [*small, f"case.days={n}"]) for n in lengths],
        "replicates": [_point(measure, small, n) for n in n_replicates],
    }


def _point(measure, words, n: int = 1) -> dict:
    found, n_bytes = measure(replicates, words, n)
    return {**found, "replicates": n, "bytes": n_bytes}
