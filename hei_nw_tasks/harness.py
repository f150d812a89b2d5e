"""Runs several arms on several scenarios with a model that is loaded once.

    arms = {"none": {"baseline": "none"}, "B1 mem0": {"mode": "B1", "memory": "mem0"}}
    run_arms("pretrained=CKPT", arms, ["A", "E"], {"n": 64}, progress)

writes for each arm what `lm_eval --model heinw --model_args …,baseline=none --tasks
heinw_A,heinw_E --log_samples --output_path out/lm_eval` writes, and prints its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hei_nw_tasks import register
from hei_nw_tasks.patches import TASK_FOLDER
from hei_nw_tasks.resuming import Progress


def run_arms(
    model_args: str,
    chosen: Mapping[str, Mapping[str, str]],
    scenarios: Sequence[str],
    settings: Mapping[str, Any],
    progress: Progress,
    *,
    device: str | None = None,
    batch_size: str = "1",
    others: Sequence[str] = (),
    include_path: str | None = None,
    **options: Any,
) -> Iterator[str]:
    """Evaluate every arm on every scenario; those that are finished already are not repeated.

    Args:
        model_args: Arguments of the `heinw` model, without those that choose the arm.
        chosen: Those, by the name of the arm, in the order to run.
        scenarios: Letters.
        settings: Of the questions.
        progress: Where the output goes, and which arms are finished.
        device: As for lm_eval.
        batch_size: As for lm_eval.
        others: Other tasks of lm_eval, which the model alone and mode B3 are asked as well.
        include_path: As for lm_eval: folder with YAML files of tasks.
        options: More arguments of `lm_eval.simple_evaluate`.

    Yields:
        The name of each arm, when its output is in place.

    Raises:
        ConfigError: An argument is wrong; raised before the model is loaded, if possible.
    """
    register()
    from lm_eval import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.utils import make_table, simple_parse_args_string

    from generators.errors import ConfigError
    from hei_nw_tasks.model.after_sleep import one_process
    from hei_nw_tasks.model.settings import split

    arguments = simple_parse_args_string(model_args)
    # Where the command is stopped, the stores that are written are not written again.
    kept = {"memory_folder": str(progress.memories), **arguments}
    arms = {
        name: split({**(kept if "memory" in own else arguments), **own})[0]
        for name, own in chosen.items()
    }
    if others and len(scenarios) > 1:
        raise ConfigError(
            f"--drift {others[0]}: is asked with the weights of one scenario → name one --scenario"
        )
    manager = _manager(others, include_path, {**arguments, **settings})
    left = [name for name in arms if not progress.is_finished(name)]
    load = {"batch_size": batch_size, "device": device}
    model: Any = _load({**arguments, "baseline": "none"}, load) if left else None
    if others and model is not None:
        one_process(model)
    for number, (name, arm) in enumerate(arms.items(), 1):
        position = f"arm {number} of {len(arms)}: {name}"
        if name not in left:
            progress.put_in_place(name)
            print(f"{position}, finished before")
            yield name
            continue
        print(position, flush=True)
        model.use_arm(arm, split(arguments)[1])
        with progress.staging() as staging:
            tracker = EvaluationTracker(output_path=str(staging))
            results = simple_evaluate(
                model=model,
                model_args=",".join([model_args, *(f"{k}={v}" for k, v in chosen[name].items())]),
                # Ours come first: without worlds that sleep there are no weights for the others.
                tasks=[
                    *(f"heinw_{letter}" for letter in scenarios),
                    *(others if _drifts(chosen[name]) else ()),
                ],
                task_manager=manager,
                batch_size=batch_size,
                device=device,
                **{"use_cache": str(progress.answers), **options},
                evaluation_tracker=tracker,
                log_samples=True,
            )
            if results is None:  # not the first process
                continue
            # lm_eval names a model object by its class or folder.
            results["config"]["model"] = "heinw"
            samples = results.pop("samples")
            tracker.save_results_aggregated(results=results, samples=samples)
            for task, rows in samples.items():
                tracker.save_results_samples(task_name=task, samples=rows)
            saved = {task: len(rows) for task, rows in samples.items()}
            progress.finish(name, staging, saved)
        yield name
        print(make_table(results))


def _drifts(arm: Mapping[str, str]) -> bool:
    """Whether an arm is asked other tasks, too: the model before sleep, and after it."""
    return arm.get("baseline") == "none" or (arm.get("mode") == "B3" and "drift" not in arm)


def _manager(others: Sequence[str], include_path: str | None, metadata: Mapping[str, Any]) -> Any:
    """Of our tasks, and of all if others are asked for.

    Raises:
        ConfigError: lm_eval does not know one of the others or cannot load it, or it is ours.
    """
    from lm_eval.tasks import TaskManager

    from generators.errors import ConfigError

    folders = [str(TASK_FOLDER), *([include_path] if include_path else [])]
    manager = TaskManager(
        include_path=folders, include_defaults=bool(others), metadata=dict(metadata)
    )
    for name in others:
        if name.startswith("heinw"):
            raise ConfigError(
                f"--drift {name}: is a task of this suite → --scenario asks it; "
                "reading and other tasks show drift"
            )
        if name not in manager.all_tasks:
            raise ConfigError(
                f"--drift {name}: is neither reading nor a task that lm_eval knows → `lm_eval ls "
                "tasks` lists them, --include_path names a folder with more"
            )
    try:
        loaded = manager.load([*others])["tasks"].values()
    except Exception as error:  # of the data that a task asks for, and of tasks asked for twice
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ConfigError(
            f"--drift {','.join(others)}: lm_eval cannot load that ({reason}) → see that "
            f"`lm_eval --model dummy --tasks {','.join(others)} --limit 1` runs"
        ) from error
    unsafe = sorted(task.task_name for task in loaded if getattr(task, "UNSAFE_CODE", False))
    if unsafe:
        raise ConfigError(
            f"--drift {unsafe[0]}: runs code that the model writes, which this command does not do "
            "→ name another task"
        )
    return manager


def _load(arguments: Mapping[str, Any], own: Mapping[str, Any]) -> Any:
    """The model.

    Raises:
        ConfigError: There is none of that name.
    """
    from generators.errors import ConfigError
    from hei_nw_tasks.model.heinw import Heinw

    try:
        return Heinw.create_from_arg_obj(dict(arguments), dict(own))
    except OSError as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ConfigError(
            f"pretrained={arguments.get('pretrained')}: cannot be loaded ({reason}) "
            "→ name a folder with a model, or one on the Hub"
        ) from error
