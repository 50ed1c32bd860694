"""The class app without its page: what it reads, whom it serves when, what it holds, what it tells."""

import re
import threading
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.compose import compose
from sim.errors import InputError, WorkerDied
from sim.model import simulate
from sim.web import catalogue, hall, levers, pair, setup, side
from sim.web.setup import Setup, Side, read_file, read_link, read_words
from sim.web.worker import Bounded, Job, Worker

LINK = (
    "a=as_it_happened&b=winter_camps&b.winter_camps.first_day=2020-01-10&b.winter_camps.camp_places=50000"
    "&population=tiny&seed=7&replicates=3&household=17&behaviour.onward_rate=0.25"
)


def test_link_says_the_set_up_and_nothing_else():
    found = read_link(LINK)
    turned = (("winter_camps.camp_places", "50000"), ("winter_camps.first_day", "2020-01-10"))
    assert found.b == Side("winter_camps", None, turned)
    assert (found.a, found.population, found.seed) == (Side("as_it_happened"), "tiny", 7)
    assert (found.replicates, found.household, found.behaviour) == (3, 17, (("onward_rate", 0.25),))


def test_link_and_file_restore_what_they_were_made_of():
    found = read_link(LINK)
    assert read_link(setup.link(found)) == found
    assert read_file(levers.spec(found)["file"]) == found


def test_words_of_a_side_are_those_of_the_command_line():
    found = read_link(LINK + "&b.policy=winter_camps,m4_corridor")
    config = compose(setup.words(found, "b"))
    assert setup.config_of(found, "b") == config
    assert setup.config_of(found, "a") == compose(setup.words(found, "a"))
    assert list(config.policy) == ["winter_camps", "m4_corridor"]
    assert config.policy["winter_camps"].effects["camp_places"] == 50000
    assert (config.policy["winter_camps"].first_day, config.seed, config.replicates) == ("2020-01-10", 7, 3)
    assert config.behaviour.onward_rate == 0.25


def test_measures_taken_out_forget_their_levers():
    found = setup.changed(read_link(LINK), "b.policy", "m4_corridor")
    assert found.b == Side("winter_camps", ("m4_corridor",), ())


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("population=full", r"population is 'full', but must be one of class, tiny"),
        ("a=winter_camp", r"a is 'winter_camp', but must be one of .* \(did you mean 'winter_camps'\?\)"),
        ("a=../../etc/passwd", r"a is '../../etc/passwd', but must be one of "),
        ("seed=-1", r"seed is '-1', but must be a whole number between 0 and 2,147,483,647"),
        ("seed=" + "9" * 5000, r"seed is '9{57}\.\.\.', but must be a whole number"),
        ("replicates=100", r"replicates is '100', but must be one of 1, 3, 5"),
        ("behaviour.onward_rate=0.9", r"behaviour.onward_rate is 0.9, but must lie between 0.1 and 0.3"),
        ("behaviour.onward_rate=nan", r"behaviour.onward_rate is 'nan', but must be a number"),
        ("behaviour.onward_rat=0.2", r"there is no prior for .* \(did you mean 'onward_rate'\?\)"),
        ("a.border_opening.first_day=tomorrow", r"a.border_opening.first_day is 'tomorrow', but must be a date"),
        ("a.border_opening.what=x", r"of border_opening can be set first_day, last_day, exit_gate, news, fare_gate"),
        ("b.border_opening.first_day=2020-02-01", r"the measure of b.border_opening.first_day is 'border_op"),
        ("a.policy=border_opening,border_opening", r"a.policy names 'border_opening' twice"),
        ("seed=1&seed=2", r"'seed' is set twice"),
        ("out=/etc", r"there is no setting 'out'; see sim web --help"),
        ("&".join(f"x{i}=1" for i in range(300)), r"this set-up is too long: at most 200 settings"),
        ("a=" + "x" * 40_000, r"this link is too long"),
    ],
)
def test_forged_link_gets_one_sentence(link, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        setup.configs(read_link(link))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 1200


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("a.border_opening.exit_gate=7", r"A: policy.border_opening.effects.exit_gate is 7.0, but must lie"),
        ("a.border_opening.first_day=2021-01-01", r"A: policy.border_opening: last_day 2020-03-17 lies before"),
    ],
)
def test_lever_that_cannot_be_simulated_names_its_side(link, sentence):
    with pytest.raises(InputError, match=sentence):
        setup.configs(read_link(link))


