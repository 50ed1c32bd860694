"""Sweeps: killed, shared, extended and listed, they end with the tables of one that nobody disturbed."""

import functools
import json
import os
import random
import shutil
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
import stub_model
from killed import done_cells, faults, kill_often, tables

from sim.cli import main
from sim.compose import compose_many
from sim.results import open_run
from sim.sweeps import plan_sweep, run_sweep

ROOT = Path(__file__).parents[1]
TOY = ["run", "-m", "case=toyland"]
POLICY = """{name}:
  what: The gates open.
  first_day: {day}
  effects: {{exit_gate: 1}}
  because: to see
  source: assumption
"""

# A quick model that takes its time, so that there is something to kill.
CHILD = """
import sys, time
{before}
import stub_model
quick = stub_model.simulate
def slow(config, case, seed, progress=None):
    time.sleep(1e6 if seed == {last} else {seconds})
    return quick(config, case, seed, progress)
stub_model.simulate = slow
sys.modules["sim.model"] = stub_model
from sim.cli import main
sys.exit(main({words!r}))
"""


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Work in an empty folder, with a model that takes no time, notes its seeds and fails for some if asked to."""
    model = types.ModuleType("sim.model")
    model.seeds, model.failing = [], {}

    def simulate(config, case, seed, progress=None):
        model.seeds.append(seed)
        if seed in model.failing:
            raise model.failing[seed]
        return stub_model.simulate(config, case, seed, progress)

    model.simulate = simulate
    monkeypatch.setitem(sys.modules, "sim.model", model)
    monkeypatch.chdir(tmp_path)
    return model


def child(words, cwd, seconds=0.03, last=None, before=""):
    """Start a sweep in a process of its own, after some code, which never gets beyond the last seed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    code = CHILD.format(seconds=seconds, last=last, before=before, words=words)
    return subprocess.Popen([sys.executable, "-c", code], cwd=cwd, env=environment, stdout=-1, stderr=-1, text=True)


def test_each_run_is_that_of_its_own_command(quick, capsys):
    assert main([*TOY, "seed=1,2", "days=10,20", "replicates=2", "out=sweep"]) == 0
    names = {"seed=1_days=10", "seed=1_days=20", "seed=2_days=10", "seed=2_days=20"}
    assert {path.name for path in Path("sweep").iterdir()} == {*names, "store", "sweep.json"}
    run = open_run("sweep/seed=2_days=20")
    words = run.manifest["command"].split()[2:]
    assert main(["run", *[word for word in words if not word.startswith("out=")], "out=alone"]) == 0
    assert tables(Path("alone")) == tables(Path("sweep/seed=2_days=20"))
    assert sorted(quick.seeds[:-2]) == [1, 1, 2, 2, 3, 3]  # seed 2 belongs to two runs, and is simulated once
    assert not list(Path("sweep/store/cells").glob("*/*")) and not run.pictures


def test_sweep_that_is_given_more_values_simulates_only_these(quick, capsys):
    assert main([*TOY, "seed=1,2", "out=sweep"]) == 0
    before = {path: path.stat().st_mtime_ns for path in Path("sweep").glob("seed*/manifest.json")}
    assert main([*TOY, "seed=1,2,3", "out=sweep"]) == 0
    assert quick.seeds == [1, 2, 3] and "2 of 3 runs were finished before" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_changed_policy_file_repeats_only_the_runs_that_it_touches(quick):
    Path("own").mkdir()
    for name in ("mine", "yours"):
        Path(f"own/{name}.yaml").write_text(POLICY.format(name=name, day="2020-01-05"))
    words = [*TOY, "policies=own", "policy=mine,yours", "out=sweep"]
    assert main(words) == 0 and len(quick.seeds) == 2
    kept = Path("sweep/policy=yours/manifest.json").read_bytes()
    Path("own/mine.yaml").write_text(POLICY.format(name="mine", day="2020-01-09"))
    assert main(words) == 0 and len(quick.seeds) == 3
    assert open_run("sweep/policy=mine").config["policy"]["mine"]["first_day"] == "2020-01-09"
    assert Path("sweep/policy=yours/manifest.json").read_bytes() == kept


