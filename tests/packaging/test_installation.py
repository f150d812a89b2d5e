"""What an installation brings, costs, and leaves behind."""

from __future__ import annotations

import pkgutil
import re
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from hei_nw_tasks.bridge import start
from tests.packaging.environments import CHECKOUT, Environment, bare_environment, make_environment

SITE_FILES = {"hei_nw_tasks.pth", "hei_nw_tasks.start"}


def test_the_wheel_holds_the_three_packages_whole_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    expected = {
        str(path.relative_to(CHECKOUT))
        for package in ("hei_nw_tasks", "generators", "postprocess")
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert names == expected | SITE_FILES
    assert "hei_nw_tasks/tasks/heinw_A.yaml" in names
    assert {f"{package}/py.typed" for package in ("hei_nw_tasks", "generators", "postprocess")} < (
        names
    )


def test_the_entry_points_are_the_ones_upstream_proposes(from_wheel: Environment) -> None:
    code = (
        "from importlib.metadata import distribution as d\n"
        "print(*sorted(f'{e.group}:{e.name}={e.value}' for e in d('hei-nw-tasks').entry_points))"
    )
    done = from_wheel.run("python", "-c", code, cwd=CHECKOUT.parent)
    assert done.stdout.split() == [
        "console_scripts:heinw-generate=hei_nw_tasks.scripts:generate",
        "console_scripts:heinw-report=hei_nw_tasks.scripts:report",
        "lm_eval.models:heinw=hei_nw_tasks.model.heinw:Heinw",
        "lm_eval.tasks:heinw=hei_nw_tasks.tasks",
    ]


def test_the_tested_set_meets_every_requirement(from_wheel: Environment) -> None:
    (info,) = from_wheel.site_packages.glob("hei_nw_tasks-*.dist-info")
    found = [Requirement(line) for line in metadata.Distribution.at(info).requires or ()]
    needed = [one for one in found if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert {"lm-eval", "torch"} <= {one.name for one in needed}
    for one in needed:
        assert one.specifier.contains(metadata.version(one.name)), one


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_uninstalling_leaves_nothing(kind: str, wheel: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    before = environment.files()
    scripts = set(environment.bin.iterdir())
    source = ["-e", str(CHECKOUT)] if kind == "editable" else [str(wheel)]
    environment.pip("install", "--no-build-isolation", *source)
    assert environment.files() - before >= SITE_FILES
    code = "import sys; print('hei_nw_tasks.bridge' in sys.modules)"
    assert environment.run("python", "-c", code, cwd=tmp_path).stdout == "True\n"
    environment.pip("uninstall", "--yes", "hei-nw-tasks")
    assert environment.files() == before
    assert set(environment.bin.iterdir()) == scripts
    assert environment.run("python", "-c", code, cwd=tmp_path).stdout == "False\n"


def test_a_start_costs_less_than_half_of_the_rest_of_it(
    from_wheel: Environment, tmp_path: Path
) -> None:
    # Both are of the same starts: a slow machine is slow at both.
    ratios = []
    for _ in range(8):
        done = from_wheel.run("python", "-X", "importtime", "-c", "pass", cwd=tmp_path)
        took = {name: int(us) for us, name in re.findall(r"\| +(\d+) \| +([\w.]+)", done.stdout)}
        ratios.append(took["hei_nw_tasks.bridge"] / (took["site"] - took["hei_nw_tasks.bridge"]))
    assert min(ratios) < 0.5, ratios


def test_later_pythons_start_the_same_function() -> None:
    (line,) = (CHECKOUT / "startup" / "hei_nw_tasks.start").read_text().splitlines()
    assert pkgutil.resolve_name(line) is start
    (line,) = (CHECKOUT / "startup" / "hei_nw_tasks.pth").read_text().splitlines()
    assert line.startswith("import ")
    assert f"from {start.__module__} import {start.__name__}" in line


def test_a_python_without_lm_eval_is_untouched(wheel: Path, tmp_path: Path) -> None:
    environment = bare_environment(tmp_path / "venv")
    code = "import sys, json, email.mime.text\nprint(*sorted(sys.modules))"
    before = environment.run("python", "-c", code, cwd=tmp_path).stdout.split()
    environment.pip("install", str(wheel))
    after = environment.run("python", "-c", code, cwd=tmp_path).stdout.split()
    assert set(after) - set(before) == {"hei_nw_tasks", "hei_nw_tasks.bridge"}
    missing = environment.run("python", "-c", "import lm_eval", cwd=tmp_path).stdout
    assert missing.splitlines()[-1] == "ModuleNotFoundError: No module named 'lm_eval'"


@pytest.mark.slow
def test_a_broken_installation_does_not_disturb_python(wheel: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    environment.pip("install", str(wheel))
    (environment.site_packages / "hei_nw_tasks" / "bridge.py").write_text("this is no Python\n")
    done = environment.run("python", "-c", "print('fine')", cwd=tmp_path)
    assert done.stdout == "fine\n"


@pytest.mark.parametrize("script", ["heinw-generate", "heinw-report"])
def test_console_scripts_cannot_be_shadowed(
    script: str, from_wheel: Environment, tmp_path: Path
) -> None:
    for package in ("generators", "postprocess"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('shadowed')\n")
    done = from_wheel.run(script, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "usage" in done.stdout
    hit = from_wheel.run("python", "-m", "generators", "--help", cwd=tmp_path)
    assert "shadowed" in hit.stdout


@pytest.mark.slow
def test_as_a_module_it_passes_over_a_package_of_the_users(
    from_wheel: Environment, tmp_path: Path
) -> None:
    (tmp_path / "generators").mkdir()
    (tmp_path / "generators" / "__init__.py").write_text("raise SystemExit('imported')\n")
    arguments = ("-m", "lm_eval", "--model", "dummy", "--tasks", "heinw_A", "--limit", "4")
    done = from_wheel.run("python", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "|heinw_A|" in done.stdout.replace(" ", "")
    (line,) = [line for line in done.stdout.splitlines() if "rename yours" in line]
    assert str(tmp_path / "generators" / "__init__.py") in line


@pytest.mark.slow
def test_another_project_of_that_name_is_named_in_one_line(wheel: Path, tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    environment.pip("install", str(wheel))
    foreign = tmp_path / "generators-0.3-py3-none-any.whl"
    with ZipFile(foreign, "w") as file:
        info = "generators-0.3.dist-info"
        file.writestr("generators/__init__.py", "import strict_functions\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: generators\nVersion: 0.3\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "generators/__init__.py,,\n")
    ours = environment.site_packages / "generators" / "__init__.py"
    # As lm_eval does for --tasks heinw_A, without its own fourteen thousand tasks.
    load = (
        "from lm_eval.tasks import TaskManager as T; from hei_nw_tasks.patches import TASK_FOLDER;"
        "T(include_path=str(TASK_FOLDER), include_defaults=False).load(['heinw_A'])"
    )
    for change, told in (
        (("install", str(foreign)), "was overwritten by generators 0.3"),
        (("uninstall", "--yes", "generators"), "is missing"),
    ):
        environment.pip(*change)
        for command, *arguments in (
            ("python", "-c", load),
            ("python", "-m", "hei_nw_tasks", "--scenario", "A"),
            ("heinw-generate", "--help"),
            ("heinw-report", "--help"),
        ):
            done = environment.run(command, *arguments, cwd=tmp_path)
            assert done.returncode != 0
            assert "Traceback" not in done.stdout
            assert done.stdout.splitlines()[-1].startswith(f"heinw: {ours}: {told}"), done.stdout
