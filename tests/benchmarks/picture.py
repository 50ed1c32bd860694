"""The picture of the benchmarks: what a row-day and a replicate cost, and what a row takes, as more is asked for."""

from pathlib import Path

from sim.views import style

_COMMAND = "make bench"


def cost(point: dict) -> float:
    """Return the cost of a row-day of a point of a curve [ns]."""
    return 1e9 * sum(point["running_s"]) / (point["rows"] * point["days"] * point["replicates"])


def number(value: float) -> str:
    """Return a number with three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


@style.styled
def draw(curves: dict[str, list[dict]], path: Path) -> Path:
    """Draw the curves, as `scaling.curves` returns them, and return the path of the picture."""
    figure = style.new_figure(9, 5.6)
    style.headline(figure, "How the cost grows", "A line that does not rise: twice as much to do takes twice as long.")
    grid = figure.add_gridspec(2, 2, left=0.075, right=0.98, top=0.8, bottom=0.15, hspace=0.62, wspace=0.25)
    by_rows, by_days, by_replicates = (curves[name] for name in ("rows", "days", "replicates"))
    size, sample = "million rows, 30 days", "days, one household in 20"
    millions = [point["rows"] / 1e6 for point in by_rows]
    line(figure.add_subplot(grid[0, 0]), "Rows", size, "ns per row-day", millions, map(cost, by_rows))
    memory = [point["bytes"] / point["rows"] for point in by_rows]
    line(figure.add_subplot(grid[0, 1]), "Memory", size, "bytes per row", millions, memory)
    days = [point["days"] for point in by_days]
    line(figure.add_subplot(grid[1, 0]), "Days", sample, "ns per row-day", days, map(cost, by_days))
    replicates = [point["replicates"] for point in by_replicates]
    each = [sum(point["building_s"] + point["running_s"]) / point["replicates"] for point in by_replicates]
    label = "replicates, one household in 20, 213 days"
    line(figure.add_subplot(grid[1, 1]), "Replicates", label, "s per replicate", replicates, each)
    for ax, ticks in zip(figure.axes[2:], (days, replicates), strict=True):
        ax.set_xticks(ticks)
    style.footer(figure, "Each point is measured in a process of its own.", _COMMAND)
    return style.save(figure, path)


def line(ax, title: str, x_label: str, y_label: str, x, y) -> None:
    """Draw a curve through its points, from zero up, the first and the last value beside them."""
    values = list(y)
    ax.plot(x, values, color=style.BLUE, marker="o", markersize=4, linewidth=1.4)
    for i in (0, -1):
        ax.annotate(number(values[i]), (x[i], values[i]), (0, 7), textcoords="offset points", ha="center", fontsize=7.5)
    ax.set(title=title, xlabel=x_label, ylabel=y_label, ylim=(0, 1.35 * max(values)), xlim=(0, 1.06 * max(x)))
    ax.grid(axis="y")
