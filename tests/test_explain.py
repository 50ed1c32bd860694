"""Explanations against counts by hand, against what a run has recorded by itself, and against the model's own sums."""

import math

import numpy as np
import pytest
import worlds

import sim
from sim import draws
from sim.cli import main
from sim.errors import InputError
from sim.population import ADMITTED, DEAD, GAVE_UP, TRAVELLING
from sim.studies import explain as explaining
from sim.studies.attraction import Attraction, contributions
from sim.studies.blame import Blame
from sim.studies.journey import Follow
from sim.studies.ledger import CAME, WENT, at_the_start, ledger, residents
from sim.studies.telling import journeys
from sim.studies.witness import watched

DAY = 95  # a week after the border was opened: everything in the model is at work
NAMES = ("Dana", "Idleb", "Salqin")


def seen(towns, days=10, observers=(Blame,), **behaviour):
    """Return a finished, watched run of a small world."""
    return watched(worlds.calm(days, **(worlds.SURE | behaviour)), towns, 1, days - 1, observers)


def entries(model, place):
    """Return the ledger of a place as tuples."""
    return list(ledger(model, model.notes(), model.geography.number(place)).itertuples(index=False, name=None))


# By hand


def test_all_of_a_bombed_town_come_to_the_next():
    towns = worlds.make_case(
        worlds.TWO_TOWNS,
        worlds.ONE_ROAD,
        [("Ashford", "resident", 1000), ("Birchwood", "resident", 10)],
        events=[(0, "bombardment", "Ashford")],
        camps=[("Birchwood", 100)],
    )
    model = seen(towns)
    assert entries(model, "Birchwood") == [("came", "leave_home", "Ashford", "Ashford", 1000)]
    assert entries(model, "Ashford") == [("went", "leave_home", "Birchwood", "Ashford", 1000)]
    people = residents(model, 1).set_index(["status", "home"])["people"]
    assert people["camp", "Ashford"] == 100 and people["home", "Birchwood"] == 10 and people.sum() == 1010
    assert model.looking[0].behind(np.zeros(1, int), np.zeros(1, int), np.ones(1)) == {("air", 0): 1.0}


def test_chances_and_factors_of_a_choice_between_two_places():
    """Utility is -1 at 10 km and -2 at 20 km: e to 1 against the one, so 73 % go to the nearer one."""
    towns = worlds.make_case(
        [*worlds.TWO_TOWNS, ("Cedar", "theatre")],
        [("Ashford", "Birchwood", 10), ("Ashford", "Cedar", 20)],
        [("Ashford", "resident", 10_000), ("Birchwood", "resident", 10), ("Cedar", "resident", 10)],
        events=[(0, "bombardment", "Ashford")],
    )
    model = seen(towns, 3, [lambda model: Attraction(model, 1)], distance_cost=1.0)
    chances, frame = model.looking[0].chances, model.looking[0].frame().set_index("factor")
    share = math.e / (1 + math.e)
    assert chances.movers == chances.able == 10_000 and chances.alike == 5_000
    assert chances.expected == pytest.approx(10_000 * share)
    assert chances.variance == pytest.approx(10_000 * share * (1 - share))  # households of one
    assert abs(chances.chose - chances.expected) < 4 * chances.variance**0.5
    assert chances.chose == sum(people for *_, people in entries(model, "Birchwood"))
    assert frame.loc["distance", "advantage"] == pytest.approx(0.5)  # -1 against a mean of -1.5
    assert frame.loc["distance", "times"] == pytest.approx(math.exp(0.5))
    assert frame.drop("distance")["advantage"].abs().max() < 1e-9


def test_two_attacks_share_the_blame_as_they_fade():
    """Bombs on two days with a half-life of a day: on the second day the first counts half."""
    towns = worlds.make_case(
        worlds.TWO_TOWNS,
        worlds.ONE_ROAD,
        [("Ashford", "resident", 10), ("Birchwood", "resident", 10)],
        events=[(0, "offensive_start", "Ashford"), (1, "bombardment", "Ashford"), (1, "bombardment", "Birchwood")],
    )
    model = seen(towns, 2, half_life_ground=1.0, push_bombardment=1.0, leave_max=0.0)
    shares = model.looking[0].behind(np.ones(1, int), np.zeros(1, int), np.ones(1))
    assert shares == {("air", 0): pytest.approx(2 / 3), ("ground", 0): pytest.approx(1 / 3)}


