"""Which households are told of, counted on fingers, and what is told of them."""

import datetime

from test_fates import CASE, FLED, RETURNED, compared, household

from sim.studies.examples import examples
from sim.studies.telling import Step

TENT = {**FLED, "status": "tent"}
CAMP = {**FLED, "status": "camp"}
# Eight households flee under A only, three return under B only, one lives in a tent instead of with hosts.
WAS = [household(number, **FLED) for number in range(12)]
NOW = [household(number, **RETURNED) for number in (8, 9, 10)] + [household(11, **TENT)]


def steps(status, day=2, location="Birchwood"):
    beginning = Step(datetime.date(2020, 1, 1), "Ashford", "home", "")
    return [beginning, Step(datetime.date(2020, 3, day), location, status, "")]


def followed(*numbers, seed=1):
    """Return the journeys under A and B of the households that are followed."""
    was = {(seed, number): steps("hosted") for number in numbers}
    returned = {8, 9, 10}
    now = {
        key: steps("tent") if key[1] == 11 else [*steps("hosted"), *steps("returned", 9, "Ashford")[1:]]
        if key[1] in returned
        else steps("hosted")[:1]
        for key in was
    }
    return was, now


def chosen(*numbers, was=WAS, now=NOW, n_seeds=1):
    return examples(compared(was, now), *followed(*numbers), CASE, n_seeds)


def test_one_of_each_kind_comes_first_and_the_kind_with_most_people_leads():
    table = chosen(*range(12))
    assert table["household"].tolist() == [0, 8, 11, 1, 9] and table["example"].tolist() == [1, 2, 3, 4, 5]
    assert table["alike"].tolist() == [40, 15, 5, 40, 15]
    assert table["is"].astype(str).tolist()[:3] == ["never moved", "returned home", "displaced in Toyland"]


def test_who_is_followed_comes_before_who_is_not():
    table = chosen(10, 11)
    assert table["household"].tolist() == [10, 11, 0, 1, 8]
    assert table["told_from"].tolist() == ["journeys", "journeys", "households", "households", "households"]


def test_of_one_kind_another_group_is_told_next():
    was = [household(number, **FLED) for number in range(4)] + [household(4, group="displaced_before", **FLED)]
    table = examples(compared(was, [household(9)]), {}, {}, CASE, 1)
    assert table["household"].tolist() == [0, 4, 1, 2, 3]


def test_story_begins_with_what_is_shared_and_parts_on_a_day():
    line = chosen(8).iloc[0]
    assert line["together"] == (
        "At first they live in Ashford. On 2 Mar 2020 they reach Birchwood and stay with hosts or rent."
    )
    assert line["parted"] == "2020-03-09"
    assert line["was_story"] == "At the end they are with hosts or in rented rooms in Birchwood (1 move, 60 km)."
    assert line["is_story"] == "On 9 Mar 2020 they are home again, in Ashford. In all: 1 move, 120 km."


def test_without_anybody_followed_only_ends_are_told():
    line = chosen().iloc[0]
    assert (line["parted"], line["together"]) == ("", "")
    assert line["was_story"] == "At the end they are with hosts or in rented rooms in Birchwood (1 move, 60 km)."
    assert line["is_story"] == "They stay in Ashford."


def test_who_comes_to_the_same_end_three_days_later_is_told():
    both = compared(WAS[:2], [household(0, **{**FLED, "path": 8}), WAS[1]])
    was, now = {(1, 0): steps("hosted"), (1, 1): steps("hosted")}, {(1, 0): steps("hosted", 5), (1, 1): steps("hosted")}
    table = examples(both, was, now, CASE, 1)
    assert table[["household", "alike", "parted"]].to_numpy().tolist() == [[0, 5, "2020-03-02"]]


def test_no_difference_gives_no_example():
    table = examples(compared(WAS, WAS), *followed(), CASE, 1)
    assert table.empty and {"was", "is", "together"} <= set(table.columns)
