"""What the `heinw` model asks of lm_eval's `hf` model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hei_nw_tasks import register
from hei_nw_tasks.model.heinw import Heinw
from tests.hei_nw_tasks.model.running import answers, evaluate, prompt


@pytest.mark.parametrize("shared_prefix", [True, False])
def test_a_prompt_is_tokenised_once_to_fit_and_to_be_answered(
    shared_prefix: bool, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
):
    register()
    arguments = {"pretrained": str(checkpoint), "baseline": "long-context"}
    model = Heinw.create_from_arg_obj(
        {**arguments, "shared_prefix": shared_prefix}, {"batch_size": 4, "device": "cpu"}
    )
    tokenised: Counter[str] = Counter()

    def counting(strings: list[str], **options: Any) -> Any:
        tokenised.update(strings)
        return encode(strings, **options)

    encode = model.tok_batch_encode
    monkeypatch.setattr(model, "tok_batch_encode", counting)
    results = evaluate(model, arguments, ["heinw_A"], {"n": 3})
    prompts = {prompt(row) for row in answers(results, "heinw_A").values()}
    # On the plain road lm_eval tokenises once more, and knows nothing of ours.
    assert {tokenised[one] for one in prompts} == ({1} if shared_prefix else {2})
    assert not model._kept
