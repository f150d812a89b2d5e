"""How one response is scored: pure functions, used by the lm_eval task and by the report alike.

A question asks for a port; the log says 5433 and, for a look-alike host, 5434:

    >>> doc = {"answers": ["5433"], "answerable": True, "query_kind": "single",
    ...        "prior_answers": [], "distractor_answers": ["5434"], "other_answers": []}
    >>> score(doc, "The port is 5433.")  # doctest: +NORMALIZE_WHITESPACE
    {'exact_match': 0.0, 'exact_match_strict': 0.0, 'f1': 0.5, 'contains': 1.0,
     'false_abstained': 0.0}
    >>> outcome(doc, "The port is 5433."), outcome(doc, "5434"), outcome(doc, "unknown")
    ('correct', 'distractor', 'abstained')

Two notions of "the same text" are in use, on purpose:

* `normalize` is SQuAD's (Rajpurkar et al., 2016: lower case, no ASCII punctuation, no articles,
  single spaces) and carries `exact_match` and `f1`, so both equal the official script's.
* `contains` and `outcome` look for whole *tokens*, where a hyphen, an apostrophe or a decimal point
  inside a word does not end it: "5433" is in "host:5433", but not in "15433", "5433-b" or "15,433".
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, TypeAlias

Outcome = Literal[
    "correct", "stale", "distractor", "other_in_world", "out_of_world", "abstained", "empty"
]
_Tokens: TypeAlias = tuple[str, ...]

# What the exact match of scenario B's kinds of question is called besides.
_EDIT_METRICS = {"direct": "efficacy", "paraphrase": "paraphrase", "locality": "locality"}

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE_COMMA = re.compile(
    rf"(\b{_MONTH}\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?),(?=\s*\d{{4}}\b)", re.IGNORECASE
)
_SPELLED_DATE = re.compile(rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b", re.IGNORECASE)
_LIST_SEPARATOR = re.compile(r"[,;&\n]|\band\b", re.IGNORECASE)
_TOKEN = re.compile(r"\w+(?:(?:[-'’]|(?<=\d)[.,](?=\d))\w+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def normalize(text: str) -> str:
    """Lower case, without ASCII punctuation, articles and surplus white space, as SQuAD does it.

    >>> normalize("The  Café Lumen!")
    'café lumen'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def split_list(text: str) -> list[str]:
    """The values of an enumeration, in order: split at commas, semicolons, "&", "and", new lines.

    A comma between a month (and day) and its year belongs to the date.

    >>> split_list("Mia Sol, Jo Park and Al Roy"), split_list("May 3, 2024; June 9, 2024")
    (['Mia Sol', 'Jo Park', 'Al Roy'], ['May 3 2024', 'June 9 2024'])
    """
    parts = _LIST_SEPARATOR.split(_DATE_COMMA.sub(r"\1", text))
    return [stripped for part in parts if (stripped := part.strip())]


def exact_match(response: str, answers: Sequence[str], *, is_list: bool = False) -> float:
    """1.0 if the normalised response equals any normalised answer, else 0.0.

    With `is_list` the response is right if it names the same set of values in any order.
    """
    if is_list:
        named = _value_set(response)
        return float(bool(named) and any(named == _value_set(answer) for answer in answers))
    return float(any(normalize(response) == normalize(answer) for answer in answers))


def exact_match_strict(response: str, answers: Sequence[str]) -> float:
    """1.0 if the response, but for white space around it, is an answer to the letter, else 0.0."""
    return float(response.strip() in answers)


def f1(response: str, answers: Sequence[str]) -> float:
    """Highest token F1 over the answers, in [0, 1]; bags of normalised tokens, as in SQuAD 2.0."""
    return max((_token_f1(response, answer) for answer in answers), default=0.0)


