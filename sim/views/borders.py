"""Real borders under the maps: read the boundaries file, project a window of it to kilometres, draw it."""

import functools
import json
import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline

from sim.paths import data_folder
from sim.views import style

KM_PER_DEGREE = 111.2
CASE_COUNTRIES = ("Turkey", "Syria", "Greece")


@dataclass(frozen=True)
class Area:
    """One province or country: rings of (n, 2) longitude and latitude [degrees], with holes and islands."""

    country: str
    name: str
    rings: tuple[np.ndarray, ...]

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies inside, by counting the edges a ray to the east crosses."""
        return sum(_crossings(ring, lon, lat) for ring in self.rings) % 2 == 1


@dataclass(frozen=True)
class Frame:
    """A window of the world [degrees], drawn in kilometres from its south-west corner.

    Equirectangular, true to scale at the middle latitude; lengths are off by 5 percent at most over 700 km.
    """

    title: str
    west: float
    east: float
    south: float
    north: float

    def to_km(self, lon, lat) -> tuple:
        """Return x and y [km] of longitudes and latitudes."""
        shrink = math.cos(math.radians((self.south + self.north) / 2))
        return (lon - self.west) * KM_PER_DEGREE * shrink, (lat - self.south) * KM_PER_DEGREE

    @property
    def size_km(self) -> tuple[float, float]:
        """Width and height."""
        return self.to_km(self.east, self.north)

    def holds(self, lon, lat):
        """Tell whether points lie in the window."""
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)


def _crossings(ring: np.ndarray, lon: float, lat: float) -> int:
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    spans = (y0 > lat) != (y1 > lat)
    at = x0[spans] + (lat - y0[spans]) / (y1[spans] - y0[spans]) * (x1[spans] - x0[spans])
    return int((at > lon).sum())


@functools.cache
def load_borders() -> tuple[Area, ...]:
    """Read `seeds/geo/borders.geojson` (Natural Earth, simplified; see the page beside it)."""
    text = (data_folder("seeds") / "geo" / "borders.geojson").read_text(encoding="utf-8")
    return tuple(_area(feature) for feature in json.loads(text)["features"])


def _area(feature: dict) -> Area:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = tuple(np.array(ring) for polygon in polygons for ring in polygon)
    return Area(feature["properties"]["country"], feature["properties"]["name"], rings)


@functools.cache
def country_lines() -> np.ndarray:
    """Return the edges (n, 2, 2) [degrees] that no two areas of a country share: outlines of countries."""
    owners: dict[tuple, list[str]] = {}
    for area in load_borders():
        for ring in area.rings:
            corners = [tuple(corner) for corner in ring.tolist()]
            for a, b in zip(corners, corners[1:], strict=False):
                owners.setdefault((min(a, b), max(a, b)), []).append(area.country)
    return np.array([edge for edge, countries in owners.items() if len(countries) == len(set(countries))])


def draw_land(ax: Axes, frame: Frame, with_borders: bool) -> None:
    """Set the axes to the frame [km] without ticks; draw sea, land and borders where asked to."""
    width, height = frame.size_km
    ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[], aspect="equal")
    for spine in ax.spines.values():
        spine.set(visible=True, color=style.COUNTRY_LINE)
    ax.set_facecolor(style.SEA if with_borders else style.LAND)
    if with_borders:
        _draw_areas(ax, frame)


def _draw_areas(ax: Axes, frame: Frame) -> None:
    outlines = _outlines(frame)
    colours = [style.LAND if country in CASE_COUNTRIES else style.BACKGROUND_LAND for country, _ in outlines]
    look = dict(facecolors=colours, edgecolor=style.PROVINCE_LINE, lw=0.5)
    ax.add_collection(PathCollection([outline for _, outline in outlines], **look), autolim=False)
    look = dict(facecolors="none", edgecolor=style.COUNTRY_LINE, lw=0.9, capstyle="round")
    ax.add_collection(PathCollection([_lines(frame)], **look), autolim=False)


@functools.cache
def _lines(frame: Frame) -> Outline:
    """Return the outlines of countries in the frame [km], as one path: thousands of lines take long to make."""
    lines = country_lines()
    lines = lines[frame.holds(lines[..., 0], lines[..., 1]).any(axis=1)]
    corners = np.stack(frame.to_km(lines[..., 0], lines[..., 1]), axis=-1).reshape(-1, 2)
    return Outline(corners, np.tile([Outline.MOVETO, Outline.LINETO], len(lines)))


@functools.cache
def _outlines(frame: Frame) -> tuple[tuple[str, Outline], ...]:
    """Return the country and the outline [km] of each area in the frame."""
    found = []
    for area in load_borders():
        rings = [ring for ring in area.rings if _overlaps(ring, frame)]
        closed = [Outline(np.column_stack(frame.to_km(*ring.T)), closed=True) for ring in rings]
        if closed:
            found.append((area.country, Outline.make_compound_path(*closed)))
    return tuple(found)


def _overlaps(ring: np.ndarray, frame: Frame) -> bool:
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    return west <= frame.east and east >= frame.west and south <= frame.north and north >= frame.south
