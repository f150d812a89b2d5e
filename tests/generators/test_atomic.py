"""A file appears whole, or what was there before stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.atomic import atomic_file, write_atomically


def test_a_file_appears_when_it_is_complete(tmp_path: Path):
    path = tmp_path / "rows"
    with atomic_file(path) as file:
        file.write(b"1\n2\n")
        assert not path.exists()
    assert path.read_bytes() == b"1\n2\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_when_writing_fails(tmp_path: Path):
    path = tmp_path / "rows"
    write_atomically(path, "é\n")

    def interrupted() -> None:
        with atomic_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text(encoding="utf-8") == "é\n"
    assert list(tmp_path.iterdir()) == [path]
