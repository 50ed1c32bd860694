"""The commands: `sim VERB [settings]`. A verb parses, calls one library function, prints where the result lies.

Nothing but argparse is imported before the verb is known, so that help and mistakes answer at once.
"""

import argparse
import contextlib
import gc
import importlib
import os
import shlex
import signal
import sys
from collections.abc import Sequence

import sim
from sim import about
from sim.errors import InputError, WorkerDied, nearest

_MANY = 5_000  # new things, after which Python looks for some to clear away; after 700 it would all through the imports


class Parser(argparse.ArgumentParser):
    """A parser that complains in one sentence."""

    def __init__(self, **options):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str):
        raise InputError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a worker died, 2 wrong input, 130 stopped by the person."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    gc.set_threshold(_MANY)
    with contextlib.suppress(ValueError):  # only the main thread may set it
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that half-written folders are removed
    try:
        code = _dispatch(words)
        sys.stdout.flush()
        return code
    except InputError as error:
        print(f"sim: error: {error}", file=sys.stderr)
        return 2
    except WorkerDied as error:
        print(f"sim: error: {error}; what is finished is kept", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsim: stopped; what is finished is kept, and the same command goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone, as `| head` does
        return 141


def _dispatch(words: list[str]) -> int:
    if words and words[0] in VERBS:
        return VERBS[words[0]](words[1:])
    if words and not words[0].startswith("-"):
        raise InputError(f"there is no command '{words[0]}'{nearest(words[0], VERBS)}; see sim --help")
    parser = Parser(prog="sim", usage="sim VERB [settings]", description=about.ABOUT)
    parser.add_argument("--version", action="version", version=f"onward-sim {sim.__version__}")
    parser.parse_args(words)
    parser.print_help()
    return 0


def _settings_parser(verb: str, text: str) -> Parser:
    parser = Parser(prog=f"sim {verb}", usage=f"sim {verb} [NAME=VALUE ...]", description=text)
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="a setting, such as seed=7")
    return parser


def _folder_and_settings(verb: str, usage: str, text: str, written: str, settings: str, words: list[str]):
    """Read words that name a folder of results, and settings; returns `folder` and `settings`."""
    parser = Parser(prog=f"sim {verb}", usage=f"sim {verb} {usage}", description=text)
    parser.add_argument("folder", metavar=usage.partition(" ")[0], help=f"what {written} has written")
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", help=settings)
    return parser.parse_intermixed_args(words)


def run_verb(words: list[str]) -> int:
    """`sim run`: simulate one scenario, or with -m several."""
    from sim.paths import groups

    listed = "".join(f"  {name + '=':<14}{', '.join(names) or '-'}\n" for name, names in groups().items())
    parser = _settings_parser("run", about.RUN_ABOUT.format(groups=listed))
    parser.add_argument("-m", "--multirun", action="store_true", help="run every combination of the values given")
    parser.add_argument("--dry-run", action="store_true", help="with -m: tell what would be done, how long it takes")
    parser.add_argument("--cfg", choices=["job"], help="print every setting instead of running")
    options = parser.parse_intermixed_args(words)

    if options.dry_run and not options.multirun:
        raise InputError("--dry-run is for sweeps: add -m")
    settings = options.settings
    if options.multirun and not any(word.startswith("output") for word in settings):
        settings = [*settings, "output.pictures=false"]  # they would take longer than the simulations

    from sim.compose import as_yaml, compose, compose_many

    cells = compose_many(settings) if options.multirun else [("", compose(settings))]
    if options.cfg:
        for label, config in cells:
            print(f"# {label}\n" * bool(label) + as_yaml(config))
        return 0
    if cells[0][1].case.format == "flee":
        return _run_conflicts(cells, settings)
    return _run_sweep(cells, settings, options.dry_run) if options.multirun else _run_one(cells[0][1], settings)


def _run_one(config, words: list[str]) -> int:
    """Run one configuration."""
    importlib.import_module("sim.lightmesa")  # first, for Mesa looks through all modules that are there
    from sim.runner import run_one
    from sim.terminal import ProgressBar, run_report

    with contextlib.closing(ProgressBar()) as bar:
        job, run = run_one(config, words, progress=bar)
    print(run_report(run, job.case))
    return 0


def _run_sweep(cells: list, words: list[str], is_dry: bool) -> int:
    """Run several configurations side by side, or only tell what that takes."""
    from sim.sweeps import estimate, plan_sweep, run_sweep
    from sim.terminal import ProgressBar, sweep_report

    sweep = plan_sweep(cells, words)
    if is_dry:
        print(estimate(sweep))
        return 0
    with contextlib.closing(ProgressBar()) as bar:
        for told in sweep_report(sweep, run_sweep(sweep, progress=bar)):
            bar.close()
            print(told)
    return 0


