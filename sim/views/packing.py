"""Whole numbers as short texts that a page can hold: differences, in as few bytes as they need, in base64."""

import base64
from collections.abc import Sequence

import numpy as np

_BITS = 7  # of a byte; the eighth says that more bytes follow


class Pool:
    """Texts by number, each kept once: what two runs have in common takes no room twice."""

    def __init__(self):
        self.texts: list[str] = [""]
        self._numbers = {"": 0}

    def add(self, text: str) -> int:
        """Keep a list of whole numbers, packed, and return the number of its text; 0 is the empty list."""
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number


def packed(values: Sequence[int] | np.ndarray) -> str:
    """Return whole numbers as base64 of their differences.

    A difference d is written as 2d, or as -2d - 1 where it is negative, seven bits to a byte, the lowest first.
    """
    differences = np.diff(np.asarray(values, np.int64), prepend=0)
    left = np.where(differences < 0, -2 * differences - 1, 2 * differences)
    columns = []
    while True:
        columns.append(left)
        left = left >> _BITS
        if not left.any():
            break
    numbers = np.stack(columns, axis=-1) if len(differences) else np.empty((0, 1), np.int64)
    follows, low = numbers >> _BITS > 0, numbers & (1 << _BITS) - 1
    used = np.column_stack([np.ones(len(numbers), bool), follows[:, :-1]])
    return base64.b64encode((low | follows << _BITS)[used].astype(np.uint8).tobytes()).decode()


def unpacked(text: str) -> np.ndarray:
    """Return the whole numbers of a text made by `packed`, as the page's script does."""
    values, number, shift = [], 0, 0
    for byte in base64.b64decode(text):
        number |= (byte & (1 << _BITS) - 1) << shift
        shift += _BITS
        if byte < 1 << _BITS:
            values.append(-(number + 1) // 2 if number & 1 else number // 2)
            number = shift = 0
    return np.cumsum(np.array(values, np.int64))
