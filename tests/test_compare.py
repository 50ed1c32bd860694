"""`sim compare`: pairs by seed, tables that agree, folders that are used again, mistakes told in a sentence."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import cells, machine, runner
from sim.cli import main
from sim.errors import InputError
from sim.results import open_run
from sim.studies import compare as study
from sim.studies.comparison import open_comparison

WORDS = ["population=tiny", "replicates=2", "days=110", "output.pictures=false"]
IDLE = """idle:
  what: "Changes nothing: a factor of one."
  first_day: 2019-12-10
  effects: {travel_host: 1}
  because: Shows that a measure without effect has none.
  source: invented
"""
NAMES = ["as_it_happened", "facts_only", "as_it_happened+idle"]
FRAMES = ("differences", "by_day", "bearers", "transitions", "changed", "examples")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a comparison of the real case, one household in 400: what happened, nothing done, an idle measure."""
    folder = tmp_path_factory.mktemp("compare")
    (folder / "mine").mkdir()
    (folder / "mine" / "idle.yaml").write_text(IDLE, encoding="utf-8")
    words = [f"scenarios=[{','.join(NAMES)}]", f"policies={folder / 'mine'}", *WORDS]
    return sim.compare([*words, f"out={folder / 'made'}"])


@pytest.fixture
def copy(made, tmp_path, monkeypatch):
    """Work in a folder that holds a copy of the comparison, and return its path."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(made.folder, tmp_path / "copy"))


def of(table, scenario):
    """Return the rows of a scenario."""
    return table[table["scenario"] == scenario]


def bytes_of(folder):
    """Return the tables of a folder, byte for byte."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.suffix in (".parquet", ".csv")}


def count_cells(monkeypatch):
    """Return a list that fills with the cells that are simulated."""
    simulated = []

    def noted(asked, progress=None, **options):
        simulated.extend((cell.name, cell.seed) for cell in asked)
        return cells.simulate_cells(asked, progress, **options)

    monkeypatch.setattr(runner, "simulate_cells", noted)
    return simulated


def test_each_difference_is_that_of_the_two_run_folders(made):
    line = of(made.differences, "facts_only").set_index("outcome").loc["nights_in_the_open"]
    nights = {}
    for name in NAMES[:2]:
        table = open_run(made.folder / name).table("daily")
        table = table[table["status"] == "open_air"]
        nights[name] = table.groupby("seed")["people"].sum()
    pairs = nights["facts_only"] - nights["as_it_happened"]
    assert line["baseline"] == nights["as_it_happened"].mean() and line["difference"] == pairs.mean()
    assert line["high"] - line["difference"] == pytest.approx(12.706 * abs(pairs.iloc[0] - pairs.iloc[1]) / 2, rel=1e-4)


def test_by_day_ends_where_the_differences_are_told(made):
    table, keys = made.by_day.astype({"scenario": str, "outcome": str}), ["scenario", "outcome"]
    assert set(table["scenario"]) == set(NAMES) and len(table) == 110 * table["outcome"].nunique() * len(NAMES)
    last = table[table["day"] == 109].set_index(keys)
    lines = made.differences.astype({"scenario": str, "outcome": str}).query("how == 'last'").set_index(keys)
    for name in ("value", "difference", "low", "high"):
        pd.testing.assert_series_equal(lines[name], last.loc[lines.index, name])


def test_worlds_are_the_same_until_the_first_day_on_which_a_measure_differs(made, copy):
    run = sim.run([*WORDS, "policy.march_ceasefire.first_day=2020-03-07", "out=later"])
    found = sim.compare(made.runs["as_it_happened"], run, pictures=False, out="found")
    table = of(found.by_day, "later")
    before = table["date"] < "2020-03-06"
    assert not table.loc[before, ["difference", "low", "high"]].to_numpy().any()
    assert table.loc[~before, "difference"].any()
    one, other = (run.daily.query("date < '2020-03-06'") for run in found.runs.values())
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))


def test_who_bears_it_adds_up_to_the_difference(made):
    columns = ["baseline", "value", "difference"]
    parts = made.bearers.groupby(["scenario", "by", "outcome"], observed=True)[columns].sum()
    lines = made.differences.set_index(["scenario", "outcome"])
    own = {"travelled", "nights_at_the_land_border", "arrivals_of_displaced"}
    own |= {"got_into_host_country", "got_beyond_host_country"}
    told = {outcome for _, _, outcome in parts.index}
    assert told - own >= {"displaced", "remaining_displaced", "nights_in_the_open", "attempts", "prevented", "gave_up"}
    for (scenario, _, outcome), sums in parts.iterrows():
        if outcome not in own:
            expected = lines.loc[(scenario, outcome), columns].astype(float)
            pd.testing.assert_series_equal(sums, expected, check_names=False)


