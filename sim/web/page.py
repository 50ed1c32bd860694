"""The page of the app, in Solara: levers, the player, what changes, and a household to follow.

All state of a student stands in the page's own hooks. What the browser sends is checked by `sim.web.setup` before
anything is done with it; a mistake becomes a sentence in the page.
"""

import threading
from dataclasses import dataclass, replace

import solara

from sim.errors import InputError
from sim.web import tables
from sim.web.hall import hall
from sim.web.levers import spec
from sim.web.pair import Pair
from sim.web.setup import Setup, changed, configs, read_file, read_link
from sim.web.worker import MISTAKE, log

_LOOK = 0.3  # seconds between two looks at how far the simulations are
ABOUT = (
    "A model, not a forecast: rows stand for people, many numbers are assumed. Not to be used to predict, select or "
    "stop anybody. Compare A with B; do not believe either alone."
)


@dataclass(frozen=True)
class Asked:
    """What a student has set, what was wrong with the last turn of a lever, and how many turns there were."""

    setup: Setup
    wrong: str = ""
    n_turns: int = 0


@dataclass(frozen=True)
class Made:
    """What is shown of it: the last pair, how far the next one is, and what kept it from being made."""

    pair: Pair | None = None
    said: str = ""
    wrong: str = ""


@solara.component_vue("levers.vue", vuetify=False)
def Levers(spec: dict, event_turn=None, event_open=None, event_reset=None):
    """All levers, as one component: nothing is sent while one moves, only when it rests."""


@solara.component_vue("stage.vue", vuetify=False)
def Stage(pair: str = ""):
    """The player of two runs; it fetches what it plays once and runs in the browser."""


@solara.component_vue("follow.vue", vuetify=False)
def Follow(households: list, chosen: int | None, event_choose=None):
    """Choose a household to follow."""


@solara.component
def Page():
    """Two scenarios side by side."""
    search = solara.use_router().search
    begin = solara.use_memo(lambda: _begin(search), [])
    asked, set_asked = solara.use_state(begin)
    made, set_made = solara.use_state(Made())
    latest = solara.use_ref(begin.setup)

    def try_out(make) -> None:
        """Take over a set-up that can be simulated; tell what is wrong with any other and keep the levers."""
        wrong = ""
        try:
            found = make(latest.current)
            configs(found)
            latest.current = found
        except InputError as problem:
            wrong = str(problem)
        set_asked(lambda old: Asked(latest.current, wrong, old.n_turns + 1))

    setup, pair = asked.setup, made.pair
    _simulate(replace(setup, household=None), set_made)
    levers = solara.use_memo(lambda: spec(setup), [setup])

    solara.Title("onward-sim in class")
    solara.Style(tables.css())
    with solara.Div(classes=["onward"]):
        with solara.Div(classes=["onward-head"]):
            solara.HTML(tag="h1", unsafe_innerHTML="Two policies, the same people, the same luck")
            solara.HTML(tag="p", unsafe_innerHTML=ABOUT, classes=["quiet"])
        with solara.Div(classes=["onward-levers"]):
            Levers(
                spec={**levers, "turn": asked.n_turns},
                event_turn=lambda data: try_out(lambda old: changed(old, *_words(data, "name", "text"))),
                event_open=lambda data: try_out(lambda old: read_file(*_words(data, "text"))),
                event_reset=lambda data: try_out(lambda old: hall().begin),
            )
        with solara.Div(classes=["onward-shown"]):
            _line(asked.wrong or made.wrong, "alert", "alert")
            _line(made.said, "status", "said")
            Stage(pair=pair.key if pair else "")
            if pair:
                _Told(pair, setup, lambda data: try_out(lambda old: changed(old, "household", *_words(data, "text"))))


@solara.component
def _Told(pair: Pair, setup: Setup, choose):
    """What changes from A to B, in tables and stories."""
    with solara.Div(classes=["told"]):
        _Tables(pair, setup, choose)


@solara.component
def _Tables(pair: Pair, setup: Setup, choose):
    """The tables, and the household that is followed."""
    solara.HTML(unsafe_innerHTML=solara.use_memo(lambda: tables.scorecard(pair), [pair]))
    solara.HTML(unsafe_innerHTML=solara.use_memo(lambda: tables.observed(pair), [pair]))
    households = solara.use_memo(lambda: tables.households(pair), [pair])
    solara.HTML(tag="h2", unsafe_innerHTML="Follow a household")
    Follow(households=households, chosen=tables.followed(pair, setup), event_choose=choose)
    solara.HTML(unsafe_innerHTML=tables.story(pair, setup), attributes={"aria-live": "polite"})


def _line(text: str, role: str, style: str) -> None:
    """Show a sentence that a screen reader reads out when it changes."""
    solara.HTML(tag="p", unsafe_innerHTML=tables.escaped(text), attributes={"role": role}, classes=[style])


def _begin(search: str | None) -> Asked:
    """Return the set-up of the link, or the usual one and what is wrong with the link."""
    try:
        setup = read_link(search) if search else hall().begin
        configs(setup)
        return Asked(setup)
    except InputError as problem:
        return Asked(hall().begin, str(problem))


def _words(data: object, *names: str) -> list[str]:
    """Return the texts of a message from the browser, which may hold anything."""
    if not isinstance(data, dict) or not all(isinstance(data.get(name), str) for name in names):
        raise InputError("the browser sent something that is no setting: load the page again")
    return [data[name] for name in names]


def _simulate(setup: Setup, set_made) -> None:
    """Have a set-up simulated, and show the pair when it is there; a newer set-up drops an older one."""
    session = solara.get_kernel_id()

    def start():
        gone = threading.Event()

        def wait() -> None:
            try:
                ticket = hall().ask(session, setup)
                while not ticket.done.wait(_LOOK):
                    if gone.is_set():
                        ticket.drop()
                        return
                    said = _progress(ticket)
                    set_made(lambda old, said=said: replace(old, said=said))
                if gone.is_set() or ticket.dropped:
                    return
                if ticket.error:
                    raise ticket.error
                hall().show(ticket.value)
                set_made(Made(ticket.value))
            except Exception as problem:
                if not isinstance(problem, InputError):
                    log.exception("a page got no result")
                wrong = str(problem) if isinstance(problem, InputError) else MISTAKE
                set_made(lambda old: Made(old.pair, wrong=wrong))

        threading.Thread(target=wait, daemon=True).start()
        return gone.set

    solara.use_effect(start, [setup])


def _progress(ticket) -> str:
    before = hall().worker.place(ticket)
    if before:
        return f"Waiting: {before} before you."
    share = 100 * hall().worker.progress(ticket)
    return f"Simulating: {share:.0f} %. After an installation the first takes twenty seconds more."
