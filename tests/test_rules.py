"""The dated facts, day by day: what pushes, what closes, and what does nothing."""

import datetime

import numpy as np
import pytest
from worlds import START, calm, case, composed, make_case

from sim.geography import build_geography
from sim.rules import read_facts, rules_of_facts

TOWNS = [("Ashford", "theatre"), ("Birchwood", "theatre"), ("Aleppo", "government")]
PEOPLE = [("Ashford", "resident", 200_000), ("Birchwood", "resident", 50_000)]
PUSHES = {"push_bombardment": 1.0, "push_strike": 2.0, "push_offensive": 0.3, "push_capture": 1.8}


def facts_of(events, days=10, rates=(), **behaviour):
    """Return the facts of two towns of 200,000 and 50,000 people, and what is needed to make rules of them."""
    small = make_case(TOWNS, [("Ashford", "Birchwood", 10)], PEOPLE, events, rates=rates)
    geography, behaviour = build_geography(small), calm(days, **(PUSHES | behaviour)).behaviour
    return read_facts(small, geography, behaviour, START, days), geography, behaviour


@pytest.mark.parametrize(
    ("kind", "air", "ground"),
    [
        ("bombardment", 1.0, 0.0),
        ("offensive_start", 0.0, 0.3),
        ("control_change", 0.0, 1.8),
        ("control_change_count", 0.0, 0.0),
        ("summary", 0.0, 0.0),
        ("agreement", 0.0, 0.0),
        ("ceasefire", 0.0, 0.0),
        ("turkish_entry", 0.0, 0.0),
        ("corridor", 0.0, 0.0),
        ("covid", 0.0, 0.0),
        ("border_opening", 0.0, 0.0),
    ],
)
def test_event_pushes_its_places_on_its_day_as_its_type_says(kind, air, ground):
    facts, *_ = facts_of([(3, kind, "Ashford")])
    assert facts.air[:, 0].tolist() == [air if day == 3 else 0.0 for day in range(10)]
    assert facts.ground[:, 0].tolist() == [ground if day == 3 else 0.0 for day in range(10)]
    assert not facts.air[:, 1].any()
    assert not facts.ground[:, 1].any()


def test_strike_is_diluted_in_a_place_of_more_people_than_100_000():
    facts, *_ = facts_of([(0, "strike", "Ashford;Birchwood")], strike_people=100_000)
    assert facts.air[0].tolist() == [2.0 * 100_000 / 200_000, 2.0]


def test_town_taken_by_the_opposition_pushes_nobody():
    facts, *_ = facts_of([(0, "control_change", "Ashford", {"control_after": "opposition"})])
    assert not facts.ground.any()


def test_event_for_all_places_means_the_theatre():
    facts, *_ = facts_of([(1, "offensive_start", "all")])
    assert facts.ground[1].tolist() == [0.3, 0.3]


def test_event_in_a_city_of_the_government_pushes_nobody():
    facts, *_ = facts_of([(1, "bombardment", "Aleppo;Birchwood")])
    assert facts.air[1].tolist() == [0.0, 1.0]


def test_pushes_before_day_0_and_after_the_end_are_left_out():
    facts, *_ = facts_of([(-1, "bombardment", "Ashford"), (10, "bombardment", "Ashford")])
    assert not facts.air.any()


def test_place_is_lost_from_the_day_on_which_the_whole_sub_district_is_and_not_when_a_town_is_taken():
    events = [(2, "control_change", "Ashford"), (4, "sub_district_lost", "Ashford")]
    facts, *_ = facts_of(events)
    assert facts.lost[:, 0].tolist() == [False] * 4 + [True] * 6
    assert not facts.lost[:, 1].any()


def test_place_lost_before_the_start_is_lost_throughout():
    facts, *_ = facts_of([(-200, "control_initial", "Birchwood")])
    assert facts.lost[:, 1].all()


def test_part_of_a_place_is_lost_by_its_share():
    facts, *_ = facts_of([(6, "sub_district_partly_lost", "Ashford", {"share": 0.25})])
    assert facts.part_lost[:, 0].tolist() == [0.0] * 6 + [0.25] * 4


def test_days_since_the_reinforcement_count_from_the_first_arrival():
    facts, geography, behaviour = facts_of([(7, "turkish_entry", "all"), (4, "turkish_entry", "all")])
    days = [rules_of_facts(facts, geography, behaviour, day).reassured_days for day in (0, 4, 9)]
    assert days == [-4.0, 0.0, 5.0]


def test_rate_holds_until_its_next_row():
    facts = read_facts(
        case("idlib_2020"),
        build_geography(case("idlib_2020")),
        composed().behaviour,
        datetime.date(2019, 12, 1),
        120,
    )
    # Departures by sea: 500 a day in December, 250 in January, 186 in February, 190 from March on.
    assert facts.rates["sea_departures"][[0, 30, 31, 61, 62, 90, 91, 119]].tolist() == [
        500,
        500,
        250,
        250,
        186,
        186,
        190,
        190,
    ]


def test_without_a_measure_borders_are_closed_and_nothing_is_changed():
    facts, geography, behaviour = facts_of([], rates=[("sea_departures", 7)])
    rules = rules_of_facts(facts, geography, behaviour, 0)
    assert not (rules.exit_gate or rules.exit_sea or rules.announced or rules.evacuate)
    assert not np.any(rules.ceasefire)
    assert rules.entry_greece == rules.entry_turkey == 0.0
    assert rules.pushback_land == rules.pushback_sea == 0.0
    assert rules.attempts == rules.give_up == rules.travel == rules.seam == rules.threat_factor == 1.0
    assert (rules.shelter == 1).all()
    assert (rules.aid == 1).all()
    assert rules.sea_departures == 7.0


def test_rules_of_one_day_do_not_change_the_facts():
    facts, geography, behaviour = facts_of([(3, "bombardment", "Ashford"), (0, "control_initial", "Birchwood")])
    rules = rules_of_facts(facts, geography, behaviour, 3)
    rules.push_air[:] = 0.0
    rules.lost[:] = False
    assert facts.air[3, 0] == 1.0
    assert facts.lost[3, 1]


def test_saraqab_is_lost_and_atareb_partly_in_the_real_case():
    idlib = case("idlib_2020")
    geography = build_geography(idlib)
    facts = read_facts(idlib, geography, composed().behaviour, datetime.date(2019, 12, 1), 213)
    last = {
        name: facts.lost[-1, geography.spot[geography.number(name)]] for name in ("Saraqab", "Atareb", "Ehsem", "Dana")
    }
    assert last == {"Saraqab": True, "Atareb": False, "Ehsem": False, "Dana": False}
    partly = {name: facts.part_lost[-1, geography.spot[geography.number(name)]] for name in ("Atareb", "Ehsem")}
    assert partly == {"Atareb": 0.25, "Ehsem": 0.20}


def test_nothing_is_read_from_days_to_come():
    early, *_ = facts_of([(3, "bombardment", "Ashford")], days=4)
    late, *_ = facts_of([(3, "bombardment", "Ashford"), (7, "sub_district_lost", "Birchwood")], days=10)
    assert np.array_equal(early.air, late.air[:4])
    assert np.array_equal(early.lost, late.lost[:4])
