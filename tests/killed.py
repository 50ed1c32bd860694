"""A sweep that is killed again and again, and what must be left of it in the end: every byte, and nothing twice.

`python tests/killed.py 1000 10 population=tiny days=60` does it with the real model: a thousand cells, ten kills.
"""

import contextlib
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sim.cli import main
from sim.results import open_run
from sim.store import Store

_ASIDE = ("manifest.json", "log.jsonl", "lock", "sweep.json")  # they tell time, process or command
_PATIENCE = 600  # seconds for the next run to appear on a busy machine


def tables(folder: Path) -> dict[str, bytes]:
    """Return every file of a sweep that depends on nothing but its choices, byte for byte."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in _ASIDE]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def done_cells(folder: Path) -> list[str]:
    """Return what the log says was simulated, in its order."""
    return [entry["cell"] for entry in Store(folder / "store").logged() if entry["status"] == "done"]


def kill_often(start: Callable[[], subprocess.Popen], folder: Path, counts: list[int], luck: random.Random) -> int:
    """Start a sweep and kill it, again and again; return how many of the kills came before it had ended.

    Parameters
    ----------
    counts
        How many runs at least are finished at each kill, rising; it comes within a third of a second after the last
        of them, at least one of which is new.
    """
    n_met = 0
    for count in counts:
        process, n_before = start(), _finished(folder)
        limit = time.monotonic() + _PATIENCE
        while _finished(folder) <= max(count - 1, n_before) and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        time.sleep(luck.uniform(0, 0.3))
        n_met += process.poll() is None
        process.kill()
        process.communicate()
    return n_met


def _finished(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/manifest.json"))


def faults(killed: Path, whole: Path, n_cells: int, n_kills: int) -> list[str]:
    """Return what is wrong with a sweep that was killed and finished, beside one that nobody disturbed."""
    found, expected, done = tables(killed), tables(whole), done_cells(killed)
    told = [f"{name} differs or is in one only" for name in sorted(found.keys() | expected.keys())
            if found.get(name) != expected.get(name)]  # fmt: skip
    told += [f"{n} cells are simulated more than once" for n in [len(done) - len(set(done))] if n]
    if not n_cells - n_kills <= len(done) <= n_cells:  # a kill may come between a cell and its line in the log
        told.append(f"the log tells of {len(done)} cells")
    for path in killed.glob("*/manifest.json"):
        open_run(path.parent)  # raises where a file is missing or cut off
    return told


def _main(n: int, n_kills: int, words: list[str]) -> int:
    luck = random.Random(n)
    with tempfile.TemporaryDirectory() as place:
        killed, whole = Path(place) / "killed", Path(place) / "whole"
        sweep = ["run", "-m", *words, f"seed=range(1,{n + 1})"]
        command = [sys.executable, "-m", "sim", *sweep, f"out={killed}"]

        def start() -> subprocess.Popen:
            return subprocess.Popen(command, stdout=subprocess.DEVNULL)

        n_met = kill_often(start, killed, sorted(luck.sample(range(n * 19 // 20), n_kills)), luck)
        n_left = n - len(list(killed.glob("*/manifest.json")))
        with contextlib.redirect_stdout(io.StringIO()):
            code = main([*sweep, f"out={killed}"]) + main([*sweep, f"out={whole}"])
        wrong = faults(killed, whole, n, n_kills)
        print(f"{n_met} kills met the sweep at work; {n_left} of {n} cells were left after the last one")
        print("\n".join(wrong) or f"{len(tables(whole))} files have the same bytes; nothing was simulated twice")
    return 1 if wrong or code or n_met < n_kills else 0


if __name__ == "__main__":
    n_cells, kills, *chosen = sys.argv[1:]
    sys.exit(_main(int(n_cells), int(kills), chosen))
