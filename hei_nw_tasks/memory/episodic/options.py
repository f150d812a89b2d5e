"""Options of `episodic`.

>>> EpisodicOptions(embedder="intfloat/e5-small-v2").retriever
'hybrid'
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from generators.errors import ConfigError

Options = TypeVar("Options", bound=BaseModel)


class EpisodicOptions(BaseModel):
    """What a store is made with; it is not opened again with anything else.

    Attributes:
        retriever: bm25, dense, or hybrid (both, merged by reciprocal rank fusion). By default
            hybrid with an embedder, and else bm25.
        embedder: Of dense and hybrid: a model id, a folder, or module:Class.
        alpha: Weight of surprise in the write gate, see `gate.py`.
        beta: Weight of novelty.
        gamma: Weight of an event's reward.
        delta: Weight of a pin.
        tau: An event is stored if its score is above; None stores every event.
        max_events: Most events of a scope; None for any number. Beyond them the event with the
            lowest score goes, the oldest of several; pinned ones stay.
        ttl_days: Events that are older go, in days by the dates of events; pinned ones stay.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    retriever: Literal["bm25", "dense", "hybrid"] = "bm25"
    embedder: str | None = None
    alpha: float = 0.0
    beta: float = 0.0
    gamma: float = 0.0
    delta: float = 0.0
    tau: float | None = None
    max_events: int | None = Field(default=None, ge=1)
    ttl_days: float | None = Field(default=None, gt=0, le=1_000_000)

    @property
    def gated(self) -> bool:
        """Whether events get a score."""
        return any((self.alpha, self.beta, self.gamma, self.delta))

    @property
    def forgets(self) -> bool:
        """Whether events go by themselves."""
        return self.max_events is not None or self.ttl_days is not None

    @model_validator(mode="before")
    @classmethod
    def _default_retriever(cls, given: dict[str, Any]) -> dict[str, Any]:
        has_embedder = given.get("embedder") is not None
        default = "hybrid" if has_embedder else "bm25"
        return {**given, "retriever": given.get("retriever") or default}

    @model_validator(mode="after")
    def _has_effect(self) -> EpisodicOptions:
        if self.embedder is not None and self.retriever == "bm25":
            raise ValueError("has no effect with retriever=bm25 → use dense or hybrid|embedder")
        if self.tau is not None and not self.gated:
            raise ValueError("has no score to compare → set alpha, beta, gamma or delta|tau")
        return self


def checked(kind: type[Options], given: dict[str, Any]) -> Options:
    """The options of a kind among all that were given.

    Raises:
        ConfigError: One of them cannot be used.
    """
    try:
        return kind(**{name: given[name] for name in kind.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        message, _, name = first["msg"].removeprefix("Value error, ").partition("|")
        message, name = message[0].lower() + message[1:], name or str(first["loc"][0])
        raise ConfigError(f"memory_args: {name}={given.get(name)!r}: {message}") from None
