"""Pushes a dataset folder to the Hugging Face Hub, and checks beforehand that it can.

Everything that could fail at the Hub is checked before anything is generated, so that an hour of
work does not end with a missing token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.datasets.layout import CARD, CERTIFICATE, EVENTS, MANIFEST, QUESTIONS
from generators.errors import ConfigError
from generators.scenarios import scenario


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


def uploads(out: Path, letters: Sequence[str]) -> list[str]:
    """Paths within a dataset folder, in order, of the files that a push uploads."""
    names = (QUESTIONS, EVENTS, MANIFEST, CERTIFICATE)
    paths = [f"{scenario(letter).name}/{name}" for letter in letters for name in names]
    return [CARD, *(path for path in paths if (out / path).exists())]


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


def upload(push: Push, out: Path, letters: Sequence[str]) -> str:
    """Push the files of some scenarios and the card in one commit.

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
            folder_path=out,
            revision=push.revision,
            create_pr=push.create_pr,
            allow_patterns=uploads(out, letters),
            commit_message=f"Add {', '.join(scenario(letter).name for letter in letters)}",
        )
    except (HfHubHTTPError, OSError) as error:
        raise _unreachable(push.repo, error) from None
    return str(commit.pr_url or commit.commit_url)


def _unreachable(repo: str, error: Exception) -> ConfigError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return ConfigError(f"--push-to-hub {repo}: the Hub says no ({reason}) → check id and token")
