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
        0, or the exit codes of `run_command`.
    """
    try:
        use_ours("generators")
    except PackageClashError as error:
        print(f"heinw: {error}", file=sys.stderr)
        return 2
    # Only now, because it imports `generators`.
    from generators.stopping import run_command

    def command() -> int:
        from postprocess.command import run

        return run(argv)

    return run_command(command)


if __name__ == "__main__":
    sys.exit(main())
