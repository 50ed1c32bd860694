"""A Flee directory as a case: places, routes, what changes by day, and what was observed."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest
from sim.flee import doubts
from sim.flee.places import CAMPS, read_locations, read_routes
from sim.flee.series import LAYOUT, read_series
from sim.flee.timeline import kinds_by_day, read_closures, read_conflicts, read_period, routes_open
from sim.paths import data_folder, shown

_INPUT_FOLDERS, _OBSERVED_FOLDERS = ("input", "input_csv"), ("validation", "source_data")


@dataclass
class FleeCase:
    """What a Flee directory means; D days, P places, R routes.

    Attributes
    ----------
    locations, routes, closures
        Columns as in `LOCATION_COLUMNS`, `ROUTE_COLUMNS`, `CLOSURE_COLUMNS`, then the directory's own.
    intensity
        (D, P) of conflict, 0 to 1.
    kinds
        (D, P) type of each place on that day: camps that are closed are towns, zones without conflict too.
    route_open
        (D, R) whether people can take the route.
    series
        People by day (index) and place (columns) as observed and corrected; None without observations.
    reported
        Every observed row as it stands in its file: place, file, date, day, people.
    total
        (D,) observed total of all places; it does not drive the model.
    defects
        Whether the directory was read with Flee's defects instead of for what it means.
    warnings
        Sentences on what Flee would misread and on what looks like a mistake.
    """

    name: str
    folder: Path
    observed_folder: Path | None
    checksum: str
    defects: bool
    start: datetime.date
    n_days: int
    locations: pd.DataFrame
    routes: pd.DataFrame
    closures: pd.DataFrame
    intensity: np.ndarray
    kinds: np.ndarray
    route_open: np.ndarray
    series: pd.DataFrame | None
    reported: pd.DataFrame | None
    total: np.ndarray | None
    warnings: list[str]

    @property
    def names(self) -> list[str]:
        """Names of the places, in the order of all arrays."""
        return self.locations["name"].tolist()

    @property
    def camps(self) -> list[str]:
        """Names of the camps, those closed for a time included."""
        return self.locations["name"][self.locations["type"].isin(CAMPS)].tolist()

    @property
    def observed(self) -> pd.DataFrame:
        """People by day (index) and camp (columns): what a simulation is compared with.

        Raises
        ------
        InputError
            Where the case has no observations.
        """
        return self._series()[[name for name in self.camps if name in self._series()]]

    @property
    def arrivals(self) -> np.ndarray:
        """People (D,) who set out on each day so that the camps can have received as many as observed.

        Where the observed total falls, nobody sets out until it has risen above its former height. Day 0 has none:
        who is in a camp then is there already. With Flee's defects, places that are no camps count too.
        """
        counted = self._series() if self.defects else self.observed
        total = counted.sum(axis=1).to_numpy()
        return np.diff(np.maximum.accumulate(total), prepend=total[0])

    @property
    def dates(self) -> pd.DatetimeIndex:
        """Calendar date of each day (D,)."""
        return pd.date_range(self.start, periods=self.n_days)

    def _series(self) -> pd.DataFrame:
        if self.series is None:
            raise InputError(
                f"{shown(self.folder)}: there are no observations; name their folder: case.observed=DIR "
                f"(it holds {LAYOUT})"
            )
        return self.series


def read_flee(path: Path | str, observed: Path | str | None = None, defects: bool = False) -> FleeCase:
    """Read a directory of the Flee simulator.

    Parameters
    ----------
    path
        The folder with `locations.csv`, or the one above it; a bare name may be a folder in `seeds/flee`.
    observed
        The folder with `data_layout.csv`; the one that lies beside the input, if not said.
    defects
        Read it as Flee does, where that differs from what the directory means: `seeds/flee/README.md` has the list.

    Raises
    ------
    InputError
        One sentence with file, line, column, value and what is allowed.
    """
    top, folder = _input_folder(path)
    observed_folder = _observed_folder(top, folder, observed)
    warnings: list[str] = []
    start, n_days = read_period(folder / "sim_period.csv")
    locations = read_locations(folder / "locations.csv", defects, warnings)
    routes = read_routes(folder / "routes.csv", locations, defects, warnings)
    intensity = read_conflicts(folder / "conflicts.csv", locations, n_days, defects, warnings)
    closures = read_closures(folder / "closures.csv", locations, routes, n_days, defects, warnings)
    series = reported = total = None
    if observed_folder:
        corrections = folder / "registration_corrections.csv"
        series, reported, total = read_series(observed_folder, corrections, start, n_days, defects, warnings)
    case = FleeCase(
        name=top.resolve().name,
        folder=folder,
        observed_folder=observed_folder,
        checksum=_checksum(folder, observed_folder),
        defects=defects,
        start=start,
        n_days=n_days,
        locations=locations,
        routes=routes,
        closures=closures,
        intensity=intensity,
        kinds=kinds_by_day(locations, closures, intensity),
        route_open=routes_open(routes, locations, closures, n_days),
        series=series,
        reported=reported,
        total=total,
        warnings=warnings,
    )
    warnings += doubts.of(case)
    return case


def _input_folder(path: Path | str) -> tuple[Path, Path]:
    """Return the folder that names the case and the one in which its files lie."""
    own = data_folder("seeds") / "flee"
    top = own / path if str(path) == Path(path).name and (own / path).is_dir() else Path(path)
    if not top.is_dir():
        known = [folder.name for folder in (*own.glob("*/"), *top.parent.glob("*/"))]
        raise InputError(f"case.path is '{path}', but there is no such folder{nearest(top.name, known)}")
    for folder in (top, *(top / name for name in _INPUT_FOLDERS)):
        if (folder / "locations.csv").is_file():
            return (top.parent if top.name in _INPUT_FOLDERS else top), folder
    raise InputError(f"{shown(top)}: there is no locations.csv, neither here nor in a folder 'input'.")


def _observed_folder(top: Path, folder: Path, observed: Path | str | None) -> Path | None:
    if observed is not None:
        if not (Path(observed) / LAYOUT).is_file():
            raise InputError(f"case.observed is '{observed}', but there is no {LAYOUT} in it")
        return Path(observed)
    beside = [base / name for base in (top, folder, folder.parent) for name in _OBSERVED_FOLDERS]
    return next((found for found in beside if (found / LAYOUT).is_file()), None)


def _checksum(folder: Path, observed: Path | None) -> str:
    """Return the SHA-256 of all files of the case [hex], the same for either kind of line end."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.csv")), *(sorted(observed.glob("*.csv")) if observed else ())]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()
