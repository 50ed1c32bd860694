"""What changes from day to day in a Flee directory: the period, conflicts, closures and registration corrections."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest
from sim.flee.places import CAMPS, CONFLICT, UNKNOWN
from sim.flee.tables import Row, few, read_rows
from sim.paths import shown

REDIRECTION = "remove_forced_redirection"
CLOSURES = ("country", "location", "link", "camp", "idpcamp", REDIRECTION)
CLOSURE_COLUMNS = ("kind", "name1", "name2", "first_day", "end_day")
NEVER = 1_000_000
_MOST_DAYS = 36_500
_NO_CONFLICT = 1e-6  # as in Flee


def read_period(path: Path) -> tuple[datetime.date, int]:
    """Return the calendar date of day 0 and the number of days."""
    rows = {row.text(0): row for row in read_rows(path, 2)[1]}
    for name in ("StartDate", "Length"):
        if name not in rows:
            raise InputError(f"{shown(path)}: the row '{name}' is missing{nearest(name, rows)}.")
    return rows["StartDate"].date(1, "StartDate"), rows["Length"].number(1, "Length", int, 1, _MOST_DAYS)


def read_conflicts(path: Path, locations: pd.DataFrame, n_days: int, defects: bool, warnings: list[str]) -> np.ndarray:
    """Return the intensity of conflict by day and place, 0 to 1 (D, P).

    With `defects`, a row's place in the file is its day, a zone that begins on day 0 has intensity 1 whatever the
    file says, and a change between two intensities is not seen.
    """
    names = locations["name"].tolist()
    begins = locations["conflict_day"].to_numpy()
    if not path.exists():
        return _from_dates(path, locations, n_days, defects, warnings)
    header, rows = read_rows(path, 2)
    if rows and not header and not rows[0].text(0).isdigit():
        header = rows.pop(0).cells
    if not rows or not header:
        raise InputError(f"{shown(path)}: the first line must name the places, and one line a day must follow.")
    intensity = _by_day(path, header, rows, names, n_days, defects, warnings)
    _warn_conflicts(path, locations, intensity, warnings)
    if defects:
        intensity[0, begins == 0] = 1
        for day in range(1, n_days):
            goes_on = (intensity[day] > _NO_CONFLICT) & (intensity[day - 1] > _NO_CONFLICT)
            intensity[day, goes_on] = intensity[day - 1, goes_on]
    return intensity


def _from_dates(path: Path, locations: pd.DataFrame, n_days: int, defects: bool, warnings: list[str]) -> np.ndarray:
    begins, zones = locations["conflict_day"].to_numpy(), (locations["type"] == CONFLICT).to_numpy()
    later = locations["name"][zones & (begins > 0)]
    warnings.append(
        f"{shown(path)}: the file is missing, conflict begins on conflict_date of locations.csv"
        + (f"; in Flee it never reaches {few(later)}" if len(later) else "")
    )
    if defects:
        zones = zones & (begins == 0)
    return (zones & (np.arange(n_days)[:, None] >= begins)).astype(float)


def _by_day(path, header: list[str], rows: list[Row], names, n_days: int, defects: bool, warnings) -> np.ndarray:
    places = [(i, names.index(name)) for i, name in enumerate(header) if i and name in names]
    _check_columns(path, header, rows, names, warnings)
    days = [row.number(0, "day") for row in rows]
    if days != list(range(len(rows))):
        i = next(i for i, day in enumerate(days) if day != i)
        warnings.append(
            f"{rows[i].where}: this is day {days[i]}, but Flee takes row {i + 1} for day {i}; read by its number"
        )
        if sorted(set(days)) != days:
            raise rows[i].wrong(0, "day", "is out of order, days must go up")
    if defects:
        days = list(range(len(rows)))
    intensity = np.zeros((n_days, len(names)))
    for day, row in zip(days, rows, strict=True):
        for i, place in places:
            value = row.number(i, header[i], float, 0, 1) if row.text(i) else 0.0
            intensity[max(day, 0) :, place] = value
    if days[-1] < n_days - 1:
        warnings.append(
            f"{shown(path)}: the last row is of day {days[-1]}, it holds until the end on day {n_days - 1}; Flee stops"
        )
    return intensity


def _check_columns(path: Path, header: list[str], rows: list[Row], names: list[str], warnings: list[str]) -> None:
    for i, name in enumerate(header):
        if i and name and name not in names and any(row.text(i) and row.number(i, name, float) for row in rows):
            hint = nearest(name, names)
            warnings.append(f"{shown(path)}: there is conflict in '{name}', no place of locations.csv{hint}; no effect")
        if i and name and header.count(name) > 1:
            raise InputError(f"{shown(path)}, line 1: column '{name}' stands there {header.count(name)} times.")


def _warn_conflicts(path: Path, locations: pd.DataFrame, intensity: np.ndarray, warnings: list[str]) -> None:
    """Tell where conflict_date and conflicts.csv disagree; the latter counts."""
    ever = (intensity > _NO_CONFLICT).any(axis=0)
    first = (intensity > _NO_CONFLICT).argmax(axis=0)
    zones = (locations["type"] == CONFLICT).to_numpy()
    begins, names = locations["conflict_day"].to_numpy(), locations["name"]
    never = names[zones & ~ever & (begins < len(intensity))]
    if len(never):
        warnings.append(f"{shown(path)}: no conflict in the conflict zones {few(never)}, in spite of conflict_date")
    other = zones & ever & (begins >= 0) & (first != begins)
    if other.any():
        days = zip(names[other], first[other], begins[other], strict=True)
        told = few(f"{name} (day {day}, not {said})" for name, day, said in days)
        warnings.append(f"{shown(path)}: conflict begins on another day than conflict_date says: {told}")
    camps = names[locations["type"].isin(CAMPS).to_numpy() & ever]
    if len(camps):
        warnings.append(f"{shown(path)}: there is conflict in the camps {few(camps)}")
    before = (intensity[1:] > _NO_CONFLICT) & (intensity[:-1] > _NO_CONFLICT) & (intensity[1:] != intensity[:-1])
    changing = names[before.any(axis=0)]
    if len(changing):
        warnings.append(f"{shown(path)}: the intensity changes in {few(changing)}; Flee keeps the first one")


def read_closures(
    path: Path, locations: pd.DataFrame, routes: pd.DataFrame, n_days: int, defects: bool, warnings: list[str]
) -> pd.DataFrame:
    """Return the closures, in force from `first_day` up to the day before `end_day`: `CLOSURE_COLUMNS`.

    A closure of a location that names another place joined to it by a route is read as a closure of that route.
    With `defects` it closes the whole location, and closures of links have no effect, as in Flee. The removal of a
    redirection closes nothing: `first_day` is the day from which its first place receives people.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(CLOSURE_COLUMNS))
    pairs = {frozenset(pair) for pair in zip(routes["from"], routes["to"], strict=True)}
    found = []
    for row in read_rows(path, 5)[1]:
        kind = row.one_of(0, "closure_type", CLOSURES, "type of closure")
        first, end = (_closing_day(row, i, name, n_days, warnings) for i, name in ((3, "start"), (4, "end")))
        if end <= first < NEVER:
            if end:
                warnings.append(f"{row.where}: the closure ends on day {end}, before it begins; it never ends")
            end = NEVER
        if first < 0 and defects:
            first = NEVER  # Flee looks for the day of its beginning only
        kind = _checked_names(row, kind, locations, pairs, defects, warnings)
        if kind:
            found.append((kind, row.text(1), row.text(2), first, end))
    return pd.DataFrame(found, columns=list(CLOSURE_COLUMNS))


