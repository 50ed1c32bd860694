"""netCDF: outcomes and people as arrays with named dimensions; the door to xarray.

A run has the dimensions seed, day, location and status; a sweep option (each combination of its settings), seed and
day. Attributes follow the CF conventions, version 1.10.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.columns import setting
from sim.dataset import RUN
from sim.exports.source import Source, kind_of, library
from sim.metrics import OUTCOMES


def write_netcdf(source: Source, path: Path) -> None:
    """Write the outcomes by day, and of a run also people by day, place and status."""
    xarray = library("xarray", "netcdf", "format=netcdf")
    library("netCDF4", "netcdf", "format=netcdf")
    cube = _of_run(xarray, source) if source.kind == "run" else _of_sweep(xarray, source)
    cube.attrs = {
        "Conventions": "CF-1.10",
        "title": f"Simulated displacement, {source.case.name}",
        "history": source.command,
        "source": "onward-sim; simulated people, never real ones",
        "references": "; ".join(one["title"] for one in source.sources()),
    }
    packed = {name: {"zlib": True, "complevel": 4} for name in cube.data_vars}
    cube.to_netcdf(path, engine="netcdf4", encoding=packed)


def _of_run(xarray, source: Source):
    cube = _outcomes(xarray, source.table("series"), ["seed", "day"])
    daily = source.table("daily")
    places, statuses = daily["location"].cat.categories, daily["status"].cat.categories
    people = np.zeros((cube.sizes["seed"], cube.sizes["day"], len(places), len(statuses)), np.int32)
    seed = np.searchsorted(cube["seed"].to_numpy(), daily["seed"])
    where = (seed, daily["day"], daily["location"].cat.codes, daily["status"].cat.codes)
    np.add.at(people, where, daily["people"].to_numpy())
    told = {"units": "people", "long_name": "people at the end of the day"}
    cube["people"] = (("seed", "day", "location", "status"), people, told)
    at = source.case.locations.set_index("name").loc[list(places)]
    axes = {"lat": ("latitude", "degrees_north"), "lon": ("longitude", "degrees_east")}
    located = {
        name: ("location", at[name].to_numpy(float), {"standard_name": long, "units": unit})
        for name, (long, unit) in axes.items()
    }
    return cube.assign_coords(location=list(places), status=list(statuses), **located)


def _of_sweep(xarray, source: Source):
    """Put runs that differ in nothing but their seed into one option."""
    series, settings = source.table("series"), source.held.settings
    option = source.held.runs.groupby(settings, sort=False).ngroup()
    number = dict(zip(source.held.runs[RUN], option, strict=True))
    series = series.assign(option=series[RUN].astype(str).map(number).astype(int))
    cube = _outcomes(xarray, series, ["option", "seed", "day"])
    options = source.held.runs[settings].drop_duplicates().reset_index(drop=True)
    columns = {name: options[name].tolist() for name in settings}
    told = {name: {"long_name": setting(name, kind_of(options[name])).meaning} for name in settings}
    return cube.assign_coords({name: ("option", columns[name], told[name]) for name in settings})


def _outcomes(xarray, series: pd.DataFrame, axes: list[str]):
    """Return an array for each outcome; what was not simulated is missing."""
    wide = series.pivot(index=axes, columns="outcome", values="value")
    cube = xarray.Dataset.from_dataframe(wide)
    for name in cube.data_vars:
        unit, how = OUTCOMES[name]
        cube[name].attrs = {"units": unit, "long_name": name.replace("_", " "), "summed_up": how}
    cube["day"].attrs = {"long_name": "day of the case; its first is 0"}
    cube["seed"].attrs = {"long_name": "the replicate"}
    dates = series.drop_duplicates("day").set_index("day")["date"].reindex(cube["day"].to_numpy())
    return cube.assign_coords(date=("day", pd.DatetimeIndex(dates).as_unit("ns")))
