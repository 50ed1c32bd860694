"""The answer in sentences: as sure as the intervals, in numbers that people can read."""

import pytest
from comparisons import comparison

from sim.views import answer, wording

CHANGES = {
    ("no_ceasefire", "returned"): (-281_240.0, 12_000.0),
    ("no_ceasefire", "remaining_displaced"): (288_280.0, 13_000.0),
    ("no_ceasefire", "displaced"): (7.0, 90.0),
    ("border_never_opened", "injured_at_border"): (-83.0, 20.0),
}


def test_the_answer_names_what_stands_out_most_with_its_interval():
    words = answer.answer(comparison(CHANGES))
    assert "“no ceasefire”: Returned home at the end: 281,000 fewer people" in words  # 23.4 half widths, against 22.2
    assert "95 % interval −293,000 to −269,000" in words
    assert words.endswith("In 2 of 2 scenarios at least one main outcome differs by more than chance.")


def test_the_answer_is_as_sure_as_the_intervals():
    chance = {("no_ceasefire", "returned"): (-50.0, 60.0)}
    assert "by more than chance under any" in answer.answer(comparison(chance))
    assert "None of the scenarios changes any main outcome" in answer.answer(comparison({}))
    single = answer.answer(comparison(CHANGES, n_seeds=1))
    assert "With one seed" in single and "interval −" not in single
    one = {("no_ceasefire", "returned"): (-50.0, 10.0)}
    assert "in “border never opened” none does" in answer.answer(comparison(one))


def test_points_of_a_scenario_tell_all_sure_harm():
    harm = {("no_ceasefire", name): (5.0, 4.0) for name in ("dead_on_the_way", "injured_at_border", "pushed_back")}
    points = answer.points(comparison(CHANGES | harm), "no_ceasefire")
    assert sum("5 more people" in point for point in points) == 3
    assert points[-1] == "Of 12 main outcomes, the same to the person: 6; different by no more than chance: 1."


@pytest.mark.parametrize(
    ("value", "text"), [(288_280, "288,000"), (1_234_567, "1,230,000"), (999.6, "1,000"), (83, "83"), (2.25, "2.2")]
)
def test_sentences_keep_three_digits(value, text):
    assert answer.rounded(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 %"), (-100, "−100 %"), (4.44, "+4.4 %"), (0.02, "+<0.1 %"), (2189, "× 23"), (float("nan"), "")],
)
def test_percentages_are_written_for_people(value, text):
    assert wording.signed_percent(value) == text
