"""The import rules: what importing a module loads, and what its import statements name at all."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
GENERATORS = {"generators"}
TASKS = {"hei_nw_tasks"}
ALL = {"generators", "hei_nw_tasks", "postprocess"}
PYDANTIC = ("pydantic.main", "pydantic.types")
AUDIT = (*PYDANTIC, "sklearn.ensemble", "sklearn.feature_extraction.text", "scipy.stats")
SCALE = (*PYDANTIC, "datatrove.pipeline.base")
LM_EVAL = ("lm_eval.api.filter", "lm_eval.api.registry")
REPORT = (*PYDANTIC, "numpy", "scipy.special", "scipy.stats", "jinja2")

# What importing a module may load: libraries, with all that they load in turn, and packages of
# ours. The longest prefix counts; the standard library is always allowed.
MAY_LOAD = {
    "generators": (PYDANTIC, GENERATORS),
    "generators.audit.adversaries": (AUDIT, GENERATORS),
    "generators.audit.intervals": (AUDIT, GENERATORS),
    "generators.datasets.pipeline": (SCALE, GENERATORS),
    "generators.service_defaults": ((), GENERATORS),  # the metrics read it
    "hei_nw_tasks": ((), TASKS),
    "hei_nw_tasks.scripts": ((), TASKS),
    "hei_nw_tasks.__main__": ((*PYDANTIC, "numpy", "scipy.special", "jinja2"), ALL),
    "hei_nw_tasks.compute.record": (PYDANTIC, TASKS),
    "hei_nw_tasks.consolidation": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.filters": ((*PYDANTIC, *LM_EVAL), TASKS),
    "hei_nw_tasks.harness": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.memory": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.memory.pipeline": (SCALE, GENERATORS | TASKS),
    "hei_nw_tasks.model": ((), GENERATORS | TASKS),
    "hei_nw_tasks.model.accounting": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.after_sleep": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.cache_file": ((), GENERATORS | TASKS),
    "hei_nw_tasks.plugins": ((), GENERATORS | TASKS),
    "hei_nw_tasks.model.asked": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.answer_cache": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.heinw": (
        (*PYDANTIC, "lm_eval.api.model", *LM_EVAL),
        GENERATORS | TASKS,
    ),
    "hei_nw_tasks.model.huggingface": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.measuring": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.observing": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.memory_records": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.patching": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.model.prefix_attention": (
        ("transformers.modeling_utils",),
        GENERATORS | TASKS,
    ),
    "hei_nw_tasks.model.prefix_probe": (
        (
            "transformers.modeling_utils",
            "transformers.generation.logits_process",
            "transformers.generation.stopping_criteria",
        ),
        GENERATORS | TASKS,
    ),
    "hei_nw_tasks.model.settings": (PYDANTIC, GENERATORS | TASKS),
    "hei_nw_tasks.retrieval": ((), GENERATORS | TASKS),
    "hei_nw_tasks.memory_record": (PYDANTIC, TASKS),
    "hei_nw_tasks.response": (PYDANTIC, TASKS),
    "hei_nw_tasks.resuming": ((), GENERATORS | TASKS),
    "hei_nw_tasks.sqlite_errors": ((), GENERATORS | TASKS),
    "hei_nw_tasks.task": ((*PYDANTIC, *LM_EVAL), TASKS),
    "hei_nw_tasks.task_class": ((*PYDANTIC, "lm_eval.api.task"), TASKS),
    "hei_nw_tasks.demonstrations": (PYDANTIC, TASKS),
    "hei_nw_tasks.tasks.__main__": (PYDANTIC, GENERATORS | TASKS),
    "postprocess": (REPORT, ALL),
}
# These are imported where a user names them, and import whatever their library imports.
ADAPTERS = {"hei_nw_tasks.memory.langgraph", "hei_nw_tasks.memory.mem0"}
# Never named in any import of a package, not even inside a function.
NEVER = {
    "generators": {"hei_nw_tasks", "lm_eval", "pickle", "postprocess", "torch", "transformers"},
    "hei_nw_tasks": {"dill", "pickle", "shelve", "sqlitedict"},
    "postprocess": {"datasets", "lm_eval", "pickle", "torch", "transformers", "yaml"},
}
# Of our other packages, the report knows record types, registries and pure scoring functions.
REPORT_KNOWS = {
    "generators",
    "generators.console",
    "generators.datasets.tables",
    "generators.errors",
    "generators.records",
    "generators.scenarios",
    "generators.stopping",
    "hei_nw_tasks",
    "hei_nw_tasks.compute",
    "hei_nw_tasks.compute.record",
    "hei_nw_tasks.compute.costs",
    "hei_nw_tasks.compute.flops",
    "hei_nw_tasks.memory",
    "hei_nw_tasks.memory.registry",
    "hei_nw_tasks.memory_record",
    "hei_nw_tasks.metrics",
    "hei_nw_tasks.model",
    "hei_nw_tasks.model.settings",
    "hei_nw_tasks.response",
    "hei_nw_tasks.retrieval",
    "hei_nw_tasks.retrieval.ranking",
    "hei_nw_tasks.scoring",
    "hei_nw_tasks.scoring.completion",
    "hei_nw_tasks.scoring.final_answer",
    "hei_nw_tasks.scoring.diagnosis",
    "hei_nw_tasks.scoring.aggregates",
    "hei_nw_tasks.scoring.naming",
    "hei_nw_tasks.shadowing",
}

# Loads the libraries, then imports each module in a fork of its own: each is the first of ours that
# is imported. Prints what the libraries loaded, and what each module loads besides.
_IMPORT_EACH = """
import gc, importlib, json, os, sys
libraries, modules = json.loads(sys.argv[1]), json.loads(sys.argv[2])
for name in libraries:
    importlib.import_module(name)
