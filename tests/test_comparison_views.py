"""The pictures of a comparison against differences written by hand, and their texts against one another."""

import math

import numpy as np
import pandas as pd
import pytest
from comparisons import BASELINE, PARTED, comparison
from matplotlib.colors import same_color, to_rgb
from matplotlib.patches import Circle, Polygon, Rectangle
from pictures import boxes_of, overlapping

from sim.paths import data_folder
from sim.seeds import load_case
from sim.views import draw_comparison, mapgrid, style
from sim.views.forest import forest_plot
from sim.views.maps import reference_of
from sim.views.multiples import outcome_grid
from sim.views.scorecard import colour_of, score_grid

CHANGES = {
    ("no_ceasefire", "returned"): (-400.0, 30.0),
    ("no_ceasefire", "remaining_displaced"): (80.0, 20.0),
    ("no_ceasefire", "displaced"): (6.0, 9.0),
    ("border_never_opened", "people_at_land_border"): (-1000.0, 100.0),
    ("border_never_opened", "dead_on_the_way"): (2.5, 1.0),
}
TEN = [f"another_policy_number_{i}" for i in range(10)]
COMMAND = f"sim compare scenarios=[{','.join(TEN)}] baseline=as_it_happened replicates=3 population=class seed=1"


@pytest.fixture(scope="module")
def case():
    return load_case(data_folder("seeds") / "idlib_2020")


@pytest.fixture(scope="module")
def two():
    return comparison(CHANGES)


@pytest.fixture(scope="module")
def ten():
    """Ten scenarios; the first changes least, the last most."""
    changes = {}
    for i, name in enumerate(TEN):
        for outcome in ("displaced", "returned", "people_at_land_border", "nights_in_the_open", "pushed_back"):
            changes[name, outcome] = (100.0 * i - 5, 40.0)
    return comparison(changes, TEN)


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


# ---- scorecard


@pytest.fixture(scope="module")
def card(two):
    return score_grid(two, COMMAND)


def cells_of(figure):
    """Return the colour of the coloured cell in which each text stands."""
    ax = figure.axes[0]
    boxes = [patch for patch in ax.patches if type(patch) is Rectangle]
    found = {}
    for text in ax.texts:
        x, y = text.get_position()
        inside = [box for box in boxes if box.get_bbox().contains(x, y)]
        found[text.get_text()] = inside[0].get_facecolor() if inside else None
    return found


def test_cells_tell_the_difference_in_people_and_in_percent(card):
    cells = cells_of(card)
    assert {"−400", "−40 %", "+80", "+8.0 %", "−1,000", "−100 %", "+2.5", "+0.2 %", "+6", "within chance"} <= set(cells)
    assert texts_of(card.axes[0]).count("same") == 2 * 27 - len(CHANGES)
    assert {"Returned home", "at the end", "in all [person-nights]", "1,000"} <= set(cells)


def test_colours_tell_more_from_fewer_and_chance_has_none(card):
    cells = cells_of(card)
    assert same_color(cells["−400"], colour_of(-40)) and same_color(cells["+80"], colour_of(8))
    assert cells["+6"] is None and cells["same"] is None
    red, _, blue = to_rgb(colour_of(8))
    assert red > blue and to_rgb(colour_of(-40))[2] > to_rgb(colour_of(-40))[0]
    legend = [text.get_text() for text in card.legends[0].get_texts()]
    assert "more, 5 to 20 %" in legend and "fewer, from 50 %" in legend
    assert any("not better or worse" in text.get_text() for text in card.texts)


def test_colours_grow_stronger_with_the_percentage():
    darkness = [3 - sum(to_rgb(colour_of(percent))) for percent in (1, 5, 19, 20, 50, 900, math.nan)]
    assert darkness[0] < darkness[1] == darkness[2] < darkness[3] < darkness[4] == darkness[5] == darkness[6]


# ---- forest plot


@pytest.fixture(scope="module")
def plot(two):
    return forest_plot(two, COMMAND)


def panel(figure, title):
    return next(ax for ax in figure.axes if ax.get_title(loc="left") == title)


