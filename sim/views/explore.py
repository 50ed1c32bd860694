"""The page of a grid of levers: two set-ups side by side, played on the map, with what differs between them."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.metrics import OUTCOMES
from sim.views import days, player, stories, wording
from sim.views.markup import Markup, join, listed, tag

CHANCE = {
    True: "Each set-up was simulated once, with the same people and the same luck. What differs is the set-up's doing "
    "within the model, but a small difference may be one that another draw of luck would not show: tell directions and "
    "orders of magnitude.",
    False: "Numbers are means over {} draws of luck, the same for every set-up.",
}
KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Explored:
    """One combination of positions as it was simulated.

    Attributes
    ----------
    tables
        `daily`, `flows`, `border`, `series`, several seeds below each other.
    measures
        Its measures by name.
    summaries
        One entry an outcome, for each seed.
    """

    tables: dict[str, pd.DataFrame]
    measures: dict[str, dict]
    summaries: list[list[dict]]


def explore_page(levers: Sequence, explored: Iterable[Explored], config, case, command: str) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    levers
        Each with `asks` and `positions`, which have a `name`.
    explored
        Every combination of positions, the last lever turning fastest; taken one by one.
    config
        The settings of the first combination.
    """
    outcomes: list[list[float]] = []
    measures: dict[str, dict] = {}

    def played() -> Iterator[player.Played]:
        for one, chosen in zip(explored, itertools.product(*(lever.positions for lever in levers)), strict=True):
            outcomes.append([sum(values) / len(values) for values in _values(one.summaries)])
            for name, measure in one.measures.items():
                measures.setdefault(name, measure)
            yield player.Played("; ".join(position.name for position in chosen), one.tables, one.measures)

    data = player.player_data(played(), case)
    about = {
        "player": data,
        "levers": [{"asks": one.asks, "positions": [each.name for each in one.positions]} for one in levers],
        "outcomes": [_outcome(name) for name in OUTCOMES],
        "values": outcomes,
    }
    return _page(about, levers, measures, config, data["n_seeds"], command)


def _values(summaries: list[list[dict]]) -> Iterator[tuple]:
    """Return for each outcome its value under every seed."""
    by_seed = [{entry["outcome"]: entry["value"] for entry in summary} for summary in summaries]
    return zip(*([round(one[name]) for name in OUTCOMES] for one in by_seed), strict=True)


def _outcome(name: str) -> list[str]:
    unit, how = OUTCOMES[name]
    return [wording.outcome_name(name), f"{wording.summed_up(how)} [{unit}]", "main" if name in wording.MAIN else ""]


def _page(about: dict, levers: Sequence, measures: dict, config, n_seeds: int, command: str) -> str:
    people = f"One household in {config.population.one_in}, counted {config.population.one_in} times"
    parts = [
        tag("header", tag("h1", "What if? Two set-ups side by side"), tag("p", _lead(config), class_="quiet")),
        tag(
            "main",
            tag("section", tag("h2", "The set-ups"), _choices(levers), _link(), class_="screen"),
            tag("section", tag("h2", "Day by day, on a map"), tag("p", days.ABOUT), tag("div", id="player")),
            tag("section", tag("h2", "What differs"), tag("div", "", id="differences", aria_live="polite")),
            tag("section", tag("h2", "What it rests on"), _foundations(measures, n_seeds, people, command)),
        ),
        tag("noscript", tag("p", "This page needs JavaScript.")),
        days.data_of("explore-data", about),
        days.script(player.script() + player.asset("explore.js")),
    ]
    return days.page("What if? Two set-ups side by side", parts)


def _lead(config) -> str:
    return (
        f"Case {config.case.name}, {config.n_days} days from {config.start}. Every combination of the levers was "
        "simulated beforehand; this file needs no network and no server. Simulated, not observed."
    )


def _choices(levers: Sequence) -> Markup:
    """Return a box of selects for each of the two set-ups."""
    return tag("div", [_choice(key, levers) for key in KEYS[:2]], class_="setups")


def _choice(key: str, levers: Sequence) -> Markup:
    rows = []
    for i, lever in enumerate(levers):
        options = [tag("option", position.name, value=j) for j, position in enumerate(lever.positions)]
        name = f"{key.lower()}{i}"
        rows.append(tag("p", tag("label", lever.asks, for_=name), tag("select", options, id=name)))
    return tag("fieldset", tag("legend", f"Set-up {key}"), rows, class_=f"setup-{key.lower()}")


def _link() -> Markup:
    text = "Link to these two set-ups on this day"
    swap = tag("button", "Exchange A and B", type="button", id="swap")
    return tag("p", swap, " ", tag("a", text, href="#", id="link"))


def _foundations(measures: dict, n_seeds: int, people: str, command: str) -> Markup:
    chance = CHANCE[n_seeds == 1].format(n_seeds)
    measured = tag("details", tag("summary", "The measures, with reasons and sources"), stories.measures(measures))
    limits = (
        "Not for predicting, selecting or stopping individuals or families, for directing border enforcement, or for "
        "decisions on anybody's protection.",
        "Absolute numbers under policies that never happened are orders of magnitude.",
        "That a measure can be chosen here is no advice to take it.",
    )
    lines = [tag("p", chance), tag("p", f"{people}."), stories.harm(measures), listed(limits), measured]
    return join([*lines, tag("h3", "How to repeat it"), tag("pre", tag("code", command))])
