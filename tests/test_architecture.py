"""The house: imports point one way, each library has its one door, no file grows long."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SIM = ROOT / "sim"

# A module imports only from those above it. Modules of one line never import each other.
LAYERS = """
errors
aside once paths compiled lightmesa
draws config schema
seeds complaints owncase
choicefiles
compose geography newcase
population
blocks
rules
areas effects
policies
phases
world recorder
today
array_driver agents
metrics scores
flee
model household
reference
observed
advice
results machine joined columns
records address parameters
store
work
executors
headlines
terminal
views
cells
runner
sweeps
dataset
studies
exports
web
completion about
cli
__main__
"""
LEVEL = {name: level for level, line in enumerate(LAYERS.split("\n")) for name in line.split()}
MODULES = sorted(SIM.rglob("*.py"))


def name_of(path):
    """Return the dotted name of a module inside the package."""
    return ".".join(path.relative_to(SIM).with_suffix("").parts).removesuffix(".__init__")


def imported(path):
    """Return every module that a file imports, wherever in the file; names taken from a package count as modules."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports out, from sim..."
            is_package = node.module == "sim" or (ROOT / node.module.replace(".", "/")).is_dir()
            found |= {f"{node.module}.{alias.name}" if is_package else node.module for alias in node.names}
    return found


def own(path):
    """Return the modules of this package that a file imports, as (top module, rest)."""
    return {tuple(name.split(".")[1:]) for name in imported(path) if name.startswith("sim.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path):
    name = name_of(path).partition(".")[0]
    if path == SIM / "__init__.py":
        return
    assert name in LEVEL, f"{name} has no place yet: add it to LAYERS in {__file__}"
    for other, *_ in own(path):
        assert other == name or LEVEL[other] < LEVEL[name], f"{name} must not import {other}"


@pytest.mark.parametrize("path", sorted((SIM / "phases").glob("[!_]*.py")), ids=name_of)
def test_phases_never_import_each_other(path):
    assert not [other for other in own(path) if other[0] == "phases"]


@pytest.mark.parametrize(
    ("library", "door"),
    [
        ("matplotlib", ("views",)),
        ("hydra", ("choicefiles", "compose")),
        ("omegaconf", ("choicefiles", "compose")),
        ("mesa", ("lightmesa", "web")),
        ("pyarrow", ("results", "joined")),
        ("duckdb", ("dataset",)),
        ("xarray", ("exports",)),
        ("pyogrio", ("exports",)),
        ("argparse", ("cli",)),
        ("solara", ("web",)),
    ],
)
def test_library_has_its_one_door(library, door):
    users = {name_of(path) for path in MODULES if any(name.split(".")[0] == library for name in imported(path))}
    assert {user for user in users if user.partition(".")[0] not in door} == set()


@pytest.mark.parametrize("path", [*MODULES, *(ROOT / "tests").rglob("*.py")], ids=lambda path: path.name)
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["run", "--help"], ["rnu"]])
def test_help_and_mistakes_wait_for_no_library(words):
    code = f"import sys; from sim.cli import main\ntry: main({words!r})\nexcept SystemExit: pass\nprint(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in out.splitlines()[-1].split()}
    assert "argparse" in loaded
    assert not loaded & {"numpy", "pandas", "numba", "mesa", "hydra", "omegaconf", "yaml", "pyarrow", "matplotlib"}


def test_importing_the_package_imports_nothing_else():
    code = "import sys, sim; assert 'numpy' not in sys.modules; sim.load_case; assert 'hydra' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
