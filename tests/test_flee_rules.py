"""Flee's movement rules against what can be counted on fingers, and against what Flee itself scores."""

import numpy as np
import pytest
from conflicts import INPUT, camps, case_of, settings

from sim.flee import read_flee, rules
from sim.flee.origins import origin_weights
from sim.flee.people import LINK, WHOLE, room_level
from sim.flee.simulate import people_by_day
from sim.scores import ard, ard_rescaled

ONE_CAMP = "Aburg,Camp,{km}\n"
CHAIN = "Aburg,Btown,359\nBtown,Camp,359\n"
PERIOD = {"sim_period_csv": "StartDate,2013-12-01\nLength,6\n"}


def in_camp(folder, routes, closures=None, **changes):
    """Return people in Camp by day, of the 100 who set out on day 1."""
    case = case_of(folder, routes_csv=routes, closures_csv=closures, **PERIOD)
    return camps(case, **{"camp_movechance": 0.0, **changes})["Camp"].tolist()


@pytest.mark.parametrize(("km", "days"), [(359, 0), (360, 1), (719.9, 1), (720, 2)])
def test_people_arrive_when_they_have_gone_farther_than_the_route_is_long(tmp_path, km, days):
    assert in_camp(tmp_path, ONE_CAMP.format(km=km)) == ([0] * (1 + days) + [100] * 5)[:6]


def test_two_routes_a_day_each_with_a_full_days_speed(tmp_path):
    # 718 km in one day, at 360 km a day: whoever arrives before the day is over starts anew.
    only_onward = {"default_movechance": 1.0, "conflict_weight": 0.0}
    assert in_camp(tmp_path, CHAIN, **only_onward) == [0, 100, 100, 100, 100, 100]


def test_first_route_on_foot(tmp_path):
    # 35, 70, 105 km
    assert in_camp(tmp_path, ONE_CAMP.format(km=100), start_on_foot=True) == [0, 0, 0, 100, 100, 100]


def test_speed_limit_of_a_route(tmp_path):
    routes = "#name1,name2,distance,forced_redirection,max_move_speed\nAburg,Camp,100,,50\n"
    assert in_camp(tmp_path, routes) == [0, 0, 0, 100, 100, 100]


def test_nobody_passes_a_closed_border(tmp_path):
    assert in_camp(tmp_path, ONE_CAMP.format(km=40), "country,Home,Abroad,0,3\n") == [0, 0, 0, 100, 100, 100]


def test_who_is_on_a_route_when_it_closes_is_put_back_to_its_start(tmp_path):
    # 100 people are on the way on day 1, closed from day 2 to 3: back in Aburg on day 2, in camp two days after day 4
    told = in_camp(tmp_path, ONE_CAMP.format(km=400), "country,Home,Abroad,2,4\n")
    assert told == [0, 0, 0, 0, 0, 100]


def test_town_that_nobody_leaves_by_chance_is_left_by_those_in_a_hurry(tmp_path):
    stay = {"default_movechance": 0.0, "conflict_weight": 0.0}
    assert in_camp(tmp_path / "a", CHAIN, **stay)[-1] == 0
    assert in_camp(tmp_path / "b", CHAIN, **stay, avoid_short_stints=True)[-1] == 100


def test_nobody_is_in_a_hurry_who_has_come_far_or_slept_in_town(tmp_path):
    # 360 km on day 1 and 355 km on day 2 count as 180 + 355, more than a day's travel
    far = "Aburg,Btown,715\nBtown,Camp,359\n"
    stay = {"default_movechance": 0.0, "conflict_weight": 0.0, "avoid_short_stints": True}
    assert in_camp(tmp_path, far, **stay) == [0] * 6


