"""`report`: write the page of a finished comparison or run anew, from its tables and pictures."""

from pathlib import Path

from sim.results import open_run, put_file
from sim.runner import repeatable
from sim.studies.comparison import KIND, QUESTION, facts_of, open_comparison
from sim.studies.printing import printed

NAME, PDF = "report.html", "report.pdf"


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
