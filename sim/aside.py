"""What is being written lies aside, in a hidden folder beside its place: nothing half-written is ever found there.

The name of such a folder tells which process writes it. What a killed one has left is cleared away by the next process
that writes beside it; an earlier folder that was just being replaced comes back.
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

UNFINISHED, REPLACED = ".unfinished", ".replaced"
_LEFT = re.compile(rf"\.(.+)\.(\d+)-([0-9a-f]{{6}})-[0-9a-f]{{8}}(\{UNFINISHED}|\{REPLACED})")
_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_cleared: set[Path] = set()  # by this process
_lock = threading.Lock()


@contextlib.contextmanager
def hidden_beside(folder: Path) -> Iterator[Path]:
    """Make a hidden folder for what is not finished; whatever happens but a kill, nothing of it stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock:
        if folder.parent not in _cleared:
            _cleared.add(folder.parent)
            clear_away(folder.parent)
    hidden = folder.with_name(f".{folder.name}.{os.getpid()}-{_HOST}-{secrets.token_hex(4)}{UNFINISHED}")
    try:
        hidden.mkdir()
        yield hidden
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def clear_away(parent: Path) -> None:
    """Remove what dead processes of this machine have left half-written in a folder, and put back what they took away.

    Who calls it has nothing under way there: what bears the number of this very process is an earlier one's.
    """
    for path in list(parent.iterdir()):
        found = _LEFT.fullmatch(path.name)
        if not found or found[3] != _HOST or int(found[2]) != os.getpid() and is_alive(int(found[2])):
            continue
        with contextlib.suppress(OSError):  # another process does the same at this moment
            if found[4] == REPLACED and not (parent / found[1]).exists():
                os.rename(path, parent / found[1])
        shutil.rmtree(path, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Tell whether a process of this machine still runs."""
    if os.name == "nt":  # where asking would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
