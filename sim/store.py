"""The store: a folder with one small file for each cell that has been simulated, found by its address.

A file appears under its name only when it is complete (written aside, then renamed) and carries its length and
checksum, so what a kill, a power cut or a full disk leaves half-written is never taken for finished. No synchronising
with the disk is needed for that: what a power cut spoils is noticed and simulated again. Many processes may use one
store: a cell that one has claimed is left alone by the others, and a claim ends with the process that held it.
"""

import contextlib
import datetime
import errno
import json
import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from sim.aside import is_alive
from sim.errors import InputError
from sim.records import decode, encode, is_whole
from sim.results import check_place

try:
    import fcntl
except ImportError:  # not on Windows: two processes may then do the same work twice, with the same result
    fcntl = None

CELLS, FAILED, PARTS = "cells", "failed", "parts"
LOG, LOCK = "log.jsonl", "lock"
_USERS = 1 << 61  # the byte of the lock file that all who use the store share; cells lie below it
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class StoreError(InputError):
    """The store cannot be written any more: nothing else can be finished either."""


class Store:
    """Records of cells by their addresses. Who only reads or writes records need not open it."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder).absolute()
        self._lock: int | None = None

    def open(self) -> "Store":
        """Make the folder, clear away what dead processes of this machine left half-written, and return the store.

        Raises
        ------
        InputError
            Where nothing can be written at its place.
        """
        check_place(self.folder)
        with _told(self.folder):
            for name in (CELLS, FAILED, PARTS):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            for part in (self.folder / PARTS).iterdir():
                host, pid, _ = part.name.rsplit("-", 2)
                if host == socket.gethostname() and not is_alive(int(pid)):
                    part.unlink(missing_ok=True)
            self._lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        self._locked("LOCK_SH", _USERS)
        return self

    def close(self) -> None:
        """Give up all claims."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def path(self, address: str) -> Path:
        """Return where a cell's record lies, or would lie."""
        return self.folder / CELLS / address[:2] / address[2:]

    def has(self, address: str) -> bool:
        """Tell whether a cell is finished; a damaged record is removed, and the cell is not finished any more."""
        try:
            if is_whole(self.path(address).read_bytes()):
                return True
        except FileNotFoundError:
            return False
        self.log({"cell": address, "status": "damaged"})
        self.path(address).unlink(missing_ok=True)
        return False

    def read(self, address: str) -> object:
        """Return the record of a finished cell."""
        return decode(self.path(address).read_bytes())

    def write(self, address: str, record: object) -> None:
        """Keep the record of a cell, all of it or nothing."""
        content, path = encode(record), self.path(address)
        part = self.folder / PARTS / f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(6)}"
        with _told(self.folder):
            try:
                path.parent.mkdir(exist_ok=True)
                part.write_bytes(content)
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)
        (self.folder / FAILED / address).unlink(missing_ok=True)

    def forget(self, addresses: Iterable[str] | None = None) -> None:
        """Remove records that are kept elsewhere by now, or all, unless another process may look for them here."""
        if not self._locked("LOCK_EX", _USERS, wait=False):
            return
        paths = (self.folder / CELLS).glob("*/*") if addresses is None else map(self.path, addresses)
        for path in paths:
            path.unlink(missing_ok=True)
        self._locked("LOCK_SH", _USERS)

    def fail(self, address: str, about: dict) -> None:
        """Note that a cell has failed, until it is finished."""
        with _told(self.folder):
            (self.folder / FAILED / address).write_text(json.dumps(about) + "\n", encoding="utf-8")

    def failures(self) -> dict[str, dict]:
        """Return what is noted of each cell that has failed."""
        found = {}
        for path in sorted((self.folder / FAILED).glob("*")):
            with contextlib.suppress(OSError, ValueError):  # being written, or finished at this moment
                found[path.name] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def claim(self, address: str) -> bool:
        """Take a cell for this process; False where another one is at it. A claim ends with its process."""
        return self._locked("LOCK_EX", _offset(address), wait=False)

    def release(self, address: str) -> None:
        """Give up the claim on a cell."""
        if self._lock is not None:
            self._locked("LOCK_UN", _offset(address))

    @contextlib.contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Wait until no other process is at something, and keep the others away meanwhile."""
        self._locked("LOCK_EX", _offset(address))
        try:
            yield
        finally:
            self.release(address)

    def is_used(self) -> bool:
        """Tell whether another process has the store open."""
        free = self._locked("LOCK_EX", _USERS, wait=False)
        self._locked("LOCK_SH", _USERS)
        return not free

    def _locked(self, kind: str, offset: int, wait: bool = True) -> bool:
        """Lock one byte of the lock file; False where another process holds it. Without locks, nobody does."""
        if fcntl is None:
            return True
        try:
            fcntl.lockf(self._lock, getattr(fcntl, kind) | (0 if wait else fcntl.LOCK_NB), 1, offset)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            if error.errno not in _NO_LOCKS:
                raise
        return True

    def log(self, entry: dict) -> None:
        """Add a line to the log; the time in it is for people only."""
        told = {"time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), **entry}
        with _told(self.folder), open(self.folder / LOG, "ab", buffering=0) as file:
            file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")  # one call: lines of two never mix

    def logged(self) -> Iterator[dict]:
        """Yield the lines of the log, oldest first."""
        with contextlib.suppress(FileNotFoundError), open(self.folder / LOG, "rb") as file:
            for line in file:
                with contextlib.suppress(ValueError):  # cut off by a full disk
                    yield json.loads(line)


def _offset(address: str) -> int:
    """Return the byte of the lock file that stands for a cell; the file itself stays empty."""
    return int(address[:15], 16)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in one sentence that the disk is full or write-protected."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"nothing more can be written in {folder}: {error.strerror}") from error