def test_reason_of_leaving_is_the_hill_curve_by_hand():
    """Threat 1, threshold 1, steepness 2: half of the quickest leaving of 0.5 a day."""
    towns = worlds.make_case(
        worlds.TWO_TOWNS,
        worlds.ONE_ROAD,
        [("Ashford", "resident", 100), ("Birchwood", "resident", 10)],
        events=[(0, "bombardment", "Ashford")],
    )
    behaviour = {"push_bombardment": 1.0, "leave_max": 0.5, "leave_steepness": 2.0}
    model = seen(towns, 1, [Blame, *[lambda model, i=i: Follow(model, i) for i in range(100)]], **behaviour)
    stories = [follow.rows for follow in model.looking[1:] if follow.rows]
    luck = [draws.rare(1, row, 0, draws.LEAVE) for row in range(100)]
    assert len(stories) == sum(value < 0.25 * draws.SURE for value in luck)
    threat, choice = stories[0][0][-1]
    assert threat.startswith("the threat in Ashford was 1.00 (1 is one bombardment), from attacks from the air on Ashf")
    assert threat.endswith("the chance to leave was 25 % that day")
    assert choice == "Birchwood, 60 km away, was the only place they could go to"


def test_return_is_told_by_where_people_come_back_from():
    towns = worlds.make_case(
        worlds.TWO_TOWNS,
        worlds.ONE_ROAD,
        [("Ashford", "resident", 100), ("Birchwood", "resident", 10)],
        events=[(0, "bombardment", "Ashford")],
    )
    later = {"half_life_air": 0.1, "return_max": 1.0}  # nothing is left of the threat when peace comes
    config = worlds.calm(12, {"peace": worlds.measure(5, ceasefire=1)}, **worlds.SURE, **later)
    model = watched(config, towns, 1, 11, [Blame])
    came = [("came", "go_home", "Birchwood", "Ashford", 100)]
    assert entries(model, "Ashford") == [*came, ("went", "leave_home", "Birchwood", "Ashford", 100)]


def test_open_crossing_admits_some_and_others_turn_back():
    """Two people a day get through; half of those who wait turn back each day, and choose again two days later."""
    towns = worlds.make_case(
        [*worlds.TWO_TOWNS, ("Crossing", "entry_gate"), ("Cedar", "host")],
        [("Ashford", "Birchwood", 60), ("Birchwood", "Crossing", 60), ("Crossing", "Cedar", 10)],
        [("Ashford", "resident", 100), ("Birchwood", "resident", 0), ("Cedar", "syrian", 1)],
        events=[(0, "bombardment", "Ashford")],
    )
    config = worlds.calm(6, {"open": worlds.measure(entry_turkey=2)}, **worlds.SURE, give_up=0.5)
    model = watched(config, towns, 1, 5, [Blame])
    rows = ledger(model, model.notes(), 2).groupby(["direction", "mechanism"])["people"].sum()
    assert rows["went", "admitted"] == model.recorder.border[:, 2, :, ADMITTED].sum() == 2 * 5
    assert rows["went", "turned_back"] == model.recorder.border[:, 2, :, GAVE_UP].sum() > 0
    # Who is admitted on the last of the five days is still on the way.
    assert ("came", "admitted", "Crossing", "Ashford", 2 * 4) in entries(model, "Cedar")


# Against the run as it is, and the model's own sums


@pytest.fixture(scope="module")
def unwatched():
    """The same days, simulated as ever."""
    return worlds.run(worlds.composed("population=tiny", f"days={DAY + 1}"), worlds.case("idlib_2020"))


@pytest.fixture(scope="module")
def crisis():
    """The crisis until a week after the opening, watched, with three places and the households that are followed."""
    case, config = worlds.case("idlib_2020"), worlds.composed("population=tiny")
    places = [case.locations["name"].tolist().index(name) for name in NAMES]
    rows = worlds.start(config, case).followed[:200:10]  # residents, and people displaced before
    looks = [lambda model, place=place: Attraction(model, place) for place in places]
    follows = [lambda model, row=row: Follow(model, int(row)) for row in rows]
    return watched(config, case, 1, DAY, [Blame, *looks, *follows])


def test_watching_changes_nothing(crisis, unwatched):
    assert np.array_equal(crisis.recorder.stock[: DAY + 1], unwatched.recorder.stock[: DAY + 1])
    assert np.array_equal(crisis.recorder.border[: DAY + 1], unwatched.recorder.border[: DAY + 1])


def test_mechanisms_add_up_to_the_people_of_every_place(crisis, unwatched):
    notes, used = crisis.notes(), set()
    for place in range(len(crisis.geography.names)):
        rows = ledger(crisis, notes, place)
        used |= set(rows.loc[rows["direction"] != "died", "mechanism"])
        sums = rows.groupby("direction")["people"].sum()
        now = at_the_start(crisis, place) + sums.get("came", 0) - sums.get("went", 0) - sums.get("died", 0)
        stock = np.delete(unwatched.recorder.stock[DAY, place].sum(axis=0), [TRAVELLING, DEAD]).sum()
        assert now == stock == residents(crisis, place)["people"].sum()
    assert used >= {"leave_home", "move_on", "leave_west", "gave_up", "stopped", "transferred", "crossed"}
    assert used <= {*CAME, *WENT}


