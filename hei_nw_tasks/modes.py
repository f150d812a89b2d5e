"""The modes of the HEI-NW plan, and what each means.

B0 is the model alone or with a baseline, B1 the model with a memory. B2 and B3 follow: they end
with exit code 64 and a help text, never with a number; so does B1 if no memory is named.
"""

from __future__ import annotations

MODES = ("B0", "B1", "B2", "B3")
SUPPORTED = ("B0", "B1")
# The exit code EX_USAGE of BSD's sysexits.
UNSUPPORTED = 64

MODES_HELP = """\
mode {mode} {problem}.

  B0  the base model alone, with or without a baseline in its prompt   works today
  B1  the base model with a memory that writes and recalls             works today: memory=NAME
  B2  B1, with recalls replayed for consolidation                      later milestone
  B3  the consolidated weights, with the memory switched off           later milestone

Memories: {memories}, or module:Class for your own (docs/memories.md).
Run --mode B0 for the numbers that any of them has to beat."""


def unsupported(mode: str) -> str:
    """The message for a mode that cannot run as asked."""
    from hei_nw_tasks.memory.systems import INSIDE, installed

    needs = mode in SUPPORTED
    problem = "needs a memory: memory=NAME" if needs else "is not in this version"
    memories = ", ".join([*installed(), INSIDE])
    return MODES_HELP.format(mode=mode, problem=problem, memories=memories)
