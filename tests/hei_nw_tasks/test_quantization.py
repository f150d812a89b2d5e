"""4 and 8 bit: the keywords, and a model that really is quantised."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

import hei_nw_tasks
from hei_nw_tasks.quantization import with_quantization_config

TRANSFORMERS = int(transformers.__version__.split(".")[0])
needs_translation = pytest.mark.skipif(TRANSFORMERS < 5, reason="transformers 4 takes the flags")


def linear_layers(checkpoint: Path, **model_args: Any) -> Counter[str]:
    """Load the checkpoint as lm_eval's hf model does; count its linear layers by class."""
    hei_nw_tasks.register()
    from lm_eval.models.huggingface import HFLM

    model = HFLM(pretrained=str(checkpoint), device="cpu", **model_args).model
    return Counter(
        type(module).__name__
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) or "Linear" in type(module).__name__
    )


# Two layers of seven matrices each; the head stays as it is.
@pytest.mark.parametrize(
    ("model_args", "layers"),
    [
        ({"load_in_4bit": True}, {"Linear4bit": 14, "Linear": 1}),
        (
            {"load_in_4bit": True, "load_in_8bit": False, "bnb_4bit_compute_dtype": "float32"},
            {"Linear4bit": 14, "Linear": 1},
        ),
        ({"load_in_8bit": True, "llm_int8_threshold": 5.0}, {"Linear8bitLt": 14, "Linear": 1}),
        ({"load_in_4bit": False}, {"Linear": 15}),
        ({}, {"Linear": 15}),
    ],
)
def test_the_layers_are_what_was_asked_for(
    checkpoint: Path, model_args: dict[str, Any], layers: dict[str, int]
) -> None:
    assert linear_layers(checkpoint, **model_args) == layers


def test_a_mistyped_option_is_refused_by_name(checkpoint: Path) -> None:
    with pytest.raises(TypeError, match="bnb_4bit_quant_typ"):
        linear_layers(checkpoint, load_in_4bit=True, bnb_4bit_quant_typ="nf4")


@needs_translation
def test_the_options_move_into_the_config_and_the_rest_stays() -> None:
    translated = with_quantization_config(
        {
            "pretrained": "gpt2",
            "quantization_config": None,
            "load_in_4bit": True,
            "load_in_8bit": False,
            "bnb_4bit_quant_type": "nf4",
            "bnb_4bit_compute_dtype": "bfloat16",
            "llm_int8_threshold": 4.0,
            "device_map": {"": "cpu"},
        }
    )
    config = translated.pop("quantization_config")
    assert translated == {"pretrained": "gpt2", "device_map": {"": "cpu"}}
    assert (config.load_in_4bit, config.load_in_8bit) == (True, False)
    assert config.bnb_4bit_quant_type == "nf4"
    assert config.bnb_4bit_compute_dtype is torch.bfloat16
    assert config.llm_int8_threshold == 4.0


@needs_translation
def test_without_a_true_flag_only_false_ones_are_dropped() -> None:
    model_args = {"load_in_4bit": False, "load_in_8bit": None, "bnb_4bit_quant_type": "nf4"}
    assert with_quantization_config(model_args) == {"bnb_4bit_quant_type": "nf4"}


@pytest.mark.parametrize("loader", ["autogptq", "gptqmodel"])
def test_gptq_loaders_get_what_was_given(loader: str) -> None:
    model_args = {loader: True, "load_in_4bit": True}
    assert with_quantization_config(model_args) == model_args


def test_transformers_4_gets_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    # By name: transformers puts another module object in its place while it loads.
    monkeypatch.setattr("transformers.__version__", "4.57.6")
    model_args = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
    assert with_quantization_config(model_args) == model_args


@needs_translation
def test_a_checkpoint_quantised_as_asked_keeps_its_own_config() -> None:
    own = transformers.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")  # type: ignore[no-untyped-call]
    translated = with_quantization_config(
        {"quantization_config": own, "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
    )
    assert translated == {"quantization_config": own}


@needs_translation
@pytest.mark.parametrize("asked", [{"load_in_8bit": True}, {"bnb_4bit_quant_type": "fp4"}])
def test_a_checkpoint_quantised_otherwise_is_refused_in_one_line(asked: dict[str, Any]) -> None:
    own = transformers.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")  # type: ignore[no-untyped-call]
    model_args = {"pretrained": "ann/tiny-4bit", "quantization_config": own} | asked
    if "load_in_8bit" not in asked:
        model_args["load_in_4bit"] = True
    with pytest.raises(ValueError, match=r"^ann/tiny-4bit: is quantised already .*→.*$"):
        with_quantization_config(model_args)
