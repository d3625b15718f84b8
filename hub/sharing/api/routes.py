"""Operations of the agencies' API. Each says who may call it, what it takes and what it answers; nothing is implied."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from hub.sharing.api.ends import Ending
from hub.sharing.api.problems import ProblemKind

SMALL_BODY_BYTES: Final = 64 * 1024

View = Callable[..., Any]


@dataclass(frozen=True)
class Raw:
    """An answer of bytes."""

    media_type: str


@dataclass(frozen=True)
class Shaped:
    """An answer whose JSON Schema comes from elsewhere than a struct, under `name` in the description."""

    name: str
    schema: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Example:
    """A call that works as it stands: a test carries each out. `path` and `query` fill the address."""

    title: str
    body: msgspec.Struct | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 0


@dataclass(frozen=True)
class Operation:
    """One method of one address. `exchange` is the scope that a token must hold, None for any token.

    `public` needs the certificate alone. `shares` makes a GET a writer, for what it gives is written down. `ending`
    says since when it is not to be relied on, until when it answers, and why.
    """

    method: str
    rule: str
    view: View
    tag: str
    summary: str
    description: str
    exchange: str | None
    public: bool
    body: type[msgspec.Struct] | None
    query: type[msgspec.Struct] | None
    path: Mapping[str, str]
    answers: Mapping[int, type[msgspec.Struct] | Raw | Shaped]
    problems: tuple[ProblemKind, ...]
    examples: tuple[Example, ...]
    max_bytes: int
    shares: bool
    ending: Ending | None

    @property
    def name(self) -> str:
        """Name of the operation, unique in the API."""
        return self.view.__name__

    @property
    def anchor(self) -> str:
        """Its place on the pages of the description."""
        return f"{self.tag}-{self.name}"

    @property
    def writes(self) -> bool:
        return self.shares or self.method != "GET"

    @property
    def flask_rule(self) -> str:
        return re.sub(r"\{(\w+)\}", r"<\1>", self.rule)

    def media_types(self) -> list[str]:
        """What it answers in, problems aside."""
        return [
            one.media_type if isinstance(one, Raw) else "application/json" for one in self.answers.values()
        ]


class ApiRoutes:
    """Operations that belong together, under one heading of the description."""

    def __init__(self, name: str, about: str) -> None:
        self.name = name
        self.about = about
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        rule: str,
        *,
        exchange: str | None,
        summary: str,
        answers: Mapping[int, type[msgspec.Struct] | Raw | Shaped],
        description: str = "",
        public: bool = False,
        body: type[msgspec.Struct] | None = None,
        query: type[msgspec.Struct] | None = None,
        path: Mapping[str, str] | None = None,
        problems: tuple[ProblemKind, ...] = (),
        examples: tuple[Example, ...] = (),
        max_bytes: int = SMALL_BODY_BYTES,
        shares: bool = False,
        ending: Ending | None = None,
    ) -> Callable[[View], View]:
        """Declare an operation. ValueError when `path` does not say the pattern of each place in the rule."""
        patterns = dict(path or {})
        if set(re.findall(r"\{(\w+)\}", rule)) != set(patterns):
            raise ValueError(f"The places of {rule} and their patterns differ.")

        def declare(view: View) -> View:
            self.operations.append(
                Operation(
                    method=method,
                    rule=rule,
                    view=view,
                    tag=self.name,
                    summary=summary,
                    description=description,
                    exchange=exchange,
                    public=public,
                    body=body,
                    query=query,
                    path=patterns,
                    answers=answers,
                    problems=problems,
                    examples=examples,
                    max_bytes=max_bytes,
                    shares=shares,
                    ending=ending,
                )
            )
            return view

        return declare
