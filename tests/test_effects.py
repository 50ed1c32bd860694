"""Effects that play attacks, freeze the front, protect, resettle: each against what can be said without the program."""

import itertools
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from worlds import calm, case, composed, count, make_case, measure, people, run, same, start, tables

from sim.effects import AMOUNT, EFFECTS, FACTOR
from sim.errors import InputError
from sim.paths import groups
from sim.policies import rules_today
from sim.population import TRANSFERRED

DAYS = 20
PLACES = [("Ashford", "theatre"), ("Birchwood", "theatre", {"lat": 36.0}), ("Gate A", "entry_gate", {"lat": 36.1})]
PLACES += [("Gate B", "entry_gate", {"lat": 36.2}), ("Cedar", "host"), ("Gull", "island"), ("Elm", "beyond")]
ROADS = [("Ashford", "Birchwood", 30), ("Birchwood", "Gate A", 10), ("Birchwood", "Gate B", 20)]
ROADS += [("Gate A", "Cedar", 50), ("Gate B", "Cedar", 50), ("Gull", "Elm", 100, "ferry_transfer", np.nan)]
EVENTS = [(0, "bombardment", "Ashford"), (4, "bombardment", "Ashford"), (6, "sub_district_lost", "Ashford")]
SCHEDULE = [  # day, type, places, share
    (0, "offensive_start", "Birchwood", np.nan),
    (2, "bombardment", "Birchwood", np.nan),
    (5, "sub_district_lost", "Birchwood", np.nan),
]


def towns(living=(("Ashford", "resident", 1000), ("Birchwood", "resident", 1000), ("Cedar", "syrian", 20_000))):
    """Return a theatre of two towns, its host country, and a schedule of attacks that did not happen."""
    what_if = pd.DataFrame(SCHEDULE, columns=["day", "type", "places", "share"]).assign(
        schedule="raid", control_after=""
    )
    return replace(make_case(PLACES, ROADS, living, EVENTS), what_if=what_if)


def rules_on(day, policy, facts=None):
    """Return the rules of a day under a policy."""
    model = start(calm(DAYS, policy), facts or towns())
    return rules_today(model.facts, model.policy, {}, model.geography, model.behaviour, day)


def different(left, right):
    """Return the names of the rules that differ."""
    return {f.name for f in fields(left) if not np.array_equal(getattr(left, f.name), getattr(right, f.name))}


def raid(first, last="", amount=1.0):
    """Return a measure that plays the schedule."""
    return replace(measure(first, last, attacks=amount), schedule="raid")


# The closed list


def neutral(name):
    """Return the amount that changes nothing."""
    return 1.0 if EFFECTS[name].kind == FACTOR else 0.0


def with_keys(one, name):
    """Give a measure the key that its effect needs."""
    return replace(one, **{"attacks": {"schedule": "raid"}, "attacks_go_on": {"since": "2020-01-01"}}.get(name, {}))


@pytest.mark.parametrize("name", [name for name, effect in EFFECTS.items() if effect.kind in (FACTOR, AMOUNT)])
def test_neutral_amount_changes_no_rule_on_any_day(name):
    one = with_keys(measure(3, "", **{name: neutral(name)}), name)
    for day in (2, 3, 4, 9):
        assert not different(rules_on(day, {"one": one}), rules_on(day, {}))


@pytest.mark.parametrize("name", EFFECTS)
def test_effect_changes_its_own_rules_and_no_others(name):
    own = {
        "ceasefire": {"ceasefire", "push_air", "push_ground", "front_of", "lost"},
        "control_frozen": {"front_of", "lost"},
        "attacks": {"push_air", "push_ground", "lost"},
        "attacks_go_on": {"push_air", "push_ground"},
        "threat_once": {"threat_factor"},
        "threat_fade": set(),  # without a ceasefire
        "reassurance": {"reassured_days"},
        "news": {"announced"},
        "seam_cost": {"seam"},
        "travel_host": {"travel"},
        "pushback_land_factor": {"pushback_land"},
        "evacuate_gates": {"evacuate"},
        "transfers_extra": {"transfers"},
        "entry_turkey": {"entry_turkey", "entry_open"},
    }
    amount = 0.5 if EFFECTS[name].unit != "switch" else 1.0
    one = with_keys(measure(4, "", **{name: amount}), name)
    for day in (4, 5, 9):
        assert different(rules_on(day, {"one": one}), rules_on(day, {})) <= own.get(name, {name})


