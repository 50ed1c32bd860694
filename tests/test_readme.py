"""What the README tells people to type is typed: nothing in it may have gone stale."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

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


def small(command):
    """Return a command with one household in 400 in place of all, and no pictures, so that the test is quick."""
    if command[1] not in ("run", "compare") or "--help" in command:
        return command
    kept = [word for word in command if not word.startswith("population=")]
    return [*kept, "population=tiny", "output.pictures=false"]


def type_in(words, folder):
    """Run Python with these words in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, *words]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


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


def test_every_command_and_every_line_of_python_works(tmp_path):
    save_files(tmp_path)
    for command in commands():
        if command[0] == "sim":
            done = type_in(["-m", *small(command)], tmp_path)
            assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr}"
    for block in blocks("python"):
        done = type_in(["-c", "\n".join(block)], tmp_path)
        assert done.returncode == 0, "\n".join([*block, done.stderr])


@pytest.mark.parametrize(("command", "sentence"), shown_mistakes())
def test_mistake_ends_as_the_readme_shows(tmp_path, command, sentence):
    done = type_in(["-m", *command], tmp_path)
    assert done.returncode == 2 and done.stderr.startswith(sentence)
