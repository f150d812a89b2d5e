"""Pools of invented words for training, in place of the generators' own.

    >>> invent = Inventor(Random(1), taken={"amber"})
    >>> invent.word("adjective") != "amber"
    True

Every word that values are drawn from (names, things, places, settings, and all subjects and values
of scenario B's facts) is replaced by an invented word of the same kind and shape. The language
stays: verbs, small talk, filler, the names of settings and relations. No invented word is a word of
the generators' pools, so training never sees a value of an evaluation dataset.

Words made of syllables alone miss tokens that real names have. So once there is a tokenizer, most
words are made of tokens drawn uniformly from its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from random import Random


def _listed(text: str, blanks: int = 0) -> tuple[str, ...]:
    return (*text.split(), *([""] * blanks))


# Repeated entries are drawn more often, as in English.
_ONSETS = _listed(
    "b c d f g h j k l m n p r s t v w b c d f g h l m n p r s t v w b c d g l m n p r s t"
    " bl br ch cl cr dr fl fr gl gr ph pl pr qu sc sh sk sl sm sn sp squ st str sw th tr y z tw wh"
)
_NUCLEI = _listed("a e i o u a e i o u a e i o u a e i o ai ea ee ie oo ou")
_INNER_CODAS = _listed("n r l s m t n r l d g c b p ck ll nd st ss rn rt tt", 22)
_CODAS = _listed(
    "b ck ct d ft g k l ld ll lt m mp n nd ng nk nt p r rd rk rm rn rt s sh sk ss st t tch"
    " th x n r l s t d m n r l n r t s",
    12,
)
_ENDINGS = {
    "first": _listed(
        "a e o y i us as is in an en on el er ian ine ette ina ara elle ice old win ard mund ric",
        16,
    ),
    "last": _listed(
        "er en on ham ton ley man son berg strom ski well field worth ing by ard ell ock ridge"
        " ville wood croft brook gate ini etti quist more land stone house feld stein ov ova",
        30,
    ),
    "place": _listed("", 1),
    "adjective": _listed("y ed en al ic ous ish ern ine ar id le ow", 12),
    "noun": _listed(
        "er et le el on ow ock in ard ment board case box stick book pot ette age or", 12
    ),
    "syllable": _listed("", 1),
}
_SYLLABLES = {
    "first": (1, 1, 2, 2),
    "last": (1, 2, 2, 3),
    "place": (1, 1, 1, 2),
    "adjective": (1, 1, 2),
    "noun": (1, 1, 2, 2),
    "syllable": (1,),
}
# Words in subjects and values of facts that are part of the language.
_SMALL = frozenset(_listed("the of in and on at for to de la le von van da del dr st mt a an by"))
# Share of words made of tokens, and the longest token (with its space) for that.
_PIECED = 0.65
_LONGEST_PIECE = 6
_WORD = re.compile(r"[^\W\d_]+|\d+")
_KINDS = {
    "first_names": "first",
    "last_names": "last",
    "adjectives": "adjective",
    "nouns": "noun",
    "place_stems": "place",
    "place_endings": "syllable",
}


class Inventor:
    """Invent words that are new and not taken.

    Args:
        rng: Source of randomness.
        taken: Lower-case words to avoid.
        vocabulary: Tokens to make words of.
    """

    def __init__(self, rng: Random, taken: Iterable[str], vocabulary: Iterable[str] = ()) -> None:
        self._rng = rng
        self._taken = set(taken)
        # Where a word starts, in the middle of a sentence ("Ġ" is the space before it) …
        tokens = [token for token in vocabulary if len(token) <= _LONGEST_PIECE]
        starts = [token[1:] for token in tokens if token[0] == "Ġ" and token[1:].isalpha()]
        self._starts = {
            capital: [
                piece for piece in starts if piece.isascii() and piece[0].isupper() == capital
            ]
            for capital in (False, True)
        }
        # … and how it goes on.
        self._pieces = [t for t in tokens if t.isascii() and t.isalpha() and t.islower()]

    def word(self, kind: str, longest: int = 14, capital: bool = False) -> str:
        """Invent a lower-case word; `capital` says whether it will be capitalised."""
        rng = self._rng
        while True:
            if self._pieces and rng.random() < _PIECED:
                word = self._pieced(kind, capital)
                if 2 <= len(word) <= longest and word not in self._taken:
                    self._taken.add(word)
                    return word
                continue
            ending, last = rng.choice(_ENDINGS[kind]), rng.choice(_SYLLABLES[kind]) - 1
            word = "".join(
                rng.choice(_ONSETS if at or rng.random() < 0.85 else ("",))
                + rng.choice(_NUCLEI)
                + rng.choice(_INNER_CODAS if at < last or ending else _CODAS)
                for at in range(last + 1)
            )
            if ending[:1] in "aeiouy" and word[-1] in "aeiouyw":
                word = word.rstrip("aeiouyw") or word
            word += ending
            if 3 <= len(word) <= longest and word not in self._taken:
                self._taken.add(word)
                return word

    def _pieced(self, kind: str, capital: bool) -> str:
        rng = self._rng
        count = rng.choice(_SYLLABLES[kind]) + (rng.random() < 0.4)
        rest = [rng.choice(self._pieces) for _ in range(count)]
        # The end of a place's name has no space before it.
        start = rng.choice(self._starts[capital]) if kind != "syllable" else ""
        return (start + "".join(rest)).lower()

    def number(self, digits: str) -> str:
        """Invent a number with as many digits, without a leading zero."""
        size = len(digits)
        while True:
            number = str(self._rng.randrange(10 ** (size - 1) if size > 1 else 0, 10**size))
            if number not in self._taken or size < 3:
                self._taken.add(number)
                return number

    def code(self, letters: str) -> str:
        """Invent a code of as many capital letters."""
        while True:
            code = "".join(self._rng.choice("ABCDEFGHIJKLMNOPRSTUVWZ") for _ in letters)
            if code.lower() not in self._taken or len(code) < 2:
                self._taken.add(code.lower())
                return code


def evaluation_words() -> frozenset[str]:
    """Return all words, in lower case, that evaluation datasets draw values from."""
    folder = files("generators").joinpath("words")
    names = [*(f"{name}.txt" for name in _KINDS), "setting_words.txt", "facts.csv"]
    texts = (folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def write_pools(folder: Path, seed: int, vocabulary: Iterable[str] = ()) -> Path:
    """Write a full set of word files with invented words, for `pools.read_words_from`.

    Args:
        folder: Created if missing.
        seed: Seed of the words.
        vocabulary: Tokens to make words of; empty before there is a tokenizer.

    Returns:
        The folder.
    """
    rng = Random(f"training words:{seed}")
    invent = Inventor(rng, evaluation_words(), sorted(vocabulary))
    folder.mkdir(parents=True, exist_ok=True)
    for entry in files("generators").joinpath("words").iterdir():
        name, text = entry.name.partition(".")[0], entry.read_text(encoding="utf-8")
        if name in _KINDS:
            text = _pool(invent, rng, name, text)
        elif name == "setting_words":
            text = _setting_words(invent, text)
        elif name == "facts":
            text = _facts(invent, text)
        folder.joinpath(entry.name).write_text(text, encoding="utf-8")
    return folder


def _pool(invent: Inventor, rng: Random, name: str, text: str) -> str:
    words = []
    for word in text.split():
        # Short given names for scenario E, which takes no others.
        longest = 6 if name == "first_names" and rng.random() < 0.6 else 14
        made = invent.word(_KINDS[name], longest, word[0].isupper())
        words.append(made.capitalize() if word[0].isupper() else made)
    return "\n".join(words) + "\n"


def _setting_words(invent: Inventor, text: str) -> str:
    lines = []
    for line in text.splitlines():
        name, _, cells = line.partition(":")
        if line.startswith("#"):
            lines.append(line)
            continue
        kind = "syllable" if name in ("onset", "coda") else "noun"
        made = [invent.word(kind, capital=name == "face") for _ in cells.split("|")]
        if name == "coda":
            made = [f"{word}{'aeiou'[at % 5]}" for at, word in enumerate(made)]
        if name == "face":
            made = [word.capitalize() for word in made]
        lines.append(f"{name}: {' | '.join(made)}")
    return "\n".join(lines) + "\n"


def _facts(invent: Inventor, text: str) -> str:
    """Replace each word and number of subjects and values, consistently, by an invented one."""
    known: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word.lower() in _SMALL:
            return word
        if word not in known:
            if word.isdigit():
                made = invent.number(word)
            elif word.isupper() and len(word) <= 3:
                made = invent.code(word)
            else:
                made = invent.word("last" if word[0].isupper() else "noun", 14, word[0].isupper())
                made = made.capitalize() if word[0].isupper() else made
            known[word] = made
        return known[word]

    header, *lines = text.splitlines()
    made = []
    for line in lines:
        relation, comma, rest = line.partition(",")
        made.append(f"{relation}{comma}{_WORD.sub(replaced, rest)}")
    return "\n".join([header, *made]) + "\n"
