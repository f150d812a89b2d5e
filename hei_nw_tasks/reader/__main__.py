"""Prints the folder of the embedded reader: `pretrained=$(python -m hei_nw_tasks.reader)`."""

from hei_nw_tasks.reader import checkpoint

if __name__ == "__main__":
    print(checkpoint())
