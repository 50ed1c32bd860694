"""Sensitivity: indices against theory, boxes against ones that were put in, the verb and its going on."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dictionary import undescribed

from sim.cli import main
from sim.errors import InputError
from sim.studies import discovery, indices
from sim.studies.sensitivity import SHOWN, sensitivity
from sim.views.sensitivity import conditions, heat_map, tornado

QUICK = ["population=tiny", "days=25", "threads=1", "output.pictures=false"]
TWO = "parameters=[leave_max,push_strike]"
VARIED = ("behaviour.leave_max", "behaviour.push_strike")


def ishigami(shares, a=7.0, b=0.1):
    """Return the function of Ishigami and Homma (1990) on -pi to pi, at shares (N, 3)."""
    x = -np.pi + 2 * np.pi * shares
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def at(table, index):
    return table[table["index"] == index].set_index("parameter")


# --- indices -------------------------------------------------------------------------------------------------------


def test_sobol_indices_of_the_ishigami_function_are_those_of_theory():
    pytest.importorskip("SALib")
    a, b, names = 7.0, 0.1, ["x1", "x2", "x3"]
    points = indices.sample("sobol", 3, 2048, 1)
    found = indices.analyse("sobol", points, ishigami(points, a, b), names, 1)
    one = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    two, both = a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = one + two + both
    assert points.shape == (2048 * 5, 3)
    for index, theory in (("first", [one, two, 0.0]), ("total", [one + both, two, both])):
        table = at(found, index)
        assert table["value"].to_numpy() == pytest.approx(np.array(theory) / variance, abs=0.03)
        inside = table["low"].to_numpy() - 0.01 <= np.array(theory) / variance
        assert inside.all() and (np.array(theory) / variance <= table["high"].to_numpy() + 0.01).all()


def test_morris_effects_of_a_linear_function_are_its_slopes():
    pytest.importorskip("SALib")
    points = indices.sample("morris", 3, 6, 1)
    assert points.shape == (6 * 4, 3) and points.min() >= 0 and points.max() <= 1
    found = indices.analyse("morris", points, points @ np.array([100.0, -20.0, 0.0]), ["a", "b", "c"], 1)
    assert at(found, "mu")["value"].to_numpy() == pytest.approx([100, -20, 0])
    assert at(found, "mu_star")["value"].to_numpy() == pytest.approx([100, 20, 0])
    assert at(found, "sigma")["value"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)
    assert at(found, "mu_star")["low"].to_numpy() == pytest.approx([100, 20, 0])


@pytest.mark.parametrize("method", indices.METHODS)
def test_an_outcome_that_never_differs_depends_on_nothing(method):
    points = np.random.default_rng(1).random((8, 2))
    found = indices.analyse(method, points, np.full(8, 5.0), ["a", "b"], 1)
    assert (found["value"] == 0).all() and (found["high"] == 0).all()


# --- discovery -----------------------------------------------------------------------------------------------------


def test_a_latin_hypercube_has_one_point_in_each_part_of_each_parameter():
    points = discovery.latin_hypercube(3, 50, 1)
    assert (np.sort((points * 50).astype(int), axis=0) == np.arange(50)[:, None]).all()


def test_a_box_that_was_put_in_is_found():
    pytest.importorskip("ema_workbench")
    points = pd.DataFrame(discovery.latin_hypercube(3, 400, 1), columns=["a", "b", "c"])
    inside = ((points["a"] > 0.6) & (points["b"] < 0.5)).to_numpy()
    bounds, quality = discovery.box(points, inside)
    bounds = bounds.set_index("parameter")
    # a peel takes at most a twentieth of what is left: the limits are good to about that
    assert bounds.loc["a", "low"] == pytest.approx(0.6, abs=0.03)
    assert bounds.loc["b", "high"] == pytest.approx(0.5, abs=0.03)
    assert "c" not in bounds.index or bounds.loc["c", "p"] > 0.05
    assert bounds.loc["a", "p"] < 1e-6 and quality["coverage"] > 0.9 and quality["density"] > 0.9
    assert quality["base"] == inside.mean()


def test_where_one_is_always_better_there_is_no_box():
    points = pd.DataFrame({"a": [0.1, 0.5, 0.9]})
    bounds, quality = discovery.box(points, np.array([True, True, True]))
    assert bounds.empty and (quality["base"], quality["mass"]) == (1.0, 1.0)


def test_what_says_most_about_a_difference_scores_highest():
    pytest.importorskip("ema_workbench")
    points = pd.DataFrame(discovery.latin_hypercube(3, 200, 1), columns=["a", "b", "c"])
    difference = (5 * points["a"] + 2 * points["b"]).to_numpy()
    scores = discovery.feature_scores(points, difference, 1).set_index("parameter")["value"]
    assert scores["a"] > scores["b"] > scores["c"] and scores.sum() == pytest.approx(1)
    with pytest.raises(InputError, match="do not differ"):
        discovery.feature_scores(points, np.zeros(200), 1)


# --- the verb ------------------------------------------------------------------------------------------------------


def test_a_study_that_was_stopped_goes_on_and_ends_in_the_same_bytes(tmp_path):
    pytest.importorskip("SALib")
    words = [*QUICK, TWO, "samples=3", "outcomes=[displaced,open_air]"]
    whole = sensitivity([*words, f"out={tmp_path / 'one' / 'study'}"])

    def stop(done, total):
        if done > 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sensitivity([*words, f"out={tmp_path / 'two' / 'study'}"], stop)
    stopped = sensitivity([*words, f"out={tmp_path / 'two' / 'study'}"])
    for name in ("indices.csv", "points.csv", "indices.parquet", "summary.json"):
        assert (whole / name).read_bytes() == (stopped / name).read_bytes()
    told = [json.loads((folder / "manifest.json").read_text()) for folder in (whole, stopped)]
    assert told[0]["simulated"] > told[1]["simulated"] > 0 and told[1]["found_in_store"] >= 2
    points = pd.read_csv(whole / "points.csv").sort_values("behaviour.leave_max")
    assert len(points) == 9
    assert undescribed("sensitivity", whole, (*VARIED, "displaced", "open_air")) == []
    for _, alike in points.groupby("behaviour.push_strike"):  # readier leaving displaces the same people and more
        assert alike["displaced"].is_monotonic_increasing


def test_when_one_scenario_is_better_is_told(tmp_path, capsys, monkeypatch):
    pytest.importorskip("ema_workbench")
    monkeypatch.chdir(tmp_path)
    # measures that the people meet from the first day: the buffer of Sochi
    words = ["method=discover", "scenarios=[sochi_honoured,facts_only]", "outcome=displaced", "samples=6"]
    assert main(["sensitivity", *QUICK, TWO, *words, "out=study"]) == 0
    assert "sochi_honoured has less displaced than facts_only at 100% of 6 points" in capsys.readouterr().out
    points = pd.read_csv("study/points.csv")
    assert (points["difference"] == points["sochi_honoured"] - points["facts_only"]).all()
    assert (points["difference"] < 0).all() and points["better"].all()
    assert undescribed("sensitivity", Path("study"), (*VARIED, "sochi_honoured", "facts_only")) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([TWO, "method=saltelli"], "method is 'saltelli', but must be morris or sobol or discover"),
        ([TWO, "outcomes=[displacd]"], "there is no outcome 'displacd' .did you mean 'displaced'"),
        ([TWO, "outcomes=[displaced,displaced]"], "twice"),
        ([TWO, "scenarios=[a,b]"], "'scenarios' needs method=discover beside it"),
        ([TWO, "method=discover", "outcomes=[displaced]"], "'outcomes' needs method=morris or sobol"),
        ([TWO, "method=discover", "scenarios=[facts_only]"], "scenarios names 1, but method=discover compares two"),
        ([TWO, "posterior=x.csv"], "leave posterior out"),
        (["outcomes=[displaced]"], "parameters names none"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_leaves_nothing(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        sensitivity([*QUICK, *words])
    assert list(tmp_path.iterdir()) == []


# --- pictures ------------------------------------------------------------------------------------------------------


def study(method, names):
    """Return a summary and made-up indices of all outcomes that are shown by default."""
    kinds = ("mu_star", "mu") if method == "morris" else ("total", "first")
    rows = [
        (outcome, name, kind, value, value - 0.1, value + 0.1)
        for outcome in SHOWN
        for kind in kinds
        for name, value in zip(names, (0.2, 0.7, 0.4), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["outcome", "parameter", "index", "value", "low", "high"])
    summary = {"method": method, "points": 80, "seeds": [1], "one_in": 20, "scenario": "facts_only"}
    return table, {**summary, "outcomes": dict.fromkeys(SHOWN, "people")}


@pytest.mark.parametrize("method", indices.METHODS)
def test_a_tornado_has_the_strongest_parameter_on_top_of_every_outcome(method):
    table, summary = study(method, ["behaviour.leave_max", "behaviour.give_up", "behaviour.pack"])
    figure = tornado(table, summary, "sim sensitivity")
    assert len(figure.axes) == len(SHOWN)
    for ax in figure.axes:
        assert [label.get_text() for label in ax.get_yticklabels()] == ["give up", "pack", "leave max"]
        assert ax.patches[0].get_width() == 0.7 and ax.get_ylim()[0] > ax.get_ylim()[1]
    grid = heat_map(table, summary, "sim sensitivity").axes[0]
    assert [label.get_text() for label in grid.get_yticklabels()] == ["give up", "pack", "leave max"]
    assert [text.get_text() for text in grid.texts[: len(SHOWN)]] == ["0.7"] * len(SHOWN)


def test_the_conditions_are_drawn_with_the_box_that_was_found():
    points = pd.DataFrame(np.random.default_rng(1).random((20, 2)), columns=["behaviour.a", "behaviour.b"])
    better = points["behaviour.a"] > 0.5
    tables = {
        "points": points.assign(difference=1.0, better=better),
        "box": pd.DataFrame([{"parameter": "behaviour.a", "low": 0.5, "high": 0.9, "p": 0.0}]),
        "scores": pd.DataFrame({"parameter": list(points), "value": [0.8, 0.2], "low": 0.1, "high": 0.9}),
    }
    summary = {"scenarios": ["facts_only", "as_it_happened"], "outcome": "displaced", "better": "less", "points": 20}
    summary |= {"seeds": [1, 2], "one_in": 1, "box": {"coverage": 0.9, "density": 0.8, "base": 0.5}}
    figure = conditions(tables, {**summary, "priors": dict.fromkeys(points, [0, 1])}, "sim sensitivity")
    (box,) = figure.axes[0].patches
    assert (box.get_x(), box.get_width()) == pytest.approx((0.5, 0.4))
    assert sum(len(dots.get_offsets()) for dots in figure.axes[0].collections) == 20