def sweeps_verb(words: list[str]) -> int:
    """`sim sweeps`: list sweeps and how far they are."""
    parser = Parser(prog="sim sweeps", description="List the sweeps in a folder: what is done, has failed, is left.")
    parser.add_argument("folder", metavar="DIR", nargs="?", default="results", help="where to look; else in results")
    folder = parser.parse_args(words).folder

    from sim.sweeps import find_sweeps
    from sim.terminal import sweeps_report

    print(sweeps_report(find_sweeps(folder), folder))
    return 0


def _run_conflicts(cells: list, words: list[str]) -> int:
    """Run one directory in Flee's format, or several."""
    from sim.studies.conflict import conflict_report, run_conflicts
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        for label, run, case in run_conflicts(cells, words, progress=bar):
            bar.close()
            print(conflict_report(run, case, label))
    return 0


def compare_verb(words: list[str]) -> int:
    """`sim compare`: tell what scenarios change against one of them."""
    usage = "sim compare scenarios=[A,B] [NAME=VALUE ...]"
    parser = Parser(prog="sim compare", usage=usage, description=about.COMPARE_ABOUT)
    parser.add_argument("settings", nargs="+", metavar="NAME=VALUE", help="a setting, such as replicates=3")
    settings = parser.parse_intermixed_args(words).settings

    from sim.studies.compare import compare
    from sim.terminal import ProgressBar, comparison_report

    with contextlib.closing(ProgressBar()) as bar:
        comparison = compare(settings, progress=bar)
    print(comparison_report(comparison))
    return 0


def validate_verb(words: list[str]) -> int:
    """`sim validate`: score the model against what was published."""
    parser = _settings_parser("validate", about.VALIDATE_ABOUT)
    settings = parser.parse_intermixed_args(words).settings

    from sim.paths import shown
    from sim.studies.validate import validate
    from sim.studies.validation import told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        found = validate(settings, progress=bar)
    print(told(found) if hasattr(found, "cases") else f"page       {shown(found)}")
    return 0


def calibrate_verb(words: list[str]) -> int:
    """`sim calibrate`: fit parameters to the counts marked calibration."""
    settings = _settings_parser("calibrate", about.CALIBRATE_ABOUT).parse_intermixed_args(words).settings

    from sim.studies.calibrate import calibrate
    from sim.studies.calibration import told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        folder = calibrate(settings, progress=bar)
    print(told(folder))
    return 0


def sensitivity_verb(words: list[str]) -> int:
    """`sim sensitivity`: tell which parameters move which outcome."""
    settings = _settings_parser("sensitivity", about.SENSITIVITY_ABOUT).parse_intermixed_args(words).settings

    from sim.studies.sensitivity import sensitivity, told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        folder = sensitivity(settings, progress=bar)
    print(told(folder))
    return 0


def export_verb(words: list[str]) -> int:
    """`sim export`: write results in the format of other tools."""
    usage, written = "DIR [format=NAME] [out=PLACE]", "`sim run`, `sim run -m` or `sim compare`"
    options = _folder_and_settings("export", usage, about.EXPORT_ABOUT, written, "format, tables or out", words)

    from sim.exports import export
    from sim.paths import shown

    print(f"export     {shown(export(options.folder, options.settings))}")
    return 0


def question_verb(words: list[str]) -> int:
    """`sim question`: tell what a sweep says of its options."""
    usage, written, settings = "DIR [NAME=VALUE ...]", "`sim run -m`", "a setting, such as outcomes=[a,b]"
    options = _folder_and_settings("question", usage, about.QUESTION_ABOUT, written, settings, words)

    from sim.studies.question import question, told

    print(told(question(options.folder, options.settings)))
    return 0


def report_verb(words: list[str]) -> int:
    """`sim report`: write the page of a finished comparison or run, or one that explores levers."""
    usage = "sim report DIR [--pdf] [--svg] | sim report [DIR] --explore [NAME=VALUE ...]"
    parser = Parser(prog="sim report", usage=usage, description=about.REPORT_ABOUT)
    parser.add_argument("words", nargs="*", metavar="DIR", help="what `sim compare` or `sim run` has written")
    parser.add_argument("--pdf", action="store_true", help="print the page into report.pdf, too")
    parser.add_argument("--svg", action="store_true", help="draw each picture as SVG, too, for print and poster")
    parser.add_argument("--explore", action="store_true", help="write explore.html: runs over a grid of levers")
    options = parser.parse_intermixed_args(words)

    from sim.paths import shown
    from sim.studies.report import reports
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        for what, path in reports(options.words, options.pdf, options.svg, options.explore, progress=bar):
            bar.close()
            print(f"{what:<11}{shown(path)}")
    return 0


