"""HTML from nested calls: every text is escaped unless it is markup already."""

from collections.abc import Iterable, Sequence
from html import escape

_EMPTY = {"img", "meta", "br"}


class Markup(str):
    """A piece of HTML, which is not escaped again."""

    __slots__ = ()


def tag(name: str, /, *content, **attributes) -> Markup:
    """Return an element; `class_` stands for `class`, `aria_label` for `aria-label`, and None for no attribute.

    Parameters
    ----------
    content
        Texts, which are escaped; markup; or lists of either.
    """
    pairs = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None)
    head = "".join(f' {key}="{escape(str(value))}"' for key, value in pairs)
    return Markup(f"<{name}{head}>" + ("" if name in _EMPTY else f"{join(content)}</{name}>"))


def join(content: Iterable) -> Markup:
    """Return texts and markup as one piece."""
    return Markup("".join(_piece(part) for part in content))


def _piece(part) -> str:
    if isinstance(part, Markup):
        return part
    return escape(part) if isinstance(part, str) else join(part)


def table(caption: str, head: Sequence, rows: Iterable[Sequence], class_: str | None = None) -> Markup:
    """Return a table that scrolls sideways where it is wider than the page; the first cell of a row is its header.

    Parameters
    ----------
    rows
        Of texts, or of markup: whole cells, such as `tag("td", ...)`, are taken as they are, in the head, too.
    """
    heads = tag("tr", [_cell(text, "th", scope="col") for text in head])
    body = [tag("tr", tag("th", row[0], scope="row"), [_cell(cell) for cell in row[1:]]) for row in rows]
    whole = tag("table", tag("caption", tag("span", caption)), tag("thead", heads), tag("tbody", body), class_=class_)
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _cell(cell, kind: str = "td", **attributes) -> Markup:
    return cell if isinstance(cell, Markup) and cell.startswith(f"<{kind}") else tag(kind, cell, **attributes)


def listed(items: Iterable, class_: str | None = None) -> Markup:
    """Return a list of points."""
    return tag("ul", [tag("li", item) for item in items], class_=class_)
