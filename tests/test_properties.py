"""What must hold in every world: people are conserved, tables agree, and a harsher conflict displaces more."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import DAYS, OPENING, SOUTH, WEST, behaviours, cases, policies, seeds
from worlds import calm, make_case, measure, run

from sim.geography import BEYOND, ISLAND, THEATRE
from sim.population import (
    ADMITTED,
    ATTEMPTS,
    BORDER_COUNTS,
    CAMP,
    CROSSED,
    DEAD,
    DIED,
    ENTERED,
    INTERCEPTED,
    PREVENTED,
    PUSHED_BACK,
    TRANSFERRED,
    TRAVELLING,
)
from sim.recorder import CROSSED_BORDER

# People and tables


@given(cases(), behaviours(), policies(), seeds)
@settings(max_examples=40)
def test_nobody_is_lost_or_counted_twice_on_any_day(case, behaviour, policy, seed):
    model = run(calm(DAYS, OPENING | policy, **behaviour), case, seed)
    assert (model.recorder.stock.sum(axis=(1, 2, 3)) == case.initial["people"].sum()).all()
    assert (model.recorder.stock >= 0).all()
    # The dead stay dead.
    assert (np.diff(model.recorder.stock[..., DEAD].astype(int), axis=0) >= 0).all()


@given(cases(), behaviours(), policies(), seeds)
def test_stocks_of_the_theatre_change_by_arrivals_less_departures_and_deaths(case, behaviour, policy, seed):
    model = run(calm(DAYS, OPENING | policy, **behaviour), case, seed)
    recorder, theatre = model.recorder, model.geography.role == THEATRE
    present = np.delete(recorder.stock, [TRAVELLING, DEAD], axis=3).sum(axis=(2, 3), dtype=int)[:, theatre]
    dead = recorder.stock[..., DEAD].sum(axis=2, dtype=int)[:, theatre]
    arrived = recorder.arrivals.sum(axis=2)[:, theatre]
    departed = recorder.moves.sum(axis=2)[:, theatre]
    change = arrived[1:] - departed[1:] - np.diff(dead, axis=0)
    np.testing.assert_array_equal(np.diff(present, axis=0), change)


@given(cases(), behaviours(), policies(), seeds)
def test_stock_beyond_the_border_is_what_has_crossed(case, behaviour, policy, seed):
    model = run(calm(DAYS, OPENING | policy, **behaviour), case, seed)
    recorder, role = model.recorder, model.geography.role
    beyond = np.isin(role, (ISLAND, BEYOND))
    islander = model.group_names.index("islander")
    came = np.delete(recorder.stock, islander, axis=2)[:, beyond]
    crossed = came[..., [CROSSED, TRAVELLING, TRANSFERRED, DEAD]].sum(axis=(1, 2, 3))
    np.testing.assert_array_equal(crossed, np.cumsum(recorder.arrivals[:, beyond, CROSSED_BORDER].sum(axis=1)))


@given(cases(), behaviours(), policies(), seeds)
def test_every_attempt_ends_in_exactly_one_way(case, behaviour, policy, seed):
    border = run(calm(DAYS, OPENING | policy, **behaviour), case, seed).recorder.border
    ends = border[..., [PREVENTED, ENTERED, ADMITTED, PUSHED_BACK, INTERCEPTED, DIED]].sum(axis=3)
    np.testing.assert_array_equal(border[..., ATTEMPTS], ends)


@given(cases(), behaviours(), policies(), seeds)
def test_flows_add_up_to_the_moves_and_deaths_to_the_dead(case, behaviour, policy, seed):
    model = run(calm(DAYS, OPENING | policy, **behaviour), case, seed)
    recorder, frames = model.recorder, model.recorder.frames()
    flows = frames["flows"].groupby(["day", "origin"], observed=True)["people"].sum()
    moves = recorder.moves.sum(axis=2)
    assert flows.sum() == moves.sum()
    for (day, origin), number in flows.items():
        assert number == moves[day, model.geography.number(origin)]
    died = recorder.border[..., DIED].sum() + recorder.cold_deaths.sum()
    assert died == recorder.stock[-1, :, :, DEAD].sum()


@given(cases(), behaviours(), policies(), seeds)
def test_frames_hold_every_count_once(case, behaviour, policy, seed):
    model = run(calm(DAYS, OPENING | policy, **behaviour), case, seed)
    recorder, frames = model.recorder, model.recorder.frames()
    assert frames["daily"]["people"].sum() == recorder.stock.sum()
    assert frames["arrivals"]["people"].sum() == recorder.arrivals.sum()
    assert frames["border"][list(BORDER_COUNTS)].to_numpy().sum() == recorder.border.sum()
    for name, keys in (
        ("daily", ["day", "location", "group", "status"]),
        ("flows", ["day", "origin", "destination", "group"]),
        ("arrivals", ["day", "location", "kind"]),
        ("border", ["day", "crossing", "group"]),
    ):
        assert not frames[name].duplicated(keys).any()
    assert all((frames[name]["people"] > 0).all() for name in ("daily", "flows", "arrivals"))


@given(cases(), behaviours(), policies([*WEST, *SOUTH, "entry_turkey"]), seeds)
def test_camps_never_hold_more_people_than_places(case, behaviour, policy, seed):
    model = run(calm(DAYS, policy, **behaviour), case, seed)
    assert (model.recorder.stock[-1, :, :, CAMP].sum(axis=1) <= model.camp_places).all()


# Conflict


@given(cases(), behaviours(), policies([*SOUTH, "entry_turkey"]), seeds, st.floats(1.0, 3.0), st.floats(1.0, 3.0))
def test_harsher_conflict_displaces_the_same_people_and_more(case, behaviour, policy, seed, air, ground):
    harsher = policy | {"harsher": measure(push_air=air, push_ground=ground)}
    mild = run(calm(DAYS, policy, **behaviour), case, seed).driver.population.moves > 0
    harsh = run(calm(DAYS, harsher, **behaviour), case, seed).driver.population.moves > 0
    assert (harsh >= mild).all()


def test_harsher_conflict_displaces_more_people_where_not_all_had_left():
    case = make_case(
        [("Town 0", "theatre"), ("Town 1", "theatre")],
        [("Town 0", "Town 1", 10)],
        [("Town 0", "resident", 2000), ("Town 1", "resident", 10)],
        [(0, "bombardment", "Town 0")],
    )
    displaced = [
        run(calm(10, {"war": measure(push_air=f)}, leave_max=0.2), case).displaced for f in (0.0, 0.5, 1.0, 2.0, 4.0)
    ]
    assert displaced[0] == 0
    assert displaced == sorted(set(displaced))