def test_arrivals_are_those_of_the_recorder(crisis, unwatched):
    """Displaced people arrive in a theatre place for the first time or again, whatever made them set out."""
    notes, role = crisis.notes(), crisis.geography.role
    for place in np.flatnonzero(role == 0):
        rows = ledger(crisis, notes, place)
        came = rows[(rows["direction"] == "came") & rows["mechanism"].isin(["leave_home", "move_on"])]["people"].sum()
        assert came == unwatched.recorder.arrivals[: DAY + 1, place, :2].sum()


def test_threat_is_the_sum_of_what_each_attack_makes(crisis):
    assert crisis.state.threat.max() > 0.5
    assert crisis.looking[0].parts[-1].sum(axis=0) == pytest.approx(crisis.state.threat, rel=1e-9)


def test_factors_add_up_to_the_choice_of_the_model(crisis):
    """The exponential of their sum gives the chances that the model draws from."""
    total, choice = sum(contributions(crisis).values()), crisis.driver.today.choice
    for spot, means in ((0, 0), (3, 1), (10, 0)):
        weights = np.where(np.isnan(total[spot, means]), 0.0, np.exp(total[spot, means]))
        assert weights / weights.sum() == pytest.approx(choice.weights[spot, means] / choice.weights[spot, means].sum())


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_so_many_choose_a_place_as_its_chances_say(crisis, number):
    chances = crisis.looking[1 + number].chances
    assert chances.able <= chances.movers and chances.chose > 10_000
    assert abs(chances.chose - chances.expected) < 4 * chances.variance**0.5


def test_journeys_are_those_of_the_run(crisis, unwatched):
    recorded = journeys(unwatched.recorder.frames()["journeys"].assign(seed=1))
    follows, told = crisis.looking[1 + len(NAMES) :], 0
    for follow in follows:
        steps = [step for step in recorded[1, follow.row] if step.date <= follow.steps[0].date.replace(2020, 3, 5)]
        kept = [step for i, step in enumerate(follow.steps) if i == 0 or step[1:] != follow.steps[i - 1][1:]]
        assert kept == steps
        told += len(steps) - 1
    assert told > 10


# What a person asks for


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Toyland, run from words."""
    return sim.run(["case=toyland", "output.pictures=false", f"out={tmp_path_factory.mktemp('toy') / 'run'}"])


def test_place_is_explained_with_the_numbers_of_the_run(toy, capsys):
    found = sim.explain(toy, location="birchwood", day="2020-01-20")
    arrived = toy.arrivals[(toy.arrivals["location"] == "Birchwood") & (toy.arrivals["day"] <= 19)]["people"].sum()
    numbers = found.numbers.iloc[0]
    assert (numbers["start"], numbers["came"], numbers["now"]) == (1_000, arrived, 1_000 + arrived)
    assert f"{arrived}  left home because of the threat there: from Ashford {arrived}" in found.text
    assert "100 %  attacks from the air on Ashford, 6 Jan 2020 to 7 Jan 2020" in found.text
    assert main(["explain", str(toy.folder), "location=Birchwood", "day=19"]) == 0
    assert capsys.readouterr().out.strip() == found.text


def test_journey_is_explained_as_far_as_it_went(toy):
    mover = int(toy.households["household"].iloc[0])
    text = str(sim.explain(toy, household=mover))
    assert text.startswith(f"Household {mover}, seed 1: ") and "of Ashford" in text
    assert "because the threat in Ashford was" in text and "Birchwood, 60 km away" in text
    assert "reason" in sim.explain(toy, household="random").steps.columns


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["location=Birchwod"], "there is no such place (did you mean 'Birchwood'?)"),
        (["location=Elm", "day=60"], "day is 60, but the run has days 0 to 59, 2020-01-01 to 2020-02-29"),
        (["location=Elm", "day=2019-12-31"], "day is 2019-12-31, but the run has days"),
        (["location=Elm", "day=soon"], "day is 'soon', but must be a number such as 60, or a date"),
        (["household=100000"], "household is 100000, but the run has households 0 to"),
        (["household=-1"], "household is -1"),
        (["household=many"], "household is 'many', but must be a whole number"),
        (["household=1", "location=Elm"], "say location=NAME and day=N, or household=N, but not both"),
        ([], "say location=NAME"),
        (["location=Elm", "seed=2"], "seed is 2, but the run has 1"),
        (["locaton=Elm"], "'locaton=Elm': there is no such setting (did you mean 'location'?)"),
    ],
)
def test_wrong_question_is_one_sentence(toy, capsys, words, sentence):
    assert main(["explain", str(toy.folder), *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("sim: error: ") and sentence in err and err.count("\n") == 1


def test_run_of_another_program_is_not_explained(toy, monkeypatch):
    monkeypatch.setattr(explaining, "program_checksum", lambda: "another")
    with pytest.raises(InputError, match="simulated by another version of the program"):
        sim.explain(toy, location="Elm")
