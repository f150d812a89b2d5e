"""How models say that they do not know, as patterns over one clause.

Clauses are in lower case, without contractions: "don't" reads "do not", "can't" reads "can not".
"""

from __future__ import annotations

import re

from hei_nw_tasks.scoring.claims import GIVEN, VALUE

_SOURCE = (
    r"(?:logs?|texts?|contexts?|passages?|questions?|information|info|records?|data(?:base|set)?"
    r"|documents?|memor(?:y|ies)|notes?|histor(?:y|ies)|events?|entr(?:y|ies)|conversations?"
    r"|transcripts?|details?|input|prompt|excerpts?|story|article|list|knowledge|accounts?"
    r"|statements?|sources?|materials?|sentences?|snippets?|messages?|chat|facts?|reports?)"
)
_INFORMATION = (
    r"(?:information|info|knowledge|data|details?|records?|mentions?|memor(?:y|ies)|recollections?"
    r"|evidence|indications?|references?|entr(?:y|ies)|answers?|ideas?|clues?|way|context|access"
    r"|documentation|traces?|events?|facts?|match(?:es)?|results?|logs?|specifics|basis|notes?"
    r"|recall|confirmation|grounds|hints?|means|such \w+|(?:\w+ )?(?:matches|matching))"
)
_FOLLOWS = (  # what follows "no information" in a sentence, not in a name
    r"(?= (?:about|on|of|in|into|regarding|for|to|that|which|available|provided|given|was|is|were|are|has"
    r"|have|had|can|could|matching|mentioning|found|concerning|indicating|indicates?|related|who|whom"
    r"|what|where|when|why|how|with|from|exists?|existed|here|yet|at|as|showing|specifying|stating|i|you|we"
    r"|listed|recorded|there|whatsoever|or|and|nor|by|naming|linking|tying|under|associated|corresponding"
    r"|within|relating|involving|left|appears?|this|it|left|describing|shows?|mentions?|says?|tells?"
    r"|dated|present|whether|if|the|currently)\b"
    rf"|[ ]?$| ?[{GIVEN}])"
)
_SAY = (
    r"(?:say|state|mention|specify|provide|give|tell|contain|include|indicate|reveal|describe|show"
    r"|list|record|name|note|cover|address|identify|disclose|detail|offer|have|refer|answer|clarify"
    r"|explain|appear|allow|support|make (?:it )?clear|make any|point|go|match)"
)
_KNOW = (
    r"(?:know|recall|remember|say|tell|determine|answer|provide|identify|confirm|verify|specify|give"
    r"|state|infer|deduce|locate|find|see|ascertain|establish|figure|work out|name|help|pinpoint"
    r"|access|recollect|respond|conclude|be (?:certain|sure|determined)|discern|derive|retrieve|look up"
    r"|possess|offer|make out|come up|supply)"
)
_KNOWN = (
    r"(?:known|determined|determinable|specified|mentioned|stated|given|provided|available|recorded|found"
    r"|answered|answerable|inferred|identified|listed|disclosed|documented|indicated|included|described"
    r"|logged|established|noted|clear|certain|sure|present|deduced|ascertained|revealed|reported"
    r"|defined|shown|covered|named|told|on (?:file|record)|confirmed|verified|evident|retrieved"
    r"|knowable|told about|explicit|discernible|derived|concluded|located|detailed|addressed|in evidence"
    r"|contained|referenced|registered)"
)
_NOT_KNOWN = (
    r"(?:unknown|unspecified|undetermined|unanswerable|unavailable|unclear|uncertain|undisclosed|unsure"
    r"|unidentified|unrecorded|undocumented|undefined|indeterminate|indeterminable|unmentioned|unstated"
    r"|unlisted|unknowable|unreported|inconclusive|a mystery|missing"
    rf"|(?:not|never)(?: (?:\w+ly|yet|currently|even|ever|being|been|specifically|made))?(?: {_KNOWN}))"
)
# "unknown to me", but not "unknown to most people".
_TAIL = (
    r"(?=$| (?:to (?:me|us|this|the (?:model|assistant|system))|in|from|by|at|here|yet|as|because|since"
    r"|based|according|given|who|whom|whose|what|when|where|which|how|why|whether|if|due|for|and|or|with|on"
    r"|about|within|until|without|that|anywhere|exactly|i|so far|currently|there|of|enough|right now)\b"
    rf"| ?[{GIVEN}])"
)
_ADVERBS = r"(?: (?:\w+ly|yet|even|currently|at all|just|still|ever|also|now|sure|quite|that|very|too|so))?"
_AUX = r"(?:do|does|did|can|could|would|will|may|might)"
_BARE = (
    rf"(?:{_NOT_KNOWN}|n/?a|n\.a|idk|unk|no answer|no idea|no clue|not sure|not certain|beats me"
    r"|who knows|your guess is as good as mine|not applicable|no data|no info|no information|no record"
    r"|no match(?:es)?|no results?|not found|tbd|insufficient (?:information|data|context|evidence)"
    r"|not enough (?:information|data|context|details)|i do not know|do not know|no comment"
    r"|information not available|not a clue|cannot say|can not say)"
)
_THING = (
    r"(?:person|people|place|location|time|host|value|object|item|number|answer|date|code|name|project"
    r"|event|individual|user|identity|receipt|room|setting|result|quantity|moment|year|city|thing|status)"
)

UNKNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:(?:the |my |an? )?(?:{_THING}|answer|value|response|\w+) )?(?:is |are |was |= )?(?:simply |still |currently |just |left |marked (?:as )?|listed as )?{_BARE}(?: (?:to me|here|yet|at this time|currently|at all|from this|in (?:this|the|my|any) (?:\w+ )?{_SOURCE}|(?:in|from|by|based on) (?:the |this |my )?(?:given |provided |available )?(?:\w+ )?{_SOURCE}))?$",
        rf"^unknown {_THING}$",
        rf"(?:^(?:so |and |but |or |that |really |honestly |simply )*|\b(?:i|we|one|you)\b(?: (?:really|honestly|simply|just|still|also|unfortunately|currently|sadly|personally|do|am|truly))* ){_AUX} not{_ADVERBS} {_KNOW}\b",
        rf"\b(?:{_SOURCE}|that|this|it|which)\b(?: \w+){{0,6}} (?:{_AUX} not{_ADVERBS} {_SAY}|fails? to {_SAY}|never {_SAY}s?)\b",
        rf"\b(?:i|we) (?:am |are |was |were |have |had )?(?:\w+ly )?(?:not|never)(?: been)?{_ADVERBS} (?:sure|certain|aware|familiar|able|told|given|informed|provided|privy|in (?:a )?position|have)\b",
        r"\b(?:unable|not able|not possible|impossible|no way|difficult|hard|unsure|uncertain|unaware|not sure|not certain|not confident|at a loss|insufficient|inadequate)\b (?:to|how|who|what|when|where|which|about|of|whether|if|for|from|information|data|context|details?|evidence|as)\b",
        r"^(?:(?:i am|i was|we are) )?(?:unable|unsure|uncertain|unaware|not sure|not certain|not aware|not able|at a loss|in the dark)$",
        rf"\b(?:no|not any|not enough|not sufficient|insufficient|inadequate|lack(?:s|ing)?(?: of)?(?: the)?|zero|not (?:have|see|find|possess|contain|include|give|provide|hold|show|recall)(?: \w+){{0,3}})(?: \w+){{0,3}}? {_INFORMATION}\b{_FOLLOWS}",
        rf"^(?:there (?:is|are|was|were) |i (?:have|see|find|found) |we have |the {_SOURCE} (?:has|have|contains?|gives?|provides?|shows?) )no (?:\w+ ){{0,3}}{_INFORMATION}\b{_FOLLOWS}",
        rf"\b(?:is|are|was|were|be|been|remains?|stays?|being|seems?|appears?|left|marked as|still|currently|has|have) (?:to be |as |been )?(?:\w+ly |currently |still |yet |also |simply |left |rather |quite |very )?{_NOT_KNOWN}{_TAIL}",
        rf"\b(?:can|could) not(?: \w+ly)? (?:be )(?:\w+ly )?{_KNOWN}\b",
        rf"\b(?:none|nothing|no one|nobody|neither|no {_SOURCE}|no (?:\w+ ){{0,2}}{_SOURCE})\b(?: \w+){{0,6}}? (?:mentions?|says?|states?|indicates?|shows?|tells?|specif(?:y|ies)|records?|names?|contains?|gives?|match(?:es)?|answers?|describes?|lists?|refers?|identif(?:y|ies)|suggests?|covers?|provides?|(?:is|are|was|were) (?:{_KNOWN}|given))\b",
        rf"\b(?:not|nowhere|never|no longer) (?:\w+ ){{0,2}}?(?:in|part of|among|within|on|from) (?:the|my|your|this|any|these|those|what)(?: \w+){{0,2}}? {_SOURCE}\b",
        rf"\b(?:not|nowhere) in (?:the|my|your|this|any|these|those) (?:\w+ )?{_SOURCE}\b",
        rf"\b(?:absent|missing) from\b|\b(?:is|are|was) silent (?:on|about|as to)\b|\bleaves? (?:it|this|that|open)\b|\bnot something (?:that )?i\b|\b(?:outside|beyond) (?:of )?(?:my|the|what)\b|\bomits?\b|\bknow nothing\b|\bnothing (?:is|was) (?:{_KNOWN}|said)\b|\bnowhere (?:is|does|do|in)\b|\bnever (?:{_KNOWN})\b|\b(?:i|we) lack\b",
        rf"\b(?:does|do|did) not (?:seem to |appear to )?(?:appear|exist|occur|come up|show up|feature|ring a bell)\b",
        rf"\bwithout (?:more|further|additional|any|enough|sufficient) (?:\w+ )?{_INFORMATION}$",
        r"\b(?:no idea|no clue|not a clue|no way (?:to|of)|anyone's guess|anybody's guess|can only (?:guess|speculate)|would only be (?:guessing|speculating)|would be (?:guessing|speculation|a guess|pure speculation)|not (?:be )?(?:able to|possible to)|am not going to guess)\b",
        rf"^(?:the )?(?:{_SOURCE}|\w+) (?:is|are|was) not (?:in|on|there|here|among|part of)\b.{{0,40}}\b(?:{_SOURCE}|i (?:have|know|was given))\b",
        rf"\bno(?: \w+){{1,3}} (?:is|are|was|were|has been|have been) (?:\w+ly )?{_KNOWN}\b",
        rf"\b(?:i|we) (?:would |will |do )?need (?:more|further|additional) {_INFORMATION}\b",
        r"\bnot\b.* by any(?:one|body) (?:mentioned|listed|recorded|named|in)\b",
        # other languages, whole clauses
        r"^(?:unbekannt|nicht bekannt|(?:das )?wei(?:ß|ss) ich nicht|ich wei(?:ß|ss) es nicht|keine ahnung|keine angabe|inconnue?|je ne sais pas|aucune information|desconocid[oa]|no lo se|no se sabe|sconosciut[oa]|non lo so|desconhecid[oa]|nao sei|onbekend|ik weet het niet|okand|jag vet inte|nieznan[ey]|nie wiem|неизвестно|(?:я )?не знаю|不知道|未知|不明|无法确定|無法確定|不清楚|分かりません|わかりません|알 수 없음|모릅니다|모르겠습니다|غير معروف|لا أعرف)$",
    )
)

