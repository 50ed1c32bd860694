"""Who was where under one policy and under another, with households counted on fingers."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.compose import compose
from sim.runner import read_case
from sim.studies import fates

CASE, _ = read_case(compose(["case=toyland"]))
IDLIB, _ = read_case(compose(["case=idlib_2020"]))
RESTED = {"dead": 0, "moves": 0, "tries": 0, "travelled_km": 0}
FLED = {"status": "hosted", "location": "Birchwood", "moves": 1, "travelled_km": 60}


class Run:
    """A run that left nothing but its households."""

    def __init__(self, rows):
        table = pd.DataFrame(rows)
        for name in ("home", "location"):
            table[name] = pd.Categorical(table[name], categories=list(CASE.locations["name"]))
        table["status"] = pd.Categorical(table["status"])
        self.households = table

    def table(self, name):
        assert name == "households"
        return self.households


def household(number, people=5, home="Ashford", group="resident", seed=1, **changes):
    row = {"household": number, "seed": seed, "people": people, "home": home, "group": group, "location": home}
    return {**row, "status": "home", **RESTED, **changes}


def compared(was, now):
    """Return the households of two runs side by side."""
    statuses = sorted({row["status"] for row in [*was, *now]})
    tables = []
    for rows in (was, now):
        run = Run(rows)
        run.households["status"] = run.households["status"].cat.set_categories(statuses)
        tables.append(fates.ends(run, CASE))
    return fates.joined(*tables)


def moved(was, now, total=100, n_seeds=1):
    """Return people by (state under the one, state under the other), those who never moved left out."""
    table = fates.transitions(compared(was, now), CASE, total, n_seeds)
    assert table["people"].sum() == pytest.approx(total)
    counts = table.set_index([table["was"].astype(str), table["is"].astype(str)])["people"]
    return {pair: people for pair, people in counts.items() if pair != ("never moved", "never moved")}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        (FLED, "displaced in Toyland"),
        ({**FLED, "location": "Ashford", "status": "returned"}, "returned home"),
        ({**FLED, "status": "travelling"}, "on the way"),
        ({**FLED, "location": "Dunegate", "status": "at_gate"}, "at a border"),
        ({**FLED, "location": "Cedar", "status": "settled_abroad"}, "in Hostland, came from Toyland"),
        ({**FLED, "location": "Elm", "status": "crossed"}, "reached Farland"),
        ({**FLED, "location": "Elm", "status": "transferred"}, "reached Farland"),
        ({"home": "Cedar", "location": "Cedar", "tries": 2}, "home in Hostland after a journey"),
        ({"status": "camp"}, "never moved"),
    ],
)
def test_state_is_told_from_where_and_how_a_household_ends(changes, state):
    table = fates.ends(Run([household(1, **changes)]), CASE)
    assert fates.states(CASE)[table["state"].iloc[0]] == state


def test_states_of_the_real_case_are_named_after_its_areas():
    assert {"displaced in Idleb area", "displaced in northern Aleppo", "reached Greece"} <= set(fates.states(IDLIB))
    assert "in Turkey, came from Syria" in fates.states(IDLIB)


def test_who_fled_under_one_policy_only_is_counted_as_moved():
    was = [household(1, **FLED), household(2, people=3, **FLED)]
    now = [household(2, people=3, **FLED)]
    assert moved(was, now) == {
        ("displaced in Toyland", "never moved"): 5,
        ("displaced in Toyland", "displaced in Toyland"): 3,
    }


def test_deaths_are_of_the_same_people_as_far_as_they_can_be():
    # Of five, two die under the one policy and three under the other: two in both, one in the other only.
    was = [household(1, **{**FLED, "people": 3, "dead": 2})]
    now = [household(1, **{**FLED, "people": 2, "dead": 3, "status": "returned", "location": "Ashford"})]
    assert moved(was, now) == {
        ("displaced in Toyland", "returned home"): 2,
        ("displaced in Toyland", "dead"): 1,
        ("dead", "dead"): 2,
    }


def test_dead_household_and_one_that_stayed_at_home():
    was = [household(1, **{**FLED, "people": 0, "dead": 5, "status": "dead"})]
    now = [household(2, **FLED)]
    assert moved(was, now) == {("dead", "never moved"): 5, ("never moved", "displaced in Toyland"): 5}


def test_two_seeds_are_averaged():
    was = [household(1, **FLED), household(1, seed=2, **FLED)]
    now = [household(1, **FLED), household(1, seed=2, **{**FLED, "status": "tent"}), household(9, seed=2, **FLED)]
    assert moved(was, now, n_seeds=2) == {
        ("displaced in Toyland", "displaced in Toyland"): 5,
        ("never moved", "displaced in Toyland"): 2.5,
    }


def test_changed_counts_whose_record_differs_at_all():
    was = [household(1, **FLED), household(2, **FLED), household(3, group="displaced_before", **FLED)]
    now = [household(1, **FLED), household(2, **{**FLED, "travelled_km": 61})]
    initial = pd.DataFrame({"location": "Ashford", "group": ["resident", "displaced_before"], "people": [2000, 50]})
    table = fates.changed(compared(was, now), initial, n_seeds=1)
    rows = table[["group", "origin", "people", "of"]].to_numpy().tolist()
    assert rows == [["displaced_before", "Ashford", 5, 50], ["resident", "Ashford", 5, 2000]]


def test_case_without_areas_names_the_country():
    bare = replace(IDLIB, locations=IDLIB.locations.assign(area=""))
    assert {"displaced in Syria", "displaced in the Turkish-held north"} <= set(fates.states(bare))
