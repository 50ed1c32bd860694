"""Pictures: tables in, figures out. The only importer of matplotlib."""

from pathlib import Path

from sim.views import maps, plots, stocks, style

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
        "map.png": maps.stock_map(tables, case, when, command),
        "series.png": plots.time_series(tables["series"], case.observed, case.events, sources, command),
    }
    return [style.save(figure, Path(folder) / name) for name, figure in figures.items()]