def test_file_that_is_none_is_refused():
    with pytest.raises(InputError, match="cannot be read: write NAME=VALUE"):
        read_file("PK\x03\x04 this is a zip")
    with pytest.raises(InputError, match="this file is no set-up"):
        read_file("a" * 100_000)
    with pytest.raises(InputError, match="cannot be read"):
        read_words(["winter_camps"])


def test_every_lever_stands_within_its_slider_and_its_ends_are_allowed():
    names = ",".join(levers.groups()["policy"])
    spec = levers.spec(read_link(f"a=facts_only&a.policy={names}"))
    amounts = [amount for one in spec["sides"]["a"]["measures"] for amount in one["amounts"]]
    assert len(spec["sides"]["a"]["measures"]) == len(levers.groups()["policy"])
    for amount in amounts:
        effect = levers.EFFECTS[amount["name"]]
        assert effect.low <= amount["low"] <= amount["value"] <= amount["high"] <= effect.high
        assert amount["low"] < amount["high"] and amount["step"] > 0
    for one in spec["behaviour"]:
        assert one["low"] <= one["usual"] <= one["high"], one["name"]


def test_store_never_holds_more_than_its_bound_and_forgets_the_oldest():
    store = Bounded(100)
    for key in "abc":
        store.put(key, key, 40)
    assert (store.get("a"), store.get("b"), store.get("c"), store.bytes) == (None, "b", "c", 80)
    store.get("b")  # asked for again, so c is the oldest
    store.put("d", "d", 40)
    assert (store.get("c"), store.get("b"), store.bytes) == (None, "b", 80)
    store.put("huge", "huge", 1000)
    assert store.get("huge") is None and store.bytes <= 100


def job(key, done, gate=None, begun=None):
    def make(_, told):
        told(0.5)
        if begun:
            begun.set()
        if gate:
            assert gate.wait(10)
        done.append(key)
        return key

    return Job(key, make, lambda value: 1)


def test_sessions_are_served_in_turn():
    """One asks for four jobs before two others ask for one each: these wait for one of the four, not for all."""
    done, gate, begun = [], threading.Event(), threading.Event()
    worker = Worker(Bounded(1000))
    greedy = worker.submit("greedy", [job(f"g{i}", done, gate, begun) for i in range(4)])
    assert begun.wait(10)
    assert worker.progress(greedy) == 0.5 / 4
    others = [worker.submit(name, [job(name, done)]) for name in ("x", "y")]
    assert [worker.place(ticket) for ticket in (greedy, *others)] == [0, 1, 2]
    gate.set()
    for ticket in (greedy, *others):
        assert ticket.done.wait(10)
    assert done == ["g0", "x", "y", "g1", "g2", "g3"]
    assert greedy.value == "g3" and list(greedy.values) == ["g0", "g1", "g2", "g3"]


def test_newer_wish_of_a_session_drops_the_older_one():
    done, gate, begun = [], threading.Event(), threading.Event()
    worker = Worker(Bounded(1000))
    first = worker.submit("me", [job("first", done, gate, begun), job("never", done)])
    assert begun.wait(10)
    second = worker.submit("me", [job("second", done)])
    gate.set()
    assert second.done.wait(10)
    assert first.dropped and second.value == "second"
    assert done == ["first", "second"]


def test_what_is_known_is_not_made_again_and_mistakes_reach_only_their_session():
    done, worker = [], Worker(Bounded(1000))

    def fail(_, told):
        raise RuntimeError("a bug")

    assert worker.submit("me", [job("same", done)]).done.wait(10)
    wrong = worker.submit("you", [Job("wrong", fail, len)])
    again = worker.submit("she", [job("same", done)])
    assert wrong.done.wait(10) and again.done.wait(10)
    assert "mistake of the program" in str(wrong.error) and wrong.values == {}
    assert done == ["same"] and again.value == "same"


