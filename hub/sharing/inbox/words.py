"""Words of the pages of what came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.custody.hearing_outcomes import HEARING_OUTCOMES
from hub.custody.identity import SEXES
from hub.custody.legal import APPEAL_OUTCOMES, ORDER_KINDS, RELEASE_REASONS
from hub.custody.sentencing.forms import SENTENCE_TYPES
from hub.sentences import Sentence
from hub.sharing.inbox.messages import AppealState, BailOutcome
from hub.sharing.inbox.records import InboxAct, State

STATES: Final = {
    State.RECEIVED: Sentence("to decide"),
    State.KEPT: Sentence("kept until somebody comes"),
    State.ACCEPTED: Sentence("accepted"),
    State.CORRECTED: Sentence("accepted with corrections"),
    State.REFUSED: Sentence("refused"),
    State.DUPLICATE: Sentence("sent twice"),
    State.TAKEN_BACK: Sentence("taken back, to decide again"),
    State.EXPIRED: Sentence("kept, and nobody came"),
}
ACTS: Final = {
    InboxAct.RECEIVED: Sentence("Came in"),
    InboxAct.TAKEN: Sentence("Taken on"),
    InboxAct.CHOSEN: Sentence("Said whom it is about"),
    InboxAct.KEPT: Sentence("Kept until somebody comes"),
    InboxAct.ACCEPTED: Sentence("Accepted"),
    InboxAct.CORRECTED: Sentence("Accepted with corrections"),
    InboxAct.REFUSED: Sentence("Refused"),
    InboxAct.TAKEN_BACK: Sentence("Taken back"),
    InboxAct.EXPIRED: Sentence("Kept for as long as it may be, and nobody came"),
    InboxAct.CLEARED: Sentence("What it said of somebody was deleted"),
}
FIELDS: Final = {
    "nc:PersonSurName": Sentence("Surname"),
    "nc:PersonGivenName": Sentence("Given names"),
    "j:SubjectIdentification": Sentence("Our number of the person"),
    "j:BookingAgencyRecordIdentification": Sentence("Our number of the stay"),
    "nc:PersonOtherIdentification": Sentence("Their number of the person"),
    "nc:PersonBirthDate": Sentence("Born"),
    "j:PersonSexCode": Sentence("Sex"),
    "nc:DocumentIdentification": Sentence("Message number"),
    "nc:DocumentCreationDate": Sentence("Sent"),
    "nc:DocumentSubmitterName": Sentence("Sent by"),
    "nc:DocumentSequenceID": Sentence("Place in the case"),
}
"""Of the envelope and of whom it is about; the rest has its words in the catalogue of exchanges."""

CODES: Final[Mapping[str, Mapping[str, Sentence]]] = {
    "j:PersonSexCode": {code.value: words for code, words in SEXES.items()},
    "pims:OrderCategoryCode": {
        **{code.value: words for code, words in ORDER_KINDS.items()},
        **{
            f"release_{code.value}": Sentence("Order to release: %(reason)s", {"reason": words})
            for code, words in RELEASE_REASONS.items()
        },
    },
    "pims:SentenceCategoryCode": {code.value: words for code, words in SENTENCE_TYPES.items()},
    "pims:HearingOutcomeCode": {code.value: words for code, words in HEARING_OUTCOMES.items()},
    "pims:BailOutcomeCode": {
        BailOutcome.GRANTED: Sentence("Bail granted, sureties still to be given"),
        BailOutcome.REFUSED: Sentence("Bail refused"),
        BailOutcome.MET: Sentence("Bail granted, sureties given"),
    },
    "pims:AppealStateCode": {
        AppealState.LODGED: Sentence("Appeal lodged"),
        **{code.value: words for code, words in APPEAL_OUTCOMES.items()},
    },
}
"""What codes of messages mean, by the name of the field."""
