"""What a slip is headed by, in its own language and not in the visitor's."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.web.language import say_in

HEADINGS: Final = {
    "title": Sentence("For you"),
    "court": Sentence("Your next court date"),
    "release": Sentence("When you go out"),
    "reasons": Sentence("How this was reckoned"),
    "property": Sentence("What we keep for you"),
    "nothing": Sentence("Nothing."),
    "wrong": Sentence("Is something wrong here?"),
    "how": Sentence(
        "Tell any officer, or write to the records office: say the number of this slip and what is wrong. "
        "You get a number for your query and an answer with its reason within %(days)s days. "
        "Nobody may treat you worse for asking."
    ),
    "slip": Sentence("Slip"),
    "printed": Sentence("Printed"),
}

_KRIOL: Final = {
    "title": "Fi yu",
    "court": "Yu neks koat day",
    "release": "Wen yu goh owt",
    "property": "Weh wi di keep fi yu",
    "wrong": "Sohnting rang ya?",
}
"""Written without a speaker, so the English stands beside each."""


def heading(name: str, language: str, **values: object) -> str:
    """One heading in the slip's language; Kriol with the English after it."""
    plain = "en" if language == "bzj" else language
    said = say_in(plain, HEADINGS[name].text, **values)
    if language == "bzj" and name in _KRIOL:
        return f"{_KRIOL[name]} / {said}"
    return said
