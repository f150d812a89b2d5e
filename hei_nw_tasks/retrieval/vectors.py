"""What a vector has to be, whoever gives it: an embedder, or a cache of embeddings.

>>> import numpy as np
>>> flaw(np.array([[1, 0], [0, np.nan]], dtype=np.float32))
'vector 2 of 2 holds NaN or infinity, or is too long'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def flaw(vectors: NDArray[np.float32]) -> str | None:
    """Why one of the vectors cannot be ranked; None if all can.

    The squared length of each has to be finite and above 0 in 32 bits. Then so is every inner
    product, by the inequality of Cauchy and Schwarz.

    Args:
        vectors: (vectors, dimensions).
    """
    import numpy as np

    with np.errstate(all="ignore"):
        squares = np.einsum("ij,ij->i", vectors, vectors)
    of = f"of {len(vectors)}"
    for row in np.flatnonzero(~np.isfinite(squares)):
        return f"vector {row + 1} {of} holds NaN or infinity, or is too long"
    for row in np.flatnonzero(squares <= 0):
        return f"vector {row + 1} {of} is zero"
    return None
