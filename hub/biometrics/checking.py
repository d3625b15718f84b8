"""Is this finger that person's? One against one, for acts that hang on who somebody is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy.orm import Session

import matching
from hub.biometrics.actions import templates_for
from hub.biometrics.vault import Vault

SAME_PERSON_SCORE: Final = 5.0
"""Negative log10 of the false-match rate from which a finger counts as the person's: one in 100,000 strangers a
comparison, so at worst one in 10,000 over the dozen impressions of a file."""


def is_finger_of(
    session: Session, vault: Vault, person_ids: Collection[int], template: matching.Template
) -> bool | None:
    """Whether the finger is enrolled for one of these (files of one person); None when none of them has fingers.

    WireError UNSEALABLE when the vault key is not the one that locked them.
    """
    records = [record for found in templates_for(session, vault, person_ids).values() for _, record in found]
    if not records:
        return None
    return any(
        matching.compare(template, matching.Template.from_iso(record)) >= SAME_PERSON_SCORE
        for record in records
    )
