"""The random numbers: against the published generator, and against what chance must look like.

Each tolerance follows from the number of draws; the draws are always the same ones, so no test fails by bad luck.
"""

import itertools
import math

import numpy as np
import pytest
from worlds import chi_square, chi_square_limit

from sim import draws

GOLDEN = 0x9E3779B97F4A7C15
N = 50_000
UNIT = 2.0**32
# How rarely a true generator fails a test: 5 standard deviations, one in 1.7 million.
Z = 5.0
NOT_DECISIONS = ("SURE", "ONCE", "BLOCK", "BLOCK_BITS", "LOW", "LOW_BITS")


def splitmix64(x):
    """Scramble 64 bits as in the paper of Steele, Lea and Flood, with Python's unlimited integers."""
    mask = 2**64 - 1
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return x ^ (x >> 31)


def sample(vary, n=N, **fixed):
    """Return n draws along one argument, as numbers between 0 and 1."""
    at = {"seed": 7, "row": 11, "day": 13, "decision": draws.LEAVE} | fixed
    return np.array([draws.draw(*(at | {vary: at[vary] + i}).values()) for i in range(n)]) / UNIT


def table(a, b, n_buckets=16):
    """Count pairs of draws in a square of buckets."""
    counts = np.zeros((n_buckets, n_buckets))
    np.add.at(counts, ((a * n_buckets).astype(int), (b * n_buckets).astype(int)), 1)
    return counts


def test_mixer_gives_the_published_sequence_of_seed_0():
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [draws.mix(k * GOLDEN % 2**64) for k in (1, 2, 3)] == published


def test_mixer_gives_the_published_sequence_of_another_seed():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [draws.mix((1234567 + k * GOLDEN) % 2**64) for k in (1, 2, 3)] == published


@pytest.mark.parametrize(
    ("seed", "row", "day", "decision"),
    [(0, 0, draws.ONCE, 0), (1, 0, 0, draws.LEAVE), (2**31 - 1, 1_500_000, 212, draws.RESETTLE), (5, 3, 9, 31)],
)
def test_draw_is_the_stated_function_of_seed_row_day_and_decision(seed, row, day, decision):
    key = splitmix64((splitmix64((seed + GOLDEN * (day + 1)) % 2**64) + GOLDEN * (decision + 1)) % 2**64)
    expected = splitmix64((key + GOLDEN * (row + 1)) % 2**64) >> 32
    assert draws.draw(seed, row, day, decision) == expected


@pytest.mark.parametrize("vary", ["row", "day", "decision", "seed"])
def test_draws_have_the_mean_and_variance_of_a_uniform_number(vary):
    x = sample(vary)
    assert abs(x.mean() - 1 / 2) < Z * np.sqrt(1 / 12 / N)
    # The fourth central moment of a uniform number is 1/80.
    assert abs(((x - 0.5) ** 2).mean() - 1 / 12) < Z * np.sqrt((1 / 80 - 1 / 144) / N)


@pytest.mark.parametrize("vary", ["row", "day", "decision", "seed"])
@pytest.mark.parametrize("scale", [1, 2**24], ids=["highest bits", "lowest bits"])
def test_draws_fill_256_buckets_evenly(vary, scale):
    buckets = np.bincount((sample(vary) * scale % 1 * 256).astype(int), minlength=256)
    assert chi_square(buckets, N / 256) < chi_square_limit(255, Z)
    # Chance is not too even either.
    assert chi_square(buckets, N / 256) > chi_square_limit(255, -Z)


@pytest.mark.parametrize(
    "other",
    [{"row": 12}, {"row": 11 + 2**20}, {"day": 14}, {"decision": draws.LEAVE + 1}, {"seed": 8}, {"seed": 7 + 2**20}],
    ids=str,
)
def test_draws_that_differ_in_one_argument_are_independent(other):
    vary = "day" if "row" in other else "row"
    pairs = table(sample(vary), sample(vary, **other))
    assert chi_square(pairs, N / 256) < chi_square_limit(255, Z)


