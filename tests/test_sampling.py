"""A sample of the households gives the totals of all of them: exactly at the start, within sampling error later.

How many people ever flee can be known without a run: threat does not depend on people, so each place's total is its
people times the probability that a household has left, and the error of a sample follows from its rows.
"""

import numpy as np
import pytest
from worlds import case, composed, start

from sim.geography import build_geography
from sim.metrics import outcome_values
from sim.phases.displacement import leaving_probability
from sim.population import build_population

SIZES = {"full": 1, "class": 20, "tiny": 400}
OUTCOMES = ["displaced", "gross_moves", "remaining_displaced", "northern_aleppo", "hosted", "nights_in_the_open"]


def sampled(size, seed, days=100, words=()):
    """Run the crisis as it happened on a sample; nobody tries the southern border. Note the threat of each day."""
    config = composed(f"population={size}", f"days={days}", *words, entry_attempts=0.0)
    model = start(config, case("idlib_2020"), seed)
    model.threat_by_day = []
    while model.running:
        model.step()
        model.threat_by_day.append(model.threat_felt.copy())
    return model


@pytest.mark.parametrize("initial", ["article", "register"])
@pytest.mark.parametrize("size", SIZES)
def test_every_place_and_group_starts_with_exactly_its_people(size, initial):
    facts = case("idlib_2020")
    geography, behaviour = build_geography(facts), composed().behaviour
    population = build_population(facts, geography, behaviour, initial, SIZES[size], 1)
    rows = facts.initial[facts.initial["variant"].isin(["all", initial])]
    expected = rows.groupby(["location", "group"])["people"].sum()
    counted = np.zeros((len(geography.names), len(facts.groups)), int)
    np.add.at(counted, (population.place, population.group), population.people)
    groups = list(facts.groups["group"])
    for (place, group), people in expected.items():
        assert counted[geography.number(place), groups.index(group)] == people
    assert counted.sum() == expected.sum()
    assert np.array_equal(population.stock.sum(axis=2), counted)


@pytest.mark.parametrize(("size", "one_in"), SIZES.items())
def test_sample_has_as_many_rows_as_households_divided_by_its_rate(size, one_in):
    facts = case("idlib_2020")
    population = build_population(facts, build_geography(facts), composed().behaviour, "article", one_in, 1)
    cells = facts.initial[facts.initial["variant"].isin(["all", "article"])]
    mean = cells["group"].map(facts.groups.set_index("group")["household_mean"])
    # The last household of each cell takes the rest: up to one row more in each.
    expected = (cells["people"] / mean / one_in).sum()
    assert expected * 0.99 < len(population.people) < expected * 1.01 + len(cells)


def ever_left(model):
    """Return the probability that a household of each spot has left, from the threat felt on each day so far."""
    stays = [1 - leaving_probability(day, 1.0, model.behaviour) for day in model.threat_by_day]
    return 1 - np.prod(stays, axis=0).mean(axis=1)  # over the classes of thresholds


@pytest.mark.parametrize(("size", "seeds"), [("tiny", range(1, 5)), ("class", [1])])
def test_as_many_people_flee_from_each_place_as_the_hazard_says(size, seeds):
    models = [sampled(size, seed) for seed in seeds]
    model, n = models[0], len(models)
    p = ever_left(model)
    place, population = model.geography.place, model.driver.population
    residents, squares = np.zeros((2, len(model.geography.names)))
    np.add.at(residents, population.home, population.people)
    np.add.at(squares, population.home, population.people.astype(float) ** 2)
    residents, squares = residents[place], squares[place]
    fled = sum(one.recorder.moves[:, place, 1].sum(axis=0) for one in models) / n
    sd = np.sqrt(squares * p * (1 - p) / n)
    # Whoever is still in a place that is lost may find every road cut, so there the hazard is only a bound.
    open_places = ~model.facts.lost[-1]
    difference = fled - residents * p
    assert (difference <= 5 * sd + 1).all()
    assert (difference >= -5 * sd - 1)[open_places].all()
    assert abs(difference[open_places].sum()) < 4 * np.sqrt((sd[open_places] ** 2).sum())
    assert (residents * p).sum() > 500_000


def last_values(model):
    """Return the outcomes that describe the theatre, summed up in one number each."""
    values = outcome_values(model.recorder, model.world)
    flows = ("gross_moves", "nights_in_the_open")
    return np.array([values[name].sum() if name in flows else values[name][-1] for name in OUTCOMES], float)


def test_tiny_and_class_agree_within_the_error_of_their_rows():
    tiny = np.array([last_values(sampled("tiny", seed)) for seed in range(1, 9)])
    larger = np.array([last_values(sampled("class", seed)) for seed in range(1, 3)])
    # A class has 20 times the rows of tiny, so its variance is a twentieth.
    variance = tiny.var(axis=0, ddof=1) * (1 / len(tiny) + 1 / 20 / len(larger))
    difference = abs(tiny.mean(axis=0) - larger.mean(axis=0))
    # 5.4 is Student's limit for 7 degrees of freedom, passed once in a thousand.
    assert dict(zip(OUTCOMES, difference > 5.4 * np.sqrt(variance), strict=True)) == dict.fromkeys(OUTCOMES, False)
    assert (abs(larger[0] - larger[1]) < 5.4 * np.sqrt(2 / 20 * tiny.var(axis=0, ddof=1))).all()


def test_copies_of_the_population_are_so_many_times_the_people_and_fare_alike():
    copies = sampled("tiny", 1, words=["population.multiply=6"])
    total = sampled("tiny", 1, days=1).driver.stock.sum()
    assert copies.driver.stock.sum() == 6 * total
    tiny = np.array([last_values(sampled("tiny", seed)) for seed in range(1, 9)])
    # Six copies are one sample six times as large; 5.4 is Student's limit for 7 degrees of freedom.
    sd = tiny.std(axis=0, ddof=1) * np.sqrt(1 / len(tiny) + 1 / 6)
    difference = abs(last_values(copies) / 6 - tiny.mean(axis=0))
    assert dict(zip(OUTCOMES, difference > 5.4 * sd, strict=True)) == dict.fromkeys(OUTCOMES, False)


@pytest.mark.slow
def test_class_and_full_agree_within_the_error_of_their_rows():
    larger = np.array([last_values(sampled("class", seed)) for seed in range(1, 9)])
    full = last_values(sampled("full", 1))
    sd = larger.std(axis=0, ddof=1) * np.sqrt(1 / len(larger) + 1 / 20)
    assert dict(zip(OUTCOMES, abs(full - larger.mean(axis=0)) > 5.4 * sd, strict=True)) == dict.fromkeys(
        OUTCOMES, False
    )


@pytest.mark.slow
def test_every_person_is_counted_on_every_day_of_a_full_run():
    model = start(composed("check=true", "days=100"), case("idlib_2020"))
    people = case("idlib_2020").initial.query("variant in ['all', 'article']")["people"].sum()
    while model.running:
        model.step()
        assert model.driver.stock.sum() == people
