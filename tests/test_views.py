"""The pictures against numbers counted by hand, and their texts against one another."""

import datetime
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.patches import Circle
from pictures import border_of, boxes_of, daily_of, overlapping, series_of
from PIL import Image

from sim.errors import InputError
from sim.paths import data_folder
from sim.seeds import load_case
from sim.views import draw_run
from sim.views.borders import Frame
from sim.views.frames import free_corner
from sim.views.labels import Label, place_labels
from sim.views.maps import stock_map
from sim.views.observations import drawn_rows
from sim.views.panels import PANELS, band
from sim.views.plots import time_series
from sim.views.stocks import busiest_day, crossing_states, find_day, lost_places, people_by_place
from sim.views.style import BLUE, DPI, new_figure, save
from sim.views.symbols import radius_of, round_number_above

FIFTH_OF_MARCH = 95
COMMAND = "sim run scenario=as_it_happened"


@pytest.fixture(scope="module")
def case():
    return load_case(data_folder("seeds") / "idlib_2020")


@pytest.fixture(scope="module")
def tables(case):
    """A crowded day: people in every place of the theatre, on the islands and at the gates, two seeds."""
    theatre = case.locations.query("role == 'theatre' and population > 0")
    rows = [(0, "Dana", "resident", "home", 700_000)]
    for name, people in zip(theatre["name"], theatre["population"], strict=True):
        for i, status in enumerate(("camp", "hosted", "tent", "open_air")):
            rows.append((FIFTH_OF_MARCH, name, "resident", status, int(people / (10 + 5 * i))))
    rows += [(FIFTH_OF_MARCH, "Atmeh camps", "resident", "camp", 100_000)]
    rows += [(FIFTH_OF_MARCH, "İstanbul", "syrian", "home", 480_000)]
    for name, status, people in (
        ("Pazarkule", "at_gate", 12_000), ("İpsala gate", "at_gate", 3_000), ("Ayvacık", "at_coast", 800),
        ("Moria RIC", "home", 19_000), ("Chios", "camp", 5_600), ("Athens", "crossed", 4_000),
    ):
        rows.append((FIFTH_OF_MARCH, name, "afghan", status, people))
    daily = pd.concat([daily_of(rows, seed) for seed in (0, 1)])
    border = border_of([(94, "Pazarkule", 4000, 40), (95, "İpsala gate", 100, 90), (60, "Ayvacık", 10, 10)])
    series = series_of({"displaced": lambda day, seed: 9000 * day * (1 + 0.1 * seed)}, 120, (0, 1))
    return {"daily": daily, "border": border, "series": series}


@pytest.fixture(scope="module")
def stock(tables, case):
    return stock_map(tables, case, "2020-03-05", COMMAND)


# ---- what the map counts


def test_people_are_counted_in_their_sub_district_as_the_mean_of_the_seeds(case):
    rows = [(0, "Dana", "resident", "tent", 100), (0, "Atmeh camps", "resident", "camp", 50)]
    daily = pd.concat([daily_of(rows, seed=0), daily_of(rows[:1], seed=1)])
    people = people_by_place(daily, case, 0)
    assert list(people.index) == ["Dana"]
    assert people.loc["Dana", ["makeshift", "camp"]].tolist() == [100, 25]


def test_only_people_in_displacement_are_counted(case):
    rows = [
        (0, "Idleb", "resident", "home", 5), (0, "Idleb", "displaced_before", "home", 7),
        (0, "İstanbul", "syrian", "home", 11), (0, "Chios", "islander", "home", 13),
        (0, "Idleb", "resident", "returned", 17), (0, "Idleb", "resident", "dead", 19),
    ]
    people = people_by_place(daily_of(rows), case, 0)
    assert people.to_numpy().sum() == 7 + 13
    assert people.loc["Idleb", "settled"] == 7 and people.loc["Chios", "camp"] == 13


def test_the_day_with_most_people_in_displacement_is_found(case):
    rows = [(day, "Idleb", "resident", "tent", people) for day, people in ((0, 5), (1, 9), (2, 8))]
    assert busiest_day(daily_of([*rows, (2, "Idleb", "resident", "home", 99)]), case) == 1


