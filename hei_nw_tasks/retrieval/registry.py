"""From model arguments to a retriever.

>>> type(make_retriever("bm25")).__name__
'BM25Retriever'
>>> type(make_retriever("hei_nw_tasks.retrieval.bm25:BM25Retriever")).__name__
'PluggedRetriever'
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.plugins import imported
from hei_nw_tasks.retrieval.plugins import CheckedEmbedder, PluggedRetriever
from hei_nw_tasks.retrieval.protocols import Embedder, Retriever

RETRIEVERS = ("dense", "bm25", "hybrid")


def make_retriever(
    retriever: str,
    *,
    embedder: str | None = None,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    embed_cache: str | None = None,
) -> Retriever:
    """Make the retriever of a name.

    Args:
        retriever: dense, bm25, hybrid (both, fused), or module:Class, made without arguments.
        embedder: Id or folder of an encoder, or module:Class, made without arguments; None for the
            default.
        query_prefix: See `HFEmbedder`.
        passage_prefix: See `HFEmbedder`.
        embed_cache: Folder that keeps embeddings; None keeps none.

    Raises:
        ConfigError: There is no such retriever or embedder.
        PluginError: It cannot be made.
    """
    if ":" in retriever:
        return PluggedRetriever(f"retriever={retriever!r}", imported("retriever", retriever))
    if retriever not in RETRIEVERS:
        near = difflib.get_close_matches(retriever, RETRIEVERS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "or module:Class for your own"
        raise ConfigError(f"retriever={retriever!r}: is none of {', '.join(RETRIEVERS)} → {hint}")
    from hei_nw_tasks.retrieval.bm25 import BM25Retriever

    if retriever == "bm25":
        return BM25Retriever()
    from hei_nw_tasks.retrieval.dense import DenseRetriever

    dense = DenseRetriever(
        make_embedder(embedder, query_prefix, passage_prefix, embed_cache=embed_cache)
    )
    if retriever == "dense":
        return dense
    from hei_nw_tasks.retrieval.hybrid import HybridRetriever

    return HybridRetriever([dense, BM25Retriever()])


def make_embedder(
    name: str | None = None,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    *,
    embed_cache: str | None = None,
) -> Embedder:
    """Make the embedder of a name; arguments and errors are those of `make_retriever`."""
    from hei_nw_tasks.retrieval.embedding import DEFAULT_MODEL, HFEmbedder

    make: Callable[[], Any]
    # A colon after a single letter is a drive of Windows, not a module.
    if name is not None and ":" in name[2:] and not Path(name).exists():
        make = imported("embedder", name)
    else:
        make = partial(HFEmbedder, name or DEFAULT_MODEL, query_prefix, passage_prefix)
    made = CheckedEmbedder(f"embedder={name or DEFAULT_MODEL!r}", make)
    if embed_cache is None:
        return made
    from hei_nw_tasks.retrieval.embedding_cache import CachedEmbedder

    try:
        folder = Path(embed_cache).expanduser()
    except RuntimeError:
        raise ConfigError(
            f"embed_cache={embed_cache!r}: there is no such user → name a folder"
        ) from None
    return CachedEmbedder(made, folder)
