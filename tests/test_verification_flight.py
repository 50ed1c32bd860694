"""Threat, leaving home and the way, in situations whose result can be worked out on paper."""

import numpy as np
import pytest
from worlds import (
    ONE_ROAD,
    SURE,
    TWO_TOWNS,
    calm,
    case,
    chi_square,
    chi_square_limit,
    composed,
    flight,
    make_case,
    people,
    run,
)

from sim.geography import build_geography
from sim.phases.displacement import leaving_probability
from sim.phases.threat import build_threat, update_threat
from sim.rules import read_facts, rules_of_facts


def felt(places, events, n_days, roads=(), **behaviour):
    """Return the threat felt on each day, (n_days, spots)."""
    small = make_case(places, roads, [(places[0][0], "resident", 10)], events)
    config = calm(n_days, **behaviour)
    geography = build_geography(small)
    facts = read_facts(small, geography, config.behaviour, config.start, n_days)
    threat = build_threat(geography, config.behaviour)
    return np.array(
        [
            update_threat(
                threat, rules_of_facts(facts, geography, config.behaviour, day), geography, config.behaviour
            ).copy()
            for day in range(n_days)
        ]
    )


# Toyland, as it lies in seeds/


def test_nobody_in_toyland_moves_before_the_first_bomb(toyland_run):
    assert toyland_run.recorder.moves[:5].sum() == 0
    assert toyland_run.recorder.moves[5].sum() > 0


def test_everyone_who_flees_toyland_s_ashford_is_in_birchwood(toyland_run):
    refuge = ("travelling", "hosted", "camp", "tent", "unfinished", "open_air")
    for day in range(60):
        fled = toyland_run.recorder.moves[: day + 1].sum()
        assert people(toyland_run, "Ashford", "home", day) == 2000 - fled
        assert (
            sum(people(toyland_run, place, status, day) for place in ("Ashford", "Birchwood") for status in refuge)
            == fled
        )
    assert sum(people(toyland_run, "Birchwood", status) for status in refuge[1:]) == fled


def test_toyland_empties_by_the_hill_curve_of_two_bombs_that_fade():
    config = composed("case=toyland", leave_max=0.5, leave_steepness=2.0, threshold_sigma=0.0, half_life_air=2.0)
    moves = run(config, case("toyland")).recorder.moves[:, 0, 1]
    left, households, threat = 2000.0, 400, 0.0
    for day in range(30):
        threat = threat * 2**-0.5 + (1.0 if day in (5, 6) else 0.0)
        p = 0.5 * threat**2 / (1 + threat**2)
        left -= left * p
    # 400 households of 5 people on average; 1 + Poisson(4) people have a mean square of 29.
    tolerance = 5 * np.sqrt(households * 29 * (left / 2000) * (1 - left / 2000))
    assert abs(2000 - moves[:30].sum() - left) < tolerance


# Leaving home


@pytest.fixture(scope="module")
def leaving_days():
    """Days on which 20,000 households leave a place where threat is 1 every day and p = 0.2 / 2."""
    n_days, half_life = 160, 10.0
    events = [(0, "bombardment", "Ashford")] + [(day, "strike", "Ashford") for day in range(1, n_days)]
    towns = make_case(
        TWO_TOWNS, ONE_ROAD, [("Ashford", "resident", 20_000), ("Birchwood", "resident", 10)], events=events
    )
    config = calm(n_days, leave_max=0.2, half_life_air=half_life, push_strike=1 - 2 ** (-1 / half_life))
    return run(config, towns).recorder.moves[:, 0, 1]


def test_time_to_leave_under_constant_threat_has_the_mean_of_a_geometric_time(leaving_days):
    p, n = 0.1, 20_000
    assert leaving_days.sum() == n  # after 160 days 0.001 households are expected to be left
    mean = (leaving_days * np.arange(1, 161)).sum() / n
    assert abs(mean - 1 / p) < 4 * np.sqrt(1 - p) / p / np.sqrt(n)


