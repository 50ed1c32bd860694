"""Sea and river, the islands, and the border in the south, in situations that can be worked out on paper.

10,000 people live in Cedar, 100 km from the coast at Fisher and from Willow on the river. Boats go to two islands.
"""

import numpy as np
import pytest
from worlds import SURE, calm, count, make_case, measure, people, run

PLACES = [
    ("Cedar", "host"),
    ("Dunegate", "exit_gate"),
    ("Elm", "beyond"),
    ("Fisher", "coast"),
    ("Gull", "island"),
    ("Heron", "island"),
    ("Port", "beyond"),
    ("Willow", "exit_gate"),
    ("Ashford", "theatre"),
]
ROADS = [
    ("Cedar", "Dunegate", 100),
    ("Cedar", "Fisher", 100),
    ("Cedar", "Willow", 100),
    ("Dunegate", "Elm", 1, "land_border_gate", 1.0),
    ("Willow", "Elm", 1, "river_border", 1.0),
    ("Fisher", "Gull", 10, "sea", 0.75),
    ("Fisher", "Heron", 10, "sea", 0.25),
    ("Gull", "Port", 100, "ferry_transfer", np.nan),
    ("Heron", "Port", 400, "ferry_transfer", np.nan),
]
N = 10_000


def passages(days, policy=None, rates=(), islanders=(), n=N, **behaviour):
    """Return a finished run with the stated departures a day."""
    living = [("Cedar", "afghan", n), *((island, "islander", size) for island, size in islanders)]
    return run(calm(days, policy, **behaviour), make_case(PLACES, ROADS, living, rates=rates))


def near(number, expected, z=4.0):
    """Tell whether a count of independent rare events is as expected, by chance's own standard deviation."""
    return abs(number - expected) <= z * np.sqrt(expected)


# Sea and river


def test_as_many_people_depart_by_sea_as_the_facts_say():
    model = passages(1, rates=[("sea_departures", 500)])
    assert near(count(model, "Fisher", "attempts"), 500)
    assert count(model, "Fisher", "entered") == people(model, "Gull", "crossed") + people(model, "Heron", "crossed")


def test_boats_go_to_the_islands_by_their_shares():
    model = passages(1, rates=[("sea_departures", 5000)])
    gull, heron = people(model, "Gull", "crossed"), people(model, "Heron", "crossed")
    assert near(gull, 0.75 * 5000)
    assert near(heron, 0.25 * 5000)


def test_boats_are_stopped_and_pushed_back_by_their_shares_and_everyone_is_counted():
    harsh = {"sea": measure(intercept_sea=0.6, pushback_sea=0.5)}
    model = passages(1, harsh, [("sea_departures", 5000)])
    attempts = count(model, "Fisher", "attempts")
    assert near(count(model, "Fisher", "intercepted"), 0.6 * 5000)
    assert near(count(model, "Fisher", "pushed_back"), 0.4 * 0.5 * 5000)
    assert near(count(model, "Fisher", "entered"), 0.4 * 0.5 * 5000)
    assert sum(count(model, "Fisher", what) for what in ("intercepted", "pushed_back", "entered")) == attempts


def test_who_is_stopped_at_sea_is_home_again_after_the_way_back():
    model = passages(3, rates=[("sea_departures", 500)], intercept_sea=1.0, host_speed=100.0)
    stopped = [count(model, "Fisher", "intercepted", day) for day in range(3)]
    assert stopped[0] > 400
    assert [people(model, "Fisher", "travelling", day) for day in range(3)] == stopped
    assert [people(model, "Cedar", "home", day) for day in range(3)] == [N - number for number in stopped]


def test_drowned_people_are_counted_and_do_not_arrive():
    model = passages(1, rates=[("sea_departures", 5000)], drowning_risk=0.2)
    drowned = count(model, "Fisher", "dead")
    assert near(drowned, 1000)
    assert people(model, "Fisher", "dead") == drowned
    assert (
        people(model, "Gull", "crossed") + people(model, "Heron", "crossed")
        == count(model, "Fisher", "attempts") - drowned
    )


