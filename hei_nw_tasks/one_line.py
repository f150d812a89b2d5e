"""Shows our errors as one line on the command line of lm_eval.

    heinw: n='many': input should be a valid integer

lm_eval calls us deep in its own stack and catches nothing, so that Python would print a page of
frames above this line.
"""

from __future__ import annotations

import sys
from types import TracebackType


def hide_traceback(kind: type[Exception]) -> None:
    """Make Python show an uncaught error of this kind as its message alone."""
    previous = sys.excepthook

    def hook(
        error_type: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, kind):
            print(f"heinw: {error}", file=sys.stderr)
        else:
            previous(error_type, error, trace)

    sys.excepthook = hook
