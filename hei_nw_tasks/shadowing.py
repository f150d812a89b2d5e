"""Detects a folder of the user's that hides our `generators` or `postprocess`.

The two names are generic, and `python -m lm_eval` puts the current folder first on the path. The
message is one line:

    /home/ann/gan/generators/__init__.py: is found as `generators` before hei-nw-tasks' own
    /…/site-packages/generators → run from another folder, …

Console scripts do not put the current folder on the path, and so are not affected.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal

# The folder of our three packages, in a wheel as in a checkout.
ROOT = Path(__file__).resolve().parent.parent


class ShadowedPackageError(ImportError):
    """Another package of the same name is found before ours; the message is one line."""


def refuse_shadowed(name: Literal["generators", "postprocess"]) -> None:
    """Check, without importing it, that `name` is our package.

    Args:
        name: The package about to be imported.

    Raises:
        ShadowedPackageError: It is another one, or there is none.
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
