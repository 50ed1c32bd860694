"""Small records as bytes that can be checked: what a cell leaves behind when it has been simulated.

A record is made of numbers, texts, lists and dictionaries, with bytes, arrays and data frames anywhere in it. It comes
back as it was, except that tuples become lists. Nothing in the bytes is ever executed.
"""

import hashlib
import io
import json

import numpy as np
import pandas as pd

from sim.results import frame_of, parquet_of

_MAGIC = b"onward-cell-1"
_FRAME, _ARRAY, _BYTES = "__frame__", "__array__", "__bytes__"


def encode(record: object) -> bytes:
    """Return a record as bytes, its length and checksum in front; the same record gives the same bytes.

    Raises
    ------
    TypeError
        Where something in it cannot be kept.
    """
    blobs: list[bytes] = []

    def plain(value: object) -> object:
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, pd.DataFrame):
            blobs.append(parquet_of(value))
            return {_FRAME: len(blobs) - 1}
        if isinstance(value, np.ndarray):
            with io.BytesIO() as file:
                np.save(file, value, allow_pickle=False)
                blobs.append(file.getvalue())
            return {_ARRAY: len(blobs) - 1}
        if isinstance(value, bytes):
            blobs.append(value)
            return {_BYTES: len(blobs) - 1}
        raise TypeError(f"a record cannot keep {type(value).__name__}: reduce it to numbers, texts, arrays or frames")

    tree = json.dumps(record, default=plain, ensure_ascii=False).encode()
    head = json.dumps([len(tree), *map(len, blobs)]).encode()
    body = b"\n".join([head, tree]) + b"".join(blobs)
    return b"%s %s %d\n" % (_MAGIC, hashlib.sha256(body).hexdigest().encode(), len(body)) + body


def is_whole(content: bytes) -> bool:
    """Tell whether these are all bytes of a record, none of them changed."""
    first, _, body = content.partition(b"\n")
    return first == b"%s %s %d" % (_MAGIC, hashlib.sha256(body).hexdigest().encode(), len(body))


def decode(content: bytes) -> object:
    """Return the record that `encode` was given; the bytes must be whole."""
    _, head, rest = content.split(b"\n", 2)
    ends = np.cumsum(json.loads(head))
    blobs = [rest[start:end] for start, end in zip(ends, ends[1:], strict=False)]

    def rich(value: dict) -> object:
        if len(value) == 1:
            ((kind, number),) = value.items()
            if kind == _FRAME:
                return frame_of(blobs[number])
            if kind == _BYTES:
                return blobs[number]
            if kind == _ARRAY:
                return np.load(io.BytesIO(blobs[number]), allow_pickle=False)
        return value

    return json.loads(rest[: ends[0]], object_hook=rich)
