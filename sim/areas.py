"""Where a measure acts: places by name or label, and the share of a place's people who live near a line."""

from collections.abc import Sequence

import numpy as np

from sim.errors import InputError, nearest
from sim.geography import Geography, great_circle_km
from sim.once import once
from sim.seeds import Case

LABELS = ("area", "region", "governorate", "country")  # columns of locations.csv
LINES = ("border", "front")  # and every highway


def places_named(key: str, chosen: Sequence[str], case: Case) -> np.ndarray:
    """Return the numbers of the chosen places; none chosen means all.

    A name means that location only, a highway the places on it, and an area, region, governorate or country all
    its places; where a governorate has the name of a location, ' governorate' stands behind it.

    Raises
    ------
    InputError
        For a name that is none of these, naming the key.
    """
    known = _places_by_name(case)
    numbers: dict[int, None] = {}
    for name in chosen:
        if name not in known:
            raise InputError(f"{key} names the unknown place '{name}'{nearest(name, known)}")
        numbers |= dict.fromkeys(known[name])
    return np.array(list(numbers) if chosen else range(len(case.locations)), dtype=np.int64)


@once(4)
def _places_by_name(case: Case) -> dict[str, list[int]]:
    """Return the place of each name, and the places of each label that is not itself the name of a place."""
    locations, labels = case.locations, {}
    for column in (*(name for name in LABELS if name in locations), "highway"):
        for number, text in enumerate(locations[column]):
            for label in filter(None, text.split(";")):
                labels.setdefault(label, []).append(number)
                if column == "governorate":
                    labels.setdefault(f"{label} governorate", []).append(number)
    names = {name: [number] for number, name in enumerate(locations["name"])}
    return {**names, **{label: places for label, places in labels.items() if label not in names}}


def share_near(key: str, line: str, width_km: float, scatter_km: float, case: Case, geography: Geography) -> np.ndarray:
    """Return the share of each spot's people who live within a width of a line, (K,).

    People live scattered around the centre of their place; their distance from a parallel to the line through the
    centre is exponential on either side (assumption). With a scatter of 10 km, 45 % of the people of a place on
    the line live within 6 km of it, 63 % within 10 km.

    Raises
    ------
    InputError
        For a line that the case does not have.
    """
    km = _line_km(key, line, case, geography)
    near, far = np.exp(-np.abs(width_km - km) / scatter_km), np.exp(-(width_km + km) / scatter_km)
    return np.where(km <= width_km, 1.0 - (near + far) / 2, (near - far) / 2)


def _line_km(key: str, line: str, case: Case, geography: Geography) -> np.ndarray:
    """Return the distance of each spot from a line [km], (K,), as the crow flies.

    The border is that with the host country, measured to the nearest crossing; the front of day 0 is taken to lie
    halfway to the nearest place in government hands; a highway, to run through the places on it.
    """
    locations = case.locations
    if line == "border":
        return geography.border_km
    if line == "front":
        return _nearest_km((locations["control"] == "government").to_numpy(), case, geography) / 2
    highways = [set(text.split(";")) for text in locations["highway"]]
    known = sorted(set().union(*highways) - {""})
    if line not in known:
        lines = [*LINES, *known]
        raise InputError(f"{key} is '{line}', but must be one of: {', '.join(lines)}{nearest(line, lines)}")
    return _nearest_km(np.array([line in names for names in highways]), case, geography)


def _nearest_km(chosen: np.ndarray, case: Case, geography: Geography) -> np.ndarray:
    """Return the distance of each spot from the nearest of the chosen places, (K,); infinite without any."""
    lat, lon = (np.radians(case.locations[axis].to_numpy(np.float64)) for axis in ("lat", "lon"))
    spots = geography.place
    km = great_circle_km(lat[spots, None], lon[spots, None], lat[None, chosen], lon[None, chosen])
    return km.min(axis=1, initial=np.inf)
