"""How scenario C writes statements and questions down.

    >>> from generators.scenario_c.attributes import attributes
    >>> port = attributes()["port"]
    >>> statement(port, "kestrel-03", "48213", "14 March 2023", "set", 0)
    'On 14 March 2023, the port of kestrel-03 was set to 48213.'
    >>> direct(port, "kestrel-03", wording=1, template=0)
    'Name the listening port of kestrel-03.'
    >>> reverse(port, "48213", wording=5, template=0)
    '48213 is the number that clients dial to reach which host?'

Events use the usual name of a setting, questions any of its names or the paraphrase.
"""

from __future__ import annotations

from collections.abc import Sequence

from generators.scenario_c.attributes import Attribute

EVERY_HOST = "all hosts"
UNSET = "unset"

_STATEMENTS = {
    "set": (
        "On {date}, the {setting} was set to {value}.",
        "The {setting} was set to {value} on {date}.",
        "Since {date}, {value} is the {setting}.",
        "Note of {date}: the {setting} is {value}.",
    ),
    "changed": (
        "On {date}, the {setting} was changed to {value}.",
        "The {setting} was changed to {value} on {date}.",
        "From {date} on, {value} is the new {setting}.",
        "Change of {date}: the {setting} is now {value}.",
    ),
    "removed": (
        "On {date}, the {setting} was deleted and left unset.",
        "The {setting} was deleted on {date} and left unset.",
        "Since {date}, the {setting} is unset.",
        "Change of {date}: the {setting} is now unset.",
    ),
}
_WISHES = (
    "On {date}, {person} asked for jobs to run on a host only if {value} is the {setting}.",
    "{person} made a request on {date}: run jobs on a host only if {value} is the {setting}.",
)
_MEMBERSHIPS = ("On {date}, {host} joined {group}.", "Since {date}, {host} belongs to {group}.")
_REQUESTS = (
    "On {date}, it was asked that the {setting} be forgotten.",
    "It was asked on {date} that the {setting} be forgotten.",
    "Since {date}, the {setting} is to be forgotten.",
    "Request of {date}: forget the {setting}.",
)
_DIRECT = (
    "Name the {setting}.",
    "What is on record as the {setting}?",
    "State the {setting} as things stand now.",
    "By the latest word, what counts as the {setting}?",
)
_REVERSE = (
    "{value} is the {which}?",
    "Which {kind} is it, if {value} is the {that}?",
    "Name the {kind} for which this holds: {value} is the {that}.",
    "If {value} is the {that}, which {kind} is meant?",
)
_LABEL = (
    "A label joins the name {subject}, a colon and the {setting}, without spaces. What is it?",
    "Write a label without spaces: {subject}, then a colon, then the {setting}.",
)
_PLACEMENT = (
    "{person} is particular about the {setting}. On which host would the jobs of {person} run?",
    "Going by what {person} asked about the {setting}, which host would get the jobs of {person}?",
)
STATEMENT_COUNT = len(_STATEMENTS["set"])
QUESTION_COUNT = len(_DIRECT)
WORDING_COUNT = 6


def whose(attribute: Attribute, subject: str, wording: int = 0) -> str:
    """The setting and whose it is: `port of kestrel-03`."""
    known = attribute.owner == "project" and subject[0].isupper()
    return f"{attribute.wordings[wording]} {'project ' if known else ''}{subject}"


def statement(
    attribute: Attribute, subject: str, value: str, date: str, verb: str, template: int
) -> str:
    """One sentence that sets, changes or removes a setting."""
    text = _STATEMENTS[verb][template]
    return text.format(date=date, setting=whose(attribute, subject), value=value)


def wish(attribute: Attribute, person: str, value: str, date: str, template: int) -> str:
    """One sentence in which a person wants hosts with a certain setting."""
    setting = whose(attribute, "that host")
    text = _WISHES[template % len(_WISHES)]
    return text.format(date=date, person=person, value=value, setting=setting)


def request(attribute: Attribute, subject: str, date: str, template: int) -> str:
    """One sentence that asks to forget a setting."""
    return _REQUESTS[template].format(date=date, setting=whose(attribute, subject))


def membership(host: str, group: str, date: str, template: int) -> str:
    """One sentence that puts a host into an environment."""
    return _MEMBERSHIPS[template % len(_MEMBERSHIPS)].format(date=date, host=host, group=group)


def chatter(date: str, columns: Sequence[str], template: int) -> str:
    """One sentence of small talk that names nobody and sets nothing."""
    who, did, what = columns
    if template % 2:
        return f"On {date}, {who[0].lower()}{who[1:]} {did} {what}."
    return f"{who} {did} {what} on {date}."


def direct(attribute: Attribute, subject: str, wording: int, template: int) -> str:
    """A question for a setting."""
    return _DIRECT[template].format(setting=whose(attribute, subject, wording))


def reverse(attribute: Attribute, value: str, wording: int, template: int) -> str:
    """A question for the host, project or person that has a value."""
    return _REVERSE[template].format(
        value=value,
        kind=attribute.owner,
        which=whose(attribute, f"which {attribute.owner}", wording),
        that=whose(attribute, f"that {attribute.owner}", wording),
    )


def label(attribute: Attribute, subject: str, wording: int, template: int) -> str:
    """A question for a name and its setting, joined by a colon."""
    setting = whose(attribute, subject, wording)
    return _LABEL[template % len(_LABEL)].format(subject=subject, setting=setting)


def placement(attribute: Attribute, person: str, wording: int, template: int) -> str:
    """A question for the host that is as a person wants it."""
    setting = whose(attribute, "a host", wording)
    return _PLACEMENT[template % len(_PLACEMENT)].format(person=person, setting=setting)
