"""Virtual environments for the packaging tests, made in a second and without a network.

The heavy dependencies are links to those of the environment that runs the tests; ours is installed
by pip, from a wheel or from the checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tests.few_tasks import link_lm_eval

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = ("hei_nw_tasks", "_hei_nw_tasks", "generators", "postprocess")


@dataclass(frozen=True)
class Environment:
    """A virtual environment: `bin` holds its commands, `site_packages` its modules."""

    bin: Path
    site_packages: Path

    def run(
        self, command: str, *arguments: str, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment in `cwd`; stderr is joined to stdout."""
        clean = {name: value for name, value in os.environ.items() if name != "HEINW_NO_BRIDGE"}
        return subprocess.run(
            [str(self.bin / command), *arguments],
            cwd=cwd,
            env=clean | {"HF_HUB_OFFLINE": "1", "TERM": "dumb", "COLUMNS": "200"} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )

    def pip(self, *arguments: str) -> None:
        """Run the pip of the testing environment on this one; fails loudly.

        Without dependencies, which take pip ten seconds to go through.
        """
        subprocess.run(
            [sys.executable, "-m", "pip", "-q", "--python", str(self.bin / "python"), *arguments],
            env=os.environ | {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_COMPILE": "1"},
            check=True,
        )

    def files(self) -> set[str]:
        """Paths of everything in site-packages that is not a link or compiled."""
        return {
            str(path.relative_to(self.site_packages))
            for path in self.site_packages.rglob("*")
            if not path.is_symlink() and "__pycache__" not in path.parts
        }


def environment_in(folder: Path) -> Environment:
    """The environment that stands in a folder."""
    variables = {"base": str(folder), "platbase": str(folder)}
    site_packages = Path(sysconfig.get_path("purelib", "venv", variables))
    return Environment(bin=folder / "bin", site_packages=site_packages)


def bare_environment(folder: Path) -> Environment:
    """Make an environment with nothing installed."""
    venv.create(folder, symlinks=True)
    return environment_in(folder)


def make_environment(folder: Path) -> Environment:
    """Make an environment with all our dependencies, and without us."""
    environment = bare_environment(folder)
    link_lm_eval(environment.site_packages)
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        # A .pth file would act here as it does there; with pip, lm_eval lists all packages.
        left_out = entry.suffix == ".pth" or entry.name in ("lm_eval", "pip")
        if not left_out and not entry.name.startswith(OURS):
            (environment.site_packages / entry.name).symlink_to(entry)
    for distribution in ("lm_eval", "accelerate"):
        for script in metadata.distribution(distribution).entry_points.select(
            group="console_scripts"
        ):
            path = environment.bin / script.name
            path.write_text(
                f"#!{environment.bin / 'python'}\n"
                f"import sys\nfrom {script.module} import {script.attr}\n"
                f"sys.exit({script.attr}())\n"
            )
            path.chmod(0o755)
    return environment


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into `folder`."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)],
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel
