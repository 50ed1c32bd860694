"""The forest plot: each scenario's paired difference in the main outcomes, with its interval."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.views import contrast, style, wording

COLUMNS, WIDTH_IN, NAME_IN, SIDE_IN, COLUMN_GAP_IN = 3, 12.0, 1.95, 0.3, 0.35
ROW_IN, TOP_IN, TITLE_IN, SCALE_IN, BOTTOM_IN = 0.21, 0.8, 0.62, 0.42, 0.45
LOOKS = {
    contrast.CLEAR: ("interval on one side of zero", dict(marker="o", ms=5, mfc=style.BLUE, mec=style.BLUE)),
    contrast.UNCLEAR: ("interval holds zero: within chance", dict(marker="o", ms=5, mfc="white", mec=style.QUIET)),
    contrast.SINGLE: ("one seed: no interval", dict(marker="s", ms=4.5, mfc=style.SKY, mec=style.BLUE)),
    contrast.SAME: ("exactly the same in every seed", dict(marker="D", ms=4.5, mfc="white", mec=style.VERMILION)),
}


@style.styled
def forest_plot(comparison, command: str = "") -> Figure:
    """Draw the difference of each scenario to the baseline with its 95 % interval, a panel for each main outcome.

    Panels have scales of their own, in the unit of the outcome below and in percent of the baseline above. Outcomes
    that no scenario changes are left out.
    """
    names, table = contrast.others(comparison), comparison.differences
    table = table.assign(verdict=contrast.verdicts(table), scenario=table["scenario"].astype(str))
    outcomes = _shown_outcomes(table)
    sources = contrast.credit(comparison, names)
    footer = style.footer_lines(WIDTH_IN, sources, command)
    figure, axes = _grid(len(outcomes), len(names), len(footer))
    for i, (ax, outcome) in enumerate(zip(axes, outcomes, strict=True)):
        rows = table[table["outcome"] == outcome].set_index("scenario").reindex(names)
        _draw_panel(ax, outcome, rows, with_names=i % COLUMNS == 0)
    _legend(figure, len(footer), [verdict for verdict in LOOKS if verdict in set(table["verdict"])])
    title = f"Difference of each scenario to “{wording.scenario_name(comparison.baseline)}”"
    subtitle = "Bars: 95 % intervals of the model's chance, same people and same luck under each scenario"
    style.headline(figure, title, subtitle)
    style.footer(figure, sources, command)
    return figure


def _shown_outcomes(table: pd.DataFrame) -> list[str]:
    """Return the main outcomes that any scenario changes; all that are there, if none does."""
    there = [outcome for outcome in wording.MAIN if outcome in set(table["outcome"])]
    changed = set(table.loc[table["verdict"] != contrast.SAME, "outcome"])
    return [outcome for outcome in there if outcome in changed] or there


def _grid(n_panels: int, n_names: int, n_lines: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels in rows, and room for the names at the left and the legend below."""
    n_rows = math.ceil(n_panels / COLUMNS)
    panel, bottom = ROW_IN * n_names, BOTTOM_IN + style.FOOTER_LINE_IN * n_lines
    total = TOP_IN + n_rows * (TITLE_IN + panel + SCALE_IN) + bottom
    figure = style.new_figure(WIDTH_IN, total)
    width = (WIDTH_IN - NAME_IN - SIDE_IN - COLUMN_GAP_IN * (COLUMNS - 1)) / COLUMNS
    axes = []
    for i in range(n_panels):
        row, column = divmod(i, COLUMNS)
        left = NAME_IN + column * (width + COLUMN_GAP_IN)
        lower = total - TOP_IN - (row + 1) * (TITLE_IN + panel) - row * SCALE_IN
        axes.append(figure.add_axes((left / WIDTH_IN, lower / total, width / WIDTH_IN, panel / total)))
    return figure, axes


def _draw_panel(ax: Axes, outcome: str, rows: pd.DataFrame, with_names: bool) -> None:
    ax.axvline(0, color=style.INK, lw=0.9, zorder=1)
    for y, row in enumerate(rows.itertuples()):
        _, look = LOOKS[row.verdict]
        ax.plot([row.low, row.high], [y, y], color=look["mec"], lw=1.3, zorder=2, solid_capstyle="butt")
        ax.plot(row.difference, y, ls="none", zorder=3, clip_on=False, **look)
    ax.set_xlim(*_reach(rows))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    labels = [wording.scenario_name(name) if with_names else "" for name in rows.index]
    ax.set_yticks(range(len(rows)), labels)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.signed(value)))
    ax.grid()
    ax.spines["left"].set_visible(False)
    ax.set_axisbelow(True)
    row = rows.iloc[0]
    ax.set_title(f"{wording.outcome_name(outcome)}, {wording.summed_up(row['how'])}", pad=26)
    ax.set_xlabel(row["unit"], labelpad=1)
    _add_percent(ax, row["baseline"])


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the limits of a panel: all intervals, zero, and some room."""
    ends = rows[["difference", "low", "high"]]
    low, high = min(ends.min().min(), 0.0), max(ends.max().max(), 0.0)
    room = 0.07 * (high - low) or 1.0
    return low - room, high + room


def _add_percent(ax: Axes, baseline: float) -> None:
    """Write the differences in percent of the baseline above the panel, or that there is nothing to divide by."""
    if baseline == 0:
        ax.text(0, 1.02, "0 under the baseline", transform=ax.transAxes, fontsize=7, color=style.QUIET, va="bottom")
        return
    top = ax.secondary_xaxis("top", functions=(lambda x: 100 * x / baseline, lambda x: x * baseline / 100))
    top.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    top.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{wording.signed(value)} %"))
    top.tick_params(labelsize=7, labelcolor=style.QUIET, length=2, pad=1)
    top.spines["top"].set(visible=True, color=style.GRID)


def _legend(figure: Figure, n_lines: int, verdicts: list[str]) -> None:
    handles = [Line2D([], [], ls="none", label=LOOKS[verdict][0], **LOOKS[verdict][1]) for verdict in verdicts]
    look = dict(loc="lower left", ncols=len(handles), borderaxespad=0, handletextpad=0.4)
    figure.legend(handles=handles, bbox_to_anchor=(0.015, style.above_footer(figure, n_lines)), **look)
