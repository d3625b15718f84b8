"""A legal hold: while it stands, nothing of the person is deleted, whatever the rules of retention say."""

from __future__ import annotations

from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.sentences import Sentence


class RetentionHold(Form, frozen=True):
    """Who asked that the file be kept, and why: a claim, an appeal, an inquiry into a death."""

    authority: str
    reason: str


RETENTION_HOLD: Final = Kind(
    name="retention_hold",
    form=RetentionHold,
    words=Sentence("Not to be deleted"),
    say=lambda value: Sentence(
        "%(authority)s: %(reason)s", {"authority": value.authority, "reason": value.reason}
    ),
    fields=(
        Field("authority", Sentence("Who asks for it"), required=True, longest=80),
        Field("reason", Sentence("Why"), Input.LONG, required=True, longest=300),
    ),
    many=True,
    group=Group.LAW,
    legal=True,
    record=Permission.RECORD_ORDERS,
)
