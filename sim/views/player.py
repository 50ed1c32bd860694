"""What the map player of a page shows: the tables of runs as small whole numbers, and the script that plays them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.once import once
from sim.views import frames, fronts, outlines, player_tables, style, symbols
from sim.views.borders import Frame
from sim.views.flowmap import KINDS, SMALLEST_REFERENCE, kind_of
from sim.views.labels import short_name
from sim.views.maps import SMALLEST_REFERENCE as SMALLEST_CIRCLE
from sim.views.packing import Pool
from sim.views.panels import PANELS, Panel
from sim.views.player_tables import HELD, STATES
from sim.views.stocks import find_day

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("player_data.js", "player_map.js", "player_series.js", "player_text.js", "player.js")
TABLES = ("daily", "flows", "border", "series")
MOST_ARCS, MOST_NAMES = 24, 14  # on a day in a frame; in a frame
USUAL = 0.9  # of the days have no larger way than that of full width


@dataclass
class Played:
    """A run as the player is to show it.

    Attributes
    ----------
    tables
        `daily`, `flows`, `border` and `series` by name; several seeds are averaged.
    measures
        Its measures by name, as in its configuration.
    """

    label: str
    tables: Mapping[str, pd.DataFrame]
    measures: Mapping[str, dict] = field(default_factory=dict)


def played(label: str, run) -> Played:
    """Return a finished run ready to be played."""
    return Played(label, {name: getattr(run, name) for name in TABLES}, run.config["policy"])


def script() -> str:
    """Return the player's script: `OnwardPlayer.mount(element, data, labels)`."""
    parts = "\n".join(map(asset, SCRIPTS))
    return f"(function (root) {{\n'use strict';\nconst Onward = {{}};\n{parts}\n}})(globalThis);\n"


def css() -> str:
    """Return the player's style sheet."""
    return asset("player.css")


def asset(name: str) -> str:
    """Return a script or style sheet of the pages."""
    return (ASSETS / name).read_text(encoding="utf-8")


@dataclass
class Read:
    """A run as it goes into what the player is given: all of it that no other run shown beside it decides.

    Attributes
    ----------
    start, n_days, n_seeds
        First date; days; over how many seeds numbers are averaged.
    news
        Titles of the panels in which something happens.
    most
        (P,) most people on a day in each place.
    usual
        For each frame how many people the larger ways have.
    stocks, flows, series
        Packed lists (`sim/views/packing.py`): place, status, people by day; by frame and day who sets out; by panel
        and outcome.
    states, zones
        States of crossings; corridors by frame.
    """

    label: str
    start: datetime.date
    n_days: int
    n_seeds: int
    news: set[str]
    most: np.ndarray
    usual: list[float]
    stocks: list[tuple[int, int, str]]
    flows: list[list[str]]
    series: dict[str, list[list[str]]]
    states: list[list]
    zones: list[list[dict]]


def read(run: Played, case) -> Read:
    """Return what the player shows of a run."""
    daily, series = run.tables["daily"], run.tables["series"]
    names, windows = list(_places(case)["name"]), _windows(case)
    start, n_days, n_seeds = find_day(daily, 0)[1], int(series["day"].max()) + 1, int(series["seed"].nunique())
    stocks = player_tables.stocks(daily, case, names, n_days)
    gone = player_tables.journeys(run.tables["flows"], case, names, daily["seed"].nunique())
    return Read(
        label=run.label,
        start=start,
        n_days=n_days,
        n_seeds=n_seeds,
        news=player_tables.news(series, case.observed),
        most=stocks.sum(axis=1).max(axis=1),
        usual=[_usual(gone, window["inside"]) for _, window in windows],
        stocks=player_tables.packed_stocks(stocks),
        flows=[player_tables.packed_journeys(gone, window["inside"], MOST_ARCS, n_days) for _, window in windows],
        series=player_tables.packed_series(series),
        states=player_tables.crossing_states(run.tables["border"], case, names, n_days),
        zones=[fronts.zones(run.measures, case, frame, start, n_days) for frame, _ in windows],
    )


def player_data(runs: Iterable[Played], case) -> dict:
    """Return what the player shows of runs of the same case, days and people; only what JSON can hold.

    Parameters
    ----------
    runs
        The first two are played side by side; the page may put others in their place. They are taken one by one, so
        that the tables of many need not be in memory at once.

    Returns
    -------
    start, n_days, case, n_seeds
        First date, days, name of the case, over how many seeds numbers are averaged.
    statuses, kinds, marks
        Legend and colour of each status group and each kind of arc; legend of each state of a crossing and a place.
    places
        Name, short name, country, and kind of the arcs that end there.
    held
        Places in government hands by the facts: [place, [day, mark, day, mark, ...]].
    frames
        The windows: outlines, where the places are, for how many people the largest circle stands and from how many on
        arcs have their full width, the front line of the facts.
    panels, observed
        The panels of the time series, and for each its published counts: [first day, last day, value, low, high, use].
    pool
        Lists of whole numbers (`sim/views/packing.py`); what follows refers to them by number.
    runs
        label; stocks: place, status, people by day, ...; flows: by frame and day a list of all who set out, then
        origin, destination, people, ...; states of crossings: [place, [day, state, ...]]; series by panel and outcome:
        mean, low, high; zones by frame.
    """
    return together([read(run, case) for run in runs], case)


