"""Maps of every scenario on one scale: where people are, where they went, and where more or fewer are than under the
baseline."""

import datetime
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch

from sim.views import contrast, flowmap, frames, maps, page, style, symbols, wording
from sim.views.borders import Frame, draw_land
from sim.views.labels import Label, circle_box, place_labels, point_box, short_name
from sim.views.stocks import crossing_states, displaced_rows, find_day

MOST_NAMES, MOST_ARCS = 5, 30
LAND_SIZE, MARK_SIZE = 6, 0.65  # points, of the names of lands; of the marks of a whole figure
LEAST_NAMED = 0.03  # of the people that the largest circle stands for
SMALLEST_DIFFERENCE = 100  # people; circles of differences do not grow beyond this scale
MORE, FEWER = style.ORANGE, style.BLUE


@dataclass
class Snapshot:
    """People in displacement on the days that tell most.

    Attributes
    ----------
    day, date
        The day on which most scenarios differ from the baseline.
    people
        By scenario, on that day: a table of places (rows) and status groups (columns).
    changes
        By scenario: the day on which it lies farthest from the baseline, and by place how many people more there are.
        Scenarios under which no place ever differs are left out.
    """

    day: int
    date: datetime.date
    people: dict[str, pd.DataFrame]
    changes: dict[str, tuple[datetime.date, pd.Series]]


def snapshot(comparison, case) -> Snapshot:
    """Return where people are under each scenario, on the days that tell most."""
    tables, by_day = {}, {}
    for name, run in comparison.runs.items():
        rows = displaced_rows(run.daily, case)
        rows = rows.groupby(["day", "place", "key"], observed=True)["people"].sum() / run.daily["seed"].nunique()
        tables[name] = rows.unstack("key", fill_value=0).reindex(columns=list(style.STATUS_GROUPS), fill_value=0)
        by_day[name] = tables[name].sum(axis=1).unstack("place", fill_value=0)
    base = by_day[comparison.baseline]
    apart = contrast.distances(by_day, comparison.baseline)
    day = contrast.telling_day(apart)
    day = int(base.sum(axis=1).idxmax()) if day is None else day
    daily = comparison.runs[comparison.baseline].daily
    changes = {}
    for name, distance in apart.items():
        most = int(distance.idxmax())
        changes[name] = find_day(daily, most)[1], by_day[name].sub(base, fill_value=0).loc[most]
    return Snapshot(day, find_day(daily, day)[1], {name: _on(table, day) for name, table in tables.items()}, changes)


def _on(table: pd.DataFrame, day: int) -> pd.DataFrame:
    return table.xs(day, level="day") if day in table.index.get_level_values("day") else table.iloc[:0].droplevel("day")


@style.styled
def stock_maps(comparison, case, seen: Snapshot, command: str = "") -> Figure:
    """Draw where people in displacement are under each scenario on one day, on one scale."""
    drawn = contrast.most_different(comparison)
    sheet, places = _new_page(comparison, case, [comparison.baseline, *drawn], frames.STOCK_FRAMES, command)
    tables = [seen.people[name] for name in sheet.cells]
    references = [maps.reference_of(tables, places, frame) for frame in sheet.frames]
    crossings = set()
    for (name, panels), people in zip(sheet.cells.items(), tables, strict=True):
        marks = crossing_states(comparison.runs[name].border, case, seen.day)
        crossings |= set(marks.values())
        page.name_cell(panels, name, _note(people))
        for (ax, frame), reference in zip(panels, references, strict=True):
            _draw_stock(ax, frame, places, people, marks, reference)
    keys = [key for key in style.STATUS_GROUPS if any(table[key].sum() > 0 for table in tables)]
    page.legend(sheet, symbols.status_handles(keys), 0.3, 2)
    page.legend(sheet, symbols.mark_handles([key for key in symbols.MARKS if key in crossings]), 0.76, 1)
    page.size_keys(sheet, references, page.draw_circle_key, "people")
    title = f"People in displacement under each scenario, {seen.date.day} {seen.date:%B %Y}"
    subtitle = "One scale for all scenarios, on the day that shows most of their differences"
    return page.finish(sheet, comparison, drawn, title, subtitle, command)


