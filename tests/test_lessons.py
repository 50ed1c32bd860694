"""The lessons run from top to bottom, and every number they or their solutions state is what the model says today.

A stated number is bold and followed by a comment with its expression: `**1,940**<!--{left:,}-->`. A claim in words is
followed by a condition: `<!--if left > 1000-->`. Both are looked up in what the lesson, and the blocks of Python of its
solutions, have left behind.
"""

import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "experiments" / "lessons"
LESSONS = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
PAGES = [*(FOLDER / f"{name}.py" for name in LESSONS), *(FOLDER / "solutions" / f"{name}.md" for name in LESSONS)]
STATED = re.compile(r"\*\*([^*]+)\*\*<!--(?!if\s)(.*?)-->", re.S)
CLAIMED = re.compile(r"<!--if\s(.*?)-->", re.S)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
# Years, and numbers below 100 without a sign of precision, may stand unchecked.
NUMBER = re.compile(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?\s?(?:%|percent)|\d+\.\d+|\d{3,}")
YEAR = re.compile(r"(?:19|20)\d\d")


def prose(path):
    """Return a page with everything blanked that is not text for the reader; lines stay where they are."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return BLOCK.sub(lambda found: "\n" * found[0].count("\n"), text)
    lines, is_text = [], False
    for line in text.splitlines():
        if line.startswith("# %%"):
            is_text = "[markdown]" in line
            line = ""
        lines.append(line.removeprefix("#").removeprefix(" ") if is_text else "")
    return "\n".join(lines)


def complaints(text, known):
    """Return a sentence for each number or claim of a text that is not so, given the variables of a lesson."""
    found = []
    for match in STATED.finditer(text):
        said, expression = " ".join(match[1].split()), " ".join(match[2].split())
        if said != (now := eval(f"f'''{expression}'''", known)):
            found.append((match.start(), f"says '{said}', but {expression} is now '{now}'"))
    for match in CLAIMED.finditer(text):
        if not eval(" ".join(match[1].split()), known):
            found.append((match.start(), f"claims what is no longer so: {match[1]}"))
    return [f"line {text.count(chr(10), 0, at) + 1} {what}: correct the sentence" for at, what in sorted(found)]


def solutions(name):
    return FOLDER / "solutions" / f"{name}.md"


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_and_what_it_states_is_so(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    known = runpy.run_path(str(FOLDER / f"{name}.py"))
    for match in BLOCK.finditer(solutions(name).read_text(encoding="utf-8")):
        exec(compile(match[1], str(solutions(name)), "exec"), known)
    wrong = [
        f"{page.relative_to(ROOT)} {told}"
        for page in (FOLDER / f"{name}.py", solutions(name))
        for told in complaints(prose(page), known)
    ]
    assert not wrong, "\n".join(wrong)


def test_wrong_numbers_and_claims_are_told_with_line_and_value():
    text = "One.\n**1,940**<!--{left:,}--> people leave,\nmost of them. <!--if left > 2000-->"
    assert complaints(text, {"left": 1940}) == ["line 3 claims what is no longer so: left > 2000: correct the sentence"]
    assert complaints(text, {"left": 2100}) == [
        "line 2 says '1,940', but {left:,} is now '2,100': correct the sentence"
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_number_is_stated_without_a_check(path):
    text = re.sub(r"`[^`]*`|https?://\S+", "", STATED.sub("", CLAIMED.sub("", prose(path))))
    found = [one for one in NUMBER.findall(text) if not YEAR.fullmatch(one)]
    assert not found, f"{path.name} states {', '.join(found)}: write **number**<!--{{expression}}-->"
    assert "<!--" not in text, f"{path.name} has a comment that checks nothing"


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_has_all_its_parts_and_its_minutes_add_up(name):
    text = prose(FOLDER / f"{name}.py")
    for part in ("**Aims.**", "**You need.**", "**Plan**", "**Exercise 1.**", "## Questions", "## Caveat"):
        assert part in text, f"{name} has no {part}"
    minutes = [int(row) for row in re.findall(r"^\| (\d+) \|", text.partition("**Plan**")[2].partition("##")[0], re.M)]
    assert sum(minutes) == (60 if name.startswith("09") else 45)
    exercises = [set(re.findall(r"\*\*Exercise (\d+)\.\*\*", one)) for one in (text, prose(solutions(name)))]
    assert exercises[0] == exercises[1], "each exercise has its solution"
    guesses = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert re.search(r"^guess_\w+.* = .*None", guesses, re.M), "the guess comes before the run"


def test_syllabus_names_every_lesson():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((\d\w+)\.py\)", page)
    assert named == LESSONS
    assert re.findall(r"\]\(solutions/(\w+)\.md\)", page) == LESSONS
