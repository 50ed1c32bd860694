"""Places and routes of a Flee directory: `locations.csv` and `routes.csv`."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.flee.tables import Row, few, read_rows
from sim.paths import shown

CAMP, IDP_CAMP, CONFLICT, HUB, MARKER, TOWN = "camp", "idpcamp", "conflict_zone", "forwarding_hub", "marker", "town"
CAMPS = (CAMP, IDP_CAMP)
UNKNOWN = "unknown"
LOCATION_COLUMNS = ("name", "region", "country", "latitude", "longitude", "type", "conflict_day", "people")
ROUTE_COLUMNS = ("from", "to", "km", "redirection")
# Further columns that Flee gives a meaning to and `rules=flee` does not.
UNUSED_COLUMNS = {
    "locations.csv": (
        "capacity_per_day",
        "initial_idps",
        "deactivation_probability",
        "farmer_fraction",
        "trade_volume",
        "hdi",
    ),
    "routes.csv": ("walk_probability",),
}
_EARTH_KM = 6371.0


def read_locations(path: Path, defects: bool, warnings: list[str]) -> pd.DataFrame:
    """Return the places: `LOCATION_COLUMNS`, then further columns as text.

    `people` is the capacity of a camp, 0 for no limit, and the population of any other place. `conflict_day` is the
    column conflict_date of a conflict zone [days from the start], else -1. With `defects`, the type 'unknown' stays.
    """
    header, rows = read_rows(path)
    if rows and not header and rows[0].text(0).lower() == "name":
        header = rows.pop(0).cells
        warnings.append(f"{shown(path)}: the header does not begin with '#', Flee takes it for a place")
    if not rows:
        raise InputError(f"{shown(path)}: there are no places.")
    records, lines = [], {}
    for row in rows:
        record = _location(row, defects, warnings)
        if record["name"] in lines:
            raise row.wrong(0, "name", f"stands already in line {lines[record['name']]}, it must be unique")
        lines[record["name"]] = row.line
        records.append({**record, **_further(header, row, 8)})
    _warn_unused(path, header, warnings)
    return pd.DataFrame(records)


def _location(row: Row, defects: bool, warnings: list[str]) -> dict:
    if len(row.cells) < 8 or not row.text(0):
        raise InputError(
            f"{row.where}: a place needs a name and 8 cells (name, region, country, latitude, longitude, type, "
            f"conflict_date, population or capacity), but there are {len(row.cells)}: '{','.join(row.cells)}'."
        )
    kind = _kind(row.text(5))
    if kind == UNKNOWN:
        warnings.append(
            f"{row.where}: type '{row.text(5)}' is unknown (camp, idpcamp, conflict_zone, town, forwarding_hub, "
            f"marker), {row.text(0)} is read as a town; Flee lets everybody leave it every day"
        )
        kind = UNKNOWN if defects else TOWN
    place = {
        "name": row.text(0),
        "region": row.text(1) or "unknown",
        "country": row.text(2) or "unknown",
        "latitude": _coordinate(row, 3, "latitude", 90, warnings),
        "longitude": _coordinate(row, 4, "longitude", 180, warnings),
        "type": kind,
        "conflict_day": row.number(6, "conflict_date") if kind == CONFLICT and row.text(6) else -1,
        "people": row.number(7, "population", int, 0) if row.text(7) else 0,
    }
    if kind == CONFLICT and not row.text(6):
        warnings.append(f"{row.where}: conflict zone {place['name']} has no conflict_date, Flee stops here")
    return place


def _kind(text: str) -> str:
    """Return the kind of place; Flee looks for these words anywhere in the cell, in this order."""
    text = text.lower()
    if "camp" in text:
        return IDP_CAMP if "idp" in text else CAMP
    for word, kind in (("conflict", CONFLICT), ("forward", HUB), ("marker", MARKER)):
        if word in text:
            return kind
    return TOWN if "default" in text or "town" in text else UNKNOWN


def _coordinate(row: Row, i: int, column: str, limit: float, warnings: list[str]) -> float:
    if not row.text(i):
        return np.nan
    value = row.number(i, column, float)
    if abs(value) > limit:
        warnings.append(f"{row.where}: {column} {value:g} is beyond {limit} degrees, are the coordinates swapped?")
    return value


def _further(header: list[str], row: Row, first: int) -> dict[str, str]:
    return {name: row.text(i) for i, name in enumerate(header) if i >= first and name}


def _warn_unused(path: Path, header: list[str], warnings: list[str]) -> None:
    unused = [name for name in header if name in UNUSED_COLUMNS[path.name]]
    if unused:
        warnings.append(f"{shown(path)}: the columns {', '.join(unused)} are kept, but no rule here uses them")


def read_routes(path: Path, locations: pd.DataFrame, defects: bool, warnings: list[str]) -> pd.DataFrame:
    """Return the routes, each once for both directions: `ROUTE_COLUMNS`, then further columns as text.

    With `defects`, a repeated row and a row with forced_redirection 1 are there twice, as in Flee.
    """
    header, rows = read_rows(path)
    if rows and not header and rows[0].text(0).lower() in ("name1", "link1"):
        header = rows.pop(0).cells
    if not rows:
        raise InputError(f"{shown(path)}: there are no routes.")
    known, records, lines = locations["name"].tolist(), [], {}
    for row in rows:
        record = {**_route(row, known), **_further(header, row, 4)}
        pair = frozenset((record["from"], record["to"]))
        if pair in lines:
            warnings.append(
                f"{row.where}: the route {record['from']} - {record['to']} stands already in line {lines[pair]}; "
                "it is read once, Flee would draw people to it twice as much"
            )
        if pair not in lines or defects:
            records += [record] * (2 if defects and record["redirection"] == 1 else 1)
        lines.setdefault(pair, row.line)
    _warn_routes(path, header, records, locations, warnings)
    return pd.DataFrame(records)


def _route(row: Row, known: list[str]) -> dict:
    ends = [row.one_of(i, f"name{i + 1}", known, "place of locations.csv") for i in (0, 1)]
    if ends[0] == ends[1]:
        raise row.wrong(1, "name2", "is where the route begins, a route joins two places")
    km = row.number(2, "distance", float)
    if km <= 0:
        raise row.wrong(2, "distance", "is not a length, it must be more than 0 [km]")
    flag = row.number(3, "forced_redirection", int, 0, 2) if row.text(3) else 0
    return {"from": ends[0], "to": ends[1], "km": km, "redirection": flag}


def _warn_routes(path: Path, header: list[str], records: list[dict], locations, warnings: list[str]) -> None:
    _warn_unused(path, header, warnings)
    flagged = [f"{one['from']} - {one['to']}" for one in records if one["redirection"]]
    if flagged:
        warnings.append(f"{shown(path)}: forced_redirection ({few(flagged)}) has no effect in Flee, nor here")
    joined = {name for one in records for name in (one["from"], one["to"])}
    alone = [name for name in locations["name"] if name not in joined]
    if alone:
        warnings.append(f"{shown(path)}: no route leads to {few(alone)}")
    short = [(gap, one) for one in records for gap in [_straight_km(one, locations) - one["km"]] if gap > 5]
    if short:
        gap, worst = max(short, key=lambda item: item[0])
        warnings.append(
            f"{shown(path)}: routes shorter than the straight line between their ends: {len(short)}, "
            f"most of all {worst['from']} - {worst['to']}: {worst['km']:g} km, {worst['km'] + gap:.0f} km straight; "
            "distance or coordinates are wrong"
        )


def _straight_km(route: dict, locations: pd.DataFrame) -> float:
    """Return the great-circle distance [km] between the ends of a route, NaN without coordinates."""
    ends = locations.set_index("name").loc[[route["from"], route["to"]], ["latitude", "longitude"]]
    (lat1, lon1), (lat2, lon2) = np.radians(ends.to_numpy(dtype=float))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * np.arcsin(np.sqrt(half))