def test_time_to_leave_under_constant_threat_is_distributed_geometrically(leaving_days):
    p, n = 0.1, 20_000
    expected = n * p * (1 - p) ** np.arange(60)  # at least 4 households on each of these days
    assert chi_square(leaving_days[:60], expected) < chi_square_limit(60)


def test_hill_curve_has_the_values_of_its_formula():
    behaviour = calm(1, leave_max=0.12, leave_steepness=2.0).behaviour
    p = leaving_probability(np.array([0.0, 0.5, 1.0, 2.0, 1e300]), 1.0, behaviour)
    np.testing.assert_allclose(p[:, 0], 0.12 * np.array([0, 1 / 5, 1 / 2, 4 / 5, 1]))
    assert (p == p[:, :1]).all()  # without spread all thresholds are 1


def test_threshold_of_the_median_household_is_1_and_others_spread_log_normally():
    behaviour = calm(1, leave_max=0.2, leave_steepness=1.0, threshold_sigma=0.5).behaviour
    p = leaving_probability(np.array([1.0]), 1.0, behaviour)[0]
    thresholds = 0.2 / p - 1  # p = p_max x / (1 + x) with x = 1 / threshold
    assert np.sqrt(thresholds[31] * thresholds[32]) == pytest.approx(1.0)
    assert np.log(thresholds).std() == pytest.approx(0.5, rel=0.02)


def test_weight_of_threat_after_the_first_move_scales_threat():
    behaviour = calm(1, leave_max=0.2, threshold_sigma=0.3).behaviour
    twice = leaving_probability(np.array([1.0]), 2.0, behaviour)
    np.testing.assert_allclose(twice, leaving_probability(np.array([2.0]), 1.0, behaviour))


# Threat


def test_threat_from_the_air_halves_within_its_half_life():
    threat = felt([("Ashford", "theatre")], [(3, "bombardment", "Ashford")], 12, half_life_air=4.0)[:, 0]
    np.testing.assert_allclose(threat[[2, 3, 7, 11]], [0, 1, 1 / 2, 1 / 4])


def test_pushes_of_several_days_and_kinds_add_up():
    events = [(0, "bombardment", "Ashford"), (1, "offensive_start", "Ashford"), (1, "strike", "Ashford")]
    parameters = {"half_life_air": 1.0, "half_life_ground": 2.0, "push_offensive": 0.3, "push_strike": 2.0}
    threat = felt([("Ashford", "theatre")], events, 4, **parameters)[:, 0]
    air, ground = np.array([1, 2.5, 1.25, 0.625]), 0.3 * np.array([0, 1, 0.5**0.5, 0.5])
    np.testing.assert_allclose(threat, air + ground)


def test_ground_advance_is_felt_along_the_road_and_bombs_are_not():
    places = [("Ashford", "theatre"), ("Birchwood", "theatre")]
    roads = [("Ashford", "Birchwood", 26)]
    reach = {"spread_km": 13.0, "spread_share": 0.8}
    ground = felt(places, [(0, "offensive_start", "Ashford")], 1, roads, **reach)
    np.testing.assert_allclose(ground, [[1.0, 0.8 * np.exp(-2)]])
    air = felt(places, [(0, "bombardment", "Ashford")], 1, roads, **reach)
    np.testing.assert_allclose(air, [[1.0, 0.0]])


def test_ground_advance_reaches_further_along_the_same_highway():
    places = [
        ("Ashford", "theatre", {"highway": "M5"}),
        ("Birchwood", "theatre", {"highway": "M5;M4"}),
        ("Cliff", "theatre", {"highway": "M4"}),
    ]
    roads = [("Ashford", "Birchwood", 10), ("Ashford", "Cliff", 10)]
    reach = {"spread_km": 10.0, "spread_share": 0.5, "highway_factor": 4.0}
    ground = felt(places, [(0, "offensive_start", "Ashford")], 1, roads, **reach)
    np.testing.assert_allclose(ground, [[1.0, 4 * 0.5 * np.exp(-1), 0.5 * np.exp(-1)]])


