"""`sim check` and `sim run` with a Flee directory: words, tables, exit codes."""

import json
from pathlib import Path

import pandas as pd
import pytest
from conflicts import write
from dictionary import undescribed

from sim.cli import main
from sim.results import read_table
from sim.studies.conflict import open_conflict


@pytest.fixture
def words(tmp_path, monkeypatch):
    """Return the settings that name the small directory, in an empty working folder."""
    write(tmp_path / "village")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return ["case=flee", "case.path=../village", "flee.camp_movechance=0"]


def test_check_tells_what_a_directory_holds_and_what_is_doubtful(words, capsys):
    assert main(["check", *words]) == 0
    told = capsys.readouterr().out
    lines = {tuple(line.rsplit(None, 1)) for line in told.splitlines()}
    assert ("places, camp", "2") in lines and ("people who set out later", "100") in lines
    assert "warning: locations.csv: Camp, Faraway have no capacity" in told and "No mistake found." in told


def test_check_refuses_a_broken_directory(words, capsys):
    write(Path("../village"), routes_csv="Aburg,Camp,far\n")
    assert main(["check", *words]) == 2
    assert "routes.csv, line 1, column 3 'distance': 'far' is not a number" in capsys.readouterr().err


def test_run_writes_people_by_day_and_the_scores(words, capsys):
    assert main(["run", *words, "rules=flee", "out=done", "seed=3", "replicates=2", "output.csv=true"]) == 0
    told = capsys.readouterr().out
    run = open_conflict("done")
    assert set(run.daily.columns) == {"seed", "day", "date", "location", "people"}
    assert run.daily.groupby(["seed", "day"])["people"].sum().tolist() == [0, 100, 100, 100] * 2
    assert str(run.daily["date"].iloc[-1].date()) == "2013-12-04" and len(run.observed) == 8
    rows = pd.read_csv("done/daily.csv").query("seed == 3").pivot(index="day", columns="location", values="people")
    # 60 in Camp and 40 in Faraway from day 1 on; day 0 has nobody and counts as right
    expected = 0.75 * (abs(rows["Camp"][3] - 60) + abs(rows["Faraway"][3] - 40)) / 100
    scores = {line["outcome"]: line for line in json.loads(open("done/summary.json").read())}
    assert scores["ard"]["low"] <= expected <= scores["ard"]["high"]
    assert f"{scores['ard']['value']:.3f}" in told and "done" in told


def test_same_seed_writes_the_same_bytes(words):
    for folder in ("a", "b"):
        assert main(["run", *words, "rules=flee", f"out={folder}"]) == 0
    for name in ("daily.parquet", "observed.parquet", "summary.json", "config.yaml"):
        assert open(f"a/{name}", "rb").read() == open(f"b/{name}", "rb").read()
    assert read_table("a/daily.parquet").equals(open_conflict("a").daily)
    assert undescribed("conflict", Path("a")) == []


def test_several_settings_side_by_side(words):
    assert main(["run", "-m", *words, "rules=flee", "flee=default,validation,flee3_validation", "out=sets"]) == 0
    made = {open_conflict(f"sets/flee={name}").config["flee"]["max_move_speed"] for name in
            ("default", "validation", "flee3_validation")}  # fmt: skip
    assert made == {360, 400, 200}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (["policy=border_opening"], "measures do not act in a Flee directory"),
        (["case.path=../vilage"], "there is no such folder (did you mean 'village'?)"),
        (["case.observed=../nowhere"], "case.observed is '../nowhere', but there is no data_layout.csv in it"),
        (["flee=validaton"], "did you mean 'validation'?"),
        (["flee.softening=0"], "flee.softening is 0.0, but must lie between 0.001 and 10,000"),
        (["rules=fle"], "rules is 'fle', but must be onward or flee (did you mean 'flee'?)"),
        (["days=5"], "days is 5, but village has 4 days"),
        (["case.start=2014-01-01"], "case.start is 2014-01-01, but sim_period.csv of the directory says it"),
        (["departures=endogenous"], "needs a Flee directory and rules=onward"),
        (["case=toyland"], "rules is 'flee', but the case is no Flee directory"),
    ],
)
def test_wrong_choices_cost_one_sentence(words, change, told, capsys):
    names = [word.partition("=")[0] for word in change]
    chosen = [word for word in [*words, "rules=flee"] if word.partition("=")[0] not in names]
    assert main(["run", *chosen, *change, "out=done"]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


def test_other_commands_say_that_they_cannot_take_a_flee_directory(words, capsys):
    assert main(["compare", *words, "scenarios=[facts_only,as_it_happened]", "out=done"]) == 2
    assert "only sim run, check and validate take a Flee directory" in capsys.readouterr().err