def test_run_that_fails_stops_no_other_and_is_tried_again(quick, capsys):
    quick.failing[2] = ZeroDivisionError("as ordered")
    with pytest.raises(ZeroDivisionError) as caught:
        main([*TOY, "seed=1,2,3", "out=sweep"])
    assert "1 of 3 simulations failed, the others are finished; seed=2, seed 2: as ordered" in caught.value.__notes__
    assert not Path("sweep/seed=2").exists() and open_run("sweep/seed=3")
    capsys.readouterr()
    assert main(["sweeps", "."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["simulations", "done", "failed", "left"] and lines[1].split() == "sweep 3 2 1 0".split()
    assert lines[-1] == "  sim run -m case=toyland seed=1,2,3 out=sweep output.pictures=false"
    quick.failing.clear()
    assert main([*TOY, "seed=1,2,3", "out=sweep"]) == 0
    assert quick.seeds == [1, 2, 3, 2] and not list(Path("sweep/store/failed").iterdir())


def test_failure_of_a_machine_is_one_sentence(quick, capsys):
    from sim.errors import WorkerDied

    quick.failing[2] = WorkerDied("the machine broke")
    assert main([*TOY, "seed=1,2", "out=sweep"]) == 1
    err = capsys.readouterr().err
    assert "1 of 2 simulations failed, the others are finished; seed=2, seed 2: the machine broke" in err


def test_replicates_that_were_finished_when_it_was_stopped_are_kept(quick, capsys):
    quick.failing[3] = KeyboardInterrupt()
    assert main([*TOY, "days=10", "replicates=4", "out=sweep"]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    quick.failing.clear()
    assert main([*TOY, "days=10", "replicates=4", "out=sweep"]) == 0
    assert quick.seeds == [1, 2, 3, 3, 4]
    assert main(["run", "case=toyland", "days=10", "replicates=4", "out=alone", "output.pictures=false"]) == 0
    assert tables(Path("alone")) == tables(Path("sweep/run"))


@pytest.mark.parametrize("n_kills", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_sweep_killed_at_random_moments_ends_with_the_same_bytes(quick, capsys, n_kills):
    # The last seed takes for ever, so that no machine is too slow to kill the sweep before it ends.
    last, luck = 10 + 2 * n_kills, random.Random(n_kills)
    words, n = [*TOY, "days=5,6", f"seed=range(1,{last + 1})"], 2 * last
    counts = sorted(luck.sample(range(n // 2), n_kills))
    start = functools.partial(child, [*words, "out=killed"], None, last=last)
    assert kill_often(start, Path("killed"), counts, luck) == n_kills
    n_done = len(done_cells(Path("killed")))
    assert main([*words, "out=killed"]) == 0 and f"of {n} runs were finished before" in capsys.readouterr().out
    assert n - n_done - n_kills <= len(quick.seeds) <= n - n_done  # a kill may come before the line in the log
    assert main([*words, "out=whole"]) == 0 and len(tables(Path("whole"))) == n * 6
    assert faults(Path("killed"), Path("whole"), n, n_kills) == []


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_two_processes_at_one_sweep_share_the_work(quick):
    words = [*TOY, "seed=range(1,21)"]
    both = [child([*words, "out=sweep"], None, seconds=0.1) for _ in range(2)]
    ends = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert main([*words, "out=whole"]) == 0
    assert faults(Path("sweep"), Path("whole"), 20, 0) == []
    assert not list(Path("sweep/store/parts").iterdir())


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_sweep_that_somebody_is_at_is_said_to_run(tmp_path, capsys):
    process = child([*TOY, "seed=1,2", "out=sweep"], tmp_path, last=2)
    while not list(tmp_path.glob("sweep/seed*/manifest.json")) and process.poll() is None:
        time.sleep(0.05)
    assert main(["sweeps", str(tmp_path)]) == 0 and "running" in capsys.readouterr().out
    process.kill()
    process.wait()
    assert main(["sweeps", str(tmp_path)]) == 0 and "running" not in capsys.readouterr().out


# A disk that takes no file of more than so many bytes stands for one that is full: what is written breaks off.
SMALL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({n_bytes}, resource.RLIM_INFINITY))"


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_full_disk_ends_a_sweep_in_a_sentence_and_the_same_command_goes_on(quick):
    words = [*TOY, "seed=1,2,3", "out=sweep"]
    assert main([*words[:-1], "out=whole"]) == 0
    n_bytes = max(len(content) for content in tables(Path("whole")).values()) - 1
    process = child(words, None, before=SMALL.format(n_bytes=n_bytes))
    _, err = process.communicate()
    assert process.returncode == 2 and "nothing more can be written in" in err and "Traceback" not in err
    assert "File too large" in err and not list(Path("sweep").glob("*/manifest.json"))
    assert {path.name for path in Path("sweep").rglob("*") if path.is_file()} <= {"sweep.json", "lock", "log.jsonl"}
    quick.seeds.clear()
    assert main(words) == 0 and quick.seeds == [1, 2, 3]
    assert faults(Path("sweep"), Path("whole"), 3, 0) == []


def test_damaged_table_is_told_and_made_again_when_it_is_removed(quick, capsys):
    assert main([*TOY, "seed=1,2", "out=sweep"]) == 0
    path = Path("sweep/seed=1/series.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert main([*TOY, "seed=1,2", "out=sweep"]) == 2
    assert "seed=1 is damaged: series.parquet is missing or has another size" in capsys.readouterr().err
    shutil.rmtree("sweep/seed=1")
    assert main([*TOY, "seed=1,2", "out=sweep"]) == 0
    assert quick.seeds == [1, 2, 1] and path.read_bytes() == whole


def test_dry_run_writes_nothing_and_tells_what_is_left(quick, capsys):
    words = [*TOY, "seed=1,2", "replicates=3", "out=sweep"]
    assert main([*words, "--dry-run"]) == 0
    assert not list(Path.cwd().iterdir()) and not quick.seeds
    out = capsys.readouterr().out
    assert out.startswith("2 runs, 0 of them finished; 6 simulations left\nabout ") and "MB are free" in out
    assert main(words) == 0 and main([*words, "--dry-run"]) == 0
    assert "2 runs, 2 of them finished; 0 simulations left" in capsys.readouterr().out


def test_dry_run_shows_the_script_for_a_cluster(quick, capsys):
    pytest.importorskip("submitit")
    words = [*TOY, "seed=range(1,121)", "executor=slurm", "executor.partition=long", "--dry-run"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "#SBATCH --array=0-2%" in out and "#SBATCH --partition=long" in out


def test_same_command_finds_its_sweep_without_a_name(quick, capsys):
    for words in (["seed=1,2"], ["seed=1,2", "threads=1"], ["seed=1,2", "executor.workers=1"], ["seed=1,3"]):
        assert main([*TOY, *words]) == 0
    assert quick.seeds == [1, 2, 1, 3] and len(list(Path("results").glob("sweep-*"))) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["out=other", "seed=1,2"], "holds something else than a sweep"),
        (["out=a,b"], "out cannot be swept"),
        (["seed=1,2", "policy=nothing"], "policy"),
    ],
)
def test_mistake_is_told_before_anything_is_simulated(quick, capsys, words, told):
    Path("other").mkdir()
    Path("other/mine.txt").write_text("keep")
    assert main([*TOY, *words]) == 2
    assert told in capsys.readouterr().err and not quick.seeds and [path.name for path in Path().iterdir()] == ["other"]


def test_labels_that_are_long_or_look_alike_get_folders_of_their_own(quick):
    long = ",".join(f"behaviour.{name}={{}}" for name in ("onward_rate", "room_weight", "ties_weight", "seam_cost"))
    words = [word.format(f"0.{'0' * 40}1,1") for word in long.split(",")]
    assert main([*TOY, *words, "out=sweep"]) == 0
    names = [path.name for path in Path("sweep").glob("behaviour*")]
    assert len(names) == 16 and max(map(len, names)) <= 100
    labels = [run["folder"] for run in json.loads(Path("sweep/sweep.json").read_text())["runs"]]
    assert sorted(labels) == sorted(names)


def test_run_that_another_process_made_since_it_was_planned_is_not_made_again(quick):
    words = [*TOY, "seed=1,2", "out=sweep", "output.pictures=false"]
    planned = plan_sweep(compose_many(words[2:]), words[2:])
    assert len(planned.left) == 2
    assert main(words) == 0 and not list(Path("sweep/store/cells").glob("*/*"))
    assert list(run_sweep(planned)) == [] and quick.seeds == [1, 2]
