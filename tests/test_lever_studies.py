"""Lever studies: differences and pictures counted by hand; settings that must give what a scenario gives, to the last
person; bounds that no luck can break."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.compose import compose
from sim.studies.levers import Measured, Setting, differences
from sim.views.levers import lever_curves, lever_grid

sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))

import ceasefire  # noqa: E402
import common  # noqa: E402
import corridor  # noqa: E402
import opening_day  # noqa: E402
import relocation  # noqa: E402
import southern_quota  # noqa: E402
import winter_camps  # noqa: E402

WORDS = ("population=tiny", "replicates=2", "executor.workers=1")
DAYS = 213
PANELS = {"displaced": ("Ever displaced", "people"), "returned": ("Returned", "people")}
TEXTS = ("Title", "below", "sources", "command")


def counted():
    """Return three settings of one lever and three seeds, with numbers for counting."""
    settings = [Setting((name,), ()) for name in ("base", "one", "two")]
    displaced = pd.DataFrame([[10, 20, 30], [11, 22, 33], [10, 20, 30]], columns=[1, 2, 3])
    return Measured(settings, {"displaced": displaced}, 0.0)


def asked(study, folder, *settings):
    """Ask at a small size for the baseline and some settings; return what was measured, and the page."""
    small = replace(study, settings=[study.settings[0], *settings], answer=lambda found: "An answer.")
    measured = common.ask(small, WORDS, folder, folder / "cells")
    return measured, (folder / f"{study.name}.md").read_text(encoding="utf-8")


def is_same(measured, one, other):
    """Tell whether two settings agree in everything that was measured, seed by seed."""
    return all(values.iloc[one].equals(values.iloc[other]) for values in measured.values.values())


def table(page):
    """Return the rows of the table on a page, as lists of cells."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    return [rows[0], *rows[2:]]


def test_differences_are_of_each_setting_from_the_first_seed_by_seed():
    rows = differences(counted())["displaced"]
    # Differences 1, 2, 3: mean 2, standard error 1 / sqrt(3), t(2) = 4.303
    assert rows["difference"].tolist() == [0, 2, 0]
    assert rows["high"].iloc[1] - 2 == pytest.approx(4.303 / 3**0.5, abs=1e-3)
    assert rows["value"].tolist() == [20, 22, 20]


def test_a_difference_is_told_with_its_reach_and_none_as_a_bare_zero():
    rows = differences(counted())["displaced"]
    assert [common.told_difference(row) for _, row in rows.iterrows()] == ["0", "+2 ± 2.5", "0"]


def test_curves_pass_through_the_differences_in_the_order_of_the_lever():
    rows = pd.DataFrame(
        [(x, line, quantity, n * size, n * size - 1, n * size + 1)
         for quantity, size in (("displaced", 10), ("returned", -5))
         for line in ("weak", "strong") for n, x in enumerate(("7", "14", "30"))],
        columns=["first", "second", "quantity", "difference", "low", "high"],
    )  # fmt: skip
    figure = lever_curves(rows, PANELS, ("days", "strength"), TEXTS)
    left, right = figure.axes
    assert [text.get_text() for text in left.get_xticklabels()] == ["7", "14", "30"]
    for ax, size in ((left, 10), (right, -5)):
        zero, *lines = ax.get_lines()
        assert [line.get_ydata().tolist() for line in lines] == [[0, size, 2 * size]] * 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["strength: weak", "strength: strong"]


def test_a_grid_writes_each_number_into_its_cell():
    rows = pd.DataFrame(
        [("2", "March", "displaced", 5.0, 3.0, 7.0), ("6", "March", "displaced", 0.0, 0.0, 0.0),
         ("2", "April", "displaced", -2000.0, -2010.0, -1990.0), ("6", "April", "displaced", 40.0, 30.0, 50.0)],
        columns=["first", "second", "quantity", "difference", "low", "high"],
    )  # fmt: skip
    (ax,) = lever_grid(rows, {"displaced": PANELS["displaced"]}, ("width", "from"), TEXTS).axes
    told = {text.get_position(): text.get_text() for text in ax.texts}
    assert told == {(0, 0): "+5\n± 2", (1, 0): "0", (0, 1): "−2,000\n± 10", (1, 1): "+40\n± 10"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", [ceasefire, corridor, opening_day, relocation, southern_quota, winter_camps], ids=lambda one: one.__name__
)
def test_settings_are_told_apart_and_few_and_the_last_can_be_composed(module):
    study = module.STUDY
    levers = [setting.levers for setting in study.settings]
    assert len(set(levers)) == len(levers) and {len(one) for one in levers} == {sum(map(bool, study.levers))}
    assert len(levers) * study.replicates <= 65
    assert repr(compose(study.settings[-1].words)) != repr(compose(study.settings[0].words))


