"""The words of a study's own behind its verb, told apart from the settings of a run."""

from collections.abc import Sequence

from sim.errors import InputError


def own_words(words: Sequence[str], names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return a study's own settings by name, and the words that are settings of a run."""
    own, others = {}, []
    for word in words:
        name, _, value = word.partition("=")
        if name in own:
            raise InputError(f"'{name}' is set twice")
        if name in names:
            own[name] = value
        else:
            others.append(word)
    return own, others


def number_of(own: dict[str, str], name: str, default: int, low: int) -> int:
    """Return a whole number among a study's own settings."""
    text = own.get(name, str(default))
    if not text.isdecimal() or int(text) < low:
        raise InputError(f"{name} is '{text}', but must be a whole number, {low} or more")
    return int(text)
