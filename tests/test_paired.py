"""Paired differences against sums done by hand, and intervals against a printed table of Student's t."""

import math

import pandas as pd
import pytest

from sim.studies.paired import paired, t_quantile


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
