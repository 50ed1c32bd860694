"""Blocks of rows: who is passed over could not have acted, whatever the population looks like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import calm, case, composed, make_case, run, start

from sim import blocks, draws
from sim.compiled import Threads, loop
from sim.geography import build_geography
from sim.population import (
    AT_HOME,
    AWAY,
    CAMP,
    HOME,
    OPEN_AIR,
    RETURNED,
    SHELTERED,
    STATUSES,
    TRAVELLING,
    build_population,
    put,
)

DAY, SEED = 9, 4
PLACES, GROUPS = 3, 2


@loop
def _list(first, last, population, wanted, ceiling, fading, day, key, rows):
    return blocks.candidates(first, last, population, wanted, ceiling, fading, day, key, rows)


@loop
def _list_by_home(first, last, population, wanted, ceiling, key, rows):
    return blocks.candidates_by_home(first, last, population, wanted, ceiling, key, rows)


def people_of(n=700):
    """Return three towns of single people, so that blocks hold one town, two, or two groups."""
    town = make_case(
        [(name, "theatre") for name in ("Ashford", "Birchwood", "Cedar")],
        [("Ashford", "Birchwood", 10)],
        [
            ("Ashford", "resident", n),
            ("Ashford", "displaced_before", 70),
            ("Birchwood", "resident", 20),
            ("Birchwood", "displaced_before", 5),
            ("Cedar", "resident", n),
        ],
        groups={name: (1.0, "syrian", 0.0, 0.0) for name in ("resident", "displaced_before")},
    )
    return build_population(town, build_geography(town), calm(1).behaviour, "article", 1, SEED)


def shuffled(population, n, generator):
    """Let some people be elsewhere, with a status that fits, since some day."""
    for row in generator.integers(0, len(population.people), n):
        status = int(generator.choice([HOME, RETURNED, CAMP, OPEN_AIR, TRAVELLING]))
        home = int(population.home[row])
        put(population, row, home if 1 << status & AT_HOME else int(generator.integers(0, PLACES)), status)
        population.since[row] = generator.integers(0, DAY + 1)
        block = row >> draws.BLOCK_BITS
        population.latest[block] = max(population.latest[block], population.since[row])
    return population


levels = st.sampled_from([0, 1, draws.LOW // 3, draws.LOW, draws.LOW + 1, 50 * draws.LOW, draws.SURE])


@given(
    st.lists(levels, min_size=PLACES * GROUPS, max_size=PLACES * GROUPS),
    st.lists(levels, min_size=0, max_size=3),
    st.integers(0, 300),
    st.integers(0, 99),
    st.integers(1, 2 ** len(STATUSES) - 1),
)
def test_everyone_who_could_act_is_listed_once_and_in_order(ceiling, fading, n_moved, dice, wanted):
    population = shuffled(people_of(), n_moved, np.random.default_rng(dice))
    ceiling = np.array(ceiling, np.int64).reshape(PLACES, GROUPS)
    ages = np.zeros(64, np.int64)
    ages[: len(fading)] = sorted(fading, reverse=True)
    n, rows = len(population.people), np.zeros(2000, np.int32)
    lots = np.array([draws.rare(SEED, row, DAY, draws.LEAVE) for row in range(n)])
    is_wanted = (1 << population.status.astype(np.int64)) & wanted != 0
    has_arrived = population.path > 0
    days_here = np.where(has_arrived, np.minimum(DAY - population.since.astype(np.int64), 63), 63)
    may = is_wanted & (lots < ceiling[population.place, population.group] + ages[days_here])
    key = draws.key_of(SEED, DAY, draws.LEAVE)
    found = rows[: _list(0, n, population, wanted, ceiling, ages, DAY, key, rows)]
    assert (np.diff(found) > 0).all()
    assert is_wanted[found].all()
    assert np.isin(np.flatnonzero(may), found).all()
    assert not (ceiling.max() + ages.max() <= draws.LOW and (lots[found] >= draws.LOW).any())
    by_home = rows[: _list_by_home(0, n, population, wanted, ceiling, key, rows)]
    assert np.isin(np.flatnonzero(is_wanted & (lots < ceiling[population.home, population.group])), by_home).all()


def test_blocks_in_which_nobody_can_act_are_passed_over():
    population, rows = people_of(10_000), np.zeros(30_000, np.int32)
    ceiling = np.zeros((PLACES, GROUPS), np.int64)
    ceiling[2] = draws.LOW  # only people of Cedar, and of these one in 256
    key = draws.key_of(SEED, DAY, draws.LEAVE)
    n = len(population.people)
    found = rows[: _list(0, n, population, 1 << HOME, ceiling, np.zeros(64, np.int64), DAY, key, rows)]
    in_cedar = population.home[found] == 2
    # All but the one block that Cedar shares with Birchwood are left out without a look at their rows.
    assert (~in_cedar).sum() <= 64
    assert abs(in_cedar.sum() - 10_000 / 256) < 4 * np.sqrt(10_000 / 256)


def test_rows_with_a_status_are_all_those_who_have_it():
    population = shuffled(people_of(), 200, np.random.default_rng(1))
    rows = np.zeros(2000, np.int32)
    for status in (HOME, CAMP, OPEN_AIR, TRAVELLING):
        for where in (np.ones(3, bool), np.array([True, False, True])):
            n = blocks.rows_with(0, len(population.people), population, 1 << status, where, rows)
            assert np.array_equal(rows[:n], np.flatnonzero((population.status == status) & where[population.place]))


def test_what_a_block_holds_is_noted_anew_when_it_is_looked_at():
    population, rows = people_of(), np.zeros(2000, np.int32)
    put(population, 3, 1, OPEN_AIR)
    put(population, 3, 0, RETURNED)
    assert population.seen[0] & AWAY
    blocks.rows_with(0, len(population.people), population, SHELTERED, np.ones(3, bool), rows)
    assert population.seen[0] == 1 << HOME | 1 << RETURNED


def test_blocks_never_hold_less_than_their_rows_do():
    model = run(composed("population=tiny", "days=120"), case("idlib_2020"))
    p = model.driver.population
    holds = np.repeat(p.seen, draws.BLOCK)[: len(p.people)]
    assert (holds >> p.status & 1 == 1).all()
    assert (holds[p.place != p.home] & AWAY != 0).all()
    assert (np.repeat(p.latest, draws.BLOCK)[: len(p.people)] >= p.since)[(p.status == CAMP) & (p.moves > 0)].all()


@pytest.mark.parametrize(("n_threads", "n_chunks"), [(1, 1), (1, 7), (2, 2), (2, None), (3, 500)])
def test_chunks_end_where_blocks_do(n_threads, n_chunks):
    model = start(composed("population=tiny"), case("idlib_2020"))
    population, everywhere = model.driver.population, np.ones(len(model.places), bool)
    n, rows = len(population.people), np.zeros(len(population.people), np.int32)
    pool = Threads(n_threads, draws.BLOCK, n_chunks)
    found = pool.over_chunks(blocks.rows_with, n, rows, population, 1 << HOME, everywhere)
    assert np.array_equal(found, np.flatnonzero(population.status == HOME))
