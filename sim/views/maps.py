"""The stock map: where people in displacement are on a day, over real borders."""

import datetime
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.views import frames, style, symbols
from sim.views.borders import Frame, draw_land
from sim.views.labels import Label, circle_box, place_labels, point_box, short_name
from sim.views.stocks import crossing_states, find_day, lost_places, people_by_place

ORIENTATION_ROLES = ("government", "host")
MOST_LABELS = 14
LEAST_LABELLED = 0.02  # of the people that the largest circle of the legend stands for
SMALLEST_REFERENCE = 1000  # people; circles do not grow beyond this scale
MARK_PX = 5
CIRCLE = ["x", "y", "radius"]


@style.styled
def stock_map(tables: dict, case, when: int | str | datetime.date, command: str = "") -> Figure:
    """Draw people in displacement by place and status on one day.

    Parameters
    ----------
    tables
        Tables of a run: `daily` and `border`; several seeds are averaged.
    when
        A day number, an ISO date or a date.
    command
        The command line that made the run, for the footer.

    Raises
    ------
    InputError
        If the run has no such day.
    """
    day, date = find_day(tables["daily"], when)
    people = people_by_place(tables["daily"], case, day)
    marks = {**lost_places(case.events, date), **crossing_states(tables["border"], case, day)}
    figure, axes = frames.new_panels(frames.frames_of(case.locations, frames.STOCK_FRAMES))
    for ax, frame in axes:
        _draw_panel(ax, frame, case.locations.set_index("name"), people, marks)
    _legends(figure, people, marks)
    style.headline(figure, f"People in displacement, {date.day} {date:%B %Y}", _subtitle(people))
    style.footer(figure, frames.credit(tables["daily"], axes), command)
    return figure


def _subtitle(people: pd.DataFrame) -> str:
    outside = people["waiting"].sum() + people["crossed"].sum()
    return (
        f"{people.to_numpy().sum():,.0f} people; of these {people['open_air'].sum():,.0f} in the open and "
        f"{outside:,.0f} waiting at or beyond a border. Refugees settled in the host country are not drawn."
    )


def _draw_panel(ax: Axes, frame: Frame, places: pd.DataFrame, people: pd.DataFrame, marks: dict) -> None:
    draw_land(ax, frame, with_borders=frame in frames.REAL_FRAMES)
    ax.set_title(frame.title)
    reference = reference_of([people], places, frame)
    places, totals = draw_people(ax, frame, places, people, reference)
    marks = draw_marks(ax, places, marks)
    scale = symbols.scale_of(frame)
    corner = frames.free_corner(frame, places[["x", "y"]].to_numpy(), *symbols.size_legend_size(scale))
    legend = symbols.draw_size_legend(ax, reference, scale, corner)
    biggest = totals[totals >= reference * LEAST_LABELLED][:MOST_LABELS]
    _write_names(ax, frame, places, biggest, marks, [legend.get_window_extent()])


def reference_of(tables: list, places: pd.DataFrame, frame: Frame, smallest: float = SMALLEST_REFERENCE) -> float:
    """Return the round number of people, `smallest` or more, that the largest circle stands for in all tables."""
    inside = places.index[frame.holds(places["lon"], places["lat"])]
    largest = max(table[table.index.isin(inside)].abs().sum(axis=1).max() for table in tables)
    return symbols.round_number_above(0 if math.isnan(largest) else largest, smallest)


def draw_people(ax: Axes, frame: Frame, places: pd.DataFrame, people: pd.DataFrame, reference: float) -> tuple:
    """Draw a circle for the people of each place in the frame.

    Returns
    -------
    places, totals
        The places in the frame with x, y and radius [km]; people by drawn place, largest first.
    """
    places, totals = with_circles(places, people.sum(axis=1), frame, reference)
    circles = places.loc[totals.index, CIRCLE].to_numpy(float)
    for circle, counts in zip(circles, people.loc[totals.index].to_dict("records"), strict=True):
        symbols.draw_pie(ax, *circle, counts)
    return places, totals


