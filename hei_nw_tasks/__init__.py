"""HEI-NW scenarios for lm-evaluation-harness: tasks, metrics, filters and the bridge to lm_eval.

Installed, the tasks are there for every lm_eval command. In a notebook that was running before
the installation, say so once:

    import hei_nw_tasks
    hei_nw_tasks.register()
    lm_eval.simple_evaluate(model="hf", model_args={...}, tasks=["heinw_A"])

Importing this package loads nothing else: it happens whenever Python starts (`bridge`).
"""


def register() -> None:
    """Make lm_eval find the tasks in this Python, whether it is imported already or not.

    Needed only where the bridge did not start with Python: a process older than the installation,
    `python -S`, `pip install --target`, or with the bridge switched off. Harmless otherwise.
    """
    from hei_nw_tasks import bridge

    bridge.install()
    bridge.patch_loaded()
