"""The commands: what they print, their exit codes, and that a mistake costs one sentence and leaves nothing."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stub_model

import sim
from sim.cli import main
from sim.paths import data_folder
from sim.results import open_run

ROOT = Path(__file__).parents[1]
TOY = ["run", "case=toyland", "output.pictures=false"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(folder, monkeypatch):
    """Work in an empty folder, with a model that takes no time."""
    monkeypatch.setitem(sys.modules, "sim.model", stub_model)
    return folder


@pytest.fixture
def own_case(folder):
    """Return a copy of toyland whose files may be spoilt."""
    return Path(shutil.copytree(data_folder("seeds") / "toyland", folder / "own"))


def mistake(capsys, *words):
    """Return the one sentence with which a command ends, having left nothing behind."""
    before = sorted(Path.cwd().rglob("*"))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert err.startswith("sim: error: ") and err.count("\n") == 1 and "Traceback" not in err
    assert out == "" and sorted(Path.cwd().rglob("*")) == before
    return err


def start(*words, cwd):
    """Start Python with these words in a process of its own, which takes signals even if this one was told not to.

    What a shell starts in the background ignores Ctrl-C, and so do its children unless they are told otherwise.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen([sys.executable, *words], cwd=cwd, env=environment, text=True, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rnu"], "(did you mean 'run'?)"),
        (["run", "populaton=tiny"], "(did you mean 'population'?)"),
        (["run", "case=toylnd"], "(did you mean 'toyland'?)"),
        (["run", "scenario=as_it_hapened"], "(did you mean 'as_it_happened'?)"),
        (["run", "policy=border_openin"], "(did you mean 'border_opening'?)"),
        (["run", "policy=border_opening", "policy.border_opening.where=[Pazarkul]"], "(did you mean 'Pazarkule'?)"),
        (["run", "policy=border_opening", "policy.border_opening.first_day=2020-02-30"], "2020-02-30"),
        (["run", "policy=border_opening", "policy.border_opening.first_day=2019-01-01"], "2019-01-01"),
        (["run", "case.start=yesterday"], "a date such as"),
        (["run", "behaviour.onward_rate=-1"], "behaviour.onward_rate is -1"),
        (["run", "behaviour.onward_rate=fast"], "a number"),
        (["run", "population=null"], "population is 'null'"),
        (["run", "seed=-1"], "seed is -1"),
        (["run", "replicates=0"], "replicates is 0"),
        (["run", "days=-3"], "days is -3"),
        (["run", "days=1000"], "days is 1000"),
        (["run", "out=/proc/nowhere"], "nothing can be written"),
        (["run", "case.path=nowhere"], "no such case"),
        (["run", "case.path=./nowhere"], "no such case folder"),
        (["run", "-m", "seed=1,-1"], "seed is -1"),
        (["run", "--mutirun"], "--mutirun"),
        (["run", "--cfg", "jub"], "'job'"),
        (["check", "case=toylnd"], "(did you mean 'toyland'?)"),
        (["check", "--fast"], "--fast"),
        (["scenarios", "all"], "all"),
        (["completion", "fish"], "fish"),
    ],
)
def test_mistake_is_told_in_one_sentence(folder, capsys, words, told):
    assert told in mistake(capsys, *words)


def test_missing_seed_file_is_told_with_its_name(own_case, capsys):
    (own_case / "routes.csv").unlink()
    assert "own/routes.csv" in mistake(capsys, *TOY, "case.path=./own")


def test_place_mistyped_in_a_seed_file_is_told_with_its_line(own_case, capsys):
    events = (own_case / "events.csv").read_text(encoding="utf-8")
    (own_case / "events.csv").write_text(events.replace("Ashford,", "Ashfrd,", 1), encoding="utf-8")
    sentence = mistake(capsys, *TOY, "case.path=./own")
    assert "own/events.csv, line 2" in sentence and "(did you mean 'Ashford'?)" in sentence


