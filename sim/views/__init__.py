"""Pictures: tables in, figures out. The only importer of matplotlib."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sim.views import figure_data, mapgrid, stocks, style
from sim.views.calibration import draw_calibration
from sim.views.explore import Explored, explore_page
from sim.views.flowmap import flow_map
from sim.views.forest import forest_plot
from sim.views.maps import stock_map
from sim.views.multiples import outcome_grid
from sim.views.player import TABLES as PLAYED_TABLES
from sim.views.plots import time_series
from sim.views.question import draw_question
from sim.views.report import comparison_page, run_page, write_report
from sim.views.scorecard import score_grid
from sim.views.sensitivity import draw_sensitivity
from sim.views.validation import draw_places, draw_validation

__all__ = [
    "PLAYED_TABLES",
    "Explored",
    "comparison_page",
    "draw_calibration",
    "draw_comparison",
    "draw_places",
    "draw_question",
    "draw_run",
    "draw_sensitivity",
    "draw_validation",
    "drawings",
    "explore_page",
    "flow_map",
    "run_page",
    "stock_map",
    "time_series",
    "write_report",
]
TABLES = ("daily", "border", "series")


def draw_run(run, case, folder: Path | str, command: str) -> list[Path]:
    """Draw the map and the time series of a run into a folder and return their paths.

    Parameters
    ----------
    run
        A finished run, or its tables by name (`daily`, `border`, `series`); several seeds stand in one table.
    command
        The command line that repeats the run; it is written into the pictures.
    """
    figures = run_figures(run, case, command)
    return [style.save(draw(), Path(folder) / name) for name, draw in figures.items()]


def run_figures(run, case, command: str) -> dict[str, Callable]:
    """Return what draws each picture of a run, by name; the parameters are those of `draw_run`."""
    tables = run if isinstance(run, dict) else {name: run.table(name) for name in TABLES}
    when = stocks.busiest_day(tables["daily"], case)
    sources = f"Observations: observed.csv of the case {case.name} names the source of each."
    return {
        "map.png": lambda: stock_map(tables, case, when, command),
        "series.png": lambda: time_series(tables["series"], case.observed, case.events, sources, command),
    }


def draw_comparison(comparison, case, folder: Path | str, command: str) -> list[Path]:
    """Draw the pictures of a comparison into a folder, the data of its maps beside them; return the pictures' paths.

    Parameters
    ----------
    comparison
        Has `baseline` (name), `runs` (by name), `differences` and `by_day`.
    command
        The command line that repeats the comparison; it is written into the pictures.
    """
    seen = mapgrid.snapshot(comparison, case)
    figure_data.write_data(comparison, case, seen, Path(folder))
    figures = comparison_figures(comparison, case, seen, command)
    return [style.save(draw(), Path(folder) / name) for name, draw in figures.items()]


def comparison_figures(comparison, case, seen: mapgrid.Snapshot, command: str) -> dict[str, Callable]:
    """Return what draws each picture of a comparison, by name; `seen` are the days that its maps show."""
    return {
        "outcomes.png": lambda: outcome_grid(comparison, command),
        "forest.png": lambda: forest_plot(comparison, command),
        "scorecard.png": lambda: score_grid(comparison, command),
        "maps.png": lambda: mapgrid.stock_maps(comparison, case, seen, command),
        "flows.png": lambda: mapgrid.flow_maps(comparison, case, command),
        "difference_map.png": lambda: mapgrid.difference_map(comparison, case, seen, command),
    }


def drawings(made, case, command: str) -> Iterator[tuple[str, str]]:
    """Yield each picture of a run or a comparison as SVG: its name and text."""
    if hasattr(made, "baseline"):
        figures = comparison_figures(made, case, mapgrid.snapshot(made, case), command)
    else:
        figures = run_figures(made, case, command)
    for name, draw in figures.items():
        yield name.replace(".png", ".svg"), style.drawing(draw())
