"""The data dictionary of results against the tables that comparisons write, and against the page about results."""

from pathlib import Path

import pytest
from dictionary import KINDS, kind_of

from sim.columns import columns_of, meaning_of, setting, tables_of

PAGE = (Path(__file__).parents[1] / "results" / "README.md").read_text(encoding="utf-8")
KINDS_OF_FOLDERS = ("run", "sweep", "comparison", "question", "validation", "conflict", "calibration", "sensitivity")


@pytest.mark.parametrize("table", tables_of("comparison"))
def test_dictionary_has_the_columns_of_every_table_of_a_comparison(gate_comparison, table):
    frame, known = gate_comparison.table(table), columns_of("comparison", table)
    assert list(known) == list(frame.columns)
    for name, column in known.items():
        assert kind_of(frame[name]) in KINDS[column.type], f"{table}.{name} is {frame[name].dtype}"


def test_every_table_of_a_comparison_is_in_the_dictionary(gate_comparison):
    assert {path.stem for path in gate_comparison.folder.glob("*.parquet")} == set(tables_of("comparison"))


@pytest.mark.parametrize(
    ("kind", "table"),
    [(kind, table) for kind in ("run", "comparison", "question") for table in tables_of(kind) if table != "summary"],
)
def test_page_about_results_says_what_the_dictionary_says(kind, table):
    names = [name for name in columns_of(kind, table) if name != "seed" or kind != "run"]
    row = f"| `{table}.parquet` | {meaning_of(kind, table)}: {', '.join(names)} |"
    assert row in PAGE.splitlines(), f"results/README.md lacks: {row}"


def test_every_column_has_a_type_and_a_meaning():
    for kind in KINDS_OF_FOLDERS:
        for table in tables_of(kind):
            assert meaning_of(kind, table)
            for column in columns_of(kind, table).values():
                assert column.type in KINDS and len(column.meaning) > 3, f"{table}.{column.name}"


def test_settings_of_behaviour_are_described_as_they_are_declared():
    found = setting("leave_max", "number")
    assert (found.unit, found.meaning) == ("1/day", "quickest leaving")