def test_tables_that_contradict_each_other_are_refused(own_case, capsys):
    people = (own_case / "initial.csv").read_text(encoding="utf-8")
    (own_case / "initial.csv").write_text(people.replace("resident,2000", "resident,1990"), encoding="utf-8")
    assert "initial.csv" in mistake(capsys, *TOY, "case.path=./own")
    assert main(["check", "case=toyland", "case.path=./own"]) == 2
    assert "error: initial.csv" in capsys.readouterr().out


def test_file_is_not_taken_for_a_folder_of_results(folder, capsys):
    (folder / "notes").write_text("mine")
    assert "that is a file" in mistake(capsys, *TOY, "out=notes")
    assert (folder / "notes").read_text() == "mine"


def test_check_tells_what_was_read(capsys):
    assert main(["check", "case=toyland"]) == 0
    out = capsys.readouterr().out
    counts = {line.rsplit(None, 1)[0].strip(): line.split()[-1] for line in out.splitlines()}
    assert (counts["places"], counts["routes"], counts["people, resident (all)"]) == ("5", "3", "3,000")
    assert "No mistake found." in out


def test_scenarios_come_with_their_stories_and_measures(capsys):
    assert main(["scenarios"]) == 0
    out = capsys.readouterr().out
    assert "as_it_happened\n  " in out and "  - border_opening: " in out


def test_run_prints_its_summary_and_where_the_results_lie(quick, capsys):
    assert main([*TOY, "out=mine", "replicates=3", "days=10"]) == 0
    out = capsys.readouterr().out
    assert "seeds 1 to 3" in out and "results    mine" in out
    line = next(line for line in out.splitlines() if line.startswith("displaced"))
    assert line.split()[-4:] == ["200", "100", "-", "300"]  # the stub: ten people times seed times days


def test_observation_stands_beside_the_run_on_the_same_day(quick, capsys):
    assert main(["run", "output.pictures=false", "days=60"]) == 0  # until 29 January, 390,000 were counted on the 27th
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("displaced"))
    assert line.split() == ["displaced", "by", "27", "Jan", "2020", "580", "390,000"]


def test_replicates_take_the_seeds_that_follow(quick):
    assert main([*TOY, "out=mine", "seed=5", "replicates=2"]) == 0
    run = open_run("mine")
    assert sorted(run.daily["seed"].unique()) == [5, 6] and run.manifest["seeds"] == [5, 6]
    assert run.summary == [
        {"outcome": "displaced", "unit": "people", "how": "last", "value": 3300.0, "low": 3000.0, "high": 3600.0}
    ]


def test_results_without_a_name_never_replace_those_of_other_settings(quick):
    for words in ([], ["seed=2"], ["seed=2"], ["behaviour.onward_rate=0.9"]):
        assert main([*TOY, *words]) == 0
    assert len(list((quick / "results").iterdir())) == 3


def test_place_and_threads_leave_no_trace_but_in_the_manifest(quick):
    assert main([*TOY, "out=one"]) == 0 and main([*TOY, "out=two", "threads=1"]) == 0
    one, two = open_run("one"), open_run("two")
    assert one.manifest["files"] == two.manifest["files"]
    assert "threads=1" in two.manifest["command"]


def test_every_setting_is_printed_instead_of_running(folder, capsys):
    assert main(["run", "population=tiny", "--cfg", "job"]) == 0
    assert "one_in: 400" in capsys.readouterr().out and not list(folder.iterdir())


def test_two_lines_of_python_do_what_the_command_does(quick):
    assert main([*TOY, "out=one"]) == 0
    again = sim.run([*TOY[1:], "out=two"])
    assert again.manifest["files"] == sim.open_run("one").manifest["files"]


def test_several_runs_lie_in_folders_of_their_own(quick, capsys):
    assert main([*TOY, "-m", "seed=1,2", "days=10,20", "out=sweep"]) == 0
    assert sorted(path.name for path in (quick / "sweep").iterdir()) == [
        *(f"seed={seed}_days={days}" for seed in (1, 2) for days in (10, 20)),
        "store",
        "sweep.json",
    ]
    assert capsys.readouterr().out.count("results    sweep/") == 4


