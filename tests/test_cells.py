"""Cells side by side: the same results whatever the workers, and a clear word where one of them fails."""

import gc
import os
import signal
import subprocess
import sys
import time
import types
import weakref
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import stub_model

from sim import cells, machine
from sim.cells import Cell, share_out, simulate_cells
from sim.compose import compose
from sim.errors import InputError, WorkerDied
from sim.executors import local
from sim.runner import read_case
from sim.work import Task, do

ROOT = Path(__file__).parents[1]
CONFIG = compose(["case=toyland"])
CASE, _ = read_case(CONFIG)


@pytest.fixture
def side_by_side(monkeypatch):
    """Let even little work be done by two workers, and return the processes as they are started."""
    started = []
    init = local._Worker.__init__

    def noted(worker, *options):
        init(worker, *options)
        started.append(worker.process)

    monkeypatch.setattr(cells, "FEW_PERSON_DAYS", 0)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(local._Worker, "__init__", noted)
    return started


def cell(seed, case=CASE, **settings):
    return Cell("toy", replace(CONFIG, **settings), case, seed)


class Doom:
    """Stands for facts; does something to the process that receives it."""

    initial = CASE.initial

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


def big(n, threads=None, **executor):
    """Return cells of a population so large that workers are worth while."""
    initial = CASE.initial.assign(people=1_000_000)
    chosen = replace(CONFIG.executor, **executor)
    return [cell(seed, replace(CASE, initial=initial), threads=threads, executor=chosen) for seed in range(n)]


@pytest.mark.parametrize(
    ("cores", "n_cells", "settings", "expected"),
    [
        (2, 1, {}, (0, 2)),  # one run alone uses all cores itself
        (2, 6, {}, (2, 1)),
        (8, 3, {}, (3, 2)),
        (8, 6, {"threads": 2}, (2, 1)),
        (2, 6, {"threads": 1}, (0, 1)),
        (2, 6, {"threads": 16}, (2, 1)),
        (8, 6, {"workers": 2}, (2, 4)),
        (2, 6, {"workers": 5}, (2, 1)),
        (2, 1, {"cell_seconds": 9.0}, (1, 2)),  # only another process can be stopped
    ],
)
def test_processes_times_threads_never_exceed_the_cores(monkeypatch, cores, n_cells, settings, expected):
    monkeypatch.setattr(machine, "cores", lambda: cores)
    assert share_out(big(n_cells, **settings)) == expected


def test_only_as_many_workers_as_the_memory_holds(monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 8)
    needed = cells._bytes_needed(big(1)[0])
    for room, n_workers in ((100, 8), (3.5, 3), (1.5, 0)):  # for a single one this process can do it itself
        monkeypatch.setattr(machine, "free_memory", lambda room=room: room * needed)
        assert share_out(big(20))[0] == n_workers


def test_little_work_is_done_without_workers():
    assert share_out([cell(1), cell(2)])[0] == 0


def test_two_workers_give_the_tables_of_none_in_the_same_order(side_by_side, monkeypatch):
    told = []
    shared = list(simulate_cells([cell(seed) for seed in (3, 1, 2)], lambda done, total: told.append((done, total))))
    assert len(side_by_side) == 2 and told[-1] == (180, 180) and told == sorted(told)
    monkeypatch.setattr(cells, "FEW_PERSON_DAYS", 1e12)
    alone = list(simulate_cells([cell(seed) for seed in (3, 1, 2)]))
    for one, other in zip(shared, alone, strict=True):
        assert one.summary == other.summary
        for name, frame in one.frames.items():
            pd.testing.assert_frame_equal(frame, other.frames[name])
    assert [int(one.frames["series"]["seed"].iloc[0]) for one in shared] == [3, 1, 2]


HALF = """
import os, pickle
import sim.executors.local as local
class Half:
    loads, HIGHEST_PROTOCOL = pickle.loads, pickle.HIGHEST_PROTOCOL
    def dumps(answer, protocol, dumps=pickle.dumps):
        os.write(4, dumps(answer, protocol)[:-9])  # where the answers go
        os.kill(os.getpid(), 9)
local.pickle = Half
"""
DEATHS = {
    "import os; os._exit(3)": "toy, seed 0, ended with code 3",
    "import os; os.kill(os.getpid(), 9)": "toy, seed 1, was ended by signal 9; most likely the memory",
    HALF: "toy, seed 2, was ended by signal 9",  # while it answered
}


@pytest.mark.skipif(sys.platform == "win32", reason="processes end otherwise there")
def test_death_of_a_worker_is_told_with_its_cell_and_costs_that_cell_only(side_by_side):
    doomed = [cell(seed, Doom(code)) for seed, code in enumerate(DEATHS)]
    first, *lost, last = simulate_cells([cell(8), *doomed, cell(9)])
    for one, told in zip(lost, DEATHS.values(), strict=True):
        with pytest.raises(WorkerDied, match=told):
            _ = one.frames
    assert first.summary and last.summary
    assert all(process.poll() is not None for process in side_by_side)


