"""Makes the arm that a run's options name.

by_baseline(ARMS["rag"], options, count)          # B0
by_memory(options, count, model, "Qwen/Qwen2.5", asks=True)  # B1, B2; B3 with asks=False
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hei_nw_tasks.memory.baselines import Count
from hei_nw_tasks.memory.keeping import Keeper
from hei_nw_tasks.memory.options import MemoryOptions, Options, SleepOptions
from hei_nw_tasks.memory.plugged import PluggedMemory
from hei_nw_tasks.memory.recalling import ByReplay, FromEvidence, Recaller
from hei_nw_tasks.memory.registry import Arm
from hei_nw_tasks.memory.sleeping import BySleep
from hei_nw_tasks.memory.systems import asks_for_model, made_with


def by_baseline(arm: Arm[Any], options: Options, count: Count) -> Recaller:
    """A baseline at work.

    Raises:
        ConfigError: It cannot be made, for example because its retriever is unknown.
    """
    if arm.make is None:
        return FromEvidence()
    make = arm.make(options, count)
    # Its messages name the plug-in: the retriever or the embedder.
    return ByReplay(
        lambda known: PluggedMemory(f"baseline={arm.name!r}", make, known=known),
        options,
        Keeper(None, {}),
        count,
    )


def by_memory(
    options: MemoryOptions, count: Count, model: Any, model_identity: str, *, asks: bool = True
) -> Recaller:
    """A memory at work, asleep before each question if its options say so.

    Args:
        options: Which one, and how.
        count: Counts the tokens of a text.
        model: The one that answers; memories may ask it how likely a text is.
        model_identity: Tells it from others.
        asks: Whether the memory is asked (B1, B2), or has done its work in its sleep (B3).

    Raises:
        ConfigError: There is no such memory, it does not take an option, or the folder for its
            stores cannot be used.
    """
    make = made_with(options.memory, options.memory_args)
    asks_model = asks_for_model(options.memory, options.memory_args)
    identity = options.identity() | {
        "budget": asdict(options.budget()),
        "model": model_identity if asks_model else None,
    }
    # The prompt shows more or less of what is kept, and sleep comes after writing.
    for name in ("k", "memory_tokens", "cycle", "sleep_tokens", "sleep_flops", "drift"):
        identity.pop(name, None)

    def made(known: set[str]) -> PluggedMemory:
        memory = PluggedMemory(f"memory={options.memory!r}", make, options.memory_timeout, known)
        memory.use_model(model)
        return memory

    if isinstance(options, SleepOptions):
        return BySleep(made, options, identity, count, model, model_identity, asks=asks)
    return ByReplay(
        made,
        options,
        Keeper(options.memory_folder, identity),
        count,
        seed=options.memory_seed,
        scopes=options.scopes,
        reopen=options.reopen == "always",
        warn_as=None if options.memory == "none" else f"memory={options.memory!r}",
    )
