"""Places and authorities as Mesa agents, and the model as Mesa sees it."""

import mesa
import pytest
from worlds import SURE, calm, case, composed, make_case, measure, people, run, start

from sim.agents import Authority, Location
from sim.model import DisplacementModel
from sim.population import DEAD
from sim.reference import MesaDriver

TOWNS = make_case(
    [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Cedar", "host")],
    [("Ashford", "Birchwood", 10)],
    [("Ashford", "resident", 100), ("Birchwood", "resident", 10), ("Cedar", "afghan", 7)],
    [(1, "bombardment", "Ashford")],
)


def authority(name, watch, above, **effects):
    """Return a conditional measure of an authority."""
    one = measure(watch=watch, above=above, **effects)
    one.authority = name
    return one


def test_every_place_is_an_agent_that_knows_its_people_and_threat():
    model = start(calm(3, leave_max=0.0), TOWNS)
    places = {place.name: place for place in model.agents_by_type[Location]}
    assert {name: place.people for name, place in places.items()} == {"Ashford": 100, "Birchwood": 10, "Cedar": 7}
    model.step()
    assert places["Ashford"].threat == 0.0
    model.step()
    assert {name: place.threat for name, place in places.items()} == {"Ashford": 1.0, "Birchwood": 0.0, "Cedar": 0.0}


@pytest.mark.parametrize("driver", ["array", "mesa"])
def test_people_of_all_places_are_the_living(driver):
    drivers = {"mesa": {"driver": MesaDriver}, "array": {}}[driver]
    model = DisplacementModel(calm(6, leave_max=0.9, cold_death_risk=0.2), TOWNS, 1, **drivers)
    for _ in range(6):
        model.step()
        living = sum(place.people for place in model.agents_by_type[Location])
        assert living == 117 - model.driver.stock[:, :, DEAD].sum()
    assert living < 117


def test_model_is_a_mesa_model_that_runs_until_its_last_day():
    model = start(calm(4), TOWNS)
    assert isinstance(model, mesa.Model)
    days = 0
    while model.running:
        model.step()
        days += 1
    assert days == 4
    assert model.day == 3


def test_data_collector_follows_the_model_and_its_places():
    model = run(calm(4, **SURE), TOWNS, driver=MesaDriver)
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected["day"].tolist() == [0, 1, 2, 3]
    assert collected["displaced"].tolist() == [0, 100, 100, 100]
    places = model.datacollector.get_agenttype_vars_dataframe(Location)
    assert places[places["name"] == "Birchwood"]["people"].tolist() == [10, 110, 110, 110]


def test_authorities_are_those_that_react_and_hold_their_own_measures():
    policy = {
        "buses": authority("Hostland", "people_at_gates", 5, evacuate_gates=1),
        "camps": authority("agencies", "people_in_the_open", 5, camp_places=50),
        "guards": authority("Hostland", "people_at_gates", 9, attempts=0.5),
        "always": measure(attempts=0.5),
    }
    agents = start(calm(3, policy), TOWNS).agents_by_type[Authority]
    assert {agent.name: list(agent.measures) for agent in agents} == {
        "Hostland": ["buses", "guards"],
        "agencies": ["camps"],
    }


def test_authority_looks_at_the_end_of_the_day_and_acts_on_the_next():
    camps = measure(where=["Birchwood"], watch="people_in_the_open", above=60, camp_places=80)
    model = run(calm(6, {"camps": camps}, **SURE), TOWNS)
    assert model.triggered == {"camps": 2}
    assert [people(model, "Birchwood", "open_air", day) for day in range(6)] == [0, 100, 20, 20, 20, 20]


def test_authority_does_not_act_outside_its_days():
    for first, last, triggered in ((0, 1, {}), (4, "", {"camps": 4}), (2, 2, {"camps": 2})):
        one = measure(first, last, watch="people_in_the_open", above=60, camp_places=80)
        assert run(calm(6, {"camps": one}, **SURE), TOWNS).triggered == triggered


def test_real_case_has_its_132_places():
    model = start(composed("population=tiny"), case("idlib_2020"))
    assert len(model.agents_by_type[Location]) == 132 == len(case("idlib_2020").locations)
    assert sum(place.people for place in model.agents_by_type[Location]) == model.total
