"""Who was where under one policy and under another, with households counted on fingers."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.compose import compose
from sim.draws import path_after
from sim.population import HOSTED, STATUSES, TRAVELLING, step_of
from sim.runner import read_case
from sim.studies import fates

CASE, _ = read_case(compose(["case=toyland"]))
IDLIB, _ = read_case(compose(["case=idlib_2020"]))
RESTED = {"dead": 0, "moves": 0, "tries": 0, "travelled_km": 0, "path": 0}
FLED = {"status": "hosted", "location": "Birchwood", "moves": 1, "travelled_km": 60, "path": 7}
RETURNED = {**FLED, "location": "Ashford", "status": "returned", "travelled_km": 120, "path": 9}


class Run:
    """A run that left nothing but its households."""

    def __init__(self, rows):
        table = pd.DataFrame(rows)
        for name in ("home", "location"):
            table[name] = pd.Categorical(table[name], categories=list(CASE.locations["name"]))
        table["status"] = pd.Categorical(table["status"], categories=STATUSES)
        self.households = table

    def table(self, name):
        assert name == "households"
        return self.households


def household(number, people=5, home="Ashford", group="resident", seed=1, **changes):
    row = {"household": number, "seed": seed, "people": people, "home": home, "group": group, "location": home}
    return {**row, "status": "home", **RESTED, **changes}


def began(rows, one_in=1):
    """Return ten or more households as they began: as two runs tell, the others of five residents of Ashford."""
    told = {row["household"]: row for row in rows}
    n = max(10, *(number + 1 for number in told))
    rows = [told.get(number, household(number)) for number in range(n)]
    people = [row["people"] + row["dead"] for row in rows]
    return pd.DataFrame(
        {
            "group": pd.Categorical([row["group"] for row in rows]),
            "origin": pd.Categorical([row["home"] for row in rows], categories=list(CASE.locations["name"])),
            "household_size": [count // one_in for count in people],
            "people": people,
            "status": pd.Categorical(["home"] * n, categories=STATUSES),
        }
    )


def compared(was, now, one_in=1):
    """Return the households of two runs side by side."""
    return fates.joined(*(fates.ends(Run(rows), CASE) for rows in (was, now)), began([*was, *now], one_in=one_in))


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


FIVE = [household(1, **FLED), household(2, **FLED), household(3, people=3, group="displaced_before", **FLED)]
OTHERWISE = [household(1, **FLED), household(2, **{**FLED, "travelled_km": 61}), household(4, people=2, **FLED)]


def path(*steps):
    """Return the mark that the engine gives to steps: (day, number of what is done)."""
    mark = 0
    for day, what in steps:
        mark = path_after(mark, day, what)
    return int(mark)


def test_household_that_only_goes_a_day_later_or_another_way_is_counted():
    leave, aim, aim_elsewhere, arrive = step_of(0, TRAVELLING), -2, -3, step_of(1, HOSTED)
    first = path((4, leave), (4, aim), (6, arrive))
    later, elsewhere = path((5, leave), (5, aim), (6, arrive)), path((4, leave), (4, aim_elsewhere), (6, arrive))
    was = [household(number, **{**FLED, "path": first}) for number in range(3)]
    now = [household(number, **{**FLED, "path": mark}) for number, mark in enumerate((first, later, elsewhere))]
    both = compared(was, now)
    assert both.loc[both["changed"], "household"].tolist() == [1, 2]
    assert fates.changed(both, began(was), n_seeds=1)["people"].sum() == 10


def test_changed_counts_whose_record_differs_at_all():
    # Of ten households, one travels farther, one stays at home, one does not: 5, 3 and 2 people.
    table = fates.changed(compared(FIVE, OTHERWISE), began([*FIVE, *OTHERWISE]), n_seeds=1)
    rows = table[["group", "origin", "household_size", "people", "of"]].to_numpy().tolist()
    assert rows == [
        ["resident", "Ashford", 5, 5, 40],
        ["displaced_before", "Ashford", 3, 3, 3],
        ["resident", "Ashford", 2, 2, 2],
    ]


def test_shares_add_up_over_everybody_by_group_and_by_classes_of_size():
    table = fates.changed(compared(FIVE, OTHERWISE), began([*FIVE, *OTHERWISE]), n_seeds=1).assign(scenario="b")
    groups = fates.shares(table, "group")
    assert groups.to_numpy().tolist() == [["b", "resident", 7, 42], ["b", "displaced_before", 3, 3]]
    sizes = fates.shares(table, "household_size")
    assert sizes[["name", "people", "of"]].to_numpy().tolist() == [["1 or 2", 2, 2], ["3 to 5", 8, 43]]
    assert fates.shares(table, "origin")[["people", "of"]].to_numpy().tolist() == [[10, 45]]


def test_persons_are_the_changed_households_with_both_ends():
    both = compared(FIVE, OTHERWISE)
    table = fates.persons(both, CASE)
    assert table["household"].tolist() == [2, 3, 4] and table["people"].sum() == 10
    assert table["was"].astype(str).tolist() == ["displaced in Toyland"] * 2 + ["never moved"]
    assert table["is"].astype(str).tolist() == ["displaced in Toyland", "never moved", "displaced in Toyland"]
    assert table["was_travelled_km"].tolist() == [60, 60, 0] and table["is_travelled_km"].tolist() == [61, 0, 60]
    assert table["is_location"].tolist() == ["Birchwood", "Ashford", "Birchwood"]  # who stayed is where it began
    assert table["is_status"].tolist() == ["hosted", "home", "hosted"] and table["is_moves"].tolist() == [1, 0, 1]


def test_household_size_is_that_of_one_of_the_households_that_a_row_stands_for():
    rows = [household(1, people=2000, **FLED)]
    table = fates.persons(compared(rows, [household(1, people=2000, **RETURNED)], one_in=400), CASE)
    assert table[["household_size", "people"]].to_numpy().tolist() == [[5, 2000]]


def test_case_without_areas_names_the_country():
    bare = replace(IDLIB, locations=IDLIB.locations.assign(area=""))
    assert {"displaced in Syria", "displaced in the Turkish-held north"} <= set(fates.states(bare))