# The law


def test_only_the_order_of_switches_matters():
    """Factors, amounts and one switch in every order, to the last bit."""
    parts = {
        "air": measure(2, "", push_air=0.1, aid=1.1),
        "less": measure(2, "", push_air=0.7, aid=0.3, pushback_land_factor=0.9),
        "raid": raid(2, amount=0.3),
        "more": replace(measure(2, "", attacks_go_on=0.7), since="2020-01-01"),
        "push": measure(2, "", pushback_land=0.5),
    }
    first, *others = (rules_on(4, {name: parts[name] for name in order}) for order in itertools.permutations(parts))
    assert len(others) == 119
    assert all(not different(first, other) for other in others)
    assert first.pushback_land == 0.45


def test_ceasefire_ends_attacks_wherever_it_stands_in_the_policy_and_a_later_switch_ends_it():
    peace, war = measure(1, "", ceasefire=1), measure(3, "", ceasefire=0)
    for policy in ({"peace": peace, "raid": raid(2)}, {"raid": raid(2), "peace": peace}):
        assert not rules_on(4, policy).push_air.any()
    again = rules_on(4, {"peace": peace, "war": war, "raid": raid(2)})
    assert again.push_air.tolist() == [1.0, 1.0]
    assert not again.ceasefire.any()


# Attacks that did not happen


def test_schedule_is_played_from_the_first_day_of_its_measure():
    pushes = [rules_on(day, {"raid": raid(7)}) for day in range(DAYS)]
    ground = [rules.push_ground[1] for rules in pushes]
    air = [rules.push_air[1] for rules in pushes]
    assert np.flatnonzero(ground).tolist() == [7] and np.flatnonzero(air).tolist() == [9]
    assert [rules.lost[1] for rules in pushes] == [day >= 12 for day in range(DAYS)]


def test_attacks_are_as_strong_as_the_amount_says():
    assert rules_on(5, {"raid": raid(3, amount=0.5)}).push_air[1] == 0.5
    assert not rules_on(9, {"raid": raid(3, amount=0.0)}).lost[1]


def test_place_that_is_lost_stays_lost_after_the_attacks():
    policy = {"raid": raid(3, 9)}
    assert [rules_on(day, policy).lost[1] for day in (7, 8, 9, 15)] == [False, True, True, True]
    assert not rules_on(15, {"raid": raid(3, 7)}).lost[1]  # ended before it was lost


def test_schedule_of_a_conditional_measure_counts_from_the_day_it_is_triggered():
    one = replace(raid(0), watch="people_in_the_open", above=10.0)
    model = start(calm(DAYS, {"raid": one}), towns())
    asked = (model.facts, model.policy, {"raid": 8}, model.geography, model.behaviour)
    assert [rules_today(*asked, day).push_air[1] for day in (2, 9, 10)] == [0.0, 0.0, 1.0]


def test_attacks_that_go_on_are_the_mean_of_the_days_before():
    go_on = replace(measure(5, "", attacks_go_on=2.0), since="2020-01-02")
    pushes = [rules_on(day, {"war": go_on}).push_air[0] for day in (4, 5, 12)]
    assert pushes == [1.0, 0.5, 0.5]  # one bombardment in the four days from 2 to 5 January, twice as strong


# The front line


def test_ceasefire_and_frozen_front_keep_what_is_held_on_the_day_before():
    for name in ("ceasefire", "control_frozen"):
        assert not rules_on(9, {"line": measure(5, "", **{name: 1})}).lost[0]
        assert rules_on(9, {"line": measure(7, "", **{name: 1})}).lost[0]
        assert rules_on(9, {"line": measure(5, 8, **{name: 1})}).lost[0]


def test_front_is_frozen_at_the_places_named_only():
    lost = rules_on(9, {"line": measure(5, "", ["Birchwood"], control_frozen=1), "raid": raid(3)}).lost
    assert lost.tolist() == [True, False]


def test_saraqab_is_not_lost_if_the_ceasefire_of_january_is_kept():
    policy = {"peace": measure("2020-01-12", "", ceasefire=1)}
    model = start(composed("population=tiny", policy=policy), case("idlib_2020"))
    saraqab = model.geography.spot[model.geography.number("Saraqab")]
    day = (pd.Timestamp("2020-02-20") - pd.Timestamp("2019-12-01")).days
    assert model.facts.lost[day, saraqab]
    assert not rules_today(model.facts, model.policy, {}, model.geography, model.behaviour, day).lost[saraqab]


