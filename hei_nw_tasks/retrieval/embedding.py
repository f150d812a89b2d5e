"""Sentence vectors from an encoder of transformers.

    HFEmbedder("intfloat/e5-small-v2").embed_queries(["Who lost a key?"]).shape -> (1, 384)

A vector is the mean of the last layer over the text's tokens, scaled to length 1, as the E5 and
MiniLM families were trained. E5 also needs a prefix that tells queries from passages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generators.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "intfloat/e5-small-v2"
_BATCH = 64


class HFEmbedder:
    """Embeds with an encoder from the Hub or from a folder.

    Args:
        model_id: Id or folder.
        query_prefix: Before every query; None: "query: " for the E5 family, else nothing.
        passage_prefix: Before every event; None: "passage: " for the E5 family, else nothing.
        revision: Of the model on the Hub.
        device: Device of the model; None: CUDA if there is one.
        max_length: Most tokens of a text, which is cut after them; None: as its tokeniser says.

    Raises:
        ConfigError: The model cannot be loaded; raised when the first text is embedded.
    """

    def __init__(
        self,
        model_id: str = DEFAULT_MODEL,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        revision: str | None = None,
        device: str | None = None,
        max_length: int | None = None,
    ) -> None:
        e5 = "e5" in model_id.lower().replace("/", "-").split("-")
        self._model_id, self._revision, self._device = model_id, revision, device
        self._query_prefix = ("query: " if e5 else "") if query_prefix is None else query_prefix
        self._passage_prefix = (
            ("passage: " if e5 else "") if passage_prefix is None else passage_prefix
        )
        self._max_length = max_length
        prefixes = f"{self._query_prefix!r}, {self._passage_prefix!r}"
        self.name = f"{model_id}@{revision or 'main'} ({prefixes}, {max_length})"

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors: (texts, dimensions)."""
        return self._embed([self._query_prefix + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors: (texts, dimensions)."""
        return self._embed([self._passage_prefix + text for text in texts])

    @cached_property
    def weights(self) -> str:
        """Hex sha256 of the weights, the configuration and the tokeniser, for caches."""
        import torch

        tokenizer, model = self._loaded
        digest = hashlib.sha256(model.config.to_json_string().encode())
        backend = json.loads(tokenizer.backend_tokenizer.to_str())
        # These two change whenever a text is tokenised.
        backend |= {"truncation": None, "padding": None}
        digest.update(json.dumps(backend, sort_keys=True).encode())
        for name, tensor in sorted(model.state_dict().items()):
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            flat = tensor.detach().cpu().contiguous().reshape(-1)
            digest.update(flat.view(torch.uint8).numpy().data)
        return digest.hexdigest()

    def query_flops(self, text: str) -> float | None:
        """FLOPs to embed T tokens: 2 · weights · T + 4 · layers · width · T²."""
        tokenizer, model = self._loaded
        encoded = tokenizer(self._query_prefix + text, truncation=True, max_length=self._longest)
        tokens, config = len(encoded["input_ids"]), model.config
        attention = 4 * config.num_hidden_layers * config.hidden_size * tokens * tokens
        return float(2 * self._weights * tokens + attention)

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np
        import torch

        tokenizer, model = self._loaded
        vectors: list[Any] = [None] * len(texts)
        # Texts of similar length together, so that little of a batch is padding.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                chunk = order[start : start + _BATCH]
                batch = tokenizer(
                    [texts[i] for i in chunk],
                    padding=True,
                    truncation=True,
                    max_length=self._longest,
                    return_tensors="pt",
                ).to(model.device)
                states = model(**batch).last_hidden_state.float()
                mask = batch["attention_mask"][..., None].float()
                mean = (states * mask).sum(1) / mask.sum(1)
                unit = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
                for i, vector in zip(chunk, unit, strict=True):
                    vectors[i] = vector
        return np.stack(vectors).astype(np.float32)

    @property
    def _longest(self) -> int:
        tokenizer, model = self._loaded
        positions = getattr(model.config, "max_position_embeddings", 512)
        return min(self._max_length or tokenizer.model_max_length, positions)

    @cached_property
    def _weights(self) -> int:
        """Weights of the linear layers that each token passes."""
        from torch import nn

        _, model = self._loaded
        return sum(
            module.in_features * module.out_features
            for name, module in model.named_modules()
            if isinstance(module, nn.Linear) and "pooler" not in name
        )

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModel, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(self._model_id, revision=self._revision)
            model = AutoModel.from_pretrained(self._model_id, revision=self._revision)
        except (ImportError, OSError, ValueError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ConfigError(
                f"embedder={self._model_id!r}: cannot be loaded ({reason}) → name a folder or a "
                "model id with embedder=…; retriever=bm25 and memory=episodic need none"
            ) from None
        device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        return tokenizer, model.to(device).eval()
