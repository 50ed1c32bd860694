"""`sim.compare(a, b).changed()`: run folders with households written by hand, and real ones beside their tables."""

import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.population import STATUSES
from sim.results import CONFIG, open_run, write_run
from sim.studies.comparison import facts_of
from sim.studies.start import households_at_start

WORDS = ["case=toyland", "population=full", "days=3", "replicates=2", "output.pictures=false"]
KEYS = ["seed", "household"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return sim.run([*WORDS, f"out={tmp_path_factory.mktemp('toy') / 'real'}"])


def rewritten(run, folder, rows):
    """Write a run anew, with households told by hand: (seed, household, place, status, moves, km, dead, path)."""
    names, start = list(facts_of(run).locations["name"]), households_at_start(run, facts_of(run))
    table = pd.DataFrame(rows, columns=[*KEYS, "location", "status", "moves", "travelled_km", "dead", "path"])
    began = start.loc[table["household"]].reset_index(drop=True)
    table = table.assign(group=began["group"], home=began["origin"], people=began["people"] - table["dead"], tries=0)
    table["location"] = pd.Categorical(table["location"], categories=names)
    table["status"] = pd.Categorical(table["status"], categories=STATUSES)
    tables = {name: run.table(name) for name in run.tables} | {"households": table}
    return write_run(folder, (run.folder / CONFIG).read_text(encoding="utf-8"), tables, run.summary, run.manifest)


@pytest.fixture(scope="module")
def found(run, tmp_path_factory):
    """Compare two runs: of seed 1 one household goes on, one stays at home, one goes on another day and one does the
    same; of seed 2 one has died.
    """
    folder = tmp_path_factory.mktemp("hand")
    same = (1, 3, "Birchwood", "hosted", 1, 60, 0, 7)
    was = [(1, 0, *same[2:]), (1, 2, "Birchwood", "tent", 1, 60, 0, 8), same, (1, 4, *same[2:])]
    now = [(1, 0, "Cedar", "settled_abroad", 2, 160, 0, 9), same, (1, 4, *same[2:-1], 10)]
    now += [(2, 5, "Birchwood", "open_air", 1, 60, 1, 7)]
    runs = [rewritten(run, folder / name, rows) for name, rows in (("a", was), ("b", now))]
    return sim.compare(*runs, out=folder / "found", pictures=False)


def test_each_household_whose_path_differs_is_a_row_with_both_ends(found):
    table = found.changed()
    assert table[KEYS].to_numpy().tolist() == [[1, 0], [1, 2], [1, 4], [2, 5]]
    assert table["was_location"].tolist() == ["Birchwood", "Birchwood", "Birchwood", "Ashford"]
    assert table["is_location"].tolist() == ["Cedar", "Ashford", "Birchwood", "Birchwood"]
    assert table["was_status"].tolist() == ["hosted", "tent", "hosted", "home"]
    assert table["is_status"].tolist() == ["settled_abroad", "home", "hosted", "open_air"]
    assert table["was_path"].tolist() == [7, 8, 7, 0] and table["is_path"].tolist() == [9, 0, 10, 7]
    assert table["was_travelled_km"].tolist() == [60, 60, 60, 0]
    assert table["is_travelled_km"].tolist() == [160, 0, 60, 60]
    fled, stayed = "displaced in Toyland", "never moved"
    assert table["was"].astype(str).tolist() == [fled, fled, fled, stayed]
    assert table["is"].astype(str).tolist() == ["in Hostland, came from Toyland", stayed, fled, fled]
    assert table["is_dead"].tolist() == [0, 0, 0, 1]
    assert (table["is_people"] + table["is_dead"] == table["people"]).all()
    assert (table["household_size"] == table["people"]).all()  # every household is simulated


def test_people_add_up_to_the_counts_by_group_origin_and_size(found):
    counts = found.table("changed")
    sums = found.changed().groupby(["group", "origin", "household_size"], observed=True)["people"].sum() / 2
    told = counts[counts["people"] > 0].set_index(["group", "origin", "household_size"])["people"]
    pd.testing.assert_series_equal(sums.sort_index(), told.sort_index(), check_index_type=False)
    assert counts["of"].sum() == found.question["people"]
    for by in ("group", "origin", "household_size"):
        parts = found.changed_by(by)
        assert parts["people"].sum() == sums.sum() and parts["of"].sum() == found.question["people"]


def test_five_examples_at_most_lie_in_the_folder_and_name_who_they_are(found):
    table, persons = found.examples, found.changed()
    assert set(table["household"]) == {0, 2, 4, 5} and table["example"].tolist() == [1, 2, 3, 4]
    merged = table.merge(persons, on=KEYS, suffixes=("", "_told"))
    for name in ("group", "origin", "household_size", "people", "was", "is"):
        assert (merged[name].astype(str) == merged[f"{name}_told"].astype(str)).all(), name


def test_one_scenario_can_be_asked_for_and_an_unknown_one_is_told(found):
    (name,) = (name for name in found.scenarios if name != found.baseline)
    pd.testing.assert_frame_equal(found.changed(name), found.changed())
    with pytest.raises(InputError, match=f"scenario is 'c', but must be one of {name}"):
        found.changed("c")


ENDS = [*KEYS, "people", "dead", "location", "status", "moves", "tries", "travelled_km"]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Compare two runs of the real case, one household in 400."""
    folder, words = tmp_path_factory.mktemp("real"), ["population=tiny", "days=110", "output.pictures=false"]
    runs = [sim.run([*words, f"scenario={name}", f"out={folder / name}"]) for name in ("facts_only", "no_ceasefire")]
    return sim.compare(*runs, out=folder / "found", pictures=False)


def tables_of(found, name):
    """Return a table of both runs, with words for names that only one of them may have."""
    words = {"location": str, "status": str, **({"destination": str} if name == "journeys" else {})}
    return [open_run(run.folder).table(name).astype(words) for run in found.runs.values()]


def test_real_runs_differ_exactly_where_their_tables_do(real):
    one, other = tables_of(real, "households")
    rows = pd.concat([one[[*ENDS, "path"]], other[[*ENDS, "path"]]]).drop_duplicates(keep=False)
    table = real.changed()
    assert set(table["household"]) == set(rows["household"]) and len(table) > 100
    own = table.set_index("household").loc[one["household"][one["household"].isin(table["household"])]]
    assert (own["was_location"].astype(str).to_numpy() == one.set_index("household")["location"].loc[own.index]).all()


def test_every_household_that_differs_on_some_day_is_counted_even_if_it_ends_the_same_way(real):
    days, ends = (pd.concat(tables_of(real, name)) for name in ("journeys", "households"))
    steps = ["household", "day", "location", "status", "destination"]
    differ = set(days[steps].drop_duplicates(keep=False)["household"])
    end_otherwise = set(ends[ENDS].drop_duplicates(keep=False)["household"])
    assert differ <= set(real.changed()["household"]) and len(differ) > 50
    assert differ - end_otherwise  # so that some are known by their days alone


@pytest.mark.parametrize("copies", [1, 2])
def test_start_of_households_is_that_of_the_facts(tmp_path, copies):
    words = ["case=toyland", "days=2", f"population.multiply={copies}", "output.pictures=false"]
    run = sim.run([*words, f"out={tmp_path / 'run'}"])
    case = facts_of(run)
    start = households_at_start(run, case)
    lived = start.groupby(["origin", "group"], observed=True)["people"].sum()
    initial = case.initial[case.initial["variant"].isin(["all", run.config["initial"]])]
    expected = copies * initial.groupby(["location", "group"])["people"].sum()
    assert lived.to_dict() == {key: people for key, people in expected.items() if people}
