"""Read one CSV table as `seeds/schema.csv` describes it; refuse anything else in one sentence."""

import csv
import datetime
import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.errors import InputError, nearest
from sim.paths import read_text, shown

SCHEMA_COLUMNS = ("file", "column", "type", "required", "key", "allowed", "unit", "meaning")
MISSING = {"text": "", "names": "", "date": None, "int": math.nan, "float": math.nan}
COMMENT = "#"  # a line that begins so is for people
LISTED = 12  # a sentence lists so many allowed words; the data dictionary has them all
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Known = dict[str, dict[str, None]]  # 'table.column' -> the names defined there, in their order


@dataclass(frozen=True)
class Column:
    """What the data dictionary says about one column of one file."""

    name: str
    type: str
    required: bool
    key: bool
    allowed: str
    unit: str
    meaning: str


class Refused(Exception):
    """A cell that cannot be taken; the text says what is wrong and what would be allowed."""


def read_cells(path: Path, columns: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the line and the cells by column name of each row of a file with exactly these `columns`."""
    (top, header), *rows = _split(path)
    _check_header(path, top, header, list(columns))
    for line, cells in rows:
        if len(cells) != len(header):
            raise InputError(
                f"{shown(path)}, line {line}: there are {len(cells)} cells for {len(header)} columns, "
                "a cell that contains a comma stands in quotation marks, a number contains none."
            )
    return [(line, dict(zip(header, cells, strict=True))) for line, cells in rows]


def _split(path: Path) -> list[tuple[int, list[str]]]:
    """Return the line and the cells of the header and of each row that is neither blank nor a comment (# ...)."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith(COMMENT):
                rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{shown(path)}, line {line}: the quotation marks are broken ({error}); "
            "inside a quoted cell a quotation mark is written twice."
        ) from None
    if not rows:
        raise InputError(f"{shown(path)}: the file is empty, its first line must name the columns.")
    return rows


def _check_header(path: Path, line: int, header: list[str], columns: list[str]) -> None:
    """Refuse unknown, repeated and missing columns."""
    where = f"{shown(path)}, line {line}"
    if len(header) == 1 and len(columns) > 1 and re.search("[;\t]", header[0]):
        raise InputError(f"{where}: the columns are not separated by commas, save the file with commas.")
    for name in header:
        if name not in columns:
            hint = nearest(name, columns) or f"; the columns are {', '.join(columns)}"
            raise InputError(f"{where}: column '{name}' is unknown{hint}.")
        if header.count(name) > 1:
            raise InputError(f"{where}: column '{name}' stands there {header.count(name)} times.")
    for name in columns:
        if name not in header:
            raise InputError(f"{where}: column '{name}' is missing; the columns are {', '.join(columns)}.")


def read_schema(path: Path) -> dict[str, list[Column]]:
    """Return the data dictionary: the columns of each file, in their order."""
    files: dict[str, list[Column]] = {}
    for line, row in read_cells(path, SCHEMA_COLUMNS):
        for name, words in (("type", MISSING), ("required", ("yes", "no")), ("key", ("yes", "no"))):
            try:
                take_word(row[name], dict.fromkeys(words))
            except Refused as refusal:
                raise _complaint(path, line, name, row[name], refusal) from None
        required, key = row["required"] == "yes", row["key"] == "yes"
        column = Column(row["column"], row["type"], required, key, row["allowed"], row["unit"], row["meaning"])
        files.setdefault(row["file"], []).append(column)
    return files


def read_table(path: Path, columns: list[Column], known: Known) -> pd.DataFrame:
    """Return a file as a typed table and add its key columns to `known`.

    Missing text is '', a missing date None, a missing number NaN (whole numbers are then floats).

    Raises
    ------
    InputError
        One sentence with file, line, column, value and what is allowed.
    """
    rows = read_cells(path, [column.name for column in columns])
    if not rows:
        raise InputError(f"{shown(path)}: there are column names but no rows.")
    table = {}
    for column in columns:
        values = _take_column(path, column, rows, known)
        table[column.name] = pd.Series(values, dtype=object if column.type == "date" else None)
        if column.key:
            known[f"{path.stem}.{column.name}"] = dict.fromkeys(values)
    _check_key(path, [line for line, _ in rows], [column.name for column in columns if column.key], table)
    return pd.DataFrame(table)


def _take_column(path: Path, column: Column, rows: list[tuple[int, dict]], known: Known) -> list:
    take, values = taker(column, known), []
    for line, cells in rows:
        text = cells[column.name]
        try:
            if not text and column.required:
                raise Refused("is blank, it must be filled in")
            values.append(take(text) if text else MISSING[column.type])
        except Refused as refusal:
            raise _complaint(path, line, column.name, text, refusal) from None
    return values


def _complaint(path: Path, line: int, column: str, text: str, refusal: Refused) -> InputError:
    return InputError(f"{shown(path)}, line {line}, column '{column}': '{text}' {refusal}.")


def _check_key(path: Path, lines: list[int], key: list[str], table: dict[str, pd.Series]) -> None:
    """Refuse a second row with the same key; capital and small letters are the same."""
    seen: dict[tuple, int] = {}
    for line, values in zip(lines, zip(*(table[name] for name in key), strict=True), strict=True):
        folded = tuple(str(value).casefold() for value in values)
        if folded in seen:
            refusal = Refused(f"stands already in line {seen[folded]}, it must be unique")
            raise _complaint(path, line, " + ".join(key), " + ".join(map(str, values)), refusal)
        seen[folded] = line


def taker(column: Column, known: Known) -> Callable[[str], object]:
    """Return the function that takes a cell of `column` and gives its value or raises `Refused`."""
    if column.type in ("int", "float", "date"):
        return _within(_TAKE[column.type], column.allowed, column.unit)
    words, where = dict.fromkeys(column.allowed.split("|")) if column.allowed else {}, ""
    for reference in [word for word in words if word.startswith("ref:")]:
        where = reference.removeprefix("ref:")
        words = {**dict.fromkeys(word for word in words if word != reference), **known[where]}
    take = take_names if column.type == "names" else take_word
    return lambda text: take(text, words, where) if words else text


def _within(take: Callable, allowed: str, unit: str) -> Callable:
    """Add to `take` the bounds 'low..high' (inclusive; either may be left out)."""
    low, high = (take(end) if end else None for end in (allowed or "..").split(".."))
    ends = (("least", low), ("most", high))
    limits = " and ".join(f"at {word} {end}" for word, end in ends if end is not None)

    def bounded(text: str):
        value = take(text)
        if (low is not None and value < low) or (high is not None and value > high):
            raise Refused(f"is out of range, it must be {limits}{f' [{unit}]' if unit else ''}")
        return value

    return bounded


def take_number(text: str, kind: type) -> float:
    """Return a finite number written with digits; neither 'nan' nor thousands separators."""
    wanted, pattern = ("a whole number", _INTEGER) if kind is int else ("a number", _DECIMAL)
    if not pattern.fullmatch(text) or not math.isfinite(float(text)):
        raise Refused(f"is not {wanted} (digits, without thousands separators or units)")
    return kind(text)


def take_date(text: str) -> datetime.date:
    """Return a calendar date written as year-month-day."""
    try:
        if _DATE.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass  # the form is right but there is no such day
    raise Refused("is not a date, write an existing day as year-month-day such as 2020-03-06")


def take_word(text: str, words: dict[str, None], where: str = "") -> str:
    """Return `text` if it is one of `words`; `where` is the column that defines them, if one does."""
    if text in words:
        return text
    if where:
        table, column = where.split(".")
        raise Refused(f"is unknown, it must stand in column '{column}' of {table}.csv{nearest(text, words)}")
    listed = ", ".join([*words][:LISTED]) + (", ..." if len(words) > LISTED else "")
    raise Refused(f"is unknown, it must be one of {listed}{nearest(text, words)}")


def take_names(text: str, words: dict[str, None], where: str = "") -> str:
    """Return a list separated by ';' if each name is one of `words` and none stands twice."""
    names = [name.strip() for name in text.split(";")]
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"names '{name}' {names.count(name)} times")
        try:
            take_word(name, words, where)
        except Refused as refusal:
            raise Refused(f"names '{name}', which {refusal}" if len(names) > 1 else str(refusal)) from None
    return ";".join(names)


_TAKE = {
    "int": lambda text: take_number(text, int),
    "float": lambda text: take_number(text, float),
    "date": take_date,
}
