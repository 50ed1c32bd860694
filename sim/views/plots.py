"""Time series: what the model says over the days, beside what was observed."""

import math
import textwrap
from string import ascii_lowercase

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.errors import InputError
from sim.views import style
from sim.views.observations import drawn_rows
from sim.views.panels import PANELS, Panel, band, band_name, busy_days

COLUMNS, WIDTH_IN = 3, 12.0
PANEL_IN, ROW_GAP_IN, COLUMN_GAP_IN, TOP_IN, LEFT_IN, KEY_IN = 1.7, 0.82, 0.62, 1.2, 0.6, 0.17
LONGEST_WEEKLY = 70  # days; longer axes are labelled by month
MOST_MONTHS, DAYS_A_MONTH = 9, 30.5  # of longer axes only every second, third or sixth month has a label
MARKED_EVENTS = ("ceasefire", "border_opening", "border_closing", "evacuation")
LINE_COLOURS = (style.BLUE, style.ORANGE, style.VERMILION)
MARKERS = {
    "calibration": ("observed, used to fit", dict(marker="o", mfc=style.INK, mec=style.INK, ms=4.5)),
    "validation": ("observed, never fitted to", dict(marker="o", mfc="white", mec=style.INK, ms=4.5)),
    "none": ("published, used for neither", dict(marker="D", mfc="#C4C4C4", mec=style.QUIET, ms=3.4)),
}
Marks = list[tuple[pd.Timestamp, str]]


@style.styled
def time_series(
    series: pd.DataFrame,
    observed: pd.DataFrame,
    events: pd.DataFrame,
    sources: str = "",
    command: str = "",
) -> Figure:
    """Draw the main outcomes over time, a small panel each, beside the observations.

    Parameters
    ----------
    series
        Columns day, date, outcome, value, seed; the line is the mean over seeds, the band their range (from
        20 seeds on their 5 to 95 percent). Panels without anything to show are left out.
    observed
        The case's observations.
    events
        The case's dated events; ceasefires, openings, closings and the evacuation become thin lines.
    sources, command
        What the observations rest on, and the command line of the run, for the footer.

    Raises
    ------
    InputError
        If there is nothing to draw.
    """
    first, last = pd.to_datetime(series["date"]).agg(["min", "max"])
    observed = observed[pd.to_datetime(observed["date"]).between(first, last)]
    pairs = [(panel, drawn_rows(observed, panel.outcomes, panel.how)) for panel in PANELS]
    pairs = [(panel, seen) for panel, seen in pairs if panel.has_news(series, seen)]
    if not pairs:
        raise InputError("There is nothing to draw: nothing that the time series show has happened in this run.")
    busy = busy_days(series, [name for panel, _ in pairs if panel.zoomed for name in panel.outcomes])
    marks = _marked_days(events, first, last)
    figure, axes = _grid(len(pairs), len(marks))
    for ax, (panel, seen) in zip(axes, pairs, strict=True):
        ax.set_xlim(*(busy if panel.zoomed else (first, last)))
        _draw_panel(ax, panel, series, seen)
        _draw_marks(ax, marks)
    uses = set(pd.concat([seen["use"] for _, seen in pairs]))
    days = f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    style.headline(figure, "Simulated and observed" if uses else "Simulated", days)
    _legends(figure, series["seed"].nunique(), uses, marks)
    style.footer(figure, sources if uses else "Simulated; nothing was observed.", command)
    return figure


