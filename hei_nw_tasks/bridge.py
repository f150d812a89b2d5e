"""Lets an unmodified lm_eval find this suite, by an import hook and nothing else.

lm_eval 0.4.13 has no way to discover an installed task suite. When Python starts, the one line of
`hei_nw_tasks.pth` (from Python 3.15 on: of `hei_nw_tasks.start`) calls `start()`, which adds one
finder to `sys.meta_path`. Only when a module named in `PATCHES` is imported does the function
beside it extend that module:

    lm_eval.tasks._index         -> hei_nw_tasks.patches.add_task_folder
    lm_eval.models               -> hei_nw_tasks.patches.add_model
    lm_eval.models.huggingface   -> hei_nw_tasks.patches.accept_quantization_flags
    lm_eval.evaluator            -> hei_nw_tasks.patches.ask_git_in_repositories_only
    lm_eval.loggers.wandb_logger -> hei_nw_tasks.patches.complete_rows

Everything else is imported as usual. `HEINW_NO_BRIDGE=1` in the environment switches the hook off;
`hei_nw_tasks.register()` installs it in a process that already runs.

Every Python of the environment loads this file. So it imports only what is built into the
interpreter (not even `__future__` or `typing`), and lets no error of its own escape.
"""

import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

OFF_SWITCH = "HEINW_NO_BRIDGE"

PATCHES = {
    "lm_eval.tasks._index": "add_task_folder",
    "lm_eval.models": "add_model",
    "lm_eval.models.huggingface": "accept_quantization_flags",
    "lm_eval.evaluator": "ask_git_in_repositories_only",
    "lm_eval.loggers.wandb_logger": "complete_rows",
}


def start() -> None:
    """Install the hook unless the environment says not to; called when Python starts."""
    import os

    if os.environ.get(OFF_SWITCH, "") in ("", "0"):
        install()


def install() -> None:
    """Install the hook; a second call changes nothing."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def patch_loaded() -> None:
    """Extend the modules of `PATCHES` that are imported already."""
    for name in PATCHES:
        module = sys.modules.get(name)
        if module is not None:
            apply(module)


def apply(module: "ModuleType") -> None:
    """Extend a module of lm_eval that was just executed; a failure is one line in its log."""
    try:
        from hei_nw_tasks import patches

        patch: Callable[[ModuleType], None] = getattr(patches, PATCHES[module.__name__])
        patch(module)
    except Exception as error:
        import logging

        # The command line of lm_eval shows only loggers below "lm_eval".
        logging.getLogger("lm_eval.hei_nw_tasks").warning(
            "hei-nw-tasks could not extend %s (%s: %s) → name the tasks by --include_path, "
            "and update hei-nw-tasks",
            module.__name__,
            type(error).__name__,
            error,
        )


class Finder:
    """Finds the modules of `PATCHES` through the other finders, and wraps their loaders."""

    def __init__(self) -> None:
        self._searching: set[tuple[int, str]] = set()

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """Return the spec of a module of `PATCHES` with a wrapped loader; None for any other.

        An error of another finder is not raised here. None makes the import system ask that finder
        again, which then raises it as it would without this hook.
        """
        if fullname not in PATCHES:
            return None
        # Another hook may ask all finders as well, and so come back to this one.
        search = (get_ident(), fullname)
        if search in self._searching:
            return None
        self._searching.add(search)
        try:
            spec = self._ask_others(fullname, path, target)
        except Exception:
            return None
        finally:
            self._searching.discard(search)
        if spec is None or not hasattr(spec.loader, "exec_module"):
            return None
        spec.loader = PatchingLoader(spec.loader)  # type: ignore[assignment]
        return spec

    def _ask_others(
        self, fullname: str, path: "Sequence[str] | None", target: "ModuleType | None"
    ) -> "ModuleSpec | None":
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            if finder is not self and find_spec is not None:
                spec: ModuleSpec | None = find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        return None


class PatchingLoader:
    """A module's own loader, which also patches the module after executing it."""

    def __init__(self, loader: "Any") -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> "Any":
        if name == "_loader":  # not set yet: being copied or unpickled
            raise AttributeError(name)
        return getattr(self._loader, name)

    def create_module(self, spec: "ModuleSpec") -> "ModuleType | None":
        """Let the module's own loader create it."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: "ModuleType") -> None:
        """Execute the module, restore its own loader, and extend it."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        apply(module)
