"""Attention of many rows over one copy of the prefix that they share.

A cache of transformers holds keys and values per row: 64 questions about one log would write 64
copies of its keys and read them at every step. Here the prefix is one row. The queries of all rows
meet it in one multiplication, and the two parts are joined by their log-sum-exps, which is exact:

    softmax([a, b]) · [A, B] = (z_a · softmax(a) · A + z_b · softmax(b) · B) / (z_a + z_b)
    with z = Σ exp(scores)

It is an attention function of transformers (`AttentionInterface`), chosen with

    with attention_over_prefixes(model):
        model.generate(…, past_key_values=cache_over(prefix_cache))

and does what `sdpa` does wherever a cache has no prefix of this kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

_NAME = "heinw_prefix"
# Most scores in memory at once, on devices without a kernel that avoids storing them.
_MOST_SCORES = 1 << 26


class _RowsLayer(DynamicLayer):
    """Keys and values of the rows in one layer, after a prefix that all rows share.

    Args:
        prefix: Keys and values of the prefix, each (1, heads, tokens, size).
    """

    def __init__(self, prefix: tuple[Any, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._prefix = prefix

    def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> Any:
        keys: Any
        keys, values = super().update(key_states, value_states, *args, **kwargs)
        # Attention functions do not get the cache, so the keys carry the prefix.
        keys.shared_prefix = self._prefix
        return keys, values

    def get_seq_length(self, *args: Any) -> int:
        return int(self._prefix[0].shape[-2]) + super().get_seq_length(*args)

    def get_mask_sizes(self, query: Any) -> tuple[int, int]:
        """Length and offset of the mask, which leaves out the prefix: every row sees all of it."""
        # transformers 4 passes the positions, 5 their number.
        new = query if isinstance(query, int) else query.shape[0]
        before = self._prefix[0].shape[-2]
        return self.get_seq_length() - before + new, before


def cache_over(prefix: Any) -> Any:
    """A cache for any number of rows that begin with the tokens of a one-row cache.

    Args:
        prefix: A `DynamicCache`; it is read, never written.
    """
    cache = DynamicCache()
    cache.layers = [_RowsLayer((layer.keys, layer.values)) for layer in prefix.layers]
    return cache


@contextmanager
def attention_over_prefixes(model: Any) -> Iterator[None]:
    """Let a model use caches of `cache_over`, if its attention goes through the interface."""
    before = model.config._attn_implementation
    ALL_ATTENTION_FUNCTIONS.register(_NAME, _attention)
    ALL_MASK_ATTENTION_FUNCTIONS.register(_NAME, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])
    try:
        model.set_attn_implementation(_NAME)
        yield
    finally:
        model.set_attn_implementation(before)


def _attention(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[Any, None]:
    """An attention function of transformers; the mask covers the rows' own tokens only."""
    prefix = getattr(key, "shared_prefix", None)
    if prefix is None:
        output: tuple[Any, None] = ALL_ATTENTION_FUNCTIONS["sdpa"](
            *(module, query, key, value, attention_mask),
            dropout=dropout,
            scaling=scaling,
            **kwargs,
        )
        return output
    rows, heads, new, size = query.shape
    groups = key.shape[1]
    scale = size**-0.5 if scaling is None else scaling
    # All query heads that share a key head, in all rows, become the queries of one attention.
    together = (groups, rows, heads // groups, new)
    queries = query.unflatten(1, (groups, -1)).transpose(0, 1).reshape(1, groups, -1, size)
    shared, shared_sums = _over_prefix(queries, prefix[0], prefix[1], scale)
    shared = shared[0].unflatten(1, together[1:]).transpose(0, 1)
    shared_sums = shared_sums[0].unflatten(1, together[1:]).transpose(0, 1)
    scores = query.unflatten(1, (groups, -1)) @ key.unsqueeze(2).transpose(-1, -2)
    scores = scores.float() * scale
    if attention_mask is not None:
        scores.masked_fill_(~attention_mask[:, :, None], -torch.inf)
    elif new > 1:
        scores.masked_fill_(_future(new, key.shape[2], key.device), -torch.inf)
    # Padding sees none of its row's tokens, so its sum is minus infinity and the prefix remains.
    sums = torch.logaddexp(scores.logsumexp(-1), shared_sums)
    own = (scores - sums[..., None]).exp().to(value.dtype) @ value.unsqueeze(2)
    joined = shared * (shared_sums - sums).exp()[..., None] + own
    return joined.to(query.dtype).flatten(1, 2).transpose(1, 2).contiguous(), None


def _over_prefix(queries: Any, keys: Any, values: Any, scale: float) -> tuple[Any, Any]:
    """Attention without a mask, and the log-sum-exp of each query's scores in 32 bits."""
    # Under autocast the three types may differ; the public functions cast them, this one does not.
    queries, keys = queries.to(values.dtype), keys.to(values.dtype)
    if queries.device.type == "cpu":
        # The kernel of `sdpa` on CPUs; its public form does not return the sums.
        output, sums = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            queries, keys, values, scale=scale
        )
        return output, sums.float()
    return _in_pieces(queries, keys, values, scale)


def _in_pieces(queries: Any, keys: Any, values: Any, scale: float) -> tuple[Any, Any]:
    """The same by plain multiplications, on any device."""
    outputs, all_sums = [], []
    for part in queries.split(max(1, _MOST_SCORES // (keys.shape[1] * keys.shape[2])), dim=2):
        scores = (part @ keys.transpose(-1, -2)).float() * scale
        sums = scores.logsumexp(-1)
        outputs.append((scores - sums[..., None]).exp().to(values.dtype) @ values)
        all_sums.append(sums)
    return torch.cat(outputs, 2), torch.cat(all_sums, 2)


def _future(new: int, seen: int, device: Any) -> Any:
    """Mask of the tokens after each of the last `new` ones of `seen`: (new, seen)."""
    tokens = torch.arange(seen, device=device)
    return tokens[None, :] > tokens[seen - new :, None]
