"""The pictures of a lever study: differences from the baseline over one lever, or over two as a grid of numbers."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.views import style, wording

WIDTH_IN, COLUMNS, TOP_IN, SIDE_IN, LABELS_IN, GAP_IN = 12.0, 2, 0.95, 0.3, 0.8, 0.95
CURVE_IN, BETWEEN_IN, CELL_IN, HEAD_LINE_IN, BOTTOM_IN = 2.0, 0.95, 0.52, 0.17, 0.55
LOOKS = (
    dict(color=style.BLUE, marker="o", ls="-"),
    dict(color=style.VERMILION, marker="s", ls=(0, (5, 2))),
    dict(color=style.GREEN, marker="^", ls=(0, (2, 1.5))),
    dict(color=style.PURPLE, marker="D", ls=(0, (5, 1.5, 1, 1.5))),
)
DARK = 0.5  # luma of a cell below which its number is written in white


@style.styled
def lever_curves(
    rows: pd.DataFrame, panels: dict[str, tuple[str, str]], levers: tuple[str, str], texts: tuple[str, str, str, str]
) -> Figure:
    """Draw the difference from the baseline of each quantity over the first lever, a line for each of the second.

    Parameters
    ----------
    rows
        first, second (texts, in the order in which they are drawn), quantity, difference, low, high.
    panels
        quantity -> title and unit.
    levers
        What the two are called; the second may be blank where there is only one.
    texts
        Title, line below it, sources, command line.
    """
    first, second = (list(rows[name].unique()) for name in ("first", "second"))
    lines = style.footer_lines(WIDTH_IN, *texts[2:])
    n_rows = math.ceil(len(panels) / COLUMNS)
    bottom = BOTTOM_IN + (0.3 if levers[1] else 0.0) + style.FOOTER_LINE_IN * len(lines)
    height = TOP_IN + n_rows * (CURVE_IN + BETWEEN_IN) - BETWEEN_IN + bottom
    figure = style.new_figure(WIDTH_IN, height)
    width = (WIDTH_IN - LABELS_IN - SIDE_IN - GAP_IN * (COLUMNS - 1)) / COLUMNS
    for i, (quantity, (title, unit)) in enumerate(panels.items()):
        row, column = divmod(i, COLUMNS)
        lower = height - TOP_IN - row * (CURVE_IN + BETWEEN_IN) - CURVE_IN
        left = LABELS_IN + column * (width + GAP_IN)
        ax = figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, CURVE_IN / height))
        _draw_curves(ax, rows[rows["quantity"] == quantity], first, second)
        ax.set_title(f"{title} [{unit}]")
        ax.set_xlabel(levers[0])
    if levers[1]:
        handles = figure.axes[0].get_lines()[1:]
        corner = (0.02, style.above_footer(figure, len(lines)))
        figure.legend(
            handles, [f"{levers[1]}: {name}" for name in second], loc="lower left", ncols=len(second),
            bbox_to_anchor=corner, borderaxespad=0, handlelength=3.5,
        )  # fmt: skip
    style.headline(figure, *texts[:2])
    style.footer(figure, *texts[2:])
    return figure


def _draw_curves(ax: Axes, rows: pd.DataFrame, first: list[str], second: list[str]) -> None:
    ax.axhline(0, color=style.INK, lw=0.8)
    for name, look in zip(second, LOOKS, strict=False):
        part = rows[rows["second"] == name].set_index("first").reindex(first)
        x = np.arange(len(first))
        ax.fill_between(x, part["low"], part["high"], color=look["color"], alpha=0.2, lw=0)
        ax.plot(x, part["difference"], lw=1.5, ms=4, **look)
    ax.set_xticks(range(len(first)), first)
    ax.set_xlim(-0.3, len(first) - 0.7)
    if not rows[["low", "high"]].to_numpy().any():
        ax.set_ylim(-1, 1)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.signed(value)))
    ax.grid(axis="y")
    ax.set_axisbelow(True)


@style.styled
def lever_grid(
    rows: pd.DataFrame, panels: dict[str, tuple[str, str]], levers: tuple[str, str], texts: tuple[str, str, str, str]
) -> Figure:
    """Draw the difference from the baseline of each quantity over two levers; each number with its 95 % reach.

    The arguments are those of `lever_curves`; the first lever runs to the right, the second downwards.
    """
    first, second = (list(rows[name].unique()) for name in ("first", "second"))
    lines = style.footer_lines(WIDTH_IN, *texts[2:])
    left, gap = LABELS_IN + 0.35, 0.35
    width = (WIDTH_IN - left - SIDE_IN - gap * (len(panels) - 1)) / len(panels)
    titles = [wording.wrapped(f"{title} [{unit}]", width * 13) for title, unit in panels.values()]
    upper = TOP_IN + HEAD_LINE_IN * max(title.count("\n") for title in titles)
    panel = CELL_IN * len(second)
    height = upper + panel + BOTTOM_IN + 0.1 + style.FOOTER_LINE_IN * len(lines)
    figure = style.new_figure(WIDTH_IN, height)
    for i, (quantity, title) in enumerate(zip(panels, titles, strict=True)):
        box = ((left + i * (width + gap)) / WIDTH_IN, 1 - (upper + panel) / height, width / WIDTH_IN, panel / height)
        ax = figure.add_axes(box)
        part = rows[rows["quantity"] == quantity].set_index(["second", "first"])
        _draw_grid(ax, part, first, second)
        ax.set_title(title, pad=5)
        ax.set_xlabel(levers[0])
        if i:
            ax.set_yticks([])
        else:
            ax.set_ylabel(levers[1])
    style.headline(figure, *texts[:2])
    style.footer(figure, *texts[2:])
    return figure


def _draw_grid(ax: Axes, part: pd.DataFrame, first: list[str], second: list[str]) -> None:
    cells = {name: part[name].unstack().reindex(index=second, columns=first).to_numpy() for name in part.columns[1:]}
    most = np.nanmax(np.abs(cells["difference"])) or 1.0
    image = ax.imshow(cells["difference"], aspect="auto", cmap="PuOr", vmin=-most, vmax=most)
    for (y, x), value in np.ndenumerate(cells["difference"]):
        luma = np.dot(image.to_rgba(value)[:3], (0.299, 0.587, 0.114))
        colour = "white" if luma < DARK else style.INK
        reach = "" if value == 0 else f"\n± {wording.whole((cells['high'] - cells['low'])[y, x] / 2)}"
        ax.text(x, y, wording.signed(value) + reach, ha="center", va="center", fontsize=7.5, color=colour)
    ax.set_xticks(range(len(first)), first)
    ax.set_yticks(range(len(second)), second)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
