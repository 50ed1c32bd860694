"""Read the comma-separated files of a Flee directory: rows with their line, and every complaint in one sentence."""

import csv
import datetime
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError, nearest
from sim.paths import read_text, shown
from sim.schema import Refused, take_number


@dataclass
class Row:
    """The cells of one line, without surrounding blanks; columns are known by place, not by name."""

    path: Path
    line: int
    cells: list[str]

    def text(self, i: int) -> str:
        """Return a cell, or '' where the row is shorter."""
        return self.cells[i] if i < len(self.cells) else ""

    def number(self, i: int, column: str, kind: type = int, low: float | None = None, high: float | None = None):
        """Return a number of the file; refuse a blank cell, anything but digits, and what lies outside the range."""
        try:
            value = take_number(self.text(i), kind)
            if (low is not None and value < low) or (high is not None and value > high):
                ends = [f"at {word} {end:g}" for word, end in (("least", low), ("most", high)) if end is not None]
                raise Refused(f"is out of range, it must be {' and '.join(ends)}")
        except Refused as refusal:
            raise self.wrong(i, column, str(refusal)) from None
        return value

    def date(self, i: int, column: str) -> datetime.date:
        """Return a calendar date."""
        found = as_date(self.text(i))
        if found is None:
            raise self.wrong(i, column, "is not a date, write an existing day as year-month-day such as 2013-12-01")
        return found

    def one_of(self, i: int, column: str, known: Iterable[str], kind: str) -> str:
        """Return a cell that must be one of the names in `known`."""
        known = list(known)
        if self.text(i) not in known:
            listed = f"; known are {', '.join(known)}" if len(known) <= 12 else ""
            raise self.wrong(i, column, f"is no {kind}{nearest(self.text(i), known) or listed}")
        return self.text(i)

    def wrong(self, i: int, column: str, sentence: str) -> InputError:
        """Return a complaint about one cell: file, line, column, value."""
        return InputError(f"{self.where}, column {i + 1} '{column}': '{self.text(i)}' {sentence}.")

    @property
    def where(self) -> str:
        """File and line."""
        return f"{shown(self.path)}, line {self.line}"


def as_date(text: str) -> datetime.date | None:
    """Return a date written as year-month-day, leading zeros or not, or None."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def read_rows(path: Path, n_cells: int = 1) -> tuple[list[str], list[Row]]:
    """Return the column names and the rows of a file.

    The names stand in the first line if that begins with '#'; otherwise there are none. Empty lines and further
    lines that begin with '#' are left out.

    Parameters
    ----------
    n_cells
        How many cells a row has at least; fewer are refused.

    Raises
    ------
    InputError
        For a missing or unreadable file, broken quotation marks, short rows.
    """
    header, rows = [], []
    for row in _all_rows(path):
        if row.text(0).startswith("#"):
            if row.line == 1:
                header = [row.text(0).removeprefix("#").strip(), *row.cells[1:]]
        elif any(row.cells):
            rows.append(row)
    for row in rows:
        if len(row.cells) < n_cells:
            raise InputError(
                f"{row.where}: there are {len(row.cells)} cells, but at least {n_cells} are needed: "
                f"'{','.join(row.cells)}'."
            )
    return header, rows


def _all_rows(path: Path) -> list[Row]:
    reader, rows, line = csv.reader(io.StringIO(read_text(path), newline="")), [], 1
    try:
        for cells in reader:
            rows.append(Row(path, line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{shown(path)}, line {line}: this is not comma-separated text ({error}).") from None
    return rows


def few(names: Iterable[object]) -> str:
    """Return up to five names, and how many more there are."""
    names = [str(name) for name in names]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
