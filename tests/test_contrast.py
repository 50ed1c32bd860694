"""What the pictures of a comparison show: which scenarios, which day, and how sure each difference is."""

import math

import pandas as pd
from comparisons import PARTED, comparison

from sim.views import contrast

CHANGES = {("no_ceasefire", "returned"): (-400.0, 30.0), ("border_never_opened", "dead_on_the_way"): (2.5, 1.0)}
TEN = [f"policy_{i}" for i in range(10)]


def test_verdicts_ask_whether_the_interval_holds_zero():
    table = pd.DataFrame(
        [(0, 0, 0), (5, 1, 9), (-5, -9, -1), (5, -1, 11), (0, -2, 2), (3, math.nan, math.nan), (0, math.nan, math.nan)],
        columns=["difference", "low", "high"],
    )
    words = ["same", "clear", "clear", "unclear", "unclear", "single", "same"]
    assert contrast.verdicts(table).tolist() == words


def test_the_scenarios_that_differ_most_are_drawn_in_their_order():
    ten = comparison({(name, "returned"): (100.0 * i + 1, 40.0) for i, name in enumerate(TEN)}, TEN)
    assert contrast.most_different(ten, 8) == TEN[2:]
    credit = contrast.credit(ten, TEN[2:])
    assert "policy 0, policy 1" in credit and "3 paired seeds" in credit


def test_worlds_part_on_the_first_day_with_any_difference():
    two = comparison(CHANGES)
    assert contrast.first_difference(two.by_day) == {"no_ceasefire": PARTED, "border_never_opened": PARTED}
    rows = two.by_day.assign(difference=0.0, low=0.0, high=0.0)
    assert contrast.first_difference(rows) == {}


def test_the_day_shown_is_not_chosen_by_one_scenario_alone():
    people = {
        "base": pd.DataFrame({"A": [100.0, 100.0, 100.0]}),
        "large": pd.DataFrame({"A": [100.0, 600.0, 1100.0]}),  # half as far on day 1 as on day 2
        "small": pd.DataFrame({"A": [100.0, 95.0, 90.0], "B": [0.0, 13.0, 0.0]}),  # 18 people on day 1, 10 on day 2
        "same": pd.DataFrame({"A": [100.0, 100.1, 100.0]}),  # not of people
    }
    apart = contrast.distances(people, "base")
    assert list(apart) == ["large", "small"]
    assert [distance.tolist() for distance in apart.values()] == [[0, 500, 1000], [0, 18, 10]]
    assert contrast.telling_day({"large": apart["large"]}) == 2
    assert contrast.telling_day({"small": apart["small"]}) == 1
    assert contrast.telling_day(apart) == 2  # 1 + 0.75, against 0.71 + 1
    assert contrast.telling_day({}) is None
