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
        options: More arguments of `lm_eval.simple_evaluate`.

    Yields:
        The name of each arm, when its output is in place.

    Raises:
        ConfigError: An argument is wrong; raised before the model is loaded, if possible.
    """
    register()
    from lm_eval import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager
    from lm_eval.utils import make_table, simple_parse_args_string

    from hei_nw_tasks.model.settings import split

    arguments = simple_parse_args_string(model_args)
    # Where the command is stopped, the stores that are written are not written again.
    kept = {"memory_folder": str(progress.memories), **arguments}
    arms = {
        name: split({**(kept if "memory" in own else arguments), **own})[0]
        for name, own in chosen.items()
    }
    left = [name for name in arms if not progress.is_finished(name)]
    load = {"batch_size": batch_size, "device": device}
    model: Any = _load({**arguments, "baseline": "none"}, load) if left else None
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
                tasks=[f"heinw_{letter}" for letter in scenarios],
                task_manager=TaskManager(
                    include_path=str(TASK_FOLDER),
                    include_defaults=False,
                    metadata={**arguments, **settings},
                ),
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
