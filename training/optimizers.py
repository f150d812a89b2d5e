"""Muon and AdamW, and averaging gradients over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import Qwen2ForCausalLM

# Without hardware support, half precision is fifty times slower than single.
FAST_HALF: bool = torch.cpu.get_capabilities().get("avx512_bf16", False)
# Factor of the learning rate for layers that should change little.
_CAREFUL = 0.25


def orthogonal(
    gradient: torch.Tensor, coefficients: tuple[float, float, float], steps: int, least: float
) -> torch.Tensor:
    """Return a matrix with the singular vectors of a gradient and singular values near 1.

    The quintic Newton-Schulz iteration of Muon, in the precision of the gradient.

    Args:
        gradient: Any matrix.
        coefficients: Of x, x³ and x⁵ in the polynomial that a step applies to singular values.
        steps: Number of steps.
        least: Smallest norm to divide by.
    """
    first, second, third = coefficients
    wide = gradient.shape[0] <= gradient.shape[1]
    found: torch.Tensor = gradient if wide else gradient.T
    found = found / found.norm().clamp(min=least)
    for _ in range(steps):
        squared = found @ found.T
        found = first * found + (second * squared + third * squared @ squared) @ found
    return found if wide else found.T


if not FAST_HALF:
    # PyTorch's own always computes in half precision.
    torch.optim._muon._zeropower_via_newtonschulz = orthogonal  # type: ignore[assignment]


def optimizers(model: Qwen2ForCausalLM, careful: int = 0) -> list[torch.optim.Optimizer]:
    """Make Muon for the inner matrices, and AdamW for the embedding, norms and biases.

    Each has two groups: weights at the full learning rate, and the embedding with the lowest
    `careful` layers at a lower one.
    """
    low = ("model.embed_tokens.", *(f"model.layers.{number}." for number in range(careful)))

    def groups(matrix: bool) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"params": []}, {"params": [], "share": _CAREFUL}]
        for name, weight in model.named_parameters():
            if (weight.dim() == 2 and "embed_tokens" not in name) == matrix:
                found[bool(careful) and name.startswith(low)]["params"].append(weight)
        return [group for group in found if group["params"]]

    return [
        torch.optim.Muon(
            groups(True), lr=1e-3, weight_decay=0.01, momentum=0.95, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(groups(False), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def average_gradients(model: Qwen2ForCausalLM, processes: int) -> None:
    """Replace gradients by their mean over all processes."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    torch.distributed.all_reduce(flat)
    flat /= processes
    at = 0
    for gradient in gradients:
        gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
        at += gradient.numel()
