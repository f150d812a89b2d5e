r"""Runs of stock lm_eval on `testing.stock_tasks`, with two small models that know some answers.

    python -m testing.stock_runs tests/postprocess/pair/stock

The folder that tests read was made by this command with lm_eval 0.4.13: a checkpoint is trained by
heart on the answers to a part of the documents, another one on another part, and for each

    lm_eval run --model hf --model_args pretrained=small-a --include_path . --log_samples \
        --tasks quiz,sums,stories,words,prose --output_path FOLDER/a --device cpu --batch_size 16
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from testing.checkpoint import END_OF_TURN, make_checkpoint
from testing.stock_tasks import Document, documents, write_tasks

TASKS = "quiz,sums,stories,words,prose"
STEPS = 120


def main(folder: Path) -> None:
    """Trains both models, and evaluates each."""
    disable_progress_bar()
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        write_tasks(work)
        for name, share in (("a", 0.5), ("b", 0.65)):
            _train(make_checkpoint(work / f"small-{name}"), lessons(name, share))
            command = [
                *(sys.executable, "-m", "lm_eval", "run", "--model", "hf", "--model_args"),
                *(f"pretrained=small-{name}", "--include_path", ".", "--tasks", TASKS),
                *("--log_samples", "--output_path", str(folder.resolve() / name)),
                *("--device", "cpu", "--batch_size", "16"),
            ]
            # The bridge of ours stays out of it.
            environment = os.environ | {"HEINW_NO_BRIDGE": "1", "HF_HUB_OFFLINE": "1"}
            subprocess.run(command, cwd=work, env=environment, check=True)


def lessons(name: str, share: float) -> list[str]:
    """What a model is to know by heart: the right answers to a share of the documents.

    To the others it learns the answer of another document, some in other words than asked for.
    """
    draw, texts = random.Random(name), []
    for task, rows in documents().items():
        if task == "prose":
            continue
        for row in rows:
            right = draw.random() < share
            texts.append(_lesson(task, row, row if right else draw.choice(rows), draw))
    return texts


def _lesson(task: str, asked: Document, answered: Document, draw: random.Random) -> str:
    if task.startswith("quiz"):
        choices = asked["choices"]
        listed = "\n".join(f"{letter}. {c}" for letter, c in zip("ABC", choices, strict=True))
        chosen = choices[answered["answer"]]
        return f"{asked['question']}\n{listed}\nAnswer: {chosen}"
    if task == "words":
        start, end = asked["text"].rsplit(" ", 1)[0], answered["text"].rsplit(" ", 1)[1]
        return f"{start} {end}"
    answer = answered["answer"]
    if task == "sums":
        said = answer if draw.random() < 0.8 else answer.replace("####", "it is")
        return f"Question: {asked['question']}\nAnswer: {said}"
    return f"{asked['story']} {asked['question']} {answer}"


def _train(checkpoint: Path, texts: list[str]) -> None:
    """Lets a checkpoint learn texts by heart."""
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    batch = tokenizer(
        [text + "\n" + END_OF_TURN for text in texts], padding=True, return_tensors="pt"
    )
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS)
    for step in range(STEPS):
        loss = model(**batch, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 20 == 0 or step == STEPS - 1:
            print(f"{checkpoint.name}: step {step}, loss {float(loss.detach()):.3f}", flush=True)
    model.save_pretrained(checkpoint)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
