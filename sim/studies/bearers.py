"""Who bears what: people counted by group, by place of origin and by where it happens to them.

Outcomes that `sim.metrics` knows, too, have the same name here and add up to the same number.
"""

import pandas as pd

from sim.results import Run
from sim.seeds import Case

BY = ("group", "origin", "place")
UNITS = {
    "displaced": "people",
    "remaining_displaced": "people",
    "returned": "people",
    "travelled": "person-km",
    "dead_on_the_way": "people",
    "nights_in_the_open": "person-nights",
    "nights_at_the_land_border": "person-nights",
    "arrivals_of_displaced": "arrivals of people",
    "attempts": "attempts of people",
    "prevented": "attempts of people",
    "admitted": "people",
    "pushed_back": "people",
    "intercepted": "people",
    "gave_up": "people",
    "injured_at_border": "people",
    "got_into_host_country": "people",
    "got_beyond_host_country": "people",
}
_WEST = ("host", "coast", "exit_gate", "island", "beyond")


def borne(run: Run, case: Case) -> pd.DataFrame:
    """Count what a run's people bear.

    Returns
    -------
    One row an outcome, name and seed: by (group, origin or place), name, outcome, seed, value.
    """
    role = case.locations.set_index("name")["role"]
    gates = case.routes.loc[case.routes["mode"] == "land_border_gate", "from"]
    parts = [*_of_households(run), *_of_stocks(run, role, gates), *_of_arrivals(run), *_of_border(run, role, gates)]
    return pd.concat(parts, ignore_index=True)


def _of_households(run: Run):
    """Count the fate of households by group and by home; tell the dead by home only: the place of death is a stock."""
    table = run.table("households").rename(columns={"home": "origin"})
    moved, returned = table["moves"] > 0, table["status"] == "returned"
    columns = {
        "displaced": (table["people"] + table["dead"]).where(moved, 0),
        "remaining_displaced": (table["people"].where(~returned, 0) + table["dead"]).where(moved, 0),
        "returned": table["people"].where(returned, 0),
        "travelled": table["people"] * table["travelled_km"].astype("int64"),
    }
    for by in ("group", "origin"):
        for outcome, people in columns.items():
            yield _counted(table.assign(value=people), by, by, outcome)
    yield _counted(table.assign(value=table["dead"]), "origin", "origin", "dead_on_the_way")


def _of_stocks(run: Run, role: pd.Series, gates: pd.Series):
    """Count nights, which are people at the end of each day, and the dead, at the end of the last."""
    table = run.table("daily").rename(columns={"people": "value"})
    table = table[table["status"].isin(["open_air", "at_gate", "dead"])]
    where = table["location"].astype(str).map(role)
    nights = {
        "nights_in_the_open": table[(table["status"] == "open_air") & (where == "theatre")],
        "nights_at_the_land_border": table[(table["status"] == "at_gate") & table["location"].isin(gates)],
        "dead_on_the_way": table[(table["status"] == "dead") & (table["day"] == run.table("series")["day"].max())],
    }
    for outcome, rows in nights.items():
        yield _counted(rows, "group", "group", outcome)
        yield _counted(rows, "location", "place", outcome)


def _of_arrivals(run: Run):
    table = run.table("arrivals").rename(columns={"people": "value"})
    yield _counted(table[table["kind"].isin(["displaced", "repeat"])], "location", "place", "arrivals_of_displaced")


def _of_border(run: Run, role: pd.Series, gates: pd.Series):
    """Count what happens at the crossings; the same choice of crossings as in `sim.metrics`."""
    table = run.table("border")
    where = table["crossing"].astype(str).map(role)
    west, south, at_gate = where.isin(_WEST), where == "entry_gate", table["crossing"].isin(gates)
    through = table["entered"] + table["admitted"]
    # Undetected entries are counted at the crossing next to which they happened.
    counts = {
        "attempts": table["attempts"].where(at_gate, 0),
        "prevented": table["prevented"].where(at_gate, 0),
        "admitted": table["admitted"],
        "pushed_back": table["pushed_back"].where(west, 0),
        "intercepted": table["intercepted"].where(west, 0),
        "gave_up": table["gave_up"].where(west, 0),
        "injured_at_border": table["injured"],
        "got_into_host_country": through.where(south, 0),
        "got_beyond_host_country": through.where(west, 0),
    }
    for outcome, people in counts.items():
        rows = table.assign(value=people)
        yield _counted(rows, "group", "group", outcome)
        yield _counted(rows, "crossing", "place", outcome)


def _counted(rows: pd.DataFrame, column: str, by: str, outcome: str) -> pd.DataFrame:
    rows = rows[rows["value"] != 0]
    sums = rows.groupby([rows[column].astype(str), "seed"])["value"].sum()
    found = sums.rename_axis(["name", "seed"]).reset_index()
    return found.assign(by=by, outcome=outcome)[["by", "name", "outcome", "seed", "value"]]
