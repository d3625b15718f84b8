"""What the trail holds of a fact: enough to prove what was recorded, nothing from which it could be guessed."""

from __future__ import annotations

import hashlib
from datetime import UTC

from hub.custody.facts.records import Fact


def digest_of(row: Fact) -> str:
    """The digest of a stored row as its line in the trail has it.

    A value may be one of a few words: whoever reads the trail and not the file could try them all. So the row's own
    secret goes into it; once the row is deleted, nobody can say any more what the digest stands for. Rows from before
    there was one have the digest of their time and value alone, in 16 digits instead of 32.
    """
    if row.salt is None:
        return hashlib.sha256(f"{row.effective_at.isoformat()} {row.value}".encode()).hexdigest()[:16]
    whole = f"{row.salt} {row.effective_at.astimezone(UTC).isoformat()} {row.value}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
