"""How measures compose, and what they must leave alone, in every world."""

import dataclasses
import datetime
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    DAYS,
    FACTORS,
    OPENING,
    SOUTH,
    SWITCHES,
    WEST,
    behaviours,
    cases,
    measures,
    policies,
    seeds,
)
from worlds import START, calm, households, make_case, measure, run, same, start, tables

from sim.effects import EFFECTS
from sim.geography import BEYOND, COAST, ENTRY_GATE, EXIT_GATE, HOST, ISLAND, THEATRE, build_geography
from sim.policies import prepare, rules_today
from sim.rules import read_facts


def fold(case, policy, day=5):
    """Return the rules of a day, field by field."""
    config = calm(DAYS, policy)
    geography = build_geography(case)
    active = prepare(config, case, geography)
    facts = read_facts(case, geography, config.behaviour, config.start, DAYS)
    return dataclasses.asdict(rules_today(facts, active, {}, geography, config.behaviour, day))


def reordered(policy, order):
    """Return the measures of a policy in another order."""
    return {name: policy[name] for name in (list(policy)[i] for i in order)}


@given(cases(), policies(FACTORS, last=5), st.permutations(range(4)))
def test_order_of_factors_does_not_matter(case, policy, order):
    plain = fold(case, policy)
    for name, value in fold(case, reordered(policy, [i for i in order if i < len(policy)])).items():
        np.testing.assert_array_equal(value, plain[name], err_msg=name)


@given(cases(), behaviours(), policies(FACTORS), st.permutations(range(4)), seeds)
@settings(max_examples=10)
def test_people_do_not_notice_the_order_of_factors(case, behaviour, policy, order, seed):
    other = reordered(policy, [i for i in order if i < len(policy)])
    left, right = (run(calm(DAYS, OPENING | measures, **behaviour), case, seed) for measures in (policy, other))
    assert same(tables(left), tables(right))


def test_factors_multiply():
    case = make_case([("Town 0", "theatre")], [], [("Town 0", "resident", 1)], [(5, "bombardment", "Town 0")])
    for name, field in (("push_air", "push_air"), ("aid", "aid"), ("attempts", "attempts"), ("seam_cost", "seam")):
        twice = {"a": measure(**{name: 0.5}), "b": measure(**{name: 3.0})}
        assert fold(case, twice)[field] == 1.5


@pytest.mark.parametrize("name", SWITCHES)
def test_last_switch_wins(name):
    world = make_case(
        [("Town 0", "theatre"), ("South", "entry_gate")],
        [("Town 0", "South", 5)],
        [("Town 0", "resident", 1)],
        [(0, "bombardment", "Town 0"), (2, "turkish_entry", "all"), (4, "sub_district_lost", "Town 0")]
        + [(5, kind, "Town 0") for kind in ("bombardment", "offensive_start")],
    )
    amounts = {"switch": (0, 1), "share": (0.0, 0.4, 1.0), "people/day": (-1, 0, 30), "USD/person": (0, 15)}
    for first, last in itertools.product(amounts[EFFECTS[name].unit], repeat=2):
        both = fold(world, {"first": measure(2, **{name: first}), "last": measure(2, **{name: last})})
        alone = fold(world, {"last": measure(2, **{name: last})})
        for field, value in alone.items():
            np.testing.assert_array_equal(both[field], value, f"{field} after {first} and {last}")


@given(cases(), behaviours(), policies(), seeds)
def test_measure_that_is_never_in_force_changes_nothing(case, behaviour, policy, seed):
    never = {
        "after the end": measure(DAYS, "", push_air=0, entry_greece=-1, camp_places=50),
        "never triggered": measure(watch="people_at_gates", above=1e9, evacuate_gates=1),
        "as before": measure(push_air=1, push_ground=1, aid=1, attempts=1, transfers=1, transfers_extra=0),
    }
    without, with_them = (run(calm(DAYS, p, **behaviour), case, seed) for p in (policy, policy | never))
    assert same(tables(without), tables(with_them))


@given(cases(), behaviours(), policies(), measures(first=1), seeds)
def test_measure_changes_nothing_before_its_first_day(case, behaviour, policy, added, seed):
    policy = OPENING | policy
    before = (datetime.date.fromisoformat(added.first_day) - START).days
    without, with_it = (run(calm(DAYS, p, **behaviour), case, seed) for p in (policy, policy | {"added": added}))
    assert same(tables(without, before), tables(with_it, before))


@given(cases(), behaviours(), policies([*WEST, *SOUTH]), measures(WEST), seeds)
def test_measure_at_the_western_border_leaves_everyone_in_the_theatre_where_they_are(
    case, behaviour, policy, west, seed
):
    policy = OPENING | policy
    models = [start(calm(DAYS, p, **behaviour), case, seed) for p in (policy, policy | {"west": west})]
    here = np.isin(models[0].geography.role, (THEATRE, ENTRY_GATE))
    for _ in range(DAYS):
        states = []
        for model in models:
            model.step()
            rows = households(model)
            states.append(np.where(here[rows[:, 2], None], rows, -1))
        np.testing.assert_array_equal(*states)
    for left, right in zip(*(tables(model) for model in models), strict=True):
        np.testing.assert_array_equal(left[:, here], right[:, here])


@given(cases(), behaviours(), policies([*WEST, *SOUTH]), measures(SOUTH), seeds)
def test_measure_in_the_theatre_leaves_everyone_in_the_west_where_they_are(case, behaviour, policy, south, seed):
    policy, behaviour = OPENING | policy, behaviour | {"entry_attempts": 0.0}  # while nobody gets across
    models = [run(calm(DAYS, p, **behaviour), case, seed) for p in (policy, policy | {"south": south})]
    west = np.isin(models[0].geography.role, (HOST, EXIT_GATE, COAST, ISLAND, BEYOND))
    for left, right in zip(*(tables(model) for model in models), strict=True):
        np.testing.assert_array_equal(left[:, west], right[:, west])


@given(cases(), behaviours(), policies(), seeds, st.integers(0, 2000))
def test_built_camp_places_shelter_at_most_as_many_more_people(case, behaviour, policy, seed, places):
    built = policy | {"built": measure(2, "", ["Town 1"], camp_places=places)}
    model = run(calm(DAYS, built, **behaviour), case, seed)
    plain = run(calm(DAYS, policy, **behaviour), case, seed)
    town = model.geography.number("Town 1")
    assert model.camp_places[town] == plain.camp_places[town] + places
    # Camps draw nobody: who has fled depends on threat alone.
    assert np.array_equal(model.recorder.moves[:, :, 1], plain.recorder.moves[:, :, 1])
