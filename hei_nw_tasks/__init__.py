"""HEI-NW scenarios for lm-evaluation-harness: tasks, metrics, filters and the bridge to lm_eval.

Once installed, every lm_eval command has the tasks. In a notebook that was already running, call
`register` once:

    import hei_nw_tasks
    hei_nw_tasks.register()
    lm_eval.simple_evaluate(model="hf", model_args={...}, tasks=["heinw_A"])

Importing this package loads nothing else, because it happens whenever Python starts (`bridge`).
"""


def register() -> None:
    """Let lm_eval find the tasks in this process, whether it is already imported or not.

    Needed only where the bridge did not start with Python: in a process older than the
    installation, under `python -S`, after `pip install --target`, or with the bridge switched off.
    Harmless otherwise.
    """
    from hei_nw_tasks import bridge

    bridge.install()
    bridge.patch_loaded()