def test_unguarded_coast_draws_more_departures_by_its_factor():
    open_coast = {"coast": measure(exit_sea=1)}
    model = passages(1, open_coast, [("sea_departures", 1000)], sea_factor_open=2.5)
    assert near(count(model, "Fisher", "attempts"), 2500)


def test_ban_on_travel_scales_departures():
    model = passages(1, {"ban": measure(travel_host=0.15)}, [("sea_departures", 4000)])
    assert near(count(model, "Fisher", "attempts"), 600)


def test_weather_changes_departures_by_the_week_and_not_on_average():
    weeks = 208
    model = passages(7 * weeks, rates=[("sea_departures", 200)], weather_sd=1.0, intercept_sea=1.0, host_speed=2000.0)
    fisher = model.geography.number("Fisher")
    logs = np.log(model.recorder.border[:, fisher, :, 0].sum(axis=1).reshape(weeks, 7).sum(axis=1) / 1400)
    # A log-normal factor with mean 1: its logarithm has the mean -1/2.
    assert abs(logs.mean() + 1 / 2) < 4 / np.sqrt(weeks)
    assert abs(logs.std() - 1) < 4 / np.sqrt(2 * weeks)


def test_as_many_people_get_through_by_the_river_as_the_facts_say():
    model = passages(1, rates=[("land_entries", 1000)], intercept_river=0.5)
    assert near(people(model, "Elm", "crossed"), 1000)
    assert near(count(model, "Willow", "attempts"), 2000)


# Between land and sea


def test_who_gives_up_at_the_gates_tries_the_unguarded_sea_by_its_share():
    opening = measure(exit_gate=1, news=1, last_day=0)
    for exit_sea, expected in ((1, 0.3), (0, 0.0)):
        policy = {"opening": opening, "sea": measure(exit_sea=exit_sea, intercept_sea=0)}
        model = passages(3, policy, give_up=1.0, switch_to_sea=0.3, attempts_discouraged=0.0)
        assert abs(count(model, "Fisher", "attempts") / N - expected) <= 4 * np.sqrt(0.21 / N) * (expected > 0)


def test_who_is_stopped_at_sea_tries_the_gates_while_they_are_open():
    for exit_gate in (1, 0):
        policy = {"gates": measure(exit_gate=exit_gate)}
        parameters = {"intercept_sea": 1.0, "switch_to_land": 0.4, "readiness_scale": 0.0}
        model = passages(2, policy, [("sea_departures", 5000)], **parameters)
        stopped = count(model, "Fisher", "intercepted", 0)
        expected = 0.4 * exit_gate
        arrived = people(model, "Dunegate", "at_gate") / stopped
        assert abs(arrived - expected) <= 4 * np.sqrt(0.24 / stopped) * exit_gate


# The islands


def test_transfers_take_as_many_people_to_the_nearest_port_as_the_rules_say():
    model = passages(
        4, rates=[("island_transfers", 300)], islanders=[("Gull", 4000), ("Heron", 2000)], host_speed=400.0
    )
    left = np.array([6000 - people(model, "Gull", "home", d) - people(model, "Heron", "home", d) for d in range(4)])
    assert all(near(number, 300) for number in np.diff([0, *left]))
    assert people(model, "Port", "transferred") == left[2]  # a day on the way


def test_extra_transfers_are_people_a_week():
    extra = {"extra": measure(transfers_extra=7 * 500)}
    model = passages(1, extra, islanders=[("Gull", 6000)], rates=[("island_transfers", 100)])
    assert near(people(model, "Gull", "travelling"), 600)


def test_people_who_came_by_sea_are_transferred_too():
    model = passages(
        3, {"all": measure(first_day=1, transfers_extra=7e5)}, [("sea_departures", 500)], host_speed=2000.0
    )
    assert people(model, "Port", "transferred") > 0
    assert people(model, "Port", "transferred") == model.recorder.border[:2, :, :, 2].sum()


# The border in the south: Ashford, 10 km from the crossing South, which is 30 km from Cedar

