"""How one response is scored: pure functions, used by the lm_eval task and by the report alike.

A question asks for a port; the log says 5433 and, for a look-alike host, 5434:

    >>> doc = {"answers": ["5433"], "answerable": True, "query_kind": "single",
    ...        "prior_answers": [], "distractor_answers": ["5434"], "other_answers": []}
    >>> score(doc, "The port is 5433.")  # doctest: +NORMALIZE_WHITESPACE
    {'exact_match': 0.0, 'exact_match_strict': 0.0, 'f1': 0.5, 'contains': 1.0,
     'false_abstained': 0.0}
    >>> outcome(doc, "The port is 5433."), outcome(doc, "5434"), outcome(doc, "unknown")
    ('correct', 'distractor', 'abstained')

`exact_match` and `f1` compare normalised texts and equal SQuAD's official script; `contains` and
`outcome` look for whole tokens (see `hei_nw_tasks.text`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal

from hei_nw_tasks.abstention import abstained
from hei_nw_tasks.text import (
    SPELLED_DATE,
    Tokens,
    mentions,
    normalize,
    split_list,
    values_of,
)

Outcome = Literal[
    "correct", "stale", "distractor", "other_in_world", "out_of_world", "abstained", "empty"
]

# What the exact match of scenario B's kinds of question is called besides.
_EDIT_METRICS = {"direct": "efficacy", "paraphrase": "paraphrase", "locality": "locality"}


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
    rival_values = values_of(rivals) - set().union(*golds)
    named = mentions(response, set().union(*golds) | rival_values)
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
    kinds: dict[Outcome, set[Tokens]] = {
        "stale": values_of(doc["prior_answers"]),
        "distractor": values_of(doc["distractor_answers"]),
        "other_in_world": values_of(doc["other_answers"]),
    }
    golds: set[Tokens] = set().union(*_gold_values(doc["answers"], _is_list(doc)))
    named = mentions(response, golds.union(*kinds.values()))
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
    own = _own_metrics(doc, response)
    if not doc["answerable"]:
        return {"abstained": float(abstained(response)), **own}
    answers = doc["answers"]
    return {
        "exact_match": exact_match(response, answers, is_list=_is_list(doc)),
        "exact_match_strict": exact_match_strict(response, answers),
        "f1": f1(response, answers),
        "contains": contains(response, answers, _rivals(doc), is_list=_is_list(doc)),
        "false_abstained": float(abstained(response)),
        **own,
    }


def _own_metrics(doc: Mapping[str, Any], response: str) -> dict[str, float]:
    """Metrics that only the document's scenario has."""
    if doc.get("scenario") == "B":
        return _of_edits(doc, response)
    if doc.get("scenario") == "C":
        return {"default_guess": default_guess(doc, response)}
    return {}


def default_guess(doc: Mapping[str, Any], response: str) -> float:
    """1.0 if the response names a well-known default of what is asked for, else 0.0.

    What a reader without a memory falls back on: 5432 for a port, bash for a shell. Neither an
    answer, nor part of another value of the world, nor a date counts as one.
    """
    # Not at the top: another package of that name may be found first, which whoever loads a
    # dataset or a run reports before it comes to scoring.
    from generators.service_defaults import SERVICE_DEFAULTS

    stated = values_of([*doc["answers"], *_rivals(doc)])
    defaults = values_of(SERVICE_DEFAULTS.get(doc["asked_slot"], ())) - stated
    return float(bool(mentions(SPELLED_DATE.sub(" ", response), defaults | stated) & defaults))


def stale(response: str, answers: Sequence[str], prior: Iterable[str]) -> float:
    """1.0 if the response names a value that was right before and not the one that is, else 0.0."""
    golds = values_of(answers)
    old = values_of(prior) - golds
    named = mentions(response, golds | old)
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


def harmonic_mean(a: float | None, b: float | None) -> float | None:
    """2ab / (a + b): the headline of answerable exact match and abstention recall.

    0.0 if either is 0, so always abstaining and never abstaining both score nothing; None if either
    is missing.
    """
    if a is None or b is None:
        return None
    return 2 * a * b / (a + b) if a and b else 0.0


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


def _gold_values(answers: Sequence[str], is_list: bool) -> list[set[Tokens]]:
    """The values that each accepted answer names; an answer without a token is left out."""
    named = [
        values_of(split_list(answer)) if is_list else values_of([answer]) for answer in answers
    ]
    return [values for values in named if values]


def _of_edits(doc: Mapping[str, Any], response: str) -> dict[str, float]:
    found: dict[str, float] = {}
    if not doc["answerable"]:
        return found
    if doc["prior_answers"]:
        found["stale"] = stale(response, doc["answers"], doc["prior_answers"])
    if doc["query_kind"] in _EDIT_METRICS:
        found[_EDIT_METRICS[doc["query_kind"]]] = exact_match(response, doc["answers"])
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