def _closing_day(row: Row, i: int, name: str, n_days: int, warnings: list[str]) -> int:
    day = row.number(i, name)
    if day == -1:
        return NEVER
    if day < -1 and name == "start":
        warnings.append(f"{row.where}: the closure began before day 0; it is in force from the start, never in Flee")
    if day >= n_days and name == "start":
        warnings.append(f"{row.where}: the closure begins on day {day}, the simulation ends on day {n_days - 1}")
    return day


def _checked_names(row: Row, kind: str, locations, pairs: set, defects: bool, warnings: list[str]) -> str:
    """Return what a closure closes, or '' where it has no effect; refuse places that do not exist."""
    names, countries = locations["name"].tolist(), sorted(set(locations["country"]))
    if kind == "country":
        for i in (1, 2):
            if row.text(i) not in countries:
                hint = nearest(row.text(i), countries)
                warnings.append(f"{row.where}: no place lies in country '{row.text(i)}'{hint}; nothing is closed")
        return kind
    row.one_of(1, "name1", names, "place of locations.csv")
    pair = frozenset((row.text(1), row.text(2)))
    if kind == "location" and pair in pairs:
        warnings.append(
            f"{row.where}: the closure of {row.text(1)} names {row.text(2)}, too: only the route between them is "
            f"closed; Flee cuts {row.text(1)} off from everywhere"
        )
        return kind if defects else "link"
    if kind in ("link", REDIRECTION):
        row.one_of(2, "name2", names, "place of locations.csv")
        if pair not in pairs:
            warnings.append(f"{row.where}: no route joins {row.text(1)} and {row.text(2)}; nothing is closed")
        if kind == REDIRECTION:
            warnings.append(
                f"{row.where}: until then people are sent on from {row.text(1)}, which is no destination by the rules "
                "onward; forced redirection has no effect by those of Flee"
            )
            return "" if defects else kind
        warnings.append(f"{row.where}: the closure of the route {row.text(1)} - {row.text(2)} has no effect in Flee")
        return "" if defects else kind
    if kind in CAMPS and locations["type"][names.index(row.text(1))] not in CAMPS:
        warnings.append(f"{row.where}: {row.text(1)} is no camp; nothing is closed")
    return kind