@pytest.mark.parametrize("vary", ["row", "day", "decision", "seed"])
def test_neighbouring_draws_are_independent(vary):
    x = sample(vary, N + 1)
    assert chi_square(table(x[:-1], x[1:]), N / 256) < chi_square_limit(255, Z)


def test_streaks_of_luck_have_the_length_they_must_have():
    unlucky = sample("day") < 0.1
    streaks = [sum(1 for _ in group) for lost, group in itertools.groupby(unlucky) if not lost]
    mean, sd = 1 / 0.1, np.sqrt(0.9) / 0.1
    assert abs(np.mean(streaks) - mean) < Z * sd / np.sqrt(len(streaks))


def test_every_decision_has_its_own_number():
    names = [name for name in dir(draws) if name.isupper() and not name.startswith("_")]
    numbers = [getattr(draws, name) for name in names if name not in NOT_DECISIONS]
    assert len(numbers) == len(set(numbers)) >= 30


def test_probability_0_never_happens_and_probability_1_always():
    never, always = draws.to_thresholds([0.0, 1.0])
    assert never == 0  # no draw lies below
    assert always == 2**32  # the highest draw is 2**32 - 1


def test_event_happens_as_often_as_its_probability():
    x = sample("row") * UNIT
    for p in (0.5, 0.1, 0.003):
        share = (x < draws.to_thresholds(p)).mean()
        assert abs(share - p) < Z * np.sqrt(p * (1 - p) / N)


def test_thresholds_keep_the_shape_and_clip_what_lies_outside_0_to_1():
    thresholds = draws.to_thresholds([[-0.5, 0.25], [1.5, 0.75]])
    assert thresholds.tolist() == [[0, 2**30], [2**32, 3 * 2**30]]
    assert thresholds.dtype == np.int64


def test_probability_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        draws.to_thresholds([0.5, np.nan])


def test_choice_has_the_frequencies_of_its_weights():
    weights = np.array([1.0, 0.0, 5.0, 2.0])
    cumulative = draws.to_cumulative(weights)
    chosen = [draws.choose(cumulative, int(luck)) for luck in sample("row") * UNIT]
    counts = np.bincount(chosen, minlength=4)
    expected = N * weights / 8
    assert counts[1] == 0
    assert chi_square(counts[weights > 0], expected[weights > 0]) < chi_square_limit(2, Z)


def test_choice_takes_the_first_entry_above_the_draw():
    cumulative = draws.to_cumulative([1.0, 1.0, 2.0])
    assert cumulative.tolist() == [2**30, 2**31, 2**32]
    lots = [0, 2**30 - 1, 2**30, 2**31 - 1, 2**31, 2**32 - 1]
    assert [draws.choose(cumulative, lot) for lot in lots] == [0, 0, 1, 1, 2, 2]


def test_entry_without_weight_at_the_end_is_not_chosen_by_the_highest_draw():
    assert draws.choose(draws.to_cumulative([0.1, 0.2, 0.7, 0.0]), 2**32 - 1) == 2


def test_nothing_is_chosen_where_nothing_has_weight():
    assert draws.choose(draws.to_cumulative([0.0, 0.0]), 5) == -1
    assert draws.choose(np.zeros(0, np.int64), 5) == -1


def test_risk_per_person_strikes_a_household_in_proportion_to_its_people():
    risk = int(draws.to_thresholds(0.01))
    for size in (1, 5):
        struck = np.mean([draws.strikes_one(row, 1, 2, draws.DEATH, size, risk) for row in range(N)])
        p = 0.01 * size
        assert abs(struck - p) < Z * np.sqrt(p * (1 - p) / N)


def test_risk_strikes_several_people_of_a_row_that_stands_for_many_households():
    risk = int(draws.to_thresholds(0.01))
    struck = np.array([draws.struck(row, 1, 2, draws.INJURY, 250, risk) for row in range(N)])
    assert set(struck) == {2, 3}
    assert abs(struck.mean() - 2.5) < Z * 0.5 / np.sqrt(N)


