"""What the maps are drawn with: circles whose area counts people, and the legends that say how much."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Patch, Wedge

from sim.views import style
from sim.views.borders import Frame

LARGEST_RADIUS = 0.062  # of the frame's scale, for the round number above the largest place
SMALLEST_SHARE = 0.0002  # of that number: smaller circles could not be seen
LEGEND_SHARES = (1, 1 / 4, 1 / 20)
MARKS = {
    "lost": ("lost to the government since day 0", dict(marker="X", mfc=style.INK, ms=7.5)),
    "partly_lost": ("partly lost", dict(marker="X", mfc="white", ms=7.5)),
    "held_before": ("held by the government on day 0", dict(marker="X", mfc="#9A9A9A", ms=6.5)),
    "gate_open": ("crossing, most attempts admitted", dict(marker="^", mfc=style.GREEN, ms=7)),
    "gate_shut": ("crossing, most attempts prevented", dict(marker="v", mfc=style.VERMILION, ms=7)),
    "gate_quiet": ("crossing, no attempts", dict(marker="D", mfc="white", ms=4.5)),
}
MARK_LOOK = dict(ls="none", mec=style.INK, mew=0.7)


def scale_of(frame: Frame) -> float:
    """Return the length [km] that sizes in a frame are shares of: its width, unless it is very wide."""
    width, height = frame.size_km
    return min(width, 1.2 * height)


def round_number_above(value: float, smallest: float) -> float:
    """Return the smallest of 1, 2, 3, 5 times a power of ten that is below neither of two positive values."""
    value = max(value, smallest)
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 3, 5, 10) if step * power >= value)


def radius_of(people, reference: float, scale_km: float):
    """Return radii [km] whose circles' areas are proportional to people.

    Parameters
    ----------
    reference
        People whose circle has the largest radius, 6.2 percent of the scale.
    """
    return scale_km * LARGEST_RADIUS * np.sqrt(np.asarray(people, dtype=float) / reference)


def draw_pie(ax: Axes, x: float, y: float, radius: float, people: dict[str, float]) -> None:
    """Draw a circle [km] divided among the status groups, clockwise from the top."""
    total, angle = sum(people.values()), 90.0
    for key, count in people.items():
        sweep = 360.0 * count / total
        if sweep > 0:
            colour = style.STATUS_GROUPS[key][1]
            ax.add_artist(Wedge((x, y), radius, angle - sweep, angle, fc=colour, lw=0, zorder=4))
        angle -= sweep
    ax.add_artist(Circle((x, y), radius, fill=False, ec=style.INK, lw=0.5, zorder=4))


def draw_mark(ax: Axes, x: float, y: float, key: str, size: float = 1.0) -> None:
    """Draw the mark of a lost place or of a crossing; `size` is against that in the legend."""
    look = MARKS[key][1]
    ax.plot(x, y, zorder=6, **MARK_LOOK, **look | {"ms": look["ms"] * size})


def size_legend_size(scale_km: float) -> tuple[float, float]:
    """Return width and height [km] of the legend of circle sizes."""
    return scale_km * 0.29, scale_km * (2 * LARGEST_RADIUS + 0.105)


def draw_size_legend(ax: Axes, reference: float, scale_km: float, corner: tuple) -> FancyBboxPatch:
    """Draw a box with nested circles for three numbers of people, and a scale bar in km.

    Parameters
    ----------
    corner
        Lower left corner of the box [km].

    Returns
    -------
    FancyBboxPatch
        The box, which labels should keep off.
    """
    values = [reference * share for share in LEGEND_SHARES]
    radii = radius_of(values, reference, scale_km)
    left, bottom = corner
    box = draw_box(ax, corner, *size_legend_size(scale_km))
    base, middle = bottom + scale_km * 0.055, left + radii[0] + scale_km * 0.018
    end = middle + radii[0] + scale_km * 0.015
    for value, radius in zip(values, radii, strict=True):
        top = base + 2 * radius
        ax.add_patch(Circle((middle, base + radius), radius, fill=False, ec=style.INK, lw=0.7, zorder=8))
        ax.plot([middle, end], [top, top], color=style.QUIET, lw=0.5, zorder=8)
        write_note(ax, end + scale_km * 0.006, top, f"{value:,.0f}")
    write_note(ax, left + scale_km * 0.012, base + 2 * radii[0] + scale_km * 0.028, "people (circle area)")
    draw_scale_bar(ax, left + scale_km * 0.018, bottom + scale_km * 0.02, scale_km)
    return box


def draw_box(ax: Axes, corner: tuple, width: float, height: float) -> FancyBboxPatch:
    """Draw the white box that a legend inside a map stands in."""
    look = dict(boxstyle="round,pad=0,rounding_size=1", fc="white", ec=style.GRID, zorder=7)
    return ax.add_patch(FancyBboxPatch(corner, width, height, **look))


def draw_scale_bar(ax: Axes, x: float, y: float, scale_km: float) -> None:
    """Draw a bar of a round number of kilometres."""
    length = round_number_above(scale_km * 0.06, 1)
    ax.plot([x, x + length], [y, y], color=style.INK, lw=1.6, solid_capstyle="butt", zorder=8)
    write_note(ax, x + length + scale_km * 0.01, y, f"{length:.0f} km")


def write_note(ax: Axes, x: float, y: float, text: str) -> None:
    """Write a line of a legend inside a map."""
    ax.text(x, y, text, fontsize=7.5, va="center", zorder=8)


def status_handles(keys) -> list[Patch]:
    """Return legend entries for status groups."""
    groups = [style.STATUS_GROUPS[key] for key in keys]
    return [Patch(fc=colour, ec=style.INK, lw=0.4, label=label) for label, colour, _ in groups]


def mark_handles(keys) -> list[Line2D]:
    """Return legend entries for marks."""
    return [Line2D([], [], label=MARKS[key][0], **MARK_LOOK, **MARKS[key][1]) for key in keys]
