"""Imports matplotlib, whatever a notebook, a shell or a settings file asks of it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from postprocess.errors import ReportError

_BACKEND = "MPLBACKEND"


def load() -> ModuleType:
    """The package matplotlib, with its user's choice of a backend left as it is.

    We draw without any backend of pyplot's. Yet matplotlib cannot be imported where MPLBACKEND
    names one that is not installed, as in what a notebook's shell starts:
    module://matplotlib_inline.backend_inline.

    Raises:
        ReportError: A settings file of the user's keeps matplotlib from starting.
    """
    if "matplotlib" in sys.modules:
        return sys.modules["matplotlib"]
    backend = os.environ.pop(_BACKEND, None)
    try:
        with _quiet():
            import matplotlib
            import matplotlib.backends.backend_agg
    except (OSError, ValueError) as error:  # ValueError: a matplotlibrc that is not UTF-8
        what = f"matplotlib cannot be imported with the settings file it finds ({error})"
        advice = "remove the file, or leave out figures: --format json,csv"
        raise ReportError(Path("matplotlibrc"), what, advice) from error
    finally:
        if backend is not None:
            os.environ[_BACKEND] = backend
    if backend:  # what a later import of pyplot in the same process goes by
        with contextlib.suppress(ValueError):
            matplotlib.rcParams["backend"] = backend
    return matplotlib


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings about a matplotlibrc or cache folder: a report does not depend on them."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