def test_days_are_found_by_number_and_by_date():
    daily = daily_of([(3, "Idleb", "resident", "home", 1), (9, "Idleb", "resident", "home", 1)])
    assert find_day(daily, 5) == (5, datetime.date(2019, 12, 6))
    assert find_day(daily, "2019-12-06") == find_day(daily, datetime.date(2019, 12, 6)) == find_day(daily, 5)
    with pytest.raises(InputError, match="2019-12-01 to 2019-12-10"):
        find_day(daily, "2020-03-05")
    with pytest.raises(InputError, match="'March' is not a date"):
        find_day(daily, "March")


def test_places_are_lost_from_their_day_on(case):
    before, after = (lost_places(case.events, datetime.date(2020, 2, day)) for day in (5, 6))
    assert "Saraqab" not in before and after["Saraqab"] == "lost"
    assert before["Khan Shaykun"] == "held_before" and before["Ma'arrat An Nu'man"] == "lost"
    assert lost_places(case.events, datetime.date(2020, 3, 5))["Atareb"] == "partly_lost"


def test_crossings_show_what_happened_in_the_last_week(case):
    border = border_of([(9, "Pazarkule", 100, 49), (10, "Dikili", 10, 5), (3, "Bodrum", 9, 9)])
    states = crossing_states(border, case, 10)
    assert states["Pazarkule"] == "gate_shut" and states["Dikili"] == "gate_open"
    assert states["Bodrum"] == states["İpsala gate"] == "gate_quiet"
    assert "Ankara" not in states


# ---- the map


def test_four_times_the_people_have_twice_the_radius():
    assert radius_of(1000, 1000, 100) == pytest.approx(6.2)
    assert radius_of([250, 40], 1000, 100) == pytest.approx([3.1, 1.24])


def test_scales_are_round_numbers():
    assert [round_number_above(value, 1000) for value in (3, 1000, 1001, 21_000, 31_000, 71_000)] == [
        1000, 1000, 2000, 30_000, 50_000, 100_000,
    ]


def circles_of(ax):
    return [patch for patch in ax.patches if type(patch) is Circle]


def test_circles_of_the_map_and_of_its_legend_use_one_scale(stock, tables, case):
    theatre, aegean = stock.axes
    dana = people_by_place(tables["daily"], case, FIFTH_OF_MARCH).loc["Dana"].sum()
    assert dana == 100_000 + sum(712_000 // share for share in (10, 15, 20, 25))
    largest = max(circle.radius for circle in circles_of(theatre) if circle.get_zorder() == 4)
    reference = max(circle.radius for circle in circles_of(theatre) if circle.get_zorder() == 8)
    assert largest / reference == pytest.approx(math.sqrt(dana / 300_000))
    assert "300,000" in [text.get_text() for text in theatre.texts]
    assert "20,000" in [text.get_text() for text in aegean.texts]


def test_the_map_names_places_and_people_and_says_how_it_was_made(stock):
    theatre, aegean = ([text.get_text() for text in ax.texts] for ax in stock.axes)
    assert "Dana\n282,746" in theatre and "Latakia" in theatre
    assert {"Pazarkule\n12,000", "Lesvos\n19,000"} <= set(aegean)
    assert not any("480,000" in text for text in aegean)
    written = [text.get_text() for text in stock.texts]
    assert "People in displacement, 5 March 2020" in written and f"Made by:  {COMMAND}" in written
    legend = [text.get_text() for legend in stock.legends for text in legend.get_texts()]
    assert {"in the open", "crossing, most attempts prevented", "crossing, no attempts"} <= set(legend)
    assert "on the road" not in legend  # nobody is


def test_no_two_texts_of_the_map_overlap(stock):
    stock.canvas.draw()
    renderer = stock.canvas.get_renderer()
    for ax in stock.axes:
        boxes = boxes_of(ax.texts, renderer)
        assert len(boxes) > 15
        assert overlapping(boxes) == []
        panel = ax.get_window_extent(renderer)
        assert [text for text, box in boxes if not (panel.x0 <= box.x0 and box.x1 <= panel.x1)] == []
    around = [*stock.texts, *(text for legend in stock.legends for text in legend.get_texts())]
    assert overlapping(boxes_of(around, renderer)) == []


def test_a_label_goes_where_it_hides_nothing_or_is_left_out():
    ax = new_figure(4, 4).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 100), ylim=(0, 100))
    right = place_labels(ax, [Label("Here", 50, 50, 5)], [], [])
    assert right[0].get_position()[0] > 55
    wall = ax.transData.transform_bbox(ax.viewLim)
    assert place_labels(ax, [Label("Here", 50, 50, 5, may_move=True)], [], [wall]) == []


