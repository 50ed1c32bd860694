"""Each effect does what it says, on its days, at its places, and what is mistyped is refused in one sentence."""

import numpy as np
import pytest
from worlds import calm, case, composed, make_case, measure, run, start

from sim.compose import compose
from sim.errors import InputError
from sim.paths import data_folder, groups
from sim.policies import rules_today

DAYS = 12
TOWNS = make_case(
    [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Cedar", "host"), ("Gull", "island")],
    [("Ashford", "Birchwood", 10)],
    [("Ashford", "resident", 100), ("Birchwood", "resident", 100), ("Cedar", "afghan", 10)],
    [(day, kind, "all") for day in range(DAYS) for kind in ("bombardment", "offensive_start")],
    rates=[("island_transfers", 70), ("sea_departures", 50)],
)
GROUP_NAMES = list(TOWNS.groups["group"])


def rules_on(day, triggered=(), **policy):
    """Return the rules of a day under some measures."""
    model = start(calm(DAYS, policy, success_guarded=0.3, intercept_sea=0.6, readiness_scale=1.0), TOWNS)
    return rules_today(model.facts, model.policy, dict(triggered), model.geography, model.behaviour, day)


@pytest.mark.parametrize(
    ("name", "amount", "field", "value"),
    [
        ("push_air", 0.5, "push_air", [0.5, 0.5]),
        ("push_ground", 2.0, "push_ground", [2.0, 2.0]),
        ("shelter", 0.5, "shelter", [0.5, 0.5]),
        ("aid", 2.0, "aid", [2.0, 2.0]),
        ("ceasefire", 1, "ceasefire", [True, True]),
        ("ceasefire", 1, "push_air", [0.0, 0.0]),
        ("ceasefire", 1, "push_ground", [0.0, 0.0]),
        ("exit_gate", 1, "exit_gate", True),
        ("exit_sea", 1, "exit_sea", True),
        ("news", 1, "announced", True),
        ("fare_gate", 15, "fare_gate", 15.0),
        ("entry_greece", -1, "entry_greece", -1.0),
        ("success_guarded", 0.01, "success_guarded", 0.01),
        ("pushback_land", 0.5, "pushback_land", 0.5),
        ("pushback_sea", 0.4, "pushback_sea", 0.4),
        ("intercept_sea", 0.05, "intercept_sea", 0.05),
        ("intercept_river", 0.2, "intercept_river", 0.2),
        ("attempts", 0.1, "attempts", 0.1),
        ("give_up", 0.6, "give_up", 0.6),
        ("evacuate_gates", 1, "evacuate", True),
        ("travel_host", 0.35, "travel", 0.35),
        ("readiness", 0.9, "readiness", [0.9] * 5),
        ("entry_turkey", 1000, "entry_turkey", 1000.0),
        ("seam_cost", 0.0, "seam", 0.0),
        ("transfers", 0.3, "transfers", 21.0),
        ("transfers_extra", 140, "transfers", 90.0),
        ("reassurance", 0, "reassured_days", -1.0),
    ],
)
def test_effect_sets_its_rule(name, amount, field, value):
    rules = rules_on(5, one=measure(**{name: amount}))
    np.testing.assert_allclose(getattr(rules, field), value)


def test_pushback_factor_scales_the_pushback_set_before_it():
    rules = rules_on(5, greece=measure(pushback_land=0.5), police=measure(pushback_land_factor=0.9))
    assert rules.pushback_land == pytest.approx(0.45)


def test_threat_drops_once_on_the_first_day_and_fades_on_the_days_after():
    peace = measure(4, "", ceasefire=1, threat_once=0.3, threat_fade=0.9)
    assert [rules_on(day, peace=peace).threat_factor for day in (3, 4, 5, 9)] == [1.0, 0.3, 0.9, 0.9]


def test_threat_fades_no_longer_once_the_ceasefire_has_failed():
    peace, war = measure(4, "", ceasefire=1, threat_fade=0.9), measure(8, "", ceasefire=0)
    assert [rules_on(day, peace=peace, war=war).threat_factor for day in (5, 7, 8, 9)] == [0.9, 0.9, 1.0, 1.0]


def test_measure_is_in_force_from_its_first_to_its_last_day():
    one = measure(3, 5, attempts=0.5)
    assert [rules_on(day, one=one).attempts for day in range(8)] == [1, 1, 1, 0.5, 0.5, 0.5, 1, 1]


def test_measure_without_days_is_always_in_force():
    assert {rules_on(day, one=measure(attempts=0.5)).attempts for day in range(DAYS)} == {0.5}


def test_measure_acts_on_its_places_only():
    rules = rules_on(5, one=measure(where=["Birchwood"], push_air=0.5, aid=3))
    assert rules.push_air.tolist() == [1.0, 0.5]
    assert rules.aid.tolist() == [1.0, 3.0]


def test_readiness_is_that_of_the_chosen_groups():
    rules = rules_on(5, one=measure(who=["afghan"], readiness=0.5))
    assert dict(zip(GROUP_NAMES, rules.readiness, strict=True))["afghan"] == 0.5
    assert rules.readiness.sum() == 4.5


def test_camp_places_are_built_once_and_shared_by_the_places():
    camps = measure(4, "", ["Ashford", "Birchwood"], camp_places=300)
    assert rules_on(4, camps=camps).camp_places.tolist() == [150, 150, 0, 0]
    assert not rules_on(5, camps=camps).camp_places.any()


def test_camp_places_shared_by_three_places_add_up():
    towns = [(name, "theatre") for name in ("Ashford", "Birchwood", "Dale")]
    world = make_case(towns, [("Ashford", "Birchwood", 1)], [(name, "resident", 10) for name, _ in towns])
    model = run(calm(1, {"camps": measure(camp_places=100)}), world)
    assert sorted(model.camp_places) == [33, 33, 34]


def test_conditional_measure_waits_until_it_is_triggered():
    one = measure(2, 9, watch="people_at_gates", above=10, attempts=0.5)
    assert rules_on(5, one=one).attempts == 1.0
    triggered = {"one": 6}
    assert [rules_on(day, triggered, one=one).attempts for day in (5, 6, 9, 10)] == [1.0, 0.5, 0.5, 1.0]


def test_conditional_measure_fades_threat_from_the_day_it_is_triggered():
    peace = measure(watch="people_in_the_open", above=10, ceasefire=1, threat_once=0.3, threat_fade=0.9)
    assert [rules_on(day, {"peace": 6}, peace=peace).threat_factor for day in (5, 6, 7)] == [1.0, 0.3, 0.9]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"push_airr": 1}, r"policy\.one\.effects names the unknown effect 'push_airr' \(did you mean 'push_air'\?\)"),
        ({"pushback_sea": 1.5}, r"policy\.one\.effects\.pushback_sea is 1\.5, but must lie between 0 and 1 \(share: "),
        ({"aid": -1}, r"policy\.one\.effects\.aid is -1, but must lie between 0 and 10"),
        ({"entry_greece": -2}, r"entry_greece is -2, but must lie between -1 and "),
        ({"aid": float("nan")}, "aid is nan"),
        (
            {"where": ["Ashfrod"], "aid": 1},
            r"policy\.one\.where names the unknown place 'Ashfrod' \(did you mean 'Ashford'",
        ),
        (
            {"who": ["afgan"], "readiness": 1},
            r"policy\.one\.who names the unknown group 'afgan' \(did you mean 'afghan'",
        ),
        (
            {"first_day": "2019-12-31", "aid": 1},
            r"policy\.one\.first_day is 2019-12-31, before the case begins on 2020-01-01",
        ),
        ({}, r"policy\.one\.effects is empty; name at least one of: push_air, "),
    ],
)
def test_mistake_in_a_measure_is_told_in_one_sentence(words, message):
    with pytest.raises(InputError, match=message) as told:
        rules_on(0, one=measure(**words))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"first_day": "2020-13-01"}, "first_day is '2020-13-01', but must be a date such as 2020-02-28"),
        ({"first_day": 5, "last_day": 3}, "last_day 2020-01-04 lies before first_day 2020-01-06"),
        ({"watch": "people_at_gates", "above": -1.0}, "above is -1.0, but must be a number of people, 0 or more"),
    ],
)
def test_mistake_in_the_days_or_limit_of_a_measure_is_told(words, message):
    with pytest.raises(InputError, match=message):
        measure(**words, aid=1)


