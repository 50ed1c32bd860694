"""What the tests of pictures share: tables written by hand, and whether texts cover one another."""

import datetime
import itertools

import pandas as pd

START = datetime.date(2019, 12, 1)


def date_of(day):
    return START + datetime.timedelta(days=day)


def daily_of(rows, seed=0):
    """Return a `daily` table of (day, location, group, status, people)."""
    columns = ["day", "location", "group", "status", "people"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(date=[date_of(day) for day in table["day"]], seed=seed)


def border_of(rows):
    """Return a `border` table of (day, crossing, attempts, admitted)."""
    table = pd.DataFrame(rows, columns=["day", "crossing", "attempts", "admitted"])
    return table.assign(date=[date_of(day) for day in table["day"]], seed=0)


def series_of(outcomes, n_days, seeds=(0,)):
    """Return a `series` table; `outcomes` maps a name to a function of (day, seed)."""
    cells = itertools.product(outcomes, range(n_days), seeds)
    rows = [(day, date_of(day), name, float(outcomes[name](day, seed)), seed) for name, day, seed in cells]
    return pd.DataFrame(rows, columns=["day", "date", "outcome", "value", "seed"])


def overlapping(boxes):
    return [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]


def boxes_of(texts, renderer):
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text()]
