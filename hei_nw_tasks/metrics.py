"""The registry of metrics: all that is known of each score of a response, and how it is computed.

A question asks for a port; the log says 5433 and, for a look-alike host, 5434:

    >>> doc = {"answers": ["5433"], "answerable": True, "query_kind": "single", "scenario": "A",
    ...        "prior_answers": [], "distractor_answers": ["5434"], "other_answers": []}
    >>> score(doc, "The port is 5433.")  # doctest: +NORMALIZE_WHITESPACE
    {'correct': 1.0, 'exact_match': 0.0, 'exact_match_strict': 0.0, 'f1': 0.5,
     'false_abstained': 0.0}

A new metric is an entry here and the function that computes it; the task YAMLs, the
report and its exports follow, and a test asks for its row in docs/report.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hei_nw_tasks.scoring import naming, squad
from hei_nw_tasks.scoring.correct import abstained, correct
from hei_nw_tasks.scoring.final_answer import final_answer
from hei_nw_tasks.scoring.reading import is_list

Doc: TypeAlias = Mapping[str, Any]
Over = Literal["answerable", "unanswerable", "all"]
# What headlines, verdicts, tests and curves are about.
PRIMARY = "correct"
# Version of the tasks: another one where the same response may score otherwise.
VERSION = "2.0"


@dataclass(frozen=True, slots=True)
class Metric:
    """A score of one response, in [0, 1].

    Attributes:
        name: Key in lm_eval's table, in samples and in reports.
        label: What reports call it.
        meaning: What it is the share of, for docs and report.
        of: Scores a response to a document; None where the document does not have the metric.
        over: Questions that have it.
        scenario: The only scenario that has it; None for all.
        higher_is_better: Whether more is better.
    """

    name: str
    label: str
    meaning: str
    of: Callable[[Doc, str], float | None]
    over: Over = "answerable"
    scenario: str | None = None
    higher_is_better: bool = True

    def applies_to(self, doc: Doc) -> bool:
        """Whether a document is of the scenario and the questions that have this metric."""
        if self.scenario not in (None, doc.get("scenario")):
            return False
        return self.over == "all" or bool(doc["answerable"]) == (self.over == "answerable")


def _correct_of(*kinds: str) -> Callable[[Doc, str], float | None]:
    return lambda doc, said: correct(doc, said) if doc["query_kind"] in kinds else None


def _exact_match(doc: Doc, response: str) -> float:
    return squad.exact_match(final_answer(response).text, doc["answers"], is_list=is_list(doc))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "correct",
            "correct",
            "the final answer names the right value, in whatever words, and no other of the log",
            correct,
        ),
        Metric(
            "exact_match",
            "exact match",
            "SQuAD exact match of the final answer with the best of the accepted answers; for a "
            "list, the same set",
            _exact_match,
        ),
        Metric(
            "exact_match_strict",
            "exact match, to the letter",
            "equal to the letter",
            lambda doc, said: squad.exact_match_strict(said, doc["answers"]),
        ),
        Metric("f1", "F1", "SQuAD token F1", lambda doc, said: squad.f1(said, doc["answers"])),
        Metric(
            "abstained",
            "abstention recall",
            "says that it does not know",
            abstained,
            over="unanswerable",
        ),
        Metric(
            "false_abstained",
            "false abstention",
            "says that it does not know, though the log tells",
            abstained,
            higher_is_better=False,
        ),
        Metric(
            "efficacy",
            "efficacy",
            "`correct` of direct questions for corrected facts",
            _correct_of("direct"),
            scenario="B",
        ),
        Metric(
            "paraphrase",
            "paraphrase",
            "`correct` of other wordings of these questions",
            _correct_of("paraphrase"),
            scenario="B",
        ),
        Metric(
            "locality",
            "locality",
            "`correct` of facts that were left alone",
            _correct_of("locality"),
            scenario="B",
        ),
        Metric(
            "stale",
            "stale rate",
            "names what was right before a correction, and not what is right now",
            lambda doc, said: naming.stale(doc, said) if doc["prior_answers"] else None,
            scenario="B",
            higher_is_better=False,
        ),
        Metric(
            "default_guess",
            "default guess",
            "names the well-known default (5432, bash) of what is asked for",
            naming.default_guess,
            over="all",
            scenario="C",
            higher_is_better=False,
        ),
    )
}


def score(doc: Doc, response: str | None) -> dict[str, float]:
    """All metrics of one response that its document has.

    Args:
        doc: A dataset row (`generators.records.Question` as a dict).
        response: What the model said; None is silence.

    Returns:
        Values in [0, 1] by the names of `METRICS`. Answerable and unanswerable questions share no
        metric of right and wrong, so that neither dilutes the other's mean.
    """
    said = response or ""
    scores = {
        name: metric.of(doc, said) for name, metric in METRICS.items() if metric.applies_to(doc)
    }
    return {name: value for name, value in scores.items() if value is not None}
