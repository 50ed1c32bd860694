"""The same words give the same bytes: whatever the threads, the order of runs, or what else happens in the process."""

import dataclasses
import gc
import threading
import weakref

import numpy as np
import pytest
from worlds import case, composed, households, measure, run, same, start, tables

from sim import array_driver
from sim.model import simulate
from sim.population import build_population

DAYS = 110  # the opening of the border on day 89 included


@pytest.fixture(scope="module")
def config():
    return composed("population=tiny", f"days={DAYS}")


@pytest.fixture(scope="module")
def model(config):
    return run(config, case("idlib_2020"))


def frames_equal(left, right):
    """Tell whether two sets of frames are equal, values and types."""
    return left.keys() == right.keys() and all(left[name].equals(right[name]) for name in left)


def test_same_seed_gives_the_same_frames(config):
    first, second = (simulate(config, case("idlib_2020"), seed=5) for _ in range(2))
    assert frames_equal(first.frames, second.frames)
    assert first.summary == second.summary


def test_other_seed_gives_other_people_with_other_luck(config, model):
    other = run(config, case("idlib_2020"), seed=2)
    assert not np.array_equal(households(model), households(other))
    assert model.displaced != other.displaced


def test_one_and_two_threads_give_the_same_people_and_tables(monkeypatch):
    monkeypatch.setattr(array_driver, "FEW_ROWS", 0)
    models = []
    for threads in (1, 2):
        config = composed("population=class", f"days={DAYS}", f"threads={threads}")
        models.append(run(config, case("idlib_2020")))
        assert models[-1].driver.threads.n_threads == threads
    assert np.array_equal(*(households(model) for model in models))
    assert same(tables(models[0]), tables(models[1]))
    assert frames_equal(*(model.recorder.frames() for model in models))


def test_two_models_that_take_turns_do_not_disturb_each_other(config, model):
    turns = [start(config, case("idlib_2020"), seed) for seed in (1, 2)]
    while turns[0].running:
        for one in turns:
            one.step()
    assert same(tables(turns[0]), tables(model))
    assert same(tables(turns[1]), tables(run(config, case("idlib_2020"), seed=2)))


def test_two_models_that_run_at_the_same_time_do_not_disturb_each_other(config, model):
    done = {}
    workers = [
        threading.Thread(target=lambda name=name: done.update({name: run(config, case("idlib_2020"))})) for name in "ab"
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert same(tables(done["a"]), tables(model))
    assert same(tables(done["b"]), tables(model))


def test_counting_everyone_on_every_day_changes_nothing(config, model):
    assert same(tables(run(dataclasses.replace(config, check=True), case("idlib_2020"))), tables(model))


def test_shorter_run_is_the_beginning_of_the_longer_one(config, model):
    shorter = run(dataclasses.replace(config, days=40), case("idlib_2020"))
    assert same(tables(shorter), tables(model, until=40))


def test_traits_do_not_depend_on_the_policy():
    config = composed("case=toyland", policy={"war": measure(push_air=5, aid=0.1)})
    plain = start(composed("case=toyland"), case("toyland")).driver.population
    other = start(config, case("toyland")).driver.population
    for trait in ("people", "group", "home", "threshold", "means", "ties"):
        assert np.array_equal(getattr(plain, trait), getattr(other, trait))


def test_families_are_the_same_under_every_seed_and_their_traits_are_not(config):
    toyland, geography = case("toyland"), start(composed("case=toyland"), case("toyland")).geography
    first, second = (build_population(toyland, geography, config.behaviour, "article", 1, seed) for seed in (1, 2))
    assert np.array_equal(first.people, second.people)
    assert not np.array_equal(first.threshold, second.threshold)


def test_finished_model_is_forgotten(config):
    model = start(composed("case=toyland"), case("toyland"))
    model.step()
    memory = weakref.ref(model)
    del model
    gc.collect()
    assert memory() is None
