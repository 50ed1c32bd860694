"""Windows of the world: the standing frames of the maps, side by side in one figure."""

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.views import style
from sim.views.borders import CASE_COUNTRIES, Frame

THEATRE = Frame("North-west Syria and southern Turkey", 35.72, 38.2, 35.32, 37.0)
AEGEAN = Frame("Western Turkey, the Aegean and Greece", 22.3, 30.0, 35.9, 42.1)
WEST = Frame("Western and central Turkey, the Aegean and Greece", 22.3, 34.0, 35.9, 42.1)
NORTH_WEST = Frame("North-west Syria", 35.97, 37.75, 35.38, 36.74)
STOCK_FRAMES, FLOW_FRAMES = (THEATRE, AEGEAN), (NORTH_WEST, WEST)
REAL_FRAMES = {*STOCK_FRAMES, *FLOW_FRAMES}
LAND_NAMES = (
    ("TURKEY", 36.4, 36.66),
    ("SYRIA", 37.5, 35.92),
    ("TURKEY", 29.0, 39.2),
    ("GREECE", 22.85, 41.0),
    ("BULGARIA", 24.8, 41.95),
    ("Aegean Sea", 24.9, 38.75),
)
WIDTH_IN, TALLEST_IN = 12.0, 6.0
TOP_IN, BOTTOM_IN, SIDE_IN, GAP_IN = 1.0, 1.32, 0.24, 0.22


def frames_of(locations: pd.DataFrame, standing: tuple[Frame, ...]) -> list[Frame]:
    """Return the standing frames where the case has real places, or one frame around all its places."""
    real = locations[locations["country"].isin(CASE_COUNTRIES)]
    used = [frame for frame in standing if frame.holds(real["lon"], real["lat"]).any()]
    return used or [_frame_around(locations)]


def _frame_around(locations: pd.DataFrame) -> Frame:
    west, east = locations["lon"].min(), locations["lon"].max()
    south, north = locations["lat"].min(), locations["lat"].max()
    margin = 0.15 * max(east - west, north - south, 0.5)
    frame = Frame("All places", west - margin, east + margin, south - margin, north + margin)
    width, height = frame.size_km
    wider = max(height * (WIDTH_IN - 2 * SIDE_IN) / TALLEST_IN / width, 1)
    more = (frame.east - frame.west) * (wider - 1) / 2
    return replace(frame, west=frame.west - more, east=frame.east + more)


def located(places: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    """Return places with x and y [km] in a frame, and whether they lie inside."""
    x, y = frame.to_km(places["lon"], places["lat"])
    return places.assign(x=x, y=y, inside=frame.holds(places["lon"], places["lat"]))


def credit(table: pd.DataFrame, axes: list[tuple[Axes, Frame]]) -> str:
    """Return the line below a map that says what it rests on."""
    seeds = table["seed"].nunique()
    made_by = f"mean of {seeds} seeds" if seeds > 1 else "one seed"
    return f"Simulated, not observed ({made_by}).{border_credit([frame for _, frame in axes])}"


def border_credit(shown: list[Frame]) -> str:
    """Return the sentence on the source of the borders, where there are any."""
    is_real = any(frame in REAL_FRAMES for frame in shown)
    return " Boundaries: Natural Earth; a line takes no position on any border." if is_real else ""


def new_panels(frames: list[Frame]) -> tuple[Figure, list[tuple[Axes, Frame]]]:
    """Return a figure with one axes a frame, side by side, all of one height and true to scale."""
    shapes = [width / height for width, height in (frame.size_km for frame in frames)]
    free = WIDTH_IN - 2 * SIDE_IN - GAP_IN * (len(frames) - 1)
    height = min(free / sum(shapes), TALLEST_IN)
    total = TOP_IN + height + BOTTOM_IN
    figure, left, axes = style.new_figure(WIDTH_IN, total), SIDE_IN, []
    for frame, shape in zip(frames, shapes, strict=True):
        box = (left / WIDTH_IN, BOTTOM_IN / total, height * shape / WIDTH_IN, height / total)
        axes.append((figure.add_axes(box), frame))
        left += height * shape + GAP_IN
    return figure, axes


def free_corner(frame: Frame, points: np.ndarray, width: float, height: float) -> tuple[float, float]:
    """Return the lower left corner [km] of a box in the corner of the frame that hides the fewest points.

    Parameters
    ----------
    points
        (n, 2) x and y [km] of what should be seen.
    width, height
        Size of the box [km].
    """
    gap = frame.size_km[0] * 0.015
    right, top = frame.size_km[0] - width - gap, frame.size_km[1] - height - gap

    def hidden(corner):
        x, y = (points - corner).T
        return ((x > -gap) & (x < width + gap) & (y > -gap) & (y < height + gap)).sum()

    return min(((right, gap), (gap, gap), (right, top), (gap, top)), key=hidden)


def write_lands(ax: Axes, frame: Frame, fontsize: float = 8.5) -> list[Text]:
    """Write the names of lands and seas that fit, where the frame shows the real world."""
    look = dict(fontsize=fontsize, color=style.COUNTRY_LINE, style="italic", ha="center", va="center", zorder=3)
    shown = [named for named in LAND_NAMES if frame in REAL_FRAMES and frame.holds(*named[1:])]
    texts = [ax.text(*frame.to_km(lon, lat), name, **look) for name, lon, lat in shown]
    for text, box in zip(texts, style.text_boxes(ax, texts), strict=True):
        text.set_visible(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1)
    return [text for text in texts if text.get_visible()]
