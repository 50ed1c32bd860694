"""Outcomes counted from a record that was written by hand, and their sums."""

import numpy as np
import pytest
from worlds import calm, make_case, start

from sim.metrics import OUTCOMES, outcome_series, outcome_values, summarise
from sim.population import (
    ADMITTED,
    AT_GATE,
    ATTEMPTS,
    CAMP,
    CROSSED,
    DEAD,
    ENTERED,
    GAVE_UP,
    HOME,
    HOSTED,
    INJURED,
    INTERCEPTED,
    OPEN_AIR,
    PREVENTED,
    PUSHED_BACK,
    TRAVELLING,
    UNFINISHED,
)

PLACES = ["Ashford", "North", "South", "Cedar", "Dunegate", "Elm", "Fisher", "Gull"]
ASHFORD, NORTH, SOUTH, CEDAR, DUNEGATE, ELM, FISHER, GULL = range(8)
ROLES = ["theatre", "theatre", "entry_gate", "host", "exit_gate", "beyond", "coast", "island"]
ROADS = [
    ("Ashford", "North", 10),
    ("North", "South", 10),
    ("Cedar", "Dunegate", 10),
    ("Cedar", "Fisher", 10),
    ("Dunegate", "Elm", 1, "land_border_gate", 1.0),
    ("Fisher", "Gull", 1, "sea", 1.0),
]


@pytest.fixture
def model():
    """Return a model of three days in which nothing has been recorded."""
    held = [{"control": "turkish_held"} if name == "North" else {} for name in PLACES]
    world = make_case(
        list(zip(PLACES, ROLES, held, strict=True)),
        ROADS,
        [("Ashford", "resident", 10), ("North", "displaced_before", 100)],
        camps=[("North", 60)],
    )
    return start(calm(3), world)


def values(model):
    return outcome_values(model.recorder, model.world)


def test_displaced_counts_first_moves_since_the_start_and_gross_moves_every_move_of_the_day(model):
    model.recorder.moves[0, ASHFORD] = [50, 30, 0, 0]
    model.recorder.moves[1, ASHFORD] = [0, 5, 7, 0]
    model.recorder.moves[2, NORTH] = [0, 0, 1, 2]
    assert values(model)["displaced"].tolist() == [30, 35, 35]
    assert values(model)["gross_moves"].tolist() == [30, 12, 3]


def test_remaining_displaced_and_returned_follow_returns_and_new_flight(model):
    model.recorder.moves[0, ASHFORD] = [0, 30, 0, 0]
    model.recorder.arrivals[1, ASHFORD] = [0, 0, 10, 0]
    model.recorder.moves[2, ASHFORD] = [0, 0, 0, 4]
    assert values(model)["remaining_displaced"].tolist() == [30, 20, 24]
    assert values(model)["returned"].tolist() == [0, 10, 6]


def test_shelter_is_counted_in_the_theatre_only(model):
    stock = model.recorder.stock
    for status, number in ((HOSTED, 1), (CAMP, 2), (UNFINISHED, 3), (OPEN_AIR, 4), (TRAVELLING, 5)):
        stock[1, ASHFORD, 0, status] = number
        stock[1, CEDAR, 0, status] = 1000
    found = values(model)
    names = ("hosted", "in_camps", "in_unfinished_buildings", "open_air", "travelling")
    assert [found[name].tolist() for name in names] == [[0, n, 0] for n in (1, 2, 3, 4, 5)]


def test_people_displaced_to_the_north_are_those_there_less_those_in_its_camps_before(model):
    assert model.recorder.camp_people_start.sum() == 60
    model.recorder.stock[:, NORTH, 1, CAMP] = 60
    model.recorder.stock[2, NORTH, 0, [HOSTED, OPEN_AIR]] = 7, 5
    model.recorder.stock[2, NORTH, 0, HOME] = 1000
    assert values(model)["northern_aleppo"].tolist() == [0, 0, 12]


