"""Graphiti (graphiti-core 0.31, Apache-2.0) as a memory: a recipe, not tested here with a model.

    pip install graphiti-core
    PYTHONPATH=docs/recipes python -m hei_nw_tasks --mode B1 --memory graphiti_memory:Graphiti …

It needs a Neo4j server, and a language model behind an OpenAI-compatible server that answers
several times for each event. Small models break the extraction of facts. What is recalled are
facts in the model's words, so that the report measures whether they show the answer.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from hei_nw_tasks.memory.embedders import vectors_of
from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item, Recalled, Written

# Read when it is imported: it would report to its authors.
os.environ["GRAPHITI_TELEMETRY_ENABLED"] = "false"


class Graphiti:
    """A group of a Graphiti graph; a file in the folder has its name.

    Args:
        base_url: Of the OpenAI-compatible server; its key is OPENAI_API_KEY.
        model: The model's name there.
        uri: Of Neo4j; user and password are NEO4J_USER and NEO4J_PASSWORD.
        embedder: Id or folder of an encoder, or module:Class; None for the default of `rag`.
    """

    # Later events end earlier facts, also for those who ask about the time before.
    capabilities = Capabilities(as_of=False, provenance=False, scopes=True, reopen=True)

    def __init__(
        self,
        base_url: str,
        model: str,
        uri: str = "bolt://localhost:7687",
        embedder: str | None = None,
    ) -> None:
        self._base_url, self._model, self._uri = base_url, model, uri
        self._vectors = vectors_of(embedder)

    async def open(self, scope: str, folder: Path) -> None:
        """Connect; other runs have groups of their own."""
        from graphiti_core import Graphiti as Graph
        from graphiti_core.cross_encoder.openai_reranker_client import OpenAIRerankerClient
        from graphiti_core.embedder.client import EmbedderClient
        from graphiti_core.llm_client.config import LLMConfig
        from graphiti_core.llm_client.openai_generic_client import OpenAIGenericClient

        vectors = self._vectors

        class Embedder(EmbedderClient):  # type: ignore[misc]
            async def create(self, input_data: str | list[str] | Iterable[Any]) -> list[float]:
                text = input_data if isinstance(input_data, str) else next(iter(input_data))
                return vectors.passages([str(text)])[0]

            async def create_batch(self, input_data_list: list[str]) -> list[list[float]]:
                return vectors.passages(input_data_list)

        name = folder / f"{scope}.group"
        if not name.exists():
            name.write_text(f"heinw-{uuid.uuid4().hex}")
        self._group = name.read_text()
        config = LLMConfig(
            api_key=os.environ.get("OPENAI_API_KEY", "none"),
            base_url=self._base_url,
            model=self._model,
            small_model=self._model,
        )
        self._graph = Graph(
            self._uri,
            os.environ.get("NEO4J_USER", "neo4j"),
            os.environ.get("NEO4J_PASSWORD", "neo4j"),
            llm_client=OpenAIGenericClient(config),
            embedder=Embedder(),
            cross_encoder=OpenAIRerankerClient(config),
        )
        await self._graph.build_indices_and_constraints()

    async def write(self, event: Episode) -> Written:
        """Add an episode, with its own date."""
        from graphiti_core.nodes import EpisodeType

        added = await self._graph.add_episode(
            name=event.id,
            episode_body=event.text,
            source_description="event",
            reference_time=event.at,
            source=EpisodeType.text,
            group_id=self._group,
        )
        return Written(stored=bool(added.edges), refs=(added.episode.uuid,))

    async def recall(self, query: str, as_of: datetime, budget: Budget) -> Recalled:
        """Facts that were true by then, best first."""
        from graphiti_core.search.search_filters import (
            ComparisonOperator,
            DateFilter,
            SearchFilters,
        )

        by_then = DateFilter(date=as_of, comparison_operator=ComparisonOperator.less_than_equal)
        found = await self._graph.search(
            query,
            group_ids=[self._group],
            num_results=budget.k or 100,
            search_filter=SearchFilters(valid_at=[[by_then]]),
        )
        return Recalled([Item(edge.fact) for edge in found])

    async def delete(self, ref: str) -> None:
        """Remove the episode, and the facts that it alone supports."""
        await self._graph.remove_episode(ref)

    async def close(self) -> None:
        """Close the connection."""
        await self._graph.close()