def contains(
    response: str, answers: Sequence[str], rivals: Iterable[str], *, is_list: bool = False
) -> float:
    """1.0 if the response names an answer and no rival, else 0.0; only whole tokens count.

    Where one value is part of another ("Lumen" of "Café Lumen"), the longer mention counts. With
    `is_list` all values of one of the answers have to be named.

    Args:
        response: What the model said.
        answers: Accepted answers; with `is_list`, each is an enumeration.
        rivals: Other values of the same type; those that are answers are not rivals.
        is_list: Whether the question asks for all of several values.
    """
    golds = _gold_values(answers, is_list)
    rival_values = _values(rivals) - set().union(*golds)
    named = _mentions(response, set().union(*golds) | rival_values)
    return float(any(gold <= named for gold in golds) and not named & rival_values)


def outcome(doc: Mapping[str, Any], response: str) -> Outcome:
    """What kind of right or wrong the response is; the first line that applies.

    ==============  ================================================================
    empty           has neither a letter nor a digit
    correct         matches exactly or `contains` the answer; unanswerable: abstains
    abstained       says that the answer is not known, although it is
    stale           names a value that was right before
    distractor      names the value of a hard negative
    other_in_world  names another value of the world, or only a part of a list
    out_of_world    anything else
    ==============  ================================================================

    A value counts as named when all its tokens are there; half a name is out of the world.
    """
    if not any(character.isalnum() for character in response):
        return "empty"
    if _is_correct(doc, response):
        return "correct"
    if abstained(response):
        return "abstained"
    kinds: dict[Outcome, set[_Tokens]] = {
        "stale": _values(doc["prior_answers"]),
        "distractor": _values(doc["distractor_answers"]),
        "other_in_world": _values(doc["other_answers"]),
    }
    golds: set[_Tokens] = set().union(*_gold_values(doc["answers"], _is_list(doc)))
    named = _mentions(response, golds.union(*kinds.values()))
    for kind, values in kinds.items():
        if named & (values - golds):
            return kind
    return "other_in_world" if named else "out_of_world"


def score(doc: Mapping[str, Any], response: str) -> dict[str, float]:
    """All metrics of one response; each is in [0, 1].

    Args:
        doc: A dataset row (`generators.records.Question` as a dict).
        response: What the model said.

    Returns:
        Of an answerable question exact_match, exact_match_strict, f1, contains, false_abstained;
        of an unanswerable one only abstained, so that neither dilutes the other's mean. Besides,
        answerable questions of scenario B have stale where there are prior answers, and their exact
        match once more as efficacy (direct questions), paraphrase or locality (unedited facts); all
        questions of scenario C have default_guess.
    """
    own = {"default_guess": default_guess(doc, response)} if doc.get("scenario") == "C" else {}
    if not doc["answerable"]:
        return {"abstained": float(abstained(response)), **own}
    answers = doc["answers"]
    exact = exact_match(response, answers, is_list=_is_list(doc))
    return {
        "exact_match": exact,
        "exact_match_strict": exact_match_strict(response, answers),
        "f1": f1(response, answers),
        "contains": contains(response, answers, _rivals(doc), is_list=_is_list(doc)),
        "false_abstained": float(abstained(response)),
        **own,
        **(_of_edits(doc, response, exact) if doc.get("scenario") == "B" else {}),
    }


def stale(response: str, answers: Sequence[str], prior: Iterable[str]) -> float:
    """1.0 if the response names a value that was right before and not the one that is, else 0.0."""
    golds = _values(answers)
    old = _values(prior) - golds
    named = _mentions(response, golds | old)
    return float(bool(named & old) and not named & golds)


def hot_patch_score(
    efficacy: float | None, paraphrase: float | None, locality: float | None
) -> float | None:
    """Harmonic mean of the three: an edit has to take, in other words too, and change no more.

    The score S of Meng et al. (2022, "Locating and Editing Factual Associations in GPT"), with
    exact match in place of probabilities. 0.0 if any of the three is 0; None if any is missing.

    >>> hot_patch_score(1.0, 0.5, 1.0)
    0.75
    """
    if efficacy is None or paraphrase is None or locality is None:
        return None
    means = (efficacy, paraphrase, locality)
    return 3 / sum(1 / mean for mean in means) if all(means) else 0.0


