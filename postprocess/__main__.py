"""The command `python -m postprocess reports`, also installed as `heinw-report`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hei_nw_tasks.shadowing import ShadowedPackageError, refuse_shadowed


def main(argv: Sequence[str] | None = None) -> int:
    """Reports on every lm_eval run of a heinw task below a folder.

    Args:
        argv: Arguments; None for those of the process.

    Returns:
        0, or 2 where the arguments or the runs cannot be used.
    """
    try:
        refuse_shadowed("generators")
    except ShadowedPackageError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    # Only now, because they import `generators`.
    from generators.console import show_any_text
    from postprocess.command import run

    show_any_text()
    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
