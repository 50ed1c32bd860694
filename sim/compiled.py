"""The decorators of all compiled code: where it is cached, how it runs on threads, and the lock around it.

Numba's disk cache does not notice that a function in another file has changed, so the cache folder carries a hash
of every compiled source. It is set before the first decorator runs, as an attribute: the environment variable is
read only when Numba is first imported.
"""

import functools
import hashlib
import os
import sys
import tempfile
import threading
from pathlib import Path

# A waiting OpenMP thread otherwise spins, which costs milliseconds a call on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numba  # noqa: E402

_HERE = Path(__file__).parent
_SOURCES = sorted([*_HERE.glob("*.py"), *_HERE.glob("phases/*.py")])
LOCK = threading.RLock()
CHUNKS = 64


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
    return numba.njit(signature, cache=True, nogil=True)


# A verb or helper that is only ever called from other compiled code.
inner = numba.njit(cache=True, nogil=True)


def _locked(compiled):
    @functools.wraps(compiled.py_func)
    def call(*arguments):
        with LOCK:
            return compiled(*arguments)

    call.compiled = compiled
    return call


def serial(function):
    """Compile a loop that runs in one thread, in order."""
    return _locked(numba.njit(cache=True, nogil=True)(function))


def parallel(function):
    """Compile a loop over the fixed chunks of all rows; two Python threads must not enter one at the same time."""
    return _locked(numba.njit(cache=True, nogil=True, parallel=True)(function))


def set_threads(n_threads: int) -> None:
    """Use `n_threads` threads for parallel loops, at most as many as Numba was started with."""
    with LOCK:
        numba.set_num_threads(min(n_threads, numba.config.NUMBA_NUM_THREADS))
