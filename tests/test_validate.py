"""Validation: published counts beside the model's, against counts by hand; uses kept apart; the verb as a whole."""

import datetime
import json
import math

import numpy as np
import pandas as pd
import pytest
import worlds
from dictionary import undescribed

from sim.cli import main
from sim.errors import InputError
from sim.studies import crisis
from sim.studies.agreement import ard_of_places, beside, family_of, family_scores, with_shares
from sim.studies.counting import with_counting_error
from sim.studies.crisis import Ensemble
from sim.studies.left_out import fitted_without
from sim.studies.priors import read_settings
from sim.studies.stock_forecasts import stock_forecasts
from sim.studies.targets import targets
from sim.studies.validate import validate

CASE = worlds.case("idlib_2020")
CONFIG = worlds.composed("population=tiny", "replicates=3")
EXACT = {"tolerances": {"other": {"relative": 1e-12, "because": "counts without any error"}}}
START = datetime.date(2019, 12, 1)


def day(number):
    return START + datetime.timedelta(days=number)


def rows(*found):
    """Return observations of (id, outcome, place, kind, first day or None, last day, value, use)."""
    names = ["id", "outcome", "place", "kind", "period_start", "date", "value", "use"]
    table = pd.DataFrame(found, columns=names, dtype=object)
    table["period_start"] = [None if start is None else day(start) for start in table["period_start"]]
    dated = table.assign(date=[day(number) for number in table["date"]], value=table["value"].astype(float))
    return dated.assign(unit="people", source="somebody", basis="published")


def ensemble(observed, values, series=None):
    """Return an ensemble of one parameter set; `values` holds what each seed counts, by id."""
    seeds = range(1, 1 + len(next(iter(values.values()))))
    columns = pd.MultiIndex.from_product([[0], seeds], names=["draw", "seed"])
    counts = pd.DataFrame.from_dict(values, orient="index", columns=columns, dtype=float).rename_axis("id")
    by_use = {use: observed[observed["use"] == use] for use in ("calibration", "validation")}
    return Ensemble(CASE, CONFIG, by_use, counts, counts, series, [])


def compared(found, settings=EXACT):
    return crisis.compared(found, settings)


DISPLACED = rows(
    ["fitted 1", "displaced", "", "cumulative", 0, 10, 100, "calibration"],
    ["fitted 2", "displaced", "", "cumulative", 0, 20, 200, "calibration"],
    ["kept 1", "displaced", "", "cumulative", 0, 30, 400, "validation"],
    ["kept 2", "displaced", "", "cumulative", 0, 40, 500, "validation"],
)
COUNTED = {"fitted 1": [80, 90, 100], "fitted 2": [210, 220, 230], "kept 1": [390, 400, 440], "kept 2": [540, 550, 560]}


def test_a_count_stands_beside_the_ensembles_mean_and_bands():
    found = compared(ensemble(DISPLACED, COUNTED))["counts"].set_index("id")
    one, other = found.loc["kept 1"], found.loc["kept 2"]
    assert (one["published"], one["predicted"], one["low_90"], one["high_90"]) == (400, 410, 390, 440)
    assert one["error"] == pytest.approx(0.025)
    assert (bool(one["inside_90"]), bool(other["inside_90"])) == (True, False)
    # mean distance of 540, 550, 560 from 500 is 50; their pairs differ by 10, 10 and 20, over 3 * 2
    assert other["crps"] == pytest.approx(50 - 40 / 6)


def test_naive_forecasts_of_a_validation_may_know_the_earlier_fit_but_not_the_other_way_round():
    found = compared(ensemble(DISPLACED, COUNTED))["counts"].set_index("id")
    assert found["persistence"].to_dict() == pytest.approx(
        {"fitted 1": math.nan, "fitted 2": 100, "kept 1": 200, "kept 2": 400}, nan_ok=True
    )
    assert found.loc["kept 1", "trend"] == 300
    assert found.loc["kept 2", "trend"] == 600


def test_nothing_told_of_calibration_changes_with_a_validation_row():
    poisoned = DISPLACED.copy()
    poisoned.loc[poisoned["use"] == "validation", "value"] = 1e9
    late = rows(["poison", "displaced", "", "cumulative", 0, 12, 1e9, "validation"])
    spoilt = ensemble(pd.concat([poisoned, late], ignore_index=True), {**COUNTED, "poison": [1, 2, 3]})
    one, other = (compared(each) for each in (ensemble(DISPLACED, COUNTED), spoilt))
    for name in ("counts", "scores", "bands", "targets", "places"):
        fitted = [table[name][table[name]["use"] == "calibration"].reset_index(drop=True) for table in (one, other)]
        pd.testing.assert_frame_equal(*fitted)