def test_place_at_the_border_is_sheltered_and_the_turkish_held_north_altogether():
    one_degree_km = 6371 * np.pi / 180
    places = [
        ("Ashford", "theatre", {"lat": 36.0}),
        ("Border", "theatre", {"lat": 37.0}),
        ("North", "theatre", {"lat": 36.0, "control": "turkish_held"}),
        ("Gate", "entry_gate", {"lat": 37.0}),
    ]
    shelter = {"border_shelter": 0.9, "border_shelter_km": 50.0}
    threat = felt(places, [(0, "bombardment", "Ashford;Border;North")], 1, **shelter)
    np.testing.assert_allclose(threat, [[1 - 0.9 * np.exp(-one_degree_km / 50), 0.1, 0.1]])


def test_reinforcement_takes_threat_away_in_the_days_after_it():
    places = [("Ashford", "theatre"), ("North", "theatre", {"control": "turkish_held"})]
    events = [(0, "offensive_start", "all"), (2, "turkish_entry", "all")]
    parameters = {"reassurance": 0.4, "reassurance_days": 5.0, "half_life_ground": 100.0}
    threat = felt(places, events, 8, **parameters)
    days = np.arange(8)
    calming = np.where(days < 2, 1.0, 1 - 0.4 * (1 - np.exp(-(days - 2) / 5)))
    np.testing.assert_allclose(threat[:, 0], 2 ** (-days / 100) * calming)
    np.testing.assert_allclose(threat[:, 1], 2 ** (-days / 100))


# The way


def test_60_km_at_60_km_a_day_is_one_day_and_61_km_are_two():
    for km, on_the_way in ((60, 0), (61, 1000), (120, 1000)):
        model = flight(km=km, bombed_on=2)
        assert people(model, "Ashford", "travelling", day=2) == on_the_way
        assert people(model, "Birchwood", "open_air", day=2) == 1000 - on_the_way
        assert people(model, "Birchwood", "open_air", day=3) == 1000


def test_crowded_roads_halve_the_speed():
    # 1,000 people come 200 km far on day 0, and then 200 / (1 + 1000 / 1000) km a day.
    model = flight(km=600, theatre_speed=200.0, theatre_speed_min=20.0, crowd_people=1000.0)
    assert [people(model, "Birchwood", "open_air", day) for day in range(6)] == [0, 0, 0, 0, 1000, 1000]
    assert people(flight(km=600, theatre_speed=200.0, theatre_speed_min=20.0), "Birchwood", "open_air", 2) == 1000


def test_speed_on_crowded_roads_has_a_lower_bound():
    # 200 km on day 0, then 100 km a day at least.
    model = flight(km=600, theatre_speed=200.0, theatre_speed_min=100.0, crowd_people=1.0)
    assert [people(model, "Birchwood", "open_air", day) for day in range(6)] == [0, 0, 0, 0, 1000, 1000]


def test_nobody_leaves_a_place_without_a_road():
    towns = make_case(
        TWO_TOWNS, [], [("Ashford", "resident", 100), ("Birchwood", "resident", 10)], [(0, "bombardment", "Ashford")]
    )
    assert people(run(calm(5, **SURE), towns), "Ashford", "home") == 100


def test_nobody_flees_to_or_through_a_place_that_is_lost():
    places = [("Ashford", "theatre"), ("Lost", "theatre"), ("Birchwood", "theatre"), ("Cliff", "theatre")]
    roads = [("Ashford", "Lost", 10), ("Lost", "Birchwood", 10), ("Ashford", "Cliff", 10)]
    residents = [(name, "resident", 100) for name, _ in places]
    events = [(0, "bombardment", "Ashford"), (0, "control_initial", "Lost")]
    model = run(calm(3, **SURE), make_case(places, roads, residents, events))
    assert people(model, "Cliff", "open_air") == 100
