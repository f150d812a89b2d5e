"""Pushes a dataset folder to the Hugging Face Hub, and checks beforehand that it can.

Everything that could fail at the Hub is checked before anything is generated, so that an hour of
work does not end with a missing token.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generators.datasets import card
from generators.datasets.layout import CARD, CERTIFICATE, EVENTS, MANIFEST, QUESTIONS
from generators.datasets.parquet import write_parquet
from generators.datasets.reading import read
from generators.errors import ConfigError
from generators.scenarios import scenario
from generators.staging import one_line


@dataclass(frozen=True, slots=True)
class Push:
    """Where to push, and how.

    Attributes:
        repo: Id on the Hub, `org/name`.
        private: Whether a new repository is private.
        revision: Branch to push to, created if missing; None for the main branch.
        create_pr: Whether to open a pull request instead of pushing to the branch.
        overwrite: Whether files of an existing repository may be replaced.
    """

    repo: str
    private: bool = True
    revision: str | None = None
    create_pr: bool = False
    overwrite: bool = False


@contextmanager
def as_pushed(out: Path) -> Iterator[Path]:
    """A folder with what the Hub gets of a dataset folder, and all that its card names.

    That are the files of every scenario, the same rows as Parquet, which the Hub's viewer and
    `load_dataset` read, and a card that says so.

    Raises:
        DatasetError: A dataset is damaged.
        ConfigError: It cannot be written.
    """
    with one_line(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for letter, (source, _) in card.held(out).items():
            (target := folder / source.name).mkdir()
            for name in (QUESTIONS, EVENTS, MANIFEST, CERTIFICATE):
                if (source / name).exists():
                    shutil.copyfile(source / name, target / name)
            write_parquet(read(source, letter), target)
        (folder / CARD).write_text(card.render(folder, parquet=True), encoding="utf-8")
        yield folder


def uploads(folder: Path) -> list[str]:
    """Paths of the files in a folder, in order."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def check(push: Push) -> None:
    """Ask the Hub whether the push will be possible.

    Raises:
        ConfigError: There is no token, the id is no id, the repository is there already and
            nothing says what to do about it, or the Hub does not answer.
    """
    from huggingface_hub import HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    if get_token() is None:
        raise ConfigError(
            "--push-to-hub: there is no Hub token here → run `hf auth login` or set HF_TOKEN"
        )
    try:
        exists = HfApi().repo_exists(push.repo, repo_type="dataset")
    except HFValidationError:
        raise ConfigError(f"--push-to-hub {push.repo}: is no Hub id → give ORG/NAME") from None
    except (HfHubHTTPError, OSError) as error:
        raise _unreachable(push.repo, error) from None
    if exists and not (push.revision or push.create_pr or push.overwrite):
        raise ConfigError(
            f"--push-to-hub {push.repo}: exists already → give --revision BRANCH, --create-pr "
            "or --overwrite"
        )


def upload(push: Push, folder: Path, letters: Sequence[str]) -> str:
    """Push a folder in one commit.

    Args:
        push: Where to, and how.
        folder: See `as_pushed`.
        letters: The scenarios that are new, for the commit's message.

    Returns:
        Address of the commit or pull request.

    Raises:
        ConfigError: The Hub refuses or does not answer.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi()
    try:
        api.create_repo(push.repo, repo_type="dataset", private=push.private, exist_ok=True)
        if push.revision and not push.create_pr:
            api.create_branch(push.repo, branch=push.revision, repo_type="dataset", exist_ok=True)
        commit = api.upload_folder(
            repo_id=push.repo,
            repo_type="dataset",
            folder_path=folder,
            revision=push.revision,
            create_pr=push.create_pr,
            allow_patterns=uploads(folder),
            commit_message=f"Add {', '.join(scenario(letter).name for letter in letters)}",
        )
    except (HfHubHTTPError, OSError) as error:
        raise _unreachable(push.repo, error) from None
    return str(commit.pr_url or commit.commit_url)


def _unreachable(repo: str, error: Exception) -> ConfigError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return ConfigError(f"--push-to-hub {repo}: the Hub says no ({reason}) → check id and token")