def paraphrase_consistency(groups: Iterable[Sequence[str]]) -> float | None:
    """How often two wordings of one question get the same response, right or wrong, in [0, 1].

    The share of equal pairs after normalisation, averaged over the groups (Elazar et al., 2021,
    "Measuring and Improving Consistency in Pretrained Language Models"). None without any pair.

    Args:
        groups: Per fact that is asked for, the responses to all its wordings.
    """
    shares = []
    for responses in groups:
        said = [normalize(response) for response in responses]
        equal = [one == other for one, other in combinations(said, 2)]
        if equal:
            shares.append(sum(equal) / len(equal))
    return sum(shares) / len(shares) if shares else None


def default_guess(doc: Mapping[str, Any], response: str) -> float:
    """1.0 if the response names a well-known default of what is asked for, else 0.0.

    What a reader without a memory falls back on: 5432 for a port, bash for a shell. Neither an
    answer, nor part of another value of the world, nor a date counts as one.
    """
    # Not at the top: another package of that name may be found first, which whoever loads a
    # dataset or a run reports before it comes to scoring.
    from generators.service_defaults import SERVICE_DEFAULTS

    stated = _values([*doc["answers"], *_rivals(doc)])
    defaults = _values(SERVICE_DEFAULTS.get(doc["asked_slot"], ())) - stated
    return float(bool(_mentions(_SPELLED_DATE.sub(" ", response), defaults | stated) & defaults))


def harmonic_mean(a: float | None, b: float | None) -> float | None:
    """2ab / (a + b): the headline of answerable exact match and abstention recall.

    0.0 if either is 0, so always abstaining and never abstaining both score nothing; None if either
    is missing.
    """
    if a is None or b is None:
        return None
    return 2 * a * b / (a + b) if a and b else 0.0


def abstained(response: str) -> bool:
    """Whether the response says, and says only, that the answer is not known.

    Every clause has to say so (or apologise, or lead in), none may hedge: "I don't know, Mia" and
    "unknown, but perhaps Mia" are guesses. "none" and "nobody" claim something about the world, and
    silence claims nothing: neither is an abstention.
    """
    plain = response.replace("’", "'")  # normalisation drops only ASCII punctuation
    clauses = [words for part in _CLAUSE_END.split(plain) if (words := normalize(part))]
    claims = [words for words in clauses if not _LEAD_IN.fullmatch(words)]
    return bool(claims) and all(
        not _HEDGE.search(words) and any(pattern.search(words) for pattern in _ABSTENTION)
        for words in claims
    )


