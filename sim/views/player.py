"""What the map player of a page shows: the tables of runs as small whole numbers, and the script that plays them."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.views import frames, fronts, outlines, player_tables, style, symbols
from sim.views.borders import Frame
from sim.views.flowmap import KINDS, SMALLEST_REFERENCE, kind_of
from sim.views.labels import short_name
from sim.views.maps import SMALLEST_REFERENCE as SMALLEST_CIRCLE
from sim.views.packing import Pool
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
    places, pool = _places(case), Pool()
    names = list(places["name"])
    found = [_read(run, case, names) for run in runs]
    start, n_days = found[0].start, found[0].n_days
    shown = frames.frames_of(case.locations, frames.STOCK_FRAMES)
    panels = player_tables.shown_panels([one.series for one in found], case.observed)
    windows = [_window(frame, places, found) for frame in shown]
    fronts_of = [fronts.fronts(case, frame, start, n_days) for frame in shown]
    return {
        "start": start.isoformat(),
        "n_days": n_days,
        "case": case.name,
        "n_seeds": int(found[0].series["seed"].nunique()),
        "statuses": [{"label": label, "colour": colour} for label, colour, _ in style.STATUS_GROUPS.values()],
        "kinds": [{"label": label, "colour": colour} for label, colour in KINDS.values()],
        "marks": {"states": [symbols.MARKS[key][0] for key in STATES], "held": [symbols.MARKS[key][0] for key in HELD]},
        "places": [_place(row) for row in places.itertuples()],
        "held": player_tables.held(case, names, start, n_days),
        "frames": [window | {"front": front} for window, front in zip(windows, fronts_of, strict=True)],
        "panels": [_panel(panel) for panel in panels],
        "observed": player_tables.published(case.observed, panels, start, n_days),
        "runs": [
            {
                "label": one.label,
                "stocks": player_tables.packed_stocks(one.stocks, pool),
                "flows": [_flows(one.gone, window, pool, n_days) for window in windows],
                "states": one.states,
                "series": player_tables.packed_series(one.series, panels, pool),
                "zones": [fronts.zones(one.measures, case, frame, start, n_days) for frame in shown],
            }
            for one in found
        ],
        "pool": pool.texts,
    }


@dataclass
class _Read:
    """What is kept of a run's tables until all runs have been read."""

    label: str
    measures: Mapping[str, dict]
    start: datetime.date
    n_days: int
    series: pd.DataFrame
    stocks: np.ndarray
    gone: pd.DataFrame
    states: list[list]


def _read(run: Played, case, names: list[str]) -> _Read:
    daily, series = run.tables["daily"], run.tables["series"]
    n_days, n_seeds = int(series["day"].max()) + 1, daily["seed"].nunique()
    return _Read(
        run.label,
        run.measures,
        find_day(daily, 0)[1],
        n_days,
        series,
        player_tables.stocks(daily, case, names, n_days),
        player_tables.journeys(run.tables["flows"], case, names, n_seeds),
        player_tables.crossing_states(run.tables["border"], case, names, n_days),
    )


def _places(case) -> pd.DataFrame:
    """Return the places that are drawn: all but those counted in another."""
    return case.locations[case.locations["part_of"].fillna("") == ""].reset_index(drop=True)


def _place(row) -> dict:
    kind = list(KINDS).index(kind_of(row.role, row.control))
    return {"name": row.name, "short": short_name(row.name), "country": row.country, "kind": kind}


def _panel(panel) -> dict:
    return {"title": panel.title, "unit": panel.unit, "lines": list(panel.outcomes.values()), "how": panel.how}


def _window(frame: Frame, places: pd.DataFrame, found: list[_Read]) -> dict:
    """Return a frame with what is the same in all runs and on all days."""
    inside = np.flatnonzero(frame.holds(places["lon"], places["lat"]))
    x, y = outlines.units_of(frame, places["lon"], places["lat"])
    most = np.max([one.stocks.sum(axis=1).max(axis=1) for one in found], axis=0)[inside]
    named = inside[np.argsort(-most, kind="stable")][:MOST_NAMES]
    seen = (one.gone[one.gone["destination"].isin(inside)] for one in found)
    largest = [ways.groupby("day")["people"].max() for ways in seen]
    usual = max((np.quantile(one, USUAL) for one in largest if len(one)), default=0)
    return {
        "title": frame.title,
        "width": outlines.WIDTH,
        "height": outlines.height_of(frame),
        "km": round(frame.size_km[0], 1),
        "real": frame in frames.REAL_FRAMES,
        "paths": outlines.outlines(frame),
        "lands": [[name, *_spot(frame, lon, lat)] for name, lon, lat in frames.LAND_NAMES if frame.holds(lon, lat)],
        "inside": inside.tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        "named": [int(i) for i in named if most[list(inside).index(i)] > 0],
        "largest": int(symbols.round_number_above(most.max(initial=0), SMALLEST_CIRCLE)),
        "widest": int(symbols.round_number_above(usual, SMALLEST_REFERENCE)),
    }


def _spot(frame: Frame, lon: float, lat: float) -> tuple[int, int]:
    x, y = outlines.units_of(frame, lon, lat)
    return int(x), int(y)


def _flows(gone: pd.DataFrame, window: dict, pool: Pool, n_days: int) -> list[int]:
    return player_tables.packed_journeys(gone, window["inside"], MOST_ARCS, pool, n_days)
