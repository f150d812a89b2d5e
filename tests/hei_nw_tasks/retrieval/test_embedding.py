"""The embedder on a real encoder, against sentence-transformers and torch's own counter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from hei_nw_tasks.retrieval.dense import DenseRetriever
from hei_nw_tasks.retrieval.embedding import HFEmbedder
from hei_nw_tasks.retrieval.protocols import Log
from tests.hei_nw_tasks.retrieval.encoder import encoder_folder

TEXTS = [
    "Who lost a key?",
    "At 18:33 on 5 November 2017, Viola Gorringe restored a pine suitcase in Thrushwell.",
    "Größe, naïveté, 東京, emoji 🙂 and a line\nbreak",
    "x",
    *(" ".join(f"word{n}" for n in range(length)) for length in range(2, 40)),
    "a long text about a harbour and a mill " * 120,
]


@pytest.fixture(scope="module")
def folder() -> Path:
    return encoder_folder()


@pytest.mark.slow
def test_vectors_are_those_of_sentence_transformers(folder: Path):
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(folder), device="cpu")
    ours = HFEmbedder(str(folder), device="cpu", max_length=theirs.max_seq_length)
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    for found in (ours.embed_queries(TEXTS), ours.embed_passages(TEXTS)):
        assert found.dtype == np.float32
        assert np.abs(found - expected).max() < 1e-5


def test_a_query_costs_what_torch_counts(folder: Path):
    ours = HFEmbedder(str(folder), device="cpu")
    tokenizer, model = ours._loaded
    model.set_attn_implementation("eager")
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        model(**tokenizer(TEXTS[1], return_tensors="pt"))
    pooler = 2 * model.config.hidden_size**2
    assert ours.query_flops(TEXTS[1]) == pytest.approx(counter.get_total_flops() - pooler, rel=0.01)


def test_it_finds_what_is_said_in_other_words(folder: Path):
    log = Log("log", ("The weather was mild.", "Ada mislaid her keys.", "A boat sailed at dawn."))
    retriever = DenseRetriever(HFEmbedder(str(folder), device="cpu"))
    assert retriever.search("Who lost the thing that opens doors?", log, 1) == [1]
    assert retriever.search("When did the ship leave?", log, 1) == [2]
    assert retriever.search("When did the ship leave?", Log("begin", log.texts[:2]), 3) != [2]


def test_the_e5_family_is_told_which_side_a_text_is_on():
    e5, other = HFEmbedder("intfloat/e5-small-v2"), HFEmbedder("somebody/encoder")
    assert (e5._query_prefix, e5._passage_prefix) == ("query: ", "passage: ")
    assert (other._query_prefix, other._passage_prefix) == ("", "")
    assert HFEmbedder("intfloat/e5-small-v2", query_prefix="")._query_prefix == ""
    assert len({e5.name, other.name, HFEmbedder("intfloat/e5-small-v2", "a", "b").name}) == 3
