"""Where the browser of the page tests is: a Chromium of the system, driven by Playwright."""

import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def path() -> str | None:
    """Return the path of the browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__" and path() is None:
    print("make test-web needs a Chromium browser: apt-get install chromium", file=sys.stderr)
    sys.exit(2)
