"""What a model keeps of the tokens that it has read, measured on its own cache.

A Qwen2 of two layers with two key-value heads of 16 keeps 256 bytes of a token in each, in 32 bits:

    (CacheLayer(token_bytes=256, window=None, state_bytes=0), …)

Names in a config mean other things in other models (one key-value head for all, keys of one size
and values of another, compressed ones), the cache that a short forward pass leaves does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Prompts of the first two lengths give the bytes of a token, the third checks them.
_LENGTHS = (3, 5, 40)
_NO_CACHE = "the model keeps no keys and values: it has no attention, or no cache"


class UnknownCostError(ValueError):
    """Costs of this model cannot be counted; the message says why."""


@dataclass(frozen=True)
class CacheLayer:
    """What one layer keeps.

    Attributes:
        token_bytes: Bytes of the keys and values of a token.
        window: Tokens that a sliding window sees; None without one.
        state_bytes: Bytes that do not grow with the tokens.
    """

    token_bytes: int
    window: int | None = None
    state_bytes: int = 0

    def tokens_of(self, tokens: int) -> int:
        """Number of tokens kept; a window of w keeps w - 1 besides the one that is computed."""
        return tokens if self.window is None else min(tokens, self.window - 1)

    def bytes_of(self, tokens: int) -> int:
        """Bytes after a number of tokens."""
        return self.state_bytes + self.token_bytes * self.tokens_of(tokens)


def cache_of(model: Any) -> tuple[CacheLayer, ...]:
    """Measure the cache of a loaded decoder of transformers.

    Raises:
        UnknownCostError: It keeps no keys and values, or their size follows no rule known here.
    """
    from transformers import DynamicCache

    if model.config.is_encoder_decoder:
        raise UnknownCostError("costs of encoder-decoder models are not counted")
    caches = [forward(model, length).past_key_values for length in _LENGTHS]
    if type(caches[0]) is not DynamicCache:
        raise UnknownCostError(f"the size of a {type(caches[0]).__name__} follows no known rule")
    sizes = [[held_bytes(layer) for layer in cache.layers] for cache in caches]
    layers = tuple(map(_layer, caches[0].layers, *sizes[:2]))
    if not any(layer.token_bytes for layer in layers):
        raise UnknownCostError(_NO_CACHE)
    if [layer.bytes_of(_LENGTHS[2]) for layer in layers] != sizes[2]:
        raise UnknownCostError("the model's cache does not grow by the token")
    return layers


def forward(model: Any, tokens: int, after: Any = None) -> Any:
    """Read a few tokens with a model, as the first forward pass of generation does.

    Args:
        model: A loaded decoder of transformers.
        tokens: Their number.
        after: The cache of what comes before them; it is changed. None for an empty one.

    Raises:
        UnknownCostError: The model failed, or keeps no cache that has layers.
    """
    import torch

    vocabulary = model.config.get_text_config(decoder=True).vocab_size
    ids = torch.arange(5, 5 + tokens, device=model.device).remainder(vocabulary)[None]
    try:
        with torch.no_grad():
            output = model(ids, past_key_values=after, use_cache=True, **last_only(model))
    except Exception as error:  # whatever it is, answers can be generated without their costs
        raise UnknownCostError(f"a short forward pass failed ({type(error).__name__})") from error
    if not getattr(getattr(output, "past_key_values", None), "layers", None):
        raise UnknownCostError(_NO_CACHE)
    return output


def last_only(model: Any) -> dict[str, int]:
    """Arguments with which a model applies its head to the last token only, if it can."""
    return {"logits_to_keep": 1} if model._supports_logits_to_keep() else {}


def held_bytes(layer: Any) -> int:
    """Bytes of the tensors that a layer of a cache of transformers holds."""
    return _bytes_in(vars(layer))


def _bytes_in(held: Any) -> int:
    import torch

    if isinstance(held, torch.Tensor):
        # A layer may also keep its window as a tensor of one number.
        return held.numel() * held.element_size() if held.ndim else 0
    if isinstance(held, dict):
        return sum(map(_bytes_in, held.values()))
    return sum(map(_bytes_in, held)) if isinstance(held, list | tuple) else 0


def _layer(layer: Any, first: int, second: int) -> CacheLayer:
    """The rule of a layer that held so many bytes of the first two lengths."""
    window = layer.sliding_window if getattr(layer, "is_sliding", False) else None
    rule = CacheLayer(1, window)
    more = rule.tokens_of(_LENGTHS[1]) - rule.tokens_of(_LENGTHS[0])
    token = (second - first) // more if more else 0
    return CacheLayer(token, window, first - token * rule.tokens_of(_LENGTHS[0]))
