"""Ensembles: parameter sets chosen by weight, and spread taken apart, against counts by hand and known variances."""

import math

import numpy as np
import pandas as pd
import pytest
import worlds

from sim.errors import InputError
from sim.parameters import ParameterSets
from sim.studies.members import apart, members

CONFIG = worlds.composed("population=tiny", "replicates=2", "seed=5")


def written(folder, **columns):
    pd.DataFrame(columns).to_csv(folder / "sets.csv", index=False)
    return folder / "sets.csv"


def test_sets_are_returned_as_often_as_they_weigh(tmp_path):
    path = written(tmp_path, onward_rate=[0.1, 0.2, 0.3], rest_days=[1.0, 2.2, 2.8], weight=[1, 0, 3])
    drawn = ParameterSets(path, CONFIG).spread(4)
    assert [draw["behaviour.onward_rate"] for draw in drawn] == [0.1, 0.3, 0.3, 0.3]
    assert [draw["behaviour.rest_days"] for draw in drawn] == [1, 3, 3, 3]
    unweighted = written(tmp_path, **{"behaviour.onward_rate": [0.1, 0.2]})
    drawn = ParameterSets(unweighted, CONFIG).spread(4)
    assert [draw["behaviour.onward_rate"] for draw in drawn] == [0.1, 0.1, 0.2, 0.2]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"onward_rat": [1]}, "no parameter 'onward_rat' .did you mean 'behaviour.onward_rate'"),
        ({"onward_rate": ["much"]}, "cannot be read as a table of numbers"),
        ({"onward_rate": [1.0], "weight": [0]}, "with weights of 0 or more, not all 0"),
        ({"weight": [1]}, "must hold one parameter set or more"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path, columns, sentence):
    with pytest.raises(InputError, match=sentence):
        ParameterSets(written(tmp_path, **columns), CONFIG)


def test_every_set_meets_the_same_seeds():
    found = members(CONFIG, [{"behaviour.onward_rate": 0.1}, {"behaviour.onward_rate": 0.2}])
    assert [(one.draw, one.seed, one.config.behaviour.onward_rate) for one in found] == [
        (0, 5, 0.1),
        (0, 6, 0.1),
        (1, 5, 0.2),
        (1, 6, 0.2),
    ]
    assert CONFIG.behaviour.onward_rate not in (0.1, 0.2)


def test_a_value_outside_its_range_is_refused():
    with pytest.raises(InputError, match="behaviour.onward_rate is 7"):
        members(CONFIG, [{"behaviour.onward_rate": 7.0}])


def test_without_chance_all_spread_is_of_the_parameters():
    chance, parameters = apart(np.array([[1.0, 1.0], [5.0, 5.0], [6.0, 6.0]]))
    assert chance == pytest.approx(np.full(6, 4.0))
    assert parameters == pytest.approx([1, 5, 6])


def test_sets_that_differ_no_more_than_chance_would_make_them_have_no_spread_of_their_own():
    # means 2 and 3 differ with variance 0.5; chance alone gives 2 / 2 = 1
    chance, parameters = apart(np.array([[1.0, 3.0], [2.0, 4.0]]))
    assert parameters == pytest.approx([2.5, 2.5])
    # each value's distance from its mean is 1, widened by sqrt(2 / 1)
    assert chance == pytest.approx([2.5 - math.sqrt(2), 2.5 + math.sqrt(2)] * 2)


def test_the_two_variances_are_those_that_were_put_in():
    rng = np.random.default_rng(7)
    draws, seeds = 400, 10
    values = rng.normal(0, 3, (draws, 1)) + rng.normal(0, 2, (draws, seeds))
    chance, parameters = apart(values)
    assert chance.var() == pytest.approx(4.0, rel=4 * math.sqrt(2 / (draws * (seeds - 1))))
    assert parameters.var() == pytest.approx(9.0, rel=4 * math.sqrt(2 / draws))


def test_one_set_or_one_seed_cannot_tell_the_two_apart():
    assert np.isnan(apart(np.ones((1, 3)))[1]).all()
    assert np.isnan(apart(np.ones((3, 1)))[0]).all()
