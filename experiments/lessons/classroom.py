"""What the lessons share: an outcome by day, a guess beside what came out, a picture where it can be shown."""

from pathlib import Path

import pandas as pd

FOLDER = Path("results") / "lessons"


def by_day(run, outcome: str) -> pd.DataFrame:
    """Return an outcome of a run by date, a column a seed."""
    own = run.series[run.series["outcome"] == outcome]
    return own.pivot(index="date", columns="seed", values="value")


def beside(what: str, guess, value, unit: str = "people") -> None:
    """Print your guess beside what came out."""
    said = "no guess yet" if guess is None else f"you said {_written(guess)}"
    print(f"{what}: {said}, the model says {_written(value)} {unit}".rstrip())


def _written(value) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def show(picture: Path | str) -> None:
    """Show a picture in a notebook; elsewhere, say where it lies."""
    try:
        from IPython import get_ipython
        from IPython.display import Image, display
    except ImportError:
        in_notebook = False
    else:
        in_notebook = get_ipython() is not None
    if in_notebook:
        display(Image(filename=str(picture)))
    else:
        print(f"open this picture: {Path(picture).absolute()}")