def test_everybody_is_somewhere_under_both_policies(made):
    people = open_run(made.folder / "facts_only").table("daily").query("day == 0 and seed == 1")["people"].sum()
    assert made.question["people"] == people
    for name in NAMES[1:]:
        assert of(made.transitions, name)["people"].sum() == pytest.approx(people, abs=1e-6)


def test_measure_without_effect_changes_nothing_for_anybody(made):
    idle = NAMES[2]
    assert bytes_of(made.folder / idle) == bytes_of(made.folder / "as_it_happened")
    lines = of(made.differences, idle)[["difference", "low", "high", "percent", "noise", "ratio"]]
    assert len(lines) and not lines.to_numpy().any()
    assert not of(made.bearers, idle)[["difference", "low", "high"]].to_numpy().any()
    moves = of(made.transitions, idle)
    assert (moves["was"].astype(str) == moves["is"].astype(str)).all() and of(made.changed(), idle).empty
    assert not of(made.table("changed"), idle)["people"].any() and of(made.examples, idle).empty
    assert len(of(made.examples, "facts_only")) == 5 and not of(made.changed(), "facts_only").empty


def test_sorted_by_size_against_noise(made):
    ratios = of(made.differences, "facts_only")["ratio"]
    assert ratios.is_monotonic_decreasing and ratios.iloc[0] > 1


def test_runs_that_are_finished_are_used_again(made, copy, monkeypatch):
    simulated = count_cells(monkeypatch)
    words = ["scenarios=[as_it_happened,facts_only]", *WORDS, f"out={copy}"]
    again = sim.compare(words)
    assert simulated == [] and again.manifest["reused"] == NAMES[:2]
    first, second = (of(one.differences, "facts_only") for one in (made, again))
    pd.testing.assert_frame_equal(first.drop(columns="scenario"), second.drop(columns="scenario"))
    sim.compare([*words, "policy.march_ceasefire.first_day=2020-03-07"])
    assert simulated == [("as_it_happened", 1), ("as_it_happened", 2)]  # only it has that measure


def test_tables_are_the_same_for_one_worker_and_two(made, copy, monkeypatch):
    monkeypatch.setattr(cells, "FEW_PERSON_DAYS", 0)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    shared = sim.compare(two_words("two"))
    monkeypatch.setattr(machine, "cores", lambda: 1)
    alone = sim.compare(two_words("one"))
    assert bytes_of(shared.folder) == bytes_of(alone.folder)
    for name in NAMES[:2]:
        assert bytes_of(shared.folder / name) == bytes_of(alone.folder / name)


def test_finished_runs_give_the_same_tables(made, copy):
    first, second = copy / "as_it_happened", copy / "facts_only"
    found = sim.compare(open_run(first), open_run(second), out="runs", pictures=False)
    assert found.baseline == "as_it_happened" and set(found.runs) == set(NAMES[:2])
    for name in FRAMES:
        expected, table = (of(one.table(name), "facts_only").drop(columns="scenario") for one in (made, found))
        same = {"check_categorical": name != "examples"}  # whose texts have the order of all scenarios
        pd.testing.assert_frame_equal(expected.reset_index(drop=True), table.reset_index(drop=True), **same)
    assert main(["compare", f"runs=[{first},{second}]", f"baseline={second}", "out=turned", WORDS[3]]) == 0
    turned = open_comparison("turned").differences.set_index("outcome")["difference"]
    assert (turned == -found.differences.set_index("outcome")["difference"].reindex(turned.index)).all()


def test_stopped_comparison_goes_on_where_it_was(copy, monkeypatch, capsys):
    def stop(*arguments):
        raise KeyboardInterrupt

    simulated = count_cells(monkeypatch)
    words = ["compare", "scenarios=[facts_only,as_it_happened]", *WORDS[:2], "days=20", WORDS[3], "out=new"]
    with monkeypatch.context() as patch:
        patch.setattr(study, "comparison_frames", stop)
        assert main(words) == 130 and "what is finished is kept" in capsys.readouterr().err
    with pytest.raises(InputError, match="not a finished comparison"):
        open_comparison("new")
    assert len(simulated) == 4 and main(words) == 0
    assert len(simulated) == 4 and open_comparison("new").manifest["reused"] == ["facts_only", "as_it_happened"]


def test_terminal_tells_the_differences_who_bears_them_and_where_they_lie(copy, capsys):
    words = [f"scenarios=[{','.join(NAMES[:2])}]", *WORDS, f"out={copy}"]
    assert main(["compare", *words]) == 0
    out = capsys.readouterr().out
    assert "95 % interval" in out and "who bears it: " in out and f"results    {copy.name}" in out
    assert "note: simulated before, not again: as_it_happened, facts_only" in out
    assert "by household size [people]: 1 or 2: " in out and "example 5: " in out


