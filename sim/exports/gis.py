"""Maps for geographic information systems: places with people by day as points, flows as lines; the door to pyogrio.

GeoJSON as RFC 7946 wants it, GeoPackage as OGC 12-128 does; both in WGS 84, longitude first. Counts are means over
the seeds.
"""

import json
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.exports.source import Source, library
from sim.geography import great_circle_km

_WGS84 = "EPSG:4326"
_POINT, _LINE = 1, 2  # kinds of geometry in well-known binary


def write_geojson(source: Source, folder: Path) -> None:
    """Write `places.geojson`, a point a place and day, and `flows.geojson`, a line a pair of places."""
    folder.mkdir()
    at = _coordinates(source)
    for name, frame, ends in _layers(source):
        kind = "Point" if len(ends) == 1 else "LineString"
        features = (
            {
                "type": "Feature",
                "geometry": {"type": kind, "coordinates": line[0] if len(ends) == 1 else line},
                "properties": properties,
            }
            for properties, line in zip(_plain(frame), _lines(frame, ends, at), strict=True)
        )
        _write_collection(folder / f"{name}.geojson", _about(source), features)


def write_gpkg(source: Source, path: Path) -> None:
    """Write a GeoPackage with the layers `places` and `flows`."""
    pyogrio = library("pyogrio", "gis", "format=gpkg")
    at = _coordinates(source)
    for name, frame, ends in _layers(source):
        geometry = np.array([_binary(line) for line in _lines(frame, ends, at)], dtype=object)
        pyogrio.raw.write(
            path,
            geometry,
            [_values(frame[column]) for column in frame.columns],
            list(frame.columns),
            driver="GPKG",
            layer=name,
            geometry_type="Point" if len(ends) == 1 else "LineString",
            crs=_WGS84,
            append=path.exists(),
            layer_metadata={"command": source.command},
            dataset_metadata=_about(source),
        )


def _layers(source: Source) -> Iterable[tuple[str, pd.DataFrame, list[str]]]:
    """Yield name, rows and the columns that say where of each layer."""
    if source.kind == "sweep":
        run = source.held.members[0].folder
        raise InputError(f"{source.folder} is a sweep, but maps are of one run: export one of its runs, such as {run}")
    n_seeds = len(source.held.manifest["seeds"])
    yield "places", _places(source, n_seeds), ["name"]
    yield "flows", _flows(source, n_seeds), ["origin", "destination"]


def _places(source: Source, n_seeds: int) -> pd.DataFrame:
    """Return one row a place and day on which there is anybody: about the place, day, date, people by status."""
    daily = source.table("daily")
    statuses = list(daily["status"].cat.categories)
    by = ["day", "date", "location", "status"]
    counts = daily.groupby(by, observed=True)["people"].sum().unstack(fill_value=0) / n_seeds
    counts = counts.reindex(columns=statuses, fill_value=0.0).rename_axis(columns=None).reset_index()
    about = source.case.locations[["name", "country", "region", "role"]]
    table = about.merge(counts.rename(columns={"location": "name"}).astype({"name": str}), on="name")
    table["people"] = table[[name for name in statuses if name != "dead"]].sum(axis=1)
    return table.sort_values(["day", "name"], ignore_index=True)


def _flows(source: Source, n_seeds: int) -> pd.DataFrame:
    """Return one row a pair of places between which people set out: people in all, first and last day, km."""
    flows = source.table("flows")
    by = flows.groupby(["origin", "destination"], observed=True)
    table = pd.DataFrame(
        {"people": by["people"].sum() / n_seeds, "first_day": by["date"].min(), "last_day": by["date"].max()}
    ).reset_index()
    table = table.astype({"origin": str, "destination": str})
    table = table[table["origin"] != table["destination"]].reset_index(drop=True)
    at = _coordinates(source)
    a, b = (np.radians([at[name] for name in table[end]]).reshape(-1, 2) for end in ("origin", "destination"))
    return table.assign(straight_km=great_circle_km(a[:, 1], a[:, 0], b[:, 1], b[:, 0]).round(1))


def _coordinates(source: Source) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude [degrees] of each place."""
    places = source.case.locations
    return {
        row.name: (float(row.lon), float(row.lat)) for row in places[["name", "lon", "lat"]].itertuples(index=False)
    }


def _lines(frame: pd.DataFrame, ends: list[str], at: dict) -> list[list[tuple[float, float]]]:
    return [[at[name] for name in row] for row in frame[ends].itertuples(index=False)]


def _binary(line: list[tuple[float, float]]) -> bytes:
    """Return a point or line in well-known binary, little-endian."""
    if len(line) == 1:
        return struct.pack("<BI2d", 1, _POINT, *line[0])
    return struct.pack(f"<BII{2 * len(line)}d", 1, _LINE, len(line), *(one for point in line for one in point))


def _values(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.to_numpy().astype("datetime64[D]")
    return column.to_numpy(object if column.dtype.kind not in "if" else None)


def _plain(frame: pd.DataFrame) -> list[dict]:
    dates = {name: frame[name].dt.strftime("%Y-%m-%d") for name in frame if frame[name].dtype.kind == "M"}
    return frame.assign(**dates).to_dict("records")


def _about(source: Source) -> dict[str, str]:
    return {
        "about": f"Simulated displacement, {source.case.name}; simulated people, never real ones; means over the seeds",
        "command": source.command,
        "sources": "; ".join(one["title"] for one in source.sources()),
    }


def _write_collection(path: Path, about: dict[str, str], features: Iterable[dict]) -> None:
    """Write features one by one: a list of all would take some hundred megabytes."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        head = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False)[:-1]
        file.write(f'{head}, "features": [\n')
        for i, feature in enumerate(features):
            file.write(",\n" * bool(i) + json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")
