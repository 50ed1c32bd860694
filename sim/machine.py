"""What this process may use of the machine: in a container or under a scheduler that is less than there is."""

import os
from collections.abc import Iterator
from pathlib import Path

# Linux tells limits in files below these; tests put others in their place.
PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60  # version 1 writes a huge number where there is no limit


def cores() -> int:
    """Return on how many cores this process may run at a time: affinity and quota are looked at, too."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(int(quota) for quota in _quotas())]))


def free_memory() -> float:
    """Return how much memory this process and its children may still take [bytes]; infinite where nobody tells."""
    return min([_available(), *_rooms()])


def _quotas() -> Iterator[float]:
    """Yield the cores that each control group above this process grants."""
    for folder in _groups("cpu"):
        quota, period = _numbers(folder, "cpu.max") or (
            *_numbers(folder, "cpu.cfs_quota_us"),
            *_numbers(folder, "cpu.cfs_period_us"),
        ) or (0, 0)
        if quota > 0 and period > 0:
            yield max(1.0, quota / period)


def _rooms() -> Iterator[float]:
    """Yield the bytes that are left in each control group above this process."""
    for folder in _groups("memory"):
        for limit_name, used_name in (("memory.max", "memory.current"), _OLD_MEMORY):
            limit, used = _numbers(folder, limit_name), _numbers(folder, used_name)
            if limit and used and 0 < limit[0] < _UNLIMITED:
                yield max(0, limit[0] - used[0])


_OLD_MEMORY = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def _groups(controller: str) -> Iterator[Path]:
    """Yield the folders of the control groups that this process is in, up to the root, of both versions."""
    try:
        lines = (PROC / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, names, path = line.split(":", 2)
        if names and controller not in names.split(","):
            continue
        root = CGROUPS / controller if names else CGROUPS
        inner = root / path.lstrip("/")
        yield from [inner, *(parent for parent in inner.parents if parent.is_relative_to(root))]


def _available() -> float:
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    kilobytes = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines)}
    return 1024.0 * int(kilobytes["MemAvailable"]) if "MemAvailable" in kilobytes else float("inf")


def _numbers(folder: Path, name: str) -> tuple[int, ...]:
    """Return the numbers in a file; none where it does not exist or says that there is no limit."""
    try:
        return tuple(int(word) for word in (folder / name).read_text().split())
    except (OSError, ValueError):
        return ()
