"""People by day and place, predicted with the 50 and 90 % bands, beside what was observed."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.views import style, wording
from sim.views.plots import draw_scales

COLUMNS, WIDTH_IN = 3, 12.0
PANEL_IN, ROW_GAP_IN, COLUMN_GAP_IN, TOP_IN, LEFT_IN, BOTTOM_IN = 1.6, 0.72, 0.62, 1.25, 0.65, 1.2


@style.styled
def place_series(by_day: pd.DataFrame, by_place: pd.DataFrame, title: str, subtitle: str, command: str = "") -> Figure:
    """Draw a panel a place.

    Parameters
    ----------
    by_day
        Columns date, place, observed, predicted, low_50, high_50, low_90, high_90.
    by_place
        Columns place, ard_rescaled_part: written beside the name of each place.
    """
    places = list(by_place["place"])
    n_rows = math.ceil(len(places) / COLUMNS)
    height = TOP_IN + n_rows * (PANEL_IN + ROW_GAP_IN) - ROW_GAP_IN + BOTTOM_IN
    figure = style.new_figure(WIDTH_IN, height)
    style.headline(figure, title, subtitle)
    parts = by_place.set_index("place")["ard_rescaled_part"]
    width = (WIDTH_IN - LEFT_IN - COLUMN_GAP_IN * (COLUMNS - 1) - 0.25) / COLUMNS
    for i, place in enumerate(places):
        row, column = divmod(i, COLUMNS)
        left = LEFT_IN + column * (width + COLUMN_GAP_IN)
        lower = height - TOP_IN - PANEL_IN - row * (PANEL_IN + ROW_GAP_IN)
        ax = figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, PANEL_IN / height))
        _draw(ax, by_day[by_day["place"] == place])
        ax.set_title(f"{wording.scenario_name(str(place))}  ({parts[place]:.3f})")
    _legend(figure, height)
    style.footer(figure, "In brackets: the place's part of the rescaled averaged relative difference.", command)
    return figure


def _draw(ax: Axes, rows: pd.DataFrame) -> None:
    largest = rows[["observed", "high_90", "predicted"]].max(axis=None)
    scale, unit = (1000, "thousand people") if largest >= 10_000 else (1, "people")
    dates = pd.to_datetime(rows["date"]).to_numpy()
    for name, alpha in (("90", 0.2), ("50", 0.35)):
        low, high = (rows[f"{end}_{name}"].to_numpy() / scale for end in ("low", "high"))
        ax.fill_between(dates, low, high, color=style.BLUE, alpha=alpha, lw=0)
    ax.plot(dates, rows["predicted"].to_numpy() / scale, color=style.BLUE, lw=1.4)
    ax.plot(dates, rows["observed"].to_numpy() / scale, color=style.INK, lw=1.4, ls=(0, (4, 1.5)))
    ax.set_xlim(dates[0], dates[-1])
    ax.set_ylim(0, max(largest / scale, 1) * 1.08)
    ax.set_ylabel(unit)
    draw_scales(ax)


def _legend(figure: Figure, height: float) -> None:
    handles = [
        Line2D([], [], color=style.INK, lw=1.4, ls=(0, (4, 1.5)), label="observed"),
        Line2D([], [], color=style.BLUE, lw=1.4, label="simulated, mean"),
        Patch(fc=style.BLUE, alpha=0.5, label="50 % band"),
        Patch(fc=style.BLUE, alpha=0.2, label="90 % band"),
    ]
    look = dict(loc="lower left", borderaxespad=0, handletextpad=0.5, columnspacing=1.6)
    figure.legend(handles=handles, ncols=len(handles), bbox_to_anchor=(0.015, 0.62 / height), **look)
