"""What to know before reading the numbers of a report."""

from __future__ import annotations

from collections.abc import Sequence

from hei_nw_tasks.scoring.diagnosis import Tally, diagnosis, tally_of
from postprocess.reading.runs import Run
from postprocess.schema.run import Counts, LagBin


def warnings_of(run: Run, counts: Counts, bins: Sequence[LagBin]) -> list[str]:
    """Warnings in plain text, a sentence or two each, the gravest first."""
    found: list[str] = []
    if not counts.complete:
        found.append(
            f"INCOMPLETE: the samples file ends after {counts.rows} of {counts.rows_expected} rows"
            f" ({counts.questions + counts.overflowed} of {counts.questions_expected} questions)."
            " Rows were checked against lm_eval's scores; its means could not be checked."
        )
    if counts.questions_expected < counts.questions_in_dataset:
        found.append(
            f"Only {counts.questions_expected} of the dataset's {counts.questions_in_dataset}"
            " questions were asked (--limit or --samples)."
        )
    if counts.overflowed:
        found.append(
            f"{counts.overflowed} of {counts.questions + counts.overflowed} questions did not fit"
            " the model's context with their memory. They were not asked, and the numbers below"
            " leave them out."
        )
    found += _of_memory(run)
    found += [f"These scores say little: {clause}." for clause in diagnosis(_tally(run))]
    if run.manifest.rows_sha256 is None:
        found.append(
            "The run records no dataset manifest, so the origin of its questions is unknown."
        )
    if run.manifest.doubt:
        found.append(
            f"It is not proven that the questions are those of the dataset's settings:"
            f" {run.manifest.doubt}. Their answers may be anything."
        )
    if bins[-1].low is None:
        found.append(f"{bins[-1].questions} questions have a lag below the lag bins.")
    if run.superseded:
        found.append(
            f"This is the newest of {len(run.superseded) + 1} runs with the same configuration;"
            " the others are listed under Provenance."
        )
    return found


def _of_memory(run: Run) -> list[str]:
    """What makes a memory's scores say little or nothing of it (mode B1)."""
    stores, name = run.samples.stores, run.arm.short
    if not stores.asked or name == "none":
        return []
    found, records = list[str](), [store for _, store in stores.records.values()]
    told, stored = sum(len(one.stored) for one in records), sum(sum(one.stored) for one in records)
    lost = sum(one.lost or 0 for one in records)
    if told and not stored:
        found.append(f"{name} STORED NOTHING of {told} events: these are scores without a memory.")
    if not stores.recalled and run.arm.mode != "B3":  # there it is not asked
        found.append(
            f"{name} RECALLED NOTHING for any of {stores.questions} questions: these are scores"
            " without a memory."
        )
    if lost:
        found.append(
            f"{name} LOST {lost} of {stored} events that it acknowledged as stored: it does not"
            " hold them in the end."
        )
    if stores.cut:
        found.append(
            f"For {stores.cut} of {stores.questions} questions, items that were recalled were cut:"
            f" the prompt shows at most {run.arm.memory_tokens} tokens of memory (memory_tokens)."
        )
    if missing := len(stores.asked - stores.records.keys()):
        found.append(
            f"The samples do not tell what became of {missing} of {len(stores.asked)} stores, and"
            " what is said of writing leaves them out."
        )
    return found


def _tally(run: Run) -> Tally:
    longest = run.found.results.configs[run.found.task].longest_answer
    return tally_of(
        (
            answer.outcome,
            answer.scores,
            longest is not None and answer.measured.get("generated_tokens", 0) >= longest,
        )
        for answer in run.answers
    )
