"""`report`: write the page of a finished comparison or run anew, from its tables and pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.cells import Progress
from sim.errors import InputError
from sim.results import open_run, put_file
from sim.runner import repeatable
from sim.studies.comparison import KIND, QUESTION, facts_of, open_comparison
from sim.studies.explore import explore
from sim.studies.printing import printed

NAME, PDF = "report.html", "report.pdf"


def reports(
    words: Sequence[str], pdf: bool = False, svg: bool = False, explored: bool = False, progress: Progress | None = None
) -> Iterator[tuple[str, Path]]:
    """Write what `sim report` is asked for, and yield of each file what it is and its path.

    Parameters
    ----------
    words
        What stands behind `sim report`: a folder, and settings of a page that explores.
    """
    folders = [word for word in words if "=" not in word]
    settings = [word for word in words if "=" in word]
    if explored:
        if len(folders) > 1 or pdf or svg:
            raise InputError("--explore goes with one folder at most, without --pdf and --svg; see sim report --help")
        yield "explore", explore(folders[0] if folders else None, settings, progress)
        return
    if len(folders) != 1 or settings:
        raise InputError("name one folder that `sim compare` or `sim run` has written; settings go with --explore")
    yield "report", report(folders[0])
    for path in draw_report(folders[0]) if svg else ():
        yield "drawing", path
    if pdf:
        yield "pdf", print_report(folders[0])


def report(folder: Path | str) -> Path:
    """Write `report.html` into the folder of a finished comparison or run, and return its path.

    Raises
    ------
    InputError
        Where there is no finished comparison or run, or the facts it was made with have changed since.
    """
    from sim import views  # Matplotlib takes half a second to import

    folder = Path(folder)
    if (folder / QUESTION).is_file():
        comparison = open_comparison(folder)
        case = facts_of(comparison.runs[comparison.baseline])
        text = views.comparison_page(comparison, case, folder, repeatable(comparison.manifest["command"]))
        return put_file(folder, KIND, NAME, text)
    run = open_run(folder)
    text = views.run_page(run, facts_of(run), folder, repeatable(run.manifest["command"]))
    return put_file(folder, "run", NAME, text)


def print_report(folder: Path | str) -> Path:
    """Print the page that lies in the folder of a finished comparison or run as `report.pdf`, and return its path.

    Raises
    ------
    InputError
        Where no browser that prints is installed.
    """
    folder = Path(folder)
    kind = KIND if (folder / QUESTION).is_file() else "run"
    return put_file(folder, kind, PDF, printed(folder / NAME))


def draw_report(folder: Path | str) -> list[Path]:
    """Draw the pictures of a finished comparison or run as SVG, for print and poster, and return their paths.

    Raises
    ------
    InputError
        As `report` does.
    """
    from sim import views

    folder = Path(folder)
    is_comparison = (folder / QUESTION).is_file()
    made = open_comparison(folder) if is_comparison else open_run(folder)
    case = facts_of(made.runs[made.baseline] if is_comparison else made)
    kind, command = (KIND if is_comparison else "run"), repeatable(made.manifest["command"])
    return [put_file(folder, kind, name, text) for name, text in views.drawings(made, case, command)]
