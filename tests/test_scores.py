"""Scores and naive forecasts against counts made by hand and closed forms."""

import math

import numpy as np
import pytest

from sim import scores

OBSERVED = np.array([[10.0, 30.0], [20.0, 60.0]])
PREDICTED = np.array([[20.0, 20.0], [10.0, 30.0]])


def test_ard_is_the_mean_over_days_of_relative_differences():
    # day 0: (10 + 10) / 40 = 0.5; day 1: (10 + 30) / 80 = 0.5; not the 60 / 120 of pooled days by chance only
    assert scores.ard(PREDICTED, OBSERVED) == pytest.approx(0.5)
    assert scores.ard(PREDICTED[:1] * 0, OBSERVED[:1]) == 1.0
    uneven = np.array([[10.0, 30.0], [20.0, 140.0]])  # day 1: (0 + 80) / 160, day 0: 0
    assert scores.ard([[10, 30], [20, 60]], uneven) == pytest.approx((0 + 80 / 160) / 2)


def test_two_places_that_swap_everybody_have_the_worst_ard_of_two():
    assert scores.ard([[40, 0]], [[0, 40]]) == 2.0


def test_a_day_without_anybody_is_divided_by_one():
    assert scores.ard([[3, 0]], [[0, 0]]) == 3.0


def test_rescaling_forgives_people_who_are_on_their_way():
    # day 1 predicted 10 and 30 of 80: doubled they are 20 and 60, as observed; day 0 stays at 20 / 40
    assert scores.ard_rescaled(PREDICTED, OBSERVED) == pytest.approx((0.5 + 0.0) / 2)
    assert scores.ard_rescaled([[0, 0]], [[10, 30]]) == 1.0


def test_parts_of_the_places_add_up_to_the_ard():
    # place 0: 10 / 40 and 10 / 80; place 1: 10 / 40 and 30 / 80
    assert scores.ard_by_place(PREDICTED, OBSERVED) == pytest.approx([0.1875, 0.3125])


def test_error_and_bias_differ_where_errors_cancel():
    assert scores.mean_absolute_error([1, 5], [3, 3]) == 2.0
    assert scores.bias([1, 5], [3, 3]) == 0.0
    assert scores.bias([1, 4], [3, 3]) == -0.5


def test_blank_or_unlike_arrays_are_refused():
    with pytest.raises(ValueError, match="blank"):
        scores.ard([[np.nan, 1]], [[1, 1]])
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        scores.mean_absolute_error(PREDICTED, OBSERVED[:1])
    with pytest.raises(ValueError, match="ensemble"):
        scores.crps(np.zeros((3, 2)), np.zeros(3))


def test_band_of_nineteen_members_is_their_range_and_of_three_their_quartiles():
    # rank 0.05 * 20 = 1 and 0.95 * 20 = 19 of nineteen; 0.25 * 4 = 1 and 0.75 * 4 = 3 of three
    assert scores.band(np.arange(19.0), 0.9) == (pytest.approx(0.0), pytest.approx(18.0))
    assert scores.band(np.arange(39.0), 0.9) == (pytest.approx(1.0), pytest.approx(37.0))
    assert scores.band([5.0, 1.0, 2.0], 0.5) == (1.0, 5.0)


def test_band_of_few_members_is_their_whole_range():
    assert scores.band([5.0, 1.0, 2.0], 0.9) == (1.0, 5.0)


@pytest.mark.parametrize(("n", "level", "nominal"), [(19, 0.9, 0.9), (39, 0.9, 0.9), (7, 0.5, 0.5), (3, 0.9, 0.5)])
def test_band_covers_an_observation_drawn_like_its_members_as_often_as_it_says(n, level, nominal):
    # Ranks of exchangeable draws are equally likely; with 3 members the range holds (3 - 1) / (3 + 1).
    drawn = np.random.default_rng(20).normal(size=(n + 1, 40_000))
    tolerance = 4 * math.sqrt(nominal * (1 - nominal) / drawn.shape[1])
    assert scores.coverage(drawn[:-1], drawn[-1], level) == pytest.approx(nominal, abs=tolerance)


