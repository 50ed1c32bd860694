"""The flow map: from where to where people went, over real borders."""

import datetime

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch, Polygon

from sim.views import frames, style, symbols
from sim.views.borders import Frame, draw_land
from sim.views.labels import Label, place_labels, point_box, short_name
from sim.views.stocks import counted_in, find_day

MOST_ARCS, MOST_LABELS, SMALLEST_REFERENCE, DOT_PX = 50, 12, 200, 4
WIDEST, THINNEST = 0.045, 0.003  # of the frame's scale
THIN_END, BEND = 0.1, 0.16  # of the wide end; of the length
LEGEND_SHARES = (1, 1 / 4, 1 / 20)
KINDS = {
    "theatre": ("to a place in the theatre", style.BLUE),
    "north": ("to the north held by the host country", style.ORANGE),
    "host": ("into the host country, or back to a province of it", style.SKY),
    "edge": ("to a gate or a coast", style.PURPLE),
    "beyond": ("from the islands to the mainland, or farther", style.GREEN),
}
KIND_OF_ROLE = {
    "theatre": "theatre", "government": "theatre", "entry_gate": "host", "host": "host", "exit_gate": "edge",
    "coast": "edge", "island": "beyond", "beyond": "beyond",
}


@style.styled
def flow_map(
    tables: dict,
    case,
    first: int | str | datetime.date,
    last: int | str | datetime.date,
    command: str = "",
) -> Figure:
    """Draw departures between places over some days: arcs wide at the origin, narrow at the destination.

    Tapering tells the direction faster than arrowheads do (Holten and van Wijk 2009, "A user study on visualizing
    directed edges in graphs").

    Parameters
    ----------
    tables
        Tables of a run: `flows` and `daily`; several seeds are averaged.
    first, last
        The days, both counted: a day number, an ISO date or a date.
    command
        The command line that made the run, for the footer.

    Raises
    ------
    InputError
        If the run has no such days.
    """
    (start, begun), (end, ended) = find_day(tables["daily"], first), find_day(tables["daily"], last)
    flows = flows_between(tables["flows"], case, start, end) / tables["daily"]["seed"].nunique()
    figure, axes = frames.new_panels(frames.frames_of(case.locations, frames.FLOW_FRAMES))
    for ax, frame in axes:
        _draw_panel(ax, frame, case.locations.set_index("name"), flows)
    top = (frames.BOTTOM_IN - 0.08) / figure.get_figheight()
    look = dict(loc="upper left", bbox_to_anchor=(0.015, top), ncols=3, borderaxespad=0)
    figure.legend(handles=kind_handles(), **look)
    days = f"{begun.day} {begun:%B %Y} to {ended.day} {ended:%B %Y}"
    people = f"{flows.sum():,.0f} departures between places; beside a place: + came, − left"
    style.headline(figure, f"Who went where, {days}", people)
    style.footer(figure, frames.credit(tables["daily"], axes), command)
    return figure


def flows_between(flows: pd.DataFrame, case, first: int, last: int) -> pd.Series:
    """Return people by origin and destination over days, sums over seeds, largest first.

    Camps and towns count in the place they are part of; journeys inside a place are left out.
    """
    rows = flows[(flows["day"] >= first) & (flows["day"] <= last)]
    counted = counted_in(case)
    origin, destination = (rows[end].astype(object).map(counted) for end in ("origin", "destination"))
    left = origin != destination
    people = rows.loc[left, "people"].groupby([origin[left], destination[left]]).sum()
    return people.sort_values(ascending=False)