def explain_verb(words: list[str]) -> int:
    """`sim explain`: tell why people are in a place, or why a household went where it went."""
    usage, settings = "RUN location=NAME [day=N] | household=N", "location, day, household, seed"
    options = _folder_and_settings("explain", usage, about.EXPLAIN_ABOUT, "`sim run`", settings, words)

    from sim.studies.explain import explain, read_words
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        found = explain(options.folder, **read_words(options.settings), progress=bar)
    print(found.text)
    return 0


def check_verb(words: list[str]) -> int:
    """`sim check`: read the facts of a case and tell what they hold; exit 2 where they contradict each other."""
    parser = _settings_parser("check", "Read the facts of a case, tell what they hold and look for mistakes.")
    settings = parser.parse_intermixed_args(words).settings

    from sim.compose import compose
    from sim.runner import read_case
    from sim.terminal import case_report

    config = compose(settings)
    if config.case.format == "flee":
        return _check_conflict(config)
    case, findings = read_case(config)
    print("\n".join([case_report(case), *findings]))
    mistakes = sum(finding.startswith("error:") for finding in findings)
    if mistakes:
        raise InputError(f"{case.folder} has {mistakes} mistake{'s' * (mistakes > 1)}")
    print(f"No mistake found. Next: {shlex.join(['sim', 'run', *settings])}")
    return 0


def new_case_verb(words: list[str]) -> int:
    """`sim new-case`: write a small case to begin with."""
    parser = Parser(prog="sim new-case", usage="sim new-case DIR", description=about.NEW_CASE_ABOUT)
    parser.add_argument("folder", metavar="DIR", help="a new folder; its name is the name of the case")
    folder = parser.parse_args(words).folder

    from sim.newcase import new_case
    from sim.paths import shown

    print(about.NEW_CASE_NEXT.format(folder=shown(new_case(folder))))
    return 0


def _check_conflict(config) -> int:
    from sim.studies.conflict import check_report, read_conflict

    print(check_report(read_conflict(config)))
    print("No mistake found.")
    return 0


def scenarios_verb(words: list[str]) -> int:
    """`sim scenarios`: list the scenarios with their stories and measures."""
    Parser(prog="sim scenarios", description="List the scenarios with their stories and measures.").parse_args(words)

    from sim.compose import compose
    from sim.paths import groups
    from sim.terminal import scenario_report

    print("\n\n".join(scenario_report(compose([f"scenario={name}"])) for name in groups()["scenario"]))
    return 0


def web_verb(words: list[str]) -> int:
    """`sim web`: serve the class app on this machine."""
    parser = Parser(prog="sim web", usage="sim web [NAME=VALUE ...] [--port N] [--mesa]", description=about.WEB_ABOUT)
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="how a page begins, such as seed=7")
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="the port on 127.0.0.1; 8765 if not said")
    parser.add_argument("--mesa", action="store_true", help="the plain model in Mesa's standard viewer instead")
    options = parser.parse_intermixed_args(words)
    if options.mesa and options.settings:
        raise InputError(f"'{options.settings[0]}' cannot be set with --mesa: the viewer has its own inputs")

    from sim.web.serve import serve, serve_mesa

    if options.mesa:
        serve_mesa(options.port)
    else:
        serve(options.settings, options.port)
    return 0


def completion_verb(words: list[str]) -> int:
    """`sim completion bash`: print what makes bash complete commands and settings."""
    parser = Parser(prog="sim completion", description='Put this into ~/.bashrc: eval "$(sim completion bash)"')
    parser.add_argument("shell", choices=["bash", "query"], metavar="bash", help="the shell")
    parser.add_argument("line", nargs="?", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(words)

    from sim.completion import BASH, possible_words

    print(BASH if options.shell == "bash" else "\n".join(possible_words(options.line, list(VERBS))))
    return 0


VERBS = {
    "run": run_verb,
    "sweeps": sweeps_verb,
    "compare": compare_verb,
    "validate": validate_verb,
    "calibrate": calibrate_verb,
    "sensitivity": sensitivity_verb,
    "question": question_verb,
    "export": export_verb,
    "report": report_verb,
    "explain": explain_verb,
    "web": web_verb,
    "check": check_verb,
    "new-case": new_case_verb,
    "scenarios": scenarios_verb,
    "completion": completion_verb,
}
