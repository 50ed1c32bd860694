"""Executors on other machines: cells go there in chunks, and what becomes of them comes back, or into the store.

The store, the program and the facts must be where the other machines see them, as on a cluster's shared disk.
"""

import importlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from sim import machine
from sim.config import ExecutorConfig
from sim.errors import InputError, WorkerDied
from sim.executors.local import Workers
from sim.work import Done, Task

_LOOK_AGAIN = 1.0  # seconds between two looks at the jobs of a cluster
_WORDS = 2000  # characters of a failed job's log that are told
_mine = threading.local()


def do_all(tasks: Sequence[Task], n_workers: int) -> list[Done | Exception]:
    """Do tasks in workers of one thread each, on the machine that this is called on; they stay for the next call."""
    if not hasattr(_mine, "workers"):
        _mine.workers = Workers(n_workers, threads=1, quiet=True)
    futures = [_mine.workers.submit(task, lambda day: None) for task in tasks]
    return [future.exception() or future.result() for future in futures]


class Away:
    """Gathers tasks into chunks; where these go is told by `_send`."""

    room = 1_000_000  # as the others decide how much they do at a time

    def __init__(self, config: ExecutorConfig):
        self.config = config
        self.gathered: list[tuple[Task, Future]] = []

    def submit(self, task: Task, told: Callable[[int], None]) -> Future:
        """Take a task; days are not told from far away."""
        future: Future = Future()
        self.gathered.append((task, future))
        return future

    def flush(self) -> None:
        """Send off what has been gathered."""
        size = self.config.cells_per_job
        chunks = [self.gathered[i : i + size] for i in range(0, len(self.gathered), size)]
        self.gathered = []
        if chunks:
            self._send(chunks)


def settle(chunk: list[tuple[Task, Future]], outcomes: Callable[[], list[Done | Exception]]) -> None:
    """Hand the outcomes of a chunk to its futures; where all of it was lost, say so for each."""
    try:
        found = outcomes()
    except Exception as error:  # whatever a cluster has to say
        words = str(error).strip()[-_WORDS:] or type(error).__name__
        found = [WorkerDied(f"{task.cell}, was lost with its job: {words}") for task, _ in chunk]
    for (_, future), outcome in zip(chunk, found, strict=True):
        if future.cancelled():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


class Slurm(Away):
    """Chunks become jobs of a SLURM cluster, through submitit; `cluster` may be 'local' or 'debug' to try it."""

    def __init__(self, config: ExecutorConfig, folder: Path):
        super().__init__(config)
        self.submitit = _library("submitit", "slurm")
        try:
            self.executor = self.submitit.AutoExecutor(folder / "jobs", cluster=config.cluster)
        except RuntimeError as error:
            raise InputError(f"executor=slurm finds no cluster here: {error}") from error
        self.executor.update_parameters(**job_parameters(config))
        on_cluster = config.cluster == "slurm"
        self.most = config.workers or (self.room if on_cluster else max(1, machine.cores() // config.job_cores))
        self.waiting: list[list] = []
        self.jobs: list[tuple[object, list]] = []
        self.closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _send(self, chunks: list[list]) -> None:
        self.waiting += chunks

    def close(self) -> None:
        """Cancel all jobs."""
        self.closed.set()
        for job, _ in self.jobs:
            job.cancel(check=False)

    def _watch(self) -> None:
        """Submit jobs while there is room for them, and look which are done."""
        while not self.closed.wait(_LOOK_AGAIN if self.jobs else 0.05):
            free = self.most - len(self.jobs)
            chunks, self.waiting = self.waiting[:free], self.waiting[free:]
            if chunks:
                self._submit(chunks)
            for job, chunk in [pair for pair in self.jobs if self.config.cluster == "debug" or pair[0].done()]:
                self.jobs.remove((job, chunk))
                settle(chunk, lambda job=job: self._outcomes(job))

    def _submit(self, chunks: list[list]) -> None:
        tasks = [[task for task, _ in chunk] for chunk in chunks]
        try:
            jobs = self.executor.map_array(do_all, tasks, [self.config.job_cores] * len(tasks))
        except Exception as error:  # the cluster takes no jobs
            for chunk in chunks:
                settle(chunk, lambda error=error: _raise(error))
        else:
            self.jobs += zip(jobs, chunks, strict=True)

    def _outcomes(self, job) -> list[Done | Exception]:
        outcomes = job.result()
        for path in (job.paths.submitted_pickle, job.paths.result_pickle, job.paths.stdout, job.paths.stderr):
            path.unlink(missing_ok=True)  # a thousand jobs would leave four thousand files
        return outcomes


def job_parameters(config: ExecutorConfig) -> dict:
    """Return what a job asks of the cluster, in submitit's words."""
    asked = {
        "name": "onward-sim",
        "timeout_min": config.job_minutes,
        "mem_gb": config.job_gb,
        "cpus_per_task": config.job_cores,
        "slurm_array_parallelism": config.workers or 256,
    }
    return asked | ({"slurm_partition": config.partition} if config.partition else {})


def batch_script(config: ExecutorConfig, folder: Path, n_jobs: int) -> str:
    """Return the script that a SLURM cluster would be given, `PICKLED` standing for the file with the cells."""
    slurm = importlib.import_module(f"{_library('submitit', 'slurm').__name__}.slurm.slurm")
    asked = slurm.SlurmExecutor._equivalence_dict()
    known = {asked.get(name, name.removeprefix("slurm_")): value for name, value in job_parameters(config).items()}
    known["mem"] = f"{config.job_gb:g}GB"
    command = "python -u -m submitit.core._submit PICKLED"
    return slurm._make_sbatch_string(command, folder / "jobs", map_count=n_jobs, **known)


class Dask(Away):
    """Chunks become tasks of a Dask scheduler, or of a cluster of processes on this machine."""

    def __init__(self, config: ExecutorConfig, n_workers: int):
        super().__init__(config)
        distributed = _library("distributed", "dask")
        self.cluster = None
        if not config.address:
            self.cluster = distributed.LocalCluster(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=None, memory_limit=0
            )
        try:
            self.client = distributed.Client(config.address or self.cluster, timeout=30)
        except (OSError, TimeoutError) as error:
            raise InputError(f"executor.address is '{config.address}', but no scheduler answers: {error}") from error
        self.executor = self.client.get_executor(pure=False)

    def _send(self, chunks: list[list]) -> None:
        for chunk in chunks:
            future = self.executor.submit(do_all, [task for task, _ in chunk], 1)
            future.add_done_callback(lambda future, chunk=chunk: settle(chunk, future.result))

    def close(self) -> None:
        """Cancel what is not done, and end the processes that were started for this."""
        self.executor.shutdown(wait=False)
        self.client.close()
        if self.cluster:
            self.cluster.close()


def _raise(error: Exception):
    raise error


def _library(name: str, extra: str):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"executor={extra} needs the package '{name}': pip install 'onward-sim[{extra}]'") from error
