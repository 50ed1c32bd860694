"""The pictures of a calibration: what the data leave of each prior, and how far each count is before and after."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.views import style

COLUMNS, WIDTH_IN, PANEL_IN, GAP_IN, TOP_IN, BOTTOM_IN, SIDE_IN = 4, 12.0, 1.15, 0.85, 1.1, 0.75, 0.3
BINS = 12  # of a prior
ROW_IN, LABELS_IN, REACH = 0.2, 3.9, 6.0
SOURCES = "Published: observed.csv of the case names each source; priors and tolerances: conf/calibration.yaml."


def draw_calibration(tables: dict[str, pd.DataFrame], summary: dict, folder: Path | str, command: str) -> list[Path]:
    """Draw the pictures of a calibration into a folder and return their paths.

    Parameters
    ----------
    tables
        `parameters`, `posterior`, `residuals`.
    """
    figures = {
        "posterior.png": posterior_plot(_fitted(tables["parameters"]), tables["posterior"], summary, command),
        "residuals.png": residual_plot(tables["residuals"], summary, command),
    }
    return [style.save(figure, Path(folder) / name) for name, figure in figures.items()]


def _fitted(parameters: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was taken from its prior: a panel of it would show the prior again."""
    return parameters[parameters["is_fitted"]]


@style.styled
def posterior_plot(parameters: pd.DataFrame, posterior: pd.DataFrame, summary: dict, command: str = "") -> Figure:
    """Draw the ensemble of each parameter over its prior, a panel each; the axis is the whole prior.

    Parameters
    ----------
    parameters
        parameter, unit, low, high, scale, before, best, told.
    posterior
        A row a set: the parameters, and weight.
    """
    n_rows = math.ceil(len(parameters) / COLUMNS)
    height = TOP_IN + n_rows * (PANEL_IN + GAP_IN) - GAP_IN + 0.3 + _bottom(command)
    figure = style.new_figure(WIDTH_IN, height)
    width = (WIDTH_IN - 2 * SIDE_IN - 0.35 * (COLUMNS - 1)) / COLUMNS
    for i, line in enumerate(parameters.itertuples()):
        row, column = divmod(i, COLUMNS)
        left, lower = SIDE_IN + column * (width + 0.35), height - TOP_IN - row * (PANEL_IN + GAP_IN) - PANEL_IN
        ax = figure.add_axes((left / WIDTH_IN, lower / height, width / WIDTH_IN, PANEL_IN / height))
        _draw_parameter(ax, line, posterior[line.parameter].to_numpy(), posterior["weight"].to_numpy())
    style.headline(figure, "What the published counts leave open about each parameter", _subtitle(summary))
    handles = [
        Patch(fc=style.SKY, label="ensemble of parameter sets, by weight"),
        Patch(fc=style.GRID, label="prior"),
        Line2D([], [], color=style.INK, ls=(0, (2, 2)), lw=1.2, label="value before"),
        Line2D([], [], color=style.VERMILION, lw=1.6, label="best set"),
    ]
    _legend(figure, handles, command)
    return figure


def _subtitle(summary: dict) -> str:
    sets, worth = summary["sets"], summary["effective_sets"]
    others = f"; {summary['unfitted']} more parameters come from their priors" * bool(summary["unfitted"])
    return (
        f"{sets} sets within a loss of {summary['loss_tolerated']:.1f}, worth {worth:.0f} of equal weight; fitted to "
        f"{summary['rows']} counts, {len(summary['seeds'])} samples each{others}; spread: as a share of the prior's"
    )


