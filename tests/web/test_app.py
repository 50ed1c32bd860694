"""The class app in a browser: every control, on a desk and on a phone, without a network, by keyboard, by forgers."""

import os
import re
import time
import zipfile
from pathlib import Path

import pytest
from conftest import SIZES

PICTURES = Path(os.environ.get("WEB_PICTURES", "results/web-pictures"))


def pair_shown(page):
    """Return the address of the pair that the player plays."""
    return page.evaluate("window.onwardPair")


def await_other_pair(page, before):
    """Wait until the player has fetched another pair than before; return the seconds it took."""
    begun = time.monotonic()
    while pair_shown(page) in (before, None):
        page.wait_for_timeout(50)
        assert time.monotonic() < begun + 60, "no new result"
    return time.monotonic() - begun


def unfold(page, text):
    """Open what is folded under a summary, unless it is open."""
    summary = page.locator("summary", has_text=text).first
    if not summary.evaluate("e => e.parentElement.open"):
        summary.click()


@pytest.fixture(params=SIZES)
def page(app, open_page, request):
    """Open the app at each size."""
    found = open_page(app, request.param)
    found.size = request.param
    found.wait_for_function("window.onwardPair")
    for text in ("measures of A", "measures of B", "size, seed", "Link, file"):
        unfold(found, text)
    return found


def test_page_fits_and_has_a_picture(page):
    page.wait_for_timeout(1000)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[page.size][0]
    assert page.evaluate("document.documentElement.lang") == "en"
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"app-{page.size}.png", full_page=True)
    assert (PICTURES / f"app-{page.size}.png").stat().st_size > 50_000


def test_scorecard_is_seen_whole(page):
    wide, seen = page.locator(".score").evaluate("e => [e.scrollWidth, e.parentElement.clientWidth]")
    assert wide <= seen


def test_every_control_has_a_name_for_a_screen_reader(page):
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.onward input, .onward select, .onward button, .onward canvas')]
        .filter(e => !(e.getAttribute('aria-label') || (e.labels && e.labels.length && e.labels[0].textContent.trim())
                       || e.textContent.trim()))
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_scenarios_are_chosen(page):
    before = pair_shown(page)
    page.select_option("#lever-b", "winter_camps")
    await_other_pair(page, before)
    page.wait_for_selector(".score thead th:has-text('B: winter camps')")
    assert "b=winter_camps" in page.url
    before = pair_shown(page)
    page.select_option("#lever-a", "no_ceasefire")
    await_other_pair(page, before)
    page.wait_for_selector(".score thead th:has-text('A: no ceasefire')")


def test_measure_is_switched_off_and_another_added(page):
    before = pair_shown(page)
    page.get_by_label("Measure m4 corridor of A in force").click()
    await_other_pair(page, before)
    assert "m4_corridor" not in page.url.partition("a.policy=")[2].partition("&")[0]
    before = pair_shown(page)
    page.select_option("#lever-a-add", "winter_camps")
    await_other_pair(page, before)
    assert "winter_camps" in page.url
    before = pair_shown(page)
    page.get_by_role("button", name="A as the scenario has it").click()
    page.wait_for_function("!location.search.includes('a.policy')")


def test_date_handle_and_amount_are_turned_by_keyboard(page):
    before = pair_shown(page)
    page.select_option("#lever-b", "winter_camps")
    await_other_pair(page, before)
    unfold(page.locator(".side-b"), "winter camps")
    before = pair_shown(page)
    handle = page.locator("#lever-b-winter_camps-first_day")
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    await_other_pair(page, before)
    assert "b.winter_camps.first_day=2020-01-10" in page.url
    assert handle.get_attribute("aria-valuetext") == "10 Jan 2020"
    before = pair_shown(page)
    page.locator("#lever-b-winter_camps-camp_places").focus()
    page.keyboard.press("End")
    await_other_pair(page, before)
    assert "b.winter_camps.camp_places=400000" in page.url


def test_switch_parameter_population_seed_and_seeds_in_a_row(page):
    unfold(page.locator(".side-a"), "border opening")
    before = pair_shown(page)
    page.locator("#lever-a-border_opening-news").click()
    await_other_pair(page, before)
    assert "a.border_opening.news=0" in page.url
    unfold(page, "parameters of behaviour")
    before = pair_shown(page)
    page.locator("#lever-behaviour-onward_rate").focus()
    page.keyboard.press("Home")
    await_other_pair(page, before)
    assert "behaviour.onward_rate=0.1" in page.url
    before = pair_shown(page)
    page.fill("#lever-seed", "5")
    page.keyboard.press("Tab")
    await_other_pair(page, before)
    assert "seed=5" in page.url
    page.select_option("#lever-replicates", "3")
    page.wait_for_selector(".score thead th:has-text('95 % interval')")
    page.get_by_role("button", name="Begin anew").click()
    page.wait_for_function("!location.search.includes('seed')")


