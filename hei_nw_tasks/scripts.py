"""The commands `heinw-generate` and `heinw-report`.

They are `python -m generators` and `python -m postprocess`, and start from here because no other
project has a package named `hei_nw_tasks`.
"""

from __future__ import annotations

import sys

from hei_nw_tasks.shadowing import PackageClashError, use_ours

CLASH = 2


def generate() -> int:
    """Run `heinw-generate`; returns its exit code."""
    try:
        use_ours("generators")
    except PackageClashError as error:
        return _refuse(error)
    from generators.__main__ import main

    return main()


def report() -> int:
    """Run `heinw-report`; returns its exit code."""
    try:
        use_ours("postprocess")
    except PackageClashError as error:
        return _refuse(error)
    from postprocess.__main__ import main

    return main()


def _refuse(error: PackageClashError) -> int:
    print(f"heinw: {error}", file=sys.stderr)
    return CLASH