def test_a_case_elsewhere_is_drawn_without_real_borders():
    toyland = load_case(data_folder("seeds") / "toyland")
    daily = daily_of([(40, "Birchwood", "resident", "tent", 1500), (0, "Ashford", "resident", "home", 2000)])
    figure = stock_map({"daily": daily, "border": border_of([])}, toyland, 40)
    (ax,) = figure.axes
    assert {"Birchwood\n1,500", "Ashford", "Cedar"} <= {text.get_text() for text in ax.texts}
    assert not ax.collections
    assert "Natural Earth" not in " ".join(text.get_text() for text in figure.texts)


def test_legends_stand_where_they_hide_least():
    frame = Frame("", 0.0, 1.0, -0.5, 0.5)  # 111 km on a side
    points = np.array([[100.0, 5.0], [5.0, 5.0], [100.0, 100.0], [90.0, 100.0]])
    assert free_corner(frame, points[:1], 20, 20) == pytest.approx((1.668, 1.668))
    assert free_corner(frame, points, 20, 20) == pytest.approx((1.668, 111.2 - 20 - 1.668))


# ---- time series


def test_bands_are_mean_and_range_over_seeds():
    rows = series_of({"x": lambda day, seed: seed * 10 + day}, 2, seeds=(1, 2, 6))
    table = band(rows, "level")
    assert table.iloc[1].tolist() == [31.0, 11.0, 61.0]


def test_bands_of_many_seeds_leave_out_the_outer_tenth():
    rows = series_of({"x": lambda day, seed: seed}, 1, seeds=range(101))
    assert band(rows, "level").iloc[0].tolist() == [50.0, 5.0, 95.0]


def test_daily_counts_become_weeks_and_sums():
    rows = series_of({"x": lambda day, seed: 10}, 9)
    assert band(rows, "per_week")["mean"].tolist() == pytest.approx([70.0] * 9)
    assert band(rows, "cumulative")["mean"].tolist() == [10.0 * day for day in range(1, 10)]


def observations_of(*rows):
    columns = ["outcome", "place", "kind", "period_start", "date", "value", "low", "high", "use", "basis"]
    return pd.DataFrame(rows, columns=columns)


JANUARY = (datetime.date(2020, 1, 1), datetime.date(2020, 1, 31))


def test_flows_are_drawn_as_rates_and_never_beside_stocks():
    observed = observations_of(
        ("x", "", "flow", *JANUARY, 310.0, np.nan, 620.0, "calibration", "published"),
        ("x", "", "stock", None, JANUARY[1], 5.0, np.nan, np.nan, "calibration", "published"),
    )
    assert drawn_rows(observed, ["x"], "per_day")[["value", "high"]].values.tolist() == [[10.0, 20.0]]
    assert drawn_rows(observed, ["x"], "per_week")["value"].tolist() == [70.0]
    assert drawn_rows(observed, ["x"], "level")["value"].tolist() == [5.0]


def test_observations_of_single_places_and_recalled_ones_are_not_drawn():
    observed = observations_of(
        ("x", "Dana", "stock", None, JANUARY[1], 1.0, np.nan, np.nan, "validation", "published"),
        ("x", "", "stock", None, JANUARY[1], 2.0, np.nan, np.nan, "none", "recalled"),
        ("x", "", "stock", None, JANUARY[1], 3.0, np.nan, np.nan, "claim", "published"),
        ("x", "", "stock", None, JANUARY[1], 4.0, np.nan, np.nan, "none", "published"),
    )
    assert drawn_rows(observed, ["x"], "level")["value"].tolist() == [4.0]


@pytest.fixture(scope="module")
def full_series(case):
    """Every panel of the time series, with the real observations."""
    def hump(day, seed):
        return 1000 * math.exp(-(((day - 92) / 9) ** 2)) * (1 + seed / 10)

    names = [name for panel in PANELS for name in panel.outcomes]
    outcomes = {**dict.fromkeys(names, hump), "displaced": lambda day, seed: 5000 * day}
    series = series_of(outcomes, 213, (0, 1, 2))
    return time_series(series, case.observed, case.events, "Observations: all", COMMAND)


