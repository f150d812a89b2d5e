"""`load_in_4bit=True` and similar flags, for transformers 5, which no longer accepts them.

Up to version 4, `from_pretrained` accepts the options of bitsandbytes as keywords, and lm_eval's
`hf` model passes them on from `--model_args`. From version 5 on they have to be in a
`BitsAndBytesConfig`:

    {"dtype": "auto", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
    -> {"dtype": "auto", "quantization_config": BitsAndBytesConfig(load_in_4bit=True,
                                                                   bnb_4bit_quant_type="nf4")}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FLAGS = ("load_in_4bit", "load_in_8bit")
OPTION_PREFIXES = ("bnb_4bit_", "llm_int8_")


def with_quantization_config(model_args: Mapping[str, Any]) -> dict[str, Any]:
    """Move the options of bitsandbytes into a `BitsAndBytesConfig` if transformers needs that.

    Args:
        model_args: Keywords on their way to `from_pretrained`, lm_eval's own among them.

    Returns:
        Keywords for the installed transformers. Unchanged with transformers 4, and for GPTQ
        checkpoints, which have loaders of their own.

    Raises:
        ValueError: The checkpoint is already quantised in another way.
    """
    import transformers

    if int(transformers.__version__.split(".", maxsplit=1)[0]) < 5:
        return dict(model_args)
    if model_args.get("autogptq") or model_args.get("gptqmodel"):
        return dict(model_args)
    kept = {name: value for name, value in model_args.items() if name not in FLAGS}
    wanted: dict[str, Any] = {name: True for name in FLAGS if model_args.get(name)}
    if not wanted:
        # Options without a flag stay: transformers refuses them by name, as version 4 does.
        return kept
    wanted |= {name: kept[name] for name in kept if name.startswith(OPTION_PREFIXES)}
    config = transformers.BitsAndBytesConfig(**wanted)
    # The config ignores a misspelt option; transformers refuses it among the keywords.
    wanted = {name: value for name, value in wanted.items() if hasattr(config, name)}
    kept = {name: value for name, value in kept.items() if name not in wanted}
    own = kept.get("quantization_config")
    if own is None:
        kept["quantization_config"] = config
    elif any(getattr(own, name, None) != getattr(config, name) for name in wanted):
        raise ValueError(
            f"{kept.get('pretrained', 'the checkpoint')}: is quantised already "
            f"({type(own).__name__}), in another way than {', '.join(wanted)} "
            "→ leave these out of --model_args"
        )
    return kept
