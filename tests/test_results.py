"""The run folder: whole or not at all, the same bytes for the same run, a clear word where it is damaged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim import aside
from sim.errors import InputError
from sim.results import check_writable, open_run, write_run


def tables():
    """Return two small tables, as the recorder makes them."""
    places = pd.Categorical(["Birchwood", "Cedar"], categories=["Ashford", "Birchwood", "Cedar"])
    here = {"seed": np.int64([1, 1]), "day": np.int16([0, 1]), "date": pd.to_datetime(["2020-01-01", "2020-01-02"])}
    return {
        "daily": pd.DataFrame({**here, "location": places, "people": np.int32([5, 7])}),
        "series": pd.DataFrame({**here, "outcome": ["displaced", "displaced"], "value": [0.5, 1.5]}),
    }


SUMMARY = [{"outcome": "displaced", "unit": "people", "value": 7.0, "low": 7.0, "high": 7.0}]


def write(folder, tables=None, **changes):
    """Write a run, by default the small one."""
    made = globals()["tables"]() if tables is None else tables
    arguments = {"config_yaml": "seed: 1\n", "tables": made, "summary": SUMMARY, "manifest": {"command": "sim run"}}
    return write_run(folder, **{**arguments, **changes})


def contents(folder):
    """Return the bytes of each file in a folder, hidden ones included."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_written_is_read_again(tmp_path):
    write(tmp_path / "run")
    run = open_run(tmp_path / "run")
    assert list(run.daily["people"]) == [5, 7] and list(run.series["value"]) == [0.5, 1.5]
    assert (run.summary, run.config, run.manifest["command"]) == (SUMMARY, {"seed": 1}, "sim run")


def test_tables_have_narrow_types_and_the_whole_vocabulary(tmp_path):
    write(tmp_path / "run")
    schema = pq.read_schema(tmp_path / "run" / "daily.parquet")
    types = {field.name: str(field.type) for field in schema}
    assert (types["day"], types["date"], types["people"], types["seed"]) == ("int16", "date32[day]", "int32", "int64")
    assert list(open_run(tmp_path / "run").daily["location"].cat.categories) == ["Ashford", "Birchwood", "Cedar"]
    column = pq.ParquetFile(tmp_path / "run" / "daily.parquet").metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_same_run_gives_the_same_bytes_but_for_the_manifest(tmp_path):
    one = write(tmp_path / "one", csv=True, manifest={"started": "Monday"})
    two = write(tmp_path / "two", csv=True, manifest={"started": "Tuesday"})
    files = [contents(run.folder) for run in (one, two)]
    assert one.manifest["files"] == two.manifest["files"]
    assert {path.name for path in files[0] if files[0][path] != files[1][path]} == {"manifest.json"}


def test_csv_lies_beside_the_table_when_asked_for(tmp_path):
    folder = write(tmp_path / "run", csv=True).folder
    assert (folder / "daily.csv").read_text().splitlines()[1] == "1,0,2020-01-01,Birchwood,5"
    assert not list(write(tmp_path / "other").folder.glob("*.csv"))


def test_too_many_people_for_the_column_are_an_error_not_another_number(tmp_path):
    frame = pd.DataFrame({"people": np.int64([2**40])})
    with pytest.raises(Exception, match="not in range"):
        write(tmp_path / "run", {"daily": frame})
    assert not list(tmp_path.iterdir())


def test_failing_run_leaves_nothing_behind(tmp_path):
    def fail(run):
        assert run.daily["people"].sum() == 12  # the tables are there for the pictures
        raise RuntimeError("no pen")

    with pytest.raises(RuntimeError, match="no pen"):
        write(tmp_path / "run", draw=fail)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_failing_run_leaves_the_earlier_one(tmp_path, stop):
    def fail(run):
        raise stop

    write(tmp_path / "run")
    before = contents(tmp_path)
    with pytest.raises(stop):
        write(tmp_path / "run", draw=fail)
    assert contents(tmp_path) == before


def test_earlier_run_comes_back_when_the_new_one_cannot_be_moved(tmp_path, monkeypatch):
    write(tmp_path / "run")
    before = contents(tmp_path)
    rename = os.rename

    def refuse(source, target):
        if str(source).endswith(".unfinished"):
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "run", csv=True)
    assert contents(tmp_path) == before


