"""`report`: write the page of a finished comparison or run anew, from its tables and pictures."""

from pathlib import Path

from sim.errors import InputError
from sim.paths import case_folder
from sim.results import Run, open_run, put_file
from sim.runner import repeatable
from sim.seeds import Case, load_case
from sim.studies.comparison import KIND, QUESTION, open_comparison

NAME = "report.html"


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
        case = _case(comparison.runs[comparison.baseline])
        text = views.comparison_page(comparison, case, folder, repeatable(comparison.manifest["command"]))
        return put_file(folder, KIND, NAME, text)
    run = open_run(folder)
    text = views.run_page(run, _case(run), folder, repeatable(run.manifest["command"]))
    return put_file(folder, "run", NAME, text)


def _case(run: Run) -> Case:
    """Return the facts of a run, if they still are what they were."""
    case = load_case(case_folder(run.config["case"]["path"]))
    if case.checksum != run.manifest["case"]["checksum"]:
        raise InputError(f"the facts in {case.folder} have changed since {run.folder} was simulated: run it again")
    return case
