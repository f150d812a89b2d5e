"""How scenario D writes events and questions down.

>>> slots = {"code": "KXM-4471", "who": "Nora Holm", "where": "Thornvale", "receipt": "52817"}
>>> event_text(slots, "14 March 2023", "09:40", 1)
'Nora Holm collected parcel KXM-4471 in Thornvale at 09:40 on 14 March 2023; receipt 52817.'
>>> question_text("receipt", "KXM-4471", 1)
'Which receipt number does parcel KXM-4471 have?'
"""

from __future__ import annotations

from collections.abc import Mapping

_EVENT_TEMPLATES = (
    "On {date} at {clock}, parcel {code} was handed to {who} in {where}; receipt {receipt}.",
    "{who} collected parcel {code} in {where} at {clock} on {date}; receipt {receipt}.",
    "In {where}, {who} signed receipt {receipt} for parcel {code} on {date} at {clock}.",
    "At {clock} on {date}, {who} picked up parcel {code} in {where} and got receipt {receipt}.",
)
_QUESTION_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "who": (
        "Who collected parcel {code}?",
        "Which person picked up parcel {code}?",
        "Name the person who was handed parcel {code}.",
        "To whom was parcel {code} handed?",
    ),
    "where": (
        "Where was parcel {code} collected?",
        "In which place was parcel {code} picked up?",
        "Name the place where parcel {code} was handed over.",
        "Where did someone collect parcel {code}?",
    ),
    "receipt": (
        "What is the receipt number for parcel {code}?",
        "Which receipt number does parcel {code} have?",
        "Name the receipt number for parcel {code}.",
        "What number is on the receipt for parcel {code}?",
    ),
}
EVENT_TEMPLATE_COUNT = len(_EVENT_TEMPLATES)
QUESTION_TEMPLATE_COUNT = min(len(templates) for templates in _QUESTION_TEMPLATES.values())


def event_text(slots: Mapping[str, str], date: str, clock: str, template: int) -> str:
    """One sentence that states who collected which parcel where, when, and the receipt's number."""
    return _EVENT_TEMPLATES[template].format(date=date, clock=clock, **slots)


def question_text(asked: str, code: str, template: int) -> str:
    """One question for a slot of the event with a code.

    Args:
        asked: Name of the slot: "who", "where" or "receipt".
        code: Code of the parcel.
        template: Number of the wording, from 0 to `QUESTION_TEMPLATE_COUNT` - 1.
    """
    return _QUESTION_TEMPLATES[asked][template].format(code=code)