def together(found: Sequence[Read], case) -> dict:
    """Return what `player_data` does of runs that are read already."""
    start, n_days, places, pool = found[0].start, found[0].n_days, _places(case), Pool()
    panels = [panel for panel in PANELS if any(panel.title in one.news for one in found)]
    return {
        "start": start.isoformat(),
        "n_days": n_days,
        "case": case.name,
        "n_seeds": found[0].n_seeds,
        "statuses": [{"label": label, "colour": colour} for label, colour, _ in style.STATUS_GROUPS.values()],
        "kinds": [{"label": label, "colour": colour} for label, colour in KINDS.values()],
        "marks": {"states": [symbols.MARKS[key][0] for key in STATES], "held": [symbols.MARKS[key][0] for key in HELD]},
        "places": [_place(row) for row in places.itertuples()],
        "held": player_tables.held(case, tuple(places["name"]), start, n_days),
        "frames": [
            window | _scales(window["inside"], number, found) | {"front": fronts.fronts(case, frame, start, n_days)}
            for number, (frame, window) in enumerate(_windows(case))
        ],
        "panels": [_panel(panel) for panel in panels],
        "observed": player_tables.published(case.observed, panels, start, n_days),
        "runs": [_numbered(one, panels, pool) for one in found],
        "pool": pool.texts,
    }


def _numbered(run: Read, panels: list[Panel], pool: Pool) -> dict:
    """Return a run with its lists in the pool."""
    stocks = [(place, status, pool.add(text)) for place, status, text in run.stocks]
    return {
        "label": run.label,
        "stocks": [number for one in stocks for number in one],
        "flows": [list(map(pool.add, days)) for days in run.flows],
        "states": run.states,
        "series": [[list(map(pool.add, lines)) for lines in run.series[panel.title]] for panel in panels],
        "zones": run.zones,
    }


@once(8)
def _places(case) -> pd.DataFrame:
    """Return the places that are drawn: all but those counted in another."""
    return case.locations[case.locations["part_of"].fillna("") == ""].reset_index(drop=True)


def _place(row) -> dict:
    kind = list(KINDS).index(kind_of(row.role, row.control))
    return {"name": row.name, "short": short_name(row.name), "country": row.country, "kind": kind}


def _panel(panel) -> dict:
    return {"title": panel.title, "unit": panel.unit, "lines": list(panel.outcomes.values()), "how": panel.how}


@once(8)
def _windows(case) -> list[tuple[Frame, dict]]:
    """Return each frame with what is the same in all runs and on all days."""
    places = _places(case)
    return [(frame, _window(frame, places)) for frame in frames.frames_of(case.locations, frames.STOCK_FRAMES)]


def _window(frame: Frame, places: pd.DataFrame) -> dict:
    x, y = outlines.units_of(frame, places["lon"], places["lat"])
    return {
        "title": frame.title,
        "width": outlines.WIDTH,
        "height": outlines.height_of(frame),
        "km": round(frame.size_km[0], 1),
        "real": frame in frames.REAL_FRAMES,
        "paths": outlines.outlines(frame),
        "lands": [[name, *_spot(frame, lon, lat)] for name, lon, lat in frames.LAND_NAMES if frame.holds(lon, lat)],
        "inside": np.flatnonzero(frame.holds(places["lon"], places["lat"])).tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
    }


def _scales(inside: list[int], number: int, found: Sequence[Read]) -> dict:
    """Return what the runs that are shown decide together of a frame: which places are named, and both scales."""
    most = np.max([one.most for one in found], axis=0)[inside]
    named = np.argsort(-most, kind="stable")[:MOST_NAMES]
    return {
        "named": [inside[i] for i in named if most[i] > 0],
        "largest": int(symbols.round_number_above(most.max(initial=0), SMALLEST_CIRCLE)),
        "widest": int(symbols.round_number_above(max(one.usual[number] for one in found), SMALLEST_REFERENCE)),
    }


def _usual(gone: pd.DataFrame, inside: list[int]) -> float:
    """Return how many people have to set out for a larger way of a frame; 0 where nobody does."""
    largest = gone[gone["destination"].isin(inside)].groupby("day")["people"].max()
    return float(np.quantile(largest, USUAL)) if len(largest) else 0.0


def _spot(frame: Frame, lon: float, lat: float) -> tuple[int, int]:
    x, y = outlines.units_of(frame, lon, lat)
    return int(x), int(y)
