"""A certificate renews itself in time, never by half, and a wrong clock asks for nothing again and again."""

from __future__ import annotations

import io
import itertools
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from edge.certificate import key_file, read_certificate, read_key
from edge.clock import Reading
from edge.downlink import Downlink
from edge.log import Log
from edge.provisioning import Folder, load_keys, make_terminal, prepare
from edge.refusals import Refusals
from edge.renewal import AFTER_S, LONGEST_PATIENCE_S, CertificateRenewal, due_at
from edge.settings import settings_of
from hub.terminals.authority import Authority, prepare_authority
from hub.terminals.certificates import certificate_pem, new_key
from wire.codec import decode
from wire.envelope import HUB, open_envelope, sign
from wire.journal import Clock
from wire.keys import SigningKey
from wire.provisioning import read_request
from wire.renewal import BACK, KIND, Renewal, Renewed

GRANTED = datetime(2026, 3, 1, tzinfo=UTC)


class FakeClock:
    def __init__(self) -> None:
        self.at = GRANTED

    def read(self) -> Reading:
        return Reading("ab" * 16, 1_000, self.at, Clock.SYNCHRONISED)


class Scene:
    """A granted terminal, and the hub's authority and signing key."""

    def __init__(self, folder: Path) -> None:
        self.folder = Folder(folder / "gate-1")
        prepare(self.folder)
        make_terminal(self.folder, settings_of("gate", terminal="gate-1", sensor={"port": "/dev/x"}))
        self.authority: Authority = prepare_authority(folder / "hub", now=GRANTED)
        self.folder.authority.write_text(self.authority.certificate_pem)
        asked = read_request(self.folder.request.read_bytes()).certificate_request
        fresh = self.authority.issue_terminal_certificate(asked, "gate-1", GRANTED)
        self.folder.certificate.write_text(certificate_pem(fresh))
        self.first = fresh
        self.clock = FakeClock()
        self.hub_key = SigningKey.generate()
        self.keys = load_keys(self.folder)
        self.log = io.StringIO()
        self.reconnected = 0
        self.start()

    def start(self) -> None:
        log = Log("renewal", self.log)
        self.refusals = Refusals(log)
        downlink = Downlink("gate-1", self.hub_key.public_key(), self.refusals)
        self.renewal = CertificateRenewal(self.folder, "gate-1", self.keys.signing, downlink, self.clock, log)
        self.renewal.renewed = self._renewed

    def _renewed(self) -> None:
        self.reconnected += 1

    def ask(self, now_s: float = 0.0) -> Renewal | None:
        raw = self.renewal.next_word(now_s)
        if raw is None:
            return None
        key = self.keys.signing.public_key()
        return decode(open_envelope(raw, kind=KIND, sender="gate-1", receiver=HUB, key=key), Renewal)

    def answer(self, asked: Renewal, name: str = "gate-1", authority: Authority | None = None) -> Renewed:
        by = authority or self.authority
        fresh = by.issue_terminal_certificate(asked.certificate_request, name, self.clock.at)
        return Renewed(certificate=certificate_pem(fresh), authority=by.certificate_pem)

    def take(self, answer: Renewed, now_s: float = 0.0, key: SigningKey | None = None) -> None:
        self.renewal.take(sign(BACK, HUB, "gate-1", answer, key or self.hub_key), now_s)

    def held(self) -> x509.Certificate:
        found = read_certificate(self.folder.certificate)
        assert found is not None
        return found

    def usable(self) -> bool:
        """Whether what lies on the card can be shown to a broker: a key and the certificate of that key."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.folder.authority)
        context.load_cert_chain(
            self.folder.certificate, key_file(self.folder.certificate, self.folder.tls_key)
        )
        return True


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


LATE = timedelta(days=320)


# What is refused or not asked


def test_nothing_is_asked_in_the_first_two_thirds_of_its_life(scene: Scene) -> None:
    for days in (0, 1, 100, 240):
        scene.clock.at = GRANTED + timedelta(days=days)
        assert scene.ask() is None


@pytest.mark.parametrize("year", [1970, 2025])
def test_a_clock_before_the_certificates_beginning_asks_for_nothing(scene: Scene, year: int) -> None:
    scene.clock.at = datetime(year, 1, 1, tzinfo=UTC)
    assert [scene.ask(now_s) for now_s in range(0, 200_000, 10_000)] == [None] * 20
    assert not (scene.folder.keys / "tls.key.next").exists()


def test_a_clock_in_2099_renews_once_and_is_then_quiet_for_a_day(scene: Scene) -> None:
    """By that clock each new certificate has ended as well: it must not ask for one after the other."""
    scene.clock.at = GRANTED + timedelta(days=200)
    certified_at = scene.clock.at
    scene.clock.at = datetime(2099, 1, 1, tzinfo=UTC)
    asked = scene.ask(0.0)
    assert asked is not None
    scene.clock.at, wrong = certified_at, scene.clock.at
    answer = scene.answer(asked)
    scene.clock.at = wrong
    scene.take(answer, now_s=1.0)
    assert scene.reconnected == 1
    times = [now_s for now_s in range(2, int(3 * AFTER_S), 600) if scene.ask(float(now_s)) is not None]
    assert times[0] >= AFTER_S
    assert len(times) <= 20, "without an answer it asks ever more rarely"


def test_a_hub_that_is_silent_is_asked_ever_more_rarely(scene: Scene) -> None:
    scene.clock.at = GRANTED + LATE
    times = [now_s for now_s in range(0, 4 * 24 * 3600, 30) if scene.ask(float(now_s)) is not None]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= LONGEST_PATIENCE_S
    assert len(times) < 30


def test_a_refusal_is_said_and_changes_nothing(scene: Scene) -> None:
    scene.clock.at = GRANTED + LATE
    assert scene.ask() is not None
    scene.take(Renewed(certificate="", authority="", why="The terminal was cut off."))
    assert scene.held() == scene.first
    assert "cut off" in scene.log.getvalue()
    assert scene.ask(LONGEST_PATIENCE_S - 1) is None


def test_what_does_not_fit_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    scene.clock.at = GRANTED + LATE
    asked = scene.ask()
    assert asked is not None
    good = scene.answer(asked)
    other = prepare_authority(tmp_path / "other", now=scene.clock.at)
    foreign = new_key()
    for_another_key = certificate_pem(
        scene.authority.certify_client(foreign.public_key(), "gate-1", scene.clock.at)
    )
    bad = [
        scene.answer(asked, authority=other),
        scene.answer(asked, name="gate-2"),
        Renewed(certificate=for_another_key, authority=good.authority),
        Renewed(certificate="rubbish", authority=good.authority),
        Renewed(certificate=good.certificate, authority=other.certificate_pem),
        Renewed(certificate=good.certificate, authority="rubbish"),
    ]
    for answer in bad:
        scene.take(answer)
    scene.take(good, key=SigningKey.generate())
    assert scene.held() == scene.first
    assert scene.reconnected == 0
    assert scene.refusals.total() == 1
    assert scene.log.getvalue().count("certificate_not_renewed") == len(bad)
    scene.take(good)
    assert scene.held() != scene.first


def test_an_answer_that_nobody_asked_for_is_not_taken(scene: Scene) -> None:
    scene.clock.at = GRANTED + LATE
    asked = scene.ask()
    assert asked is not None
    good = scene.answer(asked)
    (scene.folder.keys / "tls.key.next").unlink()
    scene.take(good)
    assert scene.held() == scene.first


# What works


def test_it_renews_before_the_end_with_a_new_key_of_its_own(scene: Scene) -> None:
    scene.clock.at = GRANTED + LATE
    asked = scene.ask()
    assert asked is not None
    scene.take(scene.answer(asked))
    held = scene.held()
    assert held.not_valid_after_utc > scene.first.not_valid_after_utc
    assert held.public_key() != scene.first.public_key()
    assert scene.renewal.until() == held.not_valid_after_utc
    assert scene.reconnected == 1
    assert scene.usable()
    assert scene.folder.certificate.stat().st_mode & 0o077 == 0
    assert not (scene.folder.keys / "tls.key.next").exists()
    assert scene.ask(AFTER_S + 1) is None, "the new one has a whole life before it"


def test_terminals_granted_together_renew_at_different_times_but_all_in_time(scene: Scene) -> None:
    asked = read_request(scene.folder.request.read_bytes()).certificate_request
    many = [scene.authority.issue_terminal_certificate(asked, "gate-1", GRANTED) for _ in range(40)]
    due = [due_at(one) for one in many]
    life = many[0].not_valid_after_utc - many[0].not_valid_before_utc
    start = many[0].not_valid_before_utc
    assert all(start + life * 2 / 3 <= at <= start + life * 5 / 6 for at in due)
    assert max(due) - min(due) > timedelta(days=20)


def test_a_restart_before_the_answer_keeps_the_key_that_waits(scene: Scene) -> None:
    scene.clock.at = GRANTED + LATE
    asked = scene.ask()
    assert asked is not None
    scene.start()
    scene.take(scene.answer(asked))
    assert scene.usable()
    assert scene.held() != scene.first


def test_a_cut_at_any_step_leaves_a_pair_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(12):
        scene = Scene(tmp_path / str(step))
        scene.clock.at = GRANTED + LATE
        asked = scene.ask()
        assert asked is not None
        answer = scene.answer(asked)
        done = _cut_after(step, monkeypatch, scene, answer)
        assert scene.usable()
        scene.start()
        next_key = scene.folder.keys / "tls.key.next"
        if next_key.exists() and scene.held() != scene.first:
            scene.clock.at = scene.held().not_valid_after_utc - timedelta(days=1)
            assert scene.ask() is not None
            used = read_key(next_key.read_bytes())
            assert used is not None
            assert used.public_key() != scene.held().public_key(), "a key in use is not certified again"
        if done:
            break
    assert done


def _cut_after(steps: int, monkeypatch: pytest.MonkeyPatch, scene: Scene, answer: Renewed) -> bool:
    """Takes the answer, with the power going before the step after `steps`; True when it came to its end."""
    left = [steps]
    real_replace, real_unlink = Path.replace, Path.unlink

    def replace(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real_replace(path, target)

    def unlink(path: Path, missing_ok: bool = False) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real_unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        patch.setattr(Path, "unlink", unlink)
        try:
            scene.take(answer)
        except KeyboardInterrupt:
            return False
    return True


def test_an_authority_that_holds_the_one_before_is_taken_over(scene: Scene, tmp_path: Path) -> None:
    later = prepare_authority(tmp_path / "later", now=GRANTED)
    scene.clock.at = GRANTED + LATE
    asked = scene.ask()
    assert asked is not None
    both = scene.authority.certificate_pem + later.certificate_pem
    fresh = later.issue_terminal_certificate(asked.certificate_request, "gate-1", scene.clock.at)
    scene.take(Renewed(certificate=certificate_pem(fresh), authority=both))
    assert scene.folder.authority.read_text() == both
    assert scene.held() == fresh
    assert scene.usable()
