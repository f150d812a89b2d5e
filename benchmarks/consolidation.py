r"""What the suite's consolidator puts into the weights: what is memorised, against what is usable.

    python -m benchmarks.consolidation --pretrained heinw-reader --facts 10 --tokens 20000 \
        --sleep_args rank=0,rate=0.003,batch=4

stores the first facts of a world of scenario A that its questions are about, sleeps, and asks with
the memory off about the facts that it has trained on: up to 40 questions that are made from the
stored texts as the training rows are, leaving out other words, and the suite's own questions.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.utils import simple_parse_args_string

from benchmarks.measuring import Cell, Tables, parser, run
from generators.datasets.source import config_from
from generators.datasets.tables import build
from generators.prompts import INSTRUCTION
from generators.records import World
from hei_nw_tasks.consolidation import SleepSettings, Stored, consolidated
from hei_nw_tasks.consolidation.rows import rows_of
from hei_nw_tasks.memory.protocol import Prompt, SleepBudget
from hei_nw_tasks.memory.recalling import Weights
from hei_nw_tasks.model.heinw import Heinw
from hei_nw_tasks.model.patching import patched

_PROMPT = Prompt(f"{INSTRUCTION}Question: ", "\nAnswer:")
_ASKED = 40
# Question, and all ways to answer it.
Asked = tuple[str, Sequence[str]]


def stored(world: World, facts: int) -> list[Stored]:
    """The events that the world's questions are about."""
    wanted = {id_ for question in world.questions for id_ in question.evidence}
    events = [event for event in world.events if event.event_id in wanted][:facts]
    return [
        Stored(event.event_id, event.text, datetime.combine(event.date, datetime.min.time(), UTC))
        for event in events
    ]


def asked(world: World, facts: Sequence[Stored]) -> tuple[list[Asked], list[Asked]]:
    """Questions made from the texts of facts, and the world's own about them."""
    own: list[Asked] = [
        (row.question, [row.answer])
        for fact in facts
        for row in rows_of(fact.id, fact.text, Random(1))
        if row.question
    ]
    ids = {fact.id for fact in facts}
    suite: list[Asked] = [
        (q.query, q.answers) for q in world.questions if q.evidence and ids >= {*q.evidence}
    ]
    return Random(0).sample(own, min(_ASKED, len(own))), suite


def right(model: Any, questions: Sequence[Asked]) -> str:
    """How many questions are answered as they should be."""
    stop = {"until": ["\n"], "max_gen_toks": 16, "do_sample": False}
    requests = [
        Instance("generate_until", {}, (_PROMPT.of(question), stop), number)
        for number, (question, _) in enumerate(questions)
    ]
    answers = model.generate_until(requests, disable_tqdm=True)
    count = sum(
        answer.strip() in right for answer, (_, right) in zip(answers, questions, strict=True)
    )
    return f"{count} of {len(questions)}"


def measure(options: argparse.Namespace, tables: Tables) -> None:
    """Fill the table."""
    config = config_from("A", {"n": 10, "seed": options.seed, "cue_overlap": "lexical"})
    (world,) = build("A", config).worlds
    facts, previous = stored(world, options.facts), None
    model = Heinw.create_from_arg_obj(
        {"pretrained": options.pretrained}, {"device": "cpu", "batch_size": 16}
    )
    settings = SleepSettings(**simple_parse_args_string(options.sleep_args))
    taken = set[str]()
    with TemporaryDirectory() as scratch:
        for cycle in range(1, options.cycles + 1):
            begun, folder = time.process_time(), Path(scratch) / str(cycle)
            made = consolidated(
                *(facts, model, SleepBudget(options.tokens), folder, _PROMPT),
                cycle=cycle,
                previous=previous,
                settings=settings,
            )
            seconds = time.process_time() - begun
            ((kind, path),) = (made.artefact or {}).items()
            previous = {kind: folder / str(path)}
            taken |= (made.replayed or {}).keys()
            own, suite = asked(world, [fact for fact in facts if fact.id in taken])
            with patched(model.model, Weights(kind, folder / str(path), "", "")):
                row: dict[str, Cell] = {
                    "cycle": cycle,
                    "facts trained on": f"{len(taken)} of {len(facts)}",
                    "memorised: last rows": made.learnt,
                    "own questions right": right(model, own),
                    "the suite's questions right": right(model, suite),
                    "tokens": made.tokens,
                    "tokens per CPU second": (made.tokens or 0) / seconds,
                }
            tables.add("Memorised against usable", row)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the check; return its exit code."""
    made = parser(__doc__)
    made.add_argument("--pretrained", default="heinw-reader")
    made.add_argument("--facts", type=int, default=10)
    made.add_argument("--tokens", type=int, default=20_000, help="of training, in a cycle")
    made.add_argument("--cycles", type=int, default=1)
    made.add_argument("--sleep_args", default="", help="options of the consolidator")
    made.add_argument("--seed", type=int, default=0)
    options = made.parse_args(argv)
    if options.quick:
        options.facts, options.tokens = 2, 600
    return run(measure, options)


if __name__ == "__main__":
    sys.exit(main())
