"""The map player in a browser: every control, by mouse and keyboard, on a desk and on a phone, without a network."""

import json
import os
import time
from pathlib import Path

import pytest
from conftest import SIZES

from sim.compose import compose
from sim.model import simulate
from sim.runner import checked_case
from sim.views import days, player
from sim.views.markup import tag
from sim.views.stocks import people_by_place

PICTURES = Path(os.environ.get("WEB_PICTURES", "results/web-pictures"))
WORDS = ["population=tiny", "population.one_in=2000", "days=110"]
SCENARIOS = ("as_it_happened", "greece_admits")
GATES = 92  # 2 March 2020, when people wait at the gates
MOUNT = """
const data = JSON.parse(document.getElementById('data').textContent);
window.heard = [];
window.p = OnwardPlayer.mount(document.getElementById('here'), data);
window.p.onDay(day => window.heard.push(day));
"""


@pytest.fixture(scope="module")
def runs():
    """Return the tables of two scenarios and their case."""
    configs = [compose([f"scenario={name}", *WORDS]) for name in SCENARIOS]
    case = checked_case(configs[0])
    return [simulate(config, case, 1).frames for config in configs], case


@pytest.fixture(scope="module")
def url(runs, tmp_path_factory):
    """Write a page with the player of both and return its address."""
    tables, case = runs
    corridor = {"m4_corridor": {"around": "M4", "width_km": 6.0, "first_day": "2020-03-15", "last_day": ""}}
    shown = [player.Played(name, one, corridor) for name, one in zip(SCENARIOS, tables, strict=True)]
    data = days.data_of("data", player.player_data(shown, case))
    parts = [tag("main", tag("h1", "Player"), tag("div", id="here")), data, days.script(player.script() + MOUNT)]
    path = tmp_path_factory.mktemp("player") / "player.html"
    path.write_text(days.page("Player", parts), encoding="utf-8")
    return path.as_uri()


def day(page):
    return page.evaluate("p.day()")


def await_(page, condition):
    """Wait until a condition holds; the page itself may not evaluate texts, as Playwright's own waiting would."""
    until = time.monotonic() + 60
    while not page.evaluate(condition):
        assert time.monotonic() < until, condition
        page.wait_for_timeout(50)


def press(page, name):
    page.locator(f"[data-op={name}]").click()


def test_the_page_fits_and_has_pictures_by_day_and_night(page):
    page.evaluate(f"p.setDay({GATES})")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[page.size][0]
        page.screenshot(path=PICTURES / f"player-{page.size}-{scheme}.png", full_page=True)


def test_every_button_does_what_it_says(page):
    last = page.evaluate("p.last()")
    for name, expected in (("last", last), ("back", last - 1), ("first", 0), ("on", 1), ("on", 2)):
        press(page, name)
        assert day(page) == expected
    page.locator("[data-op=speed]").select_option("20")
    press(page, "play")
    await_(page, "p.day() > 8")
    assert page.evaluate("p.isPlaying()") and page.locator("[data-op=play]").get_attribute("aria-label") == "Pause"
    press(page, "play")
    assert not page.evaluate("p.isPlaying()")
    held = day(page)
    page.wait_for_timeout(300)
    assert day(page) == held


def test_the_slider_is_dragged_and_says_the_date(page):
    slider = page.locator("[data-op=day]")
    slider.evaluate("(e, day) => { e.value = day; e.dispatchEvent(new Event('input')); }", GATES)
    assert day(page) == GATES and slider.get_attribute("aria-valuetext") == "2 March 2020"
    assert page.locator(".op-date").inner_text() == "2 March 2020"
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert abs(day(page) - page.evaluate("p.last()") / 2) <= 3


def test_everything_can_be_done_by_keyboard(page):
    page.locator("[data-op=day]").focus()
    keys = {"End": 109, "Home": 0, "ArrowRight": 1, "PageUp": 8, "PageDown": 1, "ArrowLeft": 0}
    for key, expected in keys.items():
        page.keyboard.press(key)
        assert day(page) == expected, key
    page.keyboard.press("Space")
    assert page.evaluate("p.isPlaying()")
    page.keyboard.press("Space")
    assert not page.evaluate("p.isPlaying()")


def test_the_numbers_are_those_of_the_runs(page, runs):
    tables, case = runs
    page.evaluate(f"p.setDay({GATES})")
    rows = page.locator(".op-numbers tbody tr").evaluate_all("rows => rows.map(row => row.innerText.split('\\t'))")
    shown = {name: values for name, *values in rows}
    for i, one in enumerate(tables):
        series = one["series"].query("outcome == 'people_at_land_border' and day == @GATES")
        assert shown["Waiting at the land border [people]"][i] == f"{series['value'].iloc[0]:,.0f}"
    page.locator(".op-tables summary").click()
    page.wait_for_selector(".op-tables table")
    places = page.locator(".op-tables table").first.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => row.innerText.split('\\t').slice(0, 3))"
    )
    for name, one in zip(SCENARIOS, tables, strict=True):
        people = people_by_place(one["daily"], case, GATES).sum(axis=1)
        expected = {place: f"{count:,.0f}" for place, count in people[people > 0].items()}
        assert {place: count for place, run, count in places if run == name} == expected


def test_a_screen_reader_has_names_and_hears_only_what_stands_still(page):
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, canvas, svg[role=img]')]
        .filter(e => !e.getAttribute('aria-label')).length"""
    )
    assert nameless == 0
    said = page.locator(".op-said")
    await_(page, "document.querySelector('.op-said').textContent.length > 0")
    before = said.inner_text()
    press(page, "play")
    await_(page, "p.day() > 3")
    assert said.inner_text() == before
    press(page, "play")
    await_(page, f"document.querySelector('.op-said').textContent !== {json.dumps(before)}")
    assert f"day {day(page)}" in said.inner_text()


def test_days_are_joined_smoothly_unless_less_motion_is_asked_for(page):
    count = """() => new Promise(done => { const seen = new Set(), draw = p.draw.bind(p);
      p.draw = all => { seen.add(p.now); draw(all); }; p.setDay(20); p.play();
      setTimeout(() => { p.pause(); p.draw = draw; done([seen.size, p.day() - 20]); }, 3000); })"""
    drawn, passed = page.evaluate(count)
    print(f"{page.size}: {drawn / 3:.0f} pictures a second")
    assert drawn > passed + 2  # pictures between the days
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        """() => { window.between = 0; const move = p.move.bind(p);
        p.move = now => { if (now % 1) window.between++; move(now); }; p.setDay(20); p.play(); }"""
    )
    await_(page, "p.day() > 20")
    page.evaluate("p.pause()")
    assert page.evaluate("window.between") == 0


def test_other_runs_keep_the_day_and_listeners_hear_it(page):
    page.evaluate(f"p.setDay({GATES}); p.setData({{...data, runs: [data.runs[1]]}})")
    assert day(page) == GATES and page.evaluate("heard.at(-1)") == GATES
    assert page.locator(".op-run").count() == 1
    assert page.locator(".op-numbers thead th").all_inner_texts() == ["Outcome", "greece_admits"]
    page.evaluate("p.destroy()")
    assert page.locator("#here").evaluate("e => e.childElementCount") == 0