# Protection and return

FLIGHT = {"leave_max": 1.0, "leave_steepness": 10.0, "theatre_speed": 500.0}


def test_nobody_leaves_a_zone_in_which_everybody_is_protected():
    zone = {"zone": measure(where=["Ashford"], protection=1)}
    assert run(calm(8, {}, **FLIGHT), towns()).displaced > 0
    assert run(calm(8, zone, **FLIGHT), towns()).displaced == 0


def test_return_without_a_ceasefire_needs_a_safe_home():
    quick = {**FLIGHT, "return_max": 1.0, "return_threat": 50.0, "half_life_air": 0.2}
    facts = replace(towns(), events=towns().events.iloc[:1])
    share = {}
    for amount in (0.0, 0.4, 1.0):
        model = run(calm(6, {"patrols": measure(3, "", ["Ashford"], safe_return=amount)}, **quick), facts)
        share[amount] = people(model, "Ashford", "returned", 4) / model.displaced
    assert share[0.0] == 0.0
    assert 0.3 < share[0.4] < 0.5 < 0.95 < share[1.0]


def test_factor_on_returns_scales_their_number():
    slow = {**FLIGHT, "return_max": 0.1, "return_threat": 50.0, "half_life_air": 0.2}
    facts = replace(towns([("Ashford", "resident", 20_000), ("Birchwood", "resident", 10)]), events=towns().events[:1])
    peace = {"peace": measure(3, "", ceasefire=1)}
    patrols = peace | {"patrols": measure(3, "", ["Ashford"], returns=1.5)}
    back = [people(run(calm(5, policy, **slow), facts), "Ashford", "returned") for policy in (peace, patrols)]
    assert back[1] / back[0] == pytest.approx(1.5, abs=0.15)


# The southern border, camps, resettlement


def test_quota_lets_people_in_at_the_crossings_named_only():
    quota = {"quota": measure(where=["Gate B"], entry_turkey=50)}
    model = run(calm(12, quota, **FLIGHT), towns())
    assert count(model, "Gate B", "admitted") > 0
    assert count(model, "Gate A", "admitted") == 0 == people(model, "Gate A", "at_gate")


def test_sealed_border_stops_as_many_as_it_says():
    trying = {**FLIGHT, "entry_attempts": 1.0, "entry_attempt_km": 500.0}
    for success in (0.0, 0.3, 1.0):
        model = run(calm(3, {"wall": measure(entry_turkey=0, entry_success=success)}, **trying), towns())
        counted = [count(model, gate, what) for what in ("attempts", "entered") for gate in ("Gate A", "Gate B")]
        tried, entered = sum(counted[:2]), sum(counted[2:])
        assert tried > 300
        assert abs(entered / tried - success) <= 4 * np.sqrt(success * (1 - success) / tried)


def test_camps_in_a_camp_node_are_counted_in_its_sub_district():
    built = rules_on_idlib({"camps": measure("2019-12-05", "", ["Atmeh camps", "Salqin"], camp_places=1000)}, 4)
    assert built == {"Dana": 500.0, "Salqin": 500.0}


def test_camps_of_an_area_are_shared_by_its_settled_places():
    built = rules_on_idlib({"camps": measure("2019-12-05", "", ["western Aleppo"], camp_places=600)}, 4)
    assert len(built) == 6 and sum(built.values()) == pytest.approx(600)


def rules_on_idlib(policy, day):
    """Return the camp places built on a day of the real case, by place."""
    model = start(composed("population=tiny", policy=policy), case("idlib_2020"))
    rules = rules_today(model.facts, model.policy, {}, model.geography, model.behaviour, day)
    return {model.geography.names[i]: rules.camp_places[i] for i in np.flatnonzero(rules.camp_places)}


def test_people_resettled_are_as_many_as_the_quota_and_of_the_group_named():
    flights = {"flights": measure(2, "", who=["syrian"], resettled=3043.75)}  # 100 a day
    facts = towns([("Ashford", "resident", 10), ("Cedar", "syrian", 20_000), ("Cedar", "afghan", 5_000)])
    model = run(calm(13, flights), facts)
    away = model.recorder.stock[-1, :, :, TRANSFERRED].sum(axis=0)
    assert abs(away.sum() - 1000) < 4 * np.sqrt(1000)  # taken on ten days, the last of them still on their way
    assert away.sum() == people(model, "Elm", "transferred") == away[model.group_names.index("syrian")]
    assert count(model, "Elm", "entered") == 0


