"""Has a command line of somebody else show our errors as the one line that they are.

    heinw: n='many': input should be a valid integer

lm_eval calls us deep inside its own stack and catches nothing; without this, the line would stand
below a page of its frames.
"""

from __future__ import annotations

import sys
from types import TracebackType


def hide_traceback(kind: type[Exception]) -> None:
    """Have Python show an uncaught error of this kind as its message alone."""
    shown = sys.excepthook

    def hook(
        error_type: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, kind):
            print(f"heinw: {error}", file=sys.stderr)
        else:
            shown(error_type, error, trace)

    sys.excepthook = hook