def test_points_and_bars_stand_at_the_differences_and_their_intervals(plot):
    ax = panel(plot, "Returned home, at the end")
    points = {tuple(np.ravel(line.get_data())): line for line in ax.lines}
    assert (-400.0, 0.0) in points and (0.0, 1.0) in points  # no ceasefire, border never opened
    assert (-430.0, -370.0, 0.0, 0.0) in points
    assert (0.0, 0.0, 0.0, 1.0) in points  # the line at zero
    assert points[0.0, 1.0].get_marker() == "D" and points[-400.0, 0.0].get_marker() == "o"


def test_points_within_chance_are_hollow_and_exact_zeros_are_marked(plot):
    ax = panel(plot, "Ever displaced, at the end")
    points = {tuple(np.ravel(line.get_data())): line for line in ax.lines}
    assert same_color(points[6.0, 0.0].get_markerfacecolor(), "white")
    legend = [text.get_text() for text in plot.legends[0].get_texts()]
    same = "exactly the same in every seed"
    assert legend == ["interval on one side of zero", "interval holds zero: within chance", same]


def test_panels_are_in_the_unit_below_and_in_percent_above(plot):
    plot.canvas.draw()
    ax = panel(plot, "Waiting at the land border, at the peak")
    assert ax.get_xlabel() == "people"
    names = [label.get_text() for label in panel(plot, "Ever displaced, at the end").get_yticklabels()]
    assert names == ["no ceasefire", "border never opened"]
    top = ax.child_axes[0]
    assert top.get_xlim() == pytest.approx([value / 10 for value in ax.get_xlim()])  # 1,000 under the baseline


def test_outcomes_that_nothing_changes_have_no_panel(plot):
    titles = [ax.get_title(loc="left") for ax in plot.axes]
    assert len([title for title in titles if title]) == 5 and "Pushed back, in all" not in titles


# ---- outcomes over time


@pytest.fixture(scope="module")
def grid(two):
    return outcome_grid(two, COMMAND)


def test_each_row_is_an_outcome_with_its_unit_and_one_scale(grid):
    rows = [grid.axes[i : i + 2] for i in range(0, len(grid.axes), 2)]
    named = [tuple(texts_of(row[0])) for row in rows]
    titles = ["Displaced, not\nreturned", "Waiting at the\nland border", "Died on the way"]
    assert named == [(title, "people") for title in titles]
    assert all(row[0].get_ylim() == row[1].get_ylim() for row in rows)
    assert [ax.get_title(loc="left") for ax in rows[0]] == ["no ceasefire", "border never opened"]


def test_lines_are_the_means_and_bands_the_ranges_over_seeds(grid):
    ax = grid.axes[0]  # displaced and not returned, no ceasefire
    baseline, scenario, parted = ax.lines
    assert set(baseline.get_ydata()) == {1002.0}
    assert set(scenario.get_ydata()) == {1002.0, 1082.0}
    assert pd.Timestamp(parted.get_xdata()[0]) == pd.Timestamp("2019-12-01") + pd.Timedelta(days=PARTED)
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.min() == 1001.0 and heights.max() == 1003.0


def test_a_single_seed_has_no_band(case):
    figure = outcome_grid(comparison(CHANGES, n_seeds=1), COMMAND)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["under the scenario", "under the baseline", "the first day on which anything differs"]


# ---- maps


@pytest.fixture(scope="module")
def seen(two, case):
    return mapgrid.snapshot(two, case)


def radius_at(ax, text):
    """Return the radius of the circle nearest to a label."""
    label = next(one for one in ax.texts if one.get_text() == text)
    circles = [patch for patch in ax.patches if type(patch) is Circle]
    return min(circles, key=lambda circle: math.dist(circle.center, label.get_position()) - circle.radius).radius


def test_maps_show_the_day_on_which_the_scenarios_differ(seen):
    assert seen.day == PARTED and str(seen.date) == "2020-01-30"
    assert seen.people["no_ceasefire"].loc["Dana"].sum() == 60_000 + 10_000


def test_all_stock_maps_have_one_scale(two, case, seen):
    figure = mapgrid.stock_maps(two, case, seen, COMMAND)
    theatres = figure.axes[0:6:2]
    labels = ["Dana\n60,000", "Dana\n70,000", "Dana\n80,000"]
    radii = [radius_at(ax, label) for ax, label in zip(theatres, labels, strict=True)]
    assert radii[1:] == pytest.approx([radii[0] * math.sqrt(7 / 6), radii[0] * math.sqrt(8 / 6)])
    titles = [texts_of(ax)[0] for ax in theatres]
    assert titles == ["as it happened", "no ceasefire", "border never opened"]


