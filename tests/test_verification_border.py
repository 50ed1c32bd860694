"""The way west, the land gates and both sides of a border, in situations that can be worked out on paper.

A thousand people live in Cedar, 400 km from Dunegate, a gate to Elm. On day 2 the opening of Dunegate is announced.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import GROUPS, calm, count, households, make_case, measure, people, run, start

from sim.phases.west import heard, readiness
from sim.population import STATUSES, admit_in_order, in_line
from sim.rules import rules_of_facts

PLACES = [("Cedar", "host"), ("Dunegate", "exit_gate"), ("Elm", "beyond"), ("Ashford", "theatre")]
OPENING = measure(first_day=2, exit_gate=1, news=1)
FAMILIES = GROUPS | {"afghan": (5.0, "afghan", 1.0, 1.0)}


def gathering(days=10, km=400, n_people=1000, entry=0.0, policy=None, groups=GROUPS, seed=1, **behaviour):
    """Return a finished run in which everyone in Cedar sets out for Dunegate on day 2; Elm admits `entry` a day."""
    roads = [("Cedar", "Dunegate", km), ("Dunegate", "Elm", 1, "land_border_gate", 1.0)]
    small = make_case(PLACES, roads, [("Cedar", "afghan", n_people)], groups=groups)
    measures = {"opening": OPENING, "elm": measure(entry_greece=entry)} | (policy or {})
    return run(calm(days, measures, **behaviour), small, seed)


def within(share, p, n, z=4.0):
    """Tell whether a share of n households differs from its probability by no more than chance explains."""
    return abs(share - p) <= z * np.sqrt(p * (1 - p) / n)


# The way and the two sides


def test_400_km_at_200_km_a_day_are_two_days():
    model = gathering()
    assert people(model, "Cedar", "home", day=1) == 1000
    assert people(model, "Cedar", "travelling", day=2) == 1000
    assert people(model, "Dunegate", "at_gate", day=3) == 1000


def test_households_that_set_out_on_the_last_day_are_away_from_home():
    assert gathering(days=2).driver.away()["people"].sum() == 0
    assert gathering(days=3).driver.away()["people"].sum() == 1000


def test_401_km_at_200_km_a_day_are_three_days():
    model = gathering(km=401)
    assert people(model, "Cedar", "travelling", day=3) == 1000
    assert people(model, "Dunegate", "at_gate", day=4) == 1000


def test_nobody_goes_to_a_gate_that_the_own_country_keeps_closed():
    closed = {"closed": measure(exit_gate=0)}
    assert people(gathering(entry=-1, policy=closed), "Cedar", "home") == 1000


def test_nobody_who_waits_is_admitted_once_the_own_country_has_closed_its_side():
    closed = {"closed": measure(first_day=5, exit_gate=0), "elm": measure(first_day=6, entry_greece=-1)}
    model = gathering(policy=closed)
    assert people(model, "Dunegate", "at_gate", day=9) == 1000 and people(model, "Elm", "crossed") == 0


def test_closed_border_passes_nobody():
    model = gathering(attempts_first=1.0)
    assert people(model, "Dunegate", "at_gate") == 1000
    assert people(model, "Elm", "crossed") == 0
    assert [count(model, "Dunegate", "attempts", day) for day in range(5)] == [0, 0, 0, 1000, 1000]
    assert count(model, "Dunegate", "prevented") == 7 * 1000


def test_everyone_passes_where_both_sides_are_open():
    model = gathering(entry=-1)
    assert people(model, "Elm", "crossed", day=3) == 1000
    assert count(model, "Dunegate", "admitted", 3) == count(model, "Dunegate", "attempts") == 1000


# The queue


def test_quota_of_10_people_a_day_makes_a_queue_of_known_length():
    model = gathering(days=30, entry=10)
    waiting = [people(model, "Dunegate", "at_gate", day) for day in range(3, 30)]
    assert waiting == [1000 - 10 * k for k in range(1, 28)]
    assert [count(model, "Dunegate", "waiting", day) for day in range(3, 30)] == waiting
    assert count(model, "Dunegate", "admitted") == people(model, "Elm", "crossed") == 270


def test_quota_in_people_admits_families_whole_and_keeps_what_is_left_for_the_next_day():
    model = gathering(days=60, entry=10, groups=FAMILIES)
    largest = model.driver.population.people.max()
    for day in range(3, 60):
        admitted = people(model, "Elm", "crossed", day)
        assert 10 * (day - 2) - largest < admitted <= 10 * (day - 2)


def test_fractions_of_a_quota_add_up_over_the_days():
    model = gathering(days=11, entry=2.5)
    assert [people(model, "Elm", "crossed", day) for day in range(3, 11)] == [2, 5, 7, 10, 12, 15, 17, 20]


def test_quota_of_days_on_which_nobody_waits_is_lost():
    assert people(gathering(km=1600, entry=10, days=11), "Elm", "crossed") == 20  # arrival on day 9


def test_one_place_more_admits_the_same_people_and_at_most_one_household_more():
    def inside(quota, days):
        return set(
            np.flatnonzero(households(gathering(days, entry=quota, groups=FAMILIES))[:, 3] == STATUSES.index("crossed"))
        )

    for quota in (10, 37, 63, 64):
        first_day, more = inside(quota, 4), inside(quota + 1, 4)
        assert first_day <= more
        assert len(more - first_day) <= 1
        assert inside(quota, 12) <= inside(quota + 1, 12)


def test_who_came_first_is_admitted_first():
    places = [*PLACES, ("Farm", "host")]
    roads = [("Cedar", "Dunegate", 100), ("Farm", "Dunegate", 300), ("Dunegate", "Elm", 1, "land_border_gate", 1.0)]
    small = make_case(places, roads, [("Cedar", "afghan", 100), ("Farm", "afghan", 100)])
    model = run(calm(10, {"opening": OPENING, "elm": measure(first_day=5, entry_greece=25)}), small)
    inside = households(model)[:, 3] == STATUSES.index("crossed")
    from_cedar = model.driver.population.home == model.geography.number("Cedar")
    assert inside[from_cedar].all()
    assert inside[~from_cedar].sum() == 25  # 5 days of 25


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**32 - 1), st.integers(1, 9)), max_size=30),
    st.integers(0, 100),
)
def test_any_queue_admits_the_same_people_and_at_most_one_household_more_with_one_place_more(queue, credit):
    columns = [np.array(column, np.int64) for column in zip(*queue, strict=True)] or [np.zeros(0, np.int64)] * 3
    since, lots, people = columns
    admitted, left = admit_in_order(in_line(since, lots), people, credit)
    more, _ = admit_in_order(in_line(since, lots), people, credit + 1)
    assert columns[2][admitted].sum() == credit - left
    assert left >= 0
    assert (more >= admitted).all()
    assert more.sum() - admitted.sum() <= 1


# Attempts at a guarded gate


def test_people_attempt_at_the_stated_rate_and_less_after_each_failure():
    model = gathering(days=6, n_people=20_000, attempts_first=0.6, attempts_discouraged=0.5)
    attempts = [count(model, "Dunegate", "attempts", day) / 20_000 for day in (3, 4, 5)]
    none, once = 0.4 * 0.4, 0.6 * 0.7 + 0.4 * 0.6
    assert within(attempts[0], 0.6, 20_000)
    assert within(attempts[1], 0.4 * 0.6 + 0.6 * 0.3, 20_000)
    assert within(attempts[2], none * 0.6 + once * 0.3 + (1 - none - once) * 0.15, 20_000)


def test_undetected_entries_and_pushbacks_have_their_shares_and_are_counted():
    guarded = {"guarded": measure(success_guarded=0.4, pushback_land=0.25)}
    model = gathering(days=4, n_people=20_000, attempts_first=1.0, policy=guarded)
    assert within(count(model, "Dunegate", "prevented") / 20_000, 0.6, 20_000)
    assert within(count(model, "Dunegate", "pushed_back") / 20_000, 0.4 * 0.25, 20_000)
    assert within(count(model, "Dunegate", "entered") / 20_000, 0.4 * 0.75, 20_000)
    assert people(model, "Elm", "crossed") == count(model, "Dunegate", "entered")
    assert people(model, "Dunegate", "at_gate") == 20_000 - people(model, "Elm", "crossed")


def test_people_give_up_at_the_stated_rate_and_less_before_they_have_failed():
    fresh = gathering(days=4, n_people=20_000, give_up=0.2, give_up_fresh=0.3)
    assert within(count(fresh, "Dunegate", "gave_up") / 20_000, 0.06, 20_000)
    failed = gathering(days=4, n_people=20_000, give_up=0.2, give_up_fresh=0.3, attempts_first=1.0)
    assert within(count(failed, "Dunegate", "gave_up") / 20_000, 0.2, 20_000)


def test_who_gives_up_is_at_home_after_the_way_back_and_does_not_set_out_again_once_discouraged():
    model = gathering(days=9, attempts_first=1.0, attempts_discouraged=0.0, give_up=1.0)
    assert people(model, "Dunegate", "travelling", day=3) == 1000
    assert [people(model, "Cedar", "home", day) for day in (4, 5, 8)] == [0, 1000, 1000]
    assert count(model, "Dunegate", "attempts") == 1000


def test_buses_take_everyone_at_the_gates_home():
    buses = {"closing": measure(first_day=6, exit_gate=0), "buses": measure(first_day=6, last_day=6, evacuate_gates=1)}
    model = gathering(policy=buses)
    assert people(model, "Dunegate", "at_gate", day=5) == 1000
    assert people(model, "Dunegate", "at_gate", day=6) == 0
    assert people(model, "Cedar", "home", day=8) == 1000


# Deaths and injuries


def test_deaths_at_the_gate_are_counted_and_the_dead_do_not_cross():
    model = gathering(attempts_first=1.0, death_risk=1.0, success_guarded=1.0)
    assert people(model, "Dunegate", "dead") == count(model, "Dunegate", "dead") == 1000
    assert people(model, "Elm", "crossed") == 0


def test_family_that_attempts_each_day_loses_one_a_day_at_a_risk_of_1():
    model = gathering(days=8, groups=FAMILIES, attempts_first=1.0, death_risk=1.0)
    sizes = start(calm(1), model.case).driver.population.people
    for day in range(3, 8):
        dead = np.minimum(sizes, day - 2).sum()
        assert people(model, "Dunegate", "dead", day) == dead
        assert people(model, "Dunegate", "at_gate", day) == 1000 - dead


def test_injuries_strike_in_proportion_to_the_people_who_attempt():
    model = gathering(days=4, n_people=20_000, attempts_first=1.0, injury_risk=0.1)
    assert within(count(model, "Dunegate", "injured") / 20_000, 0.1, 20_000)


# Information and hope


def test_news_spreads_as_the_solution_of_bass_s_equation():
    behaviour = calm(1, news_alone=0.05, news_spread=3.5).behaviour

    def rate(f):
        return (0.05 + 3.5 * f) * (1 - f)

    f, step = 0.0, 0.001
    for k in range(4000):  # Runge and Kutta's fourth order
        if k % 500 == 0:
            assert heard(k * step, behaviour) == pytest.approx(f, abs=1e-9)
        a = rate(f)
        b = rate(f + step / 2 * a)
        c = rate(f + step / 2 * b)
        d = rate(f + step * c)
        f += step / 6 * (a + 2 * b + 2 * c + d)
    assert heard(-1.0, behaviour) == 0.0


def test_as_many_set_out_as_have_heard():
    parameters = {"news_alone": 0.1, "news_spread": 1.0}
    model = gathering(days=8, n_people=20_000, km=2000, **parameters)
    for day in range(2, 8):
        t = day - 2 + 1  # stocks are counted at the end of a day
        decay = np.exp(-1.1 * t)
        p = (1 - decay) / (1 + 10 * decay)
        assert within(1 - people(model, "Cedar", "home", day) / 20_000, p, 20_000)


def test_readiness_falls_with_distance_fare_hope_and_failures():
    model = start(
        calm(1, readiness_km=500.0, gate_fare_scale=100.0, belief_exponent=2.0, attempts_discouraged=0.5),
        make_case(
            PLACES,
            [("Cedar", "Dunegate", 400), ("Dunegate", "Elm", 1, "land_border_gate", 1.0)],
            [("Cedar", "afghan", 10)],
        ),
    )
    rules = rules_of_facts(model.facts, model.geography, model.behaviour, 0)
    rules.readiness[:] = 2.0
    rules.fare_gate = 50.0
    asked = (model.geography, rules, np.array([0.0, 0.0, 0.0, 0.3, 0.0]), 0.4, model.behaviour)
    assert not readiness(*asked).any()  # while the gates are closed
    rules.exit_gate = True
    ready = readiness(*asked)
    at_the_gate = 0.3 * 2 * 0.4**2 * np.exp(-0.5) * 0.5 ** np.arange(4)
    np.testing.assert_allclose(ready[0, 3], at_the_gate * np.exp(-400 / 500))
    np.testing.assert_allclose(ready[1, 3], at_the_gate)
    assert (ready[:, 0] == 0).all()


def test_more_readiness_moves_the_same_people_and_more():
    def gone(scale):
        return households(gathering(days=6, n_people=5000, readiness_scale=scale, readiness_km=1e4))[:, 3] != 0

    few, many = gone(0.2), gone(0.3)
    assert within(few.mean(), 0.2 * np.exp(-0.04), 5000)
    assert within(many.mean(), 0.3 * np.exp(-0.04), 5000)
    assert (many >= few).all()


def test_hope_follows_the_success_seen_a_day_later():
    hope = {"belief_start": 0.2, "belief_learning": 0.5}
    admitted = gathering(days=8, entry=100, attempts_first=0.0, readiness_scale=100.0, **hope)
    beliefs = admitted.datacollector.get_model_vars_dataframe()["belief"]
    # 100 of 1,000, 900, 800, 700 are admitted on the days 3, 4, 5, 6; those who wait have not got through.
    expected = [0.2] * 4
    for there in (1000, 900, 800, 700):
        expected.append((expected[-1] + 2 * 100 / there) / 2)
    assert beliefs.tolist() == pytest.approx(expected)
    all_admitted = gathering(days=7, entry=-1, attempts_first=0.0, readiness_scale=100.0, **hope)
    beliefs = all_admitted.datacollector.get_model_vars_dataframe()["belief"]
    assert beliefs.tolist() == pytest.approx([0.2] * 4 + [0.6] * 3)  # 2 x success is cut at 1; then nobody is there
    stopped = gathering(days=8, attempts_first=1.0, readiness_scale=100.0, **hope)
    beliefs = stopped.datacollector.get_model_vars_dataframe()["belief"]
    assert beliefs.tolist() == pytest.approx([0.2] * 4 + [0.1, 0.05, 0.025, 0.0125])


def test_little_is_learnt_from_what_befalls_a_few():
    hope = {"belief_start": 0.2, "belief_learning": 0.5, "belief_people": 3000.0}
    few = gathering(days=5, attempts_first=1.0, readiness_scale=100.0, **hope)
    assert few.belief == pytest.approx(0.2 - 0.5 * 0.25 * 0.2)  # 1,000 attempts weigh a quarter


def test_hope_settles_at_twice_the_share_that_succeeds():
    guarded = {"guarded": measure(success_guarded=0.1)}
    model = gathering(days=17, n_people=20_000, attempts_first=1.0, policy=guarded, belief_learning=0.9)
    attempts_on_the_last_days = 20_000 * 0.9**13
    assert abs(model.belief - 0.2) < 4 * 2 * np.sqrt(0.09 / attempts_on_the_last_days)


def test_hope_is_lost_where_all_who_get_through_are_pushed_back():
    guarded = {"guarded": measure(success_guarded=0.5, pushback_land=1.0)}
    model = gathering(days=60, attempts_first=1.0, policy=guarded, belief_learning=0.5)
    assert model.belief == pytest.approx(0.0, abs=1e-12)


# Authorities that react


def test_authority_acts_on_the_day_after_the_crowd_exceeds_its_limit():
    for limit, evacuated in ((999, True), (1000, False)):
        buses = {"buses": measure(watch="people_at_gates", above=limit, evacuate_gates=1)}
        model = gathering(policy=buses)
        assert people(model, "Dunegate", "at_gate", day=3) == 1000
        assert people(model, "Dunegate", "at_gate", day=4) == (0 if evacuated else 1000)
