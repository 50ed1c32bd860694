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
    for by, more in (("group", {}), ("origin", {"dead_on_the_way": table["dead"]})):
        yield _counted(table[["seed", by]].assign(**columns, **more), by, by)


def _of_stocks(run: Run, role: pd.Series, gates: pd.Series):
    """Count nights, which are people at the end of each day, and the dead, at the end of the last."""
    table = run.table("daily")
    table = table[table["status"].isin(["open_air", "at_gate", "dead"])]
    where = table["location"].astype(str).map(role)
    nights = {
        "nights_in_the_open": table[(table["status"] == "open_air") & (where == "theatre")],
        "nights_at_the_land_border": table[(table["status"] == "at_gate") & table["location"].isin(gates)],
        "dead_on_the_way": table[(table["status"] == "dead") & (table["day"] == run.table("series")["day"].max())],
    }
    for outcome, rows in nights.items():
        rows = rows.rename(columns={"people": outcome})
        yield _counted(rows[["seed", "group", outcome]], "group", "group")
        yield _counted(rows[["seed", "location", outcome]], "location", "place")


def _of_arrivals(run: Run):
    table = run.table("arrivals").rename(columns={"people": "arrivals_of_displaced"})
    rows = table[table["kind"].isin(["displaced", "repeat"])]
    yield _counted(rows[["seed", "location", "arrivals_of_displaced"]], "location", "place")


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
    for column, by in (("group", "group"), ("crossing", "place")):
        yield _counted(table[["seed", column]].assign(**counts), column, by)


def _counted(rows: pd.DataFrame, column: str, by: str) -> pd.DataFrame:
    """Add up outcomes, which are all other columns, by a column and the seed; sums of zero are left out."""
    sums = rows.groupby([column, "seed"], observed=True).sum().rename_axis(["name", "seed"]).reset_index()
    found = sums.astype({"name": str}).melt(["name", "seed"], var_name="outcome").query("value != 0")
    return found.assign(by=by)[["by", "name", "outcome", "seed", "value"]]