def test_single_seed_has_no_interval_and_says_so(copy, capsys):
    words = ["scenarios=[facts_only]", "baseline=as_it_happened", "days=20", WORDS[0], WORDS[3]]
    assert main(["compare", *words, "out=single"]) == 0
    assert "one seed only, so no interval can be told" in capsys.readouterr().out
    assert open_comparison("single").scenarios == ["as_it_happened", "facts_only"]  # the baseline need not be listed
    table = open_comparison("single").differences
    assert table[["low", "high", "noise", "independent_noise", "worth"]].isna().all(axis=None)


def test_completion_offers_what_only_a_comparison_has(capsys):
    assert main(["completion", "query", "sim compare scenarios=[a] base"]) == 0
    assert capsys.readouterr().out.split() == ["baseline="]


def test_every_column_is_described(made):
    page = (Path(__file__).parents[1] / "results" / "README.md").read_text(encoding="utf-8")
    for name in FRAMES:
        (line,) = (line for line in page.splitlines() if line.startswith(f"| `{name}.parquet`"))
        assert all(f" {column}" in line for column in made.table(name).columns), name
        assert (made.folder / f"{name}.csv").is_file()
    assert {"baseline", "scenarios", "case", "population", "seeds", "people", "worth"} <= set(
        json.loads((made.folder / "comparison.json").read_text(encoding="utf-8"))
    )


def two_words(out):
    """Return the words of a small comparison."""
    return ["scenarios=[as_it_happened,facts_only]", *WORDS[:2], "days=40", WORDS[3], f"out={out}"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["scenarios=[as_it_happened,facts_onyl]"], "(did you mean 'facts_only'?)"),
        (["scenarios=[as_it_happened,facts_only]", "baseline=fact_only"], "(did you mean 'facts_only'?)"),
        (["scenarios=[facts_only]"], "name two or more"),
        (["scenarios=[facts_only,facts_only]"], "named twice"),
        (["scenarios=[facts_only,as_it_happened~march_ceasefir]"], "(did you mean 'march_ceasefire'?)"),
        (["scenarios=[facts_only,facts_only+march_ceasefir]"], "(did you mean 'march_ceasefire'?)"),
        (["scenarios=[facts_only,facts only]"], "a+measure"),
        (["scenarios=[facts_only,as_it_happened]", "policy=[march_ceasefire]"], "the same in every scenario"),
        (["scenarios=[facts_only,as_it_happened]", "policy.march_ceasfire.first_day=2020-03-07"], "march_ceas"),
        (["scenarios=[facts_only,as_it_happened]", "replicates=0"], "replicates is 0"),
        (["scenarios=[facts_only,as_it_happened]", "out=copy/facts_only"], "something else than a comparison"),
        (["scenarios=[facts_only,as_it_happened]", "baseline=facts_only", "baseline=facts_only"], "set twice"),
        (["population=tiny"], "scenarios=[a,b]"),
        (["runs=[copy/facts_only,copy/facts_olny]"], "(did you mean 'facts_only'?)"),
        (["runs=[copy/facts_only,copy]"], "copy holds a comparison, not a run"),
        (["runs=[copy/facts_only,copy/as_it_happened]", "baseline=else"], "baseline is 'else'"),
        (["runs=[copy/facts_only,copy/as_it_happened]", "seed=7"], "'seed=7' cannot be set"),
        (["runs=[copy/facts_only,copy/broken]"], "broken is damaged"),
        (["runs=[copy/facts_only,other]"], "seeds is [1, 2] in 'facts_only' and [5, 6] in 'other_seeds'"),
    ],
)
def test_mistake_is_told_in_one_sentence(copy, capsys, words, told):
    shutil.copytree(copy / "facts_only", copy / "broken")
    (copy / "broken" / "series.parquet").write_bytes(b"")
    spoil(shutil.copytree(copy / "facts_only", "other"), seeds=[5, 6])
    before = sorted(Path.cwd().rglob("*"))
    assert main(["compare", *words]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("sim: error: ") and err.count("\n") == 1 and told in err
    assert out == "" and sorted(Path.cwd().rglob("*")) == before


def spoil(folder, **changes):
    """Let a run folder tell something else of itself."""
    manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    config = (Path(folder) / "config.yaml").read_text(encoding="utf-8").replace("name: facts_only", "name: other_seeds")
    (Path(folder) / "config.yaml").write_text(config, encoding="utf-8")
    manifest["files"]["config.yaml"]["bytes"] = len(config.encode())
    (Path(folder) / "manifest.json").write_text(json.dumps({**manifest, **changes}), encoding="utf-8")
