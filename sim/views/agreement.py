"""Every published count beside the simulated one, as a ratio, in one picture."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from sim.views import style

TITLES = {"calibration": "Used to fit", "validation": "Never fitted to"}
ROW_IN, WIDTH_IN, TOP_IN, BOTTOM_IN, LABELS_IN, GAP_IN = 0.185, 12.0, 1.35, 1.05, 2.6, 0.25
REACH = 4.0  # ratios beyond are drawn at the edge, with an arrow
TICKS = (0.25, 0.5, 1.0, 2.0, 4.0)


@style.styled
def agreement_plot(counts: pd.DataFrame, families: dict[str, str], title: str, command: str = "") -> Figure:
    """Draw simulated over published for every count, a row each, with the 50 and 90 % bands.

    The palest line is the 90 % band with the error of counting.

    Parameters
    ----------
    counts
        One row a count: family, place, kind, start, date, use, published, predicted, low_50, high_50, low_90,
        high_90, counted_low_90, counted_high_90, inside_90, inside_counted_90, persistence. Counts of nobody have no
        ratio and are left out.
    families
        What each family is called, in the order in which they are drawn.
    """
    counts = counts[counts["published"] > 0]
    blocks = {use: _lines(counts[counts["use"] == use], families) for use in TITLES if (counts["use"] == use).any()}
    n_lines = max(len(lines) for lines in blocks.values())
    height = TOP_IN + BOTTOM_IN + ROW_IN * n_lines
    figure = style.new_figure(WIDTH_IN, height)
    style.headline(figure, title, "Simulated over published, a row each; on the thin line in the middle they are equal")
    for i, (use, lines) in enumerate(blocks.items()):
        left = LABELS_IN + i * WIDTH_IN / 2
        box = (left, height - TOP_IN - ROW_IN * n_lines, WIDTH_IN / 2 - LABELS_IN - GAP_IN, ROW_IN * n_lines)
        ax = figure.add_axes((box[0] / WIDTH_IN, box[1] / height, box[2] / WIDTH_IN, box[3] / height))
        _draw(ax, lines, n_lines)
        ax.set_title(f"{TITLES[use]} ({sum(not isinstance(line, str) for line in lines)})", pad=16)
    _legend(figure, height)
    style.footer(figure, "Published: observed.csv of the case names the source of each count.", command)
    return figure


def _lines(rows: pd.DataFrame, families: dict[str, str]) -> list:
    """Return the name of each family followed by its counts."""
    found = []
    for family, name in families.items():
        own = rows[rows["family"] == family]
        if len(own):
            found += [name, *own.sort_values(["date", "place"], kind="stable").itertuples()]
    return found


def _draw(ax: Axes, lines: list, n_lines: int) -> None:
    ax.set_xscale("log", base=2)
    ax.set_xlim(1 / REACH, REACH)
    ax.set_ylim(n_lines - 0.4, -0.6)
    ax.xaxis.set_major_locator(FixedLocator(TICKS))
    ax.xaxis.set_major_formatter(FixedFormatter([f"× {tick:g}" for tick in TICKS]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.tick_top()
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.axvline(1.0, color=style.INK, lw=0.8, zorder=1)
    for spine in ("left", "bottom"):
        ax.spines[spine].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_yticks([])
    for y, line in enumerate(lines):
        if isinstance(line, str):
            ax.text(0, y, line, transform=_beside(ax), ha="left", va="center", fontweight="bold", fontsize=8)
        else:
            ax.text(0.12, y, _name(line), transform=_beside(ax), ha="left", va="center", fontsize=7.5)
            _draw_count(ax, y, line)


def _beside(ax: Axes):
    """Return coordinates in inches from the left end of the labels, and in rows."""
    inches = ax.figure.dpi_scale_trans
    left_in = ax.get_position().x0 * ax.figure.get_figwidth() - LABELS_IN + 0.2
    return blended_transform_factory(inches + ScaledTranslation(left_in, 0, inches), ax.transData)


def _name(row) -> str:
    when = f"{row.date.day} {row.date:%b %Y}"
    if row.kind in ("flow", "shift") and row.start != row.date:
        when = f"{row.start.day} {row.start:%b} to {row.date.day} {row.date:%b}"
    return f"{row.place}, {when}" if row.place else when


def _draw_count(ax: Axes, y: int, row) -> None:
    colour = style.BLUE if row.inside_counted_90 else style.VERMILION
    pale, thin = (row.counted_low_90, row.counted_high_90, 1.0, 0.35), (row.low_90, row.high_90, 1.3, 0.85)
    for low, high, width, alpha in (pale, thin, (row.low_50, row.high_50, 3.2, 0.75)):
        ends = [_within(value / row.published) for value in (low, high)]
        ax.plot(ends, [y, y], color=colour, lw=width, solid_capstyle="butt", alpha=alpha, zorder=2)
    ratio = row.predicted / row.published
    marker = "o" if 1 / REACH <= ratio <= REACH else ("<" if ratio < 1 else ">")
    half = "left" if row.inside_counted_90 and not row.inside_90 else "full"
    fill = dict(fillstyle=half, mfc=colour if row.inside_counted_90 else "white", mfcalt="white")
    ax.plot(_within(ratio), y, marker, ms=4.5, mec=colour, mew=1.0, zorder=4, clip_on=False, **fill)
    if pd.notna(row.persistence):
        naive = _within(row.persistence / row.published)
        ax.plot(naive, y, "x", ms=4, color=style.QUIET, mew=0.9, zorder=3, clip_on=False)


def _within(ratio: float) -> float:
    return float(np.clip(ratio, 1 / REACH, REACH))


def _legend(figure: Figure, height: float) -> None:
    hit, missed = style.BLUE, style.VERMILION
    half = dict(fillstyle="left", mfcalt="white", alpha=0.6)
    handles = [
        Line2D([], [], marker="o", ms=4.5, color=hit, lw=1.3, label="published inside the 90 % band (thin line)"),
        Line2D([], [], marker="o", ms=4.5, color=hit, lw=1.0, label="with counting error (pale)", **half),
        Line2D([], [], marker="o", ms=4.5, mfc="white", mec=missed, color=missed, lw=1.1, label="outside"),
        Line2D([], [], color=hit, lw=3.2, label="50 %"),
        Line2D([], [], marker="x", ms=4, color=style.QUIET, ls="none", label="naive: what was published last"),
        Line2D([], [], marker=">", ms=4.5, mfc="white", mec=missed, ls="none", label=f"beyond × {REACH:g}"),
    ]
    look = dict(loc="lower left", borderaxespad=0, handletextpad=0.5, columnspacing=1.6)
    figure.legend(handles=handles, ncols=len(handles), bbox_to_anchor=(0.015, 0.66 / height), **look)