def test_unknown_count_to_watch_is_told_with_the_nearest_name():
    with pytest.raises(InputError, match=r"policy\.one\.watch is 'people_at_gate'.*did you mean 'people_at_gates'"):
        start(calm(3, {"one": measure(watch="people_at_gate", attempts=1)}), TOWNS)


@pytest.fixture(scope="module")
def every_measure():
    """The measures of all policy files, by name."""
    return compose(["population=tiny", "scenario=facts_only", f"policy=[{','.join(groups()['policy'])}]"])


def test_every_policy_file_fits_the_real_case(every_measure):
    assert len(every_measure.policy) == len(groups()["policy"])
    assert start(every_measure, case("idlib_2020")).policy.measures.keys() == every_measure.policy.keys()


def test_every_measure_says_what_it_is_why_and_by_which_source(every_measure):
    for name, one in every_measure.policy.items():
        assert one.what.endswith("."), name
        assert len(one.because) > 20, name
        assert one.source, name


def test_measure_that_pushes_people_back_says_first_that_this_is_illegal(every_measure):
    for name, one in every_measure.policy.items():
        if any(one.effects.get(effect, 0) > 0 for effect in ("pushback_land", "pushback_sea")):
            assert one.what.startswith("Illegal and harmful: "), name
            assert one.harm, name


def test_measures_come_in_the_order_of_the_scenario():
    names = list(composed("population=tiny").policy)
    listed = (data_folder("conf") / "scenario" / "as_it_happened.yaml").read_text(encoding="utf-8")
    assert names == [line.strip("- ") for line in listed.splitlines() if line.startswith("      - ")]


def test_amount_that_is_set_counts_from_its_day_in_a_run():
    case_ = make_case(
        [("Cedar", "host"), ("Fisher", "coast"), ("Gull", "island"), ("Ashford", "theatre")],
        [("Cedar", "Fisher", 1), ("Fisher", "Gull", 1, "sea", 1.0)],
        [("Cedar", "afghan", 1000)],
        rates=[("sea_departures", 100)],
    )
    model = run(calm(8, {"stop": measure(4, "", travel_host=0)}), case_)
    departures = model.recorder.border[:, 1, :, 0].sum(axis=1)
    assert (departures[:4] > 0).all()
    assert not departures[4:].any()
