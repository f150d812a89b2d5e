"""README and docs: which of their commands CI runs, and where their links lead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from testing.readme_commands import marked_blocks
from tests.packaging.environments import CHECKOUT

TEXT = """
```bash
not marked
```
<!-- ci: run -->
```bash
first \\
    --long
```
Words.

<!-- ci: run -->

```bash
the mark is not on the line before
```
<!-- ci: run -->
```bash
second
third
```
"""


def test_only_marked_blocks_are_run() -> None:
    assert marked_blocks(TEXT) == ["first \\\n    --long\n", "second\nthird\n"]


def test_the_readme_has_commands_that_are_run() -> None:
    blocks = marked_blocks((CHECKOUT / "README.md").read_text(encoding="utf-8"))
    assert any("hei_nw_tasks" in block for block in blocks)


PAGES = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")]


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    inline = [child for token in tokens for child in token.children or ()]
    targets = [str(child.attrGet("href") or child.attrGet("src") or "") for child in inline]
    for target in targets:
        name, _, anchor = target.partition("#")
        if target and "://" not in target:
            linked = page.parent / name if name else page
            assert linked.exists(), target
            assert not anchor or anchor in anchors(linked), target


def run(readme: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "testing" / "readme_commands.py"), str(readme)],
        env=os.environ,
        cwd=readme.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_the_first_failure_ends_the_run_with_its_code(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    block = "<!-- ci: run -->\n```bash\n{}\n```\n"
    commands = ("echo kept > made", "cat made; false | cat; echo no", "echo never")
    readme.write_text("".join(block.format(command) for command in commands))
    done = run(readme)
    assert done.returncode == 1
    assert "kept\n" in done.stdout.splitlines(keepends=True)
    assert "no\n" not in done.stdout.splitlines(keepends=True)
    assert "--- echo never" not in done.stdout


def test_a_readme_without_marks_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("```bash\ntrue\n```\n")
    assert run(tmp_path / "README.md").returncode == 1