def test_full_disk_is_told_in_one_sentence(tmp_path):
    def fail(run):
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left on device"):
        write(tmp_path / "run", draw=fail)
    assert not list(tmp_path.iterdir())


# Ends at once, as by a kill, while the second run is written, or when it has just taken the first one away.
KILLED = """
import os, sys
from pathlib import Path
from tests.test_results import write
folder, moment = Path(sys.argv[1]), sys.argv[2]
write(folder / "run")
if moment == "replacing":
    rename = os.rename
    os.rename = lambda source, target: (rename(source, target), os._exit(9))
write(folder / "run", config_yaml="seed: 2", draw=lambda run: moment == "writing" and os._exit(9))
"""


@pytest.mark.skipif(os.name == "nt", reason="processes cannot be asked for there")
@pytest.mark.parametrize("moment", ["writing", "replacing"])
def test_what_a_killed_process_left_is_cleared_away_and_what_it_took_away_comes_back(tmp_path, moment):
    command = [sys.executable, "-c", KILLED, tmp_path, moment]
    assert subprocess.run(command, cwd=Path(__file__).parents[1]).returncode == 9
    assert len(list(tmp_path.iterdir())) == 2 and (tmp_path / "run").exists() == (moment == "writing")
    write(tmp_path / "other")
    assert {path.name for path in tmp_path.iterdir()} == {"run", "other"}
    assert open_run(tmp_path / "run").config == {"seed": 1}


def test_what_a_living_process_is_writing_is_left_alone(tmp_path):
    with aside.hidden_beside(tmp_path / "run") as hidden:
        hidden.rename(theirs := hidden.with_name(hidden.name.replace(f".{os.getpid()}-", f".{os.getppid()}-")))
        aside.clear_away(tmp_path)
        assert list(tmp_path.iterdir()) == [theirs]


def test_finished_run_is_replaced_whole(tmp_path):
    write(tmp_path / "run", csv=True)
    write(tmp_path / "run", config_yaml="seed: 2\n")
    assert open_run(tmp_path / "run").config == {"seed": 2}
    assert not list((tmp_path / "run").glob("*.csv")) and len(list(tmp_path.iterdir())) == 1


def test_folder_that_is_not_a_run_is_kept(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="kept as it is"):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_own_notes_in_a_run_folder_are_not_lost(tmp_path):
    folder = write(tmp_path / "run").folder
    (folder / "notes.txt").write_text("look at Dana")
    with pytest.raises(InputError, match="notes.txt"):
        write(tmp_path / "run")
    assert (folder / "notes.txt").exists()


def test_place_where_nothing_can_be_written_is_told_before(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "run", "/proc/nowhere/run"):
        with pytest.raises(InputError, match="out is"):
            check_writable(place)
    check_writable(tmp_path / "a" / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_new_folders_on_the_way_are_made(tmp_path):
    assert write(tmp_path / "a" / "b").folder == tmp_path / "a" / "b"


def test_missing_folder_is_told_with_the_nearest_run(tmp_path):
    write(tmp_path / "demo")
    with pytest.raises(InputError, match="did you mean 'demo'"):
        open_run(tmp_path / "demmo")


def test_unfinished_folder_is_told(tmp_path):
    (write(tmp_path / "run").folder / "manifest.json").unlink()
    with pytest.raises(InputError, match="not a finished run"):
        open_run(tmp_path / "run")


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"program": "another"})])
def test_foreign_or_broken_manifest_is_told(tmp_path, text):
    (write(tmp_path / "run").folder / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="manifest.json"):
        open_run(tmp_path / "run")


def test_cut_off_table_is_told(tmp_path):
    path = write(tmp_path / "run").folder / "daily.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match="daily.parquet"):
        open_run(tmp_path / "run")


def test_unknown_table_is_told_with_the_nearest(tmp_path):
    run = write(tmp_path / "run")
    with pytest.raises(InputError, match="did you mean 'daily'"):
        run.table("dayly")
    with pytest.raises(AttributeError, match="did you mean 'daily'"):
        _ = run.dayly
