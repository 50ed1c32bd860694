"""Where people go, how they find shelter, and when they return, in situations that can be worked out on paper."""

import numpy as np
from worlds import (
    ONE_ROAD,
    SURE,
    TWO_TOWNS,
    calm,
    chi_square,
    chi_square_limit,
    flight,
    make_case,
    measure,
    people,
    run,
    start,
)

# Where to


def logit_flight(places, roads, residents, seed=1, n=20_000, **behaviour):
    """Return how many of Ashford's households choose each of the other places."""
    everyone = [("Ashford", "resident", n)] + [(name, "resident", size) for name, size in residents.items()]
    towns = make_case([("Ashford", "theatre"), *places], roads, everyone, [(0, "bombardment", "Ashford")])
    flows = run(calm(1, **(SURE | behaviour)), towns, seed).recorder.frames()["flows"]
    return flows.set_index("destination")["people"]


def test_choice_between_two_places_has_the_frequencies_of_its_closed_form():
    places, roads = (
        [("Birchwood", "theatre"), ("Cliff", "theatre")],
        [("Ashford", "Birchwood", 10), ("Ashford", "Cliff", 40)],
    )
    chosen = logit_flight(places, roads, {"Birchwood": 1000, "Cliff": 3000}, size_exponent=0.5, distance_cost=0.2)
    near, far = 1000**0.5 * np.exp(-0.2 * 1), 3000**0.5 * np.exp(-0.2 * 4)
    p = near / (near + far)
    assert abs(chosen["Birchwood"] / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)
    assert chosen.sum() == 20_000


