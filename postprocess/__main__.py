"""The command `python -m postprocess reports`, also installed as `heinw-report`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hei_nw_tasks.shadowing import PackageClashError, use_ours


def main(argv: Sequence[str] | None = None) -> int:
    """Reports on every lm_eval run of a heinw task below a folder.

    Args:
        argv: Arguments; None for those of the process.

    Returns:
        0, or 2 where the arguments or the runs cannot be used.
    """
    try:
        use_ours("generators")
    except PackageClashError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    # Only now, because it imports `generators`.
    from postprocess.command import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
