"""Cells side by side: the same tables whatever the workers, and a clear word where one of them fails."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim import cells
from sim.cells import Cell, share_out, simulate_cells
from sim.compose import compose
from sim.errors import InputError, WorkerDied
from sim.runner import read_case

ROOT = Path(__file__).parents[1]
CONFIG = compose(["case=toyland"])
CASE, _ = read_case(CONFIG)


@pytest.fixture
def side_by_side(monkeypatch):
    """Let even little work be done by two workers, and return the processes as they are started."""
    started = []
    init = cells._Worker.__init__

    def noted(worker, threads):
        init(worker, threads)
        started.append(worker.process)

    monkeypatch.setattr(cells, "FEW_PERSON_DAYS", 0)
    monkeypatch.setattr(cells, "_cores", lambda: 2)
    monkeypatch.setattr(cells._Worker, "__init__", noted)
    return started


def cell(seed, case=CASE, **settings):
    return Cell("toy", replace(CONFIG, **settings), case, seed)


class Doom:
    """Stands for facts; ends the process that receives it."""

    initial = CASE.initial

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


def big(n, threads=None):
    """Return cells of a population so large that workers are worth while."""
    initial = CASE.initial.assign(people=1_000_000)
    return [cell(seed, replace(CASE, initial=initial), threads=threads) for seed in range(n)]


@pytest.mark.parametrize(
    ("cores", "n_cells", "threads", "expected"),
    [
        (2, 1, None, (1, 2)),  # one run alone uses all cores itself
        (2, 6, None, (2, 1)),
        (8, 3, None, (3, 2)),
        (8, 6, 2, (2, 1)),
        (2, 6, 1, (1, 1)),
        (2, 6, 16, (2, 1)),
    ],
)
def test_processes_times_threads_never_exceed_the_cores(monkeypatch, cores, n_cells, threads, expected):
    monkeypatch.setattr(cells, "_cores", lambda: cores)
    assert share_out(big(n_cells, threads)) == expected


def test_little_work_is_done_without_workers():
    assert share_out([cell(1), cell(2)])[0] == 1


def test_two_workers_give_the_tables_of_none_in_the_same_order(side_by_side, monkeypatch):
    told = []
    shared = list(simulate_cells([cell(seed) for seed in (3, 1, 2)], lambda done, total: told.append((done, total))))
    assert len(side_by_side) == 2 and told[-1] == (180, 180) and [done for done, _ in told] == sorted(range(1, 181))
    monkeypatch.setattr(cells, "FEW_PERSON_DAYS", 1e12)
    alone = list(simulate_cells([cell(seed) for seed in (3, 1, 2)]))
    for one, other in zip(shared, alone, strict=True):
        assert one.summary == other.summary
        for name, frame in one.frames.items():
            pd.testing.assert_frame_equal(frame, other.frames[name])
    assert [int(one.frames["series"]["seed"].iloc[0]) for one in shared] == [3, 1, 2]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os._exit(3)", "toy, seed 2, ended with code 3"),
        ("import os; os.kill(os.getpid(), 9)", "toy, seed 2, was ended by signal 9; most likely the memory"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")
def test_death_of_a_worker_is_told_with_its_cell(side_by_side, code, told):
    with pytest.raises(WorkerDied, match=told):
        list(simulate_cells([cell(1), cell(2, Doom(code))]))
    assert all(process.poll() is not None for process in side_by_side)


def test_bug_in_a_worker_keeps_its_kind_and_its_traceback(side_by_side):
    spoilt = replace(CASE, groups=CASE.groups.drop(columns="readiness"))
    with pytest.raises(KeyError, match="readiness") as caught:
        list(simulate_cells([cell(1), cell(2, spoilt)]))
    assert "sim/model.py" in "".join(caught.value.__notes__).replace(os.sep, "/")


def test_wrong_input_found_by_a_worker_stays_wrong_input(side_by_side):
    measure = compose(["case=toyland", "policy=border_opening"]).policy["border_opening"]
    wrong = replace(measure, first_day="2020-01-02", last_day="", where=["Nowhere"])
    with pytest.raises(InputError, match="Nowhere"):
        list(simulate_cells([cell(1), cell(2, policy={"border_opening": wrong})]))


def test_closing_ends_the_workers_at_once(side_by_side):
    results = simulate_cells([cell(seed) for seed in range(50)])
    next(results)
    results.close()
    assert [process.poll() for process in side_by_side] == [-signal.SIGKILL] * 2


ORPHAN = """
from sim import cells
from tests.test_cells import cell
cells.FEW_PERSON_DAYS, cells._cores = 0, lambda: 2
init = cells._Worker.__init__
def noted(worker, threads):
    init(worker, threads)
    print(worker.process.pid, flush=True)
cells._Worker.__init__ = noted
for _ in cells.simulate_cells([cell(seed) for seed in range(10_000)]):
    pass
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")
def test_workers_end_with_the_process_that_started_them():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-c", ORPHAN]
    parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.kill()
    parent.wait()
    limit = time.monotonic() + 30
    while any(map(is_alive, workers)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not any(map(is_alive, workers))


def is_alive(pid):
    """Tell whether a process still runs; one that has ended may wait as a zombie for somebody to ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
