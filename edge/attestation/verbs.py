"""What the officer's page may ask the agent, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from edge.attestation.attesting import Attesting
from edge.attestation.forms import (
    Attested,
    AttestQuestion,
    Home,
    Nothing,
    OpenReferral,
    People,
    PeopleQuestion,
    Person,
    PersonQuestion,
    Session,
    Signed,
    SignInQuestion,
)
from edge.attestation.forms import Officer as KnownOfficer
from edge.attestation.guard import LOCK_S, WINDOW_S, PinGuard
from edge.attestation.officers import Officers
from edge.attestation.people import May, search, shown
from edge.attestation.referrals import Referral, Referrals
from edge.clock import Reading
from edge.desk.server import Verb
from edge.errors import DeskRefusedError
from edge.ports import Clock
from edge.roll_copy import RollCopy
from wire.happenings import EntryReference, Happening, SignIn

Told = tuple[EntryReference, Reading, Happening]


class OfficerVerbs:
    """The agent's side of the officer's page; `home` gives what anybody may see.

    `may` tells whom an officer's word lets through. `blind` tells whether a unit here is being counted: then a search
    names people and tells no total.
    """

    def __init__(
        self,
        roll: RollCopy,
        referrals: Referrals,
        officers: Officers,
        attesting: Attesting,
        clock: Clock,
        home: Callable[[], Home],
        may: May,
        blind: Callable[[], bool] = lambda: False,
    ) -> None:
        self._may = may
        self._roll = roll
        self._referrals = referrals
        self._officers = officers
        self._attesting = attesting
        self._clock = clock
        self._home = home
        self._blind = blind

    def verbs(self) -> Mapping[str, Verb]:
        return {
            "home": Verb(Nothing, lambda _asked: self._home()),
            "officers": Verb(Nothing, self._known),
            "sign_in": Verb(SignInQuestion, self._sign_in),
            "sign_in_finger": Verb(Signed, lambda asked: self._officers.finger_step(asked.token)),
            "sign_out": Verb(Signed, self._sign_out),
            "who": Verb(Signed, self._who),
            "referrals": Verb(Signed, self._open),
            "people": Verb(PeopleQuestion, self._people),
            "person": Verb(PersonQuestion, self._person),
            "attest": Verb(AttestQuestion, self._attest),
        }

    def _known(self, _asked: Nothing) -> list[KnownOfficer]:
        return self._officers.known()

    def _sign_in(self, asked: SignInQuestion) -> Session:
        return self._officers.sign_in(asked.login, asked.pin)

    def _sign_out(self, asked: Signed) -> None:
        self._officers.sign_out(asked.token)

    def _who(self, asked: Signed) -> KnownOfficer:
        officer = self._officers.officer(asked.token, active=asked.active)
        return KnownOfficer(login=officer.login, name=officer.name or officer.login)

    def _open(self, asked: Signed) -> list[OpenReferral]:
        self._officers.officer(asked.token, active=asked.active)
        now = self._clock.read()
        return [self._shown(one, now) for one in self._referrals.open(now)[:10]]

    def _shown(self, one: Referral, now: Reading) -> OpenReferral:
        content = self._roll.content()
        people = [shown(content, self._may, number) for number in one.candidates]
        return OpenReferral(
            reference=one.reference,
            rule=one.passage.rule,
            waiting_s=int(now.seconds_since(one.opened)),
            attempts=one.passage.attempt,
            second_finger=one.passage.evidence.second_finger,
            recognised=one.passage.person is not None,
            candidates=[person for person in people if person is not None],
        )

    def _people(self, asked: PeopleQuestion) -> People:
        self._officers.officer(asked.token, active=asked.active)
        return search(self._roll.content(), self._may, asked.words, blind=self._blind())

    def _person(self, asked: PersonQuestion) -> Person:
        self._officers.officer(asked.token)
        found = shown(self._roll.content(), self._may, asked.person)
        if found is None:
            raise DeskRefusedError("unknown", "This person is not on the terminal's roll. Search again.")
        return found

    def _attest(self, asked: AttestQuestion) -> Attested:
        return self._attesting.attest(self._officers.login_of(asked.token), asked)


def remember(
    told: Iterable[Told], referrals: Referrals, guard: PinGuard, now: Reading, mono_s: float
) -> None:
    """Fills what is in memory alone from the journal's tail: a restart answers nobody and forgives no wrong PIN.

    `mono_s` is the monotonic clock at `now`.
    """
    for reference, reading, happening in told:
        referrals.note(reference, reading, happening)
        if not isinstance(happening, SignIn) or happening.outcome == "no_finger":
            continue
        login, age_s = happening.officer or "", now.seconds_since(reading)
        if happening.outcome == "signed_in":
            guard.right(login)
        elif age_s < max(LOCK_S, WINDOW_S):
            guard.wrong(login, mono_s - age_s)
