"""A sentence for a person that can be said in another language later: text and values kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.errors import HubError


@dataclass(frozen=True)
class Sentence:
    """`text` is the English message with %(name)s places for `values`; str() is the English sentence."""

    text: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.text % self.values


class RefusedError(HubError):
    """Something that was asked for cannot be done; `message` says why and what to do, in any language."""

    def __init__(self, code: str, message: Sentence) -> None:
        super().__init__(code, str(message))
        self.message = message
