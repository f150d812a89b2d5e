"""The memories that can be measured: built in, installed, or named by module and class.

    memory_class("episodic") -> hei_nw_tasks.memory.episodic.Episodic
    memory_class("mine:Notebook") -> mine.Notebook

A package installs a memory by an entry point of the group `heinw.memories`:

    [project.entry-points."heinw.memories"]
    notebook = "mine:Notebook"
"""

from __future__ import annotations

import difflib
import hashlib
import inspect
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distributions, entry_points, version
from pathlib import Path
from typing import Any

from generators.errors import ConfigError
from hei_nw_tasks.plugins import blaming, imported

GROUP = "heinw.memories"
# The model that answers has the memory inside, see `hei_nw_tasks.model.observing`.
INSIDE = "model"
BUILT_IN = {
    "none": "hei_nw_tasks.memory.baselines:NoMemory",
    "episodic": "hei_nw_tasks.memory.episodic:Episodic",
    "mem0": "hei_nw_tasks.memory.mem0:Mem0",
    "langgraph": "hei_nw_tasks.memory.langgraph:LangGraph",
}


def installed() -> dict[str, str]:
    """The names of all memories, with the module and class of each."""
    return {**{entry.name: entry.value for entry in entry_points(group=GROUP)}, **BUILT_IN}


def memory_class(name: str) -> Any:
    """The class of a memory, or what else makes one.

    Args:
        name: One of `installed`, or module:Class.

    Raises:
        ConfigError: There is none of that name, or it cannot be imported.
    """
    return imported("memory", _path_of(name))


def _path_of(name: str) -> str:
    """Module and class of a memory."""
    found = name if ":" in name else installed().get(name)
    if found is None:
        near = difflib.get_close_matches(name, installed(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "or module:Class for your own"
        raise ConfigError(
            f"memory={name!r}: is none of {', '.join([*installed(), INSIDE])} → {hint}"
        )
    return found


def made_with(name: str, arguments: Mapping[str, Any]) -> Any:
    """What makes a memory of a class with its options.

    Raises:
        ConfigError: There is no such memory, or it does not take an option.
    """
    kind = memory_class(name)
    try:
        inspect.signature(kind).bind(**arguments)
    except TypeError as error:
        takes = [p.name for p in inspect.signature(kind).parameters.values()]
        raise ConfigError(
            f"memory_args: {error} → {name} takes {', '.join(takes) or 'no options'}"
        ) from None
    except ValueError:  # no signature to look at
        pass
    return partial(kind, **arguments)


def asks_for_model(name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether what a memory does depends on the model that answers.

    Raises:
        ConfigError: There is no such memory.
    """
    kind = memory_class(name)
    if hasattr(kind, "asks_model"):
        with blaming(f"memory={name!r}"):
            return bool(kind.asks_model(**arguments))
    return hasattr(kind, "use_model")


@cache
def memory_version(name: str) -> str:
    """What tells a memory from an earlier one of the same name.

    The version of its distribution, what the class states as `version`, and the source of its
    module, or of all modules of its package if that is what was named.
    """
    kind = memory_class(name)
    module = inspect.getmodule(kind)
    package = (module.__name__ if module else "").partition(".")[0]
    parts = [str(getattr(kind, "version", "")), _installed_version(package)]
    try:
        source = Path(inspect.getsourcefile(kind) or "")
        named = import_module(_path_of(name).partition(":")[0])
        modules = sorted(source.parent.rglob("*.py")) if hasattr(named, "__path__") else [source]
        digest = hashlib.sha256(b"".join(module.read_bytes() for module in modules))
        parts.append(digest.hexdigest()[:12])
    except (TypeError, OSError):  # no class of Python's
        pass
    return " ".join(filter(None, parts))


def _installed_version(package: str) -> str:
    """The version of the distribution that has a package; empty if none has."""
    with suppress(PackageNotFoundError, ValueError):
        return version(package)
    path = getattr(sys.modules.get(package), "__file__", None)
    if path is None:
        return ""
    names = {package, f"{package}.py"}
    folder = Path(path).parents[1 if Path(path).stem == "__init__" else 0]
    for found in distributions(path=[str(folder)]):
        if any(file.parts[0] in names for file in found.files or ()):
            return found.version
    return ""
