"""How models say that they do not know, as patterns over one clause.

Clauses are in lower case, without contractions: "don't" reads "do not", "can't" reads "can not".
The tables of words come first, the patterns that are made of them after.
"""

from __future__ import annotations

import re

from hei_nw_tasks.scoring.claim_patterns import VALUE

CUE = "xgivenx"  # a word for what the question gave


def _any(words: str) -> str:
    """One of the words, which blanks separate; "_" stands for a blank inside one."""
    return "(?:" + "|".join(words.replace("_", " ") for words in words.split()) + ")"


_SOURCE = _any(
    """logs? texts? contexts? passages? questions? information info records? data(?:base|set)?
    documents? memor(?:y|ies) notes? histor(?:y|ies) events? entr(?:y|ies) conversations?
    transcripts? details? input prompt excerpts? story article list knowledge accounts? statements?
    sources? materials? sentences? snippets? messages? chat facts? reports? timeline archives?"""
)
_INFORMATION = _any(
    r"""information info knowledge data details? records? mentions? memor(?:y|ies) recollections?
    evidence indications? references? entr(?:y|ies) answers? ideas? clues? way context access
    documentation traces? events? facts? match(?:es)? results? logs? specifics basis notes? recall
    confirmation grounds hints? means such_\w+ (?:\w+_)?matching"""
)
# What follows "no information" in a sentence, though not in a name ("No Information Desk").
_FOLLOWS = (
    "(?= "
    + _any(
        """about on of in into regarding for to that which available provided given was is were are
        has have had can could matching mentioning found concerning indicating indicates? related
        who whom what where when why how with from exists? existed here yet at as showing specifying
        stating i you we listed recorded there whatsoever or and nor by naming linking under
        associated corresponding within relating involving left appears? this it describing shows?
        mentions? says? tells? dated present whether if the currently"""
    )
    + rf"\b| ?$| {CUE})"
)
_SAY = _any(
    """say state mention specify provide give tell contain include indicate reveal describe show
    list record name note cover address identify disclose detail offer have refer answer clarify
    explain appear allow support make_(?:it_)?clear make_any point go match hold"""
)
_KNOW = _any(
    """know recall remember say tell determine answer provide identify confirm verify specify give
    state infer deduce locate find see ascertain establish figure work_out name help pinpoint access
    recollect respond conclude be_certain be_sure discern derive retrieve look_up possess offer
    make_out come_up supply"""
)
_KNOWN = _any(
    """known determined determinable specified mentioned stated given provided available recorded
    found answered answerable inferred identified listed disclosed documented indicated included
    described logged established noted clear certain sure present deduced ascertained revealed
    reported defined shown covered named told on_file on_record confirmed verified evident retrieved
    knowable explicit discernible derived concluded located detailed addressed in_evidence contained
    referenced registered"""
)
_NOT_KNOWN = (
    "(?:"
    + _any(
        """unknown unspecified undetermined unanswerable unavailable unclear uncertain undisclosed
        unsure unidentified unrecorded undocumented undefined indeterminate indeterminable
        unmentioned unstated unlisted unknowable unreported inconclusive a_mystery missing"""
    )
    + rf"|(?:not|never)(?: (?:\w+ly|yet|even|ever|being|been|made))? {_KNOWN})"
)
# "unknown to me", but not "unknown to most people".
_TAIL = (
    "(?=$| (?:to (?:me|us|this|the (?:model|assistant|system))|"
    + _any(
        """in from by at here yet as because since based according given who whom whose what when
        where which how why whether if due for and or with on about within until without that
        anywhere exactly i so_far currently there of enough right_now"""
    )
    + rf"|{CUE})\b)"
)
_ADVERB = r"(?: (?:\w+ly|yet|even|at all|just|still|ever|also|now|quite|that|very|too|so))?"
_AUX = "(?:do|does|did|can|could|would|will|may|might)"
_THING = _any(
    """person people place location time host value object item number answer date code name project
    event individual user identity receipt room setting result quantity moment year city thing
    status buyer owner"""
)
# Enough on their own.
_BARE = (
    f"(?:{_NOT_KNOWN}|"
    + _any(
        """n/?a n\\.a idk unk tbd no_answer no_idea no_clue not_a_clue not_sure not_certain beats_me
        who_knows your_guess_is_as_good_as_mine not_applicable no_comment not_found do_not_know
        no_(?:data|info|information|records?|match(?:es)?|results?|mention) can_not_say
        (?:not_enough|insufficient)_(?:information|info|data|context|evidence|details)
        information_not_available"""
    )
    + ")"
)
_IN_SOURCE = rf"(?:in|from|by|based on) (?:the |this |my |any )?(?:\w+ ){{0,2}}{_SOURCE}"
_FROM = "(?:for|of|on|about|with)"
_ENTITY = _any(f"parcels? events? records? entr(?:y|ies) purchases? {CUE}")
_SPEAKER = r"\b(?:i|we|one|you)\b(?: (?:\w+ly|just|still|also|do|am))*"

UNKNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        # "unknown", "The answer is not known", "rack: unknown", "so unknown to me"
        rf"^(?:(?:the |my |an? )?(?:{_THING}|\w+) )?(?:is |are |was |were |= )?"
        rf"(?:simply |still |currently |just |left |marked (?:as )?|listed as )?{_BARE}"
        rf"(?: (?:to me|here|yet|at this time|currently|at all|{_IN_SOURCE}))?$",
        rf"^unknown {_THING}$|^i would say (?:it is )?{_NOT_KNOWN}$",
        # "The log has no such purchase", "There is nothing in the log about that"
        rf"\b{_SOURCE} (?:has|have|contains?|holds?|shows?|gives?|lists?) (?:no|nothing)\b",
        rf"\bnothing (?:\w+ ){{0,3}}(?:in|from) (?:the|my|this|these) (?:\w+ )?{_SOURCE}\b",
        # "I do not think the log says", "but not who bought it"
        rf"\bnot (?:think|believe) (?:that )?(?:the|this|any|my) (?:\w+ )?{_SOURCE}\b",
        r"^but not (?:who|what|when|where|which|how)\b",
        # "I really do not know", "can not determine"
        rf"(?:^(?:(?:so|and|but|or|that|\w+ly) )*|{_SPEAKER} ){_AUX} not{_ADVERB} {_KNOW}\b",
        # "The log does not say", "This fails to mention"
        rf"\b(?:{_SOURCE}|that|this|it|which)\b(?: \w+){{0,6}} "
        rf"(?:{_AUX} not{_ADVERB} {_SAY}|fails? to {_SAY}|never {_SAY}s?)\b",
        # "I am not sure", "I was never told", "I have not been given"
        rf"\b(?:i|we) (?:am |are |was |were |have |had )?(?:\w+ly )?(?:not"
        rf"|never)(?: been)?{_ADVERB} "
        r"(?:sure|certain|aware|familiar|able|told|given|informed|provided|privy"
        r"|in (?:a )?position)\b",
        # "unable to say", "insufficient data", "no way of knowing"
        r"\b(?:unable|not able|not possible|impossible|no way|difficult|hard|unsure|uncertain"
        r"|unaware"
        r"|not sure|not certain|not confident|at a loss|insufficient|inadequate) (?:to|how|who|what"
        r"|when|where|which|about|of|whether|if|for|from|information|data|context|details?|evidence"
        r"|as)\b",
        r"^(?:(?:i am|i was|we are) )?(?:unable|unsure|uncertain|unaware|not sure|not certain"
        r"|not aware|not able|at a loss|in the dark)$",
        # "There is no record of it", "I do not have enough information"
        r"\b(?:no|not any|not enough|not sufficient|insufficient|inadequate|lack(?:s|ing)?(?: of)?"
        r"(?: the)?|zero|not (?:have|see|find|possess|contain|include|give|provide|hold|show"
        r"|recall)"
        rf"(?: \w+){{0,3}})(?: \w+){{0,3}}? {_INFORMATION}\b{_FOLLOWS}",
        # "The buyer is not recorded", "remains unknown"
        r"\b(?:is|are|was|were|be|been|remains?|stays?|being|seems?|appears?|left|marked as|still"
        r"|has"
        r"|have) (?:to be |as |been )?(?:\w+ly |still |yet |also |left |rather |quite |very )?"
        rf"{_NOT_KNOWN}{_TAIL}",
        rf"\bcould not(?: \w+ly)? be (?:\w+ly )?{_KNOWN}\b"
        rf"|\bcan not(?: \w+ly)? be (?:\w+ly )?{_KNOWN}\b",
        # "None of the events mention it", "No rack is recorded"
        rf"\b(?:none|nothing|no one|nobody|neither|no (?:\w+ ){{0,2}}{_SOURCE})\b(?: \w+){{0,6}}? "
        r"(?:mentions?|says?|states?|indicates?|shows?|tells?|specif(?:y|ies)|records?|names?"
        r"|contains?|gives?|match(?:es)?|answers?|describes?|lists?|refers?|identif(?:y|ies)"
        rf"|suggests?|covers?|provides?|(?:is|are|was|were) {_KNOWN})\b",
        rf"\bno(?: \w+){{1,3}} (?:is|are|was|were|has been|have been) (?:\w+ly )?{_KNOWN}\b",
        # "It is not in the records", "nowhere in my notes"
        r"\b(?:not|nowhere|never|no longer) (?:\w+ ){0,2}?(?:in|part of|among|within|on|from) "
        rf"(?:the|my|your|this|any|these|those|what)(?: \w+){{0,2}}? {_SOURCE}\b",
        r"\b(?:absent|missing) from\b|\b(?:is|are|was) silent (?:on|about|as to)\b|\bomits?\b"
        r"|\bleaves? (?:it|this|that) open\b|\bnot something (?:that )?i\b|\bknow nothing\b"
        rf"|\b(?:outside|beyond) (?:of )?(?:my|the|what)\b|\bnothing (?:is|was) (?:{_KNOWN}|said)\b"
        rf"|\bnowhere (?:is|does|do|in)\b|\bnever {_KNOWN}\b|\b(?:i|we) lack\b",
        r"\b(?:does|do|did) not (?:seem to |appear to )?(?:appear|exist|occur|come up|show up"
        r"|feature"
        r"|ring a bell)\b",
        rf"\b(?:i|we) (?:would |will )?need (?:more|further|additional) {_INFORMATION}\b",
        r"\b(?:no idea|no clue|not a clue|no way (?:to|of)|any(?:one|body)'s guess"
        r"|only (?:guess|speculate|be guessing)|would be (?:guessing|(?:pure )?speculation|a guess)"
        r"|not (?:be )?(?:able to|possible to))\b",
        rf"\bnot\b.{{0,60}} (?:in|on|from|according to) (?:the|this|my|these"
        rf"|any) (?:\w+ )?{_SOURCE}$",
        rf"^(?:i|we) (?:have|see|find|found|know of"
        rf"|recall) no (?:such )?(?:\w+ ){{1,4}}?(?:{_FROM} )?{CUE}",
        rf"^(?:and )?(?:there (?:is|are|was|were) )?no (?:such )?(?:{_ENTITY})(?: (?:{CUE}|with"
        rf"|called|named|in|of|by)\b.*)?$",
        r"\bnot\b.{0,60} by any(?:one|body) (?:mentioned|listed|recorded|named|in)\b",
        # Whole answers in other languages.
        "^"
        + _any(
            """unbekannt nicht_bekannt (?:das_)?wei(?:ß|ss)_ich_nicht ich_wei(?:ß|ss)_es_nicht
            keine_ahnung keine_angabe inconnue? je_ne_sais_pas aucune_information desconocid[oa]
            no_lo_se no_se_sabe sconosciut[oa] non_lo_so desconhecid[oa] nao_sei onbekend
            ik_weet_het_niet okand jag_vet_inte nieznan[ey] nie_wiem неизвестно (?:я_)?не_знаю
            不知道 未知 不明 无法确定 無法確定 不清楚
            分かりません わかりません 모릅니다 모르겠습니다"""
        )
        + "$",
    )
)

