"""What a person sees while a run goes on, and the table at its end."""

import io
import math
from pathlib import Path

from comparisons import BASELINE, SEEDS, comparison

from sim.headlines import Headline
from sim.terminal import ProgressBar, columns, comparison_report, headline_table, number, worth_in_words


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self):
        return True


def test_bar_shows_the_days_and_is_wiped_away():
    stream = Terminal()
    bar = ProgressBar(stream)
    bar(15, 30)
    bar(30, 30)
    bar.close()
    _, prepared, half, whole, wiped = stream.getvalue().split("\r")
    assert "reading the facts" in prepared
    assert half.startswith("[" + "#" * 15 + "." * 15 + "] day 15 of 30, ")
    assert whole.startswith("[" + "#" * 30 + "] day 30 of 30, 0 s left") and wiped == "\x1b[K"


def test_bar_is_not_redrawn_for_every_day():
    stream = Terminal()
    bar = ProgressBar(stream)
    for day in range(1, 10_001):
        bar(day, 10_000)
    assert stream.getvalue().count("\r") < 200


def test_nothing_is_drawn_where_nobody_watches():
    stream = io.StringIO()
    bar = ProgressBar(stream)
    bar(1, 2)
    bar.close()
    assert stream.getvalue() == ""


def test_table_sets_the_published_number_beside_the_simulated_one():
    lines = [
        Headline("displaced", "people", "by 8 Mar 2020", 1_000_000.0, 990_000.0, 1_010_000.0, 959_000.0),
        Headline("attempts", "attempts of people", "in all", 5.0, 5.0, 5.0, None),
    ]
    head, first, second = headline_table(lines).splitlines()
    assert first.split() == "displaced by 8 Mar 2020 1,000,000 990,000 - 1,010,000 959,000".split()
    assert second.split() == "attempts in all [attempts of people] 5".split()
    assert head.index("published") + len("published") == len(first)


def test_columns_are_as_wide_as_their_widest_cell():
    assert columns([("a", "1"), ("bcd", "1,000")]) == "a         1\nbcd   1,000"


def test_numbers_are_written_for_people():
    assert [number(value) for value in (1234567.0, 0.25, 100.4, 3)] == ["1,234,567", "0.25", "100", "3"]


def told(changes, names, **numbers):
    """Return what the terminal tells of a comparison written by hand."""
    made = comparison(changes, names)
    made.differences = made.differences.assign(**numbers)
    made.question |= {"baseline": BASELINE, "case": "idlib_2020", "population": "full", "seeds": SEEDS}
    made.scenarios, made.folder, made.manifest = [BASELINE, *names], Path("results/made"), {"reused": list(names)}
    return comparison_report(made)


def test_rows_of_a_comparison_are_never_wider_than_120_characters():
    names = [f"as_it_happened+a_policy_with_a_long_name_{i}" for i in range(4)]
    outcomes = ("nights_in_the_open", "in_unfinished_buildings", "gross_moves", "prevented", "displaced")
    changes = {(name, outcome): (-27_654_321.0, 1_234_567.5) for name in names for outcome in outcomes}
    worth = {"worth": 1234.0, "worth_low": 350.0, "worth_high": 1.4e7}
    text = told(changes, names, baseline=27_654_321.0, percent=1234.5, **worth)
    assert "1,200 (350 to 14,000,000)" in text and max(map(len, text.splitlines())) <= 120


def test_each_difference_stands_with_half_of_its_interval_and_who_bears_it():
    text = told({("no_ceasefire", "nights_in_the_open"): (80.0, 20.0)}, ["no_ceasefire", "border_never_opened"])
    (row,) = (line.split("   ") for line in text.splitlines() if line.startswith("  nights in the open"))
    told_of_it = [cell.strip() for cell in row if cell.strip()]
    worth = "12 (5.0 to 40)"
    assert told_of_it == ["nights in the open [person-nights]", "1,000", "+80", "± 20", "+8 %", worth]
    assert "  who bears it: 5,800 people take another path (resident 5,000, afghan 800)\n" in text
    assert "who bears it: nobody; every household does the same on every day" in text  # border never opened


def test_worth_of_a_pair_is_told_with_two_digits_and_its_interval():
    assert worth_in_words(12.34, 5.12, 1234.0) == "12 (5.1 to 1,200)"
    assert worth_in_words(0.5, 0.5, 0.5) == "0.50 (0.50 to 0.50)"
    assert worth_in_words(math.inf, math.nan, math.nan) == "infinite"
    assert worth_in_words(math.nan, math.nan, math.nan) == ""
