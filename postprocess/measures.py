"""What the report measures by: which registered metrics it headlines, and what it calls them.

Metrics, retrieval measures and costs are described in their registries (`METRICS`, `COSTS`,
`RANKING`). Here are the report's own choices:

>>> label(PRIMARY), label(HEADLINE), label("total_flops"), label("of a later version")
('correct', 'headline', 'FLOPs in total', 'of a later version')
>>> heading(PRIMARY)
'Correct'
"""

from __future__ import annotations

from generators.scenarios import SCENARIOS
from hei_nw_tasks.compute.costs import COSTS
from hei_nw_tasks.metrics import METRICS, PRIMARY
from hei_nw_tasks.retrieval.ranking import RANKING

# The same, in the words that the instruction asks for.
EXACT = "exact_match"
# What it is balanced against, over the questions that have no answer.
ABSTENTION = "abstained"
# The harmonic mean of the two.
HEADLINE = "headline"
# Metrics in which arms are compared question by question.
PAIRED = (PRIMARY, EXACT, "f1", ABSTENTION)
# The retrieval measure of the index and of growing stores.
RECALL = "recall_any@5"
# Metrics that every scenario has; the others are reported as a scenario's own.
SHARED = tuple(name for name, metric in METRICS.items() if metric.scenario is None)


def label(name: str) -> str:
    """What a sentence calls a metric, retrieval measure or cost; an unknown one keeps its name."""
    entry = METRICS.get(name) or COSTS.get(name) or RANKING.get(name)
    return entry.label if entry else name


def is_known(name: str) -> bool:
    """Whether a name is one of ours, and not that of a later version."""
    return name == HEADLINE or any(name in known for known in (METRICS, COSTS, RANKING))


def heading(name: str) -> str:
    """The label as it begins a sentence, a title, or the cell of a table."""
    return f"{label(name)[:1].upper()}{label(name)[1:]}"


def main_axis(scenario: str) -> str:
    """The column that a scenario's scores are plotted against.

    >>> main_axis("A"), main_axis("D")
    ('lag', 'store_size')
    """
    return SCENARIOS[scenario].axes[0].column


def lower_is_better(name: str) -> bool:
    """Whether less of a metric is better."""
    return name in METRICS and not METRICS[name].higher_is_better
