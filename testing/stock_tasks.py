"""Tasks of stock lm_eval over local files: no code of ours has a part in them.

    python testing/stock_tasks.py FOLDER    # writes the YAML and JSON files

Each is shaped like one that everybody runs: `quiz` (a group of two multiple-choice tasks) like
MMLU, `sums` (two filters) like GSM8K, `stories` (several questions to a story) like a reading task
that generates; `words` and `prose` have metrics that are no number of one document, as LAMBADA's
and WikiText's perplexity.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_COLOURS = ["red", "blue", "green", "white", "black", "grey", "brown", "pink"]
_THINGS = ["boat", "cart", "drum", "lamp", "mill", "rope", "sail", "tent", "vase", "well"]
_NAMES = ["Ada", "Ben", "Cleo", "Dov", "Edna", "Finn", "Gwen", "Hugo", "Ines", "Jon"]
_SEED = 11

_HEAD = """\
task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {name}.json}}}}
test_split: test
"""
_CHOICE = """\
output_type: multiple_choice
doc_to_text: "{{question}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nAnswer:"
doc_to_choice: "{{choices}}"
doc_to_target: answer
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
"""
_SUMS = """\
output_type: generate_until
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["Question:", "\\n"], do_sample: false, max_gen_toks: 16}
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    regexes_to_ignore: [",", "(?s).*#### "]
filter_list:
  - name: strict-match
    filter:
      - {function: regex, regex_pattern: "#### (\\\\-?[0-9\\\\.\\\\,]+)"}
      - {function: take_first}
  - name: flexible-extract
    filter:
      - {function: regex, group_select: -1, regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)"}
      - {function: take_first}
metadata: {version: 3.0}
"""
_STORIES = """\
output_type: generate_until
doc_to_text: "{{story}} {{question}}"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n"], do_sample: false, max_gen_toks: 12}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
  - {metric: bleu}
filter_list:
  - {name: stripped, filter: [{function: remove_whitespace}, {function: take_first}]}
metadata: {version: 0.1}
"""
_WORDS = """\
output_type: loglikelihood
doc_to_text: "{{text.split(' ')[:-1]|join(' ')}}"
doc_to_target: "{{' ' + text.split(' ')[-1]}}"
metric_list:
  - {metric: perplexity, aggregation: perplexity, higher_is_better: false}
  - {metric: acc, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
"""
_PROSE = """\
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{page}}"
metric_list:
  - {metric: word_perplexity}
  - {metric: bits_per_byte}
metadata: {version: 2.0}
"""
_QUIZ = """\
group: quiz
task: [quiz_colours, quiz_owners]
aggregate_metric_list:
  - {metric: acc, weight_by_size: true}
metadata: {version: 2}
"""
_TASKS = {
    "quiz_colours": _CHOICE,
    "quiz_owners": _CHOICE,
    "sums": _SUMS,
    "stories": _STORIES,
    "words": _WORDS,
    "prose": _PROSE,
}


def documents() -> dict[str, list[Document]]:
    """The documents of every task, the same every time."""
    draw = random.Random(_SEED)
    pairs = [(name, thing) for name in _NAMES for thing in _THINGS]
    draw.shuffle(pairs)
    return {
        "quiz_colours": [_asked(draw, f"Colour of {n}'s {t}?", _COLOURS) for n, t in pairs[:24]],
        "quiz_owners": [
            _asked(draw, f"Who has {t} {k}?", _NAMES) for k, (_, t) in enumerate(pairs[24:40])
        ],
        "sums": [_sum(draw) for _ in range(30)],
        "stories": [row for k in range(10) for row in _story(draw, k)],
        "words": [{"text": f"{n} took the {t} {draw.choice(_COLOURS)}"} for n, t in pairs[40:52]],
        "prose": [
            {"page": f"{n} has a {t}. It is {colour}."}
            for (n, t), colour in zip(pairs[24:28], _COLOURS[:4], strict=True)
        ],
    }


def write_tasks(folder: Path, *chosen: str) -> None:
    """Writes the YAML files and their documents, for `--include_path` and the working folder.

    Args:
        folder: Made if it is not there.
        chosen: Names of tasks; none stands for all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in chosen or documents():
        rows = documents()[name]
        text = _HEAD.format(name=name) + _TASKS[name]
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{name}.json").write_text(lines, encoding="utf-8")
    if not chosen:
        (folder / "quiz.yaml").write_text(_QUIZ, encoding="utf-8")


def _asked(draw: random.Random, question: str, values: list[str]) -> Document:
    choices = draw.sample(values, 3)
    return {"question": question, "choices": choices, "answer": draw.randrange(3)}


def _sum(draw: random.Random) -> Document:
    a, b = draw.randint(11, 98), draw.randint(11, 98)
    return {"question": f"{a} and {b}?", "answer": f"#### {a + b}"}


def _story(draw: random.Random, number: int) -> list[Document]:
    name, (thing, other) = draw.choice(_NAMES), draw.sample(_THINGS, 2)
    colours = draw.sample(_COLOURS, 2)
    story = f"{name} has a {colours[0]} {thing} and a {colours[1]} {other}."
    asked = [(f"Whose {thing}?", name), (f"What is {colours[1]}?", other), ("First?", thing)]
    return [
        {"story": story, "story_id": f"s{number}", "question": question, "answer": answer}
        for question, answer in asked
    ]


if __name__ == "__main__":
    write_tasks(Path(sys.argv[1]))
