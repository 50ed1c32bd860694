"""The boundaries against known cities and published areas."""

import json

import numpy as np
import pytest

from sim.paths import data_folder
from sim.seeds import load_case
from sim.views.borders import KM_PER_DEGREE, Frame, load_borders


def area_named(country, name):
    return next(area for area in load_borders() if (area.country, area.name) == (country, name))


def km2(areas):
    """Return the area by the shoelace rule; rings are wound so that islands add and holes subtract."""
    total = 0.0
    for ring in (ring for area in areas for ring in area.rings):
        x = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean())) * KM_PER_DEGREE
        y = ring[:, 1] * KM_PER_DEGREE
        total += float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    return total


def test_boundaries_hold_every_province_and_governorate_once():
    path = data_folder("seeds") / "geo" / "borders.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    names = [(feature["properties"]["country"], feature["properties"]["name"]) for feature in features]
    assert len(set(names)) == len(names)
    counts = [sum(country == wanted for country, _ in names) for wanted in ("Turkey", "Syria", "Greece")]
    assert counts == [81, 14, 14]
    assert 150_000 < path.stat().st_size < 350_000


@pytest.mark.parametrize(
    ("city", "lat", "lon", "country", "area"),
    [
        ("Ankara", 39.93, 32.86, "Turkey", "Ankara"), ("Van", 38.49, 43.38, "Turkey", "Van"),
        ("Antakya", 36.20, 36.16, "Turkey", "Hatay"), ("Izmir", 38.42, 27.14, "Turkey", "İzmir"),
        ("Edirne", 41.68, 26.56, "Turkey", "Edirne"), ("Idlib", 35.93, 36.63, "Syria", "Idleb"),
        ("Aleppo", 36.20, 37.16, "Syria", "Aleppo"), ("Damascus", 33.51, 36.29, "Syria", "Damascus"),
        ("Raqqa", 35.95, 39.01, "Syria", "Ar-Raqqa"), ("Athens", 37.98, 23.73, "Greece", "Attica"),
        ("Mytilene", 39.11, 26.55, "Greece", "North Aegean"), ("Kos", 36.85, 27.24, "Greece", "South Aegean"),
        ("Plovdiv", 42.14, 24.75, "Bulgaria", "Bulgaria"),
    ],
)
def test_cities_lie_in_their_province_and_in_no_other(city, lat, lon, country, area):
    inside = [(found.country, found.name) for found in load_borders() if found.contains(lon, lat)]
    assert inside == [(country, area)]


def test_every_place_of_the_theatre_lies_in_its_governorate():
    case = load_case(data_folder("seeds") / "idlib_2020")
    theatre = case.locations[case.locations["role"] == "theatre"]
    inside = [
        area_named("Syria", place["governorate"]).contains(place["lon"], place["lat"])
        for _, place in theatre.iterrows()
    ]
    assert len(inside) > 50 and all(inside)


def test_areas_agree_with_the_published_ones():
    # Turkey 783,562 km2, Konya 40,838; Syria 185,180 with about 1,200 of the Golan, not in the file.
    turkey = [area for area in load_borders() if area.country == "Turkey"]
    assert km2(turkey) == pytest.approx(783_562, rel=0.01)
    assert km2([area_named("Turkey", "Konya")]) == pytest.approx(40_838, rel=0.04)
    syria = [area for area in load_borders() if area.country == "Syria"]
    assert km2(syria) == pytest.approx(184_000, rel=0.02)


def test_rings_are_closed_and_do_not_cross_themselves():
    for area in load_borders():
        for ring in area.rings:
            assert (ring[0] == ring[-1]).all() and len(ring) >= 4
            assert not crosses_itself(ring), area.name


def crosses_itself(ring):
    """Tell whether two edges of a ring cross, each strictly between the ends of the other."""
    a, b = ring[:-1], ring[1:]

    def side(p, q, r):
        u, v = q - p, r - p
        return np.sign(np.round(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0], 9))

    p, q, r, s = a[:, None], b[:, None], a[None], b[None]
    return bool(((side(p, q, r) * side(p, q, s) < 0) & (side(r, s, p) * side(r, s, q) < 0)).any())


def test_a_degree_of_latitude_is_111_km_and_longitude_shrinks_with_it():
    frame = Frame("", 30.0, 31.0, 59.5, 60.5)
    x, y = frame.to_km(31.0, 60.5)
    assert y == pytest.approx(111.2) and x == pytest.approx(55.6)
