"""Pictures: tables in, figures out. The only importer of matplotlib."""

from pathlib import Path

from sim.views import stocks, style
from sim.views.flowmap import flow_map
from sim.views.maps import stock_map
from sim.views.plots import time_series

__all__ = ["draw_run", "flow_map", "stock_map", "time_series"]
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
