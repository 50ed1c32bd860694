"""Sweeps as one set of tables: every number is that of the run it comes from, and new runs are noticed."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import stub_model

import sim
from sim import dataset, joined
from sim.cli import main
from sim.errors import InputError
from sim.results import open_run

TOY = ["run", "-m", "case=toyland", "days=5"]
POLICY = """{name}:
  what: The gates open.
  first_day: 2020-01-02
  effects: {{exit_gate: 1}}
  because: to see
  source: assumption
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Work in an empty folder, with a model that takes no time: ten times `seed` people leave each day."""
    monkeypatch.setitem(sys.modules, "sim.model", stub_model)
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    for name in ("mine", "yours"):
        Path(f"own/{name}.yaml").write_text(POLICY.format(name=name))
    return tmp_path


def made(*words):
    """Return the tables of a sweep."""
    assert main([*TOY, *words, "out=sweep"]) == 0
    return sim.open_sweep("sweep")


def test_settings_that_are_swept_are_columns(place):
    sweep = made("seed=1,2", "behaviour.onward_rate=0.01,0.02", "scenario=facts_only")
    assert list(sweep.runs) == ["run", "scenario", "onward_rate"]
    assert list(sweep.series)[:4] == ["run", "scenario", "onward_rate", "seed"]
    assert set(sweep.series["scenario"]) == {"facts_only"} and sweep.left == 0
    assert len(sweep.series) == 4 * 5 and sweep.series["onward_rate"].dtype == np.float64
    for run, rows in sweep.series.groupby("run", observed=True):
        own = open_run(f"sweep/{run}").series
        assert rows["value"].tolist() == own["value"].tolist() and rows["seed"].tolist() == own["seed"].tolist()
        assert f"onward_rate={rows['onward_rate'].iloc[0]:g}" in run


def test_summary_has_a_row_for_each_seed(place):
    summary = made("replicates=2", "policies=own", "policy=mine,yours").summary
    assert len(summary) == 4 and set(summary["unit"]) == {"people"} and set(summary["how"]) == {"last"}
    assert dict(zip(summary["seed"], summary["value"], strict=True)) == {1: 50.0, 2: 100.0}  # 10 x seed x 5 days


def test_totals_are_last_peak_and_sum():
    days = pd.DataFrame({"day": [0, 1, 2], "value": [3.0, 9.0, 4.0]})
    outcomes = ["displaced", "open_air", "returns"]
    series = pd.concat(
        [days.assign(run="a", seed=7, outcome=pd.Categorical([name] * 3, outcomes)) for name in outcomes]
    )
    found = dataset.totals(series).set_index("outcome")
    assert found["value"].to_dict() == {"displaced": 4.0, "open_air": 9.0, "returns": 16.0}


def test_median_by_policy_and_day(place):
    pytest.importorskip("duckdb")
    sweep = made("seed=1,2,4", "policies=own", "policy=mine,yours")
    found = sweep.sql(
        "select policy, day, median(value) as middle, max(value) as high from series "
        "where outcome = 'displaced' group by all order by all"
    )
    assert found["policy"].tolist() == ["mine"] * 5 + ["yours"] * 5
    assert found["middle"].tolist() == [20.0, 40.0, 60.0, 80.0, 100.0] * 2
    assert found["high"].tolist() == [40.0, 80.0, 120.0, 160.0, 200.0] * 2
    assert sweep.sql("select count(*) as n from runs")["n"].tolist() == [6]


def test_rows_are_sorted_by_outcome_and_day_and_then_as_the_runs_are(place, monkeypatch):
    monkeypatch.setattr(joined, "_ROWS", 10)  # two runs a block
    series = made("seed=3,1,2").series
    assert series["day"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 1, 2, 3, 4]
    assert series["seed"].tolist() == [3, 1] * 5 + [2] * 5
    assert (series["value"] == 10 * series["seed"] * (series["day"] + 1)).all()


def test_file_is_made_once_and_anew_when_runs_are_added(place):
    path = made("seed=1,2").path("series")
    before = path.stat().st_mtime_ns
    assert sim.open_sweep("sweep").path("series").stat().st_mtime_ns == before
    assert sorted(made("seed=1,2,3").series["seed"].unique()) == [1, 2, 3]
    assert path.stat().st_mtime_ns > before and [one.name for one in path.parent.iterdir()] == ["series.parquet"]


def test_damaged_file_is_made_anew(place):
    path = made("seed=1,2").path("series")
    whole = path.read_bytes()
    path.write_bytes(whole[:-50])
    assert len(sim.open_sweep("sweep").series) == 10 and path.read_bytes() == whole


def test_runs_that_are_not_finished_stand_in_no_table(place):
    made("seed=1,2,3")
    Path("sweep/seed=2/manifest.json").unlink()
    sweep = sim.open_sweep("sweep")
    assert sweep.left == 1 and set(sweep.series["seed"]) == {1, 3}


def test_sweep_that_nobody_may_write_to_is_read_all_the_same(place, monkeypatch):
    made("seed=1,2")
    Path("sweep/tables").write_text("in the way")  # as unwritable for root as a folder without rights
    assert len(sim.open_sweep("sweep").series) == 10


def test_names_of_columns_tell_settings_apart():
    names = ["policy.mine.first_day", "policy.yours.first_day", "behaviour.ties_weight", "case.day"]
    assert list(dataset._short_names(names).values()) == [
        "policy_mine_first_day",
        "policy_yours_first_day",
        "ties_weight",
        "case_day",
    ]


def test_damaged_run_is_told(place):
    made("seed=1,2")
    path = Path("sweep/seed=1/series.parquet")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match="seed=1 is damaged: series.parquet"):
        sim.open_sweep("sweep").table("series")


def test_mistakes_are_told_in_one_sentence(place):
    made("seed=1,2")
    with pytest.raises(InputError, match=r"there is no sweep folder .* \(did you mean 'sweep'\?\)"):
        sim.open_sweep("swep")
    with pytest.raises(InputError, match="is no sweep"):
        sim.open_sweep("sweep/seed=1")
    with pytest.raises(InputError, match=r"has no table 'serie' \(did you mean 'series'\?\)"):
        sim.open_sweep("sweep").table("serie")
    about = json.loads(Path("sweep/sweep.json").read_text())
    for run in about["runs"]:
        Path("sweep", run["folder"], "manifest.json").unlink()
    with pytest.raises(InputError, match="no run of the sweep .* is finished: sim run -m case=toyland"):
        sim.open_sweep("sweep")


def test_question_that_is_wrong_is_told_in_one_sentence(place):
    pytest.importorskip("duckdb")
    with pytest.raises(InputError, match="is refused: .*valu.*; tables are runs, border, daily, flows"):
        made("seed=1,2").sql("select valu from series")


def test_missing_library_is_told(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InputError, match=r"need the package 'duckdb': pip install 'onward-sim\[studies\]'"):
        made("seed=1,2").sql("select 1")