SOUTH = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("South", "entry_gate"), ("Cedar", "host")]
SOUTH_ROADS = [("Ashford", "Birchwood", 10), ("Birchwood", "South", 10), ("South", "Cedar", 30)]


def southern(days, policy=None, n=1000, **behaviour):
    """Return a finished run; compatriots in Cedar draw nearly everyone who flees to the crossing if it is open."""
    living = [("Ashford", "resident", n), ("Birchwood", "displaced_before", 1), ("Cedar", "syrian", 10_000)]
    events = [(0, "bombardment", "Ashford")]
    draw = {"host_ties": 3.0, "room_weight": 5.0}
    return run(calm(days, policy, **(SURE | draw | behaviour)), make_case(SOUTH, SOUTH_ROADS, living, events))


def test_displaced_households_with_means_try_the_closed_southern_border_and_fail_without_luck():
    model = southern(2, n=20_000, entry_attempts=0.5, share_with_means=0.4)
    # They reach Birchwood on day 0; all places of this map lie at distance 0 from the crossing.
    assert count(model, "South", "attempts", 0) <= 1
    attempts = count(model, "South", "attempts", 1)
    assert abs(attempts / 20_000 - 0.4 * 0.5) < 4 * np.sqrt(0.16 / 20_000)
    assert count(model, "South", "prevented", 1) == attempts
    assert people(model, "Cedar", "settled_abroad") == 0


def test_undetected_entries_from_the_south_have_their_share_and_settle_behind_the_crossing():
    model = southern(3, n=20_000, entry_attempts=0.5, entry_success=0.2)
    attempts, entered = count(model, "South", "attempts", 1), count(model, "South", "entered", 1)
    assert abs(entered / attempts - 0.2) < 4 * np.sqrt(0.16 / attempts)
    assert people(model, "Cedar", "settled_abroad", day=1) == entered  # 30 km on the same day
    assert model.recorder.moves[1].sum(axis=0).tolist() == [0, 0, entered, 0]  # a second move, not a first one


def test_attempts_at_the_southern_border_fade_with_distance():
    living = [("Ashford", "resident", 20_000), ("Birchwood", "displaced_before", 1)]
    far = [(name, role, {"lat": 36.0}) if role == "entry_gate" else (name, role) for name, role in SOUTH]
    towns = make_case(far, SOUTH_ROADS, living, [(0, "bombardment", "Ashford")])
    model = run(calm(2, **SURE, entry_attempts=0.9, entry_attempt_km=50.0), towns)
    p = 0.9 * np.exp(-111.19 / 50.0)
    assert abs(count(model, "South", "attempts", 1) / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


def test_southern_quota_of_10_people_a_day_makes_a_queue_of_known_length():
    model = southern(20, {"quota": measure(entry_turkey=10)})
    queue = [people(model, "South", "at_gate", day) for day in range(20)]
    assert queue[0] >= 900
    assert np.diff(queue).tolist() == [-10] * 19
    assert count(model, "South", "admitted") == 200


def test_open_southern_border_lets_everyone_through_on_the_day_of_arrival():
    model = southern(3, {"open": measure(entry_turkey=-1)})
    through = count(model, "South", "admitted", 0)
    assert through >= 900
    assert people(model, "South", "at_gate") == 0
    assert people(model, "Cedar", "settled_abroad", day=1) == through


def test_queue_turns_back_to_the_nearest_refuge_when_the_southern_border_closes():
    model = southern(6, {"quota": measure(last_day=3, entry_turkey=10)})
    queue = people(model, "South", "at_gate", day=3)
    assert count(model, "South", "gave_up", 4) == queue
    assert people(model, "South", "at_gate", day=4) == 0
    displaced = sum(people(model, "Birchwood", status) for status in ("hosted", "open_air"))
    assert displaced == 1000 - 40


@pytest.mark.parametrize("quota", [10, 25])
def test_southern_quota_bounds_the_entries_however_many_come(quota):
    entries = [
        count(southern(8, {"quota": measure(entry_turkey=quota)}, n=n), "South", "admitted") for n in (500, 5000)
    ]
    assert entries == [8 * quota, 8 * quota]
