"""Executors away from this machine: the same bytes as here, and jobs that are lost cost only what they had not done."""

import os
import sys
from dataclasses import replace

import pytest

from sim.cells import Cell, simulate_cells
from sim.compose import compose
from sim.errors import InputError, WorkerDied
from sim.runner import read_case
from sim.store import Store

CONFIG = compose(["case=toyland", "days=10"])
CASE, _ = read_case(CONFIG)


def cells_for(words, n=5, case=CASE):
    config = replace(CONFIG, executor=compose(words).executor)
    return [Cell("toy", config, case, seed) for seed in range(1, n + 1)]


def bytes_of(store):
    """Return every finished cell of a store, byte for byte."""
    return {str(path.relative_to(store)): path.read_bytes() for path in store.glob("cells/*/*")}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    store = tmp_path_factory.mktemp("here")
    assert len([result.record for result in simulate_cells(cells_for([]), store=store)]) == 5
    return bytes_of(store)


@pytest.mark.parametrize("cluster", ["local", "debug"])
def test_jobs_give_the_bytes_of_this_process(cluster, expected, tmp_path):
    pytest.importorskip("submitit")
    words = ["executor=slurm", f"executor.cluster={cluster}", "executor.cells_per_job=3"]
    results = list(simulate_cells(cells_for(words), store=tmp_path))
    assert [result.cell.seed for result in results] == [1, 2, 3, 4, 5] and bytes_of(tmp_path) == expected
    assert not [path for path in (tmp_path / "jobs").rglob("*") if path.suffix in (".pkl", ".out", ".err")]


def test_dask_gives_the_bytes_of_this_process(expected, tmp_path):
    pytest.importorskip("distributed")
    words = ["executor=dask", "executor.workers=1", "executor.cells_per_job=3"]
    assert len(list(simulate_cells(cells_for(words), store=tmp_path))) == 5
    assert bytes_of(tmp_path) == expected


def test_script_for_a_real_cluster_asks_for_what_was_chosen(tmp_path):
    pytest.importorskip("submitit")
    from sim.executors.away import batch_script

    words = ["executor=slurm", "executor.partition=long", "executor.job_minutes=90", "executor.job_gb=3"]
    chosen = compose([*words, "executor.job_cores=4", "executor.workers=20"]).executor
    lines = batch_script(chosen, tmp_path, n_jobs=60).splitlines()
    asked = {"--partition=long", "--time=90", "--mem=3GB", "--cpus-per-task=4", "--array=0-59%20"}
    assert lines[0] == "#!/bin/bash" and {f"#SBATCH {option}" for option in asked} <= set(lines)
    assert any(line.startswith("srun ") and "submitit.core._submit PICKLED" in line for line in lines)


FAKE = {
    "sbatch": """import subprocess, sys, os
script = sys.argv[-1]
with open(os.environ["FAKE"] + "/scripts", "a") as file:
    file.write(open(script).read())
folder = os.path.dirname(script)
n = 1 + int([line for line in open(script) if "--array=0-" in line][0].split("0-")[1].split("%")[0])
for i in range(n):
    settings = {"JOB_ID": f"7{i}", "ARRAY_JOB_ID": "77", "ARRAY_TASK_ID": str(i), "JOB_NUM_NODES": "1",
                "JOB_NODELIST": "n", "NTASKS": "1", "NODEID": "0", "PROCID": "0", "LOCALID": "0"}
    settings = {f"SLURM_{name}": value for name, value in settings.items()}
    subprocess.Popen(["bash", script], env={**os.environ, **settings}, stdout=-3, stderr=-3)
print("Submitted batch job 77")
""",
    "srun": """import os, sys
words = sys.argv[1:]
os.execvp(sys.executable, [sys.executable, *words[words.index("-u"):]])
""",
    "sacct": """print("JobID|State|NodeList|")
for i in range(9): print(f"77_{i}|RUNNING||")
""",
    "scancel": "",
}  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no cluster of this kind there")
def test_cluster_runs_the_script(tmp_path, monkeypatch, expected):
    pytest.importorskip("submitit")
    (tmp_path / "bin").mkdir()
    for name, code in FAKE.items():
        (tmp_path / "bin" / name).write_text(f"#!{sys.executable}\n{code}")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    monkeypatch.setenv("FAKE", str(tmp_path))
    words = ["executor=slurm", "executor.cells_per_job=3", "executor.workers=9"]
    assert len(list(simulate_cells(cells_for(words), store=tmp_path / "store"))) == 5
    assert bytes_of(tmp_path / "store") == expected
    assert "#SBATCH --array=0-1%2" in (tmp_path / "scripts").read_text()


class Doom:
    """Stands for facts; ends the process that receives it."""

    initial = CASE.initial

    def __reduce__(self):
        return exec, ("import os; os._exit(3)",)


@pytest.mark.slow
def test_job_that_ends_costs_its_cells_only(tmp_path, monkeypatch):
    pytest.importorskip("submitit")
    monkeypatch.setattr("sim.cells.facts_checksum", lambda case: type(case).__name__)
    words = ["executor=slurm", "executor.cluster=local", "executor.cells_per_job=1", "executor.workers=1"]
    first, second = simulate_cells([*cells_for(words, 1, Doom()), *cells_for(words, 1)], store=tmp_path)
    with pytest.raises(WorkerDied, match="toy, seed 1, was lost with its job"):
        _ = first.record
    assert second.record and len(Store(tmp_path).failures()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["executor.partition=long"], "executor.partition has no effect with executor=local"),
        (["executor=dask", "executor.job_gb=2"], "executor.job_gb has no effect with executor=dask"),
        (["executor=slurm", "executor.cluster=slum"], "did you mean 'slurm'"),
        (["executor.workers=0"], "executor.workers is 0"),
        (["executor=sluurm"], "did you mean 'slurm'"),
    ],
)
def test_choice_without_effect_is_refused(words, told):
    with pytest.raises(InputError, match=told):
        compose(words)


def test_single_run_is_made_here():
    pytest.importorskip("submitit")
    with pytest.raises(InputError, match="executor=slurm is for sweeps and studies"):
        list(simulate_cells(cells_for(["executor=slurm"], 1)))


@pytest.mark.skipif(sys.platform == "win32", reason="no cluster of this kind there")
def test_machine_without_a_cluster_is_told(tmp_path, monkeypatch):
    pytest.importorskip("submitit")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="finds no cluster here"):
        list(simulate_cells(cells_for(["executor=slurm"], 1), store=tmp_path))


def test_missing_library_is_told_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(InputError, match=r"pip install 'onward-sim\[slurm\]'"):
        list(simulate_cells(cells_for(["executor=slurm"], 1), store=tmp_path))
