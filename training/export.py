"""Write the checkpoint: half-precision weights that load as single precision."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import Qwen2ForCausalLM

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")


def export(model: Qwen2ForCausalLM, tokenizer: Path, folder: Path) -> Path:
    """Write model and tokenizer; both load with the Auto classes of transformers.

    Args:
        model: The trained model, in single precision; not changed.
        tokenizer: Folder of the tokenizer's files.
        folder: Created if missing; files of the same names are replaced.
    """
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tied = "lm_head.weight"
    weights = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if name != tied
    }
    file = folder / "model.safetensors"
    save_file(weights, str(file), metadata={"format": "pt"})
    file.chmod(0o644)
    config = model.config.to_dict() | {
        "architectures": ["Qwen2ForCausalLM"],
        "dtype": "float32",
        "torch_dtype": "float32",
    }
    # Where the weights came from is a path of this machine.
    config.pop("_name_or_path", None)
    # transformers 4 reads the key here, transformers 5 among the rope parameters.
    config["rope_theta"] = config["rope_parameters"]["rope_theta"]
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    generation = {"eos_token_id": config["eos_token_id"], "pad_token_id": config["pad_token_id"]}
    text = json.dumps(generation, indent=2) + "\n"
    (folder / "generation_config.json").write_text(text, encoding="utf-8")
    for name in TOKENIZER_FILES:
        shutil.copyfile(tokenizer / name, folder / name)
    return folder
