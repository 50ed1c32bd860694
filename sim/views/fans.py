"""Forecasts that start from published stocks: a panel a stock, a line from each start to what it foretells."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.views import style, wording
from sim.views.plots import draw_scales

COLUMNS, WIDTH_IN = 2, 12.0
PANEL_IN, ROW_GAP_IN, COLUMN_GAP_IN, TOP_IN, LEFT_IN, BOTTOM_IN = 2.3, 0.85, 0.75, 1.25, 0.7, 1.2
FACES = {"calibration": style.INK, "validation": "white"}


@style.styled
def forecast_fans(forecasts: pd.DataFrame, scored: pd.DataFrame, title: str, command: str = "") -> Figure:
    """Draw each forecast with its 90 % band beside what was published.

    Parameters
    ----------
    forecasts
        One row a forecast: outcome, use, start, date, at_start, published, predicted, low_90, high_90.
    scored
        One row an outcome and use: outcome, use, n, skill_persistence.
    """
    outcomes = list(dict.fromkeys(forecasts["outcome"]))
    n_rows = math.ceil(len(outcomes) / COLUMNS)
    height = TOP_IN + n_rows * (PANEL_IN + ROW_GAP_IN) - ROW_GAP_IN + BOTTOM_IN
    figure = style.new_figure(WIDTH_IN, height)
    style.headline(figure, title, "Each line leads from a published count to what the model makes of it later")
    width = (WIDTH_IN - LEFT_IN - COLUMN_GAP_IN * (COLUMNS - 1) - 0.25) / COLUMNS
    for i, outcome in enumerate(outcomes):
        row, column = divmod(i, COLUMNS)
        left = LEFT_IN + column * (width + COLUMN_GAP_IN)
        lower = height - TOP_IN - PANEL_IN - row * (PANEL_IN + ROW_GAP_IN)
        ax = figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, PANEL_IN / height))
        _draw(ax, forecasts[forecasts["outcome"] == outcome])
        ax.set_title(f"{wording.outcome_name(outcome)}{_skills(scored[scored['outcome'] == outcome])}")
    _legend(figure, height, set(forecasts["use"]))
    style.footer(figure, "Skill against persistence: 1 is perfect, 0 no better, in brackets behind the name.", command)
    return figure


def _skills(scored: pd.DataFrame) -> str:
    """Say what the forecasts of each use are worth, behind a title."""
    told = [f"{row.use} {row.skill_persistence:.2f}" for row in scored.itertuples() if pd.notna(row.skill_persistence)]
    return f"  ({', '.join(told)})" if told else ""


def _draw(ax: Axes, rows: pd.DataFrame) -> None:
    largest = rows[["at_start", "published", "high_90"]].max(axis=None)
    scale, unit = (1000, "thousand people") if largest >= 10_000 else (1, "people")
    for row in rows.itertuples():
        start, date = pd.Timestamp(row.start), pd.Timestamp(row.date)
        ends = [row.at_start / scale, row.predicted / scale]
        ax.plot([start, date], ends, color=style.BLUE, lw=0.7, alpha=0.6, zorder=2)
        ax.plot([date, date], [row.low_90 / scale, row.high_90 / scale], color=style.BLUE, lw=1.6, alpha=0.5, zorder=2)
        ax.plot(date, row.predicted / scale, ".", color=style.BLUE, ms=4, zorder=3)
    for use, own in rows.groupby("use"):
        look = dict(marker="o", ls="none", ms=4.8, mfc=FACES[use], mec=style.INK, mew=0.9, zorder=4)
        ax.plot(pd.to_datetime(own["date"]), own["published"] / scale, **look)
    first = rows.loc[[rows["date"].idxmin()]]
    ax.plot(pd.to_datetime(first["start"]), first["at_start"] / scale, "s", ms=3.6, color=style.QUIET, zorder=4)
    ax.set_ylabel(unit)
    lowest = min(rows[["at_start", "published", "low_90"]].min(axis=None) / scale, largest / scale * 0.75)
    ax.set_ylim(0 if lowest < 0.4 * largest / scale else lowest * 0.95, largest / scale * 1.05)
    draw_scales(ax)


def _legend(figure: Figure, height: float, uses: set[str]) -> None:
    names = {"calibration": "published, used to fit", "validation": "published, never fitted to"}
    handles = [
        Line2D([], [], marker="o", ls="none", ms=4.8, mfc=FACES[use], mec=style.INK, label=names[use])
        for use in names
        if use in uses
    ]
    handles += [
        Line2D([], [], marker="s", ls="none", ms=3.6, color=style.QUIET, label="first start"),
        Line2D([], [], marker=".", ms=4, color=style.BLUE, lw=0.7, label="forecast, mean, from its start"),
        Line2D([], [], color=style.BLUE, lw=1.6, alpha=0.5, label="90 % band"),
    ]
    look = dict(loc="lower left", borderaxespad=0, handletextpad=0.5, columnspacing=1.6)
    figure.legend(handles=handles, ncols=len(handles), bbox_to_anchor=(0.015, 0.62 / height), **look)
