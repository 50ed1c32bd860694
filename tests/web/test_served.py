"""What the server of the class app lets in and out, how smoothly the page plays, and Mesa's viewer."""

import statistics
import urllib.error
import urllib.request

import pytest
from student import Student

PATIENCE = 120.0
FRAMES = """() => new Promise(done => {
  window.onwardPlayer.setDay(60); window.onwardPlayer.play();
  const begun = performance.now(); let n = 0;
  const frame = (now) => {
    n += 1;
    if (now - begun < 4000) requestAnimationFrame(frame); else done(1000 * n / (now - begun));
  };
  requestAnimationFrame(frame);
})"""


# Turns a lever as a hand does, and returns after how many seconds the map plays what it changes.
TURN = """([id, value]) => new Promise(done => {
  const lever = document.getElementById(id), before = window.onwardPair, begun = performance.now();
  lever.value = value;
  lever.dispatchEvent(new Event(lever.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
  const look = () => window.onwardPair !== before ? done((performance.now() - begun) / 1000) : setTimeout(look, 10);
  look();
})"""
TURNS = [("lever-b", "winter_camps"), ("lever-behaviour-onward_rate", "30"), ("lever-a", "aid_halved")]
TURNS += [("lever-behaviour-onward_rate", "60"), ("lever-b", "no_ceasefire")]


@pytest.fixture(scope="module")
def class_size(start):
    """Serve the app at class size."""
    return start("population=class")


@pytest.fixture(scope="module")
def student(app):
    """Sit down at the app without a browser."""
    one = Student(app)
    assert one.listen(lambda page: page.pair and page.levers, PATIENCE)
    yield one
    one.leave()


@pytest.mark.parametrize("header", [("Host", "example.org"), ("Origin", "http://example.org")])
def test_pages_of_others_get_nothing(app, header):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(app, headers=dict([header])), timeout=30)
    assert refused.value.code == 403


def test_message_that_would_create_an_object_creates_none(student, tmp_path):
    """ipyvue takes the name of any class from the browser; touch would be run if the server still listened to that."""
    mark = tmp_path / "mark"
    popen = {"create_widget": ["subprocess", "Popen"], "props": {"args": ["touch", str(mark)]}, "id": "x"}
    student.tell(popen)
    student.turn("population", "full")  # answered after it
    assert student.listen(lambda page: "must be one of class, tiny" in page.said(), PATIENCE)
    assert not mark.exists()


@pytest.mark.parametrize("data", [[1, 2], {"name": 1, "text": 2}, {"name": "b"}, None, "x" * 50_000])
def test_message_that_is_no_setting_gets_a_sentence(student, data):
    student.turn("household", "")  # a setting that is right takes the sentence before it away
    student.forget()
    student.tell({"event": "event_turn", "data": data})
    assert student.listen(lambda page: "something that is no setting" in page.said(), PATIENCE)
    student.turn("population", "full")  # and the session goes on
    assert student.listen(lambda page: "must be one of class, tiny" in page.said(), PATIENCE)


def test_download_of_a_forged_link_is_refused_in_a_sentence(app):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{app}onward/download/a?population=full", timeout=30)
    assert refused.value.code == 400
    assert refused.value.read().decode() == "population is 'full', but must be one of class, tiny"


def test_class_size_plays_ten_frames_a_second(class_size, open_page):
    page = open_page(class_size)
    page.wait_for_function("window.onwardPlayer")
    frames = page.evaluate(FRAMES)
    print(f"\n{frames:.0f} frames a second")
    assert frames >= 10


def test_what_a_lever_changes_is_played_within_two_seconds(class_size, open_page):
    """On all days, at class size; parameters of behaviour ask for both sides anew, scenarios for one."""
    page = open_page(class_size)
    page.wait_for_function("window.onwardPair")
    waits = [page.evaluate(TURN, turn) for turn in TURNS]
    print("\nseconds:", *(f"{wait:.2f}" for wait in waits))
    assert statistics.median(waits) <= 2


def test_plain_model_opens_in_mesa_viewer(start, open_page):
    page = open_page(start("--mesa"), wait_for="text=Model Parameters")
    page.wait_for_selector("text=Information")
    page.get_by_role("button", name="Step").click()
    page.wait_for_selector("text=Step: 1")
    assert page.locator("img").count() >= 2