def test_who_has_planned_ahead_goes_on_from_a_town_that_nobody_leaves(tmp_path):
    ahead = {"default_movechance": 0.0, "conflict_weight": 0.0, "awareness_level": 2}
    told = in_camp(tmp_path, CHAIN, **ahead)
    # ways from Aburg: Btown at 369 km, Camp at 728 km with the softening; those for Camp go on on the same day
    expected = 100 * (1 / 728) / (1 / 728 + 1 / 369)
    assert abs(told[1] - expected) < 4 * 4.8 and told[1:] == [told[1]] * 5


def test_nobody_ends_at_a_marker_and_it_takes_nothing_of_what_people_know(tmp_path):
    places = INPUT["locations.csv"].replace(",town,", ",marker,")
    case = case_of(tmp_path, locations_csv=places, routes_csv=CHAIN, **PERIOD)
    assert camps(case, camp_movechance=0.0)["Camp"].tolist() == [0, 100, 100, 100, 100, 100]


def test_camp_and_zone_draw_by_distance_and_weight():
    """The example worked out in the description of Flee's rules: A - B 50, A - C 100, B - D 30, B - C 40 km."""
    pairs = [(0, 1, 50), (0, 2, 100), (1, 3, 30), (1, 2, 40)]
    links = np.zeros(8, dtype=LINK)
    for i, (a, b, km) in enumerate(pairs):
        links[2 * i : 2 * i + 2] = [(a, b, km * 1000, 0, True), (b, a, km * 1000, 0, True)]
    score = np.array([1.0, 1.0, 1.0, 0.316])
    for awareness, expected in ((1, [0.647, 0.353]), (2, [0.363, 0.077, 0.218, 0.198, 0.145])):
        first, ways = rules.find_ways(links, links["is_open"], np.zeros(4, dtype=bool), awareness)
        weights = rules.way_weights(first, *rules.way_ends(links, ways), score, settings())[: first[1]]
        np.testing.assert_allclose(weights / weights.sum(), expected, atol=0.0006)


@pytest.mark.parametrize(("stock", "room"), [(0, 1), (89, 1), (90, 1), (95, 0.5), (99, 0.1), (100, 0), (150, 0)])
def test_room_of_a_camp_for_100(stock, room):
    assert abs(room_level(stock, 90_000, 100_000) / WHOLE - room) < 1 / WHOLE


def many(people, **places):
    """Return the files of the small directory in which so many people set out on day 1, with some capacities."""
    table = INPUT["locations.csv"]
    for name, capacity in places.items():
        table = "".join(
            line.removesuffix("0\n") + f"{capacity}\n" if line.startswith(name) else line
            for line in table.splitlines(keepends=True)
        )
    return {"locations_csv": table, "camp_csv": f"2013-12-01,0\n2013-12-02,{people}\n2013-12-04,{people}\n",
            "faraway_csv": "2013-12-01,0\n"}  # fmt: skip


def test_people_choose_between_camps_by_one_over_distance(tmp_path):
    case = case_of(tmp_path, **many(30_000))
    told = camps(case, camp_movechance=0.0).iloc[1]
    # 1 / (40 + 10) against 1 / (90 + 10): two thirds; four standard errors
    assert told.sum() == 30_000 and abs(told["Camp"] - 20_000) < 4 * np.sqrt(30_000 * 2 / 9)


def test_camp_takes_nobody_in_once_it_has_only_half_of_its_buffer_left(tmp_path):
    case = case_of(tmp_path, **many(5000, Camp=1000))
    told = camps(case, camp_movechance=0.0)
    # All decide before anybody arrives on day 1, so that Camp is overfull; those who wait go elsewhere.
    assert told.iloc[1].sum() == 5000 and told["Camp"].iloc[1] > 1000
    slowly = {"camp_csv": "2013-12-01,0\n2013-12-04,3000\n", "sim_period_csv": "StartDate,2013-12-01\nLength,4\n"}
    case = case_of(tmp_path / "b", **{**many(0, Camp=1000), **slowly})
    told = camps(case, camp_movechance=0.0)["Camp"].tolist()
    assert told[2] > 950 and told[3] == told[2]


