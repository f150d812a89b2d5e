"""Runs the commands of a README literally, in the order in which they stand there.

    python tests/readme_commands.py README.md

A block is run if the line before it says so:

    <!-- ci: run -->
    ```bash
    lm_eval --model hf --model_args pretrained=checkpoint --tasks heinw_A --limit 8
    ```

All run in one new folder, which holds nothing but `checkpoint` (see `tests/checkpoint.py`), with
the commands of the Python that runs this file first on the PATH. The first failure ends it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^<!-- ci: run -->\n```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def marked_blocks(text: str) -> list[str]:
    """The marked blocks of a Markdown text, without their fences."""
    return BLOCK.findall(text)


def main(readme: Path) -> int:
    """Run the marked blocks of `readme`; give the exit code of the first that fails."""
    # A script finds its own folder first on the path, wherever it is started.
    from checkpoint import make_checkpoint

    blocks = marked_blocks(readme.read_text(encoding="utf-8"))
    if not blocks:
        print(f"{readme}: no block is marked → put <!-- ci: run --> before one", file=sys.stderr)
        return 1
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        make_checkpoint(Path(folder, "checkpoint"))
        for block in blocks:
            print(f"--- {block}", end="", flush=True)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block],
                cwd=folder,
                env=os.environ | {"PATH": path},
                check=False,
            )
            if done.returncode != 0:
                print(f"{readme}: exit code {done.returncode} of: {block}", file=sys.stderr)
                return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve()))
