"""What a sweep costs beside its simulations: `python -m benchmarks.sweep 1000 population=class`, in `tests/`.

The same seeds are simulated twice: by as many plain loops as a sweep has workers, which write the same tables and
know nothing of runs, stores and resuming; and by `sim run -m`. What is compared is the time that processors were busy,
not that on the wall: others at the machine lengthen the one much more than the other. Half of the loops run before the
sweep, half after it. Each process loads the program first; what that takes is told by itself.
"""

import contextlib
import io
import json
import multiprocessing
import resource  # not on Windows
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sim.cells import share_out
from sim.cli import main
from sim.compose import compose
from sim.model import simulate
from sim.results import parquet_of
from sim.runner import Job, cells_of, prepared
from sim.store import Store

_BARE = 0.2  # of the seeds are enough to learn what one takes in a plain loop


def bare(words: list[str], seeds: list[int], folder: Path) -> tuple[float, list[float]]:
    """Simulate seeds in a plain loop and write their tables; return what loading and each took [CPU seconds]."""
    job = _job([*words, "threads=1"])
    config, case = job.config, job.case
    clock = time.process_time
    simulate(config, case, seeds[0])
    loading, taken = clock(), []
    for seed in seeds:
        began = clock()
        for name, frame in simulate(config, case, seed).frames.items():
            (folder / f"{seed}-{name}.parquet").write_bytes(parquet_of(frame))
        taken.append(clock() - began)
    return loading - statistics.fmean(taken), taken


def _job(words: list[str]) -> Job:
    (job,) = prepared([("", compose(words), words, Path("nowhere"))])
    return job


def loops(words: list[str], seeds: list[int], n: int) -> list[tuple[float, list[float]]]:
    """Share seeds out among so many plain loops side by side."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(n, mp_context=context) as pool:
        return list(pool.map(bare, [words] * n, [seeds[i::n] for i in range(n)], [Path(folder)] * n))


def sweep(words: list[str], folder: Path) -> dict[str, float]:
    """Make a sweep; return what it and its workers took [CPU seconds, bytes], and how long [s]."""
    began = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "-m", *words, f"out={folder}"]) == 0
    taken = {"wall": time.monotonic() - began}
    for name, who in (("parent", resource.RUSAGE_SELF), ("workers", resource.RUSAGE_CHILDREN)):
        usage = resource.getrusage(who)
        taken[name] = usage.ru_utime + usage.ru_stime
    return {**taken, "bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def measured(n: int, words: list[str], folder: Path) -> dict[str, float]:
    """Return what a sweep over n seeds took and what plain loops would have."""
    (cell,) = cells_of(_job(words))
    n_workers = max(1, share_out([cell] * n)[0])
    seeds = list(range(1, max(2 * n_workers, round(_BARE * n)) + 1))
    found = loops(words, seeds[::2], n_workers)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        made = alone.submit(sweep, [*words, f"seed=range(1,{n + 1})"], folder).result()
    found += loops(words, seeds[1::2], n_workers)
    log = list(Store(folder / "store").logged())
    each = statistics.fmean(seconds for _, taken in found for seconds in taken)
    loading = statistics.fmean(loaded for loaded, _ in found)
    runs = [sum(path.stat().st_size for path in run.iterdir()) for run in folder.glob("seed=*")]
    return {
        **made,
        "n": n,
        "n_workers": n_workers,
        "bare": each,
        "loading": loading,
        "overhead": (made["parent"] + made["workers"] - n_workers * loading) / (n * each) - 1.0,
        "worker_megabytes": max(entry["megabytes"] for entry in log),
        "bytes_per_cell": statistics.fmean(runs),
    }


def told(found: dict[str, float]) -> str:
    """Tell what was measured."""
    return (
        f"{found['n']} cells on {found['n_workers']} workers in {found['wall']:.0f} s\n"
        f"a plain loop: {found['bare']:.3f} CPU s a cell, after {found['loading']:.1f} to load the program\n"
        f"the sweep: {found['workers'] / found['n']:.3f} in workers, {found['parent'] / found['n']:.4f} beside them; "
        f"{100 * found['overhead']:+.1f} %, without the loading of the workers\n"
        f"memory: {found['bytes'] / 1e6:.0f} MB beside the workers, {found['worker_megabytes']:.0f} MB a worker; "
        f"disk: {found['bytes_per_cell'] / 1e3:.0f} kB a cell"
    )


if __name__ == "__main__":
    n_cells, *chosen = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        result = measured(int(n_cells), chosen, Path(place) / "sweep")
    print(told(result))
    print(json.dumps(result))
