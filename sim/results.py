"""The run folder: written whole or not at all, read with a clear word where it is not whole.

A run is written into a hidden folder beside its place and moved there when everything lies in it, the manifest last.
So a folder with a manifest is finished, and an earlier run in its place stays until the new one is complete. All but
the manifest depends on nothing but the choices, the facts and the program: the same run gives the same bytes.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sim.aside import REPLACED, hidden_beside
from sim.errors import InputError, nearest

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the quick one needs libyaml
PROGRAM = "onward-sim"
MANIFEST, CONFIG, SUMMARY = "manifest.json", "config.yaml", "summary.json"
_TYPES = {
    "seed": pa.int64(),
    "household": pa.int64(),
    "path": pa.int64(),
    "day": pa.int16(),
    "date": pa.date32(),
    "start": pa.date32(),
}
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG, errno.EIO}


class Run:
    """A finished run: `run.daily`, `run.series` and so on are its tables, read when first asked for."""

    def __init__(self, folder: Path, manifest: dict):
        self.folder = folder
        self.manifest = manifest
        self._read: dict[str, pd.DataFrame] = {}

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    @property
    def pictures(self) -> list[Path]:
        """Pictures drawn of this run."""
        return sorted(self.folder.rglob("*.png"))

    @cached_property
    def summary(self) -> list[dict]:
        """One entry an outcome: outcome, unit, value, low, high (mean and range over the seeds)."""
        return json.loads((self.folder / SUMMARY).read_text(encoding="utf-8"))

    @cached_property
    def config(self) -> dict:
        """Every setting of the run."""
        return yaml.load((self.folder / CONFIG).read_text(encoding="utf-8"), _LOADER)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; places, groups and kinds are categories with the whole vocabulary."""
        if name not in self._read:
            if name not in self.tables:
                raise InputError(f"{self.folder} has no table '{name}'{nearest(name, self.tables)}")
            self._read[name] = read_table(self.folder / f"{name}.parquet")
        return self._read[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except InputError as error:
            raise AttributeError(str(error)) from error

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"


def open_run(folder: Path | str) -> Run:
    """Open a finished run.

    Raises
    ------
    InputError
        Where there is no such folder, or the run in it is unfinished or damaged.
    """
    return Run(Path(folder), read_manifest(Path(folder), "run"))


def read_manifest(folder: Path, kind: str) -> dict:
    """Return the manifest of a finished run or comparison, after a look at whether all its files are there.

    Raises
    ------
    InputError
        Where there is no such folder, or what lies in it is unfinished, damaged or of another kind.
    """
    if not folder.is_dir():
        siblings = [path.parent.name for path in folder.parent.glob(f"*/{MANIFEST}")]
        raise InputError(f"there is no {kind} folder {folder}{nearest(folder.name, siblings)}")
    if not (folder / MANIFEST).is_file():
        raise InputError(f"{folder} is not a finished {kind}: it has no {MANIFEST}; run it again")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{folder / MANIFEST} is damaged: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("program") != PROGRAM:
        raise InputError(f"{folder / MANIFEST} was not written by {PROGRAM}")
    if manifest.get("kind", "run") != kind:
        raise InputError(f"{folder} holds a {manifest['kind']}, not a {kind}")
    for name, size in manifest["files"].items():
        if not (folder / name).is_file() or (folder / name).stat().st_size != size["bytes"]:
            raise InputError(f"{folder} is damaged: {name} is missing or has another size than was written")
    return manifest


def check_writable(folder: Path | str, kind: str = "run") -> None:
    """Refuse a place where a run cannot be put, before any time is spent on it; leave nothing behind.

    Raises
    ------
    InputError
        Where nothing can be written, or where something stands that is not of this kind, finished by this program.
    """
    folder = Path(folder).absolute()
    if folder.is_dir() and any(folder.iterdir()):
        _check_replaceable(folder, kind)
    elif folder.exists() and not folder.is_dir():
        raise InputError(f"out is '{folder}', but that is a file; name a folder")
    check_place(folder)


def check_place(folder: Path) -> None:
    """Refuse a place where nothing can be written; leave nothing behind."""
    existing = next(parent for parent in [folder, *folder.parents] if parent.exists())
    probe = existing / f".{secrets.token_hex(8)}.probe"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise InputError(f"out is '{folder}', but nothing can be written in {existing}: {error.strerror}") from error


def write_run(
    folder: Path | str,
    config_yaml: str,
    tables: dict[str, pd.DataFrame],
    summary: list[dict],
    manifest: dict,
    csv: bool = False,
    draw: Callable[[Run], object] | None = None,
) -> Run:
    """Write a run and put it in its place, where an earlier run is replaced only now.

    Parameters
    ----------
    tables
        By name, all seeds in one frame; a categorical column keeps its whole vocabulary.
    manifest
        What depends on the clock and the machine; the names, sizes and checksums of the files are added.
    csv
        Write each table as CSV too.
    draw
        Called with the run, complete but for its manifest, to put pictures beside the tables.
    """

    def write(hidden: Path) -> None:
        (hidden / CONFIG).write_text(config_yaml, encoding="utf-8", newline="\n")
        write_json(hidden / SUMMARY, summary)
        write_tables(hidden, tables, csv)
        if draw:
            draw(Run(hidden, manifest))

    return open_run(write_folder(folder, "run", manifest, write))


def write_folder(folder: Path | str, kind: str, manifest: dict, write: Callable[[Path], object]) -> Path:
    """Put a finished folder of a kind in its place, whole or not at all, and return its path.

    Parameters
    ----------
    write
        Called with a hidden folder, to put every file but the manifest into it.
    """
    folder = Path(folder).absolute()
    check_writable(folder, kind)
    with _aside(folder) as hidden:
        write(hidden)
        seal(hidden, manifest if kind == "run" else {"kind": kind, **manifest})
        _put_in_place(hidden, folder)
    return folder


def write_tables(folder: Path, tables: dict[str, pd.DataFrame | bytes], csv: bool) -> None:
    """Write tables as Parquet, those that are its bytes already as they are, and as CSV (ten digits) if `csv`."""
    for name, frame in tables.items():
        content = frame if isinstance(frame, bytes) else parquet_of(frame)
        (folder / f"{name}.parquet").write_bytes(content)
        if csv:
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")


def read_table(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a table, or some columns; names are categories with the whole vocabulary, dates are timestamps."""
    return pq.read_table(path, columns=columns).to_pandas(date_as_object=False)


def parquet_of(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    with pa.BufferOutputStream() as stream:
        # Statistics of each column would take two fifths of the time, and let nobody skip much of so small a file.
        pq.write_table(_typed(frame), stream, compression="zstd", write_statistics=False)
        return stream.getvalue().to_pybytes()


def frame_of(content: bytes) -> pd.DataFrame:
    """Return the table of which these are the bytes, as `read_table` does."""
    return pq.read_table(pa.BufferReader(content)).to_pandas(date_as_object=False)


def seal(folder: Path, manifest: dict) -> None:
    """Declare a folder finished: write its manifest, with the size and checksum of every file in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): _described(path) for path in paths}
    write_json(folder / "manifest.part", {"program": PROGRAM, **manifest, "files": files})
    os.replace(folder / "manifest.part", folder / MANIFEST)


