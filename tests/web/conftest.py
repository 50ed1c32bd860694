"""What the tests in a browser share: the browser, which reaches nothing but this machine, and a served app.

They are collected only where Playwright and Solara are installed (`make test-web`) and a Chromium is found.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import chromium

ROOT = Path(__file__).parents[2]
IS_READY = bool(find_spec("playwright") and find_spec("solara") and chromium.path())
collect_ignore_glob = [] if IS_READY else ["test_*.py"]
SIZES = {"desktop": (1280, 900), "phone": (360, 740)}


@pytest.fixture(scope="session")
def browser():
    """Start one browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser):
    """Return a function that opens a page of a size without a network; what fails in it fails the test."""
    contexts, wrong = [], []

    def open_(url: str, size: str = "desktop", wait_for: str = ".score"):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        context.route("**/*", lambda route: _only_here(route, wrong))
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
        page.set_default_timeout(120_000)
        page.goto(url)
        page.wait_for_selector(wait_for)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def _only_here(route, wrong: list[str]) -> None:
    url = route.request.url
    if url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
        route.continue_()
    else:
        wrong.append(f"asked for {url}")
        route.abort()


@pytest.fixture(params=SIZES)
def page(url, open_page, request):
    """Open the page of a file's `url`, one with a player, at each size."""
    found = open_page(url, request.param, ".op-numbers table")
    found.size = request.param
    return found


@pytest.fixture(scope="session")
def free_port():
    """Return a function that finds a port nobody uses."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def start(free_port):
    """Return a function that serves `sim web` with some words and returns its address; all end with the session."""
    started = []

    def start_(*words: str) -> str:
        port = free_port()
        command = [sys.executable, "-W", "ignore", "-m", "sim", "web", *words, "--port", str(port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True))
        url = f"http://127.0.0.1:{port}/"
        _wait_until_served(url, started[-1])
        return url

    yield start_
    for process in started:
        process.terminate()
        process.wait(20)


def _wait_until_served(url: str, process) -> None:
    until = time.monotonic() + 120
    while True:
        assert process.poll() is None, "sim web has ended"
        try:
            urllib.request.urlopen(f"{url}readyz", timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < until, "sim web does not answer"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def app(start):
    """Serve the app with a small population."""
    return start("population=tiny")
