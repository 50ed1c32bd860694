"""The commands: `sim VERB [settings]`. A verb parses, calls one library function, prints where the result lies.

Nothing but argparse is imported before the verb is known, so that help and mistakes answer at once.
"""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence

import sim
from sim.errors import InputError, WorkerDied, nearest

ABOUT = """Simulate displacement household by household, and see what another policy would have changed.

  sim run                                    what happened, every household, into results/
  sim run population=tiny seed=7             a quick try: one household in 400
  sim run scenario=NAME replicates=3 out=DIR another scenario, three replicates, into DIR
  sim compare scenarios=[a,b] replicates=3   what b changes against a, for whom, and how sure that is
  sim validate                               how near the model comes to what was published
  sim calibrate parameters=[a,b]             which values make the counts for calibration come out
  sim sensitivity parameters=[a,b]           which parameters move which outcome
  sim sweeps                                 the sweeps made with `sim run -m`, and how far they are
  sim report DIR                             the page of a finished comparison or run, written anew
  sim scenarios                              the scenarios and their stories
  sim check                                  read the facts of a case and look for mistakes

  sim run --help                             everything that can be set
  eval "$(sim completion bash)"              complete settings with the tab key
"""

RUN_ABOUT = """Simulate a scenario and write its tables, summary and pictures into a folder.

Choose one of each group, as in `population=tiny`:
{groups}
Set anything else by its name; most used are:
  seed=7                         the first replicate's seed; the others take the next numbers
  replicates=3                   how often the scenario is simulated
  behaviour=posterior            each replicate with its own parameter set; posterior=FILE, vary=chance or parameters
  days=90                        how many days of the case
  out=results/mine               where the results go
  initial=register               people in the host country: article or register
  policy=[a,b]                   other measures than the scenario's
  policy.NAME.first_day=2020-02-10
  behaviour.onward_rate=0.02     `sim run --cfg job` prints them all
  policies=DIR                   look for policy files in DIR, too
  output.csv=true                write the tables as CSV, too
  executor.workers=2             at most so many processes; executor=slurm or dask: other machines
  threads=1                      at most so many threads; the results are the same
  check=true                     count every person on every day while running

Several runs at once, each into a folder of its own, without pictures unless output.pictures=true is said:
  sim run -m seed=1,2,3 population=tiny
  sim run -m seed=1,2,3 population=tiny --dry-run   how many runs, how long, how much disk
  sim run -m 'scenario=glob(*)' 'behaviour.onward_rate=range(0.01,0.04,0.01)' out=results/sweep
"""

COMPARE_ABOUT = """Simulate scenarios for the same people with the same luck, and tell what differs from the baseline.

  sim compare scenarios=[border_never_opened,open_to_idlib] baseline=as_it_happened replicates=3
  sim compare scenarios=all baseline=as_it_happened population=class
  sim compare scenarios=[a,a+measure,a~measure]  with a measure more, without one of its own
  sim compare scenarios=[a,a+mine] policies=DIR  where DIR holds your own mine.yaml
  sim compare runs=[DIR1,DIR2] baseline=DIR1     finished runs of the same seeds

  baseline=NAME                  with which the others are compared; the first, if not said
  replicates=3                   how many pairs of runs; from two on, intervals are told
  out=results/mine               where tables, pictures and each scenario's run folder go
All other settings are those of `sim run`. Runs that are finished already are not simulated again.
"""


VALIDATE_ABOUT = """Hold the model against what was published, and against naive forecasts.

  sim validate population=class              the crisis, beside its published counts
  sim validate mode=forecast horizon=30      forecasts from published stocks, 30 days ahead
  sim validate case=flee case.path=[A,B,C]   directories in Flee's format, and one table of all
  sim validate posterior=FILE draws=20       an ensemble of parameter sets by their weights, three seeds each
  sim validate case=flee case.path=[A,B] left_out=FILE   each with the values of the fit that left it out
  sim validate folders=[DIR,...] page=FILE.md   the page of finished validations

  replicates=20                  seeds of each parameter set; a 90 % band needs 19 runs in all
  out=results/mine               where scores, tables, pictures and the page go
All other settings are those of `sim run`.
"""


