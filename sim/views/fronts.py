"""Front line and zones on a map: what the facts and a run's measures say about them, as paths of a frame."""

import datetime
import functools

import numpy as np
import pandas as pd
from contourpy import contour_generator
from matplotlib.path import Path as Outline

from sim.once import once
from sim.views import frames
from sim.views.borders import Frame, load_borders
from sim.views.outlines import WIDTH, line_path, units_of
from sim.views.stocks import lost_places

GRID, FARTHEST_KM = 81, 25.0  # corners of the grid in a row; farther from all places no line is drawn
BEHIND = ("held_before", "lost")


@once(32)
def fronts(case, frame: Frame, start: datetime.date, n_days: int) -> list[list]:
    """Return the front line of the facts: [first day, path] for each day on which it changes.

    It is drawn halfway between places in government hands and all others, as the measures take it to lie (an
    assumption: the sources name sub-districts, no lines). What-if attacks do not move it.
    """
    found: list[list] = []
    if frame not in frames.REAL_FRAMES:
        return found
    kinds = case.events["type"].isin(["control_initial", "sub_district_lost"])
    dates = pd.to_datetime(case.events.loc[kinds, "date"])
    days = sorted({max(0, (date.date() - start).days) for date in dates})
    for day in [day for day in days if day < n_days]:
        marks = lost_places(case.events, start + datetime.timedelta(days=day))
        path = _front(frame, *_held(case.locations, [name for name, mark in marks.items() if mark in BEHIND]))
        if path and (not found or found[-1][1] != path):
            found.append([day, path])
    return found


def _held(locations: pd.DataFrame, lost: list[str]) -> tuple[str, tuple]:
    """Return the country of the theatre, and for each of its places longitude, latitude, and who holds it."""
    places = locations[locations["role"].isin(["theatre", "government"]) & (locations["part_of"] == "")]
    behind = places["name"].isin(lost) | (places["role"] == "government")
    return places["country"].iloc[0], tuple(zip(places["lon"], places["lat"], behind, strict=True))


@functools.lru_cache(maxsize=64)
def _front(frame: Frame, country: str, places: tuple) -> str:
    """Return the line on which the nearest place in government hands is as far as the nearest other one."""
    lon, lat, behind = (np.array(column) for column in zip(*places, strict=True))
    corners = np.column_stack(frame.to_km(lon, lat))
    if not behind.any() or behind.all() or not frame.holds(lon, lat).any():
        return ""
    x, y = _grid(frame)
    km = np.hypot(x[..., None] - corners[:, 0], y[..., None] - corners[:, 1])
    lead = km[..., behind].min(axis=-1) - km[..., ~behind].min(axis=-1)
    outside = ~_in_country(frame, country) | (km.min(axis=-1) > FARTHEST_KM)
    lines = contour_generator(x, y, np.ma.array(lead, mask=outside)).lines(0.0)
    scale = WIDTH / frame.size_km[0]
    units = [np.column_stack([line[:, 0], frame.size_km[1] - line[:, 1]]) * scale for line in lines]
    return "".join(line_path(np.rint(line).astype(int)) for line in units)


def _grid(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y [km] of the corners of a grid over a frame."""
    width, height = frame.size_km
    return np.meshgrid(np.linspace(0, width, GRID), np.linspace(0, height, GRID))


@functools.cache
def _in_country(frame: Frame, country: str) -> np.ndarray:
    """Tell which corners of the grid lie in a country."""
    points = np.stack(_grid(frame), axis=-1).reshape(-1, 2)
    inside = np.zeros(len(points), bool)
    for area in load_borders():
        for ring in area.rings if area.country == country else ():
            inside ^= Outline(np.column_stack(frame.to_km(*ring.T))).contains_points(points)
    return inside.reshape(GRID, GRID)


def zones(measures: dict, case, frame: Frame, start: datetime.date, n_days: int) -> list[dict]:
    """Return the corridors of a run's measures along roads: label, first and last day, path, width [units]."""
    found = []
    for name, measure in measures.items():
        path = _road(case.locations, measure.get("around") or "", frame)
        first, last = _day(measure.get("first_day"), start, 0), _day(measure.get("last_day"), start, n_days - 1)
        if path and first < n_days:
            width = round(2 * float(measure["width_km"]) * WIDTH / frame.size_km[0])
            found.append({"label": name.replace("_", " "), "first": first, "last": last, "path": path, "width": width})
    return found


def _day(date: str, start: datetime.date, otherwise: int) -> int:
    return (datetime.date.fromisoformat(str(date)) - start).days if date else otherwise


def _road(locations: pd.DataFrame, road: str, frame: Frame) -> str:
    """Return the straight lines between the places on a road, from west to east."""
    if not road:
        return ""
    on_it = [road in text.split(";") for text in locations["highway"]]
    places = locations[pd.Series(on_it, locations.index, dtype=bool) & frame.holds(locations["lon"], locations["lat"])]
    places = places.sort_values("lon")
    return line_path(np.column_stack(units_of(frame, places["lon"], places["lat"]))) if len(places) > 1 else ""