def test_land_border_counts_gates_and_not_the_southern_crossing(model):
    model.recorder.stock[1, DUNEGATE, 0, AT_GATE] = 9
    model.recorder.stock[1, SOUTH, 0, AT_GATE] = 100
    model.recorder.border[1, DUNEGATE, 0, [ATTEMPTS, PREVENTED, GAVE_UP]] = 8, 6, 5
    model.recorder.border[1, SOUTH, 0, [ATTEMPTS, PREVENTED, GAVE_UP]] = 100
    found = values(model)
    names = ("people_at_land_border", "attempts", "prevented", "gave_up")
    assert [int(found[name][1]) for name in names] == [9, 8, 6, 5]


def test_pushbacks_interceptions_and_entries_at_sea_and_land(model):
    model.recorder.border[0, DUNEGATE, 0, [PUSHED_BACK, ADMITTED, INJURED]] = 1, 2, 3
    model.recorder.border[0, FISHER, 0, [PUSHED_BACK, INTERCEPTED, ENTERED]] = 10, 20, 30
    model.recorder.border[0, SOUTH, 0, [ADMITTED, INJURED]] = 100, 200
    model.recorder.arrivals[0, ELM, 3] = 40
    model.recorder.arrivals[0, GULL, 3] = 50
    model.recorder.arrivals[0, CEDAR, 3] = 60
    found = {name: int(series[0]) for name, series in values(model).items()}
    assert (found["pushed_back"], found["intercepted"], found["admitted"]) == (11, 20, 102)
    assert (found["land_arrivals"], found["island_arrivals"], found["entered_host"]) == (40, 50, 60)
    assert found["injured_at_border"] == 203


def test_islands_and_host_country_count_the_living(model):
    model.recorder.stock[2, GULL, 0, [HOME, CROSSED, TRAVELLING, DEAD]] = 4, 3, 2, 1
    model.recorder.stock[2, [CEDAR, DUNEGATE, FISHER], 0, HOME] = 10
    model.recorder.stock[2, CEDAR, 0, [TRAVELLING, DEAD]] = 5, 6
    found = values(model)
    assert found["island_stock"].tolist() == [0, 0, 7]  # those on the ferry have left
    assert found["people_in_host_country"].tolist() == [0, 0, 35]
    assert found["dead_on_the_way"].tolist() == [0, 0, 7]


def test_every_outcome_has_a_unit_and_a_value_on_every_day(model):
    found = values(model)
    assert found.keys() == OUTCOMES.keys()
    assert all(series.shape == (3,) for series in found.values())


def test_series_lists_each_outcome_by_day_and_date(model):
    model.recorder.moves[1, ASHFORD, 1] = 30
    series = outcome_series(values(model), model.recorder)
    assert list(series.columns) == ["day", "date", "outcome", "value"]
    displaced = series[series["outcome"] == "displaced"]
    assert displaced["value"].tolist() == [0.0, 30.0, 30.0]
    assert displaced["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-01", "2020-01-02", "2020-01-03"]
    assert len(series) == 3 * len(OUTCOMES)


@pytest.mark.parametrize(
    ("outcome", "value"), [("displaced", 4.0), ("open_air", 9.0), ("gross_moves", 15.0)], ids=["last", "peak", "sum"]
)
def test_summary_takes_the_last_value_the_peak_or_the_sum(outcome, value):
    (row,) = summarise({outcome: np.array([2, 9, 4])})
    assert row["outcome"] == outcome
    assert row["value"] == value
    assert row["unit"] == OUTCOMES[outcome][0]


def test_summary_of_a_run_agrees_with_its_tables(tiny_run):
    frames = tiny_run.recorder.frames()
    summed = {row["outcome"]: row["value"] for row in summarise(values(tiny_run))}
    daily, flows = frames["daily"], frames["flows"]
    open_air = daily[daily["status"] == "open_air"].groupby("day")["people"].sum()
    assert summed["open_air"] == open_air.max()
    assert summed["nights_in_the_open"] == open_air.sum()
    at_gate = daily[(daily["status"] == "at_gate") & daily["location"].isin(["Pazarkule", "İpsala gate"])]
    assert summed["people_at_land_border"] == at_gate.groupby("day")["people"].sum().max() > 0
    assert summed["displaced"] == tiny_run.displaced
    assert flows["people"].sum() >= summed["gross_moves"]
    assert summed["attempts"] == frames["border"].query("crossing in ['Pazarkule', 'İpsala gate']")["attempts"].sum()
    assert not np.isnan(list(summed.values())).any()