def test_households_without_means_feel_distance_and_seam_by_their_factor():
    places = [("Birchwood", "theatre"), ("North", "theatre", {"control": "turkish_held"})]
    roads = [("Ashford", "Birchwood", 10), ("Ashford", "North", 30)]
    chosen = logit_flight(
        places,
        roads,
        {"Birchwood": 100, "North": 100},
        distance_cost=0.1,
        seam_cost=0.5,
        poor_cost_factor=3.0,
        share_with_means=0.0,
    )
    p = 1 / (1 + np.exp(-3 * (0.1 * 2 + 0.5)))
    assert abs(chosen["Birchwood"] / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


def test_danger_governorate_and_belt_pull_by_their_weights():
    places = [
        ("Birchwood", "theatre", {"governorate": "Ashford"}),
        ("Danger", "theatre"),
        ("Belt", "theatre", {"lat": 38.0}),
        ("Gate", "entry_gate", {"lat": 38.0}),
    ]
    roads = [("Ashford", name, 10) for name in ("Birchwood", "Danger", "Belt")]
    everyone = [("Ashford", "resident", 20_000)] + [(name, "resident", 100) for name in ("Birchwood", "Danger", "Belt")]
    towns = make_case(
        [("Ashford", "theatre"), *places], roads, everyone, [(0, "bombardment", "Ashford"), (0, "strike", "Danger")]
    )
    config = calm(
        1,
        **SURE | {"push_strike": 0.2},
        same_governorate=0.4,
        danger_aversion=3.0,
        belt_pull=1.5,
        border_shelter=0.5,
        border_shelter_km=1.0,
    )
    model = run(config, towns)
    chosen = model.recorder.frames()["flows"].groupby("destination", observed=True)["people"].sum()
    weights = np.exp([0.4, -3.0 * 0.2, 1.5 * 0.5])
    expected = 20_000 * weights / weights.sum()
    assert chi_square(chosen[["Birchwood", "Danger", "Belt"]], expected) < chi_square_limit(2)


def test_place_that_is_twice_full_draws_by_the_room_left_at_least():
    # Day 0 brings 900 people to Birchwood (100 residents): no room, so 0.02 of it is counted on day 1.
    places = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Cliff", "theatre"), ("Dale", "theatre")]
    roads = [("Ashford", "Birchwood", 10), ("Dale", "Birchwood", 10), ("Dale", "Cliff", 10)]
    residents = [
        ("Ashford", "resident", 900),
        ("Birchwood", "resident", 100),
        ("Cliff", "resident", 100),
        ("Dale", "resident", 20_000),
    ]
    events = [(0, "bombardment", "Ashford"), (0, "control_initial", "Ashford;Dale"), (1, "bombardment", "Dale")]
    model = run(calm(2, **SURE, room_weight=0.5), make_case(places, roads, residents, events))
    flows = model.recorder.frames()["flows"].query("day == 1").set_index("destination")["people"]
    p = 0.02**0.5 / (1 + 0.02**0.5)
    assert abs(flows["Birchwood"] / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


def test_earlier_arrivals_from_home_draw_by_the_power_of_their_number():
    places = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Cliff", "theatre")]
    roads = [("Ashford", "Birchwood", 10), ("Ashford", "Cliff", 10)]
    residents = [("Ashford", "resident", 20_000), ("Birchwood", "resident", 100), ("Cliff", "resident", 100)]
    towns = make_case(places, roads, residents, [(0, "bombardment", "Ashford")])
    model = start(calm(1, **SURE, ties_weight=2.0), towns)
    model.driver.arrivals_from[0, 1] = 1000
    model.step()
    p = 4 / (4 + 1)  # (1 + 1000 / 1000) ** 2 against 1
    went = model.recorder.frames()["flows"].set_index("destination")["people"]
    assert abs(went["Birchwood"] / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


def test_aid_widens_the_pull_of_a_place_by_its_power_of_three_tenths():
    places, roads = (
        [("Birchwood", "theatre"), ("Cliff", "theatre")],
        [("Ashford", "Birchwood", 1), ("Ashford", "Cliff", 1)],
    )
    living = [("Ashford", "resident", 20_000), ("Birchwood", "resident", 100), ("Cliff", "resident", 100)]
    towns = make_case([("Ashford", "theatre"), *places], roads, living, [(0, "bombardment", "Ashford")])
    model = run(calm(1, {"aid": measure(where=["Birchwood"], aid=8)}, **SURE, size_exponent=0.7), towns)
    went = model.recorder.frames()["flows"].set_index("destination")["people"]
    p = 8**0.21 / (8**0.21 + 1)
    assert abs(went["Birchwood"] / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


# Shelter


def test_camp_of_100_places_fills_to_100_and_no_more():
    model = flight(camps=[("Birchwood", 100)])
    assert [people(model, "Birchwood", "camp", day) for day in range(10)] == [100] * 10
    assert people(model, "Birchwood", "open_air") == 900


def test_camp_places_built_later_go_to_those_who_have_waited():
    more = {"more": measure(first_day=4, where=["Birchwood"], camp_places=50)}
    model = flight(camps=[("Birchwood", 100)], policy=more)
    assert [people(model, "Birchwood", "camp", day) for day in (3, 4, 9)] == [100, 150, 150]


def test_places_are_given_to_those_who_came_first():
    places = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Early", "theatre")]
    roads = [("Early", "Birchwood", 30), ("Ashford", "Birchwood", 30)]
    residents = [("Ashford", "resident", 500), ("Birchwood", "resident", 10), ("Early", "resident", 60)]
    events = [(0, "control_initial", "Ashford;Early"), (0, "bombardment", "Early"), (1, "bombardment", "Ashford")]
    later = {"build": measure(first_day=3, where=["Birchwood"], camp_places=100)}
    model = run(calm(4, later, **SURE), make_case(places, roads, residents, events))
    rows = model.driver.snapshot(np.arange(570))
    in_camp = rows[:, 3] == 3
    homes = model.driver.population.home
    early, late = model.geography.number("Early"), model.geography.number("Ashford")
    assert in_camp[homes == early].all()
    assert in_camp[homes == late].sum() == 40


def test_share_that_is_hosted_is_that_of_households_with_means_or_ties():
    model = flight(n_people=20_000, hosted=0.6, share_with_means=0.5, share_with_ties=0.2)
    p = 0.6 * (1 - 0.5 * 0.8)
    hosted = people(model, "Birchwood", "hosted") / 20_000
    assert abs(hosted - p) < 4 * np.sqrt(p * (1 - p) / 20_000)


def test_people_leave_the_open_air_at_the_rate_of_rehousing():
    model = flight(n_people=20_000, rehousing=0.3, tent_share=0.4)
    for day in range(10):  # nobody on the day of arrival
        p = 0.7**day
        assert abs(people(model, "Birchwood", "open_air", day) / 20_000 - p) <= 4 * np.sqrt(p * (1 - p) / 20_000)
    tents, buildings = people(model, "Birchwood", "tent"), people(model, "Birchwood", "unfinished")
    assert abs(tents / (tents + buildings) - 0.4) < 4 * np.sqrt(0.24 / (tents + buildings))


def test_aid_doubles_the_rate_of_rehousing():
    model = flight(n_people=20_000, days=2, rehousing=0.3, policy={"aid": measure(aid=2)})
    assert abs(people(model, "Birchwood", "open_air") / 20_000 - 0.4) < 4 * np.sqrt(0.24 / 20_000)


def test_nights_in_the_open_kill_at_the_stated_risk():
    model = flight(n_people=20_000, days=8, cold_death_risk=0.01)
    p = 0.99**8  # from the night of arrival on
    assert abs(people(model, "Birchwood", "open_air") / 20_000 - p) < 4 * np.sqrt(p * (1 - p) / 20_000)
    assert people(model, "Birchwood", "dead") == model.recorder.cold_deaths.sum()


# Moving on


def test_people_move_on_from_an_unprotected_stop_at_the_stated_rate():
    places = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Cliff", "theatre")]
    roads = [("Ashford", "Birchwood", 10), ("Birchwood", "Cliff", 10)]
    residents = [("Ashford", "resident", 20_000), ("Birchwood", "resident", 10_000), ("Cliff", "resident", 1)]
    events = [(0, "control_initial", "Ashford"), (0, "bombardment", "Ashford")]
    model = run(
        calm(6, **SURE, onward_rate=0.3, onward_fade_days=4.0, rest_days=2), make_case(places, roads, residents, events)
    )
    again = model.recorder.moves[:, :, 2].sum(axis=1)
    assert again[:2].sum() == 0  # two days of rest
    assert abs(again[2] / 20_000 - 0.3 * np.exp(-2 / 4)) < 4 * np.sqrt(0.182 * 0.818 / 20_000)


# Return


def test_people_return_at_the_quickest_rate_to_a_home_without_threat_and_only_after_the_ceasefire():
    peace = {"peace": measure(first_day=5, ceasefire=1, threat_once=0)}
    model = flight(n_people=20_000, days=15, policy=peace, return_max=0.1)
    assert people(model, "Ashford", "returned", day=4) == 0
    for day in range(5, 15):  # they set out from day 5 on and arrive a day later
        p = 0.9 ** (day - 5)
        away = 20_000 - people(model, "Ashford", "returned", day)
        assert abs(away / 20_000 - p) <= 4 * np.sqrt(p * (1 - p) / 20_000)


def test_return_is_halved_by_threat_at_the_threshold_of_safety():
    peace = {"peace": measure(first_day=1, ceasefire=1, threat_once=1)}
    still = {"half_life_air": 1.0, "push_bombardment": 20.0, "return_max": 0.2, "return_threat": 10.0}
    model = flight(n_people=20_000, days=3, policy=peace, **still)
    # On day 1 half of the bombardment's 20 is felt.
    left_on_day_1 = people(model, "Ashford", "returned", day=2) / 20_000
    assert abs(left_on_day_1 - 0.1) < 4 * np.sqrt(0.09 / 20_000)


def test_nobody_returns_to_a_place_that_is_lost_and_half_to_one_that_is_half_lost():
    peace = {"peace": measure(first_day=3, ceasefire=1, threat_once=0)}
    for kind, share, returned in (("sub_district_lost", np.nan, 0.0), ("sub_district_partly_lost", 0.5, 0.5)):
        events = [(0, "bombardment", "Ashford"), (1, kind, "Ashford", {"share": share})]
        towns = make_case(TWO_TOWNS, ONE_ROAD, [("Ashford", "resident", 20_000), ("Birchwood", "resident", 10)], events)
        model = run(calm(6, peace, **SURE, return_max=1.0), towns)
        assert abs(people(model, "Ashford", "returned") / 20_000 - returned) <= 4 * np.sqrt(0.25 / 20_000) * (
            returned > 0
        )


def test_displaced_before_return_to_their_former_refuge_by_their_factor():
    towns = make_case(
        TWO_TOWNS,
        ONE_ROAD,
        [("Ashford", "displaced_before", 20_000), ("Birchwood", "resident", 10)],
        [(0, "bombardment", "Ashford")],
    )
    peace = {"peace": measure(first_day=3, ceasefire=1, threat_once=0)}
    model = run(calm(5, peace, **SURE, return_max=0.8, return_displaced_before=0.25), towns)
    assert abs(people(model, "Ashford", "returned") / 20_000 - 0.2) < 4 * np.sqrt(0.16 / 20_000)


def test_people_who_came_back_flee_again_when_bombing_resumes():
    towns = make_case(
        TWO_TOWNS,
        ONE_ROAD,
        [("Ashford", "resident", 1000), ("Birchwood", "resident", 10)],
        [(0, "bombardment", "Ashford"), (8, "bombardment", "Ashford")],
    )
    peace = {"peace": measure(first_day=3, last_day=7, ceasefire=1, threat_once=0)}
    model = run(calm(10, peace, **SURE, return_max=1.0), towns)
    assert people(model, "Ashford", "returned", day=7) == 1000
    assert model.recorder.moves[8].sum(axis=0).tolist() == [0, 0, 0, 1000]
