"""The flow map against flows counted by hand."""

import datetime
import itertools

import numpy as np
import pandas as pd
import pytest

from sim.paths import data_folder
from sim.seeds import load_case
from sim.views.flowmap import flow_map, flows_between, taper

ROWS = [
    (10, "Saraqab", "Dana", 3000),
    (10, "Saraqab", "Atmeh camps", 1000),  # part of Dana
    (11, "Dana", "Atmeh camps", 500),  # stays inside Dana
    (12, "Atareb", "A'zaz", 2000),
    (13, "İstanbul", "Pazarkule", 800),
    (40, "Saraqab", "Dana", 9000),  # too late
]


@pytest.fixture(scope="module")
def case():
    return load_case(data_folder("seeds") / "idlib_2020")


@pytest.fixture(scope="module")
def tables():
    flows = pd.DataFrame(ROWS, columns=["day", "origin", "destination", "people"]).assign(seed=1)
    start = datetime.date(2019, 12, 1)
    daily = pd.DataFrame({"day": [0, 50], "date": [start, start + datetime.timedelta(50)], "seed": [1, 2]})
    return {"flows": flows, "daily": daily}


@pytest.fixture(scope="module")
def figure(tables, case):
    return flow_map(tables, case, 10, "2019-12-31", "sim run")


def test_flows_are_counted_between_sub_districts_on_the_days_asked_for(tables, case):
    flows = flows_between(tables["flows"], case, 10, 30)
    assert flows.to_dict() == {
        ("Saraqab", "Dana"): 4000, ("Atareb", "A'zaz"): 2000, ("İstanbul", "Pazarkule"): 800,
    }
    assert flows.is_monotonic_decreasing


def test_arcs_are_wide_at_the_start_and_narrow_at_the_end():
    outline = taper((0, 0), (10, 0), 2)
    ends = [np.linalg.norm(outline[i] - outline[-1 - i]) for i in (0, 24)]
    assert ends == pytest.approx([2.0, 0.2])
    assert (outline[0] + outline[-1]) / 2 == pytest.approx([0, 0])
    assert (outline[24] + outline[25]) / 2 == pytest.approx([10, 0])


def test_the_map_names_both_ends_with_the_mean_of_the_seeds(figure):
    theatre, west = ([text.get_text() for text in ax.texts] for ax in figure.axes)
    assert {"Dana\n+2,000 −0", "Saraqab\n+0 −2,000", "A'zaz\n+1,000 −0"} <= set(theatre)
    assert {"İstanbul\n+0 −400", "Pazarkule\n+400 −0"} <= set(west)
    assert "2 largest ways: 100% of the departures" in theatre
    assert "3,400 departures between places; beside a place: + came, − left" in [
        text.get_text() for text in figure.texts
    ]


def test_no_two_texts_of_the_map_overlap(figure):
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for ax in figure.axes:
        boxes = [text.get_window_extent(renderer) for text in ax.texts]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
