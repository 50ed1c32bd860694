"""Observations by use, and what a run counts in place of each, against tables written by hand."""

import dataclasses
import datetime
import re

import pandas as pd
import pytest
import worlds

from sim.errors import InputError
from sim.observed import can_count, counted, naive, observations
from sim.paths import data_folder

FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2020, 1, 10)


def day(number):
    return FIRST + datetime.timedelta(days=number)


def observed(*rows):
    """Return observations of (id, outcome, place, kind, first day or None, last day, value, use)."""
    columns = ["id", "outcome", "place", "kind", "period_start", "date", "value", "use"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    table["period_start"] = [None if start is None else day(start) for start in table["period_start"]]
    return table.assign(date=[day(number) for number in table["date"]], source="somebody", value=table["value"] * 1.0)


def case_with(*rows):
    return dataclasses.replace(worlds.case("idlib_2020"), observed=observed(*rows))


def tables(**frames):
    """Return tables of two seeds from rows that both have, the second seed with twice the people."""
    found = {}
    for name, rows in frames.items():
        table = pd.DataFrame(rows)
        table["date"] = pd.to_datetime([day(number) for number in table.pop("day")])
        number = "value" if name == "series" else "people"
        found[name] = pd.concat([table.assign(seed=1), table.assign(seed=2, **{number: table[number] * 2})])
    return found.__getitem__


def series(outcome, values):
    return [{"day": number, "outcome": outcome, "value": value} for number, value in enumerate(values)]


def both(found):
    return {key: list(row) for key, row in zip(found.index, found.to_numpy(), strict=True)}


def test_a_fit_is_handed_calibration_rows_only_whatever_the_others_say():
    rows = ["a", "displaced", "", "cumulative", 0, 3, 100, "calibration"]
    kept = observations(case_with(rows), "calibration", FIRST, LAST)
    for use in ("validation", "none", "claim", "prior", "history"):
        poison = ["poison", "displaced", "", "cumulative", 0, 2, 1e9, use]
        poisoned = observations(case_with(rows, poison), "calibration", FIRST, LAST)
        pd.testing.assert_frame_equal(kept, poisoned)
        pd.testing.assert_frame_equal(naive(kept, FIRST), naive(poisoned, FIRST))


def test_observations_that_the_run_does_not_cover_are_left_out():
    rows = [
        ["too late", "displaced", "", "cumulative", 0, 10, 1, "validation"],
        ["too early", "returns", "", "flow", -1, 3, 1, "validation"],
        ["inside", "island_stock", "", "stock", None, 9, 1, "validation"],
    ]
    assert list(observations(case_with(*rows), "validation", FIRST, LAST)["id"]) == ["inside"]


def test_an_unknown_use_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="must be one of calibration, validation .did you mean 'validation'"):
        observations(case_with(), "validatoin", FIRST, LAST)


def test_a_count_of_the_whole_case_is_a_sum_a_growth_or_a_stock():
    run = tables(
        series=series("displaced", [5, 10, 30, 60])
        + series("returns", [1, 2, 4, 8])
        + series("people_at_land_border", [0, 7, 9, 0])
    )
    rows = observed(
        ["growth", "displaced", "", "cumulative", 1, 3, 0, "validation"],
        ["all", "displaced", "", "cumulative", 0, 3, 0, "validation"],
        ["sum", "returns", "", "flow", 1, 2, 0, "validation"],
        ["stock", "people_at_land_border", "", "stock", None, 1, 0, "validation"],
        ["eve", "evacuated", "", "flow", 3, 3, 0, "validation"],
    )
    expected = {"growth": [55, 110], "all": [60, 120], "sum": [6, 12], "stock": [7, 14], "eve": [9, 18]}
    assert both(counted(run, rows, case_with())) == expected


