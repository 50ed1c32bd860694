"""Questions to a sweep: trade-offs, regrets and conditions counted by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from sim import views
from sim.cli import main
from sim.columns import columns_of, tables_of
from sim.errors import InputError
from sim.results import read_manifest, read_table, write_run
from sim.studies.question import question
from sim.studies.weighing import choices, dominators, regrets

# People displaced if the ceasefire holds, if it fails; people dead in either case.
PEOPLE = {"a": (10, 100, 5), "b": (30, 60, 2), "c": (20, 70, 5)}


def run_of(folder, seed, displaced, dead):
    """Write a run of two days in which so many are displaced and dead at the end."""
    outcomes = ["displaced", "dead_on_the_way"]
    rows = {
        "seed": np.int64(seed),
        "day": np.int16([0, 1] * 2),
        "date": pd.to_datetime(["2020-01-01", "2020-01-02"] * 2),
    }
    values = {"outcome": pd.Categorical(np.repeat(outcomes, 2), outcomes), "value": [0.0, displaced, 0.0, dead]}
    manifest = {"command": "sim run", "seeds": [seed], "cells": [folder.name]}
    write_run(folder, "scenario: {name: none}\n", {"series": pd.DataFrame({**rows, **values})}, [], manifest)


def sweep_of(folder, runs):
    """Write a sweep by hand: label -> (seed, displaced, dead)."""
    about = []
    for i, (label, numbers) in enumerate(runs.items()):
        run_of(folder / f"run{i}", *numbers)
        about.append({"label": label, "folder": f"run{i}", "cells": [f"run{i}"]})
    told = {"program": "onward-sim", "kind": "sweep", "command": "sim run -m scenario=a,b,c out=x", "runs": about}
    (folder / "sweep.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    """Return three options in two futures with two seeds, which add 1 and 3 to the people displaced."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep").mkdir()
    runs = {
        f"scenario={option} policy.march.ceasefire={future} seed={seed}": (seed, people[i] + 2 * seed - 1, people[2])
        for option, people in PEOPLE.items()
        for i, future in enumerate(["holds", "fails"])
        for seed in (1, 2)
    }
    return sweep_of(tmp_path / "sweep", runs)


def answer(sweep, *words, pictures=False):
    """Return the tables of an answer, by name, indexed by option."""
    folder = question(sweep, [*words, f"output.pictures={str(pictures).lower()}"])
    return {path.stem: read_table(path) for path in folder.glob("*.parquet")}


TWO = "outcomes=[displaced,dead_on_the_way]"


def test_dominated_options_counted_by_hand():
    # b is as good as c in the first and better in the second; d equals b, and neither dominates the other.
    losses = np.array([[55.0, 5.0], [45.0, 2.0], [45.0, 5.0], [45.0, 2.0], [90.0, 1.0]])
    assert dominators(losses).tolist() == [1, -1, 1, -1, -1]


def test_regrets_counted_by_hand():
    losses = pd.DataFrame({name: people[:2] for name, people in PEOPLE.items()}, index=["holds", "fails"]).T
    regret = regrets(losses)
    assert regret.to_numpy().tolist() == [[0, 40], [20, 0], [10, 10]]
    even = choices(regret, np.array([0.5, 0.5]))
    assert even["max_regret"].tolist() == [40, 20, 10] and even["worst_future"].tolist() == ["fails", "holds", "holds"]
    assert even["is_minimax"].tolist() == [False, False, True]
    assert even["expected_regret"].tolist() == [20, 10, 10]
    assert even["is_least_expected"].tolist() == [False, True, True]
    likely = choices(regret, np.array([0.9, 0.1]))
    assert likely["expected_regret"].tolist() == pytest.approx([4, 18, 10])
    assert likely["is_least_expected"].tolist() == [True, False, False]


def test_answer_of_a_sweep_is_that_counted_by_hand(sweep):
    found = answer(sweep, TWO, "weights=[1,1]")
    options = found["options"].set_index("option")
    assert options["displaced"].to_dict() == {"a": 57.0, "b": 47.0, "c": 47.0}  # 2 more, the mean of 1 and 3
    assert options["dominated_by"].astype(str).to_dict() == {"a": "b", "b": "", "c": "b"}
    wide = found["regrets"].pivot(index="option", columns="future", values="regret")
    assert wide.loc["a"].to_dict() == {"holds": 0.0, "fails": 40.0} and wide.loc["c"].tolist() == [10.0, 10.0]
    assert found["choices"].set_index("option")["is_minimax"].to_dict() == {"a": False, "b": False, "c": True}


def test_more_may_be_better(sweep):
    found = answer(sweep, "outcomes=[displaced]", "better=[more]")
    wide = found["regrets"].pivot(index="option", columns="future", values="regret")
    assert wide.loc["a"].to_dict() == {"holds": 20.0, "fails": 0.0}
    conditions = found["conditions"].set_index(["option", "future"])
    assert conditions["beats"].to_dict() == {
        ("b", "holds"): True,
        ("b", "fails"): False,
        ("c", "holds"): True,
        ("c", "fails"): False,
    }


def test_any_option_may_be_the_baseline(sweep):
    conditions = answer(sweep, "outcomes=[displaced]", "baseline=c")["conditions"].set_index(["option", "future"])
    assert conditions["difference"].to_dict() == {
        ("a", "holds"): -10.0,
        ("a", "fails"): 30.0,
        ("b", "holds"): 10.0,
        ("b", "fails"): -10.0,
    }
    assert (conditions["low"] == conditions["difference"]).all() and (conditions["n"] == 2).all()  # the same luck


