"""The ODD against its template (Grimm and others 2020); the glossary and the picture of a day against the code."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from test_documents import ODD, ROOT, calls_of_a_day, named, section, table

from sim.config import Behaviour
from sim.geography import ROLES
from sim.metrics import OUTCOMES
from sim.population import STATUSES
from sim.recorder import ARRIVAL_KINDS
from sim.views.schedule import PICTURE, phases, schedule_svg

GLOSSARY = (ROOT / "sim" / "GLOSSARY.md").read_text(encoding="utf-8")
REASONS = (ROOT / "conf" / "behaviour" / "default.yaml").read_text(encoding="utf-8")
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables, scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialisation",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)


def test_the_seven_elements_come_first_and_in_their_order():
    assert tuple(re.findall(r"^## \d+\. (.*)$", ODD, re.M)[:7]) == ELEMENTS


def test_the_eleven_design_concepts_come_in_their_order():
    assert tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", section(ODD, "## 4."), re.M)) == CONCEPTS


@pytest.mark.parametrize("concept", CONCEPTS)
def test_design_concept_is_more_than_a_word(concept):
    text = re.search(rf"^\*\*{concept}\.\*\*(.*?)(?=^\*\*|\Z)", section(ODD, "## 4."), re.M | re.S)[1]
    assert len(text.split()) >= 25


@pytest.mark.parametrize("item", fields(Behaviour), ids=lambda item: item.name)
def test_parameter_has_the_basis_that_stands_beside_its_value(item):
    """C, F, L and A begin the comment beside the value; the unit of threat has no other basis."""
    comment = re.search(rf"^{item.name}: .*?# (.*)$", REASONS, re.M)[1]
    basis = re.match(r"[CFLA](?:[.,] [CFLA]\b)*", comment)
    (row,) = (row for row in table(section(ODD, "## 8.")) if row[0] == f"`{item.name}`" and len(row) == 6)
    assert row[5] == (basis[0].replace(".", ",") if basis else "unit")
    assert basis or item.name == "push_bombardment"


def test_every_outcome_has_its_line_in_the_glossary():
    rows = table(section(GLOSSARY, "## Outcomes"))
    assert [row[:3] for row in rows] == [[f"`{name}`", *about] for name, about in OUTCOMES.items()]
    assert all(len(row[3].split()) >= 2 for row in rows)


@pytest.mark.parametrize(("heading", "names"), [("## Roles", ROLES), ("## Kinds of arrivals", ARRIVAL_KINDS)])
def test_every_role_and_kind_is_defined(heading, names):
    assert [row[0].strip("`") for row in table(section(GLOSSARY, heading))] == list(names)


def test_every_status_is_defined_where_the_glossary_says():
    assert "section\n2 of `sim/ODD.md`" in GLOSSARY
    assert set(STATUSES) <= {row[0].strip("`") for row in table(section(ODD, "## 2.")) if len(row) == 2}


@pytest.mark.parametrize("word", ["IDP", "Temporary protection", "Pushback", "Attempt", "ARD", "Stock", "Theatre"])
def test_word_of_the_field_is_defined_once(word):
    assert len(re.findall(rf"\*\*(?:[^*]*, )?{word}(?:, [^*]*)?\*\*", GLOSSARY)) == 1


def test_files_that_the_glossary_names_exist():
    assert all((ROOT / name).exists() for name in named(GLOSSARY) if "/" in name)


# The picture


def test_picture_of_the_schedule_is_that_of_the_code():
    text = (ROOT / PICTURE).read_text(encoding="utf-8")
    made = "from sim.views.schedule import PICTURE, write_schedule; write_schedule(PICTURE)"
    assert text == schedule_svg(), f'make it anew: python -c "{made}"'


def test_picture_shows_the_calls_of_a_day_with_their_files():
    assert [phase.call for phase in phases()] == calls_of_a_day()
    text = (ROOT / PICTURE).read_text(encoding="utf-8")
    for phase in phases():
        assert f">{phase.call}</text>" in text and phase.files
        assert all(Path(ROOT / "sim" / f"{name}.py").is_file() and f">{name}</text>" in text for name in phase.files)


def test_nothing_in_the_picture_reaches_into_the_next_column():
    """A letter of either font is at most 0.61 of its size wide, in the mean of a line."""
    text = (ROOT / PICTURE).read_text(encoding="utf-8")
    width = float(re.search(r'viewBox="0 0 (\d+)', text)[1])
    lines = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"[^>]*>([^<]*)<', text)
    rows = [(float(x), float(y), float(x) + 0.61 * float(size) * len(words)) for x, y, size, words in lines]
    for x, y, end in rows:
        beside = [other for other, height, _ in rows if height == y and other > x]
        assert end <= min(beside, default=width)