def test_day_0_people_are_counted_once_here_and_twice_with_flees_defect(tmp_path):
    files = {**many(0, Camp=1000), "camp_csv": "2013-12-01,600\n2013-12-02,800\n", "faraway_csv": "2013-12-01,0\n"}
    # 400 places are left: 133 of the 200 find room in Camp. Flee takes 600 of 1000 off, and 600 fill what is left.
    meant, in_flee = (
        camps(case_of(tmp_path / str(defects), defects, **files), camp_movechance=0.0) for defects in (False, True)
    )
    assert abs(meant["Camp"].iloc[-1] - 600 - 133) < 4 * np.sqrt(200 * 2 / 9)
    assert in_flee["Camp"].iloc[-1] == 600 and in_flee["Faraway"].iloc[-1] == 200


def test_camp_that_starts_above_its_capacity_has_no_limit_in_flee(tmp_path):
    files = {**many(0, Camp=100), "camp_csv": "2013-12-01,600\n2013-12-02,800\n", "faraway_csv": "2013-12-01,0\n"}
    for defects, comes in ((False, False), (True, True)):
        told = camps(case_of(tmp_path / str(defects), defects, **files), camp_movechance=0.0)
        assert (told["Camp"].iloc[-1] > 600) == comes


def test_old_conflict_loses_its_terror(tmp_path):
    case = case_of(tmp_path, conflicts_csv="#Day,Aburg\n0,0\n1,1\n2,0.5\n3,1\n")
    told = rules.scores(case, settings(conflict_weight=0.25, conflict_decay=[1, 0.5], conflict_decay_days=2))[:, 0]
    # day 1 and 2 are the first two days; intensity 0.5 halves the exponent, and so does the third day
    np.testing.assert_allclose(told, [1, 0.25, 0.5, 0.5])


def test_people_come_from_zones_by_population_times_intensity(tmp_path):
    case = case_of(tmp_path, conflicts_csv="#Day,Aburg,Btown\n0,0,0\n1,0.5,1\n2,0,0\n3,0,0\n",
                   locations_csv=INPUT["locations.csv"].replace("town,,", "town,,2500"))  # fmt: skip
    weights = origin_weights(case, case.intensity)
    np.testing.assert_allclose(weights, [[2500, 2500, 0, 0]] * 4)  # of the only day with any


@pytest.mark.parametrize("changes", [{}, {"awareness_level": 2}, {"avoid_short_stints": True, "start_on_foot": True}])
def test_nobody_is_lost_and_the_seed_decides_everything(changes):
    case = read_flee("mali")
    first, again, other = (people_by_day(case, settings(**changes), seed, 20, 60) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
    rows = case.observed.iloc[0].to_numpy() // 20
    expected = rows.sum() + np.cumsum(case.arrivals[:60]) // 20
    assert (first.sum(axis=1) <= expected).all() and (first >= 0).all()
    assert first[-1].sum() > 0.8 * expected[-1]


# Averaged relative difference of Flee's own runs with its default settings, full scale: normal, rescaled.
FLEE = {"burundi": (0.585, 0.544), "car": (0.426, 0.386), "mali": (0.381, 0.317), "ssudan": (0.487, 0.569)}


@pytest.mark.parametrize(
    ("name", "defects"),
    [
        ("mali", False),
        ("mali", True),
        pytest.param("ssudan", False, marks=pytest.mark.slow),
        pytest.param("ssudan", True, marks=pytest.mark.slow),
        pytest.param("burundi", True, marks=pytest.mark.slow),
        pytest.param("car", True, marks=pytest.mark.slow),
    ],
)
def test_scores_are_those_of_flee(name, defects):
    case = read_flee(name, defects=defects)
    predicted, observed = camps(case)[list(case.observed.columns)].to_numpy(), case.observed.to_numpy()
    np.testing.assert_allclose([ard(predicted, observed), ard_rescaled(predicted, observed)], FLEE[name], atol=0.02)
