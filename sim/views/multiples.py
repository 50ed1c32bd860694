"""Small multiples: the main outcomes over time, a row each, with a column for every scenario beside the baseline."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.views import contrast, style, wording
from sim.views.panels import Panel, band, band_name

WIDTH_IN, LEFT_IN, RIGHT_IN, GAP_IN = 12.0, 1.85, 0.2, 0.12
PANEL_IN, ROW_GAP_IN, TOP_IN, HEAD_LINE_IN, BOTTOM_IN = 0.86, 0.16, 0.8, 0.15, 0.7
PANELS = (
    Panel("Ever displaced", "people", {"displaced": ""}),
    Panel("Displaced, not returned", "people", {"remaining_displaced": ""}),
    Panel("In the open", "people", {"open_air": ""}),
    Panel("In camps", "people", {"in_camps": ""}),
    Panel("Entered the host country", "people, added up", {"entered_host": ""}, "cumulative"),
    Panel("Waiting at the land border", "people", {"people_at_land_border": ""}),
    Panel("Attempts at the land border", "attempts, added up", {"attempts": ""}, "cumulative"),
    Panel("Arrived over the land border", "people, added up", {"land_arrivals": ""}, "cumulative"),
    Panel("Arrived on the islands", "people, added up", {"island_arrivals": ""}, "cumulative"),
    Panel("Pushed back", "people, added up", {"pushed_back": ""}, "cumulative"),
    Panel("Died on the way", "people", {"dead_on_the_way": ""}),
)


@style.styled
def outcome_grid(comparison, command: str = "") -> Figure:
    """Draw each main outcome over time under each scenario, the baseline in grey behind it.

    A row has one scale. The line is the mean over seeds and the band their range (from 20 seeds on their 5 to 95
    percent). Outcomes that no scenario changes are left out, and scenarios beyond the eight that differ most.
    """
    names = contrast.most_different(comparison)
    panels, parted = _shown_panels(comparison.differences), contrast.first_difference(comparison.by_day)
    sources = contrast.credit(comparison, names)
    footer = style.footer_lines(WIDTH_IN, sources, command)
    figure, axes = _grid(len(panels), names, len(footer))
    series = {name: comparison.runs[name].series for name in [comparison.baseline, *names]}
    dates = pd.to_datetime(series[comparison.baseline]["date"]).agg(["min", "max"])
    for panel, row in zip(panels, axes, strict=True):
        bands = {name: _band(table, panel) for name, table in series.items()}
        _draw_row(row, panel, [bands.pop(comparison.baseline), *bands.values()])
    for name, column in zip(names, zip(*axes, strict=True), strict=True):
        _draw_dates(column, dates, parted.get(name))
    _legend(figure, len(footer), int(comparison.differences["n"].max()), bool(parted))
    title = f"The main outcomes under each scenario and under “{wording.scenario_name(comparison.baseline)}”"
    style.headline(figure, title, "One scale in each row")
    style.footer(figure, sources, command)
    return figure


def _shown_panels(differences: pd.DataFrame) -> list[Panel]:
    """Return the panels whose outcome any scenario clearly changes; else those it changes, else the first few."""
    sure = contrast.verdicts(differences)
    for verdicts in ((contrast.CLEAR, contrast.SINGLE), (contrast.UNCLEAR,)):
        changed = set(differences.loc[sure.isin(verdicts), "outcome"])
        panels = [panel for panel in PANELS if changed.intersection(panel.outcomes)]
        if panels:
            return panels
    return list(PANELS[:3])


def _band(series: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    (outcome,) = panel.outcomes
    return band(series[series["outcome"] == outcome], panel.how)


def _grid(n_rows: int, names: list[str], n_lines: int) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure with a row of panels for each outcome, and the scenarios' names above the columns."""
    width = (WIDTH_IN - LEFT_IN - RIGHT_IN - GAP_IN * (len(names) - 1)) / len(names)
    heads = [wording.wrapped(wording.scenario_name(name), width * 11.5) for name in names]
    top = TOP_IN + HEAD_LINE_IN * max(text.count("\n") + 1 for text in heads)
    bottom = BOTTOM_IN + style.FOOTER_LINE_IN * n_lines
    total = top + n_rows * (PANEL_IN + ROW_GAP_IN) + bottom
    figure = style.new_figure(WIDTH_IN, total)
    axes = []
    for row in range(n_rows):
        lower = total - top - row * (PANEL_IN + ROW_GAP_IN) - PANEL_IN
        lefts = [LEFT_IN + column * (width + GAP_IN) for column in range(len(names))]
        boxes = [(left / WIDTH_IN, lower / total, width / WIDTH_IN, PANEL_IN / total) for left in lefts]
        axes.append([figure.add_axes(box) for box in boxes])
    for ax, text in zip(axes[0], heads, strict=True):
        ax.set_title(text, fontsize=8.5, pad=5, y=1)  # without y each would look for labels above it
    return figure, axes


