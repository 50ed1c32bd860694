"""The documents against the code: what ODD and CONTRIBUTING name must exist, and what exists must be named."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
import worlds
from test_architecture import LAYERS

from sim.config import Behaviour
from sim.metrics import OUTCOMES
from sim.policies import EFFECTS
from sim.population import STATUSES, Population

ROOT = Path(__file__).parents[1]
ODD = (ROOT / "sim" / "ODD.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = {"sim/ODD.md": ODD, "CONTRIBUTING.md": HOUSE}
PHASES = {path.stem for path in (ROOT / "sim" / "phases").glob("[!_]*.py")}
# Words that make people a force of nature or goods. In backticks they are spoken of, not used.
UNFIT = re.compile(r"\binflux|\bwaves? of\b|\bspawn|\bflood(ed|s|ing)? (of|into)\b|\bswarm|\bhordes?\b", re.IGNORECASE)

LOOKS_LIKE_A_FILE = re.compile(r"[\w*./-]*/|[\w*./-]*/[\w*.-]+\.\w+|[A-Z]+\.md")


def section(text, heading):
    """Return what stands under a heading, up to the next one of its level or above."""
    level, _, _ = heading.partition(" ")
    found = re.search(rf"^{re.escape(heading)}.*?\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.M | re.S)
    assert found, f"there is no heading '{heading}'"
    return found[1]


def named(text):
    """Return everything that stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def table(text):
    """Return the cells of each row of the tables in a text, header lines left out."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    rules = [i for i, row in enumerate(rows) if set(row[0]) == {"-"}]
    return [row for i, row in enumerate(rows) if i not in rules and i + 1 not in rules]


def parameter_row(item):
    """Return the cells of a parameter in the ODD: name, unit, range, meaning."""
    low, high = (f"{item.metadata[end]:,.12g}" for end in ("low", "high"))
    return [f"`{item.name}`", item.metadata["unit"], f"{low} to {high}", item.metadata["meaning"]]


def test_every_parameter_stands_in_the_odd_as_it_is_declared():
    rows = [row for row in table(section(ODD, "## 8.")) if len(row) == 6]
    expected = [parameter_row(item) for item in fields(Behaviour)]
    assert [row[:4] for row in rows] == expected, "\n".join(f"| {' | '.join(row)} | 7.? | ? |" for row in expected)


@pytest.mark.parametrize("item", fields(Behaviour), ids=lambda item: item.name)
def test_every_parameter_is_used_in_the_submodel_that_its_row_names(item):
    rows = [row for row in table(section(ODD, "## 8.")) if row[0] == f"`{item.name}`"]
    for number in rows[0][4].split(", "):
        text = section(ODD, "## 5." if number == "5" else f"### {number} ")
        assert re.search(rf"\b{item.name}\b", text), f"section {number} does not say what {item.name} does"


def calls_of_a_day():
    """Return what `DisplacementModel.step` calls, in order."""
    tree = ast.parse((ROOT / "sim" / "model.py").read_text(encoding="utf-8"))
    (step,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "step")
    calls = [node.value for node in step.body if isinstance(node, (ast.Expr, ast.Assign))]
    return [call.func.attr for call in calls if isinstance(call, ast.Call)]


def phases_of(verb):
    """Return the phase files whose functions a method of the array driver uses, its own helpers included."""
    tree = ast.parse((ROOT / "sim" / "array_driver.py").read_text(encoding="utf-8"))
    methods = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used, left = set(), [verb]
    while left:
        parts = [node for node in ast.walk(methods.pop(left.pop())) if isinstance(node, ast.Attribute)]
        used |= {part.value.id for part in parts if isinstance(part.value, ast.Name)} & PHASES
        left += {part.attr for part in parts} & set(methods) - set(left)
    return used


def test_schedule_of_the_odd_is_that_of_the_step():
    rows = table(section(ODD, "## 3."))
    assert [row[1].strip("`") for row in rows] == calls_of_a_day()
    assert [row[0] for row in rows] == [str(i + 1) for i in range(len(rows))]


@pytest.mark.parametrize("call", [name for name in calls_of_a_day() if not name.startswith(("_", "authorities"))])
def test_schedule_names_the_phase_files_of_each_call(call):
    (row,) = (row for row in table(section(ODD, "## 3.")) if row[1] == f"`{call}`")
    assert {Path(name).stem for name in named(row[3])} == phases_of(call)


def test_every_phase_has_its_place_in_the_schedule_and_its_submodel():
    schedule = "".join(row[3] for row in table(section(ODD, "## 3.")))
    headings = "".join(re.findall(r"^### 7.*$", ODD, re.M))
    for phase in PHASES:
        assert f"`sim/phases/{phase}.py`" in schedule and f"`sim/phases/{phase}.py`" in headings, phase


def test_every_status_is_explained_in_the_order_of_the_code():
    rows = [row[0].strip("`") for row in table(section(ODD, "## 2.")) if len(row) == 2]
    assert tuple(rows[: len(STATUSES)]) == STATUSES


def test_every_variable_of_a_household_is_listed():
    rows = [row[0] for row in table(section(ODD, "## 2.")) if len(row) == 4]
    beside = ("stock", "today", "cell", "seen", "latest", "low")  # the rows, for all or for blocks of them
    assert rows == [name for name in Population._fields if name not in beside]


def test_every_effect_is_explained():
    known = {name for row in table(section(ODD, "## 8.")) if len(row) == 2 for name in named(row[0])}
    assert known == set(EFFECTS)


def test_every_outcome_of_a_pattern_exists():
    outcomes = {name for row in table(section(ODD, "## 1.")) for name in named(row[1])}
    assert outcomes and outcomes <= set(OUTCOMES)


def test_scales_are_those_of_the_case():
    case, scales = worlds.case("idlib_2020"), section(ODD, "## 2.")
    at_start = case.initial[case.initial["variant"].isin(["all", "article"])]
    spots = (case.locations["role"] == "theatre").sum()
    for words in (
        f"{worlds.composed('case=idlib_2020').case.days} days",
        f"{len(case.locations)} places",
        f"{spots} spots",
        f"{len(case.routes)} routes",
        f"{at_start['people'].sum():,} people",
    ):
        assert words in scales, words


def test_events_that_push_or_close_are_those_that_the_rules_read():
    known = set(named(section(ODD, "## 6."))) & set(worlds.case("idlib_2020").events["type"])
    source = (ROOT / "sim" / "rules.py").read_text(encoding="utf-8")
    assert known == {name for name in worlds.case("idlib_2020").events["type"] if f'"{name}"' in source}


def test_layers_in_contributing_are_those_of_the_test():
    block = re.search(r"^```layers\n(.*?)^```", HOUSE, re.M | re.S)[1]
    assert block == LAYERS.lstrip("\n"), "copy LAYERS of tests/test_architecture.py into CONTRIBUTING.md"


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [name.removeprefix("make ") for name in named(HOUSE) if name.startswith("make ")]
    assert {"test", "test-all", "lint"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page):
    names = [name for name in named(PAGES[page]) if LOOKS_LIKE_A_FILE.fullmatch(name)]
    assert names
    for name in names:
        assert list(ROOT.glob(name)), f"{page} names {name}, which does not exist"


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_nothing_that_is_not_in_the_repository(page):
    assert not re.search(r"(^|[\s`(])/(home|root|tmp|work)/|\bshared/", PAGES[page])


def written_texts():
    """Return every page, choice, note and table of the repository, but for the files of Flee, kept as distributed."""
    kinds = (".md", "conf/**/*.yaml", "seeds/**/*.csv", "sim/**/*.md", "tests/**/*.md", "experiments/**/*.md")
    found = [path for kind in kinds for path in ROOT.glob(kind if "*" in kind else f"*{kind}")]
    found = [path for path in found if not path.match("seeds/flee/*/*/*.csv")]
    return sorted({*found, ROOT / "seeds" / "README.md", ROOT / "results" / "README.md"})


@pytest.mark.parametrize("path", written_texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_words_fit_people(path):
    text = re.sub(r"`[^`\n]+`", "", path.read_text(encoding="utf-8"))
    assert not (found := UNFIT.search(text)), f"{path.name} says '{found[0]}'; people arrive, flee, wait or return"
