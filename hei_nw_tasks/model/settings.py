"""Model arguments of the `heinw` model, and the arm that they ask for.

    --model heinw --model_args inner=hf,pretrained=CKPT,baseline=rag,retriever=bm25,k=5

gives `Settings(inner="hf", baseline="rag", retriever="bm25", k=5)`; `pretrained` goes on to `hf`.
Without it `hf` gets the embedded reader, which `pretrained=heinw-reader` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generators.config import reject_near_misses
from generators.errors import ConfigError
from hei_nw_tasks.memory.arms import LongContext, Memory, NoMemory, Oracle, Rag, Recent
from hei_nw_tasks.modes import MODES, UNSUPPORTED, unsupported
from hei_nw_tasks.reader import NAME, resolved

Baseline = Literal["none", "oracle", "recent", "long-context", "rag"]
BASELINES: tuple[str, ...] = get_args(Baseline)
# Arguments of lm_eval's models that look like one of ours misspelt.
_OF_OTHERS = {"model"}


class Settings(BaseModel):
    """What the `heinw` model is told besides the arguments of the model that it wraps.

    Attributes:
        inner: Model type of lm_eval that answers.
        mode: Mode of the HEI-NW plan.
        baseline: Which memory the prompt shows.
        memory_tokens: Budget of `recent`, in tokens.
        k: Events that `rag` shows.
        retriever: Of `rag`: dense, bm25, hybrid, or module:Class.
        embedder: Of dense and hybrid: a model id, a folder, or module:Class.
        query_prefix: Before a query; None for what the embedder was trained with.
        passage_prefix: Before an event, likewise.
        embed_cache: Folder that keeps embeddings from run to run; None keeps none.
        shared_prefix: Whether prompts that begin alike are computed once; None where it holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    inner: str = "hf"
    mode: str = "B0"
    baseline: Baseline = "none"
    memory_tokens: int = Field(default=512, ge=1)
    k: int = Field(default=5, ge=1)
    retriever: str = "dense"
    embedder: str | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None
    embed_cache: str | None = None
    shared_prefix: bool | None = None

    def identity(self) -> dict[str, Any]:
        """What tells this arm from others, for results and caches; null where it plays no part."""
        rag, recent = self.baseline == "rag", self.baseline == "recent"
        embeds = rag and self.retriever != "bm25"
        return {
            "mode": self.mode,
            "baseline": self.baseline,
            "inner": self.inner,
            "memory_tokens": self.memory_tokens if recent else None,
            "k": self.k if rag else None,
            "retriever": self.retriever if rag else None,
            "embedder": self.embedder if embeds else None,
            "query_prefix": self.query_prefix if embeds else None,
            "passage_prefix": self.passage_prefix if embeds else None,
        }


def split(arguments: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Tell our arguments from those of the inner model.

    Returns:
        Our settings, and the arguments to hand on.

    Raises:
        ConfigError: One of ours is misspelt or cannot be used.
        SystemExit: The mode needs a memory system (exit code 64, help on standard error).
    """
    reject_near_misses(set(arguments) - _OF_OTHERS, Settings.model_fields)
    ours = {name: arguments[name] for name in arguments if name in Settings.model_fields}
    mode = ours.get("mode", "B0")
    if mode in MODES and mode != "B0":
        _exit_unsupported(mode)
    if mode != "B0":
        raise ConfigError(f"mode={mode!r}: the modes are {', '.join(MODES)}")
    if ours.get("inner") == "heinw":
        raise ConfigError(
            "inner='heinw': cannot wrap itself → name the model that answers, e.g. hf"
        )
    try:
        settings = Settings(**ours)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise ConfigError(f"{name}={ours[name]!r}: {first['msg'].lower()}") from None
    others = {name: value for name, value in arguments.items() if name not in ours}
    return settings, _with_reader(others) if settings.inner == "hf" else others


def make_arm(settings: Settings, count: Callable[[str], int]) -> Memory:
    """The memory that the settings ask for.

    Args:
        settings: Of the model.
        count: Counts the tokens of a text.

    Raises:
        ConfigError: The retriever or its embedder is unknown or cannot be loaded.
    """
    if settings.baseline == "recent":
        return Recent(settings.memory_tokens, count)
    if settings.baseline == "rag":
        from hei_nw_tasks.retrieval.registry import make_retriever

        retriever = make_retriever(
            settings.retriever,
            embedder=settings.embedder,
            query_prefix=settings.query_prefix,
            passage_prefix=settings.passage_prefix,
            embed_cache=settings.embed_cache,
        )
        return Rag(retriever, settings.k)
    plain: dict[str, type[NoMemory | Oracle | LongContext]] = {
        "none": NoMemory,
        "oracle": Oracle,
        "long-context": LongContext,
    }
    return plain[settings.baseline]()


def _with_reader(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `hf` with the embedded reader's folder where it is named, or no model is."""
    arguments = {"pretrained": NAME, **arguments}
    for name in ("pretrained", "tokenizer"):
        if isinstance(arguments.get(name), str):
            arguments[name] = resolved(arguments[name])
    return arguments


def _exit_unsupported(mode: str) -> None:
    import sys

    print(unsupported(mode), file=sys.stderr)
    raise SystemExit(UNSUPPORTED)
