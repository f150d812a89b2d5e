"""A progress bar over the tokens of a run, moved by the layers of the model.

    Answering:  12%|█▏        | 41.2k/343k [00:31<03:47, 1.33ktok/s]

Counting answers would say nothing for minutes, as the first batch may be the longest, and then
foretell hours. Tokens of a batch take about as long as those of any other, and every layer that has
seen them moves the bar.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any


class TokenProgress:
    """Shows how much of a run's work is done.

    Args:
        model: A model of transformers.
        total: Tokens of the run: those of the prompts that are to be computed, and the most that
            the answers may have.
        disable: Whether to show nothing.
    """

    def __init__(self, model: Any, total: int, *, disable: bool = False) -> None:
        from tqdm import tqdm

        self._model, self._reached, self._hooks = model, 0, list[Any]()
        self._bar = tqdm(
            total=total,
            desc="Answering",
            unit="tok",
            unit_scale=True,
            mininterval=1,
            disable=disable,
        )

    def __enter__(self) -> TokenProgress:
        layers = [] if self._bar.disable else layers_of(self._model)
        share = 1 / max(len(layers), 1)

        def seen(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            states: Any = args[0] if args else kwargs.get("hidden_states")
            if getattr(states, "ndim", 0) == 3:
                self._move(self._bar.n + share * states.shape[0] * states.shape[1])

        self._hooks = [layer.register_forward_hook(seen, with_kwargs=True) for layer in layers]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hook in self._hooks:
            hook.remove()
        self._bar.close()

    def add(self, tokens: int) -> None:
        """A batch is done; its answers may have been shorter than `total` allows for."""
        self._reached += tokens
        self._move(self._reached)

    def _move(self, tokens: float) -> None:
        self._bar.update(min(tokens, self._bar.total) - self._bar.n)


def layers_of(model: Any) -> list[Any]:
    """The layers that every token passes, in order; none where they cannot be told."""
    from torch.nn import ModuleList

    config = model.config.get_text_config(decoder=True)
    count = getattr(config, "num_hidden_layers", None)
    for module in model.modules():
        if isinstance(module, ModuleList) and len(module) == count:
            return list(module)
    return []
