"""People of a Flee directory by this model's rules: situations that can be worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from sim.compose import compose
from sim.errors import InputError
from sim.flee import read_flee, simulate_case
from sim.flee.expected import expected_stocks
from sim.flee.nowcast import nowcasts, published
from sim.flee.onward import OnwardWorld, left_after
from sim.flee.origins import observed_departures, own_departures
from sim.flee.refuge import find_ways, room_left, sizes, todays_shares

HEADER = "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"


def write_case(folder, places, routes, counts, closures=""):
    """Write a Flee directory of ten days; `counts` are people on day 0 and on day 9 by camp."""
    files = folder / "input", folder / "validation"
    for one in files:
        one.mkdir()
    zones = [row.split(",")[0] for row in places.split() if "conflict_zone" in row]
    files[0].joinpath("locations.csv").write_text(HEADER + places)
    files[0].joinpath("routes.csv").write_text("#name1,name2,distance,forced_redirection\n" + routes)
    files[0].joinpath("closures.csv").write_text("#closure_type,name1,name2,closure_start,closure_end\n" + closures)
    files[0].joinpath("sim_period.csv").write_text("StartDate,2020-01-01\nLength,10\n")
    rows = [f"{day}," + ",".join("1" for _ in zones) for day in range(10)]
    files[0].joinpath("conflicts.csv").write_text("#Day," + ",".join(zones) + "\n" + "\n".join(rows) + "\n")
    layout = "total,total.csv\n" + "".join(f"{name},{name}.csv\n" for name in counts)
    files[1].joinpath("data_layout.csv").write_text(layout)
    files[1].joinpath("total.csv").write_text("2020-01-01,0\n")
    for name, (first, last) in counts.items():
        files[1].joinpath(f"{name}.csv").write_text(f"2020-01-01,{first}\n2020-01-10,{last}\n")
    return read_flee(folder)


@pytest.fixture
def two_camps(tmp_path):
    """A zone of 1,000 people; Near in the country Right, 90 km away, Far in the country Left, 190 km away."""
    places = (
        "Zone,a,Home,0,0,conflict_zone,0,1000\nNear,b,Right,0,0.8,camp,,0\nFar,c,Left,0,-1.7,camp,,0\n"  # no capacity
    )
    return write_case(tmp_path, places, "Zone,Near,90\nZone,Far,190\n", {"Near": (0, 450), "Far": (0, 450)})


def settings(**values):
    """Return settings in which only the way counts, in proportion to its length plus 10 km."""
    plain = {"room_exponent": 0.0, "distance_exponent": 1.0, "host_exponent": 1.0, "softening_km": 10.0}
    return replace(compose([]).refuge, **plain | values)


def last_day(case, chosen):
    """Return the expected people in each camp on the last day."""
    ways = find_ways(case, chosen.closed_border_km)
    departures = observed_departures(case)[:, ways.zones]
    return expected_stocks(ways, chosen, departures, case.observed.iloc[0].to_numpy())[-1]


def test_twice_the_way_draws_half_as_many(two_camps):
    np.testing.assert_allclose(last_day(two_camps, settings()), [600.0, 300.0])


def test_a_full_camp_draws_few_and_an_unknown_capacity_is_never_full():
    assert room_left(50.0, 200.0) == pytest.approx(0.75)
    assert room_left(300.0, 200.0) == pytest.approx(0.02)
    assert room_left(1e9, 0.0) == 1.0


def test_half_the_room_draws_a_quarter_where_its_exponent_is_two():
    shares = todays_shares(
        np.ones((1, 2)), np.array([0.0, 50.0]), np.full(2, 100.0), np.full(2, 100.0), np.ones(2, bool),
        np.array([0, 1]), 2.0, 1.0,
    )  # fmt: skip
    np.testing.assert_allclose(shares, [[0.8, 0.2]])


def test_two_camps_of_one_country_weigh_less_than_two_countries():
    def shares(host_exponent):
        same = np.ones(3)
        hosts = np.array([0, 0, 1])
        return todays_shares(np.ones((1, 3)), 0 * same, 0 * same, same, np.ones(3, bool), hosts, 0.0, host_exponent)[0]

    np.testing.assert_allclose(shares(1.0), [1 / 3, 1 / 3, 1 / 3])
    country = 2**0.5 / (2**0.5 + 1)
    np.testing.assert_allclose(shares(0.5), [country / 2, country / 2, 1 - country])


def test_nobody_goes_to_a_camp_that_is_not_open():
    camps = np.ones(2)
    arguments = (np.ones((1, 2)), 0 * camps, 0 * camps, camps, np.array([True, False]), np.array([0, 1]), 1.0, 1.0)
    np.testing.assert_allclose(todays_shares(*arguments), [[1.0, 0.0]])


def test_camps_of_unknown_capacity_count_as_large_as_the_mean_of_the_others(two_camps):
    ways = replace(find_ways(two_camps, 0.0), capacity=np.array([0.0, 300.0]))
    np.testing.assert_allclose(sizes(ways), [300.0, 300.0])
    np.testing.assert_allclose(sizes(ways.without_capacities), [1.0, 1.0])


def test_a_closed_border_costs_what_it_says(tmp_path):
    places = "Zone,a,Home,0,0,conflict_zone,0,1000\nNear,b,Right,0,1,camp,,0\nFar,c,Left,0,-1,camp,,0\n"
    closed = "country,Home,Right,0,-1\n"
    case = write_case(tmp_path, places, "Zone,Near,90\nZone,Far,90\n", {"Near": (0, 0), "Far": (0, 900)}, closed)
    # 90 + 10 km against 90 + 10 + 700 km
    np.testing.assert_allclose(last_day(case, settings(closed_border_km=700.0)), [100.0, 800.0])


def test_who_finds_no_way_waits_until_there_is_one(tmp_path):
    places = "Zone,a,Home,0,0,conflict_zone,0,1000\nNear,b,Right,0,1,camp,,0\n"
    case = write_case(tmp_path, places, "Zone,Near,120\n", {"Near": (0, 90)}, "link,Zone,Near,0,5\n")
    world = OnwardWorld(case, settings(), "observed", seed=1)
    there = []
    for day in range(10):
        world.step(day)
        there.append(int(world.stock[0]))
    assert there == [0, 0, 0, 0, 0, 50, 60, 70, 80, 90]
    ways = find_ways(case, 0.0)
    expected = expected_stocks(ways, settings(), observed_departures(case)[:, ways.zones], np.zeros(1))[:, 0]
    np.testing.assert_allclose(expected, there)


def test_a_place_that_sends_people_on_receives_them_from_the_day_of_the_removal(tmp_path):
    places = "Zone,a,Home,0,0,conflict_zone,0,1000\nPost,b,Right,0,1,camp,,0\nMain,b,Right,0,2,camp,,0\n"
    routes = "Zone,Post,90\nPost,Main,90,2\n"
    removal = "remove_forced_redirection,Post,Main,4,0\n"
    case = write_case(tmp_path, places, routes, {"Post": (0, 0), "Main": (0, 900)}, removal)
    is_open = find_ways(case, 0.0).is_open
    assert is_open[:, case.camps.index("Post")].tolist() == [False] * 4 + [True] * 6
    assert is_open[:, case.camps.index("Main")].all()


@pytest.mark.parametrize(("km", "day"), [(200, 1), (201, 2), (400, 2), (1000, 5)])
def test_two_hundred_km_take_a_day(tmp_path, km, day):
    places = "Zone,a,Home,0,0,conflict_zone,0,1000\nNear,b,Right,0,1,camp,,0\n"
    case = write_case(tmp_path, places, f"Zone,Near,{km}\n", {"Near": (0, 90)})
    stocks = simulate_case(case, compose(["case=flee", "case.path=mali", "refuge.speed_km=200"]), seed=1)
    assert stocks["people"].to_numpy().argmax() == 9
    assert int((stocks["people"] > 0).to_numpy().argmax()) == day
    assert left_after(150_000, 200_000) == 0


def test_everybody_is_somewhere_on_every_day(two_camps):
    world = OnwardWorld(two_camps, settings(), "observed", seed=3)
    for day in range(10):
        world.step(day)
        rows = world.people[: world.n_people]
        assert len(rows) == two_camps.arrivals[: day + 1].sum()
        by_camp = np.bincount(rows["camp"][rows["state"] == 2], minlength=2)
        np.testing.assert_array_equal(by_camp, world.stock)
        np.testing.assert_array_equal(np.bincount(rows["camp"][rows["camp"] >= 0], minlength=2), world.bound)


def test_rows_agree_with_expected_numbers_within_chance(two_camps):
    draws = 40
    config = compose(["case=flee", "case.path=mali"])
    config.refuge = settings()
    found = [simulate_case(two_camps, config, seed)["people"].to_numpy()[-2:] for seed in range(draws)]
    # 900 draws of probability 2/3: one seed's standard deviation is 14.1; three times that of the mean of 40
    assert np.mean(found, axis=0) == pytest.approx([600, 300], abs=3 * 14.2 / draws**0.5)
    assert len({tuple(one) for one in found}) > 1


def test_the_same_seed_gives_the_same_bytes():
    case, config = read_flee("mali"), compose(["case=flee", "case.path=mali", "days=60"])
    first, again, other = (simulate_case(case, config, seed).to_csv() for seed in (1, 1, 2))
    assert first == again != other


def test_a_row_for_ten_people_gives_nearly_the_same_shares():
    case, config = read_flee("mali"), compose(["case=flee", "case.path=mali"])
    found = []
    for one_in in (1, 10):
        config.population.one_in = one_in
        found.append(simulate_case(case, config, 1)["people"].to_numpy()[-7:])
    one, ten = found
    # about 8,000 rows: the share of the largest camp has a standard deviation of 0.5 % of its people
    np.testing.assert_allclose(ten / ten.sum(), one / one.sum(), atol=0.02)


def test_a_hazard_that_does_not_fade_empties_a_place_geometrically(two_camps):
    own = own_departures(two_camps, settings(leave_rate=0.1, leave_fade_days=1e5))[:, 0]
    np.testing.assert_allclose(own[1:], 1000 * 0.1 * 0.9 ** np.arange(1, 10), rtol=1e-3)
    assert own[0] == 0.0


def test_own_departures_need_no_observations(two_camps):
    config = compose(["case=flee", "case.path=mali", "departures=endogenous", "refuge.leave_rate=0.1"])
    unseen = replace(two_camps, series=None)
    stocks = simulate_case(unseen, config, 1)["people"].to_numpy().reshape(10, 2)
    own = own_departures(two_camps, config.refuge).sum()
    assert abs(stocks[-1].sum() - own) <= 1
    with pytest.raises(InputError, match="no observations"):
        simulate_case(unseen, compose(["case=flee", "case.path=mali"]), 1)


def test_own_departures_are_refused_where_rules_need_observations():
    with pytest.raises(InputError, match="endogenous"):
        compose(["case=flee", "case.path=mali", "rules=flee", "departures=endogenous"])


def test_a_forecast_without_newcomers_is_persistence(tmp_path):
    places = "Zone,a,Home,0,0,conflict_zone,0,1000\nNear,b,Right,0,1,camp,,0\n"
    case = write_case(tmp_path, places, "Zone,Near,120\n", {"Near": (70, 70)})
    found = nowcasts(case, settings(), horizon=3)
    assert np.isnan(found[:3]).all()
    np.testing.assert_allclose(found[3:], 70.0)


def test_a_forecast_goes_on_with_the_trend_of_the_total(two_camps):
    found = nowcasts(two_camps, settings(recent_weight=0.0), horizon=2)
    # 100 people a day so far, 200 in two days, two thirds of them to Near
    now = two_camps.observed.to_numpy()[7]
    np.testing.assert_allclose(found[9], now + [400 / 3, 200 / 3])


def test_published_counts_are_the_last_ones_made(two_camps):
    np.testing.assert_array_equal(published(two_camps)[:, 0], [0] * 9 + [450])


def test_a_directory_without_conflict_is_told_in_a_sentence(two_camps):
    peaceful = replace(two_camps, intensity=np.zeros_like(two_camps.intensity))
    with pytest.raises(InputError, match="no place is ever in conflict"):
        simulate_case(peaceful, compose(["case=flee", "case.path=mali"]), 1)
