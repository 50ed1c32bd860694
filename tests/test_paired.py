"""Paired differences against sums done by hand, and intervals against a printed table of Student's t."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.studies.paired import paired, t_quantile, worth_of_pairs, worths


def compared(values, baseline):
    """Compare one quantity, given for each seed."""
    columns = range(1, len(values) + 1)
    table = paired(pd.DataFrame([values], columns=columns), pd.DataFrame([baseline], columns=columns))
    return table.iloc[0]


# Table of the t distribution, two-sided: NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2.
@pytest.mark.parametrize(
    ("degrees", "at_95", "at_99"),
    [(1, 12.706, 63.657), (2, 4.303, 9.925), (3, 3.182, 5.841), (9, 2.262, 3.250), (100, 1.984, 2.626)],
)
def test_t_quantile_is_that_of_the_printed_table(degrees, at_95, at_99):
    assert round(t_quantile(degrees), 3) == at_95
    assert round(t_quantile(degrees, 0.99), 3) == at_99


def test_difference_of_three_pairs_by_hand():
    # Differences 3, 1 and 5: mean 3, variance (0 + 4 + 4) / 2 = 4, standard error 2 / sqrt(3).
    line = compared([13, 21, 35], [10, 20, 30])
    noise = 2 / math.sqrt(3)
    assert (line["baseline"], line["value"], line["difference"], line["n"]) == (20, 23, 3, 3)
    assert line["percent"] == pytest.approx(15) and line["noise"] == pytest.approx(noise)
    assert line["low"] == pytest.approx(3 - 4.303 * noise, abs=1e-3)
    assert line["high"] == pytest.approx(3 + 4.303 * noise, abs=1e-3)
    assert line["ratio"] == pytest.approx(3 / noise)


def test_noise_of_runs_that_share_no_luck_by_hand():
    # Variances: of 13, 21, 35 about 23: (100 + 4 + 144) / 2 = 124; of 10, 20, 30: 100; together over three pairs.
    assert compared([13, 21, 35], [10, 20, 30])["independent_noise"] == pytest.approx(math.sqrt((124 + 100) / 3))


def test_no_difference_is_exactly_zero_with_an_interval_of_zero():
    line = compared([7.1, 8.3, 9.7], [7.1, 8.3, 9.7])
    assert (line["difference"], line["low"], line["high"], line["percent"], line["ratio"]) == (0, 0, 0, 0, 0)


def test_zero_in_both_is_no_change_in_percent_but_a_change_from_zero_has_none():
    assert compared([0, 0], [0, 0])["percent"] == 0
    assert math.isnan(compared([4, 6], [0, 0])["percent"])


def test_same_difference_in_every_pair_stands_out_endlessly():
    line = compared([12, 22], [10, 20])
    assert (line["low"], line["high"], line["ratio"]) == (2, 2, math.inf)


def test_differences_that_cancel_are_not_called_the_same():
    line = compared([11, 19], [10, 20])
    assert line["difference"] == 0 and line["low"] < 0 < line["high"]


def test_single_seed_has_no_interval():
    line = compared([13], [10])
    assert line["difference"] == 3
    assert all(math.isnan(line[name]) for name in ("low", "high", "noise", "ratio", "independent_noise"))
    assert compared([10], [10])["ratio"] == 0


def worth(values, baseline):
    """Return worth, low and high of one quantity."""
    found = worth_of_pairs(np.array([values], float), np.array([baseline], float))
    return tuple(float(found[name][0]) for name in ("worth", "worth_low", "worth_high"))


def test_worth_of_a_pair_by_hand():
    # Variances 124 and 100, of the differences 4: 224 / 4. Sums 23, 41, 65: variance 444, ratio 111; covariance of
    # sums and differences 124 - 100 = 24, so 1 - r^2 = 1 - 576 / (444 * 4), and t of one degree is 12.706.
    k = 1 + 2 * (1 - 576 / 1776) * 12.7062**2
    factor = k + math.sqrt(k**2 - 1)
    interval = (1 + 111 / factor) / 2, (1 + 111 * factor) / 2
    assert worth([13, 21, 35], [10, 20, 30]) == pytest.approx((56, *interval), 1e-4)


def test_pair_of_which_one_side_never_varies_is_worth_one_run():
    assert worth([0, 0, 0, 0], [3, 8, 4, 9]) == pytest.approx((1, 1, 1))


def test_difference_without_noise_is_worth_infinitely_many_runs_and_has_no_interval():
    for values in ([10, 20, 30], [12, 22, 32]):
        number, low, high = worth(values, [10, 20, 30])
        assert number == math.inf and math.isnan(low) and math.isnan(high)


def test_worth_is_not_told_from_two_seeds_or_without_any_chance():
    assert all(math.isnan(number) for number in worth([13, 21], [10, 20]))
    assert all(math.isnan(number) for number in worth([5, 5, 5], [5, 5, 5]))


def test_luck_that_works_against_each_other_is_worth_less_than_a_run():
    assert worth([1, 2, 3], [3, 2, 1])[0] == 0.5


def test_interval_of_worth_holds_the_true_value_in_95_of_100_cases():
    # Standard deviations 1 and 2, correlation 0.9: worth (1 + 4) / (1 + 4 - 2 * 0.9 * 2) = 5 / 1.4. The share of 4,000
    # intervals that hold it has a standard deviation of sqrt(0.95 * 0.05 / 4000) = 0.0034; allowed are four of them.
    shared, own = np.random.default_rng(4).standard_normal((2, 4000, 6))
    found = worth_of_pairs(shared, 2 * (0.9 * shared + math.sqrt(1 - 0.81) * own))
    holds = (found["worth_low"] <= 5 / 1.4) & (5 / 1.4 <= found["worth_high"])
    assert abs(holds.mean() - 0.95) < 4 * 0.0034


def test_worth_in_json_says_infinite_in_words_and_leaves_blank_what_is_not_known():
    table = pd.DataFrame({"scenario": "b", "outcome": ["x", "y"], "worth": [math.inf, 12.34567]})
    table = table.assign(worth_low=[math.nan, 3.0], worth_high=[math.nan, 40.0])
    assert worths(table) == {
        "b": {
            "x": {"worth": "infinite", "low": None, "high": None},
            "y": {"worth": 12.35, "low": 3.0, "high": 40.0},
        }
    }