def test_counts_at_a_place_hold_what_is_part_of_it():
    flows = [
        {"day": 2, "origin": "Ariha", "destination": "Dana", "people": 100},
        {"day": 2, "origin": "Dana", "destination": "Sarmada", "people": 7},  # a town of Dana: nobody left it
        {"day": 2, "origin": "Dana", "destination": "Afrin", "people": 20},
        {"day": 2, "origin": "A'zaz", "destination": "Afrin", "people": 3},  # within the north
        {"day": 9, "origin": "Dana", "destination": "Afrin", "people": 1000},  # after the period
    ]
    arrivals = [
        {"day": 3, "location": "Dana", "kind": "displaced", "people": 60},
        {"day": 3, "location": "Sarmada", "kind": "repeat", "people": 5},
        {"day": 3, "location": "Dana", "kind": "returned", "people": 11},
        {"day": 3, "location": "Chios", "kind": "border_crossed", "people": 4},
    ]
    daily = [
        {"day": 4, "location": "Pazarkule", "status": "at_gate", "people": 8},
        {"day": 4, "location": "Pazarkule", "status": "home", "people": 50},
        {"day": 5, "location": "Pazarkule", "status": "at_gate", "people": 90},
    ]
    run = tables(series=series("displaced", [0] * 10), flows=flows, arrivals=arrivals, daily=daily)
    rows = observed(
        ["came", "arrivals", "Dana", "flow", 0, 8, 0, "validation"],
        ["left", "departures", "Dana", "flow", 0, 8, 0, "validation"],
        ["north", "arrivals", "northern Aleppo", "cumulative", 0, 8, 0, "validation"],
        ["matrix", "arrivals_flow", "Idleb>Aleppo", "flow", 0, 8, 0, "validation"],
        ["home", "returns", "Dana", "flow", 0, 8, 0, "validation"],
        ["island", "island_arrivals", "Chios", "flow", 0, 8, 0, "validation"],
        ["gate", "people_at_land_border", "Pazarkule", "stock", None, 4, 0, "validation"],
        ["nobody", "returns", "Ariha", "flow", 0, 8, 0, "validation"],
    )
    found = both(counted(run, rows, case_with()))
    assert {key: one for key, (one, two) in found.items() if two == 2 * one} == {
        "came": 65,
        "left": 20,
        "north": 20,
        "matrix": 20,
        "home": 11,
        "island": 4,
        "gate": 8,
        "nobody": 0,
    }


def test_a_monthly_round_of_interviews_may_hold_the_last_days_of_the_month_before():
    arrivals = [{"day": number, "location": "Dana", "kind": "displaced", "people": 1} for number in range(10)]
    run = tables(series=series("displaced", [0] * 10), arrivals=arrivals)
    rows = observed(["round", "arrivals", "Dana", "flow", 7, 9, 0, "calibration"]).assign(source="hnap_2020_02")
    assert both(counted(run, rows, case_with()))["round"][0] == 3 + 5
    assert both(counted(run, rows, case_with(), round_days=0))["round"][0] == 3


def test_what_no_run_counts_is_told():
    rows = observed(
        ["a", "arrivals", "Dana", "flow", 0, 1, 0, "none"],
        ["b", "displaced", "", "cumulative", 0, 1, 0, "none"],
        ["c", "evacuated", "", "flow", 1, 1, 0, "none"],
        ["d", "register", "", "stock", None, 1, 0, "none"],
        ["e", "displaced", "Dana", "cumulative", 0, 1, 0, "none"],
        ["f", "arrivals", "", "flow", 0, 1, 0, "none"],
    )
    assert [can_count(row) for row in rows.itertuples()] == [True, True, True, False, False, False]


def test_naive_forecasts_look_only_at_counts_of_the_same_kind_and_length_that_were_over_before():
    rows = observed(
        ["week 1", "island_arrivals", "", "flow", 0, 1, 10, "validation"],
        ["week 2", "island_arrivals", "", "flow", 2, 3, 30, "validation"],
        ["all", "island_arrivals", "", "flow", 0, 8, 999, "validation"],
        ["running", "island_arrivals", "", "flow", 4, 6, 70, "validation"],
        ["week 3", "island_arrivals", "", "flow", 5, 6, 40, "validation"],
        ["stock", "island_arrivals", "", "stock", None, 4, 5, "validation"],
        ["elsewhere", "island_arrivals", "Chios", "flow", 2, 3, 5, "validation"],
    )
    found = naive(rows, FIRST)
    assert found.loc["week 3"].to_list() == [30, 60]  # 30 + (30 - 10) / 2 days * 3 days
    assert found.loc["week 2", "persistence"] == 10
    assert found.drop(["week 2", "week 3", "running"]).isna().all(axis=None)


def test_nothing_that_fits_or_scores_chooses_rows_by_use_itself():
    package = data_folder("conf").parent / "sim"
    readers = [path for path in package.rglob("*.py") if re.search(r"observed\[.use.\]", path.read_text("utf-8"))]
    told = {path.relative_to(package).as_posix() for path in readers}
    assert told <= {"advice.py", "observed.py", "terminal.py", "views/observations.py", "views/fit.py"}