def taper(start: tuple, end: tuple, width: float) -> np.ndarray:
    """Return the outline (50, 2) of a bent arc: `width` wide at its start, a tenth of that at its end."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    t = np.linspace(0, 1, 25)[:, None]
    along = end - start
    bend = (start + end) / 2 + BEND * np.array([-along[1], along[0]])
    line = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    tangent = 2 * (1 - t) * (bend - start) + 2 * t * (end - bend)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.linalg.norm(tangent, axis=1, keepdims=True)
    half = width / 2 * (1 - (1 - THIN_END) * t)
    return np.concatenate([line + half * normal, (line - half * normal)[::-1]])


def kind_handles() -> list[Patch]:
    """Return legend entries for the kinds of destinations."""
    return [Patch(fc=colour, alpha=0.75, label=label) for label, colour in KINDS.values()]


def _draw_panel(ax: Axes, frame: Frame, places: pd.DataFrame, flows: pd.Series) -> None:
    draw_land(ax, frame, with_borders=frame in frames.REAL_FRAMES)
    ax.set_title(frame.title)
    seen = seen_flows(flows, places, frame)
    drawn = seen[:MOST_ARCS]
    note = f"{len(drawn)} largest ways: {drawn.sum() / max(seen.sum(), 1):.0%} of the departures"
    ax.text(1, 1.02, note, transform=ax.transAxes, fontsize=7.5, color=style.QUIET, ha="right", va="bottom")
    reference = reference_of([drawn])
    ends, arcs = draw_flows(ax, frame, places, drawn, reference)
    legend = _draw_width_legend(ax, reference, frame, np.concatenate([ends[["x", "y"]].to_numpy(float), *arcs]))
    taken = [legend.get_window_extent(), *style.text_boxes(ax, frames.write_lands(ax, frame))]
    label_ends(ax, ends, seen, MOST_LABELS, taken)


def seen_flows(flows: pd.Series, places: pd.DataFrame, frame: Frame) -> pd.Series:
    """Return the flows whose destination lies in the frame."""
    inside = places.index[frame.holds(places["lon"], places["lat"])]
    return flows[flows.index.get_level_values("destination").isin(inside)]


def reference_of(drawn: list[pd.Series]) -> float:
    """Return the round number of people that the widest arc stands for in all panels."""
    return symbols.round_number_above(max([0, *(flows.max() for flows in drawn if len(flows))]), SMALLEST_REFERENCE)


def draw_flows(ax: Axes, frame: Frame, places: pd.DataFrame, drawn: pd.Series, reference: float) -> tuple:
    """Draw arcs and the dots at their ends.

    Returns
    -------
    ends, arcs
        The places in the frame where arcs begin or end, with x and y [km]; the outlines of the arcs.
    """
    places = frames.located(places, frame)
    arcs = _draw_arcs(ax, places, drawn, symbols.scale_of(frame) / reference)
    ends = places[places["inside"] & places.index.isin(drawn.index.to_frame().to_numpy().ravel())]
    ax.plot(ends["x"], ends["y"], ls="none", marker="o", ms=2.6, color=style.INK, zorder=5)
    return ends, arcs


def label_ends(ax: Axes, ends: pd.DataFrame, seen: pd.Series, most: int, taken: list) -> None:
    """Name the busiest places beside their dots, with the people who came and who left."""
    taken += [point_box(ax, x, y, DOT_PX) for x, y in zip(ends["x"], ends["y"], strict=True)]
    place_labels(ax, _labels(ends, seen)[:most], [], taken)


def _draw_arcs(ax: Axes, places: pd.DataFrame, flows: pd.Series, per_person: float) -> list[np.ndarray]:
    """Draw an arc for each flow, widths by `per_person`, and return the outlines."""
    outlines, thinnest = [], THINNEST * flows.max()
    kinds = dict(zip(places.index, map(kind_of, places["role"], places["control"]), strict=True))
    for (origin, destination), people in flows.items():
        width = per_person * max(WIDEST * people, thinnest)
        outlines.append(taper(_spot(places, origin), _spot(places, destination), width))
        colour = KINDS[kinds[destination]][1]
        ax.add_patch(Polygon(outlines[-1], fc=colour, alpha=0.75, ec="white", lw=0.3, zorder=4))
    return outlines


def _spot(places: pd.DataFrame, name: str) -> tuple[float, float]:
    return float(places.at[name, "x"]), float(places.at[name, "y"])


def kind_of(role: str, control: str) -> str:
    """Return the kind of a destination."""
    return "north" if control == "turkish_held" else KIND_OF_ROLE[role]


def _labels(places: pd.DataFrame, flows: pd.Series) -> list[Label]:
    """Return the busiest places with the people who came and who left."""
    left, came = (flows.groupby(level=level).sum() for level in ("origin", "destination"))
    both = pd.DataFrame({"came": came, "left": left}).fillna(0.0).reindex(places.index)
    both = both.loc[both.sum(axis=1).sort_values(ascending=False).index]
    return [
        Label(f"{short_name(name)}\n+{row.came:,.0f} −{row.left:,.0f}", *_spot(places, name), 0.0, may_move=True)
        for name, row in zip(both.index, both.itertuples(), strict=True)
    ]


def draw_width(ax: Axes, start: tuple, length: float, scale: float, share: float) -> None:
    """Draw an arc of a legend, its width a share of the widest."""
    outline = taper(start, (start[0] + length, start[1]), scale * WIDEST * share)
    ax.add_patch(Polygon(outline, fc=style.QUIET, zorder=8))


def _draw_width_legend(ax: Axes, reference: float, frame: Frame, points: np.ndarray) -> FancyBboxPatch:
    scale = symbols.scale_of(frame)
    size = scale * 0.29, scale * 0.19
    left, bottom = frames.free_corner(frame, points, *size)
    box = symbols.draw_box(ax, (left, bottom), *size)
    symbols.write_note(ax, left + scale * 0.012, bottom + scale * 0.168, "people (width at start)")
    for i, share in enumerate(LEGEND_SHARES):
        y = bottom + scale * (0.13 - 0.035 * i)
        draw_width(ax, (left + scale * 0.02, y), scale * 0.11, scale, share)
        symbols.write_note(ax, left + scale * 0.15, y, f"{reference * share:,.0f}")
    symbols.draw_scale_bar(ax, left + scale * 0.018, bottom + scale * 0.02, scale)
    return box
