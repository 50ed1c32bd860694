"""What the README tells people to type is typed: nothing in it may have gone stale."""

import re
import shlex
from pathlib import Path

import pytest

from sim.cli import main

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def blocks(language):
    """Return the fenced blocks of a language in the README, each as its lines."""
    found, opened = [], None
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            opened = line[3:].strip() if opened is None else None
            if opened == language:
                found.append([])
        elif opened == language:
            found[-1].append(line)
    return found


def commands():
    """Return the commands in the blocks of the shell, in order, comments taken away."""
    words = [shlex.split(line, comments=True) for block in blocks("bash") for line in block]
    return [command for command in words if command and command[0] in ("sim", "make")]


def shown_mistakes():
    """Return each command that is shown with the error it ends with: (words, sentence up to an ellipsis)."""
    text = "\n".join(line for block in blocks("text") for line in block)
    found = re.findall(r"^\$ (sim .*)\n(sim: error: .*)", text, re.M)
    return [(shlex.split(line), sentence.partition("...")[0]) for line, sentence in found]


SIMULATING = ("run", "compare", "validate", "sensitivity", "report")
FEW_DAYS = "days=80"  # of the 213; the measures that are named begin before


def small(words):
    """Return the words after `sim`, changed so that the test is quick: few households and days, no more processes."""
    if words[0] not in SIMULATING or "--help" in words:
        return words
    kept = [word for word in words if not word.startswith(("population=", "replicates="))]
    has_own_days = any(word.startswith(("days=", "case=")) for word in words)
    again = ["replicates=2"] * any(word.startswith("replicates=") for word in words)
    pictures = ["output.pictures=false"] * (words[0] in ("run", "compare"))
    return [*kept, "population=tiny", "executor.workers=1", *again, *pictures, *[FEW_DAYS] * (not has_own_days)]


def typed(words):
    """Do what a command does and return its exit code; that it is a process of its own, test_cli.py looks at."""
    try:
        return main(words)
    except SystemExit as end:  # after --help
        return end.code


def test_readme_shows_the_first_commands():
    assert {"make demo", "sim run"} <= {" ".join(command[:2]) for command in commands()}


def test_every_make_target_exists():
    shown = re.findall(r"`make ([a-z-]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    typed = [word for command in commands() if command[0] == "make" for word in command[1:] if "=" not in word]
    for target in [*shown, *typed]:
        assert re.search(rf"^{re.escape(target)}:", MAKEFILE, re.M), target


def save_files(folder):
    """Save each block of YAML under the name in its first line, as the reader is told to."""
    for block in blocks("yaml"):
        path = folder / block[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(block), encoding="utf-8")


def test_every_command_and_every_line_of_python_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save_files(tmp_path)
    for command in commands():
        if command[0] == "sim":
            code = typed(small(command[1:]))
            assert code == 0, f"{shlex.join(command)}\n{capsys.readouterr().err}"
    for block in blocks("python"):
        text = "\n".join(block).replace('"population=tiny"', f'"population=tiny", "{FEW_DAYS}"')
        exec(text, {"__name__": "__main__"})


@pytest.mark.parametrize(("command", "sentence"), shown_mistakes())
def test_mistake_ends_as_the_readme_shows(tmp_path, monkeypatch, capsys, command, sentence):
    monkeypatch.chdir(tmp_path)
    assert main(command[1:]) == 2 and capsys.readouterr().err.startswith(sentence)