@pytest.mark.slow
def test_opened_on_its_day_is_as_it_happened_and_25_days_before_is_the_scenario(tmp_path):
    days = [opening_day.opened_on(day) for day in (opening_day.HAPPENED, "2020-02-03")]
    scenario = Setting(("scenario",), ("scenario=border_opened_earlier",))
    measured, page = asked(opening_day.STUDY, tmp_path, *days, scenario)
    assert is_same(measured, 1, 0) and is_same(measured, 2, 3) and not is_same(measured, 2, 0)
    rows = table(page)
    assert len(rows) == 5 and {len(row) for row in rows} == {1 + len(opening_day.STUDY.told)}
    assert rows[2] == ["28 Feb", *["0"] * len(opening_day.STUDY.told)]
    assert (tmp_path / "pictures" / "opening_day.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.slow
def test_a_second_call_simulates_nothing_and_writes_the_same_bytes(tmp_path):
    asked(southern_quota.STUDY, tmp_path, southern_quota.quota(1000))
    files = [tmp_path / "southern_quota.md", tmp_path / "pictures" / "southern_quota.png", tmp_path / "cells/log.jsonl"]
    before = [path.read_bytes() for path in files]
    asked(southern_quota.STUDY, tmp_path, southern_quota.quota(1000))
    assert [path.read_bytes() for path in files] == before


@pytest.mark.slow
def test_a_ceasefire_that_fails_after_the_end_holds_and_after_30_days_is_the_scenario(tmp_path):
    scenario = Setting(("scenario", "1"), ("scenario=ceasefire_fails",))
    settings = [ceasefire.failing(DAYS, 1.5), ceasefire.failing(30, 1), scenario, ceasefire.failing(30, 1.5)]
    measured, _ = asked(ceasefire.STUDY, tmp_path, *settings)
    assert is_same(measured, 1, 0) and is_same(measured, 2, 3)
    displaced = measured.values["displaced"]
    # Harsher conflict displaces the same people and more.
    assert (displaced.iloc[4] >= displaced.iloc[2]).all() and (displaced.iloc[2] > displaced.iloc[0]).all()


@pytest.mark.slow
def test_a_corridor_without_width_is_none_and_of_6_km_is_the_scenario(tmp_path):
    scenario = Setting(("scenario", "-"), ("scenario=corridor_works",))
    settings = [corridor.patrolled(0, "15 Mar"), corridor.patrolled(6, "15 Mar"), scenario]
    measured, _ = asked(corridor.STUDY, tmp_path, *settings)
    assert is_same(measured, 1, 0) and is_same(measured, 2, 3)
    displaced = measured.values["displaced"]
    assert (displaced.iloc[2] <= displaced.iloc[0]).all()  # fewer attacks displace some of the same people


@pytest.mark.slow
def test_a_quota_of_none_is_the_closed_border_and_no_quota_is_ever_exceeded(tmp_path):
    settings = [southern_quota.quota(people) for people in (0, 300, 3000)]
    measured, page = asked(southern_quota.STUDY, tmp_path, *settings)
    assert is_same(measured, 1, 0)
    admitted = measured.values["admitted"]
    assert (admitted.iloc[0] == 0).all()
    assert (admitted.iloc[2] <= 300 * DAYS).all() and (admitted.iloc[3] <= 3000 * DAYS).all()
    assert (admitted.iloc[2] > 0).all() and (admitted.iloc[3] > admitted.iloc[2]).all()
    # The queue is empty while the border is closed, and nobody waits for longer than there are days.
    queue, nights = measured.values["queue"], measured.values["nights_waiting"]
    assert (queue.iloc[0] == 0).all() and (nights <= DAYS * queue).all(axis=None) and (nights >= queue).all(axis=None)
    assert table(page)[2][1:] == ["0"] * len(southern_quota.STUDY.told)


@pytest.mark.slow
def test_nothing_shared_is_as_it_happened_and_nobody_is_lost_between_islands_and_mainland(tmp_path):
    scenario = Setting(("scenario", "-"), ("scenario=greece_admits",))
    settings = [relocation.shared(0, 0), relocation.shared(0, 1500), relocation.shared(3000, 0), scenario]
    measured, _ = asked(relocation.STUDY, tmp_path, *settings)
    assert is_same(measured, 1, 0) and is_same(measured, 3, 4)
    left, away = measured.values["island_stock"], measured.values["brought_away"]
    travelled = left.iloc[0] + away.iloc[0] - left.iloc[2] - away.iloc[2]
    # Who is on the way to the mainland on the last day is counted at neither end: a week's worth at most.
    assert (away.iloc[2] > away.iloc[0]).all() and np.abs(travelled).max() <= 2 * 1500 + 2500


@pytest.mark.slow
def test_no_place_more_is_as_it_happened_and_places_never_hold_more_than_they_are(tmp_path):
    settings = [winter_camps.built(places, "15 Jan") for places in (0, 20_000, 100_000)]
    measured, _ = asked(winter_camps.STUDY, tmp_path, *settings)
    assert is_same(measured, 1, 0)
    displaced = measured.values["displaced"]
    assert displaced.iloc[3].equals(displaced.iloc[0])  # who flees does not depend on camps
    in_camps = measured.values["in_camps"]
    for row, places in ((2, 20_000), (3, 100_000)):
        # Camps that are empty on the last day as it happened may be fuller, too: at most all places there are.
        assert (in_camps.iloc[row] >= in_camps.iloc[0]).all() and (in_camps.iloc[row] <= 909_000 + places).all()