def routes_open(case_routes: pd.DataFrame, locations: pd.DataFrame, closures: pd.DataFrame, n_days: int) -> np.ndarray:
    """Return whether each route is open, by day and route (D, R)."""
    country = dict(zip(locations["name"], locations["country"], strict=True))
    ends = list(zip(case_routes["from"], case_routes["to"], strict=True))
    is_open = np.ones((n_days, len(ends)), dtype=bool)
    for row in closures.itertuples():
        closed = {
            "country": lambda a, b, row=row: {country[a], country[b]} == {row.name1, row.name2},
            "location": lambda a, b, row=row: row.name1 in (a, b),
            "link": lambda a, b, row=row: {a, b} == {row.name1, row.name2},
        }.get(row.kind, lambda a, b: False)
        shut = [i for i, (a, b) in enumerate(ends) if closed(a, b)]
        is_open[max(row.first_day, 0) : max(row.end_day, 0), shut] = False
    return is_open


def kinds_by_day(locations: pd.DataFrame, closures: pd.DataFrame, intensity: np.ndarray) -> np.ndarray:
    """Return the type of each place on each day (D, P): closed camps are towns, and so are zones without conflict."""
    kinds = np.tile(locations["type"].to_numpy(dtype=object), (len(intensity), 1))
    kinds[:, (locations["type"] == CONFLICT).to_numpy()] = "town"
    for row in closures[closures["kind"].isin(CAMPS)].itertuples():
        place = locations["name"].tolist().index(row.name1)
        if locations["type"][place] in CAMPS:
            kinds[max(row.first_day, 0) : max(row.end_day, 0), place] = "town"
    kinds[(intensity > _NO_CONFLICT) & (kinds != UNKNOWN)] = CONFLICT
    return kinds


def read_corrections(path: Path, known: list[str], warnings: list[str]) -> list[tuple[Row, str, datetime.date]]:
    """Return the registration corrections in their order: row, place, date; `known` places have observations."""
    if not path.exists():
        return []
    found = []
    for row in read_rows(path)[1]:
        if len(row.cells) < 2:
            warnings.append(f"{row.where}: a correction needs a place and a date, the row is skipped")
        elif row.text(0) not in known:
            hint = nearest(row.text(0), known)
            warnings.append(f"{row.where}: '{row.text(0)}' has no observations{hint}; nothing is corrected")
        else:
            found.append((row, row.text(0), row.date(1, "date")))
    return found
