"""Who somebody is beyond name and birth: other names, origin, family, papers, marks, needs."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.facts.kinds import Kind
from hub.custody.who.background import BACKGROUND, GENDER
from hub.custody.who.contacts import ADDRESS, CHILD, CONTACT, REPRESENTATIVE
from hub.custody.who.course import ASKED, ASSESSMENT, DEATH, INJURY, REWARD
from hub.custody.who.health import DIET, HEALTH_FLAG, HEALTH_SCREENING, OPERATIONAL_NEED
from hub.custody.who.identifiers import IDENTIFIER
from hub.custody.who.marks import MARK
from hub.custody.who.naming import ALIAS
from hub.custody.who.origin import CONSULATE, LANGUAGE_SKILL, NATIONALITY

KINDS: Final[tuple[Kind[Any], ...]] = (
    ALIAS,
    GENDER,
    NATIONALITY,
    CONSULATE,
    LANGUAGE_SKILL,
    IDENTIFIER,
    MARK,
    BACKGROUND,
    CONTACT,
    CHILD,
    ADDRESS,
    REPRESENTATIVE,
    OPERATIONAL_NEED,
    HEALTH_FLAG,
    DIET,
    HEALTH_SCREENING,
    ASSESSMENT,
    REWARD,
    INJURY,
    DEATH,
    ASKED,
)