HEDGE = re.compile(
    r"\b(?:probably|possibly|perhaps|maybe|might(?! not)|guess|i (?:do )?(?:think|believe|suspect|assume|suppose|imagine)"
    r"|i would (?:say|go|guess)|likely|presumably|could (?:be|have been)|may (?:be|have been)|apparently"
    r"|seems to be|appears to be|if i had to|must (?:be|have been)|best (?:guess|bet|estimate)|unless)\b"
)
# A hedge that goes with a refusal: "I think there is no record", "I can only guess".
NEGATIVE = re.compile(
    r"\b(?:i (?:think|believe) (?:that )?(?:there (?:is|are) (?:no|not)|the|it is (?:not|impossible)|this is not)"
    r"|only (?:guess|be guessing|speculate)|not (?:want|going|wish|able|like)? ?to guess|(?:can|could|would|will) not (?:even )?(?:guess|say)"
    r"|be (?:guessing|a guess|just a guess)|anyone's guess|anybody's guess|your guess|(?:seems|appears) to be (?:no|not|un\w+|missing|absent)"
    r"|may be (?:missing|absent|incomplete)|unable|would have to guess)\b"
)
REASON = re.compile(
    r"(?:(?:but|and|so|or) )?(?:as|because|since|due to|given|if|unless|without|while|although|though|when|where|which"
    r"|who|whom|whose|what|how|why|that|or|nor|whether|so i|so it|so there|so the answer|despite|even though)\b"
)
SOURCE_TELLS = re.compile(
    rf"\b(?:{_SOURCE}|it|i|they) (?:\w+ ){{0,4}}?(?:only|just|merely) (?:\w+ )?(?:mentions?|says?|states?|shows?|lists?|contains?|describes?|records?|refers?|talks?|covers?|gives?|tells?|includes?|has|have|know|knows?|see|find|about)\b"
    rf"|\bthe (?:\w+ )?{_SOURCE} (?:\w+ ){{0,3}}?(?:mentions?|says?|states?|shows?|lists?|contains?|describes?|records?|refers?|talks?|discusses|involves?|concerns?)\b"
    rf"|\bonly (?:of|about|for|that|mentions?|in|on)\b|\bthe (?:only|closest|nearest) (?:\w+ )?(?:{_SOURCE}|mentions?|match)\b"
)
NEUTRAL = re.compile(
    r"(?:(?:but|and|so|however) )?(?:please|could you|can you|would you|you (?:may|can|could|might|would|should|need)|let me know|if you"
    r"|feel free|i (?:recommend|suggest|apologi[sz]e|would (?:need|be happy|be glad|require|love)|need|can (?:help|only)|am (?:here|happy|just|only|an?|sorry|afraid)|hope|will|understand|searched|looked|checked|have (?:searched|looked|checked|read|reviewed|gone)|can (?:see|tell)|was only|only)"
    r"|check|try|consult|refer|more (?:information|context|details)|additional|further|is there|thank|do you|provide"
    r"|it (?:would|could) help|sorry|apologies|my apologies|unfortunately|regrettably|sadly|none of|therefore|thus|hence|so the answer is|the answer is)\b"
)
LEAD_IN = re.compile(
    r"(?:i am )?(?:very |so |really |terribly )?(?:sorry|afraid)|(?:my )?(?:sincere )?apologies|unfortunately|regrettably|sadly"
    r"|(?:to be |quite |in all )?(?:honest|frank|fair|clear|honesty)(?: with you)?|honestly|frankly|hmm+|well|oh|no|ah|um|alas|okay|ok|yes|right"
    r"|(?:final |my |the |short )?(?:final )?(?:answer|response|reply|result|conclusion|output)(?: is| to (?:this|the|that|your) question(?: is)?)?"
    r"|(?:according to|based on|from|as per|judging by|looking at|going by|per|in|within|among|after|having|with|despite) .+"
    r"|as (?:an? )?(?:ai|language|artificial|large|assistant|chatbot|far|of|such|a result).*|i am (?:an ai|only|just|a).*|in (?:this|that|which) case|as it stands|at (?:this|the) (?:time|moment|point)|so|therefore|thus|hence|however|still|in short|a|an ai|assistant|note|i think|or the like|or elsewhere|or (?:not|otherwise)"
)

UNSET = re.compile(
    r"\b(?:unset|un-set|not (?:currently |now |any ?more )?(?:set|configured|assigned|defined|specified|have|exist|in place)|no (?:longer )?(?:set|value|longer)|(?<!not )(?<!never )(?:deleted|removed|cleared|erased|revoked|withdrawn)"
    r"|unassigned|undefined|none|null|nil|blank|empty|nothing|(?:has|have|is|are|now) no|(?:was|been|got) dropped|without an?|does not exist|wiped)\b"
)
# A value that was there before it was deleted.
LAPSED = re.compile(
    rf"\b(?:was|were|had|until|before|formerly|previous(?:ly)?|used to be|originally|earlier|old|from|had been|set to|prior)\b[^{VALUE}.,;\n]{{0,60}}{VALUE}"
    rf"|{VALUE}[^.;\n{VALUE}]{{0,40}}\b(?:was|has been|is|been|got|being) (?:now |since |then |later )?(?:deleted|removed|unset|cleared|erased|revoked|withdrawn|dropped)\b"
)
