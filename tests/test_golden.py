"""The same bytes everywhere: on any number of threads, in chunks of any size, under every supported Python and Mesa.

The hashes stand for every count a run keeps. One that differs means other people moved: after a change of the model
the new hash is entered together with the change that caused it; after anything else it is a defect.
"""

import hashlib

import numpy as np
import pytest
from worlds import case, composed, households, run

from sim import array_driver, compiled

GOLDEN = {
    "toyland": "7b7bc3aa31d5dbd1",
    "as_it_happened": "5466f420b1b7ee0d",
    "open_to_idlib_quota": "a7ea6161ef7e166a",
    "greece_admits": "fb3f209d6a472c84",
}


def words(name):
    """Return the words that configure a golden run."""
    return ["case=toyland", "scenario=facts_only"] if name == "toyland" else ["population=tiny", f"scenario={name}"]


def fingerprint(model) -> str:
    """Return a hash of all counts of a finished run and of the last state of every household."""
    recorder, digest = model.recorder, hashlib.sha256()
    counts = [recorder.stock, recorder.arrivals, recorder.border, recorder.moves, recorder.cold_deaths]
    flows = recorder.frames()["flows"]
    ways = [flows[name].cat.codes for name in ("origin", "destination", "group")]
    for table in (*counts, households(model), flows["day"], *ways, flows["people"]):
        digest.update(np.ascontiguousarray(table, np.int64).tobytes())
    return digest.hexdigest()[:16]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_runs_give_the_bytes_they_gave_before(name):
    model = run(composed(*words(name)), case("toyland" if name == "toyland" else "idlib_2020"))
    assert fingerprint(model) == GOLDEN[name]


@pytest.mark.parametrize(("threads", "chunks_per_thread"), [(1, 4), (2, 1), (2, 4), (4, 4), (4, 37)])
def test_bytes_do_not_depend_on_threads_or_chunks(monkeypatch, threads, chunks_per_thread):
    monkeypatch.setattr(array_driver, "FEW_ROWS", 0)
    monkeypatch.setattr(compiled, "CHUNKS_PER_THREAD", chunks_per_thread)
    model = run(composed(*words("as_it_happened"), f"threads={threads}"), case("idlib_2020"))
    assert model.driver.threads.n_threads == threads
    assert model.driver.threads.n_chunks == (1 if threads == 1 else threads * chunks_per_thread)
    assert fingerprint(model) == GOLDEN["as_it_happened"]
