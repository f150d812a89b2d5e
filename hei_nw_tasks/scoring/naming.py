"""Which values a response names, and what kind of right or wrong that makes it.

Values are looked for as whole tokens (see `hei_nw_tasks.scoring.text`).

>>> contains("The port is 5433.", ["5433"], ["5434"]), contains("15433", ["5433"], [])
(1.0, 0.0)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from hei_nw_tasks.scoring.abstention import abstained
from hei_nw_tasks.scoring.squad import exact_match
from hei_nw_tasks.scoring.text import SPELLED_DATE, Tokens, mentions, split_list, values_of

Outcome = Literal[
    "correct", "stale", "distractor", "other_in_world", "out_of_world", "abstained", "empty"
]


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
    golds: set[Tokens] = set().union(*_gold_values(doc["answers"], is_list(doc)))
    named = mentions(response, golds.union(*kinds.values()))
    for kind, values in kinds.items():
        if named & (values - golds):
            return kind
    return "other_in_world" if named else "out_of_world"


def stale(response: str, answers: Sequence[str], prior: Iterable[str]) -> float:
    """1.0 if the response names a value that was right before and not the one that is, else 0.0."""
    golds = values_of(answers)
    old = values_of(prior) - golds
    named = mentions(response, golds | old)
    return float(bool(named & old) and not named & golds)


def default_guess(doc: Mapping[str, Any], response: str) -> float:
    """1.0 if the response names a well-known default of what is asked for, else 0.0.

    What a reader without a memory falls back on: 5432 for a port, bash for a shell. Neither an
    answer, nor part of another value of the world, nor a date counts as one.
    """
    # Not at the top: another package of that name may be found first, which whoever loads a
    # dataset or a run reports before it comes to scoring.
    from generators.service_defaults import SERVICE_DEFAULTS

    stated = values_of([*doc["answers"], *rivals(doc)])
    defaults = values_of(SERVICE_DEFAULTS.get(doc["asked_slot"], ())) - stated
    return float(bool(mentions(SPELLED_DATE.sub(" ", response), defaults | stated) & defaults))


def is_list(doc: Mapping[str, Any]) -> bool:
    """Whether the question asks for all of several values."""
    return bool(doc["query_kind"] == "list")


def rivals(doc: Mapping[str, Any]) -> list[str]:
    """The values of the asked kind in the log that are not right."""
    return [*doc["distractor_answers"], *doc["other_answers"], *doc["prior_answers"]]


def _gold_values(answers: Sequence[str], is_list: bool) -> list[set[Tokens]]:
    """The values that each accepted answer names; an answer without a token is left out."""
    named = [
        values_of(split_list(answer)) if is_list else values_of([answer]) for answer in answers
    ]
    return [values for values in named if values]


def _is_correct(doc: Mapping[str, Any], response: str) -> bool:
    if not doc["answerable"]:
        return abstained(response)
    answers, many = doc["answers"], is_list(doc)
    return bool(
        exact_match(response, answers, is_list=many)
        or contains(response, answers, rivals(doc), is_list=many)
    )