def test_no_band_of_any_layer_depends_on_what_was_published_for_validation():
    """Bands that widened where the model is wrong would hold whatever comes."""
    poisoned = DISPLACED.copy()
    poisoned.loc[poisoned["use"] == "validation", "value"] = [7.0, 1e9]
    settings = read_settings(None)
    one, other = (compared(ensemble(rows, COUNTED), settings)["counts"] for rows in (DISPLACED, poisoned))
    ends = [name for name in one if name.endswith(("_50", "_90")) and not name.startswith("inside")]
    assert len(ends) == 16
    pd.testing.assert_frame_equal(one[ends], other[ends])
    assert one["inside_counted_90"].any() and not other["inside_counted_90"][2:].any()


def test_the_error_of_counting_has_the_size_that_stands_in_the_settings():
    members = pd.MultiIndex.from_product([range(50), range(1, 41)], names=["draw", "seed"])
    table = pd.concat([DISPLACED, rows(["e", "returns", "", "cumulative", 0, 40, 50, "validation"])], ignore_index=True)
    counts = pd.DataFrame(1000.0, index=pd.Index(table["id"], name="id"), columns=members)
    settings = {"tolerances": {"displaced": {"relative": 0.1}, "other": {"relative": 0.5}}}
    logs = np.log(with_counting_error(table, counts, settings) / 1000.0)
    n = len(members)
    for name, size in (("fitted 1", 0.1), ("kept 2", 0.1), ("e", 0.5)):
        assert logs.loc[name].mean() == pytest.approx(0.0, abs=4 * size / math.sqrt(n))
        assert logs.loc[name].std() == pytest.approx(size, rel=4 / math.sqrt(2 * n))
    apart = np.corrcoef(logs.to_numpy())[np.triu_indices(5, 1)]
    assert np.abs(apart).max() < 4 / math.sqrt(n)  # each count has its own
    few = with_counting_error(table[3:], counts.loc[:, [(7, 3), (2, 1)]], settings)
    assert np.log(few / 1000.0).to_numpy() == pytest.approx(logs.loc[["kept 2", "e"], [(7, 3), (2, 1)]].to_numpy())


def test_bands_that_hold_the_counting_error_hold_nine_of_ten_counts_made_with_it():
    rng = np.random.default_rng(5)
    n, size = 400, 0.3
    truth = rng.normal(5000, 300, n)
    observed = rows(*([f"r{i}", "attempts", "", "cumulative", 0, i, 1.0, "validation"] for i in range(n)))
    observed["value"] = truth * np.exp(size * rng.standard_normal(n))
    values = {name: rng.normal(5000, 300, 60) for name in observed["id"]}
    settings = {"tolerances": {"attempts": {"relative": size}}}
    bands = compared(ensemble(observed, values), settings)["bands"].set_index("layer")
    for layer, level in (("counted", "90"), ("counted", "50")):
        share = int(level) / 100
        error = 4 * math.sqrt(share * (1 - share) / n)
        assert bands.loc[layer, f"coverage_{level}"] == pytest.approx(share, abs=error)
    # without it the bands have the width 2 * 1.645 * 300, which holds what lies within 0.1 of an error of 0.3
    assert bands.loc["chance", "coverage_90"] < 0.4
    assert bands.loc["chance", "width_90"] == pytest.approx(2 * 1.645 * 300 / 5000, rel=0.1)
    assert set(bands.index) == {"chance", "counted"}  # one parameter set


def test_scores_of_a_family_are_counted_by_hand():
    scored = compared(ensemble(DISPLACED, COUNTED))["scores"].set_index(["use", "family"])
    kept = scored.loc["validation", "displaced"]
    assert (kept["n"], kept["mae"], kept["bias"], kept["coverage_90"]) == (2, 30, 30, 0.5)
    assert kept["relative_error"] == pytest.approx((10 / 400 + 50 / 500) / 2)
    assert kept["worst_error"] == pytest.approx(0.1)
    # persistence is off by 200 and 100, the trend by 100 and 100
    assert kept["skill_persistence"] == pytest.approx(1 - 30 / 150)
    assert kept["skill_trend"] == pytest.approx(1 - 30 / 100)
    fitted = scored.loc["calibration", "displaced"]
    assert fitted["n_persistence"] == 1 and fitted["skill_persistence"] == pytest.approx(1 - 20 / 100)