def _draw_parameter(ax: Axes, line, values: np.ndarray, weights: np.ndarray) -> None:
    is_log = line.scale == "log"
    edges = (np.geomspace if is_log else np.linspace)(line.low, line.high, BINS + 1)
    heights, _ = np.histogram(np.clip(values, line.low, line.high), edges, weights=weights / weights.sum() * BINS)
    ax.set_xscale("log" if is_log else "linear")
    ax.axhspan(0, 1, color=style.GRID, lw=0)
    ax.bar(edges[:-1], heights, np.diff(edges), align="edge", color=style.SKY, ec="white", lw=0.4)
    ax.axvline(np.clip(line.before, line.low, line.high), color=style.INK, ls=(0, (2, 2)), lw=1.2)
    ax.axvline(line.best, color=style.VERMILION, lw=1.6)
    ax.set_xlim(line.low, line.high)
    ax.set_ylim(0, max(1.6, heights.max() * 1.08))
    ticks = [line.low, math.sqrt(line.low * line.high) if is_log else (line.low + line.high) / 2, line.high]
    ax.set_xticks(ticks)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_title(line.parameter.removeprefix("behaviour.").replace("_", " "), pad=4)
    ax.text(1, 1.02, f"spread {line.told:.0%}", transform=ax.transAxes, ha="right", va="bottom", fontsize=7.5)
    ax.set_xlabel("" if line.unit == "1" else line.unit, labelpad=1)


@style.styled
def residual_plot(residuals: pd.DataFrame, summary: dict, command: str = "") -> Figure:
    """Draw how far each count is from the published one, in units of its tolerance, before and with the best set.

    Parameters
    ----------
    residuals
        id, family, value, tolerance, residual_before, residual_best.
    """
    rows = residuals.reset_index(drop=True)
    height = TOP_IN + ROW_IN * len(rows) + _bottom(command) + 0.2
    figure = style.new_figure(WIDTH_IN, height)
    box = (LABELS_IN, height - TOP_IN - ROW_IN * len(rows), WIDTH_IN - LABELS_IN - SIDE_IN, ROW_IN * len(rows))
    ax = figure.add_axes((box[0] / WIDTH_IN, box[1] / height, box[2] / WIDTH_IN, box[3] / height))
    for reach, colour in ((2, "#F3F3F3"), (1, style.GRID)):
        ax.axvspan(-reach, reach, color=colour, lw=0)
    ax.axvline(0, color=style.INK, lw=0.8)
    for y, line in enumerate(rows.itertuples()):
        ends = np.clip([line.residual_before, line.residual_best], -REACH, REACH)
        ax.plot(ends, [y, y], color=style.QUIET, lw=0.8, zorder=2)
        ax.plot(ends[0], y, ls="none", zorder=3, **_BEFORE)
        ax.plot(ends[1], y, ls="none", zorder=4, **_AFTER)
    labels = [f"{_words(line.id)}: {line.value:,.0f} ± {line.tolerance:.0%}" for line in rows.itertuples()]
    ax.set_yticks(range(len(rows)), labels, fontsize=7.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(-REACH * 1.03, REACH * 1.03)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("log (simulated / published), in tolerances; beyond six at the edge")
    before, best = summary["loss_before"], summary["loss_best"]
    subtitle = f"Sum of squares {before:.1f} before, {best:.1f} with the best set; samples that the fit has not met"
    style.headline(figure, "Simulated against published counts, those used to fit", subtitle)
    handles = [
        Line2D([], [], ls="none", label="values before", **_BEFORE),
        Line2D([], [], ls="none", label="best set", **_AFTER),
        Patch(fc=style.GRID, label="within one tolerance"),
    ]
    _legend(figure, handles, command)
    return figure


_BEFORE = dict(marker="o", ms=5, mfc="white", mec=style.QUIET)
_AFTER = dict(marker="o", ms=5, mfc=style.BLUE, mec=style.BLUE)


def _words(name: str) -> str:
    """Return an id as words, its date with hyphens."""
    parts = name.split("_")
    words = [part for part in parts if not part.isdigit()]
    numbers = [part for part in parts if part.isdigit()]
    return " ".join(words).capitalize() + (f", {'-'.join(numbers)}" if numbers else "")


def _bottom(command: str) -> float:
    """Return the height of legend and footer [in]; a long command takes several lines."""
    return BOTTOM_IN + style.FOOTER_LINE_IN * len(style.footer_lines(WIDTH_IN, SOURCES, command))


def _legend(figure: Figure, handles: list, command: str) -> None:
    n_lines = len(style.footer_lines(WIDTH_IN, SOURCES, command))
    corner = (0.02, style.above_footer(figure, n_lines))
    figure.legend(handles=handles, loc="lower left", ncols=len(handles), bbox_to_anchor=corner, borderaxespad=0)
    style.footer(figure, SOURCES, command)
