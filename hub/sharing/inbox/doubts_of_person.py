"""Doubts about whom a message is about."""

from __future__ import annotations

from collections.abc import Iterator

from hub.sentences import Sentence
from hub.sharing.inbox.doubts import Doubt, Flag
from hub.sharing.inbox.matching import How, Match


def of_person(match: Match) -> Iterator[Flag]:
    """Nobody, several, somebody by name alone, under another name, or not here."""
    if match.how is How.NOBODY:
        yield Flag(
            Doubt.UNKNOWN_PERSON,
            Sentence(
                "Nobody here has this number, or this name and birth. Refuse it with the reason, or keep it until "
                "somebody is admitted whom it may be about."
            ),
        )
    elif match.how is How.TWINS:
        yield Flag(Doubt.SEVERAL_PEOPLE, _which(match))
    elif match.how is How.NAME:
        yield Flag(Doubt.NAME_ONLY, _by_name(match))
    if match.person is not None and match.name_differs:
        yield Flag(
            Doubt.NAME_DIFFERS, Sentence("The name in the message is not the name on the file. Compare both.")
        )
    if match.person is not None and match.booking is None:
        yield Flag(
            Doubt.NOT_IN_CUSTODY,
            Sentence(
                "This person is known here and not in custody. Refuse it, or keep it until they are admitted."
            ),
        )


def _which(match: Match) -> Sentence:
    """Why nobody is chosen: what an officer has to find out."""
    if len(match.numbered) == 1:
        return Sentence(
            "The number in the message is that of %(number)s, whose name and birth are others. Either may be mistyped. "
            "Compare, and choose one, or ask the sender.",
            {"number": match.numbered[0]},
        )
    if match.numbered:
        return Sentence(
            "The numbers in the message are those of different people: %(numbers)s. Compare, and choose one, or ask "
            "the sender.",
            {"numbers": ", ".join(match.numbered)},
        )
    if len(match.others) == 1:
        return Sentence(
            "One person here has such a name, and birth or spelling leave it open. Compare, and say whether it is this "
            "person."
        )
    return Sentence(
        "%(count)s people here have this name or one like it. Compare them, and choose one.",
        {"count": len(match.others)},
    )


def _by_name(match: Match) -> Sentence:
    if match.unknown:
        return Sentence(
            "Nobody here has the number %(number)s: it may be mistyped. Found by name and birth alone. Compare before "
            "you accept.",
            {"number": match.unknown},
        )
    return Sentence("Found by name and birth alone: no number says it. Compare before you accept.")