CALIBRATE_ABOUT = """Fit parameters to the published counts marked calibration, and to no others.

  sim calibrate parameters=[onward_rate,leave_max,distance_cost] population=class
  sim run behaviour=posterior posterior=DIR/posterior.csv replicates=20    with what the fit leaves open

  parameters=[A,B]               what is fitted; priors and tolerances stand in conf/calibration.yaml
  trials=300                     parameter sets that are tried
  method=cmaes                   or tpe (both Optuna), or abc (pyABC: a posterior from the whole prior)
  sets=50                        parameter sets of the ensemble
  replicates=3                   seeds, that is samples of households, over which each set is averaged
  priors=FILE                    other priors and tolerances
  out=results/mine               where tables and pictures go; a killed fit goes on where it stood
All other settings are those of `sim run`.
"""

SENSITIVITY_ABOUT = """Vary parameters over their priors, and tell which of them move which outcome.

  sim sensitivity parameters=[onward_rate,leave_max,give_up] population=class
  sim sensitivity method=sobol samples=1024 parameters=[onward_rate,leave_max] outcomes=[displaced,open_air]
  sim sensitivity method=discover scenarios=[a,b] outcome=displaced parameters=[onward_rate,leave_max]

  method=morris                  screening; sobol: shares of variance; discover: when is scenario a better than b
  samples=10                     trajectories (morris), base samples (sobol: 64), points (discover: 200)
  outcomes=[A,B]                 what is looked at; with discover outcome=A
  better=less                    with discover: a is better where the outcome is less, or more
  priors=FILE                    other bounds than those of conf/calibration.yaml
  out=results/mine               where tables and pictures go; a killed study goes on where it stood
All other settings are those of `sim run`.
"""


class Parser(argparse.ArgumentParser):
    """A parser that complains in one sentence."""

    def __init__(self, **options):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str):
        raise InputError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a worker died, 2 wrong input, 130 stopped by the person."""
    words = list(sys.argv[1:] if arguments is None else arguments)
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
    parser = Parser(prog="sim", usage="sim VERB [settings]", description=ABOUT)
    parser.add_argument("--version", action="version", version=f"onward-sim {sim.__version__}")
    parser.parse_args(words)
    parser.print_help()
    return 0


def _settings_parser(verb: str, about: str) -> Parser:
    parser = Parser(prog=f"sim {verb}", usage=f"sim {verb} [NAME=VALUE ...]", description=about)
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="a setting, such as seed=7")
    return parser


def run_verb(words: list[str]) -> int:
    """`sim run`: simulate one scenario, or with -m several."""
    from sim.paths import groups

    listed = "".join(f"  {name + '=':<14}{', '.join(names) or '-'}\n" for name, names in groups().items())
    parser = _settings_parser("run", RUN_ABOUT.format(groups=listed))
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
    parser = Parser(prog="sim compare", usage="sim compare scenarios=[A,B] [NAME=VALUE ...]", description=COMPARE_ABOUT)
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
    parser = _settings_parser("validate", VALIDATE_ABOUT)
    settings = parser.parse_intermixed_args(words).settings

    from sim.schema import shown
    from sim.studies.validate import validate
    from sim.studies.validation import told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        found = validate(settings, progress=bar)
    print(told(found) if hasattr(found, "cases") else f"page       {shown(found)}")
    return 0


def calibrate_verb(words: list[str]) -> int:
    """`sim calibrate`: fit parameters to the counts marked calibration."""
    settings = _settings_parser("calibrate", CALIBRATE_ABOUT).parse_intermixed_args(words).settings

    from sim.studies.calibrate import calibrate
    from sim.studies.calibration import told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        folder = calibrate(settings, progress=bar)
    print(told(folder))
    return 0


def sensitivity_verb(words: list[str]) -> int:
    """`sim sensitivity`: tell which parameters move which outcome."""
    settings = _settings_parser("sensitivity", SENSITIVITY_ABOUT).parse_intermixed_args(words).settings

    from sim.studies.sensitivity import sensitivity, told
    from sim.terminal import ProgressBar

    with contextlib.closing(ProgressBar()) as bar:
        folder = sensitivity(settings, progress=bar)
    print(told(folder))
    return 0


def report_verb(words: list[str]) -> int:
    """`sim report`: write the page of a finished comparison or run."""
    about = "Write report.html, one page with everything, into the folder of a finished comparison or run."
    parser = Parser(prog="sim report", description=about)
    parser.add_argument("folder", metavar="DIR", help="what `sim compare` or `sim run` has written")
    folder = parser.parse_args(words).folder

    from sim.schema import shown
    from sim.studies.report import report

    print(f"report     {shown(report(folder))}")
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
    print("No mistake found.")
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
    "report": report_verb,
    "check": check_verb,
    "scenarios": scenarios_verb,
    "completion": completion_verb,
}
