"""What another agency may need something for. An agreement names fields for each of these apart."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence

PURPOSES: Final[dict[str, Sentence]] = {
    "custody_notice": Sentence("Knowing who came into custody, moved and left"),
    "public_protection": Sentence("Protecting the public, finding somebody unlawfully at large"),
    "investigation": Sentence("Investigating an offence"),
    "identification": Sentence("Establishing who somebody is"),
    "court_listing": Sentence("Listing cases and bringing people before the court"),
    "remand_review": Sentence("Reviewing how long people are held on remand"),
    "order_execution": Sentence("Carrying out orders of the court"),
    "forensic_examination": Sentence("Comparing fingerprints in the laboratory"),
    "crime_statistics": Sentence("Statistics without persons"),
    "mutual_census": Sentence("Comparing lists, so that both hold the same people"),
    "correction": Sentence("Correcting what was told wrongly before"),
}
"""By code, in the order in which pages show them."""
