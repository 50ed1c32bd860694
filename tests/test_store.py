"""The store: the finished is found again, the half-written never, and processes keep out of each other's way."""

import functools
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.address import address, facts_checksum, program_checksum
from sim.cells import Cell, simulate_cells
from sim.compose import compose
from sim.errors import InputError
from sim.records import decode, encode, is_whole
from sim.runner import read_case
from sim.store import FAILED, PARTS, Store, StoreError

ROOT = Path(__file__).parents[1]
CONFIG = compose(["case=toyland", "days=10"])
CASE, _ = read_case(CONFIG)
PLACE = "ab" * 20


def displaced(tables):
    """Return a small record of a simulation."""
    series = tables.frames["series"]
    return {"rows": len(series), "last": series["value"].to_numpy()[-3:], "series": series.head(4)}


def cell(seed=1, case=CASE, **settings):
    return Cell("toy", replace(CONFIG, **settings), case, seed)


def address_of(cell, keep="tables"):
    return address(cell.config, facts_checksum(cell.case), cell.seed, keep)


@pytest.fixture
def simulated(monkeypatch):
    """Return a list that fills with the seeds that are simulated."""
    import sim.executors.here as here

    seeds, do = [], here.do

    def noted(task, told):
        seeds.append(task.cell.seed)
        return do(task, told)

    monkeypatch.setattr(here, "do", noted)
    return seeds


def run(cells, store, keep=displaced):
    return [result.record for result in simulate_cells(cells, store=store, keep=keep)]


# records


def test_record_comes_back_as_it_was_and_gives_the_same_bytes():
    frame = pd.DataFrame({"day": [1, 2], "value": [0.1, np.nan], "name": pd.Categorical(["a", "b"], ["a", "b", "c"])})
    frame = frame.astype({"day": np.int16})
    plain = {"x": 0.1 + 0.2, "n": 2**60, "none": None, "é": ["a", True]}
    record = {**plain, "at": np.arange(6.0).reshape(2, 3), "f": frame}
    found = decode(encode(record))
    assert {key: found[key] for key in plain} == plain
    np.testing.assert_array_equal(found["at"], record["at"])
    pd.testing.assert_frame_equal(found["f"], frame)
    assert encode(found) == encode(record)


def test_every_cut_and_every_changed_byte_is_noticed():
    content = encode({"a": [1, 2, 3], "b": np.arange(3)})
    assert is_whole(content)
    assert not any(is_whole(content[:n]) for n in range(len(content)))
    assert not any(is_whole(content[:n] + bytes([content[n] ^ 1]) + content[n + 1 :]) for n in range(len(content)))
    assert not is_whole(content + b"\0")


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(TypeError, match="cannot keep set"):
        encode({"a": {1}})
    with pytest.raises(ValueError, match="Object arrays"):
        encode(np.array([object()]))


# addresses


def test_address_sees_seed_choices_facts_and_what_is_kept_only():
    same = [{"out": "x"}, {"threads": 1}, {"replicates": 9}]
    same += [{"output": replace(CONFIG.output, csv=True)}, {"executor": replace(CONFIG.executor, workers=7)}]
    assert {address_of(cell(**settings)) for settings in same} == {address_of(cell())}
    camps = replace(CASE, camps=CASE.camps.assign(people=CASE.camps["people"] + 1))
    behaviour = replace(CONFIG.behaviour, onward_rate=CONFIG.behaviour.onward_rate + 1e-9)
    others = [cell(), cell(seed=2), cell(days=11), cell(case=camps), cell(behaviour=behaviour), cell(check=True)]
    others = [address_of(other) for other in others] + [address_of(cell(), keep) for keep in ("summary", displaced)]
    others += [address_of(cell(), functools.partial(displaced, n=n)) for n in (1, 2)]
    assert len(set(others)) == 10


def test_order_of_measures_is_part_of_the_address():
    policy = compose(["policy=[border_opening,special_police]"]).policy
    turned = dict(reversed(policy.items()))
    assert address_of(cell(policy=policy)) != address_of(cell(policy=turned))


def test_program_is_what_the_model_imports(tmp_path):
    from sim import address as module

    found = set()
    digest = module._digest

    def noted(*texts):
        found.update(texts)
        return digest(*texts)

    module._digest = noted
    try:
        assert program_checksum.__wrapped__() == program_checksum()
    finally:
        module._digest = digest
    assert {"sim.model", "sim.phases.border", "sim.draws", "sim.config", "sim.seeds"} <= found
    assert not {name for name in found if name.startswith(("sim.views", "sim.studies", "sim.cli", "sim.terminal"))}


# finished and unfinished


def test_finished_cells_are_not_simulated_again(tmp_path, simulated):
    first = run([cell(seed) for seed in (1, 2)], tmp_path)
    again = run([cell(seed) for seed in (3, 2, 1)], tmp_path)
    assert simulated == [1, 2, 3]
    pd.testing.assert_frame_equal(again[2]["series"], first[0]["series"])
    assert run([cell(1, days=11)], tmp_path) and simulated == [1, 2, 3, 1]


def test_equal_cells_are_simulated_once(tmp_path, simulated):
    one, other = run([cell(threads=1), cell(threads=2)], tmp_path)
    assert simulated == [1] and one["rows"] == other["rows"]


