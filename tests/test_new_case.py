"""A case of one's own: it runs as it is written, every file is explained, and mistakes of beginners are told."""

import csv
import datetime
from pathlib import Path

import pytest
import worlds

from sim.advice import advice
from sim.cli import main
from sim.errors import InputError
from sim.newcase import new_case
from sim.owncase import spelled_out
from sim.paths import data_folder
from sim.results import open_run
from sim.schema import read_schema
from sim.seeds import OPTIONAL, TABLES, load_case

FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2020, 2, 29)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch) -> Path:
    """A new case in the folder `mine` of the working directory."""
    monkeypatch.chdir(tmp_path)
    return new_case(Path("mine"))


def swap(path: Path, old: str, new: str) -> None:
    """Replace every `old` in a file by `new`."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def told(words: list[str], capsys) -> str:
    """Return the sentence with which a command is refused."""
    assert main(words) == 2
    return capsys.readouterr().err


def test_new_case_runs_as_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new-case", "mine"]) == 0 and "sim check case=mine" in capsys.readouterr().out
    assert main(["check", "case=mine"]) == 0
    assert capsys.readouterr().out.endswith("No mistake found. Next: sim run case=mine\n")
    assert main(["run", "case=mine", "check=true", "output.pictures=false", "out=there"]) == 0
    run = open_run("there")
    assert run.config["case"] == {
        "name": "mine", "path": "./mine", "start": "2020-01-01", "days": 60, "format": "onward", "observed": None
    }  # fmt: skip
    assert run.daily.groupby("day")["people"].sum().eq(35_000).all()  # the rows of initial.csv
    fled = run.series[run.series["outcome"] == "displaced"].set_index("date")["value"]
    assert fled[:"2020-01-09"].eq(0).all() and fled.iloc[-1] > 0  # the first bombardment is that of the 10th


def test_every_column_of_every_file_is_explained_in_it(mine):
    schema = read_schema(data_folder("seeds") / "schema.csv")
    for name in ("sources", *(name for name in TABLES if name not in OPTIONAL)):
        with (mine / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            comments = [cells for cells in csv.reader(stream) if cells[0].startswith("#")]
        assert all(len(cells) == 1 for cells in comments)  # a spreadsheet shows each in one cell
        for column, (line,) in zip(schema[f"{name}.csv"], comments[1:], strict=True):
            assert line.startswith(f"#   {column.name}: {column.meaning}")
            for word in column.allowed.split("|"):
                assert word.startswith("ref:") or ".." in word or word in line


def test_folder_stands_for_its_settings(mine):
    words = spelled_out(["seed=2", "case=mine", "case.days=5"])
    start = ["case=own", "case.path='./mine'", "case.name='mine'", "case.start='2020-01-01'"]
    assert words == ["seed=2", *start, "case.days=5"]
    assert spelled_out(["case=toyland"]) == ["case=toyland"]
    assert spelled_out([f"case={mine.resolve()}"])[1] == f"case.path='{mine.resolve().as_posix()}'"


def test_folder_may_hold_policies_beside_the_case(mine):
    text = "opening:\n  what: open\n  first_day: 2020-01-01\n  effects: {entry_turkey: -1}\n  because: a\n  source: b\n"
    (mine / "opening.yaml").write_text(text, encoding="utf-8")
    assert list(worlds.composed("case=mine", "policies=mine", "policy=opening").policy) == ["opening"]



@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("mine", "mine is not empty: name a new folder, or an empty one"),
        ("my case", "'my case' cannot be the name of a case"),
        ("toyland", "'toyland' is the name of a case that comes along"),
        ("mine/routes.csv", "'routes.csv' cannot be the name of a case"),
        ("notes", "notes is a file: name a folder"),
    ],
)
def test_new_case_writes_over_nothing(mine, capsys, folder, sentence):
    Path("notes").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert sentence in told(["new-case", folder], capsys)
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before


def test_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    assert len(load_case(new_case(tmp_path / "empty")).locations) == 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "there is nothing like 'days: 60' in it"),
        ("start: 2020-01-01\nday: 3\n", "there is no 'day' (did you mean 'days'?)"),
        ("start: 2020-01-01\n", "'days' is missing"),
        ("start: soon\ndays: 3\n", "start is 'soon'"),
        ("start: 2020-02-30\ndays: 3\n", "this cannot be read (day is out of range for month)"),
        ("start: 2020-01-01\ndays: many\n", "days is 'many'"),
        ("start: [\n", "this cannot be read"),
    ],
)
def test_period_that_cannot_be_used_is_told(mine, capsys, content, sentence):
    (mine / "case.yaml").write_text(content, encoding="utf-8")
    assert told(["check", "case=mine"], capsys).startswith(f"sim: error: mine/case.yaml: {sentence}")


def test_folder_that_is_no_case_is_told(mine, capsys):
    (mine / "case.yaml").unlink()
    assert "mine/case.yaml: the file is missing" in told(["check", "case=mine"], capsys)
    assert "sim new-case nowhere makes one" in told(["check", "case=./nowhere"], capsys)
    assert "or a folder as `sim new-case` makes it" in told(["check", "case=nowhere"], capsys)
    assert "of the folder mine here it is ./mine" in told(["check", "case.path=mine"], capsys)
    Path("conflict/input_csv").mkdir(parents=True)
    assert "write case=flee case.path=conflict" in told(["check", "case=conflict"], capsys)


# What fits together and still does not mean what was meant


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("locations", ",theatre,", ",host,", "error: locations.csv: no place has the role theatre"),
        ("locations", ",host,", ",coast,", "error: locations.csv: there is an entry_gate, but no place with the role"),
        ("locations", "10.3,20.0", "20.0,10.3", "warning: routes.csv: Oldtown to Newtown is 40 km, but 1,523 km"),
        ("routes", "Newtown,40", "Newtown,4", "warning: routes.csv: Oldtown to Newtown is 4 km, but 33 km"),
        ("routes", "\nBorder Bridge,Harbour City", "\n# ", "warning: routes.csv: no route leads to or from Harbour"),
        ("events", ",Oldtown,", ",Harbour City,", "warning: events.csv: Harbour City is not of the role theatre"),
        ("events", "2020-", "2021-", "warning: events.csv: nobody is attacked from 2020-01-01 to 2020-02-29"),
        ("observed", ",displaced,", ",dispalced,", "warning: observed.csv: no run counts 'dispalced'"),
        ("observed", "2020-02-15", "2020-03-15", "warning: observed.csv: 1 of 1 counts to compare with lie outside"),
    ],
)
def test_doubtful_fact_is_told(mine, file, old, new, finding):
    swap(mine / f"{file}.csv", old, new)
    assert any(line.startswith(finding) for line in advice(load_case(mine), FIRST, LAST))


def test_rows_of_the_template_are_counted_until_they_are_replaced(mine):
    todo = advice(load_case(mine), FIRST, LAST)
    assert len(todo) == 8 and all(line.startswith("to do: ") for line in todo)
    assert "to do: events.csv: 7 rows still name the source 'template'" in " ".join(todo)
    swap(mine / "sources.csv", "template", "survey")
    for name in TABLES:
        if name not in OPTIONAL:
            swap(mine / f"{name}.csv", ",template,", ",survey,")
    assert advice(load_case(mine), FIRST, LAST) == []


def test_built_in_cases_are_not_doubtful():
    assert advice(worlds.case("toyland"), FIRST, LAST) == []
    (line,) = advice(worlds.case("idlib_2020"), datetime.date(2019, 12, 1), datetime.date(2020, 6, 30))
    assert line.startswith("warning: observed.csv: 11 of 76 counts")


def test_mistake_of_the_folder_is_one_sentence_in_python(mine):
    with pytest.raises(InputError, match="is not empty"):
        new_case(mine)
