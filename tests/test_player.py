"""What the map player is given, against the run's own tables, counts by hand and the other map of the house."""

import json
import re

import numpy as np
import pytest
import worlds
from pictures import border_of, daily_of, series_of

from sim.metrics import OUTCOMES
from sim.model import simulate
from sim.paths import data_folder
from sim.seeds import load_case
from sim.views import player, player_tables
from sim.views.packing import Pool, packed, unpacked
from sim.views.player import Played, player_data
from sim.views.stocks import crossing_states, crossing_states_by_day, people_by_place

TABLES = ("daily", "flows", "border", "series")


@pytest.fixture(scope="module")
def idlib():
    return load_case(data_folder("seeds") / "idlib_2020")


@pytest.fixture(scope="module")
def toyland():
    case = worlds.case("toyland")
    frames = simulate(worlds.composed("case=toyland"), case, 1).frames
    tables = {name: frames[name] for name in TABLES}
    return tables, case, player_data([Played("toyland", tables)], case)


def stocks_of(data, run=0):
    """Return people by place and status of a run as lists by day, read as the page's script reads them."""
    flat, pool = data["runs"][run]["stocks"], data["pool"]
    return {
        (data["places"][place]["name"], data["statuses"][status]["label"]): unpacked(pool[number])
        for place, status, number in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    }


# ---- numbers as texts


LISTS = [[], [0], [5, 5, 5], [], [-3, 300, -70_000, 2**31], range(-200, 200, 7), []]


@pytest.mark.parametrize("lists", [LISTS, LISTS[:1], LISTS[4:5], []])
def test_numbers_come_back_from_their_texts(lists):
    assert [unpacked(text).tolist() for text in packed(lists)] == [list(one) for one in lists]


def test_small_differences_take_a_byte_each():
    # 63 up is written as 126, the largest even number below 128: one byte, 4 base64 letters for 3 of them
    assert [len(text) for text in packed([[63, 126, 189], [64, 128, 192]])] == [4, 8]


def test_a_list_that_two_runs_share_is_kept_once():
    pool = Pool()
    assert [pool.add(text) for text in packed([[], [1, 2], [3], [1, 2]])] == [0, 1, 2, 1]
    assert len(pool.texts) == 3


# ---- people, journeys, crossings


def test_stocks_are_those_that_the_map_draws_every_day(toyland):
    tables, case, data = toyland
    stocks = stocks_of(data)
    for day in (0, 6, 20, data["n_days"] - 1):
        people = people_by_place(tables["daily"], case, day)
        drawn = {name: 0 for name in people.index} | {name: 0 for name, _ in stocks}
        for (name, _), values in stocks.items():
            drawn[name] += values[day]
        assert drawn == {name: people.sum(axis=1).get(name, 0) for name in drawn}


def test_people_are_counted_by_hand_in_place_status_and_day(idlib):
    rows = [(0, "Dana", "resident", "tent", 100), (0, "Atmeh camps", "resident", "camp", 50)]
    rows += [(2, "Dana", "displaced_before", "home", 7), (2, "Dana", "resident", "home", 9)]
    daily = player_tables.stocks(daily_of(rows, 0), idlib, ["Dana", "Idleb"], 3)
    seen = {(int(s), int(d)): int(daily[0, s, d]) for s, d in np.argwhere(daily[0])}
    groups = player_tables.GROUPS
    # Atmeh is a part of Dana; people at home count only where they had fled to it before
    makeshift, camp, settled = (groups.index(key) for key in ("makeshift", "camp", "settled"))
    assert seen == {(makeshift, 0): 100, (camp, 0): 50, (settled, 2): 7}
    assert not daily[1].any()


def test_journeys_add_up_to_the_departures_between_places(toyland):
    tables, case, data = toyland
    flows = tables["flows"]
    between = flows[flows["origin"].astype(str) != flows["destination"].astype(str)]
    expected = between.groupby("day")["people"].sum()
    lists = [unpacked(data["pool"][number]) for number in data["runs"][0]["flows"][0]]
    assert {day: values[0] for day, values in enumerate(lists) if len(values)} == expected.to_dict()
    assert all(values[3::3].sum() == values[0] for values in lists if len(values))  # few ways: all are drawn


def test_states_of_crossings_are_those_of_the_map_on_each_day(idlib):
    border = border_of([(3, "Pazarkule", 4000, 40), (9, "Pazarkule", 100, 90), (2, "Ayvacık", 10, 10)])
    states = crossing_states_by_day(border, idlib, 20)
    # from day 3 on 40 of 4,000; with day 9, 130 of 4,100; from day 10 on 90 of 100; from day 16 on nobody for a week
    quiet, shut, admits = (["gate_quiet"], ["gate_shut"], ["gate_open"])
    assert states["Pazarkule"].tolist() == quiet * 3 + shut * 7 + admits * 6 + quiet * 4
    assert states["Ayvacık"].tolist() == quiet * 2 + admits * 7 + quiet * 11
    assert crossing_states(border, idlib, 9)["Pazarkule"] == "gate_shut"


def test_the_front_of_the_facts_moves_on_days_when_a_sub_district_is_lost(idlib):
    series = series_of(dict.fromkeys(OUTCOMES, lambda day, seed: day), 120)
    daily = daily_of([(0, "Dana", "resident", "tent", 100)], 0)
    flows = daily.assign(origin=daily["location"], destination=daily["location"])[:0]
    tables = {"daily": daily, "border": border_of([]), "series": series, "flows": flows}
    measures = {"m4_corridor": {"around": "M4", "width_km": 6.0, "first_day": "2020-03-15", "last_day": ""}}
    data = player_data([Played("a", tables, measures)], idlib)
    theatre, west = data["frames"]
    # 31 December: Heish; 28 January: Ma'arrat An Nu'man
    assert [day for day, _ in theatre["front"]][:3] == [0, 30, 58] and west["front"] == []
    held = {data["places"][place]["name"]: told for place, told in data["held"]}
    assert held["Heish"] == [0, 0, 30, 3] and held["Khan Shaykun"] == [0, 1]
    zone, = data["runs"][0]["zones"][0]
    # 6 km on each side in a frame that is 3,000 units wide
    assert (zone["first"], zone["last"]) == (105, 119) and zone["width"] == round(12 * 3000 / theatre["km"])


def test_published_counts_stand_beside_their_panel(idlib):
    panels = [panel for panel in player_tables.PANELS if panel.title == "Displaced since day 0"]
    start = idlib.events["date"].min()
    seen = player_tables.published(idlib.observed, panels, start, 120)[0]
    # 12 February 2020, day 73: 800,000, never fitted to
    assert [73, 73, 800_000] in [one[:3] for one in seen]
    assert {one[5] for one in seen} <= {"calibration", "validation", "none"}


# ---- the page's side


def test_the_player_is_one_text_without_addresses(toyland):
    *_, data = toyland
    whole = player.script() + player.css() + json.dumps(data)
    assert [*re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]+", whole)] == ["http://www.w3.org"]  # the name of SVG
    assert "import(" not in whole and "fetch(" not in whole and "@import" not in whole


def test_data_are_plain_and_hold_no_more_than_two_kilobytes_a_day(toyland):
    *_, data = toyland
    text = json.dumps(data)
    assert json.loads(text) == data and len(text) < 2000 * data["n_days"]
