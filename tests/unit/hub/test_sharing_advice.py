"""What a person is told to do about a delivery, in each state and after each answer of a receiver."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.sharing.outbox.advice import OF_RECEIVER, what_to_do
from hub.sharing.outbox.answers import OF_THE_AGENCY, OUTCOMES, Outcome
from hub.sharing.outbox.records import Delivery, State

from .outbox_world import Outbox
from .site_world import World
from .test_sharing_console import outbox, told

__all__ = ["outbox"]

ROLE = Role.DIRECTOR
OF_ITSELF = {
    Outcome.RECEIVED, Outcome.BUSY, Outcome.STOPPED, Outcome.GIVEN_UP, Outcome.AGAIN, Outcome.FETCHED,
    Outcome.IN_FILE,
}  # fmt: skip
"""Nothing is wrong, or a pause was asked for, or the state says what to do."""


def test_every_answer_that_leaves_something_waiting_has_its_advice() -> None:
    assert set(OF_RECEIVER) == set(OUTCOMES) - OF_ITSELF
    assert set(OF_RECEIVER) >= OF_THE_AGENCY - {Outcome.BUSY}
    assert what_to_do(State.SENT, Outcome.RECEIVED) is None
    assert what_to_do(State.OFFERED, Outcome.NO_ADDRESS) is None
    assert what_to_do(State.WAITING, "") is None


@pytest.mark.parametrize(
    ("state", "outcome", "words"),
    [
        (State.WAITING, Outcome.UNREACHABLE, "If it lasts longer than a day, telephone the agency"),
        (State.WAITING, Outcome.DOUBTFUL, "Something else than its program answered"),
        (State.WAITING, Outcome.NOT_THE_ONE, "somebody stands between"),
        (State.WAITING, Outcome.REDIRECTED, "whether it moved"),
        (State.DEAD, Outcome.GIVEN_UP, "Tell them by telephone if it matters today"),
        (State.STOPPED, Outcome.STOPPED, "a version of the agreement that names it"),
    ],
)
def test_the_page_of_a_delivery_says_what_to_do(
    outbox: Outbox, world: World, client: FlaskClient, state: State, outcome: Outcome, words: str
) -> None:
    first, _ = told(outbox)
    assert "What to do" not in client.get(f"/sharing/deliveries/{first}").text
    with session_scope(world.sessions) as session:
        changed = update(Delivery).where(Delivery.id == first)
        session.execute(changed.values(state=state.value, outcome=outcome.value, done_at=world.at))
    page = client.get(f"/sharing/deliveries/{first}").text
    assert words in page
    assert page.count("Given up") <= 1
