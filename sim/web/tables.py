"""The tables and stories below the player, as HTML in which every text is escaped."""

import itertools
from html import escape
from pathlib import Path

import pandas as pd

from sim.views import wording
from sim.views.markup import Markup, join, table, tag
from sim.views.player import css as player_css
from sim.web.pair import Pair
from sim.web.pair import story as told_of
from sim.web.setup import Setup

MOST_HOUSEHOLDS = 120  # to choose from


def css() -> str:
    """Return the style sheet of the page and of the player in it."""
    return player_css() + (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def escaped(text: str) -> str:
    """Return a text as HTML."""
    return escape(text)


def scorecard(pair: Pair) -> Markup:
    """Return every outcome under A and B and their paired difference, with its interval where there are seeds."""
    rows = pair.differences
    n = int(rows["n"].iloc[0])
    head = ["", *pair.names, "B − A", *["95 % interval"] * (n > 1), "percent of A"]
    sections = [
        [_score(outcome, rows.loc[outcome], n) for outcome in known if outcome in rows.index]
        for known in wording.SECTIONS.values()
    ]
    lines = [line for lines in sections for line in lines]
    one = "One pair of runs with the same luck; choose more seeds for intervals."
    luck = f"Means of {n} pairs of runs." if n > 1 else one
    share = wording.whole(pair.changed)
    who = f"{share} of {wording.whole(pair.people)} people take another path under B than under A."
    body = table("Outcomes under A and B and what B changes", head, lines, "score")
    return join([tag("h2", "What B changes"), tag("p", f"{luck} {who}"), body])


def _score(outcome: str, row: pd.Series, n: int) -> list:
    name = join([wording.outcome_name(outcome), tag("small", f"{wording.summed_up(row['how'])}, {row['unit']}")])
    a, b, difference = (wording.whole(row[key]) for key in ("baseline", "value", "difference"))
    cells = [name, a, b, tag("td", wording.signed(row["difference"]), class_=_kind(row["difference"]))]
    if n > 1:
        cells.append(f"{wording.signed(row['low'])} to {wording.signed(row['high'])}")
    return [*cells, wording.signed_percent(row["percent"])]


def _kind(difference: float) -> str:
    """Return the style of more, fewer or none; the sign says it, too."""
    return "more" if difference > 0 else "fewer" if difference < 0 else "none"


def observed(pair: Pair) -> Markup:
    """Return the published counts beside what A and B count on the same dates."""
    lines = [
        [
            f"{wording.outcome_name(row.outcome)} {row.when}",
            wording.whole(row.published),
            wording.whole(row.simulated),
            f"{100 * row.error:+.0f} %",
            wording.whole(row.b),
            "fitted to" if row.use == "calibration" else "never fitted to",
        ]
        for row in pair.observed.itertuples()
    ]
    head = ["", "published", "A", "A against it", "B", "the model was"]
    body = table("Published counts beside A and B", head, lines)
    return tag("details", tag("summary", f"{len(lines)} published counts beside A and B"), body)


def households(pair: Pair) -> list[list]:
    """Return the households to choose from: number and name."""
    return [list(one) for one in itertools.islice(pair.households.items(), MOST_HOUSEHOLDS)]


def followed(pair: Pair, setup: Setup) -> int | None:
    """Return the household that is followed: the one chosen if it can be, else the first."""
    return setup.household if setup.household in pair.households else next(iter(pair.households), None)


def story(pair: Pair, setup: Setup) -> Markup:
    """Tell the followed household's journey under A and under B."""
    household = followed(pair, setup)
    if household is None:
        return tag("p", "Nobody is followed in this case.")
    told = told_of(pair, household)
    sides = [tag("div", tag("h3", f"Under {letter.upper()}"), tag("p", told[letter])) for letter in "ab"]
    return join([tag("p", told["together"]), tag("div", sides, class_="two")])
