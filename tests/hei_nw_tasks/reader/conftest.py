"""One loaded reader for all tests of a process, and answers that several tests look at."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from hei_nw_tasks.reader import NAME, checkpoint
from training.evaluate import Reader, ScoredAnswer
from training.prompts import prefix, question

Answers = Callable[..., Sequence[ScoredAnswer]]
Ask = Callable[[str, Sequence[tuple[Sequence[str], str]]], list[str]]


@pytest.fixture(scope="session")
def answers() -> Answers:
    """Answers of the reader to the questions of a scenario with an arm, each asked once."""
    reader = Reader(NAME)

    @cache
    def kept(letter: str, arm: str, settings: str, memory: str) -> list[ScoredAnswer]:
        logging.disable(logging.WARNING)
        try:
            return reader.answer(letter, arm, json.loads(settings), **json.loads(memory))
        finally:
            logging.disable(logging.NOTSET)

    def answer(
        letter: str, arm: str, settings: Mapping[str, Any], **memory: Any
    ) -> list[ScoredAnswer]:
        return kept(letter, arm, *(json.dumps(one, sort_keys=True) for one in (settings, memory)))

    return answer


@pytest.fixture(scope="session")
def ask() -> Ask:
    """The reader's answers to questions after any texts, by plain greedy generation."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint(), padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(checkpoint()).eval()

    def generate(letter: str, asked: Sequence[tuple[Sequence[str], str]]) -> list[str]:
        responses = []
        for start in range(0, len(asked), 32):
            prompts = [
                prefix(letter, texts) + question(q) for texts, q in asked[start : start + 32]
            ]
            inputs = tokenizer(prompts, return_tensors="pt", padding=True)
            with torch.inference_mode():
                made = model.generate(**inputs, max_new_tokens=32, do_sample=False)
            new = made[:, inputs["input_ids"].shape[1] :]
            responses += tokenizer.batch_decode(new, skip_special_tokens=True)
        return [response.partition("\n")[0].strip() for response in responses]

    return generate