def test_verb_tells_the_answer_and_when_one_beats_another(sweep, capsys):
    assert main(["question", str(sweep), TWO, "weights=[0.9,0.1]", "out=answer"]) == 0
    out = capsys.readouterr().out
    assert "b beats a (less displaced) in 1 of 2 futures: fails" in out
    assert "(weights of the futures: holds: 0.9; fails: 0.1)" in out and "least of the largest" in out
    manifest = read_manifest(sweep.parent / "answer", "question")
    assert manifest["command"] == f"sim question {sweep} '{TWO}' 'weights=[0.9,0.1]' out=answer"
    assert {"tradeoff.png", "regret.png", "options.csv", "question.json"} <= set(manifest["files"])


def test_pictures_say_command_and_sources_and_grey_what_is_dominated(sweep):
    folder = question(sweep, [TWO, "output.pictures=false"])
    tables = {path.stem: read_table(path) for path in folder.glob("*.parquet")}
    about = json.loads((folder / "question.json").read_text())
    figure = views.question.tradeoff(tables["options"], about, "sim question X")
    texts = " ".join(text.get_text() for text in figure.texts)
    assert "Made by:  sim question X" in texts and "12 runs, seeds 1 to 2" in texts and "sim run -m" in texts
    _, rings, filled, *_ = figure.axes[0].lines
    assert {text.get_text() for text in figure.axes[0].texts} == {"a (baseline)", "b", "c"}
    assert sorted(rings.get_xdata()) == [47.0, 57.0] and filled.get_xydata().tolist() == [[47.0, 2.0]]
    grid = views.question.regret_grid(tables["regrets"], tables["choices"], about, "sim question X")
    cells = [text.get_text() for text in grid.axes[0].texts]
    assert cells == ["0", "40", "40", "20", "20", "0", "20", "10", "10", "10", "10", "10"]


def test_sweep_without_futures_has_no_regret(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep").mkdir()
    runs = {f"scenario={name} seed={seed}": (seed, 10 * i + seed, 1) for i, name in enumerate("ab") for seed in (1, 2)}
    found = answer(sweep_of(tmp_path / "sweep", runs), "outcomes=[displaced]")
    assert set(found) == {"options", "conditions"} and found["conditions"]["difference"].tolist() == [10.0]


def test_options_that_come_to_the_same_are_said_to(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep").mkdir()
    runs = {f"scenario={name} behaviour.rest_days={days}": (1, 10 * days, 1) for name in "ab" for days in (2, 3)}
    words = ["outcomes=[displaced]", "weights=[3,1]", "output.pictures=false"]
    assert main(["question", str(sweep_of(tmp_path / "sweep", runs)), *words]) == 0
    out = capsys.readouterr().out
    assert "b and a come to the same displaced in every future" in out
    regret, weights = out.partition("regret, displaced")[2].split("(weights")
    assert weights.startswith(" of the futures: rest_days=2: 0.75; rest_days=3: 0.25)")
    assert "rest_days" not in regret  # no future is the worst where nothing is regretted


def test_many_futures_are_told_as_a_box(tmp_path, monkeypatch):
    pytest.importorskip("ema_workbench")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep").mkdir()
    runs = {}
    for future in range(50):  # b is better from 30 on
        runs[f"scenario=a behaviour.rest_days={future}"] = (1, 100, 1)
        runs[f"scenario=b behaviour.rest_days={future}"] = (1, 90 if future >= 30 else 110, 1)
    found = answer(sweep_of(tmp_path / "sweep", runs), "outcomes=[displaced]")
    (limit,) = found["boxes"].to_dict("records")
    assert limit["parameter"] == "rest_days" and 29 <= limit["low"] <= 30.5 and limit["high"] == 49
    assert limit["coverage"] == 1.0 and limit["base"] == pytest.approx(0.4)
    assert set(found["boxes"].columns) == set(columns_of("question", "boxes"))


def test_every_column_of_an_answer_is_in_the_dictionary(sweep):
    found = answer(sweep, TWO)
    assert {*found, "boxes"} == set(tables_of("question"))
    for name, table in found.items():
        assert set(table.columns) - {"displaced", "dead_on_the_way"} == set(columns_of("question", name)), name


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["outcome=[displaced]"], r"is no setting of sim question: .* \(did you mean 'outcomes'\?\)"),
        (["outcomes=[displacd]"], r"outcomes names 'displacd', .* \(did you mean 'displaced'\?\)"),
        (["baseline=d"], "baseline is 'd', but must be one of a; b; c"),
        (["weights=[1,2,3]"], r"weights is '\[1,2,3\]', but must be a number, 0 or more, for each of: holds; fails"),
        (["weights=[1,x]"], "must be a number, 0 or more"),
        (["weights=[0,0]"], "must be a number, 0 or more"),
        (["options=[onward_rate]"], "'onward_rate' is not swept in .*: scenario, ceasefire"),
        (["futures=[]"], "'ceasefire' is swept, too: name it in options or in futures"),
        (["better=[most,less]"], "must say less or more for each of displaced, dead_on_the_way"),
        (["options=[scenario]", "futures=[scenario,ceasefire]"], "'scenario' cannot be both"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(sweep, words, told):
    if not any(word.startswith("outcomes") for word in words):
        words = [*words, TWO]
    with pytest.raises(InputError, match=told):
        question(sweep, words)
    assert not (sweep.parent / "results").exists()


def test_missing_run_is_told(sweep):
    for seed in (0, 1):
        (sweep / f"run{seed}" / "manifest.json").unlink()
    with pytest.raises(InputError, match="has no finished run of a under holds"):
        question(sweep, [TWO])
