"""Makes `generators` and `postprocess` mean our packages, whoever else has packages of these names.

The names are generic. A package of the same name that Python finds before ours, such as a folder of
the user's beside which `python -m lm_eval` runs, is passed over in this process, and one line says
so. Where nothing helps, one line names the clash and the cure:

    /…/site-packages/generators/__init__.py: was overwritten by generators 0.3 → pip uninstall …
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hei_nw_tasks.one_line import hide_traceback

if TYPE_CHECKING:
    from importlib.metadata import Distribution, PackagePath

Name = Literal["generators", "postprocess"]
# The folder of our three packages, in a wheel as in a checkout.
ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTION = "hei-nw-tasks"
_AGAIN = f"install {DISTRIBUTION} again with pip's --force-reinstall"
# Only loggers below "lm_eval" are shown by its command line.
_log = logging.getLogger("lm_eval.hei_nw_tasks")


class PackageClashError(Exception):
    """Another project's package is in the way of ours; the message is one line.

    No ImportError, because lm_eval would wrap that in another one, which hides the message.
    """


def use_ours(name: Name) -> None:
    """Make `import name` give our package in this process.

    Raises:
        PackageClashError: Another package of that name is imported already, or files of ours are
            missing or overwritten. A command line shows the message alone.
    """
    try:
        _refuse_damage(name)
        ours = ROOT / name / "__init__.py"
        loaded = sys.modules.get(name)
        if loaded is not None:
            found = _found(loaded.__spec__)
            if found != str(ours):
                raise PackageClashError(
                    f"{found}: is imported as `{name}` already, and {DISTRIBUTION} has a package "
                    f"of that name → rename it, or evaluate in another process"
                )
            return
        found = _found(importlib.util.find_spec(name))
        if found != str(ours):
            _load(name, ours)
            _log.warning(
                "%s is not used in this process: %s has a package `%s` of its own "
                "→ rename yours if this run needs it",
                *(found, DISTRIBUTION, name),
            )
    except PackageClashError:
        hide_traceback(PackageClashError)
        raise


def _found(spec: ModuleSpec | None) -> str:
    """The file or folder of a package."""
    if spec is None:
        return "a package without a file"
    if spec.origin is not None:
        return str(Path(spec.origin).resolve())
    # A folder without __init__.py has no origin.
    return next(iter(spec.submodule_search_locations or []), spec.name)


def _load(name: Name, ours: Path) -> None:
    """Import our package under its name, wherever the path would lead."""
    spec = importlib.util.spec_from_file_location(name, ours)
    if spec is None or spec.loader is None:
        raise PackageClashError(f"{ours}: cannot be loaded → {_AGAIN}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


@cache
def _refuse_damage(name: Name) -> None:
    """Refuse to go on with files that another project's installation or removal has damaged.

    Raises:
        PackageClashError: A file is missing, or is another project's.
    """
    in_a_checkout: list[tuple[Path, PackagePath | None]] = [(ROOT / name / "__init__.py", None)]
    for path, file in list(_installed_files(name)) or in_a_checkout:
        if not path.exists():
            raise PackageClashError(
                f"{path}: is missing, as after the removal of another project that has a package "
                f"`{name}` → {_AGAIN}"
            )
        if file is None or _is_as_installed(path, file):
            continue
        owner = _other_owner(path)
        if owner is not None:
            raise PackageClashError(
                f"{path}: was overwritten by {owner.name} {owner.version}, which has a package "
                f"`{name}` too → pip uninstall {owner.name}, then {_AGAIN}; keep the two in "
                "environments of their own"
            )
        if path.name == "__init__.py":
            raise PackageClashError(f"{path}: is not the file of {DISTRIBUTION} → {_AGAIN}")


def _installed_files(name: Name) -> Iterator[tuple[Path, PackagePath]]:
    """Our files of a package, as pip has recorded them; none in a checkout."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        recorded = distribution(DISTRIBUTION).files or []
    except PackageNotFoundError:
        return
    for file in recorded:
        path = Path(str(file.locate()))
        if file.hash is not None and path.is_relative_to(ROOT / name):
            yield path, file


def _is_as_installed(path: Path, file: PackagePath) -> bool:
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    if file.hash is None or file.hash.mode != "sha256":
        return True
    digest = urlsafe_b64encode(sha256(path.read_bytes()).digest()).decode().rstrip("=")
    return digest == file.hash.value


def _other_owner(path: Path) -> Distribution | None:
    """The other distribution that has installed a file, if pip knows of one."""
    from importlib.metadata import distributions

    for distribution in distributions():
        if distribution.name == DISTRIBUTION:
            continue
        if any(Path(str(file.locate())) == path for file in distribution.files or []):
            return distribution
    return None