def with_circles(places: pd.DataFrame, totals: pd.Series, frame: Frame, reference: float) -> tuple:
    """Give the places in a frame a circle for their people, or for a difference of people.

    Returns
    -------
    places, totals
        The places in the frame with x, y and radius [km]; people by place with a circle, largest first.
    """
    places = frames.located(places, frame)
    places = places[places["inside"]]
    totals = totals[totals.index.isin(places.index) & (totals.abs() >= reference * symbols.SMALLEST_SHARE)]
    totals = totals.sort_values(key=abs, ascending=False)
    radius = pd.Series(symbols.radius_of(totals.abs(), reference, symbols.scale_of(frame)), totals.index)
    return places.assign(radius=radius.reindex(places.index, fill_value=0.0)), totals


def draw_marks(ax: Axes, places: pd.DataFrame, marks: dict[str, str], size: float = 1.0) -> dict[str, str]:
    """Draw the marks of the places that are there, and return those."""
    marks = {name: mark for name, mark in marks.items() if name in places.index}
    for mark, point in zip(marks.values(), points_of(places, marks), strict=True):
        symbols.draw_mark(ax, *point, mark, size)
    return marks


def points_of(places: pd.DataFrame, names: Iterable[str]) -> np.ndarray:
    """Return x and y [km] of places by name, (n, 2)."""
    return places[["x", "y"]].to_numpy(float)[places.index.get_indexer(list(names))]


def _write_names(ax, frame, places, biggest, marks, taken) -> None:
    """Write the names of lands and places where they hide neither one another nor much of the circles."""
    is_real = frame in frames.REAL_FRAMES
    named = _named_places(places.drop(biggest.index), marks, everything=not is_real)
    ax.plot(named["x"], named["y"], ls="none", marker=".", ms=3, color=style.QUIET, zorder=5)
    taken += style.text_boxes(ax, frames.write_lands(ax, frame))
    taken += [point_box(ax, *point, MARK_PX) for point in points_of(places, marks)]
    circles = [circle_box(ax, *circle) for circle in places.loc[places["radius"] > 0, CIRCLE].to_numpy()]
    place_labels(ax, _labels(places, biggest, named, may_move=not is_real), circles, taken)


def _named_places(places: pd.DataFrame, marks: dict[str, str], everything: bool) -> pd.DataFrame:
    """Return places named for orientation: lost ones and towns, or all where no borders help."""
    lost = [name for name, mark in marks.items() if mark in ("lost", "partly_lost")]
    return places[everything | places["role"].isin(ORIENTATION_ROLES) | places.index.isin(lost)]


def _labels(places: pd.DataFrame, biggest: pd.Series, named: pd.DataFrame, may_move: bool) -> list[Label]:
    """Return the biggest places with their people, then the names for orientation."""
    circles = places.loc[biggest.index, CIRCLE].to_numpy(float)
    counted = [
        Label(f"{short_name(name)}\n{people:,.0f}", *circle, may_move=True)
        for circle, (name, people) in zip(circles, biggest.items(), strict=True)
    ]
    circles = named[CIRCLE].to_numpy(float)
    return counted + [
        Label(short_name(name), *circle, style.QUIET, may_move)
        for circle, name in zip(circles, named.index, strict=True)
    ]


def _legends(figure: Figure, people: pd.DataFrame, marks: dict[str, str]) -> None:
    """Draw the legends below the panels: status groups at the left, marks at the right; only those shown."""
    top = (frames.BOTTOM_IN - 0.08) / figure.get_figheight()
    look = dict(loc="upper left", ncols=2, borderaxespad=0, columnspacing=1.4, handletextpad=0.6)
    groups = [key for key in people if people[key].sum() > 0]
    figure.legend(handles=symbols.status_handles(groups), bbox_to_anchor=(0.015, top), **look)
    kinds = [key for key in symbols.MARKS if key in set(marks.values())]
    figure.legend(handles=symbols.mark_handles(kinds), bbox_to_anchor=(0.53, top), **look)
