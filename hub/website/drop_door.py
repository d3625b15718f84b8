"""Rows of agencies' files go the way of their messages: only here both are known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from hub.sentences import RefusedError, Sentence
from hub.sharing.api.decoding import fault_of
from hub.sharing.census.messages import CensusRow
from hub.sharing.census.receiving import EXCHANGE as CENSUS
from hub.sharing.census.receiving import receive_row as receive_census_row
from hub.sharing.inbox.messages import MESSAGES
from hub.sharing.inbox.receiving import receive

_ID: Final = "nc:DocumentIdentification"


def receive_row(
    session: Session, agency: str, exchange: str, message: Mapping[str, Any], message_id: str, at: datetime
) -> str:
    """Take in a row of a file as a message; the number of its receipt. RefusedError for what cannot be taken.

    A row without a message id of its own gets `message_id`.
    """
    if exchange == CENSUS:
        return _census_row(session, agency, message, message_id, at)
    form = MESSAGES.get(exchange)
    if form is None:
        raise RefusedError("no_exchange", Sentence("Files with such messages are not taken."))
    try:
        read = msgspec.convert({_ID: message_id, **message}, form, strict=False)
    except msgspec.ValidationError as error:
        raise _not_understood(error) from None
    return receive(
        session, agency=agency, exchange=exchange, message=read, message_id=read.message_id, at=at
    ).number


def _census_row(
    session: Session, agency: str, message: Mapping[str, Any], message_id: str, at: datetime
) -> str:
    """One line of a list for comparing: the rows of a file are one list."""
    file, _, line = message_id.rpartition("-")
    try:
        read = msgspec.convert(dict(message), CensusRow, strict=False)
    except msgspec.ValidationError as error:
        raise _not_understood(error) from None
    return receive_census_row(session, agency, file, int(line), read, at)


def _not_understood(error: msgspec.ValidationError) -> RefusedError:
    """Says by the name of its column which member is wrong and what was expected there, and no value of the row."""
    fault = fault_of(error)
    column = fault["pointer"].replace(".", "/") or "Row"
    return RefusedError(
        "not_understood", Sentence("%(column)s: %(detail)s", {"column": column, "detail": fault["detail"]})
    )
