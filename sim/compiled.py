"""The decorators of all compiled code, where it is cached, and how it runs on threads.

Numba's disk cache does not notice that a function in another file has changed, so the cache folder carries a hash
of every compiled source. It is set before the first decorator runs, as an attribute: the environment variable is
read only when Numba is first imported.
"""

import hashlib
import itertools
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np

_HERE = Path(__file__).parent
_SOURCES = [path for path in sorted(_HERE.rglob("*.py")) if b"sim.compiled import" in path.read_bytes()]
CHUNKS_PER_THREAD = 4  # so that a thread with quiet rows takes over from one with busy ones


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


def _cache_folder() -> str:
    """Return a writable folder of this version's compiled code: the user's cache, else a temporary one."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:16]
    for base in (_user_cache, lambda: Path(tempfile.gettempdir())):
        try:
            folder = base() / "onward-sim" / digest
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return str(folder)
        except (OSError, RuntimeError):
            continue
    return tempfile.mkdtemp(prefix="onward-sim-")


numba.config.CACHE_DIR = _cache_folder()
# Intel's vector maths gives other last bits than the plain library; results must not depend on the processor.
numba.config.DISABLE_INTEL_SVML = True


def rule(signature: str):
    """Compile a scalar rule for the given types; both drivers call the very same machine code."""
    return numba.njit(signature, cache=True, nogil=True, no_cfunc_wrapper=True)


# A verb that compiled code calls.
inner = numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True)

# The same, written into its callers: where a loop hands many arrays on to it, counting who holds them takes longer.
inlined = numba.njit(cache=True, nogil=True, inline="always")

# What Python calls, nearly always a loop over rows. It lets other Python threads run meanwhile, so that `Threads` can
# share the rows out.
loop = numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True)


class Threads:
    """Runs a compiled loop over chunks of the rows, on several threads.

    Plain threads around loops that release the interpreter's lock, not Numba's own parallel loops: these take ten
    times as long to compile, must not be entered by two Python threads, and do not survive a fork. The chunks are
    fixed and their lists are joined in order, so that the number of threads does not show in the result.
    """

    def __init__(self, n_threads: int, block: int, n_chunks: int | None = None):
        self.block = block
        self.n_threads = n_threads
        self.n_chunks = n_chunks or (1 if n_threads == 1 else CHUNKS_PER_THREAD * n_threads)
        self._pool = ThreadPoolExecutor(n_threads - 1) if n_threads > 1 else None

    def over_chunks(self, loop, n_rows: int, rows: np.ndarray, *arguments) -> np.ndarray:
        """Return the rows that a loop has listed, in ascending order.

        Parameters
        ----------
        loop
            Called with the first and last row of a chunk, then `arguments` and `rows`; writes what it lists into
            `rows` from the first row of its chunk on, and returns how many.
        rows
            (n_rows,) or longer, working space.
        """
        if self.n_chunks == 1:
            return rows[: loop(0, n_rows, *arguments, rows)].copy()
        n_blocks, n_chunks = -(-n_rows // self.block), self.n_chunks
        edges = [min(chunk * n_blocks // n_chunks * self.block, n_rows) for chunk in range(n_chunks + 1)]
        found, todo = [0] * n_chunks, itertools.count()

        def work() -> None:
            while (chunk := next(todo)) < n_chunks:
                found[chunk] = loop(edges[chunk], edges[chunk + 1], *arguments, rows)

        others = [self._pool.submit(work) for _ in range(self.n_threads - 1)]
        work()
        for other in others:
            other.result()
        return np.concatenate([rows[start : start + n] for start, n in zip(edges, found, strict=False)])
