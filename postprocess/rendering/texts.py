"""What things are called in reports, the same in Markdown and HTML."""

from __future__ import annotations

TOPICS = {
    "A": "episodic one-shot recall from partial cues",
    "B": "factual hot-patch",
    "C": "preferences and configuration",
    "D": "stress and interference",
    "E": "long-context control",
}

OUTCOMES = {
    "correct": "names the answer and no rival; if there is none, abstains",
    "stale": "names a value that was right before",
    "distractor": "names the value of a hard negative",
    "other_in_world": "names another value of the world, or only a part of a list",
    "out_of_world": "names nothing the world has",
    "abstained": "abstains from a question that has an answer",
    "empty": "says nothing",
}

# Columns of the compute record.
QUANTITIES = {
    "prompt_tokens": "prompt tokens",
    "generated_tokens": "generated tokens",
    "memory_tokens": "of the prompt, memory tokens",
    "prefill_flops": "operations, prompt",
    "decode_flops": "operations, answer",
    "attention_flops": "of both, attention",
    "total_flops": "operations, total",
    "kv_cache_bytes": "key-value cache",
    "embed_flops": "operations to embed the question",
    "retrieval_s": "retrieval",
    "latency_s": "latency (share of its batch)",
    "batch_latency_s": "latency of its batch",
    "batch_size": "answers in a batch",
    "peak_memory_bytes": "peak device memory",
}
