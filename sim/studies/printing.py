"""A page as PDF, printed by a Chromium browser of the machine without a window."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sim.errors import InputError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
_SECONDS = 180


def browser() -> str:
    """Return the path of a browser that prints.

    Raises
    ------
    InputError
        Where none is installed.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise InputError("--pdf needs Chromium, Chrome or Edge on the path, and there is none: install chromium")
    return found


def printed(page: Path) -> bytes:
    """Return a page as PDF.

    Raises
    ------
    InputError
        Where no browser is installed, or the one that is does not print.
    """
    command = [browser(), *_QUIET]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # as root Chromium does not start otherwise
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", page.absolute().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise InputError(f"{command[0]} has not printed {page} within {_SECONDS} seconds") from error
        if not made.is_file():
            said = " ".join(done.stderr.split())[-200:]
            raise InputError(f"{command[0]} could not print {page}: {said}")
        return made.read_bytes()
