"""Other weights answer while they are on, and leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from generators.errors import HeinwError
from hei_nw_tasks.memory.recalling import Weights
from hei_nw_tasks.model.patching import patched, why_not_ours
from hei_nw_tasks.plugins import PluginError
from testing.checkpoint import make_checkpoint

PROMPTS = [f"Question: Who repaired lantern {number}?\nAnswer:" for number in range(6)]


@pytest.fixture(scope="module")
def loaded(checkpoint: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(checkpoint)
    return model.eval(), AutoTokenizer.from_pretrained(checkpoint)


def weights(kind: str, folder: Path) -> Weights:
    return Weights(kind, folder, "d", "memory='m'")


def adapter(model: Any, folder: Path) -> Path:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=2, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        put_on = get_peft_model(model, config)
        for name, parameter in put_on.named_parameters():
            if "lora_" in name:
                torch.nn.init.normal_(parameter, std=0.5)
    put_on.save_pretrained(folder)
    put_on.unload()
    return folder


def changed(model: Any, folder: Path) -> Path:
    from transformers import AutoModelForCausalLM

    other = AutoModelForCausalLM.from_pretrained(model.name_or_path)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.mul_(1.5)
    other.save_pretrained(folder)
    return folder


def answers(model: Any, tokenizer: Any) -> list[tuple[bytes, list[int]]]:
    """Logits of each prompt, to the bit, and what is generated greedily."""
    found = []
    for text in PROMPTS:
        ids = tokenizer(text, return_tensors="pt").input_ids
        with torch.inference_mode():
            logits = model(ids).logits
            new = model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=8, do_sample=False
            )
        found.append((logits.numpy().tobytes(), new[0].tolist()))
    return found


def state(model: Any) -> Any:
    return (
        {name: id(module) for name, module in model.named_modules()},
        {name: (p.data_ptr(), p.requires_grad) for name, p in model.named_parameters()},
        {name: value for name, value in vars(model).items() if not name.startswith("_")},
        model.training,
    )


MAKERS: dict[str, Callable[[Any, Path], Path]] = {"peft": adapter, "pretrained": changed}


@pytest.mark.parametrize("kind", MAKERS)
def test_taking_weights_off_gives_the_answers_of_before_byte_for_byte(
    kind: str, loaded: tuple[Any, Any], tmp_path: Path
):
    model, tokenizer = loaded
    folder = MAKERS[kind](model, tmp_path)
    before, was = answers(model, tokenizer), state(model)
    with patched(model, weights(kind, folder)):
        within = answers(model, tokenizer)
    assert all(new[0] != old[0] for new, old in zip(within, before, strict=True))
    assert answers(model, tokenizer) == before
    assert state(model) == was
    with patched(model, weights(kind, folder)):
        assert answers(model, tokenizer) == within
    with pytest.raises(KeyError), patched(model, weights(kind, folder)):
        raise KeyError
    assert answers(model, tokenizer) == before


def test_an_adapter_put_on_is_the_one_that_hf_loads(
    loaded: tuple[Any, Any], tmp_path: Path, checkpoint: Path
):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model, tokenizer = loaded
    folder = adapter(model, tmp_path)
    other = AutoModelForCausalLM.from_pretrained(checkpoint)
    with patched(model, weights("peft", folder)):
        assert answers(model, tokenizer) == answers(
            PeftModel.from_pretrained(other, folder).eval(), tokenizer
        )


def narrower(folder: Path) -> Path:
    """A checkpoint of the same name and other shapes."""
    from transformers import AutoModelForCausalLM, Qwen2Config

    make_checkpoint(folder)
    config = Qwen2Config.from_pretrained(folder)
    config.hidden_size, config.intermediate_size = 32, 64
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def of_other_shapes(model: Any, folder: Path) -> Weights:
    from transformers import AutoModelForCausalLM

    base = narrower(folder / Path(model.name_or_path).name)
    other = AutoModelForCausalLM.from_pretrained(base)
    return weights("peft", adapter(other, folder / "adapter"))


def of_another_base(model: Any, folder: Path) -> Weights:
    config = adapter(model, folder) / "adapter_config.json"
    known = json.loads(config.read_text())
    config.write_text(json.dumps(known | {"base_model_name_or_path": "org/other"}))
    return weights("peft", folder)


def without_tensors(model: Any, folder: Path) -> Weights:
    (adapter(model, folder) / "adapter_model.safetensors").unlink()
    return weights("peft", folder)


def with_half_of_its_tensors(model: Any, folder: Path) -> Weights:
    from safetensors.torch import load_file, save_file

    path = adapter(model, folder) / "adapter_model.safetensors"
    tensors = load_file(path)
    save_file({k: v for k, v in tensors.items() if "layers.0" in k}, path)
    return weights("peft", folder)


def of_prompts(model: Any, folder: Path) -> Weights:
    known = {"peft_type": "PROMPT_TUNING", "task_type": "CAUSAL_LM"}
    (folder / "adapter_config.json").write_text(json.dumps(known))
    return weights("peft", folder)


def empty(model: Any, folder: Path) -> Weights:
    return weights("peft", folder)


def another_checkpoint(model: Any, folder: Path) -> Weights:
    return weights("pretrained", narrower(folder))


def no_checkpoint(model: Any, folder: Path) -> Weights:
    return weights("pretrained", folder)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (of_other_shapes, "does not fit the model"),
        (of_another_base, "is for org/other, the model that answers is"),
        (without_tensors, "does not fit the model"),
        (with_half_of_its_tensors, "Found missing adapter keys"),
        (of_prompts, "is PROMPT_TUNING for CAUSAL_LM → make one that changes layers"),
        (empty, "adapter_config.json cannot be read"),
        (another_checkpoint, "is of another model"),
        (no_checkpoint, "cannot be loaded"),
    ],
)
def test_weights_that_do_not_fit_are_one_line_and_the_model_stays_as_it_was(
    make: Callable[[Any, Path], Weights], message: str, loaded: tuple[Any, Any], tmp_path: Path
):
    model, tokenizer = loaded
    wrong = make(model, tmp_path)
    before, was = answers(model, tokenizer), state(model)
    with pytest.raises(PluginError, match=message) as raised, patched(model, wrong):
        pass
    assert isinstance(raised.value, HeinwError)
    assert str(raised.value).startswith("memory='m': ")
    assert "\n" not in str(raised.value)
    assert answers(model, tokenizer) == before
    assert state(model) == was


@pytest.mark.parametrize(
    ("inner", "arguments", "reason"),
    [
        ("hf", {}, None),
        ("local-completions", {}, "inner=local-completions does not have them in this process"),
        ("gguf", {}, "inner=gguf does not have them in this process"),
        ("vllm", {}, "inner=vllm does not have them in this process"),
        ("hf", {"peft": "x"}, "peft=x is on it already; merge that into a checkpoint"),
    ],
)
def test_only_weights_in_this_process_can_be_changed(
    inner: str, arguments: dict[str, str], reason: str | None
):
    assert why_not_ours(inner, arguments) == reason
