"""Groups of tasks: what they consist of, and whether pooling their documents is their score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from postprocess.pair.documents import Documents, Measure
from postprocess.reading.rescore import same


def tasks_of(name: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The tasks of a group, and of groups in it; of a task, itself.

    >>> tasks_of("mmlu", {"mmlu": ["stem", "other"], "stem": ["algebra", "anatomy"]})
    ['algebra', 'anatomy', 'other']
    """
    if name not in groups:
        return [name]
    rest = {other: parts for other, parts in groups.items() if other != name}
    return list(dict.fromkeys(task for part in groups[name] for task in tasks_of(part, rest)))


def is_pooled(group: str, parts: Sequence[Documents], measure: Measure) -> bool:
    """Whether lm_eval's score of a group is the mean over the documents of all its tasks.

    It is where the group weights its tasks by size, which is what lm_eval does unless told
    otherwise.
    """
    theirs = parts[0].run.results.results.get(group, {}).get(str(measure))
    if not isinstance(theirs, int | float) or any(measure not in part.scores for part in parts):
        return False
    values = [value for part in parts for value in part.scores[measure].values()]
    return same(float(theirs), math.fsum(values) / len(values))