def test_shares_between_regions_and_their_shift_are_counted_by_hand():
    observed = rows(
        ["all 1", "displaced", "", "cumulative", 0, 10, 200, "validation"],
        ["all 2", "displaced", "", "cumulative", 0, 20, 400, "validation"],
        ["north 1", "arrivals", "northern Aleppo", "cumulative", 0, 10, 20, "validation"],
        ["north 2", "arrivals", "northern Aleppo", "cumulative", 0, 20, 160, "validation"],
        ["a", "arrivals_flow", "Aleppo>Aleppo", "flow", 0, 9, 30, "validation"],
        ["b", "arrivals_flow", "Aleppo>Idleb", "flow", 0, 9, 10, "validation"],
    )
    values = pd.DataFrame({1: [100, 200, 30, 90, 5, 15]}, index=observed["id"])
    both, counted = with_shares(observed, values)
    told = both.set_index("id")["value"].drop(observed["id"])
    assert told.to_list() == pytest.approx([0.1, 0.4, 0.25, 0.3])
    assert counted.loc[told.index, 1].to_list() == pytest.approx([0.3, 0.45, 0.75, 0.15])
    assert [family_of(row) for row in both.itertuples()][-4:] == ["shares"] * 4


def test_places_of_one_period_are_put_into_one_averaged_relative_difference():
    observed = rows(
        ["a", "arrivals", "Dana", "flow", 0, 9, 60, "validation"],
        ["b", "arrivals", "Salqin", "flow", 0, 9, 40, "validation"],
        ["c", "arrivals", "Dana", "flow", 10, 19, 50, "validation"],  # alone in its period
        ["d", "arrivals", "Afrin", "flow", 0, 9, 1000, "calibration"],
    )
    found = {"a": [40, 50], "b": [30, 30], "c": [0, 0], "d": [0, 0]}
    counts = compared(ensemble(observed, found))["counts"]
    normal, rescaled = ard_of_places(counts, "destinations", "validation")
    assert normal == pytest.approx((15 + 10) / 100)
    assert rescaled == pytest.approx((40 - 30 / 0.75 + 60 - 45 / 0.75) / 100)
    assert math.isnan(ard_of_places(counts, "destinations", "calibration")[0])


def judged(observed, values):
    table = compared(ensemble(observed, values))["counts"]
    return {target.name: target for target in targets(table)}


@pytest.mark.parametrize(("counted", "met"), [(1100, "yes"), (1101, "no"), (900, "yes"), (899, "no")])
def test_cumulative_counts_must_be_within_a_tenth(counted, met):
    found = judged(rows(["a", "displaced", "", "cumulative", 0, 9, 1000, "validation"]), {"a": [counted] * 2})
    assert found["Cumulative displaced"].met == met
    assert found["People at the land border"].met == "not tested"


@pytest.mark.parametrize(("counted", "met"), [(1500, "yes"), (1501, "no"), (667, "yes"), (666, "no"), (0, "no")])
def test_the_border_must_be_within_a_factor_of_one_and_a_half(counted, met):
    found = judged(rows(["a", "people_at_land_border", "", "stock", None, 9, 1000, "validation"]), {"a": [counted] * 2})
    assert found["People at the land border"].met == met


@pytest.mark.parametrize(("published", "counted", "met"), [(40, 140, "yes"), (40, 141, "no"), (300, 600, "yes")])
def test_weeks_on_the_islands_must_be_within_a_factor_of_two_or_a_hundred_people(published, counted, met):
    observed = rows(["a", "island_arrivals", "", "flow", 0, 6, published, "validation"])
    assert judged(observed, {"a": [counted] * 2})["Island arrivals by week"].met == met


def test_what_is_furthest_off_is_told():
    found = judged(DISPLACED, {**COUNTED, "kept 2": [600, 600, 600]})["Cumulative displaced"]
    assert found.found == "1 of 2; furthest off 2020-01-10: 600 for 500 (+20 %)"


@pytest.mark.parametrize(("inside", "met"), [(7, "no"), (8, "yes"), (9, "yes"), (10, "no")])
def test_bands_may_hold_neither_too_few_nor_too_many(inside, met):
    observed = rows(*([f"r{i}", "attempts", "", "cumulative", 0, i, 100, "validation"] for i in range(10)))
    values = {f"r{i}": [90, 110] if i < inside else [200, 210] for i in range(10)}
    assert judged(observed, values)["90 % bands"].met == met


