"""A small greedy label placer: the most important label first, each where it covers nothing.

Placing labels at best is NP-hard; greedy over a few candidate positions does for thirty labels (Christensen,
Marks and Shieber 1995, "An empirical study of algorithms for point-feature label placement").
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.views import style

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8), (-0.8, -0.8))
NEAR_PX, FAR_PX = (6,), (40, 80, 130)
MARGIN_PX = 4
MOST_COVER = 0.35  # share of a label or of a circle that may be hidden
DOT_PX2 = 250  # circles below this size may be hidden
DOUBT = 0.2  # what it costs to lie nearer to another circle, or to cross one, as a share hidden
HALO = withStroke(linewidth=2.2, foreground="white")
LOOK = dict(fontsize=7.5, ha="center", va="center", linespacing=1.1, path_effects=[HALO], zorder=9)


@dataclass(frozen=True)
class Label:
    """A text wanted beside a circle: centre and radius [data units]."""

    text: str
    x: float
    y: float
    radius: float
    colour: str = style.INK
    may_move: bool = False  # may stand far off, with a line to its circle


def short_name(name: str) -> str:
    """Return a place's name without what stands in brackets."""
    return name.split(" (")[0]


def place_labels(ax: Axes, labels: list[Label], circles: list[Bbox], taken: list[Bbox]) -> list[Text]:
    """Write as many labels as fit, in the order given, and return those written.

    Parameters
    ----------
    circles
        Boxes [pixels] that labels should keep off, and may touch at the rim.
    taken
        Boxes [pixels] that no label may touch; the boxes of the written labels are added.
    """
    written = []
    for label in labels:
        text = ax.text(label.x, label.y, label.text, color=label.colour, **LOOK)
        spot, is_far = _best_spot(ax, label, text, circles, taken)
        if spot is None:
            text.remove()
            continue
        x, y = ax.transData.inverted().transform(((spot.x0 + spot.x1) / 2, (spot.y0 + spot.y1) / 2))
        text.set_position((x, y))
        if is_far:
            ax.plot([label.x, x], [label.y, y], color=style.INK, lw=0.5, zorder=5)
        taken.append(spot)
        written.append(text)
    return written


def circle_box(ax: Axes, x: float, y: float, radius: float) -> Bbox:
    """Return the square [pixels] of the same area as a circle [data units]."""
    half = radius * math.sqrt(math.pi) / 2
    return Bbox(ax.transData.transform([(x - half, y - half), (x + half, y + half)]))


def point_box(ax: Axes, x: float, y: float, half_px: float) -> Bbox:
    """Return the square [pixels] around a point [data units]."""
    return Bbox([ax.transData.transform((x, y))] * 2).padded(half_px)


def _best_spot(ax, label, text, circles, taken):
    """Return the box that hides least, and whether it is far off; None where no box will do.

    Close by, a box nearer to another circle is avoided; far off, a line that crosses other circles or texts.
    """
    size = text.get_window_extent(ax.figure.canvas.get_renderer())
    own = circle_box(ax, label.x, label.y, label.radius)
    others = [circle for circle in circles if circle.x0 != own.x0 or circle.y0 != own.y0]
    rims = _extents(circles)
    far = (FAR_PX if label.may_move else (), _crossed, _extents([*others, *taken]))
    shut = _extents(taken)
    for gaps, doubt, avoided in ((NEAR_PX, _is_ambiguous, _extents(others)), far):
        best, least = None, MOST_COVER
        for box in _candidates(ax, label, size.width, size.height, gaps):
            if not _is_free(ax, box, shut):
                continue
            cost = _covered(box, rims) + DOUBT * doubt(box, own, avoided)
            if cost < least:
                best, least = box, cost
        if best:
            return best, gaps is FAR_PX
    return None, False


def _extents(boxes) -> np.ndarray:
    """Return x0, y0, x1, y1 of boxes, (n, 4)."""
    return np.array([box.extents for box in boxes]).reshape(-1, 4)


def _is_ambiguous(box, own, others):
    return bool((_distances(box, others) < _distances(box, _extents([own]))).any())


def _crossed(box, own, others):
    """Return how many boxes lie under the line from a circle to its label."""
    (x0, y0), (x1, y1) = (((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2) for b in (own, box))
    way = np.linspace([x0, y0], [x1, y1], 21)[:, None, :]
    return int(((others[:, :2] <= way) & (way <= others[:, 2:])).all(axis=2).any(axis=0).sum())


def _candidates(ax, label, width, height, gaps):
    """Return boxes around the circle, in order of preference."""
    (x, y), (rim, _) = ax.transData.transform([(label.x, label.y), (label.x + label.radius, label.y)])
    for gap, (right, up) in itertools.product(gaps, DIRECTIONS):
        reach = rim - x + gap
        centre_x = x + right * reach + math.copysign(width / 2, right) * (right != 0)
        centre_y = y + up * (reach + height / 2) * (1 if right == 0 else 0.9)
        yield Bbox.from_bounds(centre_x - width / 2, centre_y - height / 2, width, height)


def _is_free(ax, box, taken):
    panel = ax.bbox.padded(-MARGIN_PX)
    inside = panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
    x0, y0, x1, y1 = taken.T
    return inside and not ((x0 <= box.x1) & (box.x0 <= x1) & (y0 <= box.y1) & (box.y0 <= y1)).any()


def _distances(box, others):
    """Return the distances [pixels] between a box and others, (n,)."""
    apart = np.maximum(np.maximum(others[:, :2] - [box.x1, box.y1], [box.x0, box.y0] - others[:, 2:]), 0)
    return np.hypot(apart[:, 0], apart[:, 1])


def _covered(box, circles):
    """Return how much of a box lies over circles, or of the circles under the box where they are smaller."""
    x0, y0, x1, y1 = circles.T
    width, height = np.minimum(x1, box.x1) - np.maximum(x0, box.x0), np.minimum(y1, box.y1) - np.maximum(y0, box.y0)
    hidden = np.maximum(width, 0) * np.maximum(height, 0)
    whole = np.maximum((x1 - x0) * (y1 - y0), DOT_PX2)
    return (hidden / np.minimum(box.width * box.height, whole)).sum()
