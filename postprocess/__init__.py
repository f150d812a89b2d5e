"""Reads lm_eval output of the HEI-NW tasks and writes reports from it.

Notebooks get the same numbers as tables of pandas: `load_results("reports").scores`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postprocess.frames import Results, load_results

__all__ = ["Results", "load_results"]


def __getattr__(name: str) -> Any:
    # Commands import this package first, and most of them need none of it.
    if name in __all__:
        from postprocess import frames

        return getattr(frames, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