HEDGE = re.compile(
    r"\b(?:probably|possibly|perhaps|maybe|might(?! not)|guess|likely|presumably|apparently|unless"
    r"|i (?:do )?(?:think|believe|suspect|assume|suppose|imagine)|i would (?:say|go|guess)"
    r"|(?:could|may|must) (?:be|have been)|(?:seems|appears) to be|if i had to"
    r"|best (?:guess|bet|estimate))\b"
)
# A hedge that goes with a refusal: "I think there is no record", "I can only guess".
REFUSAL = re.compile(
    r"\b(?:i (?:think|believe) (?:that )?(?:there (?:is|are) (?:no|not)|the|this is not"
    r"|it is (?:not|impossible))|only (?:guess|be guessing|speculate)|not (?:\w+ )?to guess"
    r"|(?:can|could|would|will) not (?:even )?(?:guess|say)|be (?:just )?(?:guessing|a guess)"
    r"|any(?:one|body)'s guess|your guess|(?:seems|appears) to be (?:no|not|un\w+|missing|absent)"
    r"|may be (?:missing|absent|incomplete)|unable|would have to guess"
    r"|i would say (?:it is )?(?:unknown|not))\b"
)
REASON = re.compile(
    r"(?:(?:but|and|so|or) )?(?:as|because|since|due to|given|if|unless|without|while|although"
    r"|though"
    r"|when|where|which|who|whom|whose|what|how|why|that|or|nor|whether|despite|even though"
    r"|so (?:i|it|there|the answer))\b"
)
_TELLS = _any(
    """mentions? says? states? shows? lists? contains? describes? records? refers? talks? covers?
    gives? tells? includes? discusses concerns?"""
)
_REPORTS = _any("mentions? lists? contains? describes? refers? talks? covers? includes? discusses")
# What the log says of other things; "the log says Mia" is a claim, "the log mentions Mia" is none.
SOURCE_REPORTS = re.compile(
    rf"\b(?:{_SOURCE}|it|i|they) (?:\w+ ){{0,4}}?(?:only|just|merely)\b|\bonly (?:of|about|for"
    rf"|that|in|on)\b"
    rf"|\bthe (?:\w+ )?{_SOURCE} (?:\w+ ){{0,3}}?{_REPORTS}\b"
    rf"|\bthe (?:only|closest|nearest) (?:\w+ )?(?:{_SOURCE}|mentions?|match)\b"
)
SOURCE_TELLS = re.compile(
    rf"\b(?:{_SOURCE}|it|i|they) (?:\w+ ){{0,4}}?(?:only|just|merely) (?:\w+ )?"
    rf"(?:{_TELLS}|has|have|know|knows?|see|find|about)\b"
    rf"|\bthe (?:\w+ )?{_SOURCE} (?:\w+ ){{0,3}}?{_TELLS}\b"
    r"|\bonly (?:of|about|for|that|mentions?|in|on)\b"
    rf"|\bthe (?:only|closest|nearest) (?:\w+ )?(?:{_SOURCE}|mentions?|match)\b"
)
NEUTRAL = re.compile(
    r"(?:(?:but|and|so|however) )?(?:please|could you|can you|would you|let me know|if you"
    r"|feel free"
    r"|you (?:may|can|could|might|would|should|need)|i (?:recommend|suggest|apologi[sz]e|need|hope"
    r"|would (?:need|be happy|be glad|require|love)|can (?:help|only|see|tell)|will|understand"
    r"|am (?:here|happy|just|only|an?|sorry|afraid)|(?:have )?(?:searched|looked|checked|read"
    r"|reviewed|gone)|was only|only)|check|try|consult|refer|more (?:information|context|details)"
    r"|additional|further|is there|thank|do you|provide|it (?:would|could) help|sorry"
    r"|(?:my )?apologies|unfortunately|regrettably|sadly|therefore|thus|hence"
    r"|(?:so )?the answer is"
    r"|(?:it|that|this|\w+) (?:is|are|was) not an? (?:real|known|existing|actual|familiar)"
    rf"|no (?:such )?(?:\w+ )?{_SOURCE}(?= ))\b"
)
LEAD_IN = re.compile(
    r"(?:i am )?(?:very |so |really |terribly )?(?:sorry|afraid)|(?:my )?(?:sincere )?apologies"
    r"|unfortunately|regrettably|sadly|honestly|frankly|hmm+|well|oh|no|ah|um|alas|okay|ok|yes"
    r"|right"
    r"|(?:to be |quite |in all )?(?:honest|frank|fair|clear|honesty)(?: with you)?"
    r"|(?:final |my |the |short )?(?:final )?(?:answer|response|reply|result|conclusion|output)"
    r"(?: is| to (?:this|the|that|your) question(?: is)?)?"
    r"|(?:according to|based on|from|as per|judging by|looking at|going by|per|in|within|among"
    r"|after"
    r"|having|with|despite) .+|as (?:an? )?(?:ai|language|artificial|large|assistant|chatbot|far|of"
    r"|such|a result).*|i am (?:an ai|only|just|a).*|in (?:this|that|which) case|as it stands"
    r"|at (?:this|the) (?:time|moment|point)|so|therefore|thus|hence|however|still|in short|an? ai"
    r"|assistant|note|i think|or the like|or elsewhere|or (?:not|otherwise)"
)

UNSET = re.compile(
    r"\b(?:unset|un-set|no (?:longer )?(?:set|value|longer)|not (?:currently |now "
    r"|any ?more )?(?:set"
    r"|configured|assigned|defined|specified|have|exist|in place)|unassigned|undefined|none|null"
    r"|nil"
    r"|(?<!not )(?<!never )(?:deleted|removed|cleared|erased|revoked|withdrawn|wiped|dropped)|blank"
    r"|empty|nothing|^(?:there (?:is|was) )?no (?=\w)|(?:has|have|is|are|now) no|without an?"
    r"|does not exist)\b"
)
# A value that was there before it was deleted.
LAPSED = re.compile(
    r"\b(?:was|were|had|until|before|formerly|previous(?:ly)?|used to be|originally|earlier|old"
    r"|from"
    rf"|had been|set to|prior)\b[^{VALUE}.,;\n]{{0,60}}{VALUE}"
    rf"|{VALUE}[^.;\n{VALUE}]{{0,40}}\b(?:was|has been|is|been|got|being) (?:now |since |then "
    rf"|later )?"
    r"(?:deleted|removed|unset|cleared|erased|revoked|withdrawn|dropped)\b"
)
