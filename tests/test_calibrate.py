"""Calibration: residuals by hand, searches with a known end, no byte that depends on a validation row, going on."""

import datetime
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import worlds
from dictionary import undescribed

from sim.cli import main
from sim.errors import InputError
from sim.paths import data_folder
from sim.runner import checked_case
from sim.studies import search
from sim.studies.calibrate import calibrate
from sim.studies.calibration import quantiles
from sim.studies.priors import chosen_priors, read_settings, shares_of, tolerance, values_at
from sim.studies.residuals import goal
from sim.studies.tally import question, tally

CONFIG = worlds.composed("population=tiny", "days=60")
SETTINGS = read_settings(None)
QUICK = ["population=tiny", "days=26", "threads=1", "replicates=1", "output.pictures=false"]
FEW = [*QUICK, "parameters=[leave_max,push_strike]", "unfitted=[give_up]", "trials=4", "sets=2"]


def files_of(folder):
    """Return the bytes of every file but the manifest, which tells the time."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "manifest.json"}


# --- what is fitted to ---------------------------------------------------------------------------------------------


def test_a_fit_sees_calibration_rows_only_and_no_later_day():
    aim = goal(CONFIG, checked_case(CONFIG), SETTINGS)
    assert set(aim.case.observed["use"]) == {"calibration"} and aim.case.checksum == ""
    assert aim.rows["date"].max() == datetime.date(2020, 1, 27) and aim.config.n_days == 58
    assert aim.left_out == ["register_2019_12_31"]
    assert "value" not in json.loads(question(aim.rows, aim.case))["rows"]["columns"]


def test_residuals_are_logarithms_of_means_in_tolerances():
    aim = goal(CONFIG, checked_case(CONFIG), SETTINGS)
    rows, counts = aim.rows, np.tile(aim.rows["value"].to_numpy(float), (2, 1))
    assert aim.loss(counts) == 0
    first = list(rows["family"]).index("displaced")
    counts[:, first] *= [1.0, 1.2]  # their mean is a tenth above
    residuals = aim.residuals(counts)
    assert residuals[first] == pytest.approx(np.log(1.1) / 0.04) and np.delete(residuals, first).any() == 0
    assert aim.loss(counts) == pytest.approx((np.log(1.1) / 0.04) ** 2)
    counts[:, first] = 0.0
    assert aim.residuals(counts)[first] == pytest.approx(-np.log(rows["value"][first]) / 0.04)


def test_what_is_kept_of_a_simulation_is_what_a_validation_counts():
    from sim.model import simulate
    from sim.observed import counted

    case = checked_case(CONFIG)
    aim = goal(CONFIG, case, SETTINGS)
    tables = simulate(CONFIG, case, 1)
    expected = counted(tables.frames.__getitem__, aim.rows, case)[1]
    assert tally(question(aim.rows, case), tables) == expected.tolist()


# --- priors --------------------------------------------------------------------------------------------------------


def test_priors_are_uniform_in_the_value_or_its_logarithm():
    beta, alpha = chosen_priors(["distance_cost", "behaviour.size_exponent"], SETTINGS, CONFIG)
    assert (beta.scale, beta.value(0.0), beta.value(1.0)) == ("log", 0.02, 0.3)
    assert beta.value(0.5) == pytest.approx((0.02 * 0.3) ** 0.5, rel=1e-5) and alpha.value(0.5) == 0.85
    for prior in (beta, alpha):
        assert [prior.share(prior.value(u)) for u in (0.1, 0.7)] == pytest.approx([0.1, 0.7], abs=1e-5)
    assert shares_of([beta, alpha], CONFIG) == pytest.approx([np.log(2) / np.log(15), 0.4])
    assert values_at([alpha], np.array([0.0])) == {"behaviour.size_exponent": 0.5}


def test_every_prior_holds_a_parameter_and_every_family_has_a_tolerance():
    assert len(chosen_priors(list(SETTINGS["priors"]), SETTINGS, CONFIG)) == len(SETTINGS["priors"])
    assert tolerance("displaced", SETTINGS) == 0.04 and tolerance("unheard of", SETTINGS) == 0.2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["parameters=[onward_rat]"], "there is no parameter 'behaviour.onward_rat' .did you mean"),
        (["parameters=[entry_cost]"], "'behaviour.entry_cost' has no prior"),
        (["parameters=[onward_rate,onward_rate]"], "'behaviour.onward_rate' is named twice"),
        (["parameters=[onward_rate]", "unfitted=[onward_rate]"], "'behaviour.onward_rate' is named twice"),
        (["parameters=[onward_rate]", "unfitted=[give_ip]"], "no parameter 'behaviour.give_ip' .did you mean"),
        (["parameters=[onward_rate]", "unfitted=[give_up]", "method=abc"], "name those of unfitted in parameters"),
        ([], "parameters names none"),
        (["parameters=[onward_rate]", "method=newton"], "method is 'newton', but must be cmaes or tpe or abc"),
        (["parameters=[onward_rate]", "trials=none"], "trials is 'none', but must be a whole number"),
        (["parameters=[onward_rate]", "posterior=x.csv"], "cannot start from one"),
        (["parameters=[onward_rate]", "priors=x.yaml"], "priors is 'x.yaml', but there is no such file"),
        (["parameters=[onward_rate]", "case=toyland"], "nothing marked calibration"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_leaves_nothing(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        calibrate([*QUICK, *words])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("onward_rate: {low: 0.1, high: 0.3}", "priors.onward_rate must give high, low and because"),
        ("onward_rate: {low: much, high: 1, because: x}", "priors.onward_rate.low is 'much', but must be a number"),
        ("onward_rate: {low: 0.3, high: 0.1, because: x}", "must have width and lie between 0 and 1"),
        ("onward_rate: {low: 0, high: 2, because: x}", "must have width and lie between 0 and 1"),
        ("onward_rate: {low: 0, high: 1, scale: log, because: x}", "where no logarithm is"),
        ("onward_rate: {low: 0, high: 1, scal: log, because: x}", "has 'scal', .* .did you mean 'scale'"),
    ],
)
def test_a_wrong_file_of_priors_is_refused(entry, sentence, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(f"tolerances: {{}}\npriors:\n  {entry}\n", encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        chosen_priors(["onward_rate"], read_settings(path), CONFIG)


# --- searches with a known end -------------------------------------------------------------------------------------


def bowl(shares):
    """Return a loss with its least value, 0, at (0.3, 0.6)."""
    return ((shares - [0.3, 0.6]) ** 2).sum(axis=1)


@pytest.mark.parametrize(("method", "near"), [("cmaes", 0.02), ("tpe", 0.1)])
def test_a_search_finds_the_bottom_of_a_bowl_and_can_be_repeated(method, near):
    pytest.importorskip("optuna")
    start = np.array([0.9, 0.1])
    tried, losses = search.search(method, start, 150, 1, bowl)
    assert tried.shape == (150, 2) and tried[0] == pytest.approx(start)
    assert np.abs(tried[losses.argmin()] - [0.3, 0.6]).max() < near
    again, _ = search.search(method, start, 150, 1, bowl)
    assert np.array_equal(tried, again)
    other, _ = search.search(method, start, 40, 2, bowl)
    assert not np.array_equal(tried[:40], other)


def test_an_ensemble_fills_the_good_region_evenly_wherever_the_search_went():
    """The nearer to (0.5, 0.4) the better; the search went beside it, the ensemble lies around it."""
    tried = np.array([0.55, 0.37]) + 0.3 * (np.random.default_rng(1).random((1000, 2)) - 0.5)

    def far(shares):
        return np.hypot(shares[:, 0] - 0.5, shares[:, 1] - 0.4)

    sets, losses, weights = search.ensemble(tried, far(tried), 200, 3, far)
    radius = losses.max()
    assert sets.shape == (200, 2) and set(weights) == {1 / 200} and losses == pytest.approx(far(sets))
    # evenly over a disc: each coordinate has a standard deviation of half the radius
    assert sets.mean(axis=0) == pytest.approx([0.5, 0.4], abs=4 * radius / 2 / np.sqrt(200))
    assert sets.std(axis=0) == pytest.approx([radius / 2, radius / 2], rel=4 / np.sqrt(2 * 200))


def test_parameters_of_which_the_counts_say_nothing_fill_their_priors_and_others_are_held_against_the_counts():
    """Three columns: one searched, one that the loss does not know, one that it does though nobody searched it."""

    def loss(shares):
        return (shares[:, 0] - 0.5) ** 2 + (shares[:, 2] - 0.2) ** 2

    tried = np.column_stack([np.linspace(0.2, 0.8, 60), np.full(60, 0.9), np.full(60, 0.9)])
    sets, losses, _ = search.ensemble(tried, loss(tried), 300, 3, loss, n_fitted=1)
    assert losses == pytest.approx(loss(sets))
    # uniform from 0 to 1, as a third of a Latin hypercube is, though the search stood at 0.9
    assert sets[:, 1].mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 300))
    assert sets[:, 1].std() == pytest.approx(1 / np.sqrt(12), rel=4 / np.sqrt(2 * 300))
    assert np.abs(np.corrcoef(sets[:, 0], sets[:, 1])[0, 1]) < 4 / np.sqrt(300)
    assert sets[:, 2].std() < 0.7 / np.sqrt(12) and sets[:, 2].max() < 0.9


def test_a_latin_hypercube_has_one_point_in_every_part():
    points = search._latin(50, 3, np.random.default_rng(1))
    assert (np.sort(np.floor(points * 50), axis=0) == np.arange(50)[:, None]).all()


def test_sequential_monte_carlo_narrows_to_the_bottom_and_can_be_repeated():
    pytest.importorskip("pyabc")
    found = search.sequential(2, 30, 400, 1, bowl)
    tried, losses, sets, set_losses, weights = found
    assert len(tried) == len(losses) >= 400 and sets.shape == (30, 2) and weights.sum() == pytest.approx(1)
    assert set_losses == pytest.approx(bowl(sets)) and set_losses.max() < np.quantile(bowl(np.random.rand(999, 2)), 0.3)
    # within the tolerance the posterior is even over a disc: its mean is the middle
    radius = np.sqrt(set_losses.max())
    assert np.abs(weights @ sets - [0.3, 0.6]).max() < 3 * radius / 2 * np.sqrt((weights**2).sum())
    for one, other in zip(found, search.sequential(2, 30, 400, 1, bowl), strict=True):
        assert np.array_equal(one, other)


def test_weighted_quantiles_are_those_of_repeated_values():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert quantiles(values, weights, [0.5])[0] == 2.0
    assert quantiles(values, weights, [0.0, 1.0]) == pytest.approx([1.0, 3.0])


# --- the verb ------------------------------------------------------------------------------------------------------


def test_no_byte_of_a_fit_depends_on_a_validation_row(tmp_path):
    pytest.importorskip("optuna")
    own = tmp_path / "own"
    shutil.copytree(data_folder("seeds") / "idlib_2020", own)
    clean = calibrate([*FEW, f"case.path={own}", f"out={tmp_path / 'one' / 'fit'}"])
    table = pd.read_csv(own / "observed.csv", dtype=str, keep_default_na=False)
    poisoned = table["use"] == "validation"
    assert poisoned.sum() > 20
    more = table[poisoned].assign(id="poison_" + table["id"], date="2019-12-20", period_start="2019-12-02")
    table.loc[poisoned, "value"] = "123456789"
    table.loc[poisoned, ["low", "high"]] = ""
    more = more[more["kind"] != "stock"].assign(value="1", low="", high="")
    pd.concat([table, more]).to_csv(own / "observed.csv", index=False)
    spoilt = calibrate([*FEW, f"case.path={own}", f"out={tmp_path / 'two' / 'fit'}"])
    assert files_of(clean) == files_of(spoilt)
    names = ("behaviour.leave_max", "behaviour.push_strike", "behaviour.give_up")
    assert undescribed("calibration", clean, names) == []
    # and it does depend on those it is fitted to
    fitted = table["use"] == "calibration"
    table.loc[fitted & (table["outcome"] == "displaced"), ["value", "low", "high"]] = ["100000", "", ""]
    table.to_csv(own / "observed.csv", index=False)
    other = calibrate([*FEW, f"case.path={own}", f"out={tmp_path / 'three' / 'fit'}"])
    assert files_of(clean)["trials.csv"] != files_of(other)["trials.csv"]


@pytest.mark.slow
def test_a_fit_that_was_stopped_goes_on_and_ends_in_the_same_bytes(tmp_path):
    pytest.importorskip("optuna")
    whole = calibrate([*FEW, f"out={tmp_path / 'one' / 'fit'}"])
    told = []

    def stop(done, total):
        told.append((done, total))
        if done > 100:  # in the fourth cell or so
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate([*FEW, f"out={tmp_path / 'two' / 'fit'}"], stop)
    assert not (tmp_path / "two" / "fit").exists()
    kept = len([path for path in (tmp_path / "two" / "cells" / "cells").glob("*/*")])
    stopped = calibrate([*FEW, f"out={tmp_path / 'two' / 'fit'}"])
    assert files_of(whole) == files_of(stopped)
    first, second = (json.loads((folder / "manifest.json").read_text()) for folder in (whole, stopped))
    assert kept >= 3 and second["simulated"] == first["simulated"] - kept


def test_the_ensemble_is_a_posterior_that_runs_take(tmp_path, capsys, monkeypatch):
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", *FEW, "out=fit"]) == 0
    shown = capsys.readouterr().out
    assert "5 to 95 %" in shown and "taken from their priors: 1; the counts narrow behaviour.give_up most" in shown
    table = pd.read_csv("fit/posterior.csv")
    names = [f"behaviour.{name}" for name in ("leave_max", "push_strike", "give_up")]
    assert list(table.columns) == [*names, "loss", "weight"] and len(table) == 2
    prior = SETTINGS["priors"]["give_up"]
    assert table["behaviour.give_up"].between(prior["low"], prior["high"]).all()
    trials = pd.read_csv("fit/trials.csv")
    assert set(trials["behaviour.give_up"]) == {CONFIG.behaviour.give_up}  # the search leaves it alone
    assert set(trials["behaviour.leave_max"]) != {CONFIG.behaviour.leave_max}
    assert main(["run", *QUICK, "posterior=fit/posterior.csv", "out=run"]) == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["posterior"]["sets"][0] in (0, 1)
