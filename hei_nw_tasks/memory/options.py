"""Model arguments that the memory arms read.

>>> RagOptions(k=3).budget()
Budget(k=10, tokens=None)
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hei_nw_tasks.memory.protocol import Budget

# Deep enough for every recall@k that is reported, whatever k the prompt shows.
RANKING_DEPTH = 10
# Of training in a cycle of sleep, unless the user says otherwise.
SLEEP_TOKENS = 50_000


class Options(BaseModel):
    """Model arguments that an arm reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def shown(self) -> int | None:
        """Most items in the prompt; None for any number."""
        return None

    def budget(self) -> Budget:
        """How much the memory may recall."""
        return Budget()

    def identity(self) -> dict[str, Any]:
        """What tells runs of the arm apart, for results and caches; None where it has no effect.

        A field with `exclude=True` never tells runs apart.
        """
        return self.model_dump()


class RecentOptions(Options):
    """Options of `recent`.

    Attributes:
        memory_tokens: Budget of the memory block, in tokens.
    """

    memory_tokens: int = Field(default=512, ge=1)

    def budget(self) -> Budget:
        """As many tokens."""
        return Budget(tokens=self.memory_tokens)


class RagOptions(Options):
    """Options of `rag`.

    Attributes:
        k: Events to show.
        retriever: dense, bm25, hybrid, or module:Class.
        embedder: Of dense and hybrid: a model id, a folder, or module:Class.
        query_prefix: Put before a query; None for what the embedder was trained with.
        passage_prefix: Put before an event, likewise.
        embed_cache: Folder that keeps embeddings from run to run; None keeps none.
    """

    k: int = Field(default=5, ge=1)
    retriever: str = "dense"
    embedder: str | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    embed_cache: str | None = Field(default=None, exclude=True)

    @property
    def shown(self) -> int | None:
        """Events in the prompt."""
        return self.k

    def budget(self) -> Budget:
        """As deep as rankings are measured."""
        return Budget(max(self.k, RANKING_DEPTH))

    def identity(self) -> dict[str, Any]:
        """Without the embedder's options where nothing is embedded."""
        known = self.model_dump()
        if self.retriever == "bm25":
            known |= dict.fromkeys(("embedder", "query_prefix", "passage_prefix"))
        return known


class MemoryOptions(Options):
    """Options of a memory that is measured.

    Attributes:
        memory: none, the name of an installed memory, or module:Class.
        memory_args: What the memory's class is called with, by name; also as text,
            "name=value;name=value".
        k: Items to show.
        memory_tokens: Most tokens of the memory block; None for any number.
        memory_folder: Folder that keeps written stores from run to run; None keeps none.
        memory_timeout: Most seconds of a call of the memory.
        memory_seed: Handed to the memory.
        scopes: Worlds that share a store, each under a scope of its own.
        reopen: Whether the memory is closed and opened between writing and asking.
    """

    memory: str = "none"
    memory_args: dict[str, Any] = Field(default_factory=dict)
    k: int = Field(default=5, ge=1)
    memory_tokens: int | None = Field(default=None, ge=1)
    memory_folder: str | None = Field(default=None, exclude=True)
    memory_timeout: float = Field(default=600, gt=0, exclude=True)
    memory_seed: int = 0
    scopes: int = Field(default=1, ge=1, le=1000)
    reopen: Literal["never", "always"] = "never"

    @field_validator("memory_args", mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        from lm_eval.utils import simple_parse_args_string

        return simple_parse_args_string(given.replace(";", ","))

    @property
    def shown(self) -> int | None:
        """Items in the prompt."""
        return self.k

    def budget(self) -> Budget:
        """As deep as rankings are measured."""
        return Budget(max(self.k, RANKING_DEPTH), self.memory_tokens)

    def identity(self) -> dict[str, Any]:
        """With the version of the memory."""
        from hei_nw_tasks.memory.systems import INSIDE, memory_version

        version = "" if self.memory == INSIDE else memory_version(self.memory)
        return {**self.model_dump(), "memory_version": version}


class SleepOptions(MemoryOptions):
    """Options of a memory that sleeps, in modes B2 and B3.

    Attributes:
        cycle: How often it has slept when a question is asked.
        sleep_tokens: Most tokens of training text in a cycle.
        sleep_flops: Most FLOPs of training in a cycle; None for any number.
        drift: What sleep may have harmed, asked in mode B3 in place of what was stored: "reading"
            answers each world from its evidence, with the weights of another world.
    """

    cycle: int = Field(default=1, ge=1, le=100)
    sleep_tokens: int = Field(default=SLEEP_TOKENS, ge=1)
    sleep_flops: float | None = Field(default=None, gt=0)
    drift: Literal["reading"] | None = None