def test_what_goes_wrong_in_a_worker_keeps_its_kind_and_costs_its_cell_only(side_by_side):
    measure = compose(["case=toyland", "policy=border_opening"]).policy["border_opening"]
    nowhere = replace(measure, first_day="2020-01-02", last_day="", where=["Nowhere"])
    spoilt = replace(CASE, groups=CASE.groups.drop(columns="readiness"))
    wrong = [cell(2, Doom("bytearray(1 << 62)")), cell(3, spoilt), cell(4, policy={"border_opening": nowhere})]
    first, too_big, bug, mistake, last = simulate_cells([cell(1), *wrong, cell(5)])
    with pytest.raises(MemoryError):
        _ = too_big.frames
    with pytest.raises(KeyError, match="readiness") as caught:
        _ = bug.frames
    assert "sim/model.py" in "".join(caught.value.__notes__).replace(os.sep, "/")
    with pytest.raises(InputError, match="Nowhere"):
        _ = mistake.frames
    assert first.summary and last.summary and len(side_by_side) == 2


def test_cell_that_hangs_is_stopped_and_the_others_are_not(side_by_side):
    patience = replace(CONFIG.executor, cell_seconds=600.0)  # which two processes on a busy machine do not need
    hanging = Cell("hangs", replace(CONFIG, executor=replace(patience, cell_seconds=3.0)), Doom(SLEEP), 2)
    first, second, third = simulate_cells([hanging, cell(1, executor=patience), cell(3, executor=patience)])
    with pytest.raises(WorkerDied, match=r"hangs, seed 2, took longer than 3 s and was stopped"):
        _ = first.frames
    assert second.summary and third.summary


SLEEP = "import time; time.sleep(1000)"


def test_closing_ends_the_workers_at_once(side_by_side):
    results = simulate_cells([cell(seed) for seed in range(50)])
    next(results)
    results.close()
    assert [process.poll() for process in side_by_side] == [-signal.SIGKILL] * 2


def test_workers_that_are_kept_do_the_next_round_and_end_with_the_block(side_by_side):
    with cells.kept_workers():
        first = [result.summary for result in simulate_cells([cell(1), cell(2)])]
        assert [result.summary for result in simulate_cells([cell(1), cell(2)])] == first
        assert len(side_by_side) == 2 and [process.poll() for process in side_by_side] == [None, None]
    assert [process.poll() for process in side_by_side] == [-signal.SIGKILL] * 2


def test_worker_that_is_stopped_at_its_cell_or_dies_while_it_waits_is_not_kept(side_by_side):
    with cells.kept_workers():
        results = simulate_cells([cell(1), cell(2, Doom(SLEEP))])
        assert next(results).summary
        results.close()
        hung, kept = sorted(side_by_side, key=lambda process: process.poll() is None)
        assert hung.poll() == -signal.SIGKILL and kept.poll() is None
        for process in side_by_side:
            process.kill()
            process.wait()
        assert len([result.summary for result in simulate_cells([cell(1), cell(2)])]) == 2
    assert all(process.poll() is not None for process in side_by_side)


class Ring:
    """Refers to itself, as a model and its agents do: nobody but the collector clears it away."""

    def __init__(self):
        self.itself = self


def test_cell_leaves_nothing_behind_and_what_was_there_before_is_not_looked_through(monkeypatch):
    def simulate(*_, **__):
        left.append(weakref.ref(Ring()))
        return stub_model.Tables({}, [])

    left = [weakref.ref(Ring())]
    monkeypatch.setitem(sys.modules, "sim.model", types.SimpleNamespace(simulate=simulate))
    gc.disable()
    try:
        do(Task(cell(1)))
        assert left[0]() is not None and left[1]() is None
        assert gc.get_freeze_count() == 0  # those who come later look through all
    finally:
        gc.enable()


def test_what_is_kept_must_be_importable():
    def keep(tables):
        return None

    keep.__module__ = "__main__"
    with pytest.raises(ValueError, match="function of a module"):
        simulate_cells([cell(1)], keep=keep)


SCRIPT = """
print("script runs")
from sim import cells, machine
from tests.test_cells import cell
cells.FEW_PERSON_DAYS, machine.cores = 0, lambda: 2
assert len([one.frames for one in cells.simulate_cells([cell(1), cell(2)])]) == 2
"""


def test_workers_do_not_run_the_persons_script_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "script runs\n"


ORPHAN = """
from sim import cells, machine
from sim.executors import local
from tests.test_cells import Doom, SLEEP, cell
cells.FEW_PERSON_DAYS, machine.cores = 0, lambda: 2
init = local._Worker.__init__
def noted(worker, *options):
    init(worker, *options)
    print(worker.process.pid, flush=True)
local._Worker.__init__ = noted
for _ in cells.simulate_cells([cell(0), cell(0, Doom(SLEEP)), *[cell(0) for _ in range(10_000)]]):
    pass
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")
def test_workers_end_with_the_process_that_started_them_even_if_their_cell_hangs():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-c", ORPHAN]
    parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    time.sleep(1.0)  # so that they are at a cell
    parent.kill()
    parent.wait()
    limit = time.monotonic() + 120
    while any(map(is_alive, workers)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not any(map(is_alive, workers))


def is_alive(pid):
    """Tell whether a process still runs; one that has ended may wait as a zombie for somebody to ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
