"""The part of a page that plays the days of its runs on a map, and what every page with scripts has in its head."""

import json
from collections.abc import Sequence
from pathlib import Path

from sim.views import player, wording
from sim.views.markup import Markup, join, tag
from sim.views.stocks import busiest_day

# A page may run what stands in it, and load nothing: not even by mistake.
LOCKED = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'"
ABOUT = (
    "Circles: people in displacement, by area. Arcs: who set out on the day, wide where they left. Simulated, not "
    "observed; the circles in the small pictures are published counts."
)
ON_PAPER = "On the screen, the days of the runs are played on a map here; the pictures below show fixed days."


def days_part(runs: dict, case) -> Markup:
    """Return the map player with the first run, and another of the runs beside it.

    Parameters
    ----------
    runs
        By name; the first is the baseline. Where one has not every table that the player needs, it says so.
    """
    if not all(hasattr(run, name) for run in runs.values() for name in player.TABLES):
        return tag("p", "The tables that the map is made of were not kept.")
    first, *others = runs
    ready = [player.played(wording.scenario_name(name), run) for name, run in runs.items()]
    about = {"player": player.player_data(ready, case), "day": busiest_day(runs[first].daily, case)}
    picture = tag("div", id="player")
    parts = [tag("p", ABOUT, class_="screen"), tag("p", ON_PAPER, class_="paper"), _choice(first, others), picture]
    parts.append(tag("noscript", tag("p", "The map needs JavaScript; the tables and pictures of this page do not.")))
    return join([*parts, data_of("player-data", about), script(player.script() + player.asset("report.js"))])


def _choice(first: str, others: Sequence[str]) -> Markup:
    """Return the box that chooses what is played beside the baseline."""
    if not others:
        return Markup("")
    names = [wording.scenario_name(name) for name in others]
    options = [tag("option", name, value=i + 1) for i, name in enumerate(names)]
    alone = tag("option", f"nothing: {wording.scenario_name(first)} alone", value=0)
    label = f"Beside “{wording.scenario_name(first)}”: "
    return tag("p", tag("label", label, tag("select", options, alone, id="beside")), class_="screen")


def data_of(name: str, content) -> Markup:
    """Return data for a page's script; no text in them can end the element or begin another."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return tag("script", Markup(text), type="application/json", id=name)


def script(text: str) -> Markup:
    """Return a script of the house that stands in a page."""
    return tag("script", Markup(text))


def page(title: str, parts: Sequence) -> str:
    """Return a whole page: one file that loads nothing."""
    css = player.css() + Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=LOCKED),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(css)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', parts), lang='en')}\n"
