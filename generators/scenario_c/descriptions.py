"""Says which host is meant without its name: questions with `cue_overlap="semantic"`.

    >>> host_in_words("kestrel-47")
    'the machine whose name combines a bird of prey and forty-seven'
    >>> "merlin-47" in hosts_like("kestrel-47")
    True

A setting has a paraphrase that shares no word with its usual name, and a host is a bird and a
number, of which both can be said in other words. Of projects and persons nothing but an invented
name is known, and the values that a reverse lookup gives are codes: what asks about them keeps the
words of the log. So semantic questions ask for a setting of a host, and are lookups, updates,
deletions and overrides. The other hosts that a description fits are kept out of the world.
"""

from __future__ import annotations

from functools import cache

from generators.world.numerals import in_words

# What the birds of `words/setting_words.txt` can be called, and other birds that it fits.
_KINDS = (
    ("a bird of prey", "buzzard goshawk harrier kestrel merlin osprey", "shrike"),
    ("a corvid", "chough jackdaw", ""),
    ("a duck", "goosander merganser pintail pochard shoveler wigeon", ""),
    ("a seabird", "cormorant fulmar gannet kittiwake petrel puffin shearwater", ""),
    (
        "a wader",
        "avocet curlew dotterel dunlin godwit lapwing plover redshank sandpiper turnstone whimbrel",
        "bittern egret heron",
    ),
    ("a long-legged fisher", "bittern egret heron", ""),
    (
        "a songbird",
        "bunting crossbill dipper dunnock fieldfare linnet nuthatch ouzel pipit redstart siskin"
        " skylark sparrow starling stonechat tanager wagtail warbler waxwing yellowhammer",
        "chough jackdaw shrike wryneck",
    ),
    ("an exotic-looking caller with a fan-like crest", "hoopoe", ""),
    ("a gaudy river diver", "kingfisher", "dipper"),
    ("a nocturnal moth catcher", "nightjar", ""),
    ("a mountain grouse", "ptarmigan", ""),
    ("an impaler of insects", "shrike", ""),
    ("a cousin of woodpeckers", "wryneck", ""),
)


@cache
def _kind_of() -> dict[str, tuple[str, list[str]]]:
    """What each bird is called, and all birds that are."""
    return {
        bird: (called, [*core.split(), *others.split()])
        for called, core, others in _KINDS
        for bird in core.split()
    }


def host_in_words(host: str) -> str:
    """The description of a host."""
    bird, number = host.split("-")
    return f"the machine whose name combines {_kind_of()[bird][0]} and {in_words(int(number))}"


def hosts_like(host: str) -> list[str]:
    """All hosts that the description of one fits."""
    bird, number = host.split("-")
    return [f"{other}-{number}" for other in _kind_of()[bird][1]]