def test_ends_of_a_band_belong_to_it():
    assert scores.coverage([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], [3.0, 3.1], 0.9) == 0.5


def test_crps_of_a_certain_forecast_is_its_absolute_error():
    assert scores.crps([[7.0]], [4.0]) == pytest.approx([3.0])
    assert scores.crps(np.full((5, 1), 7.0), [4.0]) == pytest.approx([3.0])


def test_crps_of_two_members_counted_by_hand():
    # |1 - 2| and |4 - 2|: mean 1.5; half the distance of two members, 3 / 2, is taken off: 0
    assert scores.crps([[4.0], [1.0]], [2.0]) == pytest.approx([0.0])
    # three members 0, 1, 5 and 2: mean error (2 + 1 + 3) / 3 = 2; pairs 1 + 5 + 4 = 10, over 3 * 2
    assert scores.crps([[5.0], [0.0], [1.0]], [2.0]) == pytest.approx([2.0 - 10 / 6])


def normal_crps(z):
    """Return the score of a standard normal forecast (Gneiting and Raftery 2007, section 4.2)."""
    density, below = math.exp(-z * z / 2) / math.sqrt(2 * math.pi), (1 + math.erf(z / math.sqrt(2))) / 2
    return z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi)


@pytest.mark.parametrize("members", [2, 5, 50])
def test_crps_of_a_normal_is_the_closed_form_whatever_the_number_of_members(members):
    drawn = np.random.default_rng(3).normal(size=(members, 60_000))
    for z in (0.0, 1.5):
        found = scores.crps(drawn, np.full(drawn.shape[1], z))
        tolerance = 4 * found.std() / math.sqrt(len(found))
        assert found.mean() == pytest.approx(normal_crps(z), abs=tolerance)


def test_skill_is_what_share_of_the_naive_error_is_gone():
    assert scores.skill(1.0, 4.0) == 0.75
    assert scores.skill(8.0, 4.0) == -1.0
    assert math.isnan(scores.skill(1.0, 0.0))


def test_totals_are_split_equally_or_by_capacity():
    assert scores.equal_split([6, 12], 3).tolist() == [[2, 2, 2], [4, 4, 4]]
    assert scores.in_proportion([8], [1, 3]).tolist() == [[2, 6]]
    with pytest.raises(ValueError, match="weights"):
        scores.in_proportion([8], [0, 0])


def test_everybody_goes_to_the_nearest_place_that_is_open():
    far = math.inf
    # day 0: origin 0 to place 1, origin 1 to place 0; day 1: place 1 is shut, and origin 1 is cut off
    distance = [[[50, 10], [5, 20]], [[50, far], [far, far]]]
    assert scores.nearest_open([100, 0], [[7, 2], [4, 9]], distance).tolist() == [[102, 7], [106, 7]]


def test_persistence_and_trend_look_only_at_the_past():
    observed = np.array([1.0, 3.0, 6.0, 10.0, 4.0])
    assert scores.persistence(observed, 1)[1:].tolist() == [1, 3, 6, 10]
    assert scores.persistence(observed, 2)[2:].tolist() == [1, 3, 6]
    assert scores.last_trend(observed, 1)[2:].tolist() == [5, 9, 14]
    assert np.isnan(scores.persistence(observed, 2)[:2]).all() and np.isnan(scores.last_trend(observed, 1)[:2]).all()
    later = observed.copy()
    later[3:] = 999
    for forecast in (scores.persistence, scores.last_trend):
        assert np.array_equal(forecast(observed, 1)[:4], forecast(later, 1)[:4], equal_nan=True)


def test_a_trend_never_falls_below_nobody():
    assert scores.last_trend(np.array([10.0, 2.0, 5.0]), 1)[2] == 0.0


def test_irregular_observations_go_on_along_the_line_through_the_last_two_days():
    # 30 + (30 - 10) / 2 * 3: of two counts of day 2 the later one in the list is known best
    assert scores.line_through_last([0, 2, 2], [10, 20, 30], 5) == 60.0
    assert scores.line_through_last([0, 4, 5], [99, 30, 10], 7) == 0.0
    assert math.isnan(scores.line_through_last([2, 2], [10, 20], 5))
