"""Compiled code: kept from one process to the next, also where the program itself cannot be written to."""

import os
import subprocess
import sys

COUNT = """
from numba.core import event

class Counter(event.Listener):
    n = 0
    def on_start(self, found): Counter.n += 1
    def on_end(self, found): pass

event.register("numba:compile", Counter())
import numpy as np
from sim import compiled, draws
from sim.population import admit_in_order, in_line
admitted, left = admit_in_order(in_line(np.array([1, 0]), np.array([5, 9])), np.array([3, 4]), 5)
assert (admitted.tolist(), left) == ([False, True], 1)
print(Counter.n, compiled.numba.config.CACHE_DIR)
"""


def process(cache, temporary):
    """Use compiled code in a process of its own; return how often it compiled, and its cache folder."""
    places = {"XDG_CACHE_HOME": str(cache), "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=os.environ | places, capture_output=True, text=True, check=True
    )
    n, folder = done.stdout.split(maxsplit=1)
    return int(n), folder.strip()


def test_second_process_does_not_compile(tmp_path):
    first, second = (process(tmp_path / "cache", tmp_path) for _ in range(2))
    assert first[0] > 5 and second[0] == 0
    assert first[1] == second[1] and first[1].startswith(str(tmp_path / "cache"))


def test_compiled_code_is_kept_elsewhere_where_the_cache_cannot_be_written(tmp_path):
    (tmp_path / "cache").write_text("a file in the place of the folder")
    first, second = (process(tmp_path / "cache", tmp_path) for _ in range(2))
    assert first[0] > 5 and second[0] == 0
    assert second[1].startswith(str(tmp_path)) and not second[1].startswith(str(tmp_path / "cache"))