def test_forecasts_start_from_what_was_published():
    series = pd.DataFrame(
        [
            {"outcome": "displaced", "date": pd.Timestamp(day(d)), "value": 1000.0 + rate * d, "draw": 0, "seed": seed}
            for d in range(60)
            for seed, rate in ((1, 8.0), (2, 12.0))
        ]
    )
    table = stock_forecasts(ensemble(DISPLACED, COUNTED, series), horizon=10)["forecasts"].set_index("date")
    # ten days later: 200 + 80 and 200 + 120, whatever level the model has; the trend goes on from 100 and 200
    assert table.loc[day(30), ["predicted", "low_90", "high_90"]].to_list() == [300, 280, 320]
    assert table.loc[day(30), ["persistence", "trend", "published"]].to_list() == [200, 300, 400]
    assert list(table.index) == [day(20), day(30), day(40)]
    assert table["use"].to_list() == ["calibration", "validation", "validation"]
    longer = stock_forecasts(ensemble(DISPLACED, COUNTED, series), horizon=20)["forecasts"]
    assert longer["days_ahead"].to_list() == [10, 20, 10, 20, 10]


def test_forecasts_of_counts_used_to_fit_start_from_such_counts_only():
    mixed = pd.concat([DISPLACED, rows(["early", "displaced", "", "cumulative", 0, 5, 7e6, "validation"])])
    series = pd.DataFrame({"outcome": "displaced", "date": pd.date_range(START, periods=60), "value": 1.0})
    found = ensemble(mixed, {**COUNTED, "early": [1, 2, 3]}, series.assign(draw=0, seed=1))
    table = stock_forecasts(found, horizon=30)["forecasts"]
    assert table["at_start"][table["use"] == "calibration"].max() == 100