def _draw_row(row: list[Axes], panel: Panel, bands: list[pd.DataFrame]) -> None:
    largest = max(table["high"].max() for table in bands)
    scale, prefix = (1000, "thousand ") if largest >= 10_000 else (1, "")
    baseline, *others = (table / scale for table in bands)
    for ax, table in zip(row, others, strict=True):
        for shown, colour, width in ((baseline, style.QUIET, 2.2), (table, style.BLUE, 1.3)):
            ax.fill_between(shown.index, shown["low"], shown["high"], color=colour, alpha=0.25, lw=0)
            ax.plot(shown.index, shown["mean"], color=colour, lw=width, alpha=0.6 if shown is baseline else 1)
        ax.set_ylim(0, max(largest / scale, 1) * 1.08)
        ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        ax.tick_params(axis="y", labelleft=ax is row[0], length=2 if ax is row[0] else 0)
        ax.grid(axis="y")
        ax.set_axisbelow(True)
    _name_row(row[0], panel.title, prefix + panel.unit)


def _name_row(ax: Axes, title: str, unit: str) -> None:
    text = wording.wrapped(title, 18)
    look = dict(transform=ax.transAxes, ha="left", clip_on=False)
    left = -(LEFT_IN - 0.24) / (ax.get_position().width * WIDTH_IN)
    ax.text(left, 0.95, text, fontsize=8.5, fontweight="bold", va="top", **look)
    ax.text(left, 0.05, unit.replace(", ", ",\n"), fontsize=7, color=style.QUIET, va="bottom", **look)


def _draw_dates(column: tuple[Axes, ...], dates: pd.Series, parted: int | None) -> None:
    """Label every second month below the lowest panel; mark the day from which a scenario differs."""
    first, last = dates["min"], dates["max"]
    for ax in column:
        ax.set_xlim(first, last)
        ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=5))
        ax.xaxis.set_major_formatter(FuncFormatter(_month))
        ax.tick_params(axis="x", labelbottom=ax is column[-1], length=2, labelsize=7)
        if parted is not None:
            ax.axvline(first + pd.Timedelta(days=parted), color=style.VERMILION, lw=0.8, ls=(0, (2, 2)), zorder=1)


def _month(number: float, _) -> str:
    date = mdates.num2date(number)
    return f"{date:%b}" if date.day == 1 else f"{date.day} {date:%b}"


def _legend(figure: Figure, n_lines: int, n_seeds: int, parted: bool) -> None:
    handles = [
        Line2D([], [], color=style.BLUE, lw=1.3, label="under the scenario"),
        Line2D([], [], color=style.QUIET, alpha=0.6, lw=2.2, label="under the baseline"),
    ]
    if n_seeds > 1:
        handles.append(Patch(fc=style.QUIET, alpha=0.35, label=band_name(n_seeds)))
    if parted:
        label = "the first day on which anything differs"
        handles.append(Line2D([], [], color=style.VERMILION, lw=0.8, ls=(0, (2, 2)), label=label))
    corner = (0.015, style.above_footer(figure, n_lines))
    figure.legend(handles=handles, loc="lower left", ncols=4, bbox_to_anchor=corner, borderaxespad=0)
