"""The part of a report on what is assumed: facts by how they are known, numbers of the behaviour with their reasons."""

import re
from dataclasses import fields

import pandas as pd

from sim.config import Behaviour
from sim.paths import data_folder
from sim.seeds import TABLES
from sim.views.markup import Markup, join, table, tag

_LINE = re.compile(r"(\w+):\s*[^#]*#\s*(.+)")
LETTERS = (
    "Letters in front of a reason: F, a fact or derived from one; L, a form or value from the literature; A, an "
    "assumption; C, searched within its prior range so that counts marked calibration come out."
)


def assumption_parts(run, case) -> Markup:
    """Return how the facts of a case are known and why the numbers of a run's behaviour are what they are."""
    return join([tag("p", _told(case)), facts_table(case), tag("p", LETTERS), behaviour_table(run)])


def _told(case) -> Markup:
    basis = pd.concat([getattr(case, name)["basis"] for name in TABLES]).value_counts()
    rows = "; ".join(f"{name} {number:,}" for name, number in sorted(basis.items()))
    told = f"{basis.sum():,} rows of facts, each with its source: {rows}. Counted by "
    return join([told, tag("code", "sim check"), "."])


def facts_table(case) -> Markup:
    """Return how many rows of each table of facts are published, derived, recalled, assumed."""
    counts = pd.DataFrame({name: getattr(case, name)["basis"].value_counts() for name in TABLES}).fillna(0).astype(int)
    rows = [[name, *map(str, counts[name])] for name in TABLES if counts[name].sum()]
    return table("Rows of facts by how they are known", ["Table", *counts.index], rows)


def behaviour_table(run) -> Markup:
    """Return the numbers of the behaviour with unit, meaning and reason; those set otherwise are marked."""
    values, said = run.config.get("behaviour", {}), reasons()
    rows = []
    for one in fields(Behaviour):
        if one.name in values:
            about = one.metadata
            meaning = tag("td", f"{about['meaning']} [{about['unit']}]", class_="text")
            reason = tag("td", said.get(one.name, ""), class_="text")
            rows.append([tag("code", one.name), f"{values[one.name]:g}", meaning, reason])
    text = (tag("th", word, scope="col", class_="text") for word in ("Meaning [unit]", "Reason of the default"))
    found = table("Numbers of the behaviour in this run", ["Name", "Value", *text], rows, "told")
    return tag("details", tag("summary", f"The {len(rows)} numbers of the behaviour, with their reasons"), found)


def reasons() -> dict[str, str]:
    """Return the reason that stands beside each number in `conf/behaviour/default.yaml`."""
    text = (data_folder("conf") / "behaviour" / "default.yaml").read_text(encoding="utf-8")
    return dict(found.groups() for found in map(_LINE.match, text.splitlines()) if found)