gc.freeze()  # or each fork copies all that the collector looks at
before = set(sys.modules)
print(json.dumps({"": sorted(before)}), flush=True)
for module in modules:
    if os.fork() == 0:
        importlib.import_module(module)
        print(json.dumps({module: sorted(set(sys.modules) - before)}), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{module}: cannot be imported, see above")
"""


def dotted(path: Path) -> str:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {dotted(path): path for name in sorted(ALL) for path in (CHECKOUT / name).rglob("*.py")}


def rule(module: str) -> tuple[tuple[str, ...], set[str]]:
    """The entry of the longest prefix of `module`."""
    return MAY_LOAD[max((key for key in MAY_LOAD if f"{module}.".startswith(f"{key}.")), key=len)]


def modules_by_libraries() -> dict[tuple[str, ...], list[str]]:
    found = defaultdict(list)
    for module in sorted(FILES.keys() - ADAPTERS):
        found[rule(module)[0]].append(module)
    return found


def import_each(libraries: tuple[str, ...], modules: list[str]) -> dict[str, set[str]]:
    """What each module loads beyond the libraries; under "", what these load themselves."""
    site = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    done = subprocess.run(
        # Without `site`, the hook that is installed beside this checkout does not start.
        [sys.executable, "-S", "-c", _IMPORT_EACH, json.dumps(libraries), json.dumps(modules)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), *site])},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {module: set(names) for row in rows for module, names in row.items()}


def top(name: str) -> str:
    return name.split(".")[0]


@pytest.mark.slow
@pytest.mark.parametrize("libraries", modules_by_libraries(), ids="+".join)
def test_importing_a_module_loads_only_what_its_package_may(libraries: tuple[str, ...]) -> None:
    modules = modules_by_libraries()[libraries]
    loaded = import_each(libraries, modules)
    known = {*sys.stdlib_module_names, *map(top, loaded.pop(""))}
    assert sorted(loaded) == modules
    for module, names in loaded.items():
        ours = rule(module)[1]
        foreign = {name for name in names if top(name) not in known | ours}
        # Of lm_eval, a part that is allowed does not allow the rest.
        foreign |= {name for name in names if top(name) == "lm_eval"}
        # The first is of this installation, the second is what multiprocessing calls `__main__`.
        of_python = ("_sysconfigdata", "__mp_main__")
        assert not {name for name in foreign if not name.startswith(of_python)}, module


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


@pytest.mark.parametrize("package", sorted(ALL))
def test_no_function_imports_what_its_package_must_not_know(package: str) -> None:
    for module, path in FILES.items():
        if top(module) != package:
            continue
        names = imported_names(path)
        assert not set(map(top, names)) & NEVER[package], module
        if package == "postprocess":
            foreign = {name for name in names if top(name) in ALL - {package}}
            assert foreign <= REPORT_KNOWS, module


def test_benchmarks_and_training_do_not_import_tests() -> None:
    for folder in ("benchmarks", "testing", "training"):
        for path in (CHECKOUT / folder).glob("*.py"):
            assert "tests" not in set(map(top, imported_names(path))), path
