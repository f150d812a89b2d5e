"""Models against each other: one arm, the same questions, the same form of prompt.

    model_groups(experiments)
    -> [ModelGroup(arm="rag (bm25, k=5)", members=[("A-1", small model's run), ("A-2", …)]), …]

Prompts have the same form if they differ in nothing but the model's own chat template. The smaller
model comes first, so that of many models each is compared with the smallest: an order that no score
has a say in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from postprocess.comparison.arms import Arms, ComparedRun, Identity
from postprocess.comparison.refusing import why_not
from postprocess.schema.index import Difference, ModelComparison, ModelRow, Refused


@dataclass(frozen=True)
class ModelGroup:
    """Runs of several models with one arm, to be paired.

    Attributes:
        arm: The arm with its settings.
        experiments: The experiment of each run.
        runs: The runs, labelled by model, in their order.
    """

    arm: str
    experiments: list[str]
    runs: Arms

    def comparison(self, differences: list[Difference]) -> ModelComparison:
        """The group as the index has it."""
        first = self.runs[0].summary
        rows = [
            ModelRow(
                label=run.label,
                model=run.summary.provenance.model,
                experiment=experiment,
                run_id=run.summary.run_id,
            )
            for experiment, run in zip(self.experiments, self.runs, strict=True)
        ]
        return ModelComparison(
            scenario=first.scenario,
            task=first.task,
            arm=self.arm,
            models=rows,
            differences=differences,
        )


_Member = tuple[str, ComparedRun]


def model_groups(experiments: Mapping[str, Arms]) -> list[ModelGroup]:
    """The groups of at least two runs that differ in nothing but the model.

    Args:
        experiments: Arms by the id of their experiment.
    """
    alike: dict[tuple[Identity, str], dict[str, _Member]] = {}
    for name, arms in experiments.items():
        for run in arms:
            by_model = alike.setdefault((of_any_model(run.identity), run.setting), {})
            # A second one of a model has another chat template: it is not compared with the first.
            by_model.setdefault(run.identity.model, (name, run))
    return [
        _group(sorted(by_model.values(), key=_place))
        for by_model in alike.values()
        if len(by_model) > 1
    ]


def models_refused(experiments: Mapping[str, Arms]) -> list[Refused]:
    """What keeps models apart: other questions or prompts, or other settings of an arm.

    Each set of experiments that no model of an earlier one is part of is refused once, against the
    first of its task; so time and length are linear in the number of runs.
    """
    groups: dict[str, dict[Identity, Arms]] = {}
    for arms in experiments.values():
        key = of_any_model(arms[0].identity)
        groups.setdefault(key.task, {}).setdefault(key, []).extend(arms)
    found = list[Refused]()
    for of_task in groups.values():
        (first, earlier), *others = of_task.items()
        known = {run.identity.model for run in earlier}
        for key, runs in others:
            reason = why_not(first, key)
            if reason and (new := [run for run in runs if run.identity.model not in known]):
                found.append(_refused(earlier, new, f"models: {reason}"))
                known |= {run.identity.model for run in new}
        found += [one for runs in of_task.values() for one in _settings_refused(runs)]
    return found


def of_any_model(identity: Identity) -> Identity:
    """The identity without the model, and with the form of the prompt in place of the prompt."""
    return replace(identity, model="", prompt=identity.prompt_form)


def _settings_refused(runs: Arms) -> Iterator[Refused]:
    """Arms of one name whose settings no two models share."""
    settings: dict[str, dict[str, Arms]] = {}
    for run in runs:
        settings.setdefault(run.summary.baseline, {}).setdefault(run.setting, []).append(run)
    for baseline, by_setting in settings.items():
        (_, first), *others = by_setting.items()
        models = {run.identity.model for run in first}
        for _, other in others:
            theirs = {run.identity.model for run in other}
            if len(theirs) == 1 and not theirs & models:
                names = [group[0].summary.arm for group in (first, other)]
                differ = " and ".join(names) if len(set(names)) > 1 else "see the model arguments"
                reason = f"models: the settings of {baseline} differ: {differ}"
                yield _refused(first, other, reason)
                models |= theirs


def _refused(a: Iterable[ComparedRun], b: Iterable[ComparedRun], reason: str) -> Refused:
    one, other = ([run.summary.run_id for run in runs] for runs in (a, b))
    return Refused(a=one, b=other, reason=reason)


def _place(member: _Member) -> tuple[float, str, str]:
    summary = member[1].summary
    found = summary.provenance
    return found.parameters or math.inf, found.model, summary.run_date


def _group(members: Sequence[_Member]) -> ModelGroup:
    models = [run.summary.provenance.model for _, run in members]
    labels = [
        model if models.count(model) == 1 else f"{model} ({name})"
        for model, (name, _) in zip(models, members, strict=True)
    ]
    return ModelGroup(
        arm=members[0][1].summary.arm,
        experiments=[name for name, _ in members],
        runs=[replace(run, label=label) for label, (_, run) in zip(labels, members, strict=True)],
    )
