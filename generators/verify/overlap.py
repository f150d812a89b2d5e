"""Which content words two texts share, in whatever form: the proof that a cue is semantic.

    >>> sorted(shared("Who was running to the shops?", "On Monday Ada ran to a shop."))
    ['run', 'shop']
    >>> shared("Who fixed the sunshade?", "Ada mended a parasol at 09:40.")
    frozenset()

Two words are the same if their stems are, or if one begins with the other and that has more than
three letters: "gold" and "golden", "bird" and "birdcage". It counts too much rather than too
little.
"""

from __future__ import annotations

import re
from functools import cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
# Words that say how a sentence is built, not what it is about; in questions and in events.
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a all an and any anyone anything are as at be been by did do does everyone everything for"
        " from had has have he her him his if in into is it its no not now of on once one or out"
        " over she so some someone something than that the their them then there they this those to"
        " up upon was were what when where which who whom whose will with"
    )
)
_ENDINGS = re.compile(r"(?:'s|’s|ings?|ed|es|er|ers|ly|ish|en|s|e)$")
# Forms that no ending leads back from.
_IRREGULAR = {
    **{"bought": "buy", "sold": "sell", "found": "find", "lent": "lend", "lost": "lose"},
    **{"hid": "hide", "hidden": "hide", "ran": "run", "gave": "give", "given": "give"},
    **{"took": "take", "taken": "take", "made": "make", "brought": "bring", "kept": "keep"},
    **{"paid": "pay", "came": "come", "drew": "draw", "drawn": "draw", "fell": "fall"},
    **{"mislaid": "mislay", "held": "hold", "left": "leave", "told": "tell", "known": "know"},
    **{"woollen": "wool", "wooden": "wood"},
}
_SHORTEST, _LONG = 3, 4


def shared(first: str, second: str) -> frozenset[str]:
    """Stems of the content words of the first text that the second has too."""
    others = _content_words(second)
    return frozenset(
        _stem(word) for word in _content_words(first) if any(_same(word, other) for other in others)
    )


@cache
def _content_words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text)) - _STOP_WORDS


@cache
def _stem(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    stem = _ENDINGS.sub("", word)
    if len(stem) < _SHORTEST:
        return word
    if stem[-1] == stem[-2]:
        return stem[:-1]
    return stem[:-1] + "i" if stem[-1] == "y" and len(stem) > _LONG else stem


@cache
def _same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return _stem(one) == _stem(other) or (len(short) >= _LONG and long.startswith(short))
