"""Run the marked commands of a page, in the order in which they appear.

    python testing/readme_commands.py README.md

A block is run, or written to a file, if the line before it says so:

    <!-- ci: run -->
    ```bash
    lm_eval --model hf --model_args pretrained=checkpoint --tasks heinw_A --limit 8
    ```

    <!-- ci: file mine.py -->
    ```python
    class Notebook: ...
    ```

All blocks run in one new folder. It holds nothing, or, if one of them loads it, `checkpoint` (see
`testing/checkpoint.py`).
The commands of the Python that runs this file come first on the PATH. The first failure ends it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BLOCK = re.compile(r"^<!-- ci: run -->\n```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^<!-- ci: file ([\w.]+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def marked_blocks(text: str) -> list[str]:
    """Return the marked blocks of a Markdown text, without their fences."""
    return BLOCK.findall(text)


def marked_files(text: str) -> dict[str, str]:
    """Return the contents of the marked files of a Markdown text by their names."""
    return dict(FILE.findall(text))


def main(readme: Path) -> int:
    """Run the marked blocks of `readme`; return the exit code of the first that fails, or 0."""
    text = readme.read_text(encoding="utf-8")
    blocks = marked_blocks(text)
    if not blocks:
        print(f"{readme}: no block is marked → put <!-- ci: run --> before one", file=sys.stderr)
        return 1
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        if any("pretrained=checkpoint" in block for block in blocks):
            # Not imported: this file also runs where the checkout is not on the path.
            script = Path(__file__).with_name("checkpoint.py")
            made = str(Path(folder, "checkpoint"))
            subprocess.run([sys.executable, str(script), made], check=True)
        for name, content in marked_files(text).items():
            Path(folder, name).write_text(content, encoding="utf-8")
        for block in blocks:
            print(f"--- {block}", end="", flush=True)
            started = time.monotonic()
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block],
                cwd=folder,
                env=os.environ | {"PATH": path},
                check=False,
            )
            if done.returncode != 0:
                print(f"{readme}: exit code {done.returncode} of: {block}", file=sys.stderr)
                return done.returncode
            print(f"--- {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve()))