@pytest.mark.parametrize("spoil", [lambda content: content[:-1], lambda content: b"", lambda content: content + b"x"])
def test_half_written_record_is_simulated_again(tmp_path, simulated, spoil):
    run([cell()], tmp_path)
    path = Store(tmp_path).path(address_of(cell(), displaced))
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    run([cell()], tmp_path)
    assert simulated == [1, 1] and path.read_bytes() == whole
    assert [entry["status"] for entry in Store(tmp_path).logged()] == ["done", "damaged", "done"]


def test_clock_that_goes_backwards_changes_nothing(tmp_path, simulated):
    run([cell()], tmp_path)
    for path in tmp_path.rglob("*"):
        os.utime(path, (4e9, 4e9))  # as if written in 2096
    run([cell(), cell(2)], tmp_path)
    assert simulated == [1, 2]


def test_failed_cell_is_noted_and_tried_again_when_all_others_are_done(tmp_path, simulated):
    spoilt = replace(CASE, groups=CASE.groups.drop(columns="readiness"))
    cells = [cell(1), cell(2, spoilt), cell(3)]
    with pytest.raises(KeyError, match="readiness"):
        run(cells, tmp_path)
    ((place, about),) = Store(tmp_path).failures().items()
    assert simulated == [1, 2, 3] and about["seed"] == 2 and "readiness" in about["error"]
    with pytest.raises(KeyError, match="readiness"):
        run(cells, tmp_path)
    assert simulated == [1, 2, 3, 2]
    Store(tmp_path).write(place, "now it works")
    assert run(cells, tmp_path)[1] == "now it works" and not Store(tmp_path).failures()


def test_two_rounds_leave_the_same_bytes(tmp_path):
    for name in "ab":
        run([cell(seed) for seed in (1, 2)], tmp_path / name, "tables")
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name / "cells").rglob("*")
                   if path.is_file()} for name in "ab")  # fmt: skip
    assert len(one) == 2 and one == other


# the disk


def test_full_disk_ends_the_round_in_a_sentence_and_keeps_what_is_finished(tmp_path, simulated, monkeypatch):
    run([cell(1)], tmp_path)
    write = Path.write_bytes

    def full(path, content):
        write(path, content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="nothing more can be written in .*: No space left on device"):
        run([cell(2), cell(3)], tmp_path)
    monkeypatch.undo()
    assert simulated == [1, 2] and not list((tmp_path / PARTS).iterdir()) and not list((tmp_path / FAILED).iterdir())
    assert len(run([cell(1), cell(2)], tmp_path)) == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_refused_before_anything_is_simulated(tmp_path, simulated):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="nothing can be written"):
        run([cell()], tmp_path / "store")
    assert not simulated


def test_folder_on_a_read_only_disk_is_refused_before_anything_is_simulated(tmp_path, simulated, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)  # which stops root as well
    with pytest.raises(InputError, match="nothing can be written in .*: Read-only file system"):
        run([cell()], tmp_path / "store")
    assert not simulated and not list(tmp_path.iterdir())


def test_parts_of_dead_processes_are_cleared_away_and_those_of_others_are_not(tmp_path):
    run([cell()], tmp_path)
    import socket

    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    mine, far = (f"{host}-{pid}-aa" for host, pid in ((socket.gethostname(), dead.stdout.strip()), ("far-away", 1)))
    for name in (mine, far, f"{socket.gethostname()}-{os.getpid()}-bb"):
        (tmp_path / PARTS / name).write_bytes(b"half")
    run([cell()], tmp_path)
    assert mine not in os.listdir(tmp_path / PARTS) and len(os.listdir(tmp_path / PARTS)) == 2


# two processes

CLAIM = """
import sys
from sim.store import Store
store = Store(sys.argv[1]).open()
print(store.claim(sys.argv[2]), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def other(tmp_path):
    """Return a process that has claimed a cell."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM, tmp_path, PLACE], cwd=ROOT, stdin=-1, stdout=-1, text=True
    )
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_claim_keeps_others_away_until_its_process_is_killed(tmp_path, other):
    store = Store(tmp_path).open()
    assert not store.claim(PLACE) and store.claim("cd" * 20)
    other.kill()
    other.wait()
    assert store.claim(PLACE)


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_cell_that_another_process_is_at_is_waited_for(tmp_path, other, simulated, monkeypatch):
    monkeypatch.setattr("sim.cells.address", lambda *_: PLACE)
    monkeypatch.setattr("sim.cells.time.sleep", lambda _: (Store(tmp_path).write(PLACE, "theirs"), other.kill()))
    assert run([cell()], tmp_path) == ["theirs"] and not simulated


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_cell_of_a_process_that_was_killed_is_taken_over(tmp_path, other, simulated, monkeypatch):
    monkeypatch.setattr("sim.cells.address", lambda *_: PLACE)
    monkeypatch.setattr("sim.cells.time.sleep", lambda _: (other.kill(), other.wait()))
    run([cell()], tmp_path)
    assert simulated == [1]


def test_log_tells_of_each_cell_what_it_took(tmp_path):
    run([cell(7)], tmp_path)
    (entry,) = Store(tmp_path).logged()
    assert entry["seed"] == 7 and entry["name"] == "toy" and entry["seconds"] > 0 and entry["status"] == "done"
    with open(tmp_path / "log.jsonl", "a") as file:
        file.write('{"cut of')
    assert [json.dumps(line) for line in Store(tmp_path).logged()] == [json.dumps(entry)]
