"""The schedule of a day as a picture, made of the code and the ODD: it cannot show what is not there.

The order is that of the calls in `DisplacementModel.step`, the words are those of the table in section 3 of `ODD.md`.
Written as SVG by hand, so that the same page gives the same bytes everywhere.
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from sim.views.style import BLUE, GREEN, INK, ORANGE, PURPLE, QUIET

PICTURE = "experiments/pictures/schedule.svg"
_SIM = Path(__file__).parents[1]
_WIDTH, _LEFT, _TEXT, _FILES = 980, 70, 262, 760  # px: the page, its boxes, what happens, the files
_LINE, _PADDING, _GAP, _TOP = 17, 11, 12, 84
_LETTERS = 72  # of what happens on a line
KINDS = {  # who acts, by call: (colour, what the legend says)
    "model": (QUIET, "rules, beliefs, records"),
    "theatre": (ORANGE, "the theatre"),
    "west": (BLUE, "host country and its borders"),
    "all": (GREEN, "everywhere"),
    "authorities": (PURPLE, "authorities"),
}
_KIND_OF = {
    "leave_home": "theatre",
    "move_on": "theatre",
    "try_entry": "theatre",
    "leave_west": "west",
    "travel": "all",
    "at_the_border": "west",
    "receive": "all",
    "go_home": "theatre",
    "authorities_look": "authorities",
}


@dataclass
class Phase:
    """One call of the day: its name, what happens in it, and the files that say how."""

    call: str
    what: str
    files: list[str]


def phases() -> list[Phase]:
    """Return the calls of a day in the order of the code, each with its row of the ODD."""
    odd = (_SIM / "ODD.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| `(\w+)` \| (.*?) \| (.*?) \|$", odd, re.M)
    known = {call: Phase(call, what, re.findall(r"`sim/([\w/]+)\.py`", files)) for call, what, files in rows}
    return [known[call] for call in _calls()]


def _calls() -> list[str]:
    tree = ast.parse((_SIM / "model.py").read_text(encoding="utf-8"))
    (step,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "step")
    values = [node.value for node in step.body if isinstance(node, (ast.Expr, ast.Assign))]
    return [value.func.attr for value in values if isinstance(value, ast.Call)]


def schedule_svg() -> str:
    """Return the picture as the text of an SVG file."""
    parts, y = [], _TOP
    middles = []
    for i, phase in enumerate(phases()):
        lines = textwrap.wrap(phase.what.replace("`", ""), _LETTERS, break_on_hyphens=False)
        height = _LINE * max(len(lines), len(phase.files), 1) + 2 * _PADDING - 4
        parts += _box(i + 1, phase, lines, y, height)
        middles.append(y + height / 2)
        y += height + _GAP
    parts += _arrows(middles, y)
    bottom = y + 62
    legend = _legend(y + 40)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom}" width="{_WIDTH}" height="{bottom}" '
        'font-family="DejaVu Sans, Verdana, sans-serif" role="img">',
        "<title>The schedule of a day</title>",
        f'<rect width="{_WIDTH}" height="{bottom}" fill="white"/>',
        _text(24, 34, "The schedule of a day", 20, INK, bold=True),
        _text(24, 58, "Calls of DisplacementModel.step in their order: what happens, and the files that say how", 12.5),
    ]
    return "\n".join([*head, *parts, *legend, "</svg>", ""])


def write_schedule(path: Path | str) -> Path:
    """Write the picture and return its path."""
    Path(path).write_text(schedule_svg(), encoding="utf-8", newline="\n")
    return Path(path)


def _text(x: float, y: float, words: str, size: float, colour=QUIET, bold=False, mono=False) -> str:
    extra = ' font-weight="bold"' * bold + ' font-family="DejaVu Sans Mono, monospace"' * mono
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}"{extra}>{escape(words)}</text>'


def _box(number: int, phase: Phase, lines: list[str], y: float, height: float) -> list[str]:
    colour, first = KINDS[_KIND_OF.get(phase.call, "model")][0], y + _PADDING + 9
    width = _WIDTH - _LEFT - 24
    return [
        f'<rect x="{_LEFT}" y="{y:g}" width="{width}" height="{height:g}" rx="5" fill="{colour}" fill-opacity="0.09" '
        f'stroke="{colour}" stroke-width="1"/>',
        f'<rect x="{_LEFT}" y="{y:g}" width="6" height="{height:g}" fill="{colour}"/>',
        _text(_LEFT + 18, first, str(number), 12.5, INK, bold=True),
        _text(_LEFT + 44, first, phase.call, 12, INK, bold=True, mono=True),
        *(_text(_TEXT, first + _LINE * i, line, 11, INK) for i, line in enumerate(lines)),
        *(_text(_FILES, first + _LINE * i, name, 10.5, mono=True) for i, name in enumerate(phase.files)),
    ]


def _arrows(middles: list[float], end: float) -> list[str]:
    """Draw the way down the day, and the way back to the next morning."""
    x, top, bottom = 34, middles[0], middles[-1]
    path = f"M {_LEFT} {bottom:g} H {x} V {top:g} H {_LEFT - 9}"
    tip = f"M {_LEFT - 9} {top - 5:g} L {_LEFT - 1} {top:g} L {_LEFT - 9} {top + 5:g} Z"
    words = "the next day: stocks, arrivals by home, hope, what authorities decided"
    middle = (top + bottom) / 2
    return [
        f'<path d="{path}" fill="none" stroke="{QUIET}" stroke-width="1.5"/>',
        f'<path d="{tip}" fill="{QUIET}"/>',
        f'<text transform="translate({x - 10} {middle:g}) rotate(-90)" text-anchor="middle" font-size="11" '
        f'fill="{QUIET}">{escape(words)}</text>',
    ]


def _legend(y: float) -> list[str]:
    parts, x = [], _LEFT
    for colour, words in KINDS.values():
        parts += [f'<rect x="{x}" y="{y - 10:g}" width="12" height="12" fill="{colour}" fill-opacity="0.7"/>']
        parts += [_text(x + 18, y, words, 11)]
        x += 44 + round(6.3 * len(words))
    return parts
