"""Values of the rules onward from a fit that left a conflict out, so that it is validated on what it has not seen."""

from dataclasses import fields, replace
from pathlib import Path

import pandas as pd

from sim.config import Config
from sim.errors import InputError, nearest

VARIANT = "model"  # of the fits in the file, the one that the program itself uses
_COLUMNS = ["variant", "left_out", "name", "value"]


def fitted_without(path: Path | str, config: Config) -> Config:
    """Return a Flee directory's configuration with the values of the fit that left it out.

    Parameters
    ----------
    path
        A CSV table such as `experiments/conflicts.csv`: variant, left_out (folder of the conflict), name, value.
        Names that are no setting of `refuge`, such as scores, are passed over.

    Raises
    ------
    InputError
        Where there is no such table, or no fit in it left this conflict out.
    """
    if config.case.format != "flee" or config.rules != "onward":
        raise InputError("left_out needs a Flee directory and this model's rules: case=flee case.path=DIR rules=onward")
    if not Path(path).is_file():
        raise InputError(f"left_out is '{path}', but there is no such file")
    table = pd.read_csv(path)
    if missing := [name for name in _COLUMNS if name not in table]:
        raise InputError(f"{path} has no column '{missing[0]}'")
    name = Path(config.case.path).resolve().name
    own = table[(table["variant"] == VARIANT) & (table["left_out"] == name)]
    known = {item.name for item in fields(config.refuge)}
    values = {row.name: row.value for row in own.itertuples(index=False) if row.name in known}
    if not values:
        raise InputError(f"{path}: no fit left out '{name}'{nearest(name, sorted(set(table['left_out'])))}")
    return replace(config, refuge=replace(config.refuge, **values))
