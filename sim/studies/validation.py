"""The folder of a validation: scores and page at the top, the tables and pictures of each case in a folder below."""

import json
import math
from functools import cached_property
from pathlib import Path

import pandas as pd

from sim.errors import InputError, nearest
from sim.paths import shown
from sim.results import SUMMARY, read_manifest, read_table
from sim.terminal import columns

KIND, PAGE = "validation", "validation.md"


class Validation:
    """A finished validation."""

    def __init__(self, folder: Path, manifest: dict):
        self.folder, self.manifest = folder, manifest

    @cached_property
    def summary(self) -> dict:
        """Scores: `cases` by name, and `ard`, `ard_rescaled` as means over them where all have these."""
        return json.loads((self.folder / SUMMARY).read_text(encoding="utf-8"))

    @property
    def cases(self) -> list[str]:
        """Names of the cases."""
        return list(self.summary["cases"])

    def table(self, case: str, name: str) -> pd.DataFrame:
        """Return a table of a case."""
        path = self.folder / case / f"{name}.parquet"
        if not path.is_file():
            known = sorted(found.stem for found in path.parent.glob("*.parquet"))
            raise InputError(f"{path.parent} has no table '{name}'{nearest(name, known)}")
        return read_table(path)

    def __repr__(self) -> str:
        return f"Validation({str(self.folder)!r})"


def open_validation(folder: Path | str) -> Validation:
    """Open a finished validation.

    Raises
    ------
    InputError
        Where there is no such folder, or the validation in it is unfinished or damaged.
    """
    folder = Path(folder).absolute()
    return Validation(folder, read_manifest(folder, KIND))


def finite(content: object) -> object:
    """Return a content that JSON can hold: blanks (NaN) and infinite numbers become null."""
    if isinstance(content, dict):
        return {key: finite(value) for key, value in content.items()}
    if isinstance(content, list):
        return [finite(value) for value in content]
    if hasattr(content, "item"):
        content = content.item()
    return None if isinstance(content, float) and not math.isfinite(content) else content


def told(made: Validation) -> str:
    """Tell the scores of a validation in a few lines, and where everything lies."""
    blocks = [_of_crisis(name, scored) for name, scored in made.summary["cases"].items() if "naive" not in scored]
    of_places = {name: scored for name, scored in made.summary["cases"].items() if "naive" in scored}
    blocks += [_of_places(of_places, made.summary)] if of_places else []
    return "\n\n".join([*blocks, f"page       {shown(made.folder / PAGE)}"])


def _of_crisis(name: str, scored: dict) -> str:
    if "forecasts" in scored:
        rows = [(f"{name}, {scored['horizon']} days ahead", "counts", "error", "of persistence", "of last trend")]
        for one in scored["forecasts"]:
            errors = [_short(one[key], ",.0f") for key in ("mae", "mae_persistence", "mae_trend")]
            rows.append((f"{one['outcome'].replace('_', ' ')}, {one['use']}", str(one["n"]), *errors))
        return columns(rows)
    lines = []
    for use in ("validation", "calibration"):
        lines.append(f"{name}, counts for {use}")
        for one in scored[use]["targets"]:
            lines.append(f"  {one['met']:<10} {one['name']}, {one['limit']}: {one['found']}")
    return "\n".join(lines)


def _of_places(cases: dict[str, dict], means: dict) -> str:
    naive = [name for name in dict.fromkeys(name for one in cases.values() for name in one["naive"]) if "," not in name]
    rows = [("", "ARD", "rescaled", "in 90 % band", *(f"{name}, rescaled" for name in naive))]
    for name, scored in cases.items():
        own = [_short(scored[key], ".3f") for key in ("ard", "ard_rescaled")]
        others = [_short(scored["naive"].get(one, {}).get("ard_rescaled"), ".3f") for one in naive]
        rows.append((name, *own, _short(scored["coverage_90"], ".0%"), *others))
    if len(cases) > 1:
        both = [_short(means.get(key), ".3f") for key in ("ard", "ard_rescaled")]
        rows.append(("mean", *both, *[""] * (len(naive) + 1)))
    return columns(rows)


def _short(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"
