"""Households: their sizes, traits and places at the start, and the verbs that change them."""

import numpy as np
import pytest
from worlds import calm, case, composed, make_case, start

from sim.geography import build_geography
from sim.population import (
    CAMP,
    HOME,
    RETURNED,
    STATUSES,
    build_population,
    census,
    fill_camps,
    household_sizes,
    kind_of_move,
)

Z = 4.0


def families(people=50_000, mean=5.0, one_in=1, seed=1, **behaviour):
    """Return the households of one town."""
    groups = {name: (mean, "syrian", 0.0, 0.0) for name in ("resident", "displaced_before")}
    town = make_case(
        [("Ashford", "theatre"), ("Birchwood", "theatre")],
        [("Ashford", "Birchwood", 10)],
        [("Ashford", "resident", people), ("Birchwood", "displaced_before", people // 10)],
        groups=groups,
    )
    return build_population(town, build_geography(town), calm(1, **behaviour).behaviour, "article", one_in, seed)


@pytest.mark.parametrize("mean", [1.2, 2.5, 5.63])
def test_household_sizes_are_1_plus_a_poisson_number(mean):
    sizes = families(mean=mean).people[:-1]
    n, spread = len(sizes), mean - 1  # variance of a Poisson number is its mean
    assert abs(sizes.mean() - mean) < Z * np.sqrt(spread / n)
    assert abs(sizes.var() - spread) < Z * np.sqrt((spread + 3 * spread**2 - spread**2) / n)
    alone = np.exp(-spread)
    assert abs((sizes == 1).mean() - alone) < Z * np.sqrt(alone * (1 - alone) / n)


def test_nobody_lives_in_a_household_of_more_than_20():
    assert len(household_sizes(19.0)) == 19
    assert families(mean=15.0).people.max() == 20


def test_last_household_takes_the_rest_so_that_every_cell_holds_its_people():
    for people in (1, 2, 3, 7, 19, 1234):
        population = families(people=people)
        in_town = population.home == 0
        assert population.people[in_town].sum() == people
        assert (population.people > 0).all()


@pytest.mark.parametrize("one_in", [20, 400])
def test_row_of_a_sample_stands_for_whole_households(one_in):
    people = families(one_in=one_in).people
    assert (people[:-1] % one_in == 0).sum() >= len(people) - 2  # but for the rest of each town
    assert people.sum() == 55_000


def test_everyone_starts_at_home_and_has_not_moved():
    population = families()
    assert (population.status == HOME).all()
    assert (population.place == population.home).all()
    for name in ("dead", "metres", "since", "moves", "tries"):
        assert not getattr(population, name).any()
    assert (population.destination == -1).all()


def test_traits_have_their_shares_and_do_not_depend_on_each_other():
    population = families(people=200_000, share_with_means=0.3, share_with_ties=0.6)
    n = len(population.people)
    means, ties, high = population.means == 1, population.ties == 1, population.threshold >= 32
    shares = ((means, 0.3), (ties, 0.6), (high, 0.5), (means & ties, 0.18), (means & high, 0.15), (ties & high, 0.3))
    for holds, share in shares:
        assert abs(holds.mean() - share) < Z * np.sqrt(share * (1 - share) / n)


def test_thresholds_fill_their_64_classes_evenly():
    counts = np.bincount(families(people=200_000).threshold, minlength=64)
    expected = counts.sum() / 64
    assert len(counts) == 64
    assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()


def test_count_of_people_is_that_of_the_rows():
    population = families()
    assert np.array_equal(population.stock, census(population, 2, 2))
    assert population.stock.sum(axis=(1, 2)).tolist() == [50_000, 5_000]
    assert population.stock.shape == (2, 2, len(STATUSES))


def test_camps_hold_those_displaced_before_as_far_as_there_are_places():
    population = families()
    fill_camps(population, np.array([700, 2_000]), before=1)
    in_camps = population.stock[:, :, CAMP]
    assert in_camps[0].tolist() == [0, 0]  # residents do not live in camps
    assert 2_000 - 20 < in_camps[1, 1] <= 2_000
    assert np.array_equal(population.stock, census(population, 2, 2))


def test_first_move_repeat_and_move_after_a_return_are_told_apart():
    assert kind_of_move(0, HOME) == kind_of_move(0, CAMP) == 1
    assert kind_of_move(1, CAMP) == 2
    assert kind_of_move(2, RETURNED) == 3


def test_stock_of_refugees_follows_the_chosen_source():
    totals = {}
    for initial in ("article", "register"):
        model = start(composed("population=tiny", f"initial={initial}"), case("idlib_2020"))
        totals[initial] = model.driver.stock.sum()
    # The article's 3,700,000 people registered in Turkey against the register's 3,917,300.
    assert totals["register"] - totals["article"] == 3_917_300 - 3_700_000


def test_person_who_was_lost_is_noticed_on_the_same_day():
    model = start(composed("case=toyland", "check=true"), case("toyland"))
    model.driver.stock[0, 0, HOME] -= 1
    with pytest.raises(AssertionError, match="day 0: 5999 people instead of 6000"):
        model.step()


def test_person_who_is_counted_elsewhere_is_noticed_on_the_same_day():
    model = start(composed("case=toyland", "check=true"), case("toyland"))
    model.driver.stock[0, 0, HOME] -= 1
    model.driver.stock[1, 0, HOME] += 1
    with pytest.raises(AssertionError, match="differs from a census"):
        model.step()