def test_what_two_ask_for_at_the_same_time_is_made_once_and_given_to_both():
    done, gate, begun = [], threading.Event(), threading.Event()
    worker = Worker(Bounded(1000), n_at_a_time=3)
    one = worker.submit("one", [job("side", done, gate, begun), job("pair", done)])
    assert begun.wait(10)
    other = worker.submit("other", [job("side", done), job("another pair", done)])
    gate.set()
    assert one.done.wait(10) and other.done.wait(10)
    assert sorted(done) == ["another pair", "pair", "side"]
    assert other.values == {"side": "side", "another pair": "another pair"}


def test_jobs_of_one_session_are_done_side_by_side_and_the_last_is_given_their_values():
    meet = threading.Barrier(2)

    def together(name):
        return Job(name, lambda _, told: (meet.wait(10), name)[1], len)

    ticket = Worker(Bounded(1000), n_at_a_time=2).submit("me", [together("a"), together("b"), Job("+", _both, len)])
    assert ticket.done.wait(10)
    assert ticket.value == ["a", "b"]


def _both(values, told):
    return values


@pytest.mark.parametrize("n_deaths", [1, 2])
def test_process_that_is_ended_is_tried_again_once_and_then_told(n_deaths):
    class Dying:
        def submit(self, task, told):
            future = Future()
            deaths.append(task)
            if len(deaths) <= n_deaths:
                future.set_exception(WorkerDied("ended by signal 9"))
            else:
                future.set_result(SimpleNamespace(record=b"tables"))
            return future

    deaths, found = [], hall.Hall()
    found.workers = Dying()
    ticket = found.ask_for_tables("me", read_link("population=tiny"), "a")
    assert ticket.done.wait(10) and len(deaths) == 2
    if n_deaths == 1:
        assert ticket.value == b"tables"
    else:
        assert str(ticket.error) == hall.ENDED


def test_too_many_sessions_are_refused():
    gate = threading.Event()
    worker = Worker(Bounded(10), most_waiting=2)
    tickets = [worker.submit(name, [job(name, [], gate)]) for name in "ab"]
    with pytest.raises(InputError, match="2 others are waiting"):
        worker.submit("c", [job("c", [])])
    gate.set()
    assert all(ticket.done.wait(10) for ticket in tickets)


@pytest.fixture(scope="module")
def made():
    """As it happened beside a border that was never opened, one household in 400: both sides, and the pair."""
    sides = []
    for config in setup.configs(read_link("population=tiny")).values():
        found = side.task(replace(config, days=110, replicates=2), catalogue.case(), lambda *tables: tables)
        sides.append(found.record(lambda days: None))
    shown = [side.shown(*tables) for tables in sides]
    return *sides, pair.pair_of("key", *shown, catalogue.case()), shown[0]


def test_pair_tells_what_both_runs_count(made):
    a, b, found, _ = made
    for outcome in ("attempts", "displaced"):
        by_side = [
            [next(one["value"] for one in tables.summary if one["outcome"] == outcome) for tables in runs]
            for _, runs, _ in (a, b)
        ]
        sums = [sum(values) / 2 for values in by_side]
        assert list(found.differences.loc[outcome, ["baseline", "value"]]) == sums
        assert found.differences.loc[outcome, "difference"] == sums[1] - sums[0]
    assert found.differences.loc["displaced", "difference"] == 0  # the border is far from Idlib
    assert found.differences.loc["attempts", "difference"] < 0


def test_seeds_of_a_side_are_those_of_a_run(made):
    (config, runs, case), *_ = made
    for seed, tables in enumerate(runs, 1):
        alone = simulate(config, case, seed).frames["series"]
        pd.testing.assert_frame_equal(tables.frames["series"], alone)


def test_followed_household_is_told_alike_until_the_paths_part(made):
    _, (_, runs, _), found, _ = made
    number, name = next(iter(found.households.items()))
    assert name.endswith("paths differ")
    told = pair.story(found, number)
    assert told["a"] != told["b"] and told["together"].startswith("At first they ")
    days = runs[0].frames["journeys"].query("household == @number")["date"].dt.day_name()
    assert len(days) >= len(re.findall(r"On \d", told["together"] + told["b"]))


def test_same_scenario_on_both_sides_differs_nowhere(made):
    *_, a = made
    found = pair.pair_of("key", a, a, catalogue.case())
    assert not found.differences["difference"].any() and found.changed == 0
    assert not any("paths differ" in name for name in found.households.values())


def test_page_begins_with_the_usual_set_up():
    assert Setup() == read_words([]) == read_link("") == read_link(None)
