"""Code of others that is named by the user: imported, made, and named in whatever it raises.

    memory='mine:Notebook' raised KeyError: 'text' (/home/…/mine.py:12) → mend the plug-in, or use …

A plug-in is trusted code that may be wrong. Whatever goes wrong in it is one line that names it.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from generators.errors import ConfigError, HeinwError


class PluginError(HeinwError):
    """What a plug-in gives cannot be used, or it raised; the message names it."""


def imported(argument: str, name: str) -> Any:
    """The class, or whatever else can be called, that `module:Class` names.

    Args:
        argument: The user's argument, for messages.
        name: Its value.

    Raises:
        ConfigError: It cannot be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ConfigError:  # says itself what it lacks
        raise
    except Exception as error:  # whatever the module's own code raises
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ConfigError(
            f"{argument}={name!r}: cannot be imported ({reason}) → give module:Class of a module "
            "that Python finds, e.g. by PYTHONPATH"
        ) from None


def made(name: str, make: Callable[[], Any], methods: Sequence[str], protocol: str) -> Any:
    """Make a plug-in, and see that it has the methods that it needs.

    Args:
        name: Of the plug-in, for messages.
        make: Makes it.
        methods: Names of the methods.
        protocol: Where the user can read what they do.

    Raises:
        PluginError: It cannot be made, or lacks a method.
    """
    with blaming(name):
        plugin = make()
    for method in methods:
        if not callable(getattr(plugin, method, None)):
            raise PluginError(
                f"{name}: makes {shown(plugin)}, which has no method {method} → see {protocol}"
            )
    return plugin


@contextmanager
def blaming(name: str) -> Iterator[None]:
    """Name a plug-in, and its line, in whatever its code raises.

    Raises:
        PluginError: In place of what was raised.
    """
    try:
        yield
    except HeinwError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise PluginError(
            f"{name} raised {type(error).__name__}: {_first_line(error)} "
            f"({where.filename}:{where.lineno}) → mend the plug-in, or use another one"
        ) from error


def shown(value: object) -> str:
    """A value in a message: its type if it is long or cannot be shown."""
    try:
        text = repr(value)
    except Exception:
        text = ""
    return text if 0 < len(text) <= 60 and text.isprintable() else f"a {type(value).__name__}"


def _first_line(value: object) -> str:
    return (str(value).strip() or "no message").splitlines()[0][:200]
