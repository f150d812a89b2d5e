"""Which answers a page shows in full: of each arm and each kind of error, the most instructive.

Of two questions of a kind, the one that is shown already for another arm comes first, then one that
another arm got right, then the earlier one of the dataset. So arms stand side by side, and the same
runs give the same questions.
"""

from __future__ import annotations

from collections.abc import Sequence

from postprocess.comparison.arms import ComparedRun

PER_KIND = 2
MOST_QUESTIONS = 40
# The same two, where a report has many experiments.
FEW_EACH = (1, 12)


def instructive(
    arms: Sequence[ComparedRun], per_kind: int = PER_KIND, most: int = MOST_QUESTIONS
) -> list[str]:
    """Ids of questions, in the order of the dataset.

    Args:
        arms: The runs of an experiment.
        per_kind: Questions for each arm and kind of error.
        most: Questions in all.
    """
    order = list(dict.fromkeys(id_ for arm in arms for id_ in arm.answers))
    right = {
        id_: sum(id_ in arm.answers and arm.answers[id_].outcome == "correct" for arm in arms)
        for id_ in order
    }
    chosen = dict[str, None]()
    # First one question for every arm and kind, then a second: a bound cuts all kinds alike.
    for number in range(1, per_kind + 1):
        for arm in arms:
            for kind in dict.fromkeys(found.outcome for found in arm.answers.values()):
                of_kind = [id_ for id_, found in arm.answers.items() if found.outcome == kind]
                have = sum(id_ in chosen for id_ in of_kind)
                if kind == "correct" or have >= min(number, len(of_kind)) or len(chosen) >= most:
                    continue
                fresh = [id_ for id_ in of_kind if id_ not in chosen]
                chosen[max(fresh, key=lambda id_: right[id_] > 0)] = None
    if not chosen:  # nothing is wrong: the first questions then
        chosen = dict.fromkeys(order[:per_kind])
    return [id_ for id_ in order if id_ in chosen]
