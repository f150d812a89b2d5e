"""Training values come from pools that share no word with the generators' own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from training.words import evaluation_words, write_pools

_GENERATED = """
import json, sys
from pathlib import Path
from typing import Any
from random import Random
from generators.world.pools import read_words_from
from training.words import write_pools
read_words_from(write_pools(Path(sys.argv[1]), 3))
from training.contexts import contexts
made = [one for letter in "ABCDE" for one in contexts(letter, -4, 12, (1, 8), Random(5))]
print(json.dumps([[c.scenario, c.texts, [[q.query, q.answer] for q in c.questions]] for c in made]))
"""


def test_every_pool_is_invented_and_shares_no_word_with_the_real_one(tmp_path: Path):
    taken = evaluation_words()
    folder = write_pools(tmp_path, seed=1)
    for name in ("first_names", "last_names", "adjectives", "nouns", "place_stems"):
        words = folder.joinpath(f"{name}.txt").read_text().split()
        assert len(words) == len({word.lower() for word in words}) > 50
        assert not taken & {word.lower() for word in words}
    assert folder.joinpath("verbs.txt").read_text() == _real("verbs.txt")


def test_a_seed_gives_the_same_pools_and_another_one_others(tmp_path: Path):
    first, again, other = (
        write_pools(tmp_path / name, seed).joinpath("nouns.txt").read_text()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again != other


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Scenario, texts, and questions with their answers of contexts to train on."""
    command = [sys.executable, "-c", _GENERATED, str(tmp_path_factory.mktemp("pools"))]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.mark.slow
def test_no_training_answer_is_a_value_of_an_evaluation_dataset(made: Any):
    taken = evaluation_words()
    answers = {(letter, answer) for letter, _, asked in made for _, answer in asked}
    words = {
        word.lower()
        for letter, answer in answers - {("C", "unset")}
        for word in answer.replace("-", " ").replace("/", " ").split()
        if word.isalpha() and len(word) > 3 and word != "unknown"
    }
    assert len(words) > 100
    # What is left is language: "project", "environment", "console".
    assert words & taken <= {"console", "environment", "project", "hosts", "tower"}


@pytest.mark.slow
def test_training_answers_stand_in_the_texts_or_are_unknown(made: Any):
    counts = {"shown": 0, "unknown": 0}
    for _, texts, asked in made:
        text = "\n".join(texts)
        for query, answer in asked:
            kind = "unknown" if answer == "unknown" else "shown"
            counts[kind] += 1
            if kind == "shown" and ":" not in answer:
                assert all(value in text for value in answer.split(", ")), (query, answer)
    assert 0.1 < counts["unknown"] / sum(counts.values()) < 0.45


def _real(name: str) -> str:
    from importlib.resources import files

    return files("generators").joinpath("words", name).read_text()
