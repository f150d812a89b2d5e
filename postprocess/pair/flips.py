"""Documents on which two runs disagree, with what was asked and what was answered."""

from __future__ import annotations

import json
from typing import Any

from postprocess.pair.documents import Line, Measure
from postprocess.pair.matching import Matched
from postprocess.schema.pair import Flip

MOST_OF_NUMBERS = 20
LONGEST_PROMPT = 400
LONGEST_ANSWER = 400


def flips(match: Matched, measure: Measure) -> list[Flip]:
    """All documents that just one run got right; of other values, the largest differences."""
    of_a, of_b = match.a.scores[measure], match.b.scores[measure]
    pairs = match.scored(measure)
    binary = all({of_a[i], of_b[j]} <= {0.0, 1.0} for i, j in pairs)
    differing = [(i, j) for i, j in pairs if of_a[i] != of_b[j]]
    if not binary:
        differing.sort(key=lambda pair: -abs(of_a[pair[0]] - of_b[pair[1]]))
        del differing[MOST_OF_NUMBERS:]
    found = []
    for i, j in differing:
        number_a, a = match.a.line(i, measure.filter)
        number_b, b = match.b.line(j, measure.filter)
        found.append(
            Flip(
                doc_id=i,
                doc_hash=a.doc_hash,
                line_a=number_a,
                line_b=number_b,
                prompt=_prompt(a),
                target=str(a.target)[:LONGEST_ANSWER],
                value_a=of_a[i],
                value_b=of_b[j],
                answer_a=answer(a),
                answer_b=answer(b),
            )
        )
    return found


def answer(line: Line) -> str:
    r"""What was scored: the response, or each continuation with its log-likelihood.

    >>> made = dict(doc_id=0, doc={}, target="", filter="none", metrics=[], doc_hash="",
    ...             prompt_hash="", target_hash="")
    >>> answer(Line(**made, filtered_resps=["#### 12"],
    ...             arguments={"gen_args_0": {"arg_0": "5 and 7?", "arg_1": {"until": ["\n"]}}}))
    '#### 12'
    >>> answer(Line(**made, filtered_resps=[["-1.25", "True"], ["-3.5", "False"]],
    ...             arguments={"gen_args_0": {"arg_0": "5 and 7?", "arg_1": " 12"},
    ...                        "gen_args_1": {"arg_0": "5 and 7?", "arg_1": " 13"}}))
    '" 12": -1.25, " 13": -3.5'
    """
    continuations = [_argument(line, n, 1) for n in range(len(line.filtered_resps))]
    if continuations and all(isinstance(one, str) for one in continuations):
        likelihoods = [resp[0] if isinstance(resp, list) else resp for resp in line.filtered_resps]
        text = ", ".join(
            f"{json.dumps(one, ensure_ascii=False)}: {likelihood}"
            for one, likelihood in zip(continuations, likelihoods, strict=True)
        )
    else:
        resps = line.filtered_resps
        first = resps[0] if len(resps) == 1 else resps
        text = first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)
    return text[:LONGEST_ANSWER]


def _prompt(line: Line) -> str:
    """The end of the prompt, which is where a question stands after its demonstrations."""
    prompt = _argument(line, 0, 0)
    return prompt[-LONGEST_PROMPT:] if isinstance(prompt, str) else ""


def _argument(line: Line, request: int, place: int) -> Any:
    found = line.arguments.get(f"gen_args_{request}")
    return found.get(f"arg_{place}") if isinstance(found, dict) else None
