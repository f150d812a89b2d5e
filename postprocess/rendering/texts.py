"""What things are called in reports, the same in Markdown and HTML."""

from __future__ import annotations

OUTCOMES = {
    "correct": "names the answer and no rival; abstains if there is no answer",
    "stale": "names a value that used to be right",
    "distractor": "names the value of a hard negative",
    "other_in_world": "names another value from the log, or only part of a list",
    "out_of_world": "names nothing from the log",
    "abstained": "abstains although there is an answer",
    "empty": "is empty",
    "unfinished": "breaks off while the model reasons",
}
