"""The parts of a comparison's report that are made from its tables: the scorecard, and who bears what."""

import math

import pandas as pd

from sim.terminal import worth_in_words
from sim.views import contrast, fit, scorecard, wording
from sim.views.markup import Markup, join, listed, table, tag

MOST_BORNE, MOST_MOVES, MOST_GROUPS = 5, 4, 4
BY = {"group": "by group", "origin": "by place of origin", "place": "by where it happens"}
ALONE = (
    "Each row is judged by itself: of twenty groups or places that a scenario does not change, one may stand here by "
    "chance. Counted are people, not blame; nights and kilometres are counted for each person."
)
UNITS = ("people", "attempts of people", "person-nights")  # first to last; others only where these are few


def score_table(comparison) -> Markup:
    """Return every outcome under every scenario, with the interval of each difference."""
    names, found = contrast.others(comparison), comparison.differences
    found = found.assign(verdict=contrast.verdicts(found), scenario=found["scenario"].astype(str))
    cells = found.set_index(["outcome", "scenario"])
    rows = []
    for title, outcomes in scorecard.sections_of(found).items():
        rows.append([tag("strong", title), *[""] * (len(names) + 1)])
        for outcome in outcomes:
            row = cells.loc[outcome]
            base = {**row.iloc[0], "outcome": outcome}
            scores = [_score(row.loc[name]) for name in names]
            rows.append([fit.outcome_cell(base), wording.whole(base["baseline"]), *scores])
    baseline = join([wording.scenario_name(comparison.baseline), tag("small", "baseline")])
    head = ["Outcome", baseline, *(wording.scenario_name(name) for name in names)]
    caption = "Each outcome under the baseline, and by how much each scenario differs from it"
    return table(caption, head, rows, "score")


def _score(row: pd.Series) -> Markup:
    """Return a cell: the difference, in percent, and its interval; in words where it is none."""
    if row["verdict"] == contrast.SAME:
        return tag("td", "same", class_="none")
    percent, interval = wording.signed_percent(row["percent"]), _interval(row)
    if row["verdict"] == contrast.UNCLEAR:
        notes = [tag("small", text) for text in ("within chance", interval, _worth(row)) if text]
        return tag("td", wording.signed(row["difference"]), notes, class_="none")
    notes = [tag("small", text) for text in (percent, interval, _worth(row)) if text]
    step = scorecard.step_of(row["percent"]) + 1
    direction = "more" if row["difference"] > 0 else "fewer"
    return tag("td", wording.signed(row["difference"]), notes, class_=f"{direction}{step}")


def _worth(row: pd.Series) -> str:
    text = worth_in_words(row["worth"], row["worth_low"], row["worth_high"])
    return f"a pair is worth {text}" if text else ""


def _interval(row: pd.Series) -> str:
    return "" if math.isnan(row["low"]) else f"{wording.signed(row['low'])} to {wording.signed(row['high'])}"


def bearer_parts(comparison, case) -> Markup:
    """Return who bears what under each scenario: whose path differs, the largest sure differences, where people end."""
    labels = dict(zip(case.groups["group"], case.groups["label"], strict=True))
    found = comparison.bearers
    found = found.assign(scenario=found["scenario"].astype(str))
    found = found[contrast.verdicts(found).isin([contrast.CLEAR, contrast.SINGLE])]
    parts = [tag("p", ALONE, class_="note")]
    for name in contrast.others(comparison):
        title = tag("h3", wording.scenario_name(name))
        whom = _whose_path(comparison, name, labels)
        lines = _largest(found[found["scenario"] == name], labels)
        parts.append(tag("section", title, whom, _borne(name, lines), _moves(comparison, name)))
    return join(parts)


def _whose_path(comparison, name: str, labels: dict[str, str]) -> list[Markup]:
    """Say how many people's path differs, and who they are."""
    who = {by: _of(comparison.changed_by(by), name) for by in ("group", "origin", "household_size")}
    people = who["group"]["people"].sum()
    if not people:
        return [tag("p", "Nobody takes another path than under the baseline.")]
    lines = [
        f"By group – {_listed(who['group'].replace({'name': labels}))}.",
        f"By place of origin – {_listed(who['origin'])}.",
        f"By people in the household – {_listed(who['household_size'], most=len(who['household_size']))}.",
    ]
    counted = (
        f"{wording.whole(people)} people take another path: on some day they are elsewhere, in another shelter or on "
        "another way, or their attempts, kilometres or deaths differ in all."
    )
    return [tag("p", counted), listed(lines)]


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["scenario"].astype(str) == name]


def _listed(rows: pd.DataFrame, most: int = MOST_GROUPS) -> str:
    """Return names with their people and what share of all such people they are."""
    rows = rows[rows["people"] > 0]
    parts = [
        f"{name}: {wording.whole(people)} ({wording.signed_percent(100 * people / of).removeprefix('+')})"
        for name, people, of in rows[["name", "people", "of"]].head(most).itertuples(index=False)
    ]
    return "; ".join(parts) + ("; and others" if len(rows) > most else "") if parts else "none"


def _largest(rows: pd.DataFrame, labels: dict[str, str]) -> list[list]:
    """Return the largest differences by group, by origin and by place, those in people first."""
    rank = rows["unit"].map({unit: i for i, unit in enumerate(UNITS)}).fillna(len(UNITS))
    order = rows.assign(rank=rank, size=-rows["difference"].abs()).sort_values(["rank", "size"], kind="stable")
    return [_line(row, labels) for by in BY for _, row in order[order["by"] == by].head(MOST_BORNE).iterrows()]


def _line(row: pd.Series, labels: dict[str, str]) -> list:
    unit = "" if row["unit"] == "people" else f" [{row['unit']}]"
    percent = wording.signed_percent(row["percent"])
    return [
        join([labels.get(row["name"], row["name"]), tag("small", BY[row["by"]])]),
        tag("td", wording.outcome_name(row["outcome"]) + unit, class_="text"),
        wording.whole(row["baseline"]),
        wording.signed(row["difference"]) + (f" ({percent})" if percent else ""),
        _interval(row),
    ]


def _borne(name: str, lines: list[list]) -> Markup:
    if not lines:
        return tag("p", "No group and no place differs by more than chance.")
    head = ["Who or where", tag("th", "Outcome", scope="col", class_="text"), "Baseline", "Difference", "95 % interval"]
    caption = f"{wording.scenario_name(name).capitalize()}: the largest differences that chance does not explain"
    return table(caption, head, lines)


def _moves(comparison, name: str) -> Markup:
    """Return where people end other than under the baseline; the luck of each person is the same in both."""
    moves = comparison.transitions
    moves = moves[(moves["scenario"].astype(str) == name) & (moves["was"].astype(str) != moves["is"].astype(str))]
    if moves.empty:
        return Markup("")
    largest = moves.sort_values("people", ascending=False, kind="stable").head(MOST_MOVES)
    ends = zip(largest["people"], largest["was"], largest["is"], strict=True)
    lines = [f"{wording.whole(people)} people: {was} → {now}" for people, was, now in ends]
    return join([tag("p", "The same people at the end, under the baseline → under this scenario:"), listed(lines)])