def _grid(n_panels: int, n_marks: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels in rows, and room for the legends below."""
    n_rows = math.ceil(n_panels / COLUMNS)
    bottom = 1.35 + KEY_IN * math.ceil(n_marks / 2)
    height = TOP_IN + n_rows * PANEL_IN + (n_rows - 1) * ROW_GAP_IN + bottom
    figure = style.new_figure(WIDTH_IN, height)
    width = (WIDTH_IN - LEFT_IN - COLUMN_GAP_IN * (COLUMNS - 1) - 0.25) / COLUMNS
    axes = []
    for i in range(n_panels):
        row, column = divmod(i, COLUMNS)
        left = LEFT_IN + column * (width + COLUMN_GAP_IN)
        lower = height - TOP_IN - PANEL_IN - row * (PANEL_IN + ROW_GAP_IN)
        axes.append(figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, PANEL_IN / height)))
    return figure, axes


def _draw_panel(ax: Axes, panel: Panel, series: pd.DataFrame, seen: pd.DataFrame) -> None:
    names = [name for name in panel.outcomes if (series["outcome"] == name).any()]
    colours = dict(zip(names, LINE_COLOURS, strict=False))
    bands = {name: band(series[series["outcome"] == name], panel.how) for name in names}
    seen = seen[seen["outcome"].isin(names)]
    largest = pd.concat([*(table["high"] for table in bands.values()), seen["value"], seen["high"]]).max()
    scale, prefix = (1000, "thousand ") if largest >= 10_000 else (1, "")
    for name, table in bands.items():
        table = table / scale
        ax.fill_between(table.index, table["low"], table["high"], color=colours[name], alpha=0.25, lw=0)
        ax.plot(table.index, table["mean"], color=colours[name], lw=1.6, label=panel.outcomes[name])
    several = len(names) > 1
    _draw_observations(ax, seen, scale, colours if several else {})
    ax.set_title(panel.title, pad=13, y=1)  # without y it would look for labels above the axes
    ax.set_ylabel(prefix + panel.unit)
    ax.set_ylim(0, max(largest / scale, 1) * (1.3 if several else 1.1))
    if several:
        ax.legend(loc="upper left", ncols=len(names), borderaxespad=0.1, handlelength=1.2, columnspacing=1.0)
    draw_scales(ax)


def _draw_observations(ax: Axes, seen: pd.DataFrame, scale: float, colours: dict[str, str]) -> None:
    """Draw a marker in the middle of each period, with a bar over the period and one from low to high."""
    start, end = mdates.date2num(seen["start"]), mdates.date2num(seen["end"])
    looks = [MARKERS[use][1] for use in seen["use"]]
    edges = [colours.get(outcome, look["mec"]) for outcome, look in zip(seen["outcome"], looks, strict=True)]
    rows = seen.assign(start=start, end=end, middle=start + (end - start) / 2, edge=edges)
    for limit in ("low", "high"):
        rows[limit] = rows[limit].fillna(rows["value"]) / scale
    rows["value"] = rows["value"] / scale
    for (use, edge), alike in rows.groupby(["use", "edge"], sort=False):
        _draw_bars(ax, alike, edge)
        ax.plot(alike["middle"], alike["value"], ls="none", zorder=5, **{**MARKERS[use][1], "mec": edge, "mew": 0.9})


def _draw_bars(ax: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw the bars of all observations as one line with gaps: one each would take ten times as long."""
    lines = [rows[["start", "end", "value", "value"]], rows[["middle", "middle", "low", "high"]]]
    ends = np.concatenate([table.to_numpy(float) for table in lines]).reshape(-1, 2, 2)
    x, y = np.pad(ends, ((0, 0), (0, 0), (0, 1)), constant_values=np.nan).transpose(1, 0, 2).reshape(2, -1)
    ax.plot(x, y, color=colour, lw=0.9, zorder=4)


def draw_scales(ax: Axes) -> None:
    """Label months, or weeks on a short axis; the year stands below January and below the first label."""
    first, last = ax.get_xlim()
    weekly = last - first <= LONGEST_WEEKLY
    apart = next((step for step in (1, 2, 3, 6) if last - first <= MOST_MONTHS * DAYS_A_MONTH * step), 12)
    months = mdates.MonthLocator(bymonth=range(1, 13, apart))
    ax.xaxis.set_major_locator(mdates.WeekdayLocator(mdates.SU) if weekly else months)
    ax.xaxis.set_major_formatter(FuncFormatter(_day_name if weekly else _month_name))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    ax.grid(axis="y")
    ax.set_axisbelow(True)


def _day_name(number: float, _) -> str:
    date = mdates.num2date(number)
    return f"{date.day} {date:%b}"


def _month_name(number: float, position: int) -> str:
    date = mdates.num2date(number)
    return f"{date:%b}\n{date.year}" if date.month == 1 or position == 0 else f"{date:%b}"


def _marked_days(events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> Marks:
    """Return the days to mark and what happened on each."""
    dates = pd.to_datetime(events["date"])
    rows = events[events["type"].isin(MARKED_EVENTS) & dates.between(first, last)]
    texts = rows.groupby(dates[rows.index])["event"].agg("; ".join)
    return [(date, f"{date.day} {date:%B}: {text}") for date, text in texts.items()]


def _draw_marks(ax: Axes, marks: Marks) -> None:
    first, last = ax.get_xlim()
    look = dict(transform=ax.get_xaxis_transform(), fontsize=7, color=style.QUIET, ha="center")
    for letter, (date, _) in zip(ascii_lowercase, marks, strict=False):
        if first <= mdates.date2num(date) <= last:
            ax.axvline(date, color=style.QUIET, lw=0.6, ls=(0, (2, 2)), zorder=1)
            ax.text(date, 1.02, letter, **look)


def _legends(figure: Figure, n_seeds: int, uses: set[str], marks: Marks) -> None:
    """Write one legend for all panels, and what the letters at the thin lines mean."""
    height, n_rows = figure.get_figheight(), math.ceil(len(marks) / 2)
    top = 0.54 + KEY_IN * n_rows
    look = dict(loc="lower left", borderaxespad=0, handletextpad=0.5, columnspacing=1.6)
    handles = _handles(n_seeds, uses)
    figure.legend(handles=handles, ncols=len(handles), bbox_to_anchor=(0.015, top / height), **look)
    for i, (letter, (_, text)) in enumerate(zip(ascii_lowercase, marks, strict=False)):
        column, row = divmod(i, n_rows)
        place = 0.02 + 0.49 * column, (top - 0.12 - KEY_IN * row) / height
        text = f"{letter}  {textwrap.shorten(text, 100)}"
        figure.text(*place, text, fontsize=7.5, color=style.QUIET, va="center")


def _handles(n_seeds: int, uses: set[str]) -> list:
    name = "simulated, mean" if n_seeds > 1 else "simulated, one seed"
    handles = [Line2D([], [], color=style.BLUE, lw=1.6, label=name)]
    if n_seeds > 1:
        handles.append(Patch(fc=style.BLUE, alpha=0.25, label=band_name(n_seeds)))
    shown = [MARKERS[use] for use in MARKERS if use in uses]
    return handles + [Line2D([], [], ls="none", label=text, **look) for text, look in shown]
