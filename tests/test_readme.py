"""What the README tells people to type is typed: nothing in it may have gone stale."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def blocks(language):
    """Return the fenced blocks of a language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def commands():
    """Return the commands in its blocks, in order, comments and prompts taken away."""
    lines = "\n".join(blocks(r"(?:bash|sh|console|text)?")).replace("\\\n", " ").splitlines()
    words = [shlex.split(line.strip().removeprefix("$ "), comments=True) for line in lines if typed(line)]
    return [command for command in words if command]


def typed(line):
    """Tell whether a line is a command of this project."""
    return re.match(r"\s*(\$ )?(sim|make) ", line) is not None


def small(command):
    """Return a command with one household in 400 in place of all, so that the test is quick."""
    if command[:2] != ["sim", "run"] or "--help" in command:
        return command
    return [*(word for word in command if not word.startswith("population=")), "population=tiny"]


def test_readme_shows_the_first_commands():
    starts = [" ".join(command[:2]) for command in commands()]
    assert {"make demo", "make test", "sim run"} <= set(starts)


def test_every_make_target_exists():
    for target in (word for command in commands() if command[0] == "make" for word in command[1:]):
        assert "=" in target or re.search(rf"^{re.escape(target)}:", MAKEFILE, re.M), target


def test_every_command_works(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command in commands():
        if command[0] == "sim":
            line = [sys.executable, "-m", *small(command)]
            done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr}"
    for code in blocks("python"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{code}\n{done.stderr}"
