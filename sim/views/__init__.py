"""Pictures: tables in, figures out. The only importer of matplotlib."""

from pathlib import Path

from sim.views import mapgrid, stocks, style
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
    tables = run if isinstance(run, dict) else {name: run.table(name) for name in TABLES}
    when = stocks.busiest_day(tables["daily"], case)
    sources = f"Observations: observed.csv of the case {case.name} names the source of each."
    figures = {
        "map.png": stock_map(tables, case, when, command),
        "series.png": time_series(tables["series"], case.observed, case.events, sources, command),
    }
    return [style.save(figure, Path(folder) / name) for name, figure in figures.items()]


def draw_comparison(comparison, case, folder: Path | str, command: str) -> list[Path]:
    """Draw the pictures of a comparison into a folder and return their paths.

    Parameters
    ----------
    comparison
        Has `baseline` (name), `runs` (by name), `differences` and `by_day`.
    command
        The command line that repeats the comparison; it is written into the pictures.
    """
    seen = mapgrid.snapshot(comparison, case)
    figures = {
        "outcomes.png": lambda: outcome_grid(comparison, command),
        "forest.png": lambda: forest_plot(comparison, command),
        "scorecard.png": lambda: score_grid(comparison, command),
        "maps.png": lambda: mapgrid.stock_maps(comparison, case, seen, command),
        "flows.png": lambda: mapgrid.flow_maps(comparison, case, command),
        "difference_map.png": lambda: mapgrid.difference_map(comparison, case, seen, command),
    }
    return [style.save(draw(), Path(folder) / name) for name, draw in figures.items()]
