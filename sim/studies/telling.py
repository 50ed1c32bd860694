"""A household's journey in sentences: what it does on which day, and how it ends."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

SHELTERS = {
    "hosted": "stay with hosts or rent",
    "camp": "get a place in a camp",
    "tent": "live in a tent",
    "unfinished": "move into an unfinished building",
    "open_air": "sleep in the open",
}
ELSEWHERE = {
    "home": "are back home, in {}",
    "returned": "are home again, in {}",
    "at_gate": "wait at the border at {}",
    "at_coast": "wait at the coast at {}",
    "crossed": "are across the border, in {}",
    "settled_abroad": "settle in {}",
    "transferred": "are taken to {}",
}
ENDS = {
    "home": "back home in {}",
    "travelling": "on the way, having left {}",
    "hosted": "with hosts or in rented rooms in {}",
    "camp": "in a camp in {}",
    "tent": "in a tent in {}",
    "unfinished": "in an unfinished building in {}",
    "open_air": "in the open in {}",
    "at_gate": "at the border at {}",
    "at_coast": "at the coast at {}",
    "returned": "home again in {}",
    "crossed": "across the border in {}",
    "settled_abroad": "settled in {}",
    "transferred": "in {}, taken there",
}


class Step(NamedTuple):
    """A change of place or status, as of the end of a day; the first step of a journey is the beginning."""

    date: datetime.date
    location: str
    status: str
    destination: str  # blank unless on the way


class End(NamedTuple):
    """A household's last state, with the counts of its whole journey."""

    status: str
    location: str
    moves: int
    tries: int
    travelled_km: int
    people: int  # the living
    dead: int


def journeys(table: pd.DataFrame) -> dict[tuple[int, int], list[Step]]:
    """Return the steps of each household that is followed, by seed and household, from a run's table `journeys`."""
    found: dict[tuple[int, int], list[Step]] = {}
    destinations = table["destination"].astype(object).where(table["destination"].notna(), "")
    columns = (table["date"].dt.date, table["location"].astype(str), table["status"].astype(str), destinations)
    for seed, household, *step in zip(table["seed"], table["household"], *columns, strict=True):
        found.setdefault((seed, household), []).append(Step(*step))
    return found


def shared(was: Sequence[Step], now: Sequence[Step]) -> int:
    """Return how many steps two journeys have in common before they part."""
    pairs = enumerate(zip(was, now, strict=False))
    return next((i for i, (one, other) in pairs if one != other), min(len(was), len(now)))


def beginning(steps: Sequence[Step]) -> str:
    """Tell what a household does from day 0 on."""
    live = f"live in {steps[0].location}" if steps[0].status == "home" else f"are {_where(steps[0])}"
    return " ".join([f"At first they {live}.", *_sentences(steps, 1)])


def told(steps: Sequence[Step], first: int, end: End) -> str:
    """Tell a journey from a step on, and what it was in all."""
    sentences, total = _sentences(steps, first), _total(end)
    if not sentences:
        return ending(end) if total else "They stay where they are."
    return " ".join([*sentences, f"In all: {total}."] if total else sentences)


def ending(end: End) -> str:
    """Tell in a sentence how a journey ends, and what it was in all."""
    total = _total(end)
    if end.status == "dead":
        return f"None of them is alive at the end ({total})."
    return f"At the end they are {_where(end)} ({total})." if total else f"They stay in {end.location}."


def _total(end: End) -> str:
    """Return the counts of a whole journey; blank where there was none."""
    counts = [
        counted(end.moves, "move") if end.moves else "",
        counted(end.tries, "failed attempt") if end.tries else "",
        f"{end.travelled_km:,} km" if end.travelled_km else "",
        f"{counted(end.dead, 'person', 'people')} died" if end.dead else "",
    ]
    return ", ".join(filter(None, counts))


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number of things in words."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def day_name(date: datetime.date) -> str:
    """Write a date for a person."""
    return f"{date.day} {date:%b %Y}"


def _where(state: Step | End) -> str:
    return ENDS[state.status].format(state.location)


def _sentences(steps: Sequence[Step], first: int) -> list[str]:
    return [sentence(before, step) for before, step in zip(steps[first - 1 :], steps[first:], strict=False)]


def sentence(before: Step, step: Step) -> str:
    """Tell what happens between two steps."""
    return f"On {day_name(step.date)} they {_does(before, step)}."


def _does(before: Step, step: Step) -> str:
    """Return what happens between two steps, as the end of a sentence about them."""
    if step.status == "travelling":
        leave = "set out" if step.location == before.location else f"reach {step.location} and leave"
        return f"{leave} for {step.destination}"
    if step.status == "dead":
        return "lose the last of them"
    if step.status in ELSEWHERE:
        return ELSEWHERE[step.status].format(step.location)
    is_new = step.location != before.location or before.status == "travelling"
    return (f"reach {step.location} and " if is_new else "") + SHELTERS[step.status]
