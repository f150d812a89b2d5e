"""Prints where the embedded reader is: `pretrained=$(python -m hei_nw_tasks.reader)`."""

from hei_nw_tasks.reader import checkpoint

if __name__ == "__main__":
    print(checkpoint())
