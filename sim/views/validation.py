"""The pictures of a validation."""

from pathlib import Path

import pandas as pd

from sim.views import style
from sim.views.agreement import agreement_plot
from sim.views.fans import forecast_fans
from sim.views.placeseries import place_series
from sim.views.plots import time_series


def draw_validation(
    tables: dict[str, pd.DataFrame], families: dict[str, str], series: pd.DataFrame, case, folder: Path, command: str
) -> list[Path]:
    """Draw the pictures of a case with published counts of its own into a folder and return their paths.

    Parameters
    ----------
    tables
        `counts`, or `forecasts` with `forecast_scores`.
    series
        Outcomes by day: date, outcome, value, draw, seed.
    """
    name = case.name.replace("_", " ").capitalize()
    if "forecasts" in tables:
        scored = tables["forecast_scores"]
        fans = forecast_fans(tables["forecasts"], scored, f"{name}: forecasts from published stocks", command)
        return [style.save(fans, folder / "forecasts.png")]
    members = series.groupby(["draw", "seed"], sort=False).ngroup()  # each line of the ensemble counts as a seed
    sources = f"Observations: observed.csv of the case {case.name} names the source of each."
    figures = {
        "counts.png": agreement_plot(tables["counts"], families, f"{name}: simulated and published", command),
        "series.png": time_series(series.assign(seed=members), case.observed, case.events, sources, command),
    }
    return [style.save(figure, folder / file) for file, figure in figures.items()]


def draw_places(name: str, tables: dict[str, pd.DataFrame], folder: Path, command: str) -> list[Path]:
    """Draw the picture of a case of people by day and place into a folder and return its path.

    Parameters
    ----------
    tables
        `by_day`, `by_place` and `overall`, whose first line is the model's.
    """
    model = tables["overall"].iloc[0]
    found = f"averaged relative difference {model['ard']:.3f}, rescaled {model['ard_rescaled']:.3f}"
    subtitle = f"{model['forecast'].capitalize()}: {found}"
    figure = place_series(tables["by_day"], tables["by_place"], f"{name}: people in each place", subtitle, command)
    return [style.save(figure, folder / "places.png")]
