"""The array driver and the plain one, a Mesa agent for each household, agree about everyone on every day."""

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import DAYS, OPENING, behaviours, cases, policies, seeds
from worlds import calm, case, composed, measure, same, start, tables

from sim.household import Household
from sim.reference import MesaDriver

HIDDEN = ("metres", "since", "moves", "tries", "dead", "path")  # what a household knows besides its place and status


def agree(config, facts, seed=1):
    """Step two models side by side, compare all their households after each day, and return the fast one."""
    fast, plain = start(config, facts, seed), start(config, facts, seed, MesaDriver)
    rows = np.arange(len(fast.driver.population.people))
    while fast.running:
        fast.step()
        plain.step()
        np.testing.assert_array_equal(fast.driver.snapshot(rows), plain.driver.snapshot(rows), f"day {fast.day}")
        np.testing.assert_array_equal(fast.driver.stock, plain.driver.stock, f"day {fast.day}")
    assert not plain.running
    assert same(tables(fast), tables(plain))
    assert np.array_equal(fast.recorder.cold_deaths, plain.recorder.cold_deaths)
    for name in HIDDEN:
        plainly = [getattr(household, name) for household in plain.agents_by_type[Household]]
        np.testing.assert_array_equal(getattr(fast.driver.population, name), plainly, name)
    frames, plain_frames = fast.recorder.frames(), plain.recorder.frames()
    assert all(frames[name].equals(plain_frames[name]) for name in frames)
    return fast


def test_drivers_agree_on_toyland():
    assert agree(composed("case=toyland", "check=true"), case("toyland")).displaced > 0


def test_drivers_agree_on_toyland_with_an_opening_and_a_ceasefire():
    policy = {
        "opening": measure(10, 40, exit_gate=1, news=1, success_guarded=0.1, pushback_land=0.5),
        "peace": measure(20, "", ceasefire=1, threat_once=0.2, threat_fade=0.9),
        "camps": measure(15, "", ["Birchwood"], camp_places=70),
    }
    risks = {"death_risk": 0.01, "injury_risk": 0.1, "cold_death_risk": 0.01, "return_max": 0.2, "leave_max": 0.8}
    model = agree(composed("case=toyland", "check=true", policy=policy, **risks), case("toyland"))
    border = model.recorder.border.sum(axis=(0, 1, 2))
    assert (border[[0, 1, 2, 4, 6, 7, 8, 9]] > 0).all()  # all but admissions and boats happened
    assert model.recorder.cold_deaths.sum() > 0
    assert model.recorder.arrivals[:, :, 2].sum() > 0


def test_drivers_agree_on_the_crisis_as_it_happened():
    model = agree(composed("population=tiny"), case("idlib_2020"))
    assert model.day == 212
    assert model.displaced > 500_000


OPEN_GATES = measure("2019-12-04", "", exit_gate=1, exit_sea=1, news=1, fare_gate=15)


@pytest.mark.parametrize(
    ("days", "policy"),
    [
        (40, {}),
        (45, {"opening": OPEN_GATES, "admission": measure("2019-12-08", "", entry_greece=3000)}),
        (30, {"opening": OPEN_GATES, "admission": measure("2019-12-08", "", entry_greece=-1)}),
        (50, {"quota": measure("2019-12-08", "2020-01-10", entry_turkey=2000)}),
        (40, {"open": measure("2019-12-08", "", entry_turkey=-1)}),
    ],
    ids=["no measures", "Greece admits a quota", "Greece admits all", "southern quota", "southern border open"],
)
def test_drivers_agree_under_other_policies(days, policy):
    parameters = {"push_bombardment": 2.0, "readiness_scale": 2.0, "entry_cost": 0.0}
    config = composed("population=tiny", "scenario=facts_only", f"days={days}", policy=policy, **parameters)
    model = agree(config, case("idlib_2020"))
    admitted = model.recorder.border[..., 3].sum()
    assert (admitted > 0) == bool(policy)


def test_drivers_agree_about_several_copies_of_the_population():
    policy = {"quota": measure("2019-12-08", "", entry_turkey=100), "camps": measure("2019-12-05", "", camp_places=500)}
    config = composed("population=tiny", "population.multiply=3", "days=40", policy=policy, entry_cost=0.0)
    assert agree(config, case("idlib_2020")).recorder.border[..., 3].sum() > 3 * 100 * 10


@given(cases(), behaviours(), policies(), seeds)
@settings(max_examples=12)
def test_drivers_agree_in_every_small_world(world, behaviour, policy, seed):
    agree(calm(DAYS, OPENING | policy, **behaviour), world, seed)
