"""Puts what memories made in their sleep onto the loaded model, and takes it off again.

    with patched(model, Weights(kind="peft", folder=Path(".../adapter"), …)):
        ...  # the model answers with other weights

The base model is loaded once. Its own tensors are never written to: an adapter is put around its
layers, a checkpoint's tensors take the place of its own. What it answers afterwards is what it
answered before, byte for byte.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.memory.recalling import Weights
from hei_nw_tasks.plugins import PluginError


def import_peft() -> Any:
    """The module `peft`.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        return import_module("peft")
    except ImportError:
        raise ConfigError(
            "peft is not installed → pip install 'hei-nw-tasks[consolidate]'"
        ) from None


def is_transformers(model_class: type) -> bool:
    """Whether a model class of lm_eval is its `hf`, or made from it."""
    return any(base.__module__ == "lm_eval.models.huggingface" for base in model_class.__mro__)


def why_not_ours(inner: object, arguments: Mapping[str, Any]) -> str | None:
    """Why the weights of a model cannot be changed; None if they can.

    Args:
        inner: Model type of lm_eval.
        arguments: Of the model.
    """
    from lm_eval.api.registry import get_model

    for name in ("peft", "delta"):
        if arguments.get(name):
            return f"{name}={arguments[name]} is on it already; merge that into a checkpoint"
    try:
        is_ours = is_transformers(get_model(inner))
    except ImportError:  # of a server or an engine that is not installed
        is_ours = False
    except (KeyError, ValueError):  # said where the model is made
        return None
    return None if is_ours else f"inner={inner} does not have them in this process"


@contextmanager
def patched(model: Any, weights: Weights | None) -> Iterator[None]:
    """A model of transformers with other weights, and afterwards as it was.

    Args:
        model: A loaded model of transformers.
        weights: None changes nothing.

    Raises:
        PluginError: They do not fit the model.
        ConfigError: PEFT is missing.
    """
    if weights is None:
        yield
        return
    with _KINDS[weights.kind](model, weights):
        yield


@contextmanager
def _with_adapter(model: Any, weights: Weights) -> Iterator[None]:
    """With an adapter of PEFT around its layers."""
    peft = import_peft()
    _check_adapter(model, weights)

    def put_on() -> Any:
        try:
            with warnings.catch_warnings():
                # An adapter that lacks what its configuration promises would do half its work.
                warnings.filterwarnings("error", message="Found missing adapter keys")
                return peft.PeftModel.from_pretrained(model, weights.folder)
        except Exception as error:  # whatever PEFT raises of a folder that it cannot use
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise PluginError(
                f"{weights.maker}: its adapter does not fit the model ({reason}) "
                "→ make one for the model that answers"
            ) from error

    with adapted(model, put_on):
        model.eval()
        yield


@contextmanager
def adapted(model: Any, put_on: Callable[[], Any]) -> Iterator[Any]:
    """A model of transformers with an adapter around its layers, and afterwards as it was.

    Args:
        model: A loaded model of transformers.
        put_on: Puts a PeftModel around it; what it raises leaves the model as it was, too.

    Raises:
        PluginError: It is an adapter that cannot be taken off again.
    """
    before, layers = dict(vars(model)), dict(model.named_modules())
    was_training, wanted = model.training, {p: p.requires_grad for p in model.parameters()}
    try:
        yield put_on()
    finally:
        for name, layer in layers.items():
            parent, _, own = name.rpartition(".")
            # The parent is as it was, too: parents come first.
            if name and getattr(layers[parent], own) is not layer:
                setattr(layers[parent], own, layer)
        for name in vars(model).keys() - before.keys():
            delattr(model, name)
        model.train(was_training)
        for parameter, wants in wanted.items():
            parameter.requires_grad_(wants)
        if dict(model.named_modules()) != layers:
            raise PluginError("the adapter cannot be taken off the model again → use LoRA")


def _check_adapter(model: Any, weights: Weights) -> None:
    """See that an adapter is one of layers, and says that it is for this model."""
    path = weights.folder / "adapter_config.json"
    try:
        config = json.loads(path.read_bytes())
        kind, base = config.get("peft_type"), config.get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError) as error:
        raise PluginError(
            f"{weights.maker}: {path} cannot be read ({error}) → save the adapter with PEFT"
        ) from None
    if config.get("task_type") not in (None, "CAUSAL_LM") or "PROMPT" in str(kind):
        raise PluginError(
            f"{weights.maker}: its adapter is {kind} for {config.get('task_type')} "
            "→ make one that changes layers, such as LoRA, for CAUSAL_LM"
        )
    own = getattr(model, "name_or_path", "")
    if base and own and Path(str(base)).name != Path(str(own)).name:
        raise PluginError(
            f"{weights.maker}: its adapter is for {base}, the model that answers is {own} "
            "→ make one for the model that answers"
        )


@contextmanager
def _with_checkpoint(model: Any, weights: Weights) -> Iterator[None]:
    """With the tensors of a checkpoint in place of its own."""
    from transformers import AutoModelForCausalLM

    try:
        other = AutoModelForCausalLM.from_pretrained(weights.folder, dtype=model.dtype)
    except Exception as error:  # whatever transformers raises of a folder that it cannot use
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise PluginError(
            f"{weights.maker}: its checkpoint cannot be loaded ({reason}) "
            "→ save it with save_pretrained"
        ) from error
    theirs = dict(other.named_parameters())
    own = dict(model.named_parameters())
    odd = [n for n in {**own, **theirs} if n not in own or n not in theirs]
    odd += [n for n in own if n in theirs and own[n].shape != theirs[n].shape]
    if odd:
        raise PluginError(
            f"{weights.maker}: its checkpoint is of another model ({odd[0]} differs) "
            "→ save one of the model that answers"
        )
    before = {name: parameter.data for name, parameter in own.items()}
    try:
        for name, parameter in own.items():
            parameter.data = theirs[name].data.to(parameter.device)
        yield
    finally:
        for name, parameter in own.items():
            parameter.data = before[name]


_KINDS = {"peft": _with_adapter, "pretrained": _with_checkpoint}
