"""The embedded reader is a plain, small Qwen2 checkpoint that is found by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from hei_nw_tasks.counting import loader
from hei_nw_tasks.model.settings import split
from hei_nw_tasks.reader import NAME, checkpoint, resolved

_MEGABYTE = 1_000_000


def test_the_command_prints_the_folder():
    command = [sys.executable, "-m", "hei_nw_tasks.reader"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert Path(printed.rstrip("\n")) == checkpoint()
    assert (checkpoint() / "README.md").is_file()


def test_it_is_small_and_computes_in_single_precision():
    assert sum(file.stat().st_size for file in checkpoint().iterdir()) < 20 * _MEGABYTE
    model = AutoModelForCausalLM.from_pretrained(checkpoint())
    assert model.config.model_type == "qwen2"
    assert model.dtype == torch.float32
    assert 2_000_000 <= model.num_parameters() <= 10_000_000
    assert model.config.max_position_embeddings >= 4096


def test_version_4_of_transformers_finds_what_it_reads():
    config = json.loads((checkpoint() / "config.json").read_text())
    assert config["rope_theta"] == config["rope_parameters"]["rope_theta"]
    assert config["torch_dtype"] == config["dtype"] == "float32"
    settings = json.loads((checkpoint() / "tokenizer_config.json").read_text())
    assert settings["tokenizer_class"] == "Qwen2Tokenizer"


@pytest.mark.parametrize(
    "text",
    [
        "On 7 October 2017 at 08:31, Solange Ravenscroft cleaned a wicker paintbrush.\n\n",
        "The login shell of Godfrey Kaczmarek on egret-20 was set to /opt/jornira/console.",
        "“Brasília” — naïve, 50 000 ¥, \t日本",
    ],
)
def test_the_tokenizer_gives_every_text_back(text: str):
    tokenizer = AutoTokenizer.from_pretrained(checkpoint())
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_numbers_are_read_two_digits_at_a_time():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint())
    ids = tokenizer(" at 08:31 on 7 October 2017")["input_ids"]
    assert [tokenizer.decode([one]) for one in ids] == (
        [" at", " 08", ":", "31", " on", " 7", " October", " 20", "17"]
    )


def test_a_chat_reads_like_a_plain_prompt():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint())
    messages = [
        {"role": "system", "content": "Answer.\n\n"},
        {"role": "user", "content": "Question: Who?\nAnswer:"},
    ]
    shown = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert shown == "Answer.\n\nQuestion: Who?\nAnswer:"


def test_the_heinw_model_takes_it_by_name_and_by_default():
    folder = str(checkpoint())
    assert split({"baseline": "oracle"})[1]["pretrained"] == folder
    assert split({"pretrained": NAME, "tokenizer": NAME})[1] == (
        {"pretrained": folder, "tokenizer": folder}
    )
    assert split({"pretrained": "elsewhere"})[1] == {"pretrained": "elsewhere"}
    assert split({"inner": "vllm"})[1] == {}
    assert resolved("elsewhere") == "elsewhere"


def test_lengths_are_counted_with_its_tokenizer():
    counter = loader({})(NAME)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint())
    assert counter.count(["Ada Brook"]) == [len(tokenizer("Ada Brook")["input_ids"])]
