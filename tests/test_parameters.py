"""Parameter sets and what replicates take of them, against weights counted by hand."""

from dataclasses import replace

import conflicts
import numpy as np
import pandas as pd
import pytest
import worlds

from sim.errors import InputError
from sim.parameters import ParameterSets, full_name, parameters, posterior_file, replicates, value_of, with_values
from sim.runner import run
from sim.studies.conflict import run_conflicts

CONFIG = worlds.composed("population=tiny", "seed=3")


@pytest.fixture
def file(tmp_path):
    """Return a file of two parameter sets, the second three times as likely."""
    path = tmp_path / "sets.csv"
    path.write_text("behaviour.onward_rate,rest_days,loss,weight\n0.125,1,9,1\n0.25,4,8,3\n", encoding="utf-8")
    return path


def sampled(file, *words):
    return replicates(worlds.composed("population=tiny", "seed=3", f"posterior={file}", *words))


def test_every_number_with_a_range_is_a_parameter_and_can_be_set():
    known = parameters(CONFIG)
    assert known["behaviour.onward_rate"].unit == "1/day" and known["behaviour.rest_days"].cast(2.6) == 3
    assert {"flee.max_move_speed", "refuge.room_exponent"} <= set(known) and "seed" not in known
    changed = with_values(CONFIG, {"behaviour.onward_rate": 0.5, "refuge.room_exponent": 2.5})
    assert (value_of(changed, "behaviour.onward_rate"), value_of(changed, "refuge.room_exponent")) == (0.5, 2.5)
    assert full_name("onward_rate") == "behaviour.onward_rate" and full_name("refuge.speed_km") == "refuge.speed_km"


def test_seeds_take_sets_in_proportion_to_their_weights(file):
    sets = ParameterSets(file, CONFIG)
    for first in (0, 1000, 123_456):
        numbers = [sets.number_for(seed) for seed in range(first, first + 400)]
        # multiples of the golden ratio leave an interval by no more than a few points: discrepancy below 3 log(n) / n
        assert abs(np.mean(numbers) - 0.75) < 3 * np.log(400) / 400


def test_more_replicates_and_other_scenarios_change_no_set(file):
    few, many = sampled(file, "replicates=3"), sampled(file, "replicates=9")
    other = sampled(file, "replicates=3", "scenario=border_never_opened")
    assert [one.set_number for one in few] == [one.set_number for one in many[:3]] == [one.set_number for one in other]
    assert [(one.seed, one.luck) for one in few] == [(3, 3), (4, 4), (5, 5)]
    for one in many:
        assert one.config.behaviour.onward_rate == (0.125, 0.25)[one.set_number]
        assert one.config.behaviour.rest_days == (1, 4)[one.set_number]


def test_chance_and_parameters_vary_apart(file):
    chance = sampled(file, "replicates=8", "vary=chance")
    assert {one.set_number for one in chance} == {chance[0].set_number} and len({one.luck for one in chance}) == 8
    apart = sampled(file, "replicates=8", "vary=parameters")
    assert {one.set_number for one in apart} == {0, 1} and {one.luck for one in apart} == {3}
    assert [one.seed for one in apart] == list(range(3, 11))


def test_without_a_posterior_replicates_differ_by_luck_alone():
    one, other = replicates(worlds.composed("population=tiny", "replicates=2"))
    assert one.config == other.config and (one.set_number, one.luck, other.luck) == (None, 1, 2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["vary=chance"], "vary is 'chance', but that needs"),
        (["posterior=nowhere.csv"], "posterior is 'nowhere.csv', but there is no such file"),
        (["posterior=idlib_202"], "posterior is 'idlib_202', but there is no"),
    ],
)
def test_a_mistake_about_the_posterior_is_told_in_a_sentence(words, sentence, tmp_path):
    with pytest.raises(InputError, match=sentence):
        run(["case=toyland", "population=tiny", f"out={tmp_path / 'run'}", *words])


def test_a_value_that_the_posterior_would_replace_is_refused(file, tmp_path):
    with pytest.raises(InputError, match="'behaviour.onward_rate' is set, but .* sets it anew"):
        run(["case=toyland", f"posterior={file}", "behaviour.onward_rate=0.2", f"out={tmp_path / 'run'}"])


def test_a_run_with_the_same_luck_differs_only_where_the_parameters_do(tmp_path):
    """Toyland flees only where leave_max lets it: sets without leaving leave everybody at home."""
    path = tmp_path / "sets.csv"
    path.write_text("leave_max\n0\n0.25\n", encoding="utf-8")
    words = ["case=toyland", f"posterior={path}", "replicates=6", "output.pictures=false"]
    made = run([*words, "vary=parameters", f"out={tmp_path / 'run'}"])
    series = made.series
    at_end = series[(series["outcome"] == "displaced") & (series["day"] == series["day"].max())]
    last = at_end.set_index("seed")["value"]
    sets = made.manifest["posterior"]["sets"]
    assert sorted(set(sets)) == [0, 1] and list(last.index) == list(range(1, 7))
    assert {0.0} == {last[1 + i] for i, number in enumerate(sets) if number == 0}
    moved = {last[1 + i] for i, number in enumerate(sets) if number == 1}
    assert len(moved) == 1 and moved.pop() > 0


def test_the_committed_posterior_lies_within_the_declared_ranges():
    path = posterior_file("idlib_2020")
    sets = ParameterSets(path, CONFIG)
    assert len(sets) >= 30 and len(pd.read_csv(path).drop_duplicates()) == len(sets)
    for number in range(len(sets)):
        with_values(CONFIG, sets[number])


def test_a_flee_directory_takes_a_posterior_of_its_own_rules(tmp_path):
    """The nearest camp is 40 km away: at 1 km a day nobody is there after four days, at 200 somebody is."""
    village = conflicts.write(tmp_path / "village")
    path = tmp_path / "sets.csv"
    path.write_text("refuge.speed_km\n1\n200\n", encoding="utf-8")
    config = worlds.composed("case=flee", f"case.path={village}", f"posterior={path}", "replicates=4")
    ((_, made, _),) = run_conflicts([("", replace(config, out=str(tmp_path / "run")))], [])
    camps = made.daily[made.daily["location"].isin(["Camp", "Faraway"]) & (made.daily["day"] == 3)]
    arrived = camps.groupby("seed")["people"].sum()
    assert [people > 0 for people in arrived] == [bool(one.set_number) for one in replicates(config)]