def put_file(folder: Path, kind: str, name: str, content: str | bytes) -> Path:
    """Write one more file into a finished folder, or one anew, and enter it into the manifest; return its path.

    Raises
    ------
    InputError
        Where the folder is not a finished run or comparison, as `kind` says, or cannot be written to.
    """
    manifest, path = read_manifest(folder, kind), folder / name
    check_place(folder)
    part = folder / f".{name}.part"
    part.write_bytes(content.encode() if isinstance(content, str) else content)
    manifest["files"][name] = _described(part)
    write_json(folder / ".manifest.part", manifest)
    os.replace(part, path)
    os.replace(folder / ".manifest.part", folder / MANIFEST)
    return path


def _check_replaceable(folder: Path, kind: str) -> None:
    """Refuse a folder that holds anything but something finished of ours, of the same kind."""
    try:
        files = read_manifest(folder, kind)["files"]
    except InputError as error:
        raise InputError(f"out is '{folder}', which is kept as it is: {error}; name another folder") from error
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith(".") and name not in files and name != MANIFEST:
            raise InputError(f"out is '{folder}', where '{name}' would be lost: move it, or name another folder")


@contextlib.contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Make a hidden folder for what is not finished, and say in one sentence that the disk is full or protected."""
    try:
        with hidden_beside(folder) as hidden:
            yield hidden
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise InputError(f"the results cannot be written in {folder.parent}: {error.strerror}") from error


def _put_in_place(hidden: Path, folder: Path) -> None:
    """Move a complete folder to its place; the one that stood there comes back if that fails."""
    old = hidden.with_suffix(REPLACED)
    if folder.exists():
        os.rename(folder, old)
    try:
        os.rename(hidden, folder)
    except BaseException:
        if old.exists():
            os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _typed(frame: pd.DataFrame) -> pa.Table:
    """Return a frame with the narrow, documented types, free of anything that tells library versions."""
    columns = []
    for name, dtype in frame.dtypes.items():
        if name in _TYPES:
            kind = _TYPES[name]
        elif pd.api.types.is_bool_dtype(dtype):
            kind = pa.bool_()
        elif pd.api.types.is_integer_dtype(dtype):
            kind = pa.int32()
        elif pd.api.types.is_float_dtype(dtype):
            kind = pa.float64()
        else:
            kind = pa.dictionary(pa.int16(), pa.string())
        columns.append(pa.field(name, kind))
    table = pa.Table.from_pandas(frame, schema=pa.schema(columns), preserve_index=False)
    return table.replace_schema_metadata(None)


def _described(path: Path) -> dict:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def write_json(path: Path, content: object) -> None:
    """Write what JSON can hold, the same bytes for the same content."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
