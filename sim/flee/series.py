"""What was observed: `data_layout.csv` of the validation folder and the series it names."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest
from sim.flee.tables import Row, as_date, few, read_rows
from sim.flee.timeline import read_corrections
from sim.paths import shown

LAYOUT = "data_layout.csv"
REPORTED_COLUMNS = ("place", "file", "date", "day", "people")
TOTAL = "total"

Counts = dict[int, float]  # day from the start, may be negative -> people


def read_layout(folder: Path, warnings: list[str]) -> tuple[str, dict[str, list[Path]]]:
    """Return the label of the total and, by label, the files of each row of `data_layout.csv`, the total's first."""
    path = folder / LAYOUT
    rows = read_rows(path, 2)[1]
    if not rows:
        raise InputError(f"{shown(path)}: there are no series.")
    layout: dict[str, list[Path]] = {}
    for row in rows:
        if row.text(0) in layout:
            raise row.wrong(0, "name", "stands there twice, put all files of a place into one row")
        layout[row.text(0)] = [folder / name for name in row.cells[1:] if name]
        for file in layout[row.text(0)]:
            if not file.is_file():
                known = [found.name for found in folder.glob("*.csv")]
                raise InputError(f"{row.where}: the file '{file.name}' is missing{nearest(file.name, known)}.")
    if rows[0].text(0) != TOTAL:
        warnings.append(f"{rows[0].where}: the first row must be the total; '{rows[0].text(0)}' is taken for it")
    return rows[0].text(0), layout


def read_counts(path: Path, start: datetime.date, warnings: list[str]) -> Counts:
    """Return what one file reports: people by day, in the order of days; a later row of the same day wins."""
    counts: Counts = {}
    days: list[int] = []
    for n, row in enumerate(read_rows(path)[1]):
        if n == 0 and as_date(row.text(0)) is None:
            continue  # a header
        if not row.text(1):
            continue
        day = (row.date(0, "date") - start).days
        if day in counts:
            warnings.append(f"{row.where}: {row.text(0)} stands there twice, the later row counts")
        counts[day] = float(row.number(1, "count", int, 0))
        days.append(day)
    if not counts:
        raise InputError(f"{shown(path)}: there are no counts.")
    if sorted(days) != days:
        warnings.append(f"{shown(path)}: the dates are out of order, they were sorted; Flee reads them wrongly")
    return dict(sorted(counts.items()))


def added(series: list[Counts]) -> Counts:
    """Return the sum of several files of one place, on every day that any of them reports.

    Each file is interpolated between its rows and keeps its last count. Before its first row a file counts nothing:
    what it counts had not been counted yet.
    """
    days = sorted(set().union(*series))
    total = np.zeros(len(days))
    for counts in series:
        total += np.interp(days, list(counts), list(counts.values()), left=0.0)
    return dict(zip(days, total.tolist(), strict=True))


def added_as_flee_does(first: Counts, second: Counts) -> Counts:
    """Return Flee's faulty sum of two files: see the list of its defects in `seeds/flee/README.md`.

    A day that only the second file has gets the next count of the first; a day that only the first has gets the last
    count of the second; what the first reports after the end of the second is lost.
    """
    total: Counts = {}
    last = max(second)
    for day in sorted(set(first) | set(second)):
        if day > last:
            break
        own = next((count for other, count in first.items() if other >= day), first[max(first)])
        seen = [count for other, count in second.items() if other <= day]
        total[day] = own + (seen[-1] if seen else 0.0)
    return total


def corrected(counts: Counts, row: Row, day: int) -> Counts:
    """Return a series whose counts before `day` are scaled to the registration of that day.

    Raises
    ------
    InputError
        Where the series has no count on that day, or none before it.
    """
    days = list(counts)
    if day not in counts:
        near = min(days, key=lambda other: abs(other - day))
        there = row.date(1, "date") + datetime.timedelta(days=near - day)
        raise row.wrong(1, "date", f"is no date on which {row.text(0)} was counted; the nearest is {there}")
    if day == days[0]:
        raise row.wrong(1, "date", f"is the first date on which {row.text(0)} was counted; there is nothing to correct")
    before = counts[days[days.index(day) - 1]]
    factor = counts[day] / before if before else 1.0
    return {other: count * factor if other < day else count for other, count in counts.items()}


def daily(counts: Counts, n_days: int) -> np.ndarray:
    """Return people on each day (D,): linear between counts, constant before and after, cut to whole persons."""
    values = np.interp(np.arange(n_days), list(counts), list(counts.values()))
    return np.floor(values + 1e-9).astype(np.int64)


def read_series(
    folder: Path, corrections: Path, start: datetime.date, n_days: int, defects: bool, warnings: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return what is observed.

    Returns
    -------
    series
        People by day (index) and place (columns), after the registration corrections.
    reported
        Every row of every file as it stands there: `REPORTED_COLUMNS`.
    total
        (D,) the total of `data_layout.csv`, as it stands there.
    """
    label, layout = read_layout(folder, warnings)
    files = {path: read_counts(path, start, warnings) for paths in layout.values() for path in paths}
    merge = _merged if defects else added
    counts = {name: merge([files[path] for path in paths]) for name, paths in layout.items()}
    several = [name for name, paths in layout.items() if len(paths) > 1]
    if several:
        warnings.append(f"{shown(folder / LAYOUT)}: {few(several)} have several files; Flee's sums of them are wrong")
    for row, name, date in read_corrections(corrections, list(counts), warnings):
        day = (date - start).days
        if day >= 0:
            counts[name] = corrected(counts[name], row, day)
        else:
            warnings.append(f"{row.where}: the correction of {name} lies before day 0, nothing is corrected")
    total = daily(counts.pop(label), n_days)
    series = pd.DataFrame({name: daily(one, n_days) for name, one in counts.items()})
    return series, _reported(layout, files, start), total


def _merged(series: list[Counts]) -> Counts:
    total = series[0]
    for counts in series[1:]:
        total = added_as_flee_does(total, counts)
    return total


def _reported(layout: dict[str, list[Path]], files: dict[Path, Counts], start: datetime.date) -> pd.DataFrame:
    rows = [
        (name, path.name, start + datetime.timedelta(days=day), day, int(people))
        for name, paths in layout.items()
        for path in paths
        for day, people in files[path].items()
    ]
    return pd.DataFrame(rows, columns=list(REPORTED_COLUMNS))
