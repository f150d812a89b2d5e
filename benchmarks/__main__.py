"""Run the benchmarks that measure cost, each in its own process.

python -m benchmarks [--quick] [--json FILE] [NAME …]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import CHECKOUT, parser

NAMES = ("generators", "gpu", "harness", "memory_growth", "report", "retrieval", "shared_prefix")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; return the number that failed."""
    made = parser(__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    options = made.parse_args(argv)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        made.error(f"{unknown[0]!r} is none of {', '.join(NAMES)}")
    failed, found = 0, {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.names or NAMES:
            print(f"\n## {name}", flush=True)
            saved = Path(scratch) / f"{name}.json"
            command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(saved)]
            quick = ["--quick"] if options.quick else []
            failed += bool(subprocess.run([*command, *quick], cwd=CHECKOUT, check=False).returncode)
            if saved.exists():
                found[name] = json.loads(saved.read_text("utf-8"))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
