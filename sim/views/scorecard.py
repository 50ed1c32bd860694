"""The scorecard: every outcome under every scenario, coloured by whether more or fewer are counted."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from sim.views import contrast, style, wording

ROW_IN, SECTION_IN, HEAD_LINE_IN = 0.34, 0.3, 0.14
NAME_IN, CELL_IN, NARROWEST_IN, SIDE_IN = 2.9, 0.98, 8.6, 0.24
TOP_IN, BOTTOM_IN = 0.85, 0.62  # above the names of the scenarios; below the table, without the footer
MOST_COLUMNS = 12
STEPS = (0, 5, 20, 50)  # percent of the baseline: from each on the colour is stronger
STRENGTHS = (0.14, 0.3, 0.48, 0.68)
MORE, FEWER = style.ORANGE, style.BLUE


@style.styled
def score_grid(comparison, command: str = "") -> Figure:
    """Draw a table of outcomes and scenarios: the baseline's number, and each scenario's difference to it.

    Orange cells count more than the baseline, blue ones fewer, and neither colour says good or bad: more arrivals may
    be people saved. Cells whose 95 % interval holds zero stay white.
    """
    names, table = contrast.most_different(comparison, MOST_COLUMNS), comparison.differences
    sections = sections_of(table)
    cell = max((NARROWEST_IN - NAME_IN - 2 * SIDE_IN) / (len(names) + 1), CELL_IN)
    width = 2 * SIDE_IN + NAME_IN + cell * (len(names) + 1)
    heads = [wording.wrapped(wording.scenario_name(name), cell * 13) for name in [comparison.baseline, *names]]
    head = 0.1 + HEAD_LINE_IN * max(text.count("\n") + 1 for text in heads)
    height = head + SECTION_IN * len(sections) + ROW_IN * sum(len(rows) for rows in sections.values())
    sources = contrast.credit(comparison, names)
    bottom = BOTTOM_IN + style.FOOTER_LINE_IN * len(style.footer_lines(width, sources, command))
    total = TOP_IN + height + bottom
    figure = style.new_figure(width, total)
    ax = figure.add_axes((SIDE_IN / width, bottom / total, 1 - 2 * SIDE_IN / width, height / total))
    ax.set(xlim=(0, width - 2 * SIDE_IN), ylim=(height, 0))
    ax.axis("off")
    for i, text in enumerate(heads):
        ax.text(NAME_IN + cell * (i + 0.5), head - 0.06, text, fontsize=8, fontweight="bold", ha="center", va="bottom")
    _draw_rows(ax, table.assign(verdict=contrast.verdicts(table)), sections, names, cell, head)
    _legend(figure, bottom)
    title = f"What each scenario changes against “{wording.scenario_name(comparison.baseline)}”"
    subtitle = "First column: the baseline. Others: the difference to it, in the row's unit and in percent."
    style.headline(figure, title, subtitle)
    style.footer(figure, sources, command)
    return figure


def sections_of(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return the outcomes of a frame under their headings; those without one come last."""
    there = list(dict.fromkeys(table["outcome"]))
    sections = {title: [name for name in known if name in there] for title, known in wording.SECTIONS.items()}
    placed = [name for known in sections.values() for name in known]
    sections["Other"] = [name for name in there if name not in placed]
    return {title: outcomes for title, outcomes in sections.items() if outcomes}


def colour_of(percent: float) -> tuple:
    """Return a cell's colour: orange for more, blue for fewer, stronger in steps; without a percentage strongest."""
    return _mixed(FEWER if percent < 0 else MORE, STRENGTHS[step_of(percent)])


def step_of(percent: float) -> int:
    """Return how strong the colour of a difference in percent is, from 0 on."""
    size = np.inf if np.isnan(percent) else abs(percent)
    return int(np.searchsorted(STEPS, size, side="right")) - 1


def _mixed(colour: str, strength: float) -> tuple:
    return tuple(1 - strength * (1 - part) for part in to_rgb(colour))


def _draw_rows(ax: Axes, table: pd.DataFrame, sections: dict, names: list[str], cell: float, y: float) -> None:
    cells = table.set_index(["outcome", "scenario"])
    for title, outcomes in sections.items():
        ax.text(0, y + SECTION_IN * 0.6, title, fontsize=8.5, fontweight="bold", va="center", color=style.QUIET)
        y += SECTION_IN
        for outcome in outcomes:
            row = cells.loc[outcome]
            _draw_name(ax, y, outcome, row.iloc[0], cell)
            for i, name in enumerate(names):
                _draw_cell(ax, NAME_IN + cell * (i + 1), y, cell, row.loc[name])
            y += ROW_IN


def _draw_name(ax: Axes, y: float, outcome: str, row: pd.Series, cell: float) -> None:
    unit = "" if row["unit"] == "people" else f" [{row['unit']}]"
    ax.text(0.08, y + ROW_IN * 0.33, wording.outcome_name(outcome), fontsize=8.5, va="center")
    ax.text(0.08, y + ROW_IN * 0.74, wording.summed_up(row["how"]) + unit, fontsize=6.5, va="center", color=style.QUIET)
    ax.text(NAME_IN + cell / 2, y + ROW_IN / 2, wording.whole(row["baseline"]), fontsize=8, ha="center", va="center")
    ax.plot([0, ax.get_xlim()[1]], [y, y], color=style.GRID, lw=0.6, zorder=0)


def _draw_cell(ax: Axes, x: float, y: float, cell: float, row: pd.Series) -> None:
    is_sure = row["verdict"] in (contrast.CLEAR, contrast.SINGLE)
    if is_sure:
        box = Rectangle((x + 0.02, y + 0.02), cell - 0.04, ROW_IN - 0.04, fc=colour_of(row["percent"]), lw=0)
        ax.add_patch(box)
    ink = style.INK if is_sure else style.QUIET
    look = dict(color=ink, ha="center", va="center")
    if row["verdict"] == contrast.SAME:
        ax.text(x + cell / 2, y + ROW_IN / 2, "same", fontsize=7.5, **look)
        return
    note = wording.signed_percent(row["percent"]) if is_sure else "within chance"
    ax.text(x + cell / 2, y + ROW_IN * 0.34, wording.signed(row["difference"]), fontsize=8, **look)
    ax.text(x + cell / 2, y + ROW_IN * 0.74, note, fontsize=6.5, **look)


def _legend(figure: Figure, bottom: float) -> None:
    spans = [*(f"{low} to {high} %" for low, high in zip(STEPS, STEPS[1:], strict=False)), f"from {STEPS[-1]} %"]
    handles = []
    for word, colour in (("more", MORE), ("fewer", FEWER)):
        shades = zip(STRENGTHS, spans, strict=True)
        handles += [Patch(fc=_mixed(colour, strength), label=f"{word}, {span}") for strength, span in shades]
    top = (bottom - 0.1) / figure.get_figheight()
    look = dict(loc="upper left", ncols=4, borderaxespad=0, columnspacing=1.4, handletextpad=0.6)
    # The legend fills column by column: two rows, more above fewer.
    pairs = [handle for pair in zip(handles[:4], handles[4:], strict=True) for handle in pair]
    figure.legend(handles=pairs, bbox_to_anchor=(0.015, top), **look)
    text = "Colours say more or fewer, not better or worse.\nWhite: the same for everybody, or within chance."
    figure.text(1 - SIDE_IN / figure.get_figwidth(), top, text, fontsize=8, ha="right", va="top", color=style.QUIET)
