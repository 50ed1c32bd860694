"""The part of a comparison's report that tells of single households: what each does under the one and the other."""

import datetime

import pandas as pd

from sim.views import contrast, wording
from sim.views.markup import Markup, join, table, tag

ABOUT = (
    "Households of the simulation, not of the world. Some hundred of each group are followed day by day, chosen by lot "
    "before anything happens. For each kind of change, beginning with the one that most people share, the first "
    "of them that it concerns is told. Luck is shared: until the paths part, both are the same."
)


def journey_parts(comparison, case) -> Markup:
    """Return for each scenario the households of its table `examples`, under the baseline and under the scenario."""
    labels = dict(zip(case.groups["group"], case.groups["label"], strict=True))
    one_in = comparison.question["one_in"]
    parts = [_scenario(comparison, name, labels, one_in) for name in contrast.others(comparison)]
    return join([tag("p", ABOUT, class_="note"), *parts])


def _scenario(comparison, name: str, labels: dict[str, str], one_in: int) -> Markup:
    rows = comparison.examples
    rows = rows[rows["scenario"].astype(str) == name]
    title = tag("h3", wording.scenario_name(name))
    if rows.empty:
        return tag("section", title, tag("p", "No household takes another path than under the baseline."))
    heads = [f"Under “{wording.scenario_name(one)}”" for one in (comparison.baseline, name)]
    head = ["Household", *(tag("th", text, scope="col", class_="text") for text in heads)]
    caption = f"{wording.scenario_name(name).capitalize()}: households whose paths differ"
    lines = [_line(row, labels, one_in) for _, row in rows.iterrows()]
    return tag("section", title, table(caption, head, lines, "told"))


def _line(row: pd.Series, labels: dict[str, str], one_in: int) -> list[Markup]:
    size = f"{row['household_size']} {'person' if row['household_size'] == 1 else 'people'}"
    who = f"{size} from {row['origin']}"
    notes = [labels.get(row["group"], row["group"])]
    if one_in > 1:
        notes.append(f"the row stands for {row['people']:,} people")
    if row["alike"] >= 1:
        notes.append(f"such a change: {wording.whole(row['alike'])} people")
    notes.append(f"seed {row['seed']}, household {row['household']:,}")
    stories = [_story(row["was"], row["was_story"]), _story(row["is"], row["is_story"])]
    return [join([tag("strong", who), *(tag("small", note) for note in notes), tag("p", _together(row))]), *stories]


def _together(row: pd.Series) -> str:
    """Return what a household does under both, or that only its end is known."""
    if not row["parted"]:
        return row["together"] or "Not followed day by day: only its end is known."
    day = datetime.date.fromisoformat(row["parted"])
    return f"{row['together']} On {day.day} {day:%b %Y} the paths part."


def _story(end: str, text: str) -> Markup:
    return tag("td", tag("strong", end[:1].upper() + end[1:]), tag("p", text), class_="text")
