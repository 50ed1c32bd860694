"""Where a measure acts: labels against the table of places, shares against the strip worked out another way."""

import numpy as np
import pytest
from worlds import case, make_case

from sim.areas import places_named, share_near
from sim.errors import InputError
from sim.geography import build_geography

KM_A_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km


def towns_at(*kms):
    """Return a theatre whose first town is the only one on the M4; the others lie so many km north of it."""
    places = [
        (f"Town {i}", "theatre", {"lat": 35.0 + km / KM_A_DEGREE, "highway": "" if i else "M4"})
        for i, km in enumerate((0, *kms))
    ]
    return make_case(places, people=[(name, "resident", 10) for name, *_ in places])


def share(towns, width, scatter=10.0, line="M4"):
    """Return the share of each town's people near a line."""
    return share_near("key", line, width, scatter, towns, build_geography(towns))


def strip_worked_out(km, width, scatter):
    """Add up where people live: two-sided exponential around a centre `km` from the line."""
    x = np.linspace(-2000, 2000, 4_000_001)
    density = np.exp(-np.abs(x) / scatter) / (2 * scatter)
    return np.where(np.abs(x + km) <= width, density, 0.0).sum() * (x[1] - x[0])


@pytest.mark.parametrize(("km", "width", "scatter"), [(0, 6, 10), (5, 6, 10), (20, 6, 10), (40, 30, 10), (25, 30, 3)])
def test_share_is_that_of_people_scattered_around_their_town(km, width, scatter):
    expected = strip_worked_out(km, width, scatter)
    assert share(towns_at(km), width, scatter)[1] == pytest.approx(expected, abs=2e-4)


def test_three_to_six_in_ten_people_of_a_place_on_the_road_live_within_6_km():
    """The range that the article's corridor is judged to hold."""
    assert 0.3 < share(towns_at(), 6)[0] < 0.6
    assert share(towns_at(), 6, scatter=17)[0] < 0.31 and share(towns_at(), 6, scatter=6.5)[0] > 0.59


def test_wider_strip_holds_more_people_and_none_at_all_without_a_width():
    towns = towns_at(5, 15, 60)
    shares = np.array([share(towns, width) for width in (0, 2, 6, 12, 30, 200)])
    assert not shares[0].any()
    assert (np.diff(shares, axis=0) > 0).all() and (shares < 1).all()
    assert (np.diff(shares[2]) < 0).all()  # the farther, the fewer


def test_front_lies_halfway_to_the_nearest_place_in_government_hands():
    towns = make_case(
        [("Held", "theatre", {"control": "government"}), ("Near", "theatre", {"lat": 35.0 + 20 / KM_A_DEGREE})],
        people=[("Held", "resident", 1), ("Near", "resident", 1)],
    )
    assert share(towns, 15, 10, "front")[1] == pytest.approx(strip_worked_out(10, 15, 10), abs=2e-4)


def test_zone_of_30_km_holds_the_camps_at_the_border_and_not_the_towns_of_the_front():
    idlib = case("idlib_2020")
    geography = build_geography(idlib)
    shares = dict(zip(np.array(geography.names)[geography.place], share(idlib, 30, 0.1, "border"), strict=True))
    for name in ("Dana", "Salqin", "Harim", "A'zaz", "Atmeh camps"):
        assert shares[name] > 0.99
    for name in ("Saraqab", "Ma'arrat An Nu'man", "Ariha"):
        assert shares[name] < 0.01


@pytest.mark.parametrize(
    ("label", "number", "some"),
    [
        ("northern Aleppo", 15, "Afrin"),
        ("western Aleppo", 6, "Atareb"),
        ("M4", 4, "Mhambal"),
        ("Dana", 1, "Dana"),
        ("Idleb", 1, "Idleb"),
        ("Edirne", 1, "Edirne"),
    ],
)
def test_label_covers_its_places(label, number, some):
    idlib = case("idlib_2020")
    names = list(idlib.locations["name"])
    found = [names[i] for i in places_named("key", [label], idlib)]
    assert len(found) == number and some in found


def test_governorate_with_the_name_of_a_town_is_told_apart():
    idlib = case("idlib_2020")
    inside = idlib.locations["governorate"] == "Idleb"
    assert sorted(places_named("key", ["Idleb governorate"], idlib)) == list(np.flatnonzero(inside))


def test_places_named_twice_count_once_and_none_means_all():
    idlib = case("idlib_2020")
    assert len(places_named("key", ["northern Aleppo", "Afrin"], idlib)) == 15
    assert len(places_named("key", [], idlib)) == len(idlib.locations)


def test_unknown_place_and_line_are_told_with_the_nearest_name():
    idlib = case("idlib_2020")
    with pytest.raises(InputError, match=r"policy.a.where names the unknown place 'northern Alepo' \(did you mean 'no"):
        places_named("policy.a.where", ["northern Alepo"], idlib)
    with pytest.raises(InputError, match="key is 'M6', but must be one of: border, front, M4, M5"):
        share(idlib, 6, 10, "M6")