def test_player_plays_pauses_steps_and_is_dragged(page):
    day = page.locator("[data-op=day]")
    day.scroll_into_view_if_needed()
    page.evaluate("window.onwardPlayer.setDay(10)")
    assert day.input_value() == "10"
    day.focus()
    page.keyboard.press("ArrowRight")
    assert day.input_value() == "11"
    page.evaluate("window.onwardPlayer.play()")
    page.wait_for_function("Number(document.querySelector('[data-op=day]').value) > 13")
    page.evaluate("window.onwardPlayer.pause()")
    stood = day.input_value()
    page.wait_for_timeout(500)
    assert day.input_value() == stood and not page.evaluate("window.onwardPlayer.isPlaying()")


def test_household_is_followed_under_both(page):
    page.select_option("#lever-household", index=2)
    page.wait_for_function("location.search.includes('household=')")
    page.wait_for_selector("h3:has-text('Under A')")
    told = page.locator(".two").inner_text()
    assert "Under A" in told and "Under B" in told and len(told) > 60


def test_link_restores_the_set_up_in_another_browser(page, app, open_page):
    page.select_option("#lever-b", "aid_halved")
    page.wait_for_function("location.search.includes('b=aid_halved')")
    link = page.input_value("#lever-link")
    other = open_page(link, page.size)
    assert other.input_value("#lever-b") == "aid_halved"
    other.wait_for_selector(".score thead th:has-text('B: aid halved')")


def test_set_up_is_saved_and_opened(page, tmp_path):
    page.select_option("#lever-b", "safe_zone")
    page.wait_for_function("location.search.includes('b=safe_zone')")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save set-up").click()
    path = tmp_path / "setup.txt"
    download.value.save_as(path)
    assert "b=safe_zone" in path.read_text()
    page.get_by_role("button", name="Begin anew").click()
    page.wait_for_function("!location.search.includes('b=safe_zone')")
    page.set_input_files("#lever-file", path)
    page.wait_for_function("location.search.includes('b=safe_zone')")
    (tmp_path / "wrong.txt").write_text("population=full\n")
    page.set_input_files("#lever-file", tmp_path / "wrong.txt")
    page.wait_for_selector("[role=alert]:has-text('must be one of class, tiny')")
    assert "b=safe_zone" in page.url


def test_results_are_downloaded(page, tmp_path):
    with page.expect_download() as download:
        page.get_by_role("link", name="differences").click()
    download.value.save_as(tmp_path / "differences.zip")
    names = zipfile.ZipFile(tmp_path / "differences.zip").namelist()
    assert {"differences.csv", "observed.csv", "examples.csv"} <= set(names)
    with page.expect_download() as download:
        page.get_by_role("link", name="A", exact=True).click()
    download.value.save_as(tmp_path / "a.zip")
    assert "seed_1/daily.csv" in zipfile.ZipFile(tmp_path / "a.zip").namelist()


def test_link_is_copied(page):
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector("[role=status]:has-text('The link is copied.')")


def test_forged_link_gets_a_sentence_not_a_traceback(app, open_page):
    page = open_page(f"{app}?population=full&a=%3Cscript%3Ealert(1)%3C/script%3E")
    said = page.locator("[role=alert]").first.inner_text()
    assert re.search(r"must be one of", said) and "Traceback" not in page.inner_text("body")


def test_lever_out_of_its_range_gets_a_sentence_and_stands_as_before(page):
    unfold(page.locator(".side-a"), "border opening")
    page.locator("#lever-a-border_opening-first_day").focus()
    page.keyboard.press("End")
    page.wait_for_selector("[role=alert]:has-text('last_day 2020-03-17 lies before')")
    assert page.locator("#lever-a-border_opening-first_day").input_value() == "89"
    assert "first_day" not in page.url


def test_sessions_do_not_see_each_other(app, open_page):
    one, other = open_page(app), open_page(app)
    one.select_option("#lever-b", "escalation")
    one.wait_for_selector(".score thead th:has-text('B: escalation')")
    other.wait_for_timeout(1500)
    assert other.input_value("#lever-b") == "border_never_opened" and "escalation" not in other.url
    assert other.locator(".score thead th:has-text('B: escalation')").count() == 0


def test_all_is_reached_by_the_tab_key(app, open_page):
    page = open_page(app)
    page.focus("#lever-a")
    reached = set()
    for _ in range(90):
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('data-op')"))
        page.keyboard.press("Tab")
    levers = ("a", "b", "a-add", "population", "seed", "link", "file", "household")
    assert {f"lever-{name}" for name in levers} <= reached
    assert {"play", "day", "speed"} <= reached


def test_settings_of_the_command_line_are_where_a_page_begins(start, open_page):
    page = open_page(start("population=tiny", "b=aid_doubled", "seed=3"))
    assert page.input_value("#lever-b") == "aid_doubled" and page.input_value("#lever-seed") == "3"
    assert page.evaluate("location.search").startswith("?a=as_it_happened&b=aid_doubled")
