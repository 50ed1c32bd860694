"""Thirty students at once for five minutes: how long each waits for what a lever changes, errors, and memory.

    python tests/web/students.py [students=30] [minutes=5] [population=tiny] [pause=60]

Each turns a lever every `pause` seconds or so, half the time one that the sheet of the lesson asks of all of them, and
waits for the result. Prints a table and ends with 1 if there was an error, if the median wait is above two seconds, or
if memory grew beyond its bound.
"""

import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from student import Student

ROOT = Path(__file__).parents[2]
PATIENCE, MOST_MEDIAN, MOST_MEGABYTES = 60.0, 2.0, 2_000
SHEET = ("winter_camps", "border_never_opened", "aid_halved", "aid_doubled", "no_ceasefire", "safe_zone")


def main(words: list[str]) -> int:
    """Serve the app, let students use it, and tell how it went."""
    asked = {"students": "30", "minutes": "5", "population": "tiny", "pause": "60"} | dict(w.split("=") for w in words)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "sim", "web", f"population={asked['population']}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/"
        _await(url)
        return _class(url, server.pid, asked)
    finally:
        server.terminate()
        server.wait(20)


def _class(url: str, pid: int, asked: dict[str, str]) -> int:
    first = Student(url)
    first.listen(lambda one: one.pair, 300)
    first.leave()
    waits, wrong = [], []
    before, end = _megabytes(pid), time.monotonic() + 60 * float(asked["minutes"])
    lessons = [
        threading.Thread(target=_lesson, args=(url, number, end, float(asked["pause"]), waits, wrong))
        for number in range(int(asked["students"]))
    ]
    for lesson in lessons:
        lesson.start()
    peak = before
    while any(lesson.is_alive() for lesson in lessons):
        peak = max(peak, _megabytes(pid))
        time.sleep(1)
    median = statistics.median(waits) if waits else PATIENCE
    slowest = sorted(waits)[int(0.95 * len(waits))] if waits else PATIENCE
    print(f"students {asked['students']}, minutes {asked['minutes']}, population {asked['population']}")
    print(f"turns {len(waits)}, errors {len(wrong)}, load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
    print(f"wait [s]: median {median:.2f}, 95 % within {slowest:.2f}, longest {max(waits, default=0):.2f}")
    print(f"memory [MB]: {before:.0f} before, {peak:.0f} at the peak, {_megabytes(pid):.0f} at the end")
    print(*sorted(set(wrong))[:5], sep="\n")
    return int(bool(wrong) or median > MOST_MEDIAN or peak > MOST_MEGABYTES)


def _lesson(url: str, number: int, end: float, pause: float, waits: list, wrong: list) -> None:
    lots = random.Random(number)
    try:
        time.sleep(lots.uniform(0, pause))  # they do not all sit down in the same second
        student = Student(url)
        if not student.listen(lambda one: one.pair, PATIENCE):
            raise TimeoutError("no first result")
        while time.monotonic() < end:
            student.listen(lambda one: False, lots.uniform(0.5, 1.5) * pause)
            waits.append(_turn(student, lots))
        student.leave()
    except Exception as error:  # whatever goes wrong is what this looks for
        wrong.append(f"{type(error).__name__}: {error}")


def _turn(student: Student, lots: random.Random) -> float:
    """Turn a lever that makes a difference and return the seconds until the page has what it plays."""
    choice = lots.choice([name for name in SHEET if name != student.scenario])
    known, begun = student.pair, time.monotonic()
    if lots.random() < 0.5:
        student.scenario = choice
        student.turn("b", choice)
    else:
        student.turn("behaviour.onward_rate", f"{lots.uniform(0.1, 0.3):.4f}")
    if not student.listen(lambda one: one.pair != known, PATIENCE):
        raise TimeoutError(f"no result within {PATIENCE:.0f} s")
    student.fetch()
    return time.monotonic() - begun


def _megabytes(pid: int) -> float:
    """Return the memory that a process and those it has started have in use (Linux); what they share counts often."""
    found = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += sum(_megabytes(int(child)) for child in (task / "children").read_text().split())
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            found += int(line.split()[1]) / 1024
    return found


def _await(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}readyz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("sim web does not answer")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
