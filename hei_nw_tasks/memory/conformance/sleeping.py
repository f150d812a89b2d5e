"""Checks of what a memory makes in its sleep, on the embedded reader."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generators.prompts import INSTRUCTION
from hei_nw_tasks.memory.conformance.outcome import (
    Outcome,
    fails,
    holds,
    not_applicable,
    warns,
)
from hei_nw_tasks.memory.conformance.subject import Subject, folder_of_its_own
from hei_nw_tasks.memory.keeping import digest_of
from hei_nw_tasks.memory.protocol import Prompt, SleepBudget
from hei_nw_tasks.memory.recalling import Weights

_BUDGET = SleepBudget(tokens=1500)
_PROMPT = Prompt(f"{INSTRUCTION}Question: ", "\nAnswer:")
_WIDE_AWAKE = not_applicable("it has no method consolidate")
_NO_PEFT = not_applicable("peft is not installed: pip install 'hei-nw-tasks[consolidate]'")
_NOTHING = "makes nothing of what it stored: mode B3 will be the model alone"


def sleeps(subject: Subject) -> Outcome:
    """What it makes in its sleep changes what the model says."""
    if (reason := _why_not(subject)) is not None:
        return reason
    from hei_nw_tasks.model.patching import patched

    with folder_of_its_own() as folder:
        model = _reader()
        weights = _slept(subject, model, folder)
        if weights is None:
            return warns(_NOTHING)
        before = _logits(model)
        with patched(model.model, weights):
            changed = not before.equal(_logits(model))
    if not changed:
        return warns(f"its {weights.kind} changes nothing that the model says")
    return holds(f"its {weights.kind} changes what the model says")


def taken_off(subject: Subject) -> Outcome:
    """The model is as it was after sleep, and when what was made is taken off again."""
    if (reason := _why_not(subject)) is not None:
        return reason
    from hei_nw_tasks.model.patching import patched

    with folder_of_its_own() as folder:
        model = _reader()
        before = _logits(model)
        weights = _slept(subject, model, folder)
        if not before.equal(_logits(model)):
            return fails(
                "leaves the model changed when it has slept → train a copy, or take it off"
            )
        with patched(model.model, weights):
            pass
        if not before.equal(_logits(model)):
            return fails("leaves the model changed when what it made is taken off")
    return holds("the model says the same as before, to the bit")


def slept_alike(subject: Subject) -> Outcome:
    """It makes the same again from the same store, with the same seed."""
    if (reason := _why_not(subject)) is not None:
        return reason
    digests = []
    for _ in range(2):
        with folder_of_its_own() as folder:
            weights = _slept(subject, _reader(), folder)
            if weights is None:
                return not_applicable(_NOTHING)
            digests.append(weights.digest)
    if digests[0] != digests[1]:
        return fails("makes other weights each time → draw from the seed that `open` is given")
    return holds("makes the same weights again, byte for byte")


def _why_not(subject: Subject) -> Outcome | None:
    if not subject.can["consolidate"]:
        return _WIDE_AWAKE
    return None if find_spec("peft") else _NO_PEFT


def _reader() -> Any:
    """The embedded reader, not shared with a memory that may have changed it."""
    from hei_nw_tasks.model.heinw import Heinw

    return Heinw.create_from_arg_obj({"pretrained": "heinw-reader"}, {"device": "cpu"})


def _slept(subject: Subject, model: Any, folder: Path) -> Weights | None:
    """What it makes of a world in its first cycle; None if that changes nothing."""
    with subject.session(subject.world("episodes"), folder) as session:
        session.tell()
        session.again()
        made = session.memory.consolidate(_BUDGET, model, 1, None, _PROMPT)
    if made.artefact is None:
        return None
    ((kind, path),) = made.artefact.items()
    digest = digest_of(folder, {kind: str(path)}) or ""
    return Weights(kind, folder / path, digest, subject.name)


def _logits(model: Any) -> Any:
    """What the model says to a question."""
    import torch

    tokens = torch.tensor([model.tok_encode(_PROMPT.of("Who sold a hat?"))])
    with torch.inference_mode():
        return model.model(tokens).logits