def test_broken_run_keeps_its_traceback_and_the_earlier_results(quick, monkeypatch):
    def fail(*arguments, **options):
        raise ZeroDivisionError

    assert main([*TOY, "out=mine"]) == 0
    before = json.loads((quick / "mine" / "manifest.json").read_text())
    monkeypatch.setattr(stub_model, "simulate", fail)
    with pytest.raises(ZeroDivisionError):
        main([*TOY, "out=mine", "seed=2"])
    assert json.loads((quick / "mine" / "manifest.json").read_text()) == before
    assert [path.name for path in quick.iterdir()] == ["mine"]


def test_stopping_leaves_nothing_half_written(quick, monkeypatch, capsys):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(stub_model, "simulate", stop)
    assert main([*TOY, "out=mine"]) == 130
    assert not list(quick.iterdir()) and "stopped" in capsys.readouterr().err


SLOW_PICTURES = """
import sys, time, types
import stub_model
def draw_run(run, case, folder, command):
    print("drawing", flush=True)
    for _ in range(1200):
        time.sleep(0.05)
sys.modules["sim.model"] = stub_model
sys.modules["sim.views"] = types.SimpleNamespace(draw_run=draw_run)
from sim.cli import main
sys.exit(main(["run", "case=toyland", "out=mine"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_amid_writing_leaves_nothing_and_no_traceback(folder, number, code):
    process = start("-c", SLOW_PICTURES, cwd=folder)
    assert process.stdout.readline() == "drawing\n" and len(list(folder.iterdir())) == 1
    process.send_signal(number)
    _, err = process.communicate(timeout=90)
    assert process.returncode == code and "Traceback" not in err
    assert not list(folder.iterdir())


def test_reader_that_has_gone_is_no_error(folder):
    process = start("-m", "sim", "run", "--cfg", "job", cwd=folder)
    process.stdout.close()
    assert process.stderr.read() == "" and process.wait(timeout=30) == 141


def test_help_and_version_answer_in_their_own_process(folder):
    for words, told in ((["--help"], "sim run"), (["run", "--help"], "population="), (["--version"], "0.1.0")):
        process = start("-m", "sim", *words, cwd=folder)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0 and told in out


@pytest.mark.parametrize(
    ("line", "expected"),
    [("sim ru", "run "), ("sim run popul", "population="), ("sim run population=t", "population=tiny")],
)
def test_completion_offers_what_may_follow(capsys, line, expected):
    assert main(["completion", "query", line]) == 0
    assert expected in capsys.readouterr().out.split("\n")


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_completion_script_works_in_bash(folder):
    script = f"""
    sim() {{ {sys.executable} -m sim "$@"; }}
    eval "$(sim completion bash)"
    COMP_LINE='sim run population=t'; COMP_POINT=${{#COMP_LINE}}; _sim_completion; echo "${{COMPREPLY[*]}}"
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    out = subprocess.check_output(["bash", "-c", script], cwd=folder, env=environment, text=True)
    assert out == "tiny\n"


def test_the_real_model_runs_from_the_command_line(folder, capsys):
    assert main(["run", "case=toyland", "out=mine", "check=true"]) == 0
    run = open_run("mine")
    assert {"daily", "flows", "arrivals", "border", "journeys", "series"} <= set(run.tables)
    assert run.daily[run.daily["day"] == 0]["people"].sum() == 6000
    assert len(run.pictures) >= 2 and all(path.stat().st_size > 10_000 for path in run.pictures)
    told = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for name in run.tables:
        row = next(line for line in told.splitlines() if line.startswith(f"| `{name}.parquet`"))
        assert set(run.table(name).columns) - {"seed"} <= set(re.findall(r"\w+", row)), name
