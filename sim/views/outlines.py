"""Land and borders of a frame as SVG paths, in whole units of which a frame is 3,000 wide; y counts downwards."""

import functools

import numpy as np

from sim.views import frames
from sim.views.borders import CASE_COUNTRIES, Frame, country_lines, load_borders

WIDTH = 3000
MARGIN = 60  # outside the frame, so that where a country is cut no line shows


def units_of(frame: Frame, lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y [units] of longitudes and latitudes."""
    x, y = frame.to_km(np.asarray(lon, float), np.asarray(lat, float))
    scale = WIDTH / frame.size_km[0]
    return np.rint(x * scale).astype(int), np.rint((frame.size_km[1] - y) * scale).astype(int)


def height_of(frame: Frame) -> int:
    """Return the height of a frame [units]."""
    return round(WIDTH * frame.size_km[1] / frame.size_km[0])


@functools.cache
def outlines(frame: Frame) -> dict[str, str]:
    """Return the paths of a frame: land of the case's countries, other land, lines between countries."""
    if frame not in frames.REAL_FRAMES:
        return {"land": "", "other": "", "lines": ""}
    rings: dict[str, list[str]] = {"land": [], "other": []}
    for area in load_borders():
        kind = "land" if area.country in CASE_COUNTRIES else "other"
        rings[kind] += [_ring(frame, ring) for ring in area.rings]
    return {**{kind: "".join(found) for kind, found in rings.items()}, "lines": _lines(frame)}


def line_path(points: np.ndarray) -> str:
    """Return an open line (n, 2) [units] as a path; corners less than a unit apart are one."""
    kept = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    points = points[kept]
    steps = np.diff(points, axis=0)
    return f"M{points[0, 0]} {points[0, 1]}l" + " ".join(f"{x} {y}" for x, y in steps) if len(points) > 1 else ""


def _ring(frame: Frame, ring: np.ndarray) -> str:
    """Return an area's ring, cut at the frame, as a closed path."""
    points = _clipped(np.column_stack(units_of(frame, *ring.T)).astype(float), frame)
    path = line_path(np.rint(points).astype(int)) if len(points) else ""
    return path + "z" if path else ""


def _clipped(points: np.ndarray, frame: Frame) -> np.ndarray:
    """Return what of a polygon lies in the frame (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in (
        (0, -MARGIN, 1),
        (0, WIDTH + MARGIN, -1),
        (1, -MARGIN, 1),
        (1, height_of(frame) + MARGIN, -1),
    ):
        kept = []
        for a, b in zip(points, np.roll(points, -1, axis=0), strict=True):
            inside, enters = sign * (a[axis] - limit) >= 0, sign * (b[axis] - limit) >= 0
            if inside:
                kept.append(a)
            if inside != enters:
                kept.append(a + (b - a) * (limit - a[axis]) / (b[axis] - a[axis]))
        points = np.array(kept)
        if not len(points):
            break
    return points


def _lines(frame: Frame) -> str:
    """Return the lines between countries, edges that follow one another joined."""
    edges = country_lines()
    edges = edges[frame.holds(edges[..., 0], edges[..., 1]).any(axis=1)]
    x, y = units_of(frame, edges[..., 0], edges[..., 1])
    lines: list[list[tuple]] = []
    for a, b in zip(zip(x[:, 0], y[:, 0], strict=True), zip(x[:, 1], y[:, 1], strict=True), strict=True):
        if lines and lines[-1][-1] in (a, b):
            lines[-1].append(b if lines[-1][-1] == a else a)
        elif lines and len(lines[-1]) == 2 and lines[-1][0] in (a, b):
            lines[-1] = [lines[-1][1], lines[-1][0], b if lines[-1][0] == a else a]
        else:
            lines.append([a, b])
    return "".join(line_path(np.array(line)) for line in lines)
