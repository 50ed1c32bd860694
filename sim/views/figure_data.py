"""What the maps of a comparison show, as tables: `NAME.csv` lies beside `NAME.png`.

The numbers of its other pictures are tables of the comparison already: `by_day` and `differences`.
"""

from pathlib import Path

import pandas as pd

from sim.views import flowmap, mapgrid, style


def write_data(comparison, case, seen: mapgrid.Snapshot, folder: Path) -> list[Path]:
    """Write the data of each map of a comparison beside it and return the paths."""
    tables = {
        "maps.csv": people_drawn(seen),
        "difference_map.csv": changes_drawn(seen),
        "flows.csv": flows_drawn(comparison, case),
    }
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, lineterminator="\n", float_format="%.10g")
    return [folder / name for name in tables]


def people_drawn(seen: mapgrid.Snapshot) -> pd.DataFrame:
    """Return people in displacement on the day of the maps: scenario, date, place, status, people (mean over seeds)."""
    rows = [
        (name, seen.date, place, style.STATUS_GROUPS[key][0], people)
        for name, table in seen.people.items()
        for (place, key), people in table.stack().items()
        if people
    ]
    return pd.DataFrame(rows, columns=["scenario", "date", "place", "status", "people"])


def changes_drawn(seen: mapgrid.Snapshot) -> pd.DataFrame:
    """Return by how many people a place differs from the baseline: scenario, date, place, difference."""
    rows = [
        (name, date, place, difference)
        for name, (date, change) in seen.changes.items()
        for place, difference in change.items()
        if difference
    ]
    return pd.DataFrame(rows, columns=["scenario", "date", "place", "difference"])


def flows_drawn(comparison, case) -> pd.DataFrame:
    """Return who went where over the days of the map: scenario, first, last, origin, destination, people."""
    first, last = mapgrid.flow_days(comparison)
    found = []
    for name, run in comparison.runs.items():
        flows = flowmap.flows_between(run.flows, case, first, last) / run.series["seed"].nunique()
        rows = flows[flows > 0].rename_axis(["origin", "destination"]).reset_index(name="people")
        found.append(rows.assign(scenario=name, first=first, last=last))
    return pd.concat(found)[["scenario", "first", "last", "origin", "destination", "people"]]
