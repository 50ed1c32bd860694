"""A cell for each scenario: the frames of its maps side by side, cells in rows, one legend for all below."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from sim.views import contrast, flowmap, frames, style, symbols, wording
from sim.views.borders import Frame

WIDTH_IN, SIDE_IN, CELL_GAP_IN, FRAME_GAP_IN = 12.0, 0.24, 0.34, 0.08
TOP_IN, HEAD_IN, CELL_BOTTOM_IN, LEGEND_IN = 0.72, 0.5, 0.12, 0.95
KEY_IN, LINE_IN = 1.62, 0.165
WIDER = 2  # arcs in small maps, against those of a whole figure
COLUMNS, TALLEST_IN = 2, 3.0
KEY_SHARES = (1, 1 / 4, 1 / 20)
Panels = list[tuple[Axes, Frame]]


@dataclass
class Page:
    """A figure with a cell of panels for each scenario, and room for the legend below."""

    figure: Figure
    cells: dict[str, Panels]
    height_in: float  # of the panels
    below_in: float  # from the lower edge of the figure to the lowest cell

    @property
    def frames(self) -> list[Frame]:
        """The frames of each cell."""
        return [frame for _, frame in next(iter(self.cells.values()))]


def new_page(names: list[str], shown: list[Frame], footer: list[str]) -> Page:
    """Return a page with two cells in a row, all panels of one height and true to scale."""
    shapes = [width / height for width, height in (frame.size_km for frame in shown)]
    cell_width = (WIDTH_IN - 2 * SIDE_IN - CELL_GAP_IN * (COLUMNS - 1)) / COLUMNS
    height = min((cell_width - FRAME_GAP_IN * (len(shown) - 1)) / sum(shapes), TALLEST_IN)
    row_height = HEAD_IN + height + CELL_BOTTOM_IN
    below = LEGEND_IN + 0.1 + style.FOOTER_LINE_IN * len(footer)
    total = TOP_IN + row_height * math.ceil(len(names) / COLUMNS) + below
    figure, cells = style.new_figure(WIDTH_IN, total), {}
    for i, name in enumerate(names):
        row, column = divmod(i, COLUMNS)
        left = SIDE_IN + column * (cell_width + CELL_GAP_IN)
        lower = total - TOP_IN - row * row_height - HEAD_IN - height
        cells[name] = []
        for frame, shape in zip(shown, shapes, strict=True):
            box = (left / WIDTH_IN, lower / total, height * shape / WIDTH_IN, height / total)
            cells[name].append((figure.add_axes(box), frame))
            left += height * shape + FRAME_GAP_IN
    return Page(figure, cells, height, below)


def name_cell(panels: Panels, name: str, note: str) -> None:
    """Write a scenario's name and a line about it above its panels."""
    ax = panels[0][0]
    points = ax.figure.dpi / 72
    for text, up, look in (
        (wording.scenario_name(name), 17, dict(fontsize=10, fontweight="bold")),
        (note, 4, dict(fontsize=7.5, color=style.QUIET)),
    ):
        y = 1 + up * points / ax.bbox.height
        ax.text(0, y, text, transform=ax.transAxes, va="bottom", clip_on=False, **look)


def finish(page: Page, comparison, drawn: list[str], title: str, subtitle: str, command: str) -> Figure:
    """Write what stands around the cells."""
    style.headline(page.figure, title, subtitle)
    style.footer(page.figure, sources(comparison, page.frames, drawn), command)
    return page.figure


def sources(comparison, shown: list[Frame], drawn: list[str]) -> str:
    """Return what a page rests on."""
    return contrast.credit(comparison, drawn) + frames.border_credit(shown)


def legend(page: Page, handles: list, left: float, columns: int) -> None:
    """Write legend entries below the cells, from `left` [share of the width] on."""
    top = (page.below_in - 0.1) / page.figure.get_figheight()
    look = dict(loc="upper left", borderaxespad=0, columnspacing=1.2, handletextpad=0.6, fontsize=7.5)
    page.figure.legend(handles=handles, bbox_to_anchor=(left, top), ncols=columns, **look)


def size_keys(page: Page, references: list[float], draw, title: str) -> None:
    """Draw a key of sizes for each frame below the cells, to the scale of its panels.

    Parameters
    ----------
    references
        People that the largest size stands for, by frame.
    draw
        Draws the key's shapes: takes axes in kilometres from its lower left corner, the reference, the frame's scale
        and the kilometres of a line of text.
    """
    total = page.figure.get_figheight()
    for i, (frame, reference) in enumerate(zip(page.frames, references, strict=True)):
        left, lower = SIDE_IN + i * KEY_IN, page.below_in - LEGEND_IN
        ax = page.figure.add_axes((left / WIDTH_IN, lower / total, KEY_IN / WIDTH_IN, (LEGEND_IN - 0.1) / total))
        km = frame.size_km[1] / page.height_in
        ax.set(xlim=(0, KEY_IN * km), ylim=(0, (LEGEND_IN - 0.1) * km))
        ax.axis("off")
        where = f"{title}, {'left' if i == 0 else 'right'}" if len(references) > 1 else title
        ax.text(0, 1, where, transform=ax.transAxes, fontsize=7.5, va="top")
        draw(ax, reference, symbols.scale_of(frame), LINE_IN * km)


def draw_circle_key(ax: Axes, reference: float, scale_km: float, line_km: float) -> None:
    """Draw nested circles for three numbers of people."""
    radii = symbols.radius_of(np.array(KEY_SHARES) * reference, reference, scale_km)
    middle, base = radii[0] + 0.1 * line_km, 0.3 * line_km
    for i, (share, radius) in enumerate(zip(KEY_SHARES, radii, strict=True)):
        ax.add_patch(Circle((middle, base + radius), radius, fill=False, ec=style.INK, lw=0.7))
        y = base + (2.6 - i) * line_km
        ax.plot([middle, 2.3 * middle], [base + 2 * radius, y], color=style.QUIET, lw=0.5)
        ax.text(2.4 * middle, y, f"{reference * share:,.0f}", fontsize=7.5, va="center")


def draw_arc_key(ax: Axes, reference: float, scale_km: float, line_km: float) -> None:
    """Draw three arcs for three numbers of people."""
    for i, share in enumerate(KEY_SHARES):
        y = (0.5, 1.5, 3.1)[2 - i] * line_km
        flowmap.draw_width(ax, (0, y - 0.25 * line_km), 2.5 * line_km, scale_km * WIDER, share)
        ax.text(3 * line_km, y, f"{reference * share:,.0f}", fontsize=7.5, va="center")
