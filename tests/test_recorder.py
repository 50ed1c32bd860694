"""Counts of a few events, entered by hand, and the frames made of them."""

import datetime

import numpy as np
import pytest
from worlds import calm, flight, make_case, run

from sim.geography import build_geography
from sim.population import AT_GATE, HOME, OPEN_AIR, RETURNED, SETTLED_ABROAD
from sim.recorder import Recorder

TOWNS = make_case(
    [("Ashford", "theatre"), ("Birchwood", "theatre"), ("South", "entry_gate"), ("Cedar", "host")],
    [("Ashford", "Birchwood", 10), ("Birchwood", "South", 10), ("South", "Cedar", 10)],
    [("Ashford", "resident", 100), ("Birchwood", "resident", 100)],
)
ASHFORD, BIRCHWOOD, SOUTH, CEDAR = range(4)


@pytest.fixture
def recorder():
    return Recorder(build_geography(TOWNS), ["resident", "syrian"], datetime.date(2020, 2, 27), 4)


def columns(*rows):
    """Return the columns of some rows as arrays."""
    return [np.array(column) for column in zip(*rows, strict=True)]


def test_departures_count_by_origin_and_kind_and_merge_into_flows(recorder):
    # origin, destination, group, people, kind
    recorder.departed(
        1, *columns((ASHFORD, BIRCHWOOD, 0, 5, 1), (ASHFORD, BIRCHWOOD, 0, 3, 2), (ASHFORD, SOUTH, 0, 2, 1))
    )
    recorder.departed(1, *columns((ASHFORD, BIRCHWOOD, 0, 4, 1), (ASHFORD, BIRCHWOOD, 1, 1, 0)))
    assert recorder.moves[1, ASHFORD].tolist() == [1, 11, 3, 0]
    flows = recorder.frames()["flows"]
    rows = flows[["day", "origin", "destination", "group", "people"]].to_numpy().tolist()
    assert rows == [
        [1, "Ashford", "Birchwood", "resident", 12],
        [1, "Ashford", "Birchwood", "syrian", 1],
        [1, "Ashford", "South", "resident", 2],
    ]


def test_nobody_who_departs_leaves_no_row(recorder):
    recorder.departed(0, *(np.zeros(0, np.int64) for _ in range(5)))
    assert not len(recorder.frames()["flows"])


def test_arrivals_are_told_apart_by_kind(recorder):
    # origin, place, status, moves, people
    recorder.arrived(
        2,
        *columns(
            (ASHFORD, BIRCHWOOD, OPEN_AIR, 1, 5),
            (BIRCHWOOD, ASHFORD, OPEN_AIR, 2, 4),
            (BIRCHWOOD, ASHFORD, RETURNED, 1, 3),
            (SOUTH, CEDAR, SETTLED_ABROAD, 1, 2),
            (CEDAR, CEDAR, SETTLED_ABROAD, 1, 100),  # back from the west: no entry into the host country
            (BIRCHWOOD, SOUTH, AT_GATE, 1, 100),  # waiting, not arrived
            (CEDAR, CEDAR, HOME, 0, 100),
        ),
    )
    arrivals = recorder.frames()["arrivals"]
    rows = arrivals[["location", "kind", "people"]].to_numpy().tolist()
    assert rows == [
        ["Ashford", "repeat", 4],
        ["Ashford", "returned", 3],
        ["Birchwood", "displaced", 5],
        ["Cedar", "border_crossed", 2],
    ]


def test_days_have_their_dates_across_the_leap_day(recorder):
    recorder.crossed(2, np.array([CEDAR]), np.array([1]))
    recorder.crossed(3, np.array([CEDAR]), np.array([1]))
    assert recorder.frames()["arrivals"]["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-02-29", "2020-03-01"]


def test_frames_have_the_stated_columns_and_types(tiny_run):
    frames = tiny_run.recorder.frames()
    kept = {
        "daily": ["day", "date", "location", "group", "status", "people"],
        "flows": ["day", "date", "origin", "destination", "group", "people"],
        "arrivals": ["day", "date", "location", "kind", "people"],
        "border": ["day", "date", "crossing", "group", "attempts", "prevented", "entered", "admitted", "pushed_back"],
        "journeys": ["household", "people", "day", "date", "group", "location", "status", "destination"],
    }
    for name, start in kept.items():
        assert list(frames[name].columns)[: len(start)] == start
        assert frames[name]["day"].dtype == np.int16
        assert len(frames[name]) > 0
        dates = frames[name]["date"] - np.datetime64("2019-12-01")
        assert (dates.dt.days == frames[name]["day"]).all()
    people = frames["daily"]["people"]
    assert people.dtype == np.int32


def test_daily_table_gives_the_stock_back(tiny_run):
    recorder, daily = tiny_run.recorder, tiny_run.recorder.frames()["daily"]
    again = np.zeros_like(recorder.stock)
    again[
        tuple(
            daily[name] if name == "day" else daily[name].cat.codes for name in ("day", "location", "group", "status")
        )
    ] = daily["people"]
    np.testing.assert_array_equal(again, recorder.stock)


def test_journey_follows_a_household_from_home_to_shelter():
    model = flight(km=61, days=4)
    journeys = model.recorder.frames()["journeys"]
    own = journeys[journeys["household"] == journeys["household"].iloc[0]]
    assert own[["day", "location", "status"]].to_numpy().tolist() == [
        [0, "Ashford", "home"],
        [0, "Ashford", "travelling"],
        [1, "Birchwood", "open_air"],
    ]
    assert own["destination"].astype(object).where(own["destination"].notna(), None).tolist() == [
        None,
        "Birchwood",
        None,
    ]


def test_journeys_are_a_fixed_sample_of_at_most_a_hundred_of_each_group(tiny_run):
    journeys = tiny_run.recorder.frames()["journeys"]
    first = journeys.groupby("household").first()
    assert (first["day"] == 0).all()
    per_group = first["group"].value_counts()
    assert per_group.max() <= 100
    assert (per_group > 0).all()


def test_same_households_are_followed_under_every_policy():
    towns = make_case(
        [("Ashford", "theatre"), ("Birchwood", "theatre")],
        [("Ashford", "Birchwood", 10)],
        [("Ashford", "resident", 5000), ("Birchwood", "resident", 5000)],
        [(0, "bombardment", "Ashford")],
    )
    followed = [set(run(calm(2, leave_max=p), towns).recorder.frames()["journeys"]["household"]) for p in (0.0, 0.9)]
    assert followed[0] == followed[1]
    assert 80 <= len(followed[0]) <= 100
