"""What was run, on which questions, with which versions and files."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
from pathlib import Path
from typing import Any

from generators import __version__
from postprocess.reading.results_file import ExecutionConfig
from postprocess.reading.runs import Run
from postprocess.schema.run import FileRead, Provenance

_IN_ENVIRONMENT = {
    "torch": re.compile(r"^PyTorch version: (\S+)", re.MULTILINE),
    "python": re.compile(r"^Python version: (\S+)", re.MULTILINE),
}
_QUANTIZATION = ("load_in_4bit", "load_in_8bit", "quantization_config", "gptqmodel", "autogptq")


def provenance(run: Run, root: Path) -> Provenance:
    """The provenance of a run; paths are relative to `root`, the folder that was searched."""
    results, config, manifest = run.found.results, run.found.results.config, run.manifest
    arguments = arguments_of(config)
    environment = results.pretty_env_info or ""
    seconds = results.total_evaluation_time_seconds
    return Provenance(
        model=results.model_name or config.model,
        model_type=config.model,
        model_args=config.model_args,
        revision=config.model_revision,
        model_sha=config.model_sha or None,
        parameters=config.model_num_parameters,
        dtype=arguments.get("dtype") or config.model_dtype or None,
        quantization=", ".join(f"{k}={arguments[k]}" for k in _QUANTIZATION if _is_on(arguments, k))
        or None,
        batch_size=config.batch_size,
        device=config.device,
        gen_kwargs=config.gen_kwargs,
        limit=config.limit,
        num_fewshot=results.n_shot.get(run.found.task),
        chat_template_sha256=results.chat_template_sha,
        system_instruction_sha256=results.system_instruction_sha,
        seeds={
            "dataset": manifest.config.seed,
            "random": config.random_seed,
            "numpy": config.numpy_seed,
            "torch": config.torch_seed,
            "fewshot": config.fewshot_seed,
        },
        dataset_source=manifest.source,
        dataset_doubt=manifest.doubt,
        generator_version=manifest.generator_version,
        dataset_config=manifest.config.model_dump(exclude_none=True),
        rows_sha256_recorded=manifest.rows_sha256,
        rows_sha256_recomputed=run.rows_sha256,
        events_sha256=manifest.events_sha256,
        versions={
            "hei_nw_tasks": __version__,
            "lm_eval": results.lm_eval_version,
            "transformers": results.transformers_version,
            **{
                name: match[1] if (match := pattern.search(environment)) else None
                for name, pattern in _IN_ENVIRONMENT.items()
            },
        },
        evaluation_s=_seconds(seconds),
        command=_command(run, arguments),
        files=[
            FileRead(path=relative(run.found.path, root), sha256=run.found.sha256),
            FileRead(path=relative(run.samples.path, root), sha256=run.samples.sha256),
        ],
        superseded=[relative(path, root) for path in run.superseded],
    )


def relative(path: Path, root: Path) -> str:
    """The path below `root`, with forward slashes, so that it is the same on every machine.

    Bytes in it that are not UTF-8 are written as escapes.
    """
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "backslashreplace")


def arguments_of(config: ExecutionConfig) -> dict[str, str]:
    """`--model_args` as lm_eval splits them, by name."""
    if isinstance(config.model_args, dict):
        return {name: str(value) for name, value in config.model_args.items()}
    pairs = (part.partition("=") for part in (config.model_args or "").split(","))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _is_on(arguments: dict[str, str], name: str) -> bool:
    return arguments.get(name, "").lower() not in ("", "false", "0", "none")


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text) if text else None
    except ValueError:
        return None
    return seconds if seconds is not None and math.isfinite(seconds) else None


def _command(run: Run, arguments: dict[str, str]) -> str:
    """A command line that repeats the run; lm_eval does not save the original one."""
    results, config, manifest = run.found.results, run.found.results.config, run.manifest
    metadata: dict[str, Any] = manifest.config.model_dump(exclude_none=True)
    if manifest.source not in (None, "generated"):
        metadata = {"dataset": manifest.source}
    generation = config.gen_kwargs or None
    options = {
        "--model": config.model,
        "--model_args": ",".join(f"{name}={value}" for name, value in arguments.items()),
        "--tasks": run.found.task,
        "--num_fewshot": results.n_shot.get(run.found.task) or None,
        "--limit": None if config.limit is None else f"{config.limit:.10g}",
        "--batch_size": config.batch_size,
        "--device": config.device,
        "--gen_kwargs": json.dumps(generation) if isinstance(generation, dict) else generation,
        "--metadata": json.dumps(metadata) if metadata else None,
        "--output_path": "reports",
    }
    words = [word for name, value in options.items() if value for word in (name, str(value))]
    template = ["--apply_chat_template"] if results.chat_template_sha else []
    return shlex.join(["lm_eval", *words, *template, "--log_samples"])
