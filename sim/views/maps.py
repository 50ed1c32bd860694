"""The stock map: where people in displacement are on a day, over real borders."""

import datetime

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.views import frames, style, symbols
from sim.views.borders import Frame, draw_land
from sim.views.labels import Label, circle_box, place_labels, point_box
from sim.views.stocks import crossing_states, find_day, lost_places, people_by_place

ORIENTATION_ROLES = ("government", "host")
MOST_LABELS = 14
SMALLEST_REFERENCE = 1000  # people; circles do not grow beyond this scale
MARK_PX = 5
CREDIT = "Boundaries: Natural Earth; a line takes no position on any border."


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
    figure, axes = frames.new_panels(frames.frames_of(case.locations))
    for ax, frame in axes:
        _draw_panel(ax, frame, case.locations.set_index("name"), people, marks)
    _legends(figure, people, marks)
    style.headline(figure, f"People in displacement, {date.day} {date:%B %Y}", _subtitle(people))
    seeds = tables["daily"]["seed"].nunique()
    made_by = f"mean of {seeds} seeds" if seeds > 1 else "one seed"
    style.footer(figure, f"Simulated, not observed ({made_by}). {CREDIT}", command)
    return figure


def _subtitle(people: pd.DataFrame) -> str:
    outside = people["waiting"].sum() + people["crossed"].sum()
    return (
        f"{people.to_numpy().sum():,.0f} people; of these {people['open_air'].sum():,.0f} in the open and "
        f"{outside:,.0f} waiting at or beyond a border. Refugees settled in the host country are not drawn."
    )


def _draw_panel(ax: Axes, frame: Frame, places: pd.DataFrame, people: pd.DataFrame, marks: dict) -> None:
    draw_land(ax, frame, with_borders=frame in frames.FRAMES)
    ax.set_title(frame.title)
    places = places[frame.holds(places["lon"], places["lat"])].copy()
    places["x"], places["y"] = frame.to_km(places["lon"], places["lat"])
    people = people[people.index.isin(places.index)]
    totals = people.sum(axis=1).sort_values(ascending=False)
    width = frame.size_km[0]
    reference = symbols.round_number_above(totals.max() if len(totals) else 0, SMALLEST_REFERENCE)
    totals = totals[totals >= reference * symbols.SMALLEST_SHARE]
    places["radius"] = pd.Series(symbols.radius_of(totals, reference, width), totals.index)
    places["radius"] = places["radius"].fillna(0.0)
    for name in totals.index:
        symbols.draw_pie(ax, *places.loc[name, ["x", "y", "radius"]], people.loc[name].to_dict())
    marked = places[places.index.isin(list(marks))]
    for name, place in marked.iterrows():
        symbols.draw_mark(ax, place["x"], place["y"], marks[name])
    legend = symbols.draw_size_legend(ax, reference, width, frames.legend_corner(frame))
    taken = [legend.get_window_extent(), *style.text_boxes(ax, frames.write_lands(ax, frame))]
    taken += [point_box(ax, place["x"], place["y"], MARK_PX) for _, place in marked.iterrows()]
    circles = [circle_box(ax, *places.loc[name, ["x", "y", "radius"]]) for name in totals.index]
    place_labels(ax, _labels(places, totals, marks), circles, taken)


def _labels(places: pd.DataFrame, totals: pd.Series, marks: dict[str, str]) -> list[Label]:
    """Return the biggest places with their people, then lost places and towns for orientation."""
    biggest = totals.index[:MOST_LABELS]
    lost = [name for name, mark in marks.items() if mark in ("lost", "partly_lost")]
    quiet = places[places["role"].isin(ORIENTATION_ROLES) | places.index.isin(lost)]
    quiet = quiet[~quiet.index.isin(biggest)]
    circle = ["x", "y", "radius"]
    counted = [
        Label(f"{_short(name)}\n{totals[name]:,.0f}", *places.loc[name, circle], may_move=True)
        for name in biggest
    ]
    return counted + [Label(_short(name), *place[circle], style.QUIET) for name, place in quiet.iterrows()]


def _short(name: str) -> str:
    """Return a place's name without what stands in brackets."""
    return name.split(" (")[0]


def _legends(figure: Figure, people: pd.DataFrame, marks: dict[str, str]) -> None:
    """Draw the legends below the panels: status groups at the left, marks at the right; only those shown."""
    top = (frames.BOTTOM_IN - 0.08) / figure.get_figheight()
    look = dict(loc="upper left", ncols=2, borderaxespad=0, columnspacing=1.4, handletextpad=0.6)
    groups = [key for key in people if people[key].sum() > 0]
    figure.legend(handles=symbols.status_handles(groups), bbox_to_anchor=(0.015, top), **look)
    kinds = [key for key in symbols.MARKS if key in set(marks.values())]
    figure.legend(handles=symbols.mark_handles(kinds), bbox_to_anchor=(0.53, top), **look)
