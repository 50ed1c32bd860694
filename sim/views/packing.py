"""Whole numbers as short texts that a page can hold: differences, in as few bytes as they need, in base64."""

import base64
import itertools
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


def packed(lists: Sequence[Sequence[int] | np.ndarray]) -> list[str]:
    """Return each list of whole numbers as base64 of its differences.

    A difference d is written as 2d, or as -2d - 1 where it is negative, seven bits to a byte, the lowest first.
    """
    lengths = np.array([len(one) for one in lists], int)
    if not lengths.sum():
        return [""] * len(lists)
    ends = np.cumsum(lengths)
    values = np.concatenate([np.asarray(one, np.int64) for one in lists])
    differences = np.diff(values, prepend=0)
    begins = (ends - lengths)[lengths > 0]
    differences[begins] = values[begins]
    left = np.where(differences < 0, -2 * differences - 1, 2 * differences)
    columns = []
    while True:
        columns.append(left)
        left = left >> _BITS
        if not left.any():
            break
    numbers = np.stack(columns, axis=-1)
    follows, low = numbers >> _BITS > 0, numbers & (1 << _BITS) - 1
    used = np.column_stack([np.ones(len(numbers), bool), follows[:, :-1]])
    content = (low | follows << _BITS)[used].astype(np.uint8).tobytes()
    edges = np.append(0, np.cumsum(used.sum(axis=1)))[np.append(0, ends)]
    return [base64.b64encode(content[first:last]).decode() for first, last in itertools.pairwise(edges)]


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
