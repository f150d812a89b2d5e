"""The modes of the HEI-NW plan, and what each means.

B0 is the model alone or with a baseline, the others need a memory. Those that cannot run as asked
end with exit code 64 and a help text, never with a number.
"""

from __future__ import annotations

import sys
from typing import NoReturn

MODES = ("B0", "B1", "B2", "B3")
# Those in which the memory sleeps, and changes the weights of the model.
ASLEEP = ("B2", "B3")
# The exit code EX_USAGE of BSD's sysexits.
UNSUPPORTED = 64

MODES_HELP = """\
mode {mode} {problem}.

  B0  the base model alone, with or without a baseline in its prompt
  B1  the base model with a memory that writes and recalls             memory=NAME
  B2  B1, after cycles of sleep in which the memory trained the model  memory=NAME,cycle=N
  B3  the model after these cycles, with the memory switched off       memory=NAME,cycle=N

Memories: {memories}, or module:Class for your own (docs/memories.md).
B2 and B3 need a memory that has `consolidate`, such as episodic, and a model whose weights are in
this process, such as inner=hf.
Run --mode B0 for the numbers that any of them has to beat."""


def unsupported(mode: str, problem: str = "needs a memory: memory=NAME") -> str:
    """The message for a mode that cannot run as asked.

    Args:
        mode: Of `MODES`.
        problem: What is wrong.
    """
    from hei_nw_tasks.memory.systems import INSIDE, installed

    memories = ", ".join([*installed(), INSIDE])
    return MODES_HELP.format(mode=mode, problem=problem, memories=memories)


def refuse(mode: str, problem: str = "needs a memory: memory=NAME") -> NoReturn:
    """End, because a mode cannot run as asked.

    Raises:
        SystemExit: With exit code 64; the message is on standard error.
    """
    print(unsupported(mode, problem), file=sys.stderr)
    raise SystemExit(UNSUPPORTED)
