"""A-MEM (a-mem 0.2.6, MIT) as a memory: a recipe, not tested here with a model.

    pip install a-mem
    OPENAI_BASE_URL=http://localhost:8000/v1 OPENAI_API_KEY=none PYTHONPATH=docs/recipes \
        python -m hei_nw_tasks --mode B1 --memory a_mem_memory:AMem --memory-args model=NAME …

`agentic-memory` on the same registry is another project. A language model writes keywords, tags
and links for each event. The text of a note stays as it is. Notes cannot be filtered by date.
"""

from __future__ import annotations

from pathlib import Path

from hei_nw_tasks.memory.protocol import Budget, Capabilities, Episode, Item, Written


class AMem:
    """Notes in a Chroma folder, one for each scope.

    Args:
        model: Of the OpenAI-compatible server at OPENAI_BASE_URL.
        embedder: Id or folder of a model of sentence-transformers.
    """

    capabilities = Capabilities(
        as_of=False, update=False, provenance=True, scopes=True, reopen=True
    )

    def __init__(self, model: str, embedder: str = "all-MiniLM-L6-v2") -> None:
        self._model, self._embedder = model, embedder

    def open(self, scope: str, folder: Path) -> None:
        """Open the scope's folder."""
        from agentic_memory.memory_system import AgenticMemorySystem

        self._notes = AgenticMemorySystem(
            model_name=self._embedder,
            llm_backend="openai",
            llm_model=self._model,
            storage_path=str(folder / scope),
        )

    def write(self, event: Episode) -> Written:
        """Add a note under the event's id."""
        return Written(
            refs=(self._notes.add_note(event.text, time=f"{event.at:%Y%m%d%H%M}", id=event.id),)
        )

    def recall(self, query: str, budget: Budget) -> list[Item]:
        """The nearest notes."""
        found = self._notes.search(query, k=budget.k or 100)
        return [
            Item(self._notes.read(note["id"]).content, note["id"], -note["score"]) for note in found
        ]

    def delete(self, ref: str) -> None:
        """Delete the note; the links of others keep its id."""
        self._notes.delete(ref)
