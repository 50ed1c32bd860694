"""The answer in sentences, made from the differences; how firm the words are depends on the interval."""

import math

import pandas as pd

from sim.views import contrast, wording

MOST_TOLD = 3
HARM = ("dead_on_the_way", "injured_at_border", "pushed_back")
CHANCE_ONLY = (
    "Intervals cover chance inside the model only: who hears what when, who finds room where. They do not cover what "
    "the model leaves out or what its assumed numbers may be off by, and that is more."
)


def answer(comparison) -> str:
    """Return the answer in a sentence or two: the largest difference against noise, and how many scenarios differ."""
    table = _main_rows(comparison)
    sure = table[table["verdict"] == contrast.CLEAR]
    baseline = wording.scenario_name(comparison.baseline)
    if (table["verdict"] == contrast.SAME).all():
        return f"None of the scenarios changes any main outcome against “{baseline}”: they are the same to the person."
    if (table["verdict"] == contrast.SINGLE).any():
        largest = table.loc[table["percent"].abs().fillna(math.inf).idxmax()]
        return (
            "With one seed the answer may be chance, and no interval can be told. The largest difference to "
            f"“{baseline}” in percent is under “{_name(largest)}”: {sentence(largest)}."
        )
    if sure.empty:
        return f"No main outcome differs from “{baseline}” by more than chance under any of the scenarios."
    largest = sure.loc[sure["ratio"].idxmax()]
    return (
        f"Against “{baseline}”, what stands out most from chance is made by “{_name(largest)}”: {sentence(largest)}. "
        f"{_how_many(comparison, table)}"
    )


def _main_rows(comparison) -> pd.DataFrame:
    table = comparison.differences
    table = table.assign(verdict=contrast.verdicts(table), scenario=table["scenario"].astype(str))
    return table[table["outcome"].isin(wording.MAIN)]


def _how_many(comparison, table: pd.DataFrame) -> str:
    """Say in how many scenarios a main outcome differs by more than chance."""
    names = contrast.others(comparison)
    clear = set(table.loc[table["verdict"] == contrast.CLEAR, "scenario"])
    text = f"In {len(clear)} of {len(names)} scenarios at least one main outcome differs by more than chance"
    rest = ", ".join(f"“{wording.scenario_name(name)}”" for name in names if name not in clear)
    return f"{text}; in {rest} none does." if rest else f"{text}."


def points(comparison, name: str) -> list[str]:
    """Return what a scenario changes, in a few sentences: the surest differences, and every sure one in harm."""
    table = _main_rows(comparison)
    rows = table[table["scenario"] == name]
    sure = rows[rows["verdict"].isin([contrast.CLEAR, contrast.SINGLE])]
    told = sure.sort_values("ratio", ascending=False, kind="stable", na_position="last")
    told = pd.concat([told[:MOST_TOLD], sure[sure["outcome"].isin(HARM)]]).drop_duplicates("outcome")
    return [*(sentence(row) for _, row in told.iterrows()), _rest(rows)]


def _rest(rows: pd.DataFrame) -> str:
    """Say how many main outcomes are the same, or cannot be told from chance."""
    same, unclear = (int((rows["verdict"] == verdict).sum()) for verdict in (contrast.SAME, contrast.UNCLEAR))
    if same == len(rows):
        return "Every main outcome is the same to the person."
    parts = [f"the same to the person: {same}"] * bool(same)
    parts += [f"different by no more than chance: {unclear}"] * bool(unclear)
    return f"Of {len(rows)} main outcomes, {'; '.join(parts)}." if parts else f"All {len(rows)} main outcomes differ."


def sentence(row: pd.Series) -> str:
    """Return one difference in words, with its interval."""
    more = "more" if row["difference"] > 0 else "fewer"
    name = f"{wording.outcome_name(row['outcome'])} {wording.summed_up(row['how'])}"
    percent = wording.signed_percent(row["percent"])
    notes = [percent] if percent else []
    if not math.isnan(row["low"]):
        notes.append(f"95 % interval {rounded_signed(row['low'])} to {rounded_signed(row['high'])}")
    about = f"{rounded(abs(row['difference']))} {more} {row['unit']}"
    return f"{name}: {about}" + (f" ({'; '.join(notes)})" if notes else "")


def rounded(value: float) -> str:
    """Write a positive number with three digits that count."""
    if value < 1000:
        return wording.whole(value)
    step = 10 ** (math.floor(math.log10(value)) - 2)
    return f"{round(value / step) * step:,.0f}"


def rounded_signed(value: float) -> str:
    """Write a number with its sign and three digits that count."""
    return "0" if value == 0 else ("+" if value > 0 else "−") + rounded(abs(value))


def _name(row: pd.Series) -> str:
    return wording.scenario_name(row["scenario"])
