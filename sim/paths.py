"""Where the facts and choices lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path

from sim.errors import InputError, nearest

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """Return the folder `conf` or `seeds`, whether the program is installed or run from a checkout."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(f"the folder '{name}' is missing: it should lie at {_PACKAGE.parent / name}; install again")


def case_folder(path: str) -> Path:
    """Return the folder of a case: a bare name means one in `seeds`, anything else a path from here."""
    if path != Path(path).name:
        return Path(path)
    seeds = data_folder("seeds")
    if not (seeds / path).is_dir():
        known = [folder.name for folder in seeds.iterdir() if (folder / "locations.csv").exists()]
        hint = f"; of the folder {path} here it is ./{path}" if Path(path).is_dir() else nearest(path, known)
        raise InputError(f"case.path is '{path}', but there is no such case in {seeds}{hint}")
    return seeds / path


def groups() -> dict[str, list[str]]:
    """Return the names to choose from in each group of choices, such as scenario, policy or population."""
    folders = sorted(folder for folder in data_folder("conf").iterdir() if folder.is_dir())
    return {folder.name: sorted(path.stem for path in folder.glob("*.yaml")) for folder in folders}
