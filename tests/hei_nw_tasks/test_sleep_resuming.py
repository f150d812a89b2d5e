"""The protocol B1, B2, B3 is killed in each of its phases, and goes on to the same results."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from lm_eval.api.registry import model_registry
from lm_eval.models.huggingface import HFLM

from hei_nw_tasks.__main__ import main
from hei_nw_tasks.memory.protocol import Consolidated, SleepBudget
from testing.faults import in_child, kill
from testing.outputs import timeless
from tests.hei_nw_tasks.memory.dreaming import Restless


class Dying(HFLM):
    """lm_eval's `hf`, which ends its process before it answers in a mode and a cycle."""

    strike: ClassVar[tuple[str, int] | None] = None

    def _model_generate(self, *args: Any, **kwargs: Any) -> Any:
        settings = self.settings
        if (settings.mode, getattr(settings.options, "cycle", 0)) == Dying.strike:
            kill()
        return super()._model_generate(*args, **kwargs)


class Sleepless(Restless):
    """Ends its process when it has slept a number of times."""

    left: ClassVar[int] = -1

    def consolidate(
        self, budget: SleepBudget, model: Any, cycle: int, previous: Mapping[str, Path] | None
    ) -> Consolidated:
        Sleepless.left -= 1
        if Sleepless.left == 0:
            kill()
        return super().consolidate(budget, model, cycle, previous)


def run(checkpoint: Path, out: Path, strike: tuple[str, int] | int | None = None) -> int:
    """Run the protocol in a process of its own; its exit code, or minus the signal."""

    def command() -> int:
        quiet = os.open(out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        Dying.strike = strike if isinstance(strike, tuple) else None
        Sleepless.left = strike if isinstance(strike, int) else -1
        return main(
            [
                *("--mode", "B1,B2,B3", "--scenario", "A", "--n", "2", "--cycles", "2"),
                *("--memory", f"{__name__}:Sleepless", "--model", "dying", "--device", "cpu"),
                *("--model_args", f"pretrained={checkpoint}", "--gen_kwargs", "max_gen_toks=4"),
                *("--batch_size", "4", "--outdir", str(out)),
            ]
        )

    return in_child(command)


@pytest.mark.slow
def test_a_run_that_is_killed_in_each_phase_ends_with_the_results_of_an_undisturbed_one(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(model_registry._objs, "dying", Dying)
    assert run(checkpoint, tmp_path / "undisturbed") == 0
    expected = timeless(tmp_path / "undisturbed")
    assert sum("samples_heinw_A" in name for name in expected) == 5
    out = tmp_path / "killed"
    # The memory sleeps once in each cycle.
    for strike in (("B1", 0), ("B2", 1), 1, ("B3", 2)):
        assert run(checkpoint, out, strike) == -9, f"it was not killed in {strike}"
    assert run(checkpoint, out) == 0
    assert timeless(out) == expected
