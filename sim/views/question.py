"""Pictures of a question to a sweep: options across two outcomes, and how much each is regretted in which future."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.metrics import OUTCOMES
from sim.views import style, wording
from sim.views.labels import Label, place_labels, point_box

WIDTH_IN, TOP_IN, SIDE_IN, LETTER_IN, ROW_IN, COLUMN_IN = 9.0, 0.95, 0.3, 0.075, 0.36, 1.15
POINT_PX = 10  # half the width of a mark
MOST = 24  # futures that a picture can hold side by side
_FRONT = dict(marker="o", ms=7, mfc=style.BLUE, mec=style.BLUE)
_BEATEN = dict(marker="o", ms=6, mfc="white", mec="#9A9A9A")


@style.styled
def tradeoff(options: pd.DataFrame, about: dict, command: str = "") -> Figure:
    """Draw each option across the first two outcomes; those that another one dominates are grey rings.

    Parameters
    ----------
    options
        option, a column for each outcome, dominated.
    about
        outcomes (name -> less or more is better), baseline, sources.
    """
    (x, x_better), (y, y_better) = list(about["outcomes"].items())[:2]
    n_lines = len(style.footer_lines(WIDTH_IN, about["sources"], command))
    bottom, height = 0.75 + style.FOOTER_LINE_IN * n_lines, 6.4
    figure = style.new_figure(WIDTH_IN, height)
    left = 0.95
    box = (
        left / WIDTH_IN,
        bottom / height,
        (WIDTH_IN - left - SIDE_IN) / WIDTH_IN,
        (height - TOP_IN - bottom) / height,
    )
    ax = figure.add_axes(box)
    front = options[~options["dominated"]].sort_values(x)
    ax.plot(front[x], front[y], color=style.SKY, lw=1, ls=":", zorder=1)
    beaten = options[options["dominated"]]
    ax.plot(beaten[x], beaten[y], ls="none", zorder=3, **_BEATEN)
    ax.plot(front[x], front[y], ls="none", zorder=3, **_FRONT)
    ax.margins(0.18, 0.12)
    for axis, name, better in ((ax.xaxis, x, x_better), (ax.yaxis, y, y_better)):
        unit, how = OUTCOMES[name]
        axis.set_label_text(f"{wording.outcome_name(name)}, {wording.summed_up(how)} [{unit}]; {better} is better")
        axis.set_major_locator(MaxNLocator(6))
        axis.set_major_formatter(FuncFormatter(lambda value, _: wording.whole(value)))
    ax.grid()
    _name_points(ax, pd.concat([front, beaten]), x, y, about["baseline"])
    subtitle = "Filled: no option is better in one outcome and no worse in the others; rings: one is"
    style.headline(figure, "What is gained in one outcome, and lost in the other", subtitle)
    style.footer(figure, about["sources"], command)
    return figure


def _name_points(ax: Axes, options: pd.DataFrame, x: str, y: str, baseline: str) -> None:
    """Write the name of each option where it covers nothing, the best first."""
    low, high = ax.get_xlim()
    ax.set(xlim=(low, high), ylim=ax.get_ylim())  # which must not move under the labels
    radius = POINT_PX * (high - low) / ax.bbox.width
    labels = [
        Label(
            wording.scenario_name(str(row["option"])) + " (baseline)" * (row["option"] == baseline),
            row[x],
            row[y],
            radius,
            style.QUIET if row["dominated"] else style.INK,
            may_move=True,
        )
        for row in options.to_dict("records")
    ]
    points = [point_box(ax, label.x, label.y, POINT_PX) for label in labels]
    place_labels(ax, labels, [], points)


@style.styled
def regret_grid(regrets: pd.DataFrame, choices: pd.DataFrame, about: dict, command: str = "") -> Figure:
    """Draw how much each option is regretted in each future, and the largest and expected regret beside it."""
    options, futures = [str(one) for one in choices["option"]], list(about["futures"])
    table = regrets.astype({"option": str, "future": str}).pivot(index="option", columns="future", values="regret")
    table = table.loc[options, futures]
    names = [wording.wrapped(wording.scenario_name(one), 30) for one in options]
    heads = [wording.wrapped(f"{one.replace('_', ' ')} (weight {about['futures'][one]:.2g})", 15) for one in futures]
    heads += ["largest", "expected"]
    left = 0.4 + LETTER_IN * max(len(line) for name in names for line in name.split("\n"))
    top = TOP_IN + 0.15 * max(head.count("\n") + 1 for head in heads)
    width = max(WIDTH_IN, left + COLUMN_IN * len(heads) + SIDE_IN)
    n_lines = len(style.footer_lines(width, about["sources"], command))
    bottom = 0.3 + style.FOOTER_LINE_IN * n_lines
    height = top + ROW_IN * len(options) + bottom
    figure = style.new_figure(width, height)
    ax = figure.add_axes(
        (left / width, bottom / height, COLUMN_IN * len(heads) / width, ROW_IN * len(options) / height)
    )
    both = choices[["max_regret", "expected_regret"]].to_numpy()
    numbers = np.hstack([table.to_numpy(), both])
    shade = numbers / (numbers.max() or 1.0)
    ax.imshow(shade, cmap="Oranges", vmin=0, vmax=1.6, aspect="auto")
    least = np.hstack([table.to_numpy() == 0, both == both.min(axis=0)])
    for (row, column), value in np.ndenumerate(numbers):
        weight = "bold" if least[row, column] else "normal"
        ax.text(column, row, wording.whole(value), ha="center", va="center", fontsize=8.5, fontweight=weight)
    ax.axvline(len(futures) - 0.5, color="white", lw=5)
    ax.set_xticks(range(len(heads)), heads)
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(options)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    outcome, better = next(iter(about["outcomes"].items()))
    title = f"Regret in “{wording.outcome_name(outcome)}” [{OUTCOMES[outcome][0]}], {better} is better"
    style.headline(figure, title, "How much worse than the best option of the same future; bold: the least of a column")
    style.footer(figure, about["sources"], command)
    return figure


def draw_question(tables: dict[str, pd.DataFrame], about: dict, folder, command: str) -> list:
    """Draw the pictures of a question into a folder and return their paths."""
    figures = {}
    if len(about["outcomes"]) > 1:
        figures["tradeoff.png"] = tradeoff(tables["options"], about, command)
    if "regrets" in tables and len(about["futures"]) <= MOST:
        figures["regret.png"] = regret_grid(tables["regrets"], tables["choices"], about, command)
    return [style.save(figure, folder / name) for name, figure in figures.items()]