def test_one_seed_has_no_band_but_its_value():
    alone = ensemble(DISPLACED, {name: [counts[0]] for name, counts in COUNTED.items()}).values
    found = beside(DISPLACED[:1], alone, alone, DISPLACED[:1], START)
    assert found.loc[0, ["low_90", "high_90", "crps"]].to_list() == [80, 80, 20]
    assert np.isnan(found.loc[0, "chance_low_90"]) and not family_scores(found).empty


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A validation of forty days, and of the same days with another name for its folder."""
    folder = tmp_path_factory.mktemp("validation")
    words = ["population=tiny", "days=60", "replicates=2", "output.pictures=false"]
    return [validate([*words, f"out={folder / name / 'made'}"]) for name in ("one", "two")]


def test_every_column_of_a_validation_is_in_the_dictionary(made):
    assert undescribed("validation", made[0].folder) == []


def test_a_validation_is_repeated_to_the_byte(made):
    names = [path.relative_to(made[0].folder) for path in made[0].folder.rglob("*") if path.is_file()]
    assert len(names) > 8
    for name in names:
        if name.name != "manifest.json":
            assert (made[0].folder / name).read_bytes() == (made[1].folder / name).read_bytes(), name


def test_a_validation_goes_on_where_it_stood_and_ends_in_the_same_bytes(made):
    """Both runs of the first one are found; a third is simulated beside them."""
    words = ["population=tiny", "days=60", "output.pictures=false"]
    again = validate([*words, "replicates=2", f"out={made[0].folder.parent / 'again'}"])
    counts = ("idlib_2020/counts.parquet", "idlib_2020/members.parquet")
    assert all((again.folder / name).read_bytes() == (made[0].folder / name).read_bytes() for name in counts)
    cells = made[0].folder.parent / "cells" / "cells"
    assert len(list(cells.glob("*/*"))) == 2
    validate([*words, "replicates=3", f"out={made[0].folder.parent / 'more'}"])
    assert len(list(cells.glob("*/*"))) == 3


def test_the_summary_is_plain_json_with_both_uses_apart(made):
    def refuse(text):
        raise AssertionError(text)

    text = (made[0].folder / "summary.json").read_text(encoding="utf-8")
    scored = json.loads(text, parse_constant=refuse)["cases"]["idlib_2020"]
    assert scored["calibration"]["families"]["displaced"]["n"] == 6
    assert scored["validation"]["families"]["island_stock"]["n"] == 1
    assert scored["seeds"] == 2


def test_the_page_names_every_count_and_the_command(made):
    page = (made[0].folder / "validation.md").read_text(encoding="utf-8")
    assert "sim validate population=tiny days=60 replicates=2 output.pictures=false\n" in page
    for row in made[0].table("idlib_2020", "counts").itertuples():
        assert f"| {row.published:,.0f} |" in page or row.unit == "share"


def test_several_validations_make_one_page(made, tmp_path, capsys):
    folders = ",".join(str(one.folder) for one in made)
    assert main(["validate", f"folders=[{folders}]", f"page={tmp_path / 'page.md'}"]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("## idlib_2020: published counts") == 2
    assert "page.md" in capsys.readouterr().out


def test_flees_conflicts_end_with_one_table(tmp_path, capsys):
    words = ["case=flee", "case.path=[mali,ssudan]", "rules=flee", "population.one_in=1000", "replicates=2", "days=90"]
    assert main(["validate", *words, "output.pictures=false", f"out={tmp_path / 'flee'}"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("mali", "ssudan", "mean", "persistence, rescaled"))
    summary = json.loads((tmp_path / "flee" / "summary.json").read_text(encoding="utf-8"))
    parts = [summary["cases"][name]["ard_rescaled"] for name in ("mali", "ssudan")]
    assert summary["ard_rescaled"] == pytest.approx(sum(parts) / 2)
    page = (tmp_path / "flee" / "validation.md").read_text(encoding="utf-8")
    assert "| 0.317 | 0.295 |" in page and "Fassala-Mbera" in page


FITS = "variant,left_out,name,value\nmodel,mali,room_exponent,1.25\nmodel,mali,ard,0.1\nother,mali,speed_km,9\n"
FITS += "model,car,room_exponent,2.5\n"


def test_a_conflict_is_simulated_with_the_values_of_the_fit_that_left_it_out(tmp_path):
    (tmp_path / "fits.csv").write_text(FITS)
    mali, ssudan = (worlds.composed("case=flee", f"case.path={name}") for name in ("mali", "ssudan"))
    found = fitted_without(tmp_path / "fits.csv", mali)
    assert found.refuge.room_exponent == 1.25
    assert found.refuge.speed_km == mali.refuge.speed_km
    with pytest.raises(InputError, match="no fit left out 'ssudan'"):
        fitted_without(tmp_path / "fits.csv", ssudan)
    with pytest.raises(InputError, match="left_out needs a Flee directory and this model's rules"):
        fitted_without(tmp_path / "fits.csv", CONFIG)


def test_an_ensemble_of_parameter_sets_shows_chance_and_parameters_apart(tmp_path):
    (tmp_path / "sets.csv").write_text("leave_max,weight\n0.05,1\n0.25,1\n")
    words = ["population=tiny", "days=40", f"posterior={tmp_path / 'sets.csv'}", "draws=2", "replicates=2"]
    found = validate([*words, "output.pictures=false", f"out={tmp_path / 'made'}"])
    scored = found.summary["cases"]["idlib_2020"]
    assert (scored["parameter_sets"], scored["seeds"]) == (2, 2)
    values = found.table("idlib_2020", "members").groupby(["id", "draw"], observed=True)["value"].mean().unstack()
    assert (values.loc["displaced_2020_01_08"].diff().iloc[-1]) > 0  # who may leave more quickly does
    row = found.table("idlib_2020", "counts").set_index("id").loc["displaced_2020_01_08"]
    assert row["parameters_high_90"] - row["parameters_low_90"] > row["chance_high_90"] - row["chance_low_90"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["mode=forcast"], "mode is 'forcast', but must be fit or forecast .did you mean 'forecast'"),
        (["horizon=30"], "'horizon' needs mode=forecast beside it"),
        (["mode=forecast", "horizon=0"], "horizon is '0', but must be a whole number, 1 or more"),
        (["draws=3"], "'draws' needs posterior=FILE beside it"),
        (["posterior=none.csv"], "posterior is 'none.csv', but there is no such file"),
        (["posterior=none.csv", "vary=chance"], "a validation tells chance and parameters apart itself"),
        (["page=a.md"], "'page' needs folders="),
        (["folders=[nowhere]", "page=a.md"], "there is no validation folder"),
        (["folders=[a]", "seed=3", "page=a.md"], "'seed=3' cannot be set for finished validations"),
        (["out=a", "out=b"], "'out' is set twice"),
        (["case=toyland", "population=tiny", "days=5", "out=nothing"], "nothing was published"),
        (["case=flee", "case.path=mali", "rules=flee", "mode=forecast", "days=20", "population=tiny"], "horizon is 30"),
    ],
)
def test_wrong_words_are_refused_in_a_sentence(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=sentence):
        validate(words)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="which is kept as it is"):
        validate(["population=tiny", "days=2", f"out={tmp_path}"])
    assert (tmp_path / "mine.txt").read_text() == "mine"