# The patterns below read normalised sentences: "don't" is "dont", "n/a" is "na", articles are gone.
_CLAUSE_END = re.compile(r"[.!?;:,\n]+(?:\s|$)")
_LEAD_IN = re.compile(
    r"(?:(?:i am|im) )?(?:very |so )?sorry|(?:my )?apologies|unfortunately"
    r"|(?:final )?answer|(?:according to|based on) .+"
)
_HEDGE = re.compile(
    r"\b(?:but|however|probably|possibly|perhaps|maybe|might|guess|think|believe|likely|although"
    r"|though|except|unless)\b"
)
_NOT = "(?:do not|dont|does not|doesnt|did not|didnt)"
_CANNOT = "(?:cannot|can not|cant|could not|couldnt|(?:am |are |im )?(?:unable|not able) to)"
_UNKNOWN = (
    "(?:unknown|unspecified|undetermined|unanswerable|unavailable"
    "|not (?:known|specified|mentioned|stated|given|provided|available|recorded))"
)
_SOURCE = "(?:log|text|context|passage|question|information)"
_TAIL = f"(?: (?:to me|here|yet|at this time|(?:in|from|by) (?:this |given |provided )?{_SOURCE}))?"
_I = r"^(?:(?:i am |im )?sorry |unfortunately )?(?:i|we)(?: \w+ly)?"
_KNOWLEDGE = "(?:information|knowledge|data|details|record|mention|memory)"
_TOPIC = "(?: (?:available|provided|given|(?:about|on|of) .+))?"
_SCARCE = "(?:no|not enough|insufficient)"
_ABSTENTION = [
    re.compile(pattern)
    for pattern in (
        f"^(?:answer )?(?:{_UNKNOWN}|na|no answer|idk){_TAIL}$",
        rf"\b(?:is|are|was|were|remains|its) (?:currently |still )?{_UNKNOWN}{_TAIL}$",
        rf"{_I} {_NOT}(?: \w+ly)? know\b",
        rf"{_I} {_NOT} have (?:any |enough |sufficient |that |this |such )?{_KNOWLEDGE}\b",
        rf"{_I} {_CANNOT} (?:determine|know|say|tell|answer|find)\b",
        rf"\b{_CANNOT} be (?:determined|known|answered|inferred){_TAIL}$",
        r"^(?:it is |its )?(?:not possible|impossible) to (?:determine|know|say|tell|answer)\b",
        rf"\b{_SOURCE} {_NOT} (?:say|state|mention|specify|provide|give|tell|contain|include)\b",
        rf"^(?:there is |theres |i have |we have )?{_SCARCE} (?:answer|{_KNOWLEDGE}){_TOPIC}$",
    )
]


def _token_f1(response: str, answer: str) -> float:
    said, gold = normalize(response).split(), normalize(answer).split()
    if not said or not gold:
        return float(said == gold)
    shared = (Counter(said) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(gold)
    return 2 * precision * recall / (precision + recall)


def _value_set(text: str) -> set[str]:
    return {value for part in split_list(text) if (value := normalize(part))}


def _tokens(text: str) -> _Tokens:
    """Whole tokens in order, without articles and possessive endings."""
    # Composed form, because a combining accent is no word character and would end the token.
    found = _TOKEN.findall(unicodedata.normalize("NFC", text).lower())
    words = (_POSSESSIVE.sub("", token) for token in found)
    return tuple(word for word in words if not _ARTICLES.fullmatch(word))


def _values(texts: Iterable[str]) -> set[_Tokens]:
    return {tokens for text in texts if (tokens := _tokens(text))}


def _gold_values(answers: Sequence[str], is_list: bool) -> list[set[_Tokens]]:
    """The values that each accepted answer names; an answer without a token is left out."""
    named = [_values(split_list(answer)) if is_list else _values([answer]) for answer in answers]
    return [values for values in named if values]


def _mentions(response: str, values: set[_Tokens]) -> set[_Tokens]:
    """The values named in the response, read from the left, the longest first."""
    tokens, found, at = _tokens(response), set[_Tokens](), 0
    lengths = sorted({len(value) for value in values}, reverse=True)
    while at < len(tokens):
        value = next((v for n in lengths if (v := tokens[at : at + n]) in values), None)
        if value:
            found.add(value)
        at += len(value) if value else 1
    return found


def _of_edits(doc: Mapping[str, Any], response: str, exact: float) -> dict[str, float]:
    found = {}
    if doc["prior_answers"]:
        found["stale"] = stale(response, doc["answers"], doc["prior_answers"])
    if doc["query_kind"] in _EDIT_METRICS:
        found[_EDIT_METRICS[doc["query_kind"]]] = exact
    return found


def _is_list(doc: Mapping[str, Any]) -> bool:
    return bool(doc["query_kind"] == "list")


def _rivals(doc: Mapping[str, Any]) -> list[str]:
    return [*doc["distractor_answers"], *doc["other_answers"], *doc["prior_answers"]]


def _is_correct(doc: Mapping[str, Any], response: str) -> bool:
    scores = score(doc, response)
    if not doc["answerable"]:
        return bool(scores["abstained"])
    return bool(scores["exact_match"] or scores["contains"])
