"""The pictures of a sensitivity study: a tornado for each outcome, a heat map of all, the conditions of a discovery."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.views import style, wording

COLUMNS, WIDTH_IN, NAMES_IN, GAP_IN, SIDE_IN = 2, 12.0, 1.9, 0.35, 0.3
ROW_IN, TITLE_IN, SCALE_IN, TOP_IN, BOTTOM_IN = 0.22, 0.38, 0.45, 0.85, 0.6
LEADING = {"morris": "mu_star", "sobol": "total"}
MEANING = {
    "mu_star": "mean change of the outcome over the whole prior (Morris' mu*)",
    "total": "share of the outcome's variance, interactions among it (Sobol' total)",
}


def draw_sensitivity(tables: dict[str, pd.DataFrame], summary: dict, folder: Path | str, command: str) -> list[Path]:
    """Draw the pictures of a sensitivity study into a folder and return their paths.

    Parameters
    ----------
    tables
        `indices`; of a discovery `points`, `box` and `scores`.
    """
    if summary["method"] in LEADING:
        figures = {
            "tornado.png": tornado(tables["indices"], summary, command),
            "heat.png": heat_map(tables["indices"], summary, command),
        }
    else:
        figures = {"conditions.png": conditions(tables, summary, command)}
    return [style.save(figure, Path(folder) / name) for name, figure in figures.items()]


@style.styled
def tornado(indices: pd.DataFrame, summary: dict, command: str = "") -> Figure:
    """Draw for each outcome how much each parameter moves it, the strongest on top, with 95 % intervals.

    Parameters
    ----------
    indices
        outcome, parameter, index, value, low, high.
    """
    outcomes, names = list(indices["outcome"].unique()), list(indices["parameter"].unique())
    n_rows = math.ceil(len(outcomes) / COLUMNS)
    panel = ROW_IN * len(names)
    lines = style.footer_lines(WIDTH_IN, _sources(summary), command)
    height = TOP_IN + n_rows * (TITLE_IN + panel + SCALE_IN) + BOTTOM_IN + style.FOOTER_LINE_IN * len(lines)
    figure = style.new_figure(WIDTH_IN, height)
    width = (WIDTH_IN - SIDE_IN - COLUMNS * (NAMES_IN + GAP_IN)) / COLUMNS
    for i, outcome in enumerate(outcomes):
        row, column = divmod(i, COLUMNS)
        left = NAMES_IN + column * (width + NAMES_IN + GAP_IN)
        lower = height - TOP_IN - row * (TITLE_IN + panel + SCALE_IN) - TITLE_IN - panel
        ax = figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, panel / height))
        _draw_tornado(ax, indices[indices["outcome"] == outcome], summary, outcome)
    meaning = MEANING[LEADING[summary["method"]]]
    style.headline(figure, "Which parameters move which outcome", meaning[0].upper() + meaning[1:])
    _finish(figure, _tornado_legend(summary["method"]), summary, command)
    return figure


def _draw_tornado(ax: Axes, rows: pd.DataFrame, summary: dict, outcome: str) -> None:
    by_index = {index: part.set_index("parameter") for index, part in rows.groupby("index", sort=False)}
    leading = by_index[LEADING[summary["method"]]].sort_values("value", ascending=False, kind="stable")
    other = by_index["mu" if summary["method"] == "morris" else "first"].loc[leading.index]
    for y, (name, line) in enumerate(leading.iterrows()):
        ax.barh(y, line["value"], 0.7, **_look(summary["method"], other.loc[name, "value"]))
        if summary["method"] == "sobol":
            ax.barh(y, max(other.loc[name, "value"], 0), 0.35, color=style.BLUE)
        ax.plot([max(line["low"], 0), line["high"]], [y, y], color=style.INK, lw=1)
    ax.set_yticks(range(len(leading)), [_name(name) for name in leading.index])
    ax.set_ylim(len(leading) - 0.5, -0.5)
    top = max(leading["high"].max(), leading["value"].max())
    ax.set_xlim(0, top * 1.05 if top > 0 else 1)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(_short))
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.set_title(wording.outcome_name(outcome))
    unit = summary["outcomes"][outcome] if summary["method"] == "morris" else "share of the variance"
    ax.set_xlabel(unit, labelpad=1)


def _look(method: str, sign: float) -> dict:
    if method == "sobol":
        return dict(color=style.SKY)
    return dict(color=style.BLUE) if sign >= 0 else dict(fc="white", ec=style.VERMILION, lw=1.2, hatch="////")


def _tornado_legend(method: str) -> list:
    interval = Line2D([], [], color=style.INK, lw=1, label="95 % interval of the sampling of points")
    if method == "sobol":
        return [Patch(fc=style.SKY, label="with all interactions"), Patch(fc=style.BLUE, label="alone"), interval]
    less = Patch(fc="white", ec=style.VERMILION, hatch="////", label="more of it lowers the outcome")
    return [Patch(fc=style.BLUE, label="more of it raises the outcome"), less, interval]


@style.styled
def heat_map(indices: pd.DataFrame, summary: dict, command: str = "") -> Figure:
    """Draw the indices of all outcomes and parameters in one grid, each outcome as a share of its largest."""
    leading = indices[indices["index"] == LEADING[summary["method"]]]
    grid = leading.pivot(index="parameter", columns="outcome", values="value")
    grid = grid.loc[indices["parameter"].unique(), indices["outcome"].unique()]
    shares = (grid / grid.max().replace(0, np.nan)).fillna(0.0).clip(lower=0)
    order = shares.sum(axis=1).sort_values(ascending=False, kind="stable").index
    shares, grid = shares.loc[order], grid.loc[order]
    lines = style.footer_lines(WIDTH_IN, _sources(summary), command)
    panel, head = 0.3 * len(order), 0.75
    height = TOP_IN + head + panel + 0.35 + style.FOOTER_LINE_IN * len(lines)
    figure = style.new_figure(WIDTH_IN, height)
    bottom = height - TOP_IN - head - panel
    ax = figure.add_axes((NAMES_IN / WIDTH_IN, bottom / height, 1 - (NAMES_IN + SIDE_IN) / WIDTH_IN, panel / height))
    ax.imshow(shares.to_numpy(), aspect="auto", cmap="Blues", vmin=0, vmax=1)
    for (y, x), value in np.ndenumerate(grid.to_numpy()):
        colour = "white" if shares.iloc[y, x] > 0.55 else style.INK
        ax.text(x, y, _short(value, None), ha="center", va="center", fontsize=8, color=colour)
    names = [wording.wrapped(wording.outcome_name(name), 15) for name in grid.columns]
    ax.set_xticks(range(len(names)), names)
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(order)), [_name(name) for name in order])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    subtitle = f"Number: {MEANING[LEADING[summary['method']]]}; colour: as a share of the column's largest"
    style.headline(figure, "Which parameters move which outcome", subtitle)
    style.footer(figure, _sources(summary), command)
    return figure


@style.styled
def conditions(tables: dict[str, pd.DataFrame], summary: dict, command: str = "") -> Figure:
    """Draw where one scenario is better than another: over the two parameters that say most, and the bounds of the box.

    Parameters
    ----------
    tables
        `points` (the parameters, difference, better), `box` (parameter, low, high, p), `scores` (parameter, value).
    """
    scores = tables["scores"].sort_values("value", ascending=False, kind="stable")
    lines = style.footer_lines(WIDTH_IN, _sources(summary), command)
    height = 5.6 + style.FOOTER_LINE_IN * len(lines)
    figure = style.new_figure(WIDTH_IN, height)
    bottom = (1.3 + style.FOOTER_LINE_IN * (len(lines) - 1)) / height
    tall = 1 - (TOP_IN + 0.5) / height - bottom
    left = figure.add_axes((0.06, bottom, 0.36, tall))
    right = figure.add_axes((0.62, bottom, 0.355, tall))
    _draw_points(left, tables, list(scores["parameter"][:2]))
    _draw_scores(right, scores, tables["box"], summary["priors"])
    first, second = (wording.scenario_name(name) for name in summary["scenarios"])
    box = summary["box"]
    words = "lower" if summary["better"] == "less" else "higher"
    outcome = wording.outcome_name(summary["outcome"])
    title = f"When is “{outcome}” {words} under “{first}” than under “{second}”?"
    inside = f"at {box['density']:.0%} of those inside the box, which holds {box['coverage']:.0%} of such points"
    style.headline(figure, title, f"At {box['base']:.0%} of {summary['points']} points; {inside}")
    handles = [
        Line2D([], [], ls="none", marker="o", mfc=style.BLUE, mec=style.BLUE, label="it is"),
        Line2D([], [], ls="none", marker="o", mfc="white", mec=style.QUIET, label="it is not"),
        Patch(fc="none", ec=style.VERMILION, lw=1.5, label="box found by PRIM"),
        Line2D([], [], color=style.INK, lw=1, label="range over ten forests"),
    ]
    _finish(figure, handles, summary, command)
    return figure


def _draw_points(ax: Axes, tables: dict[str, pd.DataFrame], names: list[str]) -> None:
    points, box = tables["points"], tables["box"].set_index("parameter")
    first, second = names if len(names) > 1 else (names[0], "difference")
    for is_better, look in ((False, dict(fc="white", ec=style.QUIET)), (True, dict(fc=style.BLUE, ec=style.BLUE))):
        rows = points[points["better"] == is_better]
        ax.scatter(rows[first], rows[second], s=16, lw=0.8, **look)
    spans = [_span(box, name, points[name]) for name in (first, second)]
    (x, x_end), (y, y_end) = spans
    if len(box):
        ax.add_patch(Rectangle((x, y), x_end - x, y_end - y, fill=False, ec=style.VERMILION, lw=1.5))
    ax.set_xlabel(_name(first))
    ax.set_ylabel(_name(second))
    ax.set_title("Points, over the two parameters that say most")


def _span(box: pd.DataFrame, name: str, values: pd.Series) -> tuple[float, float]:
    if name in box.index:
        return box.loc[name, "low"], box.loc[name, "high"]
    return values.min(), values.max()


def _draw_scores(ax: Axes, scores: pd.DataFrame, box: pd.DataFrame, priors: dict[str, list[float]]) -> None:
    bounds, names = box.set_index("parameter"), []
    for y, line in enumerate(scores.itertuples()):
        ax.barh(y, line.value, 0.65, color=style.SKY)
        ax.plot([line.low, line.high], [y, y], color=style.INK, lw=1)
        low, high = priors[line.parameter]
        inside = line.parameter in bounds.index
        limits = bounds.loc[line.parameter] if inside else {}
        where = f"box {limits['low']:.3g} to {limits['high']:.3g}, " if inside else ""
        names.append(f"{_name(line.parameter)}\n{where}prior {low:.3g} to {high:.3g}")
    ax.set_yticks(range(len(scores)), names, fontsize=7.5)
    ax.set_ylim(len(scores) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.set_title("How much each parameter says about the difference")
    ax.set_xlabel("importance in a forest of randomised trees, sum 1", labelpad=1)


def _name(parameter: str) -> str:
    return parameter.removeprefix("behaviour.").replace("_", " ")


def _short(value: float, _) -> str:
    """Write a number in few letters."""
    if abs(value) >= 10_000:
        return f"{value / 1000:,.0f} k"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def _sources(summary: dict) -> str:
    what = wording.scenario_name(summary["scenario"]) if "scenario" in summary else "both scenarios"
    size = f"one household in {summary['one_in']}" if summary["one_in"] > 1 else "every household"
    return (
        f"{summary['points']:,} points, {len(summary['seeds'])} seed{'s' * (len(summary['seeds']) > 1)} each, the same "
        f"luck at all; {what}, {size}; priors: conf/calibration.yaml."
    )


def _finish(figure: Figure, handles: list, summary: dict, command: str) -> None:
    n_lines = len(style.footer_lines(WIDTH_IN, _sources(summary), command))
    corner = (0.02, style.above_footer(figure, n_lines))
    figure.legend(handles=handles, loc="lower left", ncols=len(handles), bbox_to_anchor=corner, borderaxespad=0)
    style.footer(figure, _sources(summary), command)