@style.styled
def difference_map(comparison, case, seen: Snapshot, command: str = "") -> Figure:
    """Draw the places with more and with fewer people in displacement than under the baseline, on one scale.

    Each scenario is shown on the day on which it lies farthest from the baseline.
    """
    drawn = contrast.most_different(comparison)
    sheet, places = _new_page(comparison, case, drawn, frames.STOCK_FRAMES, command)
    tables = [change.to_frame() for _, change in seen.changes.values()] or [pd.DataFrame({"people": []})]
    references = [maps.reference_of(tables, places, frame, SMALLEST_DIFFERENCE) for frame in sheet.frames]
    for name, panels in sheet.cells.items():
        date, change = seen.changes.get(name, (None, pd.Series(dtype=float)))
        page.name_cell(panels, name, _changed(date, change))
        for (ax, frame), reference in zip(panels, references, strict=True):
            _draw_change(ax, frame, places, change, reference)
    words = {MORE: "more people in displacement than under the baseline", FEWER: "fewer people than under the baseline"}
    page.legend(sheet, [Patch(fc=colour, alpha=0.8, label=text) for colour, text in words.items()], 0.3, 1)
    page.size_keys(sheet, references, page.draw_circle_key, "more or fewer")
    title = f"Where each scenario differs most from “{wording.scenario_name(comparison.baseline)}”"
    subtitle = "One scale, each on the day of its largest difference; fewer in one place may mean more in another"
    return page.finish(sheet, comparison, drawn, title, subtitle, command)


@style.styled
def flow_maps(comparison, case, command: str = "") -> Figure:
    """Draw from where to where people went under each scenario, on one scale, from the day the worlds part."""
    drawn = contrast.most_different(comparison)
    sheet, places = _new_page(comparison, case, [comparison.baseline, *drawn], frames.FLOW_FRAMES, command)
    first, last = flow_days(comparison)
    flows = {}
    for name in sheet.cells:
        run = comparison.runs[name]
        flows[name] = flowmap.flows_between(run.flows, case, first, last) / run.series["seed"].nunique()
    seen = {(name, frame): flowmap.seen_flows(flows[name], places, frame) for name in flows for frame in sheet.frames}
    references = [flowmap.reference_of([seen[name, frame] for name in flows]) for frame in sheet.frames]
    for name, panels in sheet.cells.items():
        page.name_cell(panels, name, f"{flows[name].sum():,.0f} departures between places")
        for (ax, frame), reference in zip(panels, references, strict=True):
            _draw_flows(ax, frame, places, seen[name, frame], reference)
    page.legend(sheet, flowmap.kind_handles(), 0.3, 2)
    page.size_keys(sheet, references, page.draw_arc_key, "people at wide end")
    daily = comparison.runs[comparison.baseline].daily
    begun, ended = (find_day(daily, day)[1] for day in (first, last))
    title = f"Who went where under each scenario, {begun.day} {begun:%B} to {ended.day} {ended:%B %Y}"
    subtitle = f"The {MOST_ARCS} largest ways of each map, one scale for all; beside a place: + came, − left"
    return page.finish(sheet, comparison, drawn, title, subtitle, command)


def _new_page(comparison, case, names: list[str], standing: tuple, command: str) -> tuple[page.Page, pd.DataFrame]:
    shown = frames.frames_of(case.locations, standing)
    drawn = [name for name in names if name != comparison.baseline]
    footer = style.footer_lines(page.WIDTH_IN, page.sources(comparison, shown, drawn), command)
    return page.new_page(names, shown, footer), case.locations.set_index("name")