# Files


@pytest.mark.parametrize(
    ("keys", "effects", "told"),
    [
        ({"schedule": "rade"}, {"attacks": 1}, r"one\.schedule is 'rade'.* has raid \(did you mean 'raid'\?\)"),
        ({}, {"attacks": 1}, "key schedule and the effect attacks go together"),
        ({"schedule": "raid"}, {"aid": 1}, "key schedule and the effect attacks go together"),
        ({}, {"attacks_go_on": 1}, "key since and the effect attacks_go_on go together"),
        ({"since": "2020-01-09", "first_day": "2020-01-05"}, {"attacks_go_on": 1}, "must lie before the measure's fir"),
        ({"since": "2019-11-30", "first_day": "2020-01-05"}, {"attacks_go_on": 1}, "since is 2019-11-30, before the"),
        ({"around": "bordr", "width_km": 5.0}, {"aid": 1}, r"around is 'bordr'.*\(did you mean 'border'\?\)"),
        ({"width_km": 5.0}, {"aid": 1}, "width_km is given, but nothing else"),
        ({"around": "border", "width_km": 5.0}, {"news": 1}, "around is given, but nothing else"),
        ({"where": ["Ashford"]}, {"news": 1}, "where is given, but nothing else"),
        ({"who": ["syrian"]}, {"aid": 1}, "who is given, but nothing else"),
        ({"above": 5.0}, {"aid": 1}, "above is given, but nothing else"),
        ({"where": ["Cedar"]}, {"aid": 2}, "where names no place where people flee from or to, which the effect aid"),
        ({"where": ["Cedar"]}, {"camp_places": 2}, "where names no place with people in which camps can be built"),
        ({"where": ["Ashford"]}, {"entry_turkey": 5}, "where names no crossing into the host country"),
        ({}, {"ceasefire": 0.5}, r"effects\.ceasefire is 0\.5, but must be 0 or 1"),
        ({}, {"protection": 1.5}, r"effects\.protection is 1\.5, but must lie between 0 and 1"),
    ],
)
def test_key_that_would_do_nothing_or_cannot_be_is_refused_in_one_sentence(keys, effects, told):
    with pytest.raises(InputError, match=told) as refused:
        start(calm(DAYS, {"one": replace(measure(**effects), **keys)}), towns())
    sentence = str(refused.value)
    assert sentence.startswith("policy.one") and "\n" not in sentence


@pytest.mark.parametrize("keys", [{"width_km": -1.0}, {"width_km": float("nan")}, {"scatter_km": 0.0}])
def test_strip_needs_a_width(keys):
    with pytest.raises(InputError, match=next(iter(keys))):
        replace(measure(aid=1), **keys)


def january(days, added):
    """Return what was counted, and all that every household is, after some days with some measures more."""
    config = composed("population=tiny", f"days={days}")
    model = run(replace(config, policy=config.policy | added), case("idlib_2020"))
    return tables(model), [column.tobytes() for column in model.driver.population]


@pytest.fixture(scope="module")
def until_9_january():
    """What happened."""
    return january(40, {})


@pytest.mark.parametrize("name", groups()["policy"])
def test_no_policy_changes_anything_before_its_first_day(name, until_9_january):
    """Every policy file, begun on 10 January beside all that happened; the run ends on the day before."""
    one = composed(f"policy=[{name}]", "scenario=facts_only").policy[name]
    since = "2019-12-20" if one.since else ""
    moved = {f"moved {name}": replace(one, first_day="2020-01-10", last_day="", since=since, watch="", above=0.0)}
    counted, everybody = january(40, moved)
    assert same(counted, until_9_january[0])
    assert everybody == until_9_january[1]


def test_policy_without_effect_changes_no_household(until_9_january):
    idle = {
        "corridor": replace(measure("2019-12-05", push_air=0.1, push_ground=0.1), around="M4", width_km=0.0),
        "raid": replace(measure("2019-12-05", attacks=0.0), schedule="to_the_border"),
        "zone": replace(measure("2019-12-05", "", ["northern Aleppo"], protection=1), around="M5"),
        "rest": measure("2019-12-05", readiness=1, resettled=0, returns=1, safe_return=0, transfers_extra=0, aid=1),
    }
    counted, everybody = january(40, idle)
    assert same(counted, until_9_january[0])
    assert everybody == until_9_january[1]
