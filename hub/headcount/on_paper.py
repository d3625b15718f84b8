"""The running count as lines on paper, in a folder and at a printer. Without a printer the folder is there."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.headcount.pdf import Text, write_pdf
from hub.headcount.records import RunningCount
from hub.headcount.running import PAPER_ALARM, Line, Running
from hub.movements import feed
from hub.movements.alarms.raising import over
from hub.movements.records import FeedKind
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE, age_text
from hub.web.language import say_in

KEPT: Final = 12
"""Running counts that stay in the folder: four days of three shifts."""
PRINT_PATIENCE: Final = timedelta(seconds=30)

Say = Callable[[Sentence], str]


def lines_of(count: Running, language: str, *, with_names: bool = True) -> list[Text]:
    """What stands on the paper: totals that reconcile, then each unit on a page of its own with boxes to tick."""

    def say(text: str, **values: object) -> str:
        return say_in(language, Sentence(text, values))

    at = count.at.astimezone(SITE_ZONE)
    head = [
        Text(say("RUNNING COUNT, %(date)s %(time)s", date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"), strong=True),
        Text(
            say("Units that are being counted blind are left out.")
            if count.hides
            else say(
                "Roll %(roll)s = units %(inside)s + elsewhere %(elsewhere)s + away %(away)s + no unit %(without)s",
                roll=count.roll,
                inside=count.inside,
                elsewhere=len(count.elsewhere),
                away=len(count.away),
                without=len(count.without),
            )
        ),
        Text(
            say(
                "Where somebody is stands as last proven: a count has to confirm it. Enter what is done on paper later."
            )
        ),
        Text(""),
    ]
    for unit in count.units:
        head.append(
            Text(
                f"{len(unit.lines):5}  {unit.name[:60]:60} {say('%(number)s unproven', number=unit.unproven):>20}"
            )
        )
    pages = [*head]
    for name, lines in _others(count, say):
        pages += [
            Text(""),
            Text(f"{name}: {len(lines)}", strong=True),
            *(_line(one, count.at, say, with_names) for one in lines),
        ]
    for unit in count.units:
        pages.append(Text(f"{unit.name}: {len(unit.lines)}", strong=True, new_page=True))
        pages += [_line(line, count.at, say, with_names) for line in unit.lines]
        pages += [
            Text(""),
            Text(
                say("Counted: ______   Time: ______   First counter: ______________   Second: ______________")
            ),
        ]
    return pages


def keep(
    session: Session, count: Running, folder: Path, language: str, *, printer: str | None, at: datetime
) -> Path:
    """Write the file, print it where `printer` names one ("" the default one), and write down that it was made.

    OSError when the folder cannot be written. A printer that fails is written down, and the file is there.
    """
    local = at.astimezone(SITE_ZONE)
    foot = f"{local:%Y-%m-%d %H:%M}"
    document = write_pdf(lines_of(count, language), title=f"PIMS {foot}", foot=foot)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"running-count-{local:%Y-%m-%dT%H%M}.pdf"
    _write(path, document)
    for old in sorted(folder.glob("running-count-*.pdf"))[:-KEPT]:
        old.unlink()
    trouble = "" if printer is None else print_file(path, printer)
    session.add(
        RunningCount(
            made_at=at,
            people=count.roll,
            digest=hashlib.sha256(document).hexdigest(),
            printer="" if printer is None else (printer or "default")[:80],
            trouble=trouble[:200],
        )
    )
    session.flush()
    if trouble:
        told = {"what": PAPER_ALARM, "key": PAPER_ALARM, "why": trouble, "at": at.isoformat()}
        feed.append(session, [feed.Line(at, FeedKind.ALARM, told)])
    else:
        over(session, PAPER_ALARM, PAPER_ALARM, at)
    return path


def print_file(path: Path, printer: str) -> str:
    """Hand the file to `lp`; why that did not work, empty when it did."""
    command = ["lp", *(["-d", printer] if printer else []), "--", str(path)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PRINT_PATIENCE.total_seconds(), check=False, text=True
        )
    except FileNotFoundError:
        return "lp is not installed"
    except subprocess.TimeoutExpired:
        return "lp did not answer"
    return (
        ""
        if done.returncode == 0
        else done.stderr.strip().partition("\n")[0] or f"lp ended with {done.returncode}"
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for its owner alone: it names everybody."""
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _others(count: Running, say: Callable[..., str]) -> list[tuple[str, tuple[Line, ...]]]:
    found = [
        (say("Without a unit"), count.without),
        (say("Elsewhere, accepted by"), count.elsewhere),
        (say("Away with permission"), count.away),
    ]
    return [(name, lines) for name, lines in found if lines]


def _line(line: Line, now: datetime, say: Callable[..., str], with_names: bool) -> Text:
    if line.away:
        where = line.away
    elif line.proof is None:
        where = say("never proven")
    else:
        age = age_text(max(0, int((now - line.proof.at).total_seconds())))
        sure = "" if line.proof.sure else f"{say('unproven')} "
        where = f"{line.proof.zone[:24]} {sure}{age}"
    name = _name(line.person) if with_names else ""
    return Text(f"[ ] {line.cell[:10]:10} {line.person.number:10} {name[:34]:34} {where}")


def _name(person: Person) -> str:
    return f"{person.surname.upper()}, {person.given}"