def flow_days(comparison) -> tuple[int, int]:
    """Return the day on which the middle scenario parts from the baseline, and the last day."""
    last = int(comparison.by_day["day"].max())
    parted = sorted(contrast.first_difference(comparison.by_day).values())
    return (parted[(len(parted) - 1) // 2] if parted else 0), last


def _note(people: pd.DataFrame) -> str:
    waiting, crossed = people["waiting"].sum(), people["crossed"].sum()
    return f"{people.to_numpy().sum():,.0f} people; {waiting:,.0f} wait at a border, {crossed:,.0f} crossed one"


def _changed(date: datetime.date | None, change: pd.Series) -> str:
    if date is None:
        return "no place has more or fewer people, on any day"
    more, fewer = change[change > 0].sum(), change[change < 0].abs().sum()
    return f"{date.day} {date:%B}: {more:,.0f} more in some places, {fewer:,.0f} fewer in others"


def _draw_stock(ax: Axes, frame: Frame, places, people: pd.DataFrame, marks: dict, reference: float) -> None:
    draw_land(ax, frame, with_borders=frame in frames.REAL_FRAMES)
    places, totals = maps.draw_people(ax, frame, places, people, reference)
    marks = maps.draw_marks(ax, places, marks, MARK_SIZE)
    named = totals[totals >= reference * LEAST_NAMED][:MOST_NAMES]
    _write_names(ax, frame, places, {name: f"{count:,.0f}" for name, count in named.items()}, marks)


def _draw_change(ax: Axes, frame: Frame, places: pd.DataFrame, change: pd.Series, reference: float) -> None:
    draw_land(ax, frame, with_borders=frame in frames.REAL_FRAMES)
    places, change = maps.with_circles(places, change, frame, reference)
    for (x, y, size), count in zip(places.loc[change.index, maps.CIRCLE].to_numpy(float), change, strict=True):
        colour = MORE if count > 0 else FEWER
        ax.add_patch(Circle((x, y), size, fc=colour, alpha=0.8, ec=style.INK, lw=0.5, zorder=4))
    named = change[change.abs() >= reference * LEAST_NAMED][:MOST_NAMES]
    _write_names(ax, frame, places, {name: wording.signed(round(count)) for name, count in named.items()}, {})


def _draw_flows(ax: Axes, frame: Frame, places: pd.DataFrame, seen: pd.Series, reference: float) -> None:
    draw_land(ax, frame, with_borders=frame in frames.REAL_FRAMES)
    ends, _ = flowmap.draw_flows(ax, frame, places, seen[:MOST_ARCS], reference / page.WIDER)
    flowmap.label_ends(ax, ends, seen, MOST_NAMES, style.text_boxes(ax, frames.write_lands(ax, frame, LAND_SIZE)))


def _write_names(ax: Axes, frame: Frame, places: pd.DataFrame, texts: dict[str, str], marks: dict[str, str]) -> None:
    """Name the places with the most people, where the names hide neither one another nor much of the circles."""
    circles = [circle_box(ax, *circle) for circle in places.loc[places["radius"] > 0, maps.CIRCLE].to_numpy()]
    taken = [point_box(ax, *point, maps.MARK_PX) for point in maps.points_of(places, marks)]
    taken += style.text_boxes(ax, frames.write_lands(ax, frame, LAND_SIZE))
    wanted = places.loc[list(texts), maps.CIRCLE].to_numpy(float)
    labels = [
        Label(f"{short_name(name)}\n{text}", *circle, may_move=True)
        for circle, (name, text) in zip(wanted, texts.items(), strict=True)
    ]
    place_labels(ax, [*labels, *_for_orientation(ax, frame, places.drop(texts))], circles, taken)


def _for_orientation(ax: Axes, frame: Frame, places: pd.DataFrame) -> list[Label]:
    """Mark cities around the theatre with a dot, or all places where no borders help, and return their names."""
    cities = places[(places["role"] == "government") | (frame not in frames.REAL_FRAMES)]
    ax.plot(cities["x"], cities["y"], ls="none", marker=".", ms=3, color=style.QUIET, zorder=5)
    circles = cities[maps.CIRCLE].to_numpy(float)
    return [Label(short_name(name), *circle, style.QUIET) for name, circle in zip(cities.index, circles, strict=True)]
