"""Every kind of fact of life in custody."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.facts.kinds import Kind
from hub.custody.life import occupation
from hub.custody.life.alerts import ALERT
from hub.custody.life.complaints import COMPLAINT, CONFIDENTIAL
from hub.custody.life.incident_forms import INCIDENT_PART
from hub.custody.life.keep_aparts import KEEP_APART
from hub.custody.life.property import PROPERTY_ITEM
from hub.custody.life.queries import QUERY
from hub.custody.life.sanctions import SANCTION
from hub.custody.life.visits import VISIT, VISITOR_OF

KINDS: Final[tuple[Kind[Any], ...]] = (
    ALERT,
    KEEP_APART,
    PROPERTY_ITEM,
    VISITOR_OF,
    VISIT,
    INCIDENT_PART,
    SANCTION,
    *occupation.KINDS,
    COMPLAINT,
    CONFIDENTIAL,
    QUERY,
)
