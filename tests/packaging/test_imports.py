"""The import rules: what each of our modules loads in a fresh process, and what it names at all."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

Value = TypeVar("Value")

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("generators", "hei_nw_tasks", "postprocess")
PYDANTIC = ("pydantic.main", "pydantic.types")
LM_EVAL_API = ("lm_eval.api.filter", "lm_eval.api.registry")

# Libraries that importing a module may load, with all that they load in turn. The longest prefix
# counts; the standard library is always allowed.
LIBRARIES = {
    "hei_nw_tasks.compute.record": PYDANTIC,
    "hei_nw_tasks.harness": PYDANTIC,
    "hei_nw_tasks.memory": PYDANTIC,
    "hei_nw_tasks.model.accounting": PYDANTIC,
    "hei_nw_tasks.model.answer_cache": (*PYDANTIC, "sqlitedict"),
    "hei_nw_tasks.model.heinw": (*PYDANTIC, "lm_eval.api.model", *LM_EVAL_API, "sqlitedict"),
    "hei_nw_tasks.model.huggingface": PYDANTIC,
    "hei_nw_tasks.model.measuring": PYDANTIC,
    "hei_nw_tasks.model.prefix_attention": ("transformers.modeling_utils",),
    "hei_nw_tasks.model.settings": PYDANTIC,
    "generators": PYDANTIC,
    "generators.service_defaults": (),  # the metrics read it
    "hei_nw_tasks": (),
    "hei_nw_tasks.filters": (*PYDANTIC, *LM_EVAL_API),
    "hei_nw_tasks.response": PYDANTIC,
    "hei_nw_tasks.task": (*PYDANTIC, *LM_EVAL_API),
    "hei_nw_tasks.tasks.__main__": PYDANTIC,
    "hei_nw_tasks.__main__": (*PYDANTIC, "numpy", "scipy.special", "jinja2"),
    "postprocess": (*PYDANTIC, "numpy", "scipy.special", "scipy.stats", "jinja2"),
}
# Which of our packages importing a module may load.
OURS = {
    "hei_nw_tasks.memory": {"hei_nw_tasks", "generators"},
    "hei_nw_tasks.model": {"hei_nw_tasks", "generators"},
    "hei_nw_tasks.retrieval": {"hei_nw_tasks", "generators"},
    "generators": {"generators"},
    "hei_nw_tasks": {"hei_nw_tasks"},
    "hei_nw_tasks.task": {"hei_nw_tasks"},
    "hei_nw_tasks.tasks.__main__": {"hei_nw_tasks", "generators"},
    "hei_nw_tasks.__main__": set(PACKAGES),
    "postprocess": set(PACKAGES),
}
# Never named in any import of a package, not even inside a function.
NEVER = {
    "generators": {"hei_nw_tasks", "lm_eval", "pickle", "postprocess", "torch", "transformers"},
    "hei_nw_tasks": {"pickle"},
    "postprocess": {"datasets", "lm_eval", "pickle", "torch", "transformers", "yaml"},
}
# Of our other packages, the report knows the record types and the pure scoring functions.
REPORT_KNOWS = {
    "generators",
    "generators.datasets.tables",
    "generators.errors",
    "generators.records",
    "hei_nw_tasks",
    "hei_nw_tasks.compute",
    "hei_nw_tasks.compute.record",
    "hei_nw_tasks.compute.costs",
    "hei_nw_tasks.memory",
    "hei_nw_tasks.memory.registry",
    "hei_nw_tasks.metrics",
    "hei_nw_tasks.model",
    "hei_nw_tasks.model.settings",
    "hei_nw_tasks.response",
    "hei_nw_tasks.scoring",
    "hei_nw_tasks.scoring.aggregates",
    "hei_nw_tasks.scoring.naming",
    "hei_nw_tasks.shadowing",
}


def dotted(path: Path) -> str:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {dotted(path): path for name in PACKAGES for path in (CHECKOUT / name).rglob("*.py")}


@cache
def loaded_by(*names: str) -> frozenset[str]:
    """Modules in `sys.modules` after importing `names`, which were not there before."""
    code = (
        "import json, sys; before = set(sys.modules); "
        f"import {', '.join(names)}; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    site = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    # Without `site`, the hook that is installed beside this checkout does not start.
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), *site])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return frozenset(json.loads(done.stdout.splitlines()[-1]))


def rule(table: dict[str, Value], module: str) -> Value:
    """The entry of the longest prefix of `module`."""
    return table[max((key for key in table if f"{module}.".startswith(f"{key}.")), key=len)]


def top_level(modules: frozenset[str]) -> set[str]:
    names = {module.split(".")[0] for module in modules} - sys.stdlib_module_names
    return {name for name in names if not name.startswith("_sysconfigdata")}


@pytest.mark.parametrize("module", sorted(FILES))
def test_importing_a_module_loads_only_what_its_package_may(module: str) -> None:
    loaded = loaded_by(module)
    libraries = rule(LIBRARIES, module)
    allowed = loaded_by(*libraries) if libraries else frozenset[str]()
    assert top_level(loaded) - top_level(allowed) <= rule(OURS, module)
    assert not {name for name in loaded - allowed if name.startswith("lm_eval")}


def imported_names(path: Path) -> set[str]:
    """Every module that an import statement of the file names, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            submodules = {f"{module}.{alias.name}" for alias in node.names}
            names |= {module} | (submodules & set(FILES))
    return names


@pytest.mark.parametrize("module", sorted(FILES))
def test_no_function_imports_what_its_package_must_not_know(module: str) -> None:
    names = imported_names(FILES[module])
    package = module.split(".")[0]
    assert not {name.split(".")[0] for name in names} & NEVER[package]
    if package == "postprocess":
        foreign = {name for name in names if name.split(".")[0] in set(PACKAGES) - {package}}
        assert foreign <= REPORT_KNOWS
