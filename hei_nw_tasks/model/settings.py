"""Model arguments of the `heinw` model, and the memory arm that they ask for.

    --model heinw --model_args inner=hf,pretrained=CKPT,baseline=rag,retriever=bm25,k=5

gives `Settings(inner="hf", baseline="rag", options=RagOptions(retriever="bm25", k=5))`;
`pretrained` goes on to `hf`. Without it `hf` gets the embedded reader, which
`pretrained=heinw-reader` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from generators.config import reject_near_misses
from generators.errors import ConfigError
from hei_nw_tasks.memory.baselines import Count
from hei_nw_tasks.memory.options import MemoryOptions, Options, SleepOptions
from hei_nw_tasks.memory.recallers import by_baseline, by_memory
from hei_nw_tasks.memory.recalling import Recaller
from hei_nw_tasks.memory.registry import ARMS
from hei_nw_tasks.memory.systems import INSIDE, memory_class
from hei_nw_tasks.model.observing import NothingShown
from hei_nw_tasks.model.patching import why_not_ours
from hei_nw_tasks.modes import ASLEEP, MODES, refuse
from hei_nw_tasks.reader import NAME, resolved

# Arguments of lm_eval's models that change speed, never an answer.
SPEED_ARGUMENTS = frozenset({"batch_size", "max_batch_size", "device"})
# Arguments of lm_eval's models that look like one of ours misspelt.
_OF_OTHERS = {"model"}
Model = TypeVar("Model", bound=BaseModel)


class Settings(BaseModel):
    """What the `heinw` model takes besides the arguments of the model that it wraps.

    Attributes:
        inner: Model type of lm_eval that answers.
        mode: Mode of the HEI-NW plan.
        baseline: Name of the baseline; none in the other modes.
        shared_prefix: Whether to compute the common beginning of prompts once; None does so where
            it works and saves time.
        options: Options of the arm, each of them a model argument of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    inner: str = "hf"
    mode: str = "B0"
    baseline: str = "none"
    shared_prefix: bool | None = None
    options: Options = Options()

    @property
    def name(self) -> str:
        """Of the arm: the baseline, or the memory."""
        return self.options.memory if isinstance(self.options, MemoryOptions) else self.baseline

    @property
    def memory_inside(self) -> bool:
        """Whether the model that answers has the memory inside."""
        return isinstance(self.options, MemoryOptions) and self.options.memory == INSIDE

    def identity(self) -> dict[str, Any]:
        """What tells this arm from others, for results and caches; None where it has no effect."""
        fields = [field for kind in _options() for field in kind.model_fields.items()]
        known = {
            **{"mode": self.mode, "baseline": self.baseline, "inner": self.inner},
            **{name: None for name, field in fields if not field.exclude},
            **self.options.identity(),
        }
        # Nothing is recalled in mode B3.
        return known | {"k": None, "memory_tokens": None} if self.mode == "B3" else known

    def recaller(self, count: Count, model: Any, model_identity: str) -> Recaller:
        """The arm that the settings ask for, at work.

        Args:
            count: Counts the tokens of a text.
            model: The one that answers.
            model_identity: Tells it from others.

        Raises:
            ConfigError: The arm cannot be made, for example because its retriever is unknown.
        """
        if self.memory_inside:
            return NothingShown()
        if isinstance(self.options, MemoryOptions):
            asks = self.mode != "B3"
            return by_memory(self.options, count, model, model_identity, asks=asks)
        return by_baseline(ARMS[self.baseline], self.options, count)


def _options() -> list[type[Options]]:
    """The options of all arms; one that two of them share is one model argument."""
    return [*dict.fromkeys(arm.options for arm in ARMS.values()), MemoryOptions, SleepOptions]


def arm_arguments() -> frozenset[str]:
    """Names of the model arguments that are ours: they choose an arm, and do not name the model."""
    options = (name for kind in _options() for name in kind.model_fields)
    return frozenset(Settings.model_fields) - {"options"} | frozenset(options)


