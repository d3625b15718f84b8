"""The form of an agreement: how many officers approve by finger, and room for purposes with nothing lost."""

from __future__ import annotations

import msgspec

from hub.sharing.agreements.forms import SLOTS
from hub.sharing.agreements.records import AgreementVersion
from hub.sharing.agreements.terms import Grant, faults_of, read_terms, write_terms
from hub.sharing.agreements.words import differences, lines_of
from hub.sharing.catalogue import PURPOSES, PartnerKind

from .sharing_world import grants_of, open_agencies, terms_of
from .site_world import World
from .test_sharing_agreements import FORM, post, state

PRINTS = {
    **FORM,
    "code": "forensic-2027",
    "g.fingerprint_request.0.purpose": "forensic_examination",
    "g.fingerprint_request.0.field": ["pims:LaboratoryCaseID"],
}
LABEL = "Officers here who approve each request by finger"


def test_how_many_officers_approve_is_written_shown_and_compared(world: World) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    assert 'name="approvals"' not in rita.get("/agreements/new/courts").text
    assert 'name="approvals" type="number" value="1"' in rita.get("/agreements/new/forensic").text
    for wrong in ("0", "4", "two", ""):
        refused = post(rita, "/agreements/new/forensic", **PRINTS, approvals=wrong)
        assert refused.status_code == 400
        assert "Write how many officers approve each request, 1 to 3." in refused.text
    assert post(rita, "/agreements/new/forensic", **PRINTS, approvals="2").status_code == 303
    assert state(world, "forensic-2027") == "not_signed"
    assert LABEL in rita.get("/agreements/forensic-2027/1").text
    page = rita.get("/agreements/forensic-2027/write").text
    assert 'name="approvals" type="number" value="2"' in page


def test_it_stands_in_the_difference_and_only_where_it_means_something(world: World) -> None:
    grants = grants_of(PartnerKind.FORENSIC)
    one = terms_of(world, *grants)
    two = msgspec.structs.replace(one, approvals=2)
    (changed,) = differences(one, two)
    assert (str(changed.label), changed.before, changed.after) == (LABEL, (1,), (2,))
    courts = terms_of(world, *grants_of(PartnerKind.COURTS))
    assert LABEL not in [str(line.label) for line in lines_of(courts)]
    assert "approvals" in faults_of(msgspec.structs.replace(one, approvals=9), PartnerKind.FORENSIC)
    assert read_terms(write_terms(one)).approvals == 1, "a version that was signed before reads as it did"
    assert "approvals" not in write_terms(one)


def test_room_for_another_purpose_loses_nothing_and_records_nothing(world: World) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    typed = {
        **FORM,
        "title": "Half a title",
        "starts_on": "",
        "g.release_notice.0.field": ["nc:PersonSurName"],
    }
    answer = post(rita, "/agreements/new/police", **typed, more="admission_notice")
    assert answer.status_code == 200
    assert 'value="Half a title"' in answer.text
    assert "g.admission_notice.1.purpose" in answer.text
    assert "g.admission_notice.2.purpose" not in answer.text
    assert "g.release_notice.1.purpose" not in answer.text
    assert 'name="g.release_notice.0.field" value="nc:PersonSurName" checked' in answer.text
    assert "autofocus" in answer.text
    assert "police-2027" not in rita.get("/agreements").text


def test_every_purpose_can_be_agreed_at_once(world: World) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    form: dict[str, object] = {**FORM}
    for place, purpose in enumerate(PURPOSES):
        form |= {
            f"g.admission_notice.{place}.purpose": purpose,
            f"g.admission_notice.{place}.field": ["nc:PersonSurName"],
        }
    assert len(PURPOSES) == SLOTS
    page = post(rita, "/agreements/new/police", **form, more="admission_notice").text
    assert 'value="admission_notice" formnovalidate' not in page, "there is no further purpose"
    assert post(rita, "/agreements/new/police", **form).status_code == 303
    text = rita.get("/agreements/police-2027/write").text
    assert f"g.admission_notice.{SLOTS - 1}.purpose" in text


def test_a_purpose_left_out_in_between_is_no_end(world: World) -> None:
    """Whoever clears the first purpose still sees, and keeps, the second."""
    open_agencies(world)
    rita = world.browser("rita")
    form = {
        **{name: value for name, value in FORM.items() if not name.startswith("g.admission_notice.0")},
        "title": "",
        "g.admission_notice.1.purpose": "public_protection",
        "g.admission_notice.1.field": ["nc:PersonSurName"],
    }
    page = post(rita, "/agreements/new/police", **form).text
    assert 'name="g.admission_notice.1.field" value="nc:PersonSurName" checked' in page
    post(rita, "/agreements/new/police", **{**form, "title": "Now"})
    grant = Grant("admission_notice", "public_protection", ("nc:PersonSurName",))
    with world.sessions() as session:
        raw = session.query(AgreementVersion).one().terms
    assert read_terms(raw).grants == (grant,)
