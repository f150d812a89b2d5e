"""Tells a user whose own `generators` or `postprocess` folder hides ours.

The two names are generic, and `python -m lm_eval` puts the current folder first on the path:

    /home/ann/gan/generators/__init__.py: was imported as `generators` in place of hei-nw-tasks'
    /…/site-packages/generators → run from another folder, …

(one line). Console scripts have their own folder first on the path, never the current one, and so
cannot be hit.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal

# Of a wheel and of a checkout alike: the folder that holds our three packages.
ROOT = Path(__file__).resolve().parent.parent


class ShadowedPackageError(ImportError):
    """Another package of the same name is found before ours; the message is one line."""


def refuse_shadowed(name: Literal["generators", "postprocess"]) -> None:
    """Check, without importing it, that importing `name` would give our package.

    Args:
        name: The package about to be imported.

    Raises:
        ShadowedPackageError: It would give another one, or none.
    """
    ours = ROOT / name / "__init__.py"
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ShadowedPackageError(f"{ours}: cannot be imported → install hei-nw-tasks again")
    if spec.origin is not None and Path(spec.origin).resolve() == ours:
        return
    # A folder without __init__.py has no origin.
    found = spec.origin or next(iter(spec.submodule_search_locations or []), "a built-in module")
    raise ShadowedPackageError(
        f"{found}: is found as `{name}` before hei-nw-tasks' own {ours.parent} → run from another "
        "folder, or use lm_eval, heinw-generate and heinw-report in place of `python -m ...`"
    )