def test_the_time_series_has_a_panel_with_its_unit_for_every_outcome(full_series):
    units = {ax.get_title(loc="left"): ax.get_ylabel() for ax in full_series.axes}
    assert units["Displaced since day 0"] == "thousand people"
    assert units["Moves, first and repeated"] == "thousand people per day"
    assert units["Arrivals on the islands"] == "people per week"
    assert units["Attempts at the land border, added up"] == "thousand attempts"
    assert len(units) == 9


def test_no_two_texts_of_the_time_series_overlap(full_series):
    renderer = full_series.canvas.get_renderer()
    full_series.canvas.draw()
    texts = [*full_series.texts, *(text for legend in full_series.legends for text in legend.get_texts())]
    for ax in full_series.axes:
        legend = ax.get_legend()
        texts += [*ax.texts, ax._left_title, ax.yaxis.label, *(legend.get_texts() if legend else [])]
        first, last = ax.get_xlim()
        ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
        texts += [label for tick, label in ticks if first <= tick <= last]
    boxes = boxes_of(texts, renderer)
    assert len(boxes) > 60
    assert overlapping(boxes) == []
    page = full_series.bbox
    assert [text for text, box in boxes if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0] == []


def markers_of(ax, face):
    return [
        value for line in ax.lines for value in line.get_ydata()
        if line.get_marker() == "o" and same_color(line.get_markerfacecolor(), face)
    ]


def test_observations_used_to_fit_are_filled_and_the_others_open(case):
    figure = time_series(series_of({"displaced": lambda day, seed: day}, 120), case.observed, case.events)
    (ax,) = figure.axes
    assert 312.0 in markers_of(ax, "#222222") and 959.0 in markers_of(ax, "white")
    assert 312.0 not in markers_of(ax, "white") and 959.0 not in markers_of(ax, "#222222")
    assert not any(900.0 in line.get_ydata() for line in ax.lines)  # recalled


def test_openings_and_ceasefires_are_marked_on_their_day(case):
    figure = time_series(series_of({"displaced": lambda day, seed: day}, 213), case.observed, case.events)
    letters = {text.get_text(): pd.Timestamp(text.get_position()[0]) for text in figure.axes[0].texts}
    assert letters["b"] == pd.Timestamp("2020-02-28") and letters["c"] == pd.Timestamp("2020-03-06")
    key = [text.get_text() for text in figure.texts if text.get_text().startswith("c  ")]
    assert len(key) == 1 and "6 March" in key[0] and "ceasefire" in key[0]


def test_outcomes_without_data_are_left_out_and_one_seed_has_no_band(case):
    series = series_of({"island_stock": lambda day, seed: 40_000}, 30)
    figure = time_series(series, case.observed, case.events)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["On the islands"]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "simulated, one seed" in names and not any("range" in name for name in names)
    with pytest.raises(InputError, match="nothing to draw"):
        time_series(series_of({"unheard_of": lambda day, seed: 1}, 3), case.observed, case.events)


def test_a_panel_of_zeros_is_drawn_only_beside_observations(case):
    outcomes = dict.fromkeys(["displaced", "people_at_land_border", "returned"], lambda day, seed: 0)
    figure = time_series(series_of(outcomes, 100), case.observed, case.events)
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["Displaced since day 0", "Waiting at the land border"]


# ---- both


def test_drawing_a_run_writes_the_same_two_pictures_each_time(tables, case, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written = draw_run(tables, case, tmp_path / name, COMMAND)
        assert [path.name for path in written] == ["map.png", "series.png"]
    for picture in ("map.png", "series.png"):
        assert (tmp_path / "one" / picture).read_bytes() == (tmp_path / "two" / picture).read_bytes()


def test_pyplot_is_not_used():
    code = "import sys, sim.views; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_picture_is_as_matplotlib_itself_saves_it(tmp_path):
    figure = new_figure(2, 1.5)
    figure.add_axes((0.2, 0.2, 0.7, 0.7)).plot([0, 1], [0, 1], color=BLUE)
    save(figure, tmp_path / "own.png")
    figure.savefig(tmp_path / "theirs.png", dpi=DPI)
    own, theirs = (Image.open(tmp_path / name).convert("RGB") for name in ("own.png", "theirs.png"))
    assert np.array_equal(np.asarray(own), np.asarray(theirs))
