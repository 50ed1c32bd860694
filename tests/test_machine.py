"""What may be used of the machine: files as Linux writes them, with limits put into them by hand."""

import pytest

from sim import machine


@pytest.fixture
def linux(tmp_path, monkeypatch):
    """Return a function that writes files below an invented /proc and /sys/fs/cgroup."""
    monkeypatch.setattr(machine, "PROC", tmp_path / "proc")
    monkeypatch.setattr(machine, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)

    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    return write


def test_without_limits_it_is_what_the_machine_has(linux):
    linux({"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    2000 kB\n", "proc/self/cgroup": "0::/\n"})
    assert machine.cores() == 8 and machine.free_memory() == 2000 * 1024


@pytest.mark.parametrize(("quota", "cores"), [("250000 100000", 2), ("50000 100000", 1), ("max 100000", 8)])
def test_quota_of_a_container_counts(linux, quota, cores):
    linux({"proc/self/cgroup": "0::/a/b\n", "cgroup/a/b/cpu.max": quota})
    assert machine.cores() == cores


def test_quota_of_a_group_above_counts_too(linux):
    linux({"proc/self/cgroup": "0::/a/b\n", "cgroup/a/cpu.max": "300000 100000", "cgroup/a/b/cpu.max": "max 100000"})
    assert machine.cores() == 3


def test_groups_of_the_first_version_count(linux):
    linux(
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/x\n",
            "cgroup/cpu/x/cpu.cfs_quota_us": "400000\n",
            "cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
            "cgroup/memory/x/memory.limit_in_bytes": "3000000\n",
            "cgroup/memory/x/memory.usage_in_bytes": "1000000\n",
            "cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "cgroup/memory/memory.usage_in_bytes": "1\n",
        }
    )
    assert machine.cores() == 4 and machine.free_memory() == 2_000_000


def test_memory_left_in_the_group_counts(linux):
    linux(
        {
            "proc/meminfo": "MemAvailable: 9000000 kB\n",
            "proc/self/cgroup": "0::/a\n",
            "cgroup/a/memory.max": "1000000",
            "cgroup/a/memory.current": "400000",
            "cgroup/memory.max": "max",
        }
    )
    assert machine.free_memory() == 600_000


def test_where_nobody_tells_nothing_is_limited(linux):
    assert machine.cores() == 8 and machine.free_memory() == float("inf")
