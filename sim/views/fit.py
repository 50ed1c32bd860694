"""What a run is measured against: published counts beside simulated ones, and the sources of both."""

import pandas as pd

from sim.observed import USES as USED
from sim.observed import WHOLE
from sim.seeds import load_sources
from sim.views import wording
from sim.views.markup import Markup, join, listed, table, tag

USES = {"calibration": "used to fit", "validation": "never fitted to"}


def fit_part(beside: pd.DataFrame) -> Markup:
    """Return published counts of the whole case beside simulated ones, those used to fit marked as such.

    Parameters
    ----------
    beside
        From `sim.headlines.beside_observations`.
    """
    if beside.empty:
        return tag("p", "Nothing was published that this run could be held against.")
    text = (
        "“Used to fit”: numbers of the model were searched so that these come out. “Never fitted to”: nothing in the "
        "model was set by them. The naive forecast says that what was published last goes on."
    )
    words = (tag("th", word, scope="col", class_="text") for word in ("When", "Use"))
    head = ["Count", *words, "Published", "Simulated", "Range over seeds", "Error", "Error of naive forecast"]
    caption = "Published and simulated counts of the whole case; counts of single places are left out"
    rows = [_row(row) for row in beside.itertuples()]
    return join([listed(_errors(beside)), tag("p", text), table(caption, head, rows)])


def _errors(beside: pd.DataFrame) -> list[str]:
    """Say how far off the middle count of each use is, and how far the naive forecast."""
    lines = []
    for use, name in USES.items():
        rows = beside[beside["use"] == use]
        if len(rows):
            own, naive = (100 * rows[column].abs().median() for column in ("error", "persistence_error"))
            forecast = "" if pd.isna(naive) else f"; for the naive forecast {naive:.0f} %"
            lines.append(f"{len(rows)} counts {name}: half of them are off by {own:.0f} % or less{forecast}.")
    return lines


def _row(row) -> list:
    use = tag("td", USES[row.use], class_="text")
    numbers = [wording.whole(row.published), wording.whole(row.simulated), _spread(row.low, row.high)]
    errors = [_percent(row.error), _percent(row.persistence_error)]
    return [wording.outcome_name(row.outcome), tag("td", row.when, class_="text"), use, *numbers, *errors]


def _spread(low: float, high: float) -> str:
    return f"{wording.whole(low)} to {wording.whole(high)}" if low != high else ""


def _percent(error: float) -> str:
    return "" if pd.isna(error) else wording.signed_percent(100 * error)


def outcome_cell(entry) -> Markup:
    """Return an outcome's name with how it is summed up and its unit; `entry` has outcome, how and unit."""
    unit = "" if entry["unit"] == "people" else f" [{entry['unit']}]"
    return join([wording.outcome_name(entry["outcome"]), tag("small", wording.summed_up(entry["how"]) + unit)])


def summary_table(run) -> Markup:
    """Return every outcome of a run with its range over the seeds."""
    rows = []
    for entry in run.summary:
        rows.append([outcome_cell(entry), wording.whole(entry["value"]), _spread(entry["low"], entry["high"])])
    return table("Every outcome, mean over the seeds", ["Outcome", "Simulated", "Range over seeds"], rows)


def sources_part(case, beside: pd.DataFrame) -> Markup:
    """Return the sources of the published counts of the outcomes in `beside`, of the places and of the borders."""
    known = load_sources().set_index("id")
    used = case.observed["use"].isin(USED) & case.observed["place"].isin(WHOLE)
    used &= case.observed["outcome"].isin(beside["outcome"] if len(beside) else [])
    named = known.index.intersection(sorted(set(case.observed.loc[used, "source"])))
    counts = [_source(row) for _, row in known.loc[named].iterrows()]
    other = (
        "Measures: named beside each measure.",
        "Coordinates: GeoNames (CC BY 4.0).",
        "Borders: Natural Earth (public domain); a line on a map takes no position on any border.",
        "All other facts: seeds/sources.csv.",
    )
    head = tag("p", "Published counts:") if counts else Markup("")
    return join([listed(other), head, listed(counts) if counts else Markup("")])


def _source(row: pd.Series) -> str:
    date = f", {row['date']}" if str(row["date"]) not in ("", "NaT", "nan") else ""
    return f"{row['publisher']}{date}: {row['title']}"
