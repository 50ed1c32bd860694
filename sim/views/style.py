"""The house style of all pictures: fonts, colours that colour-blind readers can tell apart, footer, saving.

Colours are the eight of Okabe and Ito (2008), "Color Universal Design". Figures are built without pyplot, so
that no figure is kept after use.
"""

import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

DPI = 200
_COMPRESSED = 3  # of zlib's nine levels: higher ones take longer and save little
FOOTER_LINE_IN, FOOTER_LETTERS_PER_IN = 0.17, 15.5
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
INK, QUIET, GRID = "#222222", "#6B6B6B", "#E3E3E3"
SEA, LAND, BACKGROUND_LAND = "#E9F1F6", "#F8F6F0", "#EEEDEA"
PROVINCE_LINE, COUNTRY_LINE = "#D2CCBF", "#8C8577"

# Status group on the maps: key -> (what the legend says, colour, statuses of the tables).
STATUS_GROUPS = {
    "settled": ("displaced before day 0, not moved since", "#B8B8B8", ()),
    "camp": ("in camps and reception centres", BLUE, ("camp",)),
    "hosted": ("hosted or renting", SKY, ("hosted",)),
    "makeshift": ("in tents and unfinished buildings", ORANGE, ("tent", "unfinished")),
    "open_air": ("in the open", VERMILION, ("open_air",)),
    "travelling": ("on the road", YELLOW, ("travelling",)),
    "waiting": ("waiting at a gate or the coast", PURPLE, ("at_gate", "at_coast")),
    "crossed": ("crossed a border", GREEN, ("crossed", "settled_abroad", "transferred")),
}

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 7.5,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 7.5,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "figure.facecolor": "white",
}


def styled(draw):
    """Decorate a function that draws, so that its artists are made in the house style."""
    return mpl.rc_context(RC)(draw)


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure [inches] with an Agg canvas."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def headline(figure: Figure, title: str, subtitle: str) -> None:
    """Write the title and the line below it at the upper left."""
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.28 / height, title, fontsize=14, fontweight="bold", va="center")
    figure.text(0.02, 1 - 0.56 / height, subtitle, fontsize=9, color=QUIET, va="center")


def footer(figure: Figure, sources: str, command: str) -> None:
    """Write what the picture rests on, and the command line that made it, at the lower left."""
    height = figure.get_figheight()
    for i, line in enumerate(reversed(footer_lines(figure.get_figwidth(), sources, command))):
        figure.text(0.02, (0.14 + FOOTER_LINE_IN * i) / height, line, fontsize=7, color=QUIET, va="center")


def footer_lines(width_in: float, sources: str, command: str) -> list[str]:
    """Return the lines of a footer, broken at blanks and commas where they are wider than the figure."""
    lines = []
    for text in [sources] + ([f"Made by:  {command}"] if command else []):
        lines.append("")
        for part in re.findall(r"[^,\s]*[,\s]*", text):
            if len(lines[-1]) + len(part) > width_in * FOOTER_LETTERS_PER_IN:
                lines.append("")
            lines[-1] += part
    return [line.rstrip() for line in lines]


def above_footer(figure: Figure, n_lines: int) -> float:
    """Return the height [share of the figure] just above a footer of so many lines."""
    return (0.2 + FOOTER_LINE_IN * n_lines) / figure.get_figheight()


def text_boxes(ax: Axes, texts) -> list:
    """Return the boxes [pixels] that texts of an axes cover."""
    renderer = ax.figure.canvas.get_renderer()
    return [text.get_window_extent(renderer) for text in texts]


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG and return its path."""
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    Image.fromarray(pixels).save(path, dpi=(figure.dpi, figure.dpi), compress_level=_COMPRESSED)
    return path


def drawing(figure: Figure) -> str:
    """Return a figure as SVG, for print and poster; the same figure gives the same text."""
    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "onward"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
