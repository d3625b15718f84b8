"""What agencies send is taken in once, under an agreement, and changes nothing by itself."""

from __future__ import annotations

import hashlib
import threading

import msgspec
import pytest
from sqlalchemy import func, select, text

from hub.accounts.records import AuditEntry
from hub.custody.facts.records import Fact
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.gate import NotAgreedError
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import write_message
from hub.sharing.inbox.receiving import receipt_of
from hub.sharing.inbox.records import InboundBody, InboundMessage, State

from .inbox_world import inbox, order, sentence
from .sharing_world import COURTS, OBSERVATORY, POLICE
from .site_world import World


def _facts(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalar(select(func.count()).select_from(Fact)) or 0


def test_what_no_agreement_covers_is_refused_and_nothing_is_kept(world: World) -> None:
    post = inbox(world)
    for agency, exchange in ((POLICE, "order"), (OBSERVATORY, "sentence"), ("nobody", "order")):
        with pytest.raises(NotAgreedError):
            post.send(exchange, order() if exchange == "order" else sentence(), agency)
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 0


def test_a_message_number_used_for_another_message_is_refused(world: World) -> None:
    post = inbox(world)
    post.send("order", order("o-1"))
    with pytest.raises(RefusedError) as refused:
        post.send("order", order("o-1", reference="RO other"))
    assert refused.value.code == "message_id_reused"


def test_every_kind_of_message_is_answered_at_once_and_no_fact_comes_of_it(world: World) -> None:
    post = inbox(world)
    before, stays = _facts(world), post.stays()
    agencies = {"definitions": OBSERVATORY} | dict.fromkeys(("arrest", "charge", "hold", "want"), POLICE)
    for exchange, examples in EXAMPLES.items():
        agency = agencies.get(exchange, COURTS)
        for example in examples:
            receipt = post.send(exchange, example.body, agency)  # type: ignore[arg-type]
            assert receipt.state is State.RECEIVED
            assert post.receipt(receipt.number, agency) == receipt
    assert (_facts(world), post.stays()) == (before, stays)


def test_the_same_again_gets_its_first_number_and_a_copy_says_of_what(world: World) -> None:
    post = inbox(world)
    first = post.send("order", order("o-1"))
    assert post.send("order", order("o-1")) == first
    again = post.send("order", order("o-2", reference="RO o-1"))
    assert (again.state, again.same_as) == (State.DUPLICATE, first.number)
    post.refuse(first.number, "incomplete")
    anew = post.send("order", order("o-3", reference="RO o-1"))
    assert anew.state is State.RECEIVED, "what was refused may be sent again"


def test_a_message_is_kept_as_it_came_and_cannot_be_changed(world: World) -> None:
    post = inbox(world)
    message = order()
    number = post.send("order", message).number
    with session_scope(world.sessions, writes=False) as session:
        row = session.query(InboundMessage).filter_by(number=number).one()
        assert session.get_one(InboundBody, row.id).body == write_message(message).decode()
        assert row.body_hash == hashlib.sha256(write_message(message)).hexdigest()
        assert (row.agreement, row.agreement_version) == ("courts-2026", 1)
    for change in (
        "UPDATE inbound_messages SET body_hash = ''",
        "UPDATE inbound_bodies SET body = '{}'",
        "DELETE FROM inbound_messages",
        "DELETE FROM inbound_bodies",
    ):
        with pytest.raises(Exception, match="append-only"), session_scope(world.sessions) as session:
            session.execute(text(change))


def test_a_receipt_is_the_senders_alone_and_the_trail_names_nobody(world: World) -> None:
    post = inbox(world)
    number = post.send("order", order()).number
    with session_scope(world.sessions, writes=False) as session:
        assert receipt_of(session, POLICE, number) is None
        line = session.query(AuditEntry).filter_by(act="inbox.receive").one()
    assert line.subject == number
    assert "ovelo" not in line.detail
    assert msgspec.json.decode(msgspec.json.encode(post.receipt(number)))["state"] == "received"


def test_the_same_message_sent_twice_at_once_is_one(world: World) -> None:
    post, found = inbox(world), []
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        found.append(post.send("order", order()).number)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert found[0] == found[1]
    assert len(found) == 2