def test_normal_classes_are_the_middles_of_equal_shares():
    # Quartiles of the normal distribution cut at 12.5, 37.5, 62.5 and 87.5 per cent, from a printed table.
    np.testing.assert_allclose(draws.normal_classes(4), [-1.1503, -0.3186, 0.3186, 1.1503], atol=5e-5)
    assert abs(draws.normal_classes(64).std() - 1.0) < 0.02


def test_normal_draws_have_mean_0_and_variance_1():
    x = np.array([draws.normal_draw(1, 0, week, draws.WEATHER) for week in range(20_000)])
    assert abs(x.mean()) < Z / np.sqrt(len(x))
    assert abs(x.var() - 1.0) < Z * np.sqrt(2 / len(x))


def low_counts(n_blocks, day=3):
    """Return for each of n blocks which of its rows have a low draw, (n, 64) bool."""
    key = draws.key_of(7, day, draws.LEAVE)
    bits = [[draws.low_rows(key, block) >> row & 1 for row in range(64)] for block in range(n_blocks)]
    return np.array(bits, bool)


def test_low_rows_of_a_block_are_as_many_as_independent_draws_would_give():
    counts = np.bincount(low_counts(4_000).sum(axis=1), minlength=5)
    chance = 1 / 256
    shares = [math.comb(64, k) * chance**k * (1 - chance) ** (64 - k) for k in range(3)]
    expected = 4_000 * np.array([*shares, 1 - sum(shares)])
    found = np.array([*counts[:3], counts[3:].sum()])
    assert (abs(found - expected) < Z * np.sqrt(expected)).all()


def test_every_row_of_a_block_and_every_pair_of_rows_is_as_often_low():
    low = low_counts(20_000)
    by_row = low.sum(axis=0)
    assert abs(by_row - by_row.mean()).max() < Z * np.sqrt(20_000 / 256)
    together = low[low.sum(axis=1) == 2]
    first, second = (together.argmax(axis=1), 63 - together[:, ::-1].argmax(axis=1))
    apart = np.bincount(second - first, minlength=64)[1:]
    expected = len(together) * (64 - np.arange(1, 64)) / (64 * 63 / 2)  # of all pairs, 64 - d lie d rows apart
    assert ((apart - expected) ** 2 / expected).sum() < chi_square_limit(62)


def test_rare_draws_are_uniform_and_the_low_ones_are_those_of_the_low_rows():
    values = np.array([draws.rare(7, row, 3, draws.LEAVE) for row in range(64 * 2_000)])
    assert np.array_equal((values < draws.LOW).reshape(-1, 64), low_counts(2_000))
    # Eight buckets among the low draws, eight among all.
    for of in (values[values < draws.LOW] / draws.LOW, values / UNIT):
        counts = np.histogram(of, bins=8, range=(0, 1))[0]
        assert ((counts - len(of) / 8) ** 2 / (len(of) / 8)).sum() < chi_square_limit(7)


def test_rare_draws_of_neighbours_days_and_decisions_are_unrelated():
    values = {
        (day, decision): np.array([draws.rare(7, row, day, decision) for row in range(20_000)]) / UNIT
        for day, decision in ((3, draws.LEAVE), (4, draws.LEAVE), (3, draws.RETURN))
    }
    one, *others = values.values()
    for a, b in [(one[:-1], one[1:]), *((one, other) for other in others)]:
        assert abs(np.corrcoef(a, b)[0, 1]) < Z / np.sqrt(len(a))


def test_rare_draws_that_are_not_low_fill_the_rest_of_the_range_in_whole_numbers():
    key = draws.key_of(7, 3, draws.LEAVE)
    for row in range(2_000):
        within = draws.luck(key, row)
        # Python's integers know no overflow.
        assert draws.rare_luck(key, row, 0) == draws.LOW + (within * (2**32 - draws.LOW) >> 32)
        assert draws.rare_luck(key, row, 2**64 - 1) == within // 256
