"""Words of English that tell where a name ends and a sentence goes on."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words(
    """
    a an the this that these those it its he she they them his her their him i we you my our your
    and or but nor so yet as if because since while whereas although though until till unless than
    in on at by from to for with without of about into onto over under near inside outside within
    during before after between among through against via per around off out up down upon towards
    toward along across behind beyond beside besides except despite like unlike
    is are was were be been being am has have had do does did will would can could shall should may
    might must cannot not no never
    who whom whose which what when where why how there here then now also too only just even still
    again once twice already always today yesterday later earlier previously formerly recently
    currently originally eventually finally first last next instead rather namely respectively
    according all both each either neither some any every one other another such same very
    most more less much many few several approximately exactly roughly
    probably possibly perhaps maybe certainly definitely presumably likely apparently clearly
    surely actually truly evidently obviously simply none neither
    answer answers please yes okay sure well
    belongs belong means refers equals seems appears comes goes makes uses has stands serves remains
    became become took gave got went came made said says told knew saw found hid lost lent sold
    bought held kept left sent wore won met put set cut read built drew wrote paid ran sat stood
    taught thought threw understood broke chose drove fell felt flew forgot hung heard knew laid led
    shows show runs run lies lie sits sit works work lives live counts count hours hrs pm am oclock
    """
)
# What a name may be called by, or introduced with.
_TITLES = _words(
    """
    mr mrs ms miss mt mount mx dr prof professor sir dame lord lady saint st king queen prince
    princess president captain general colonel major judge father mother brother sister uncle aunt
    architect composer painter artist writer author director thinker philosopher founder creator
    person man woman people object item place city town village country host project room value
    number code name color colour unit location time clock receipt parcel currency
    """
)
_VERB_ENDING = re.compile(r"(?:ed|ing|ly)$")
_MONTH_OR_DAY = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day"
)


def ends_a_name(word: str) -> bool:
    """Whether a word that follows a name or thing cannot be part of it.

    >>> ends_a_name("in"), ends_a_name("polished"), ends_a_name("heater")
    (True, True, False)
    """
    return bool(
        word.lower() in FUNCTION_WORDS
        # "polished", but not "Winifred".
        or (word.islower() and len(word) > 4 and _VERB_ENDING.search(word))
        or _MONTH_OR_DAY.fullmatch(word.lower())
    )


def introduces_a_name(word: str) -> bool:
    """Whether a capitalised word in front of a name is not part of it.

    >>> introduces_a_name("Sir"), introduces_a_name("In"), introduces_a_name("Anna")
    (True, True, False)
    """
    return word.lower() in _TITLES or ends_a_name(word)