def test_reference_of_a_scale_is_the_largest_place_of_all_scenarios(case, seen):
    places = case.locations.set_index("name")
    frame = mapgrid.frames.THEATRE
    assert reference_of(list(seen.people.values()), places, frame) == 100_000
    assert reference_of([seen.people[BASELINE].iloc[:0]], places, frame, 100) == 100


def test_the_difference_map_tells_more_from_fewer(two, case, seen):
    figure = mapgrid.difference_map(two, case, seen, COMMAND)
    theatre, aegean = figure.axes[:2]
    (more,) = [patch for patch in theatre.patches if type(patch) is Circle]
    (fewer,) = [patch for patch in aegean.patches if type(patch) is Circle]
    assert same_color(more.get_facecolor()[:3], style.ORANGE) and same_color(fewer.get_facecolor()[:3], style.BLUE)
    assert "Dana\n+10,000" in texts_of(theatre) and "Pazarkule\n−300" in texts_of(aegean)
    assert "30 January: 10,000 more in some places, 300 fewer in others" in texts_of(theatre)
    assert radius_at(figure.axes[2], "Dana\n+20,000") / more.radius == pytest.approx(math.sqrt(2))


def test_all_flow_maps_have_one_scale(two, case):
    figure = mapgrid.flow_maps(two, case, COMMAND)

    def widest(ax):
        arcs = [patch.get_xy() for patch in ax.patches if type(patch) is Polygon]
        return max(np.linalg.norm(arc[0] - arc[49]) for arc in arcs)

    base, one, other = (widest(ax) for ax in figure.axes[0:6:2])  # 4,000, 8,000 and 12,000 people from Saraqab
    assert [one / base, other / base] == pytest.approx([2, 3])
    assert "Dana\n+8,000 −0" in texts_of(figure.axes[2])
    assert any("30 January to 9 March 2020" in text.get_text() for text in figure.texts)


# ---- all of them


def texts_drawn(figure):
    texts = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for ax in [*figure.axes, *(top for below in figure.axes for top in below.child_axes)]:
        texts += [*ax.texts, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        for i, axis, (start, end) in ((0, ax.xaxis, ax.get_xlim()), (1, ax.yaxis, ax.get_ylim())):
            labels = axis.get_ticklabels() if ax.axison else []
            texts += [label for label in labels if min(start, end) <= label.get_position()[i] <= max(start, end)]
    return [text for text in texts if text.get_visible()]


def figures(made, case, seen):
    yield "outcomes", outcome_grid(made, COMMAND)
    yield "forest", forest_plot(made, COMMAND)
    yield "scorecard", score_grid(made, COMMAND)
    yield "maps", mapgrid.stock_maps(made, case, seen, COMMAND)
    yield "flows", mapgrid.flow_maps(made, case, COMMAND)
    yield "difference map", mapgrid.difference_map(made, case, seen, COMMAND)


@pytest.mark.parametrize("which", ["two", "ten"])
def test_no_two_texts_of_any_picture_overlap_and_none_leaves_the_page(which, case, request):
    made = request.getfixturevalue(which)
    for name, figure in figures(made, case, mapgrid.snapshot(made, case)):
        figure.canvas.draw()
        boxes = boxes_of(texts_drawn(figure), figure.canvas.get_renderer())
        assert len(boxes) > 20, name
        assert overlapping(boxes) == [], name
        page = figure.bbox
        outside = [text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1]
        assert outside == [], name
        from_the_top = sorted(figure.texts, key=lambda text: -text.get_position()[1])
        written = "".join(text.get_text() for text in from_the_top)
        assert COMMAND.replace(" ", "") in written.replace(" ", ""), name
        assert "Simulated, not observed" in written, name


def test_a_comparison_is_drawn_into_its_folder(case, tmp_path):
    written = draw_comparison(comparison({}), case, tmp_path, COMMAND)  # even where nothing differs
    names = ["outcomes.png", "forest.png", "scorecard.png", "maps.png", "flows.png", "difference_map.png"]
    assert [path.name for path in written] == names and all(path.stat().st_size > 10_000 for path in written)
