"""What a lever study keeps of a simulation; in a file of its own, because the file is part of a cell's address."""

import pandas as pd


def record(tables) -> dict:
    """Return the outcomes of a simulation, how people of each group end, and who waited at which crossing when.

    Returns
    -------
    outcomes
        outcome -> the number that sums it up.
    ends
        group, status, people: on the last day, the dead as a status of their own.
    waiting
        day, crossing, people: those who were not let in that day and stayed.
    """
    households, border = tables.frames["households"], tables.frames["border"]
    waiting = border.groupby(["day", "crossing"], observed=True)["waiting"].sum().reset_index(name="people")
    return {
        "outcomes": {entry["outcome"]: entry["value"] for entry in tables.summary},
        "ends": _ends(households),
        "waiting": _plain(waiting[waiting["people"] > 0].reset_index(drop=True)),
    }


def _ends(households: pd.DataFrame) -> pd.DataFrame:
    ends = households.groupby(["group", "status"], observed=True)["people"].sum().reset_index()
    dead = households.groupby("group", observed=True)["dead"].sum().reset_index(name="people").assign(status="dead")
    both = _plain(pd.concat([_plain(ends), _plain(dead)], ignore_index=True))
    return both[both["people"] > 0].reset_index(drop=True)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with texts in place of categories."""
    names = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(names, "str"))
