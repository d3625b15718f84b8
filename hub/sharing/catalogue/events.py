"""What happens in custody that an agreement may have told, in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence

EVENTS: Final = {
    "pims.custody.admitted": Sentence("Somebody was admitted"),
    "pims.custody.released": Sentence("Somebody was released"),
    "pims.custody.transferred": Sentence("Somebody left for another site"),
    "pims.custody.escaped": Sentence("Somebody is unlawfully at large"),
    "pims.custody.recaptured": Sentence("Somebody is back in custody"),
    "pims.custody.status_changed": Sentence("The legal status changed"),
    "pims.custody.release_date_verified": Sentence("Two officers signed the release date"),
    "pims.custody.production_outcome": Sentence("A court date is over"),
    "pims.custody.order_answered": Sentence("A message of theirs was decided"),
    "pims.custody.identity_answered": Sentence("A request by finger was answered"),
    "pims.custody.prints_answered": Sentence("A request for fingerprints was answered"),
    "pims.custody.corrected": Sentence("Something told before was corrected"),
}
"""By type of event; a test holds that each event of an exchange stands here."""