def split(arguments: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Separate our arguments from those of the inner model.

    Returns:
        Our settings, and the arguments to hand on.

    Raises:
        ConfigError: One of ours is misspelt or cannot be used.
        SystemExit: The mode cannot run as asked (exit code 64, help on standard error).
    """
    known = arm_arguments()
    reject_near_misses(set(arguments) - _OF_OTHERS, known)
    ours = {name: value for name, value in arguments.items() if name in known}
    others = {name: value for name, value in arguments.items() if name not in known}
    mode = arguments.get("mode", "B0")
    _check_mode(mode, arguments)
    if arguments.get("inner") == "heinw":
        raise ConfigError(
            "inner='heinw': cannot wrap itself → name the model that answers, e.g. hf"
        )
    baseline = arguments.get("baseline", "none")
    if baseline not in ARMS:
        raise ConfigError(f"baseline={baseline!r}: is no memory arm → use {', '.join(ARMS)}")
    # Options of the other arms have no effect, but a wrong value is a mistake all the same.
    options = {kind: _validated(kind, ours) for kind in _options()}
    of_mode: dict[str, type[Options]]
    of_mode = {"B0": ARMS[baseline].options, "B1": MemoryOptions}
    chosen = of_mode.get(str(mode), SleepOptions)
    settings = _validated(Settings, ours).model_copy(update={"options": options[chosen]})
    if isinstance(settings.options, MemoryOptions) and not settings.memory_inside:
        # One that is not installed is said before the model that answers is loaded.
        found = memory_class(settings.options.memory)
        if mode in ASLEEP and isinstance(found, type) and not hasattr(found, "consolidate"):
            refuse(mode, f"needs a memory with `consolidate`, which {settings.name} has not")
        if mode != "B3" and arguments.get("drift"):
            raise ConfigError(f"drift={arguments['drift']}: is of mode B3 → add mode=B3")
        if mode in ASLEEP and settings.options.scopes != 1:
            raise ConfigError(
                f"scopes={settings.options.scopes}: each world sleeps alone in mode {mode} "
                "→ leave it out"
            )
    return settings, _with_reader(others) if settings.inner == "hf" else others


def _validated(kind: type[Model], arguments: Mapping[str, Any]) -> Model:
    """The settings of a kind that the arguments give."""
    try:
        return kind(**{name: arguments[name] for name in kind.model_fields if name in arguments})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise ConfigError(f"{name}={arguments[name]!r}: {first['msg'].lower()}") from None


def _check_mode(mode: object, arguments: Mapping[str, Any]) -> None:
    if mode not in MODES:
        raise ConfigError(f"mode={mode!r}: the modes are {', '.join(MODES)}")
    if mode != "B0" and "memory" not in arguments:
        refuse(str(mode))
    if mode in ASLEEP:
        _check_sleep(str(mode), arguments)
    if mode == "B0" and "memory" in arguments:
        raise ConfigError(f"memory={arguments['memory']!r}: B0 has none → add mode=B1")
    if mode != "B0" and arguments.get("baseline", "none") != "none":
        raise ConfigError(
            f"baseline={arguments['baseline']!r}: is of mode B0 → leave it out, or mode={mode}"
        )


def _check_sleep(mode: str, arguments: Mapping[str, Any]) -> None:
    """See that the weights of the model that answers can be changed."""
    reason = why_not_ours(arguments.get("inner", "hf"), arguments)
    if reason is None and arguments["memory"] == INSIDE:
        reason = f"memory={INSIDE} changes the model itself, when it is told"
    if reason is not None:
        refuse(mode, f"cannot change the weights of the model ({reason})")


def _with_reader(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `hf`, with the folder of the embedded reader for its name or for no model."""
    arguments = {"pretrained": NAME, **arguments}
    for name in ("pretrained", "tokenizer"):
        if isinstance(arguments.get(name), str):
            arguments[name] = resolved(arguments[name])
    return arguments
