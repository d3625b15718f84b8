"""Tables of drops: where an agency's files go, and each file that went or came."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id
from hub.sentences import Sentence


class Kind(StrEnum):
    """How a drop is reached."""

    FOLDER = "folder"
    SFTP = "sftp"


KINDS: Final = {
    Kind.FOLDER: Sentence("A folder on the hub's machine"),
    Kind.SFTP: Sentence("An SFTP server"),
}


class DropSetting(Base):
    """Where an agency's files go from `set_at` on; the newest row of an agency counts.

    `place` is a folder inside the hub's own folder of drops, or the folder on the server; `host_key` the server's
    public key in OpenSSH's form. `active` False ends it.
    """

    __tablename__ = "drop_settings"

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    login: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(200))
    host_key: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))


class DropFile(Base):
    """One file: out with a running number of the agency, or in with the name that it had. `sha256` is of its bytes.

    `taken` rows were recorded or sent, `refused` ones not; `code` says what stands against the whole file.
    """

    __tablename__ = "drop_files"
    __table_args__ = (UniqueConstraint("agency", "direction", "number"),)

    id: Mapped[Id]
    setting_id: Mapped[int] = mapped_column(ForeignKey("drop_settings.id"), index=True)
    agency: Mapped[str] = mapped_column(String(40))
    direction: Mapped[str] = mapped_column(String(3))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    exchange: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    taken: Mapped[int]
    refused: Mapped[int]
    code: Mapped[str] = mapped_column(String(24))


protect(cast(Table, DropSetting.__table__))
protect(cast(Table, DropFile.__table__))
