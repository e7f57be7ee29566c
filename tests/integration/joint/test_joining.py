"""A pole is invited to a request of another, joins, refuses or leaves, and is told what becomes of it."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.roles import Role
from portal.db import db, transaction
from portal.joint import service
from portal.joint.rules import MOST_POLES, MOST_TIMES
from portal.joint.steps import AskedOften, JointState
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests.closing import service as closing
from portal.requests.rules import Details
from portal.requests.steps import CloseReason
from portal.steps import StepRefused
from tests.builders import Builder
from tests.integration.joint.steps import (
    Poles,
    forget_mails,
    invite,
    join,
    leave,
    mails,
    refuse,
    shut_out,
    states,
    with_joined,
)
from tests.integration.requests.steps import actor_of


def test_a_pole_is_invited_on_a_page_and_answers_on_another(poles: Poles, browse: Any) -> None:
    asks, invited = browse(poles.world.coordinator), browse(poles.first)
    name = poles.first.organisation.name
    assert "Inviter un autre pôle" in asks.get(poles.path).text
    page = unescape(asks.get(f"{poles.shared}/inviter").text)
    assert name in page
    typed = {"pole_id": poles.first.organisation_id, "word": "Venez avec nous."}
    assert asks.post(f"{poles.shared}/inviter", typed).status_code == 302
    assert states(poles) == {poles.first.organisation_id: JointState.INVITED}
    assert mails() == {"joint/invite_other_pole": [poles.first.person.email]}
    assert poles.request.subject in unescape(invited.get("/").text)
    assert poles.request.subject in unescape(invited.get("/demandes-communes").text)
    shared = unescape(invited.get(poles.shared).text)
    assert "Venez avec nous." in shared
    assert poles.request.need in shared
    answer = invited.post(f"{poles.shared}/rejoindre", {"answer": "Un modèle pour trois."})
    assert answer.headers["Location"].endswith(poles.shared)
    assert states(poles) == {poles.first.organisation_id: JointState.JOINED}
    for who in (poles.world.coordinator, poles.world.practitioner, poles.world.cell):
        seen = unescape(browse(who).get(poles.path).text)
        assert name in seen
        assert "Un modèle pour trois." in seen


def test_who_joined_is_told_what_becomes_of_it_and_no_word_of_it(poles: Poles) -> None:
    with_joined(poles, poles.first, poles.second)
    details = Details(reason=CloseReason.SOLVED, message="Zorglub s’en occupe.")
    with transaction():
        closing.withdraw(actor_of(poles.world.coordinator), poles.reference, details)
    told = mails()["joint/changed_other_pole"]
    assert sorted(told) == sorted([poles.first.person.email, poles.second.person.email])
    assert not _written_with("Zorglub")


def _written_with(text: str) -> list[str]:
    rows = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind.startswith("joint/")))
    return [email.kind for email in rows if text in f"{email.subject} {email.text} {email.html}"]


def test_who_is_invited_when_a_request_closes_has_nothing_to_answer_any_more(
    poles: Poles, browse: Any
) -> None:
    invite(poles, poles.first)
    forget_mails()
    with transaction():
        details = Details(reason=CloseReason.NO_PARTNER, message="Personne.")
        closing.drop(actor_of(poles.world.cell), poles.reference, details)
    assert mails()["joint/changed_other_pole"] == [poles.first.person.email]
    assert browse(poles.first).get(poles.shared).status_code == 404
    with pytest.raises(StepRefused):
        join(poles, poles.first)


def test_leaving_concerns_who_leaves_alone(poles: Poles, browse: Any) -> None:
    with_joined(poles, poles.first, poles.second)
    leave(poles, poles.first, "Nous manquons de temps.")
    assert states(poles) == {
        poles.first.organisation_id: JointState.LEFT,
        poles.second.organisation_id: JointState.JOINED,
    }
    told = mails()
    assert poles.world.coordinator.person.email in told.pop("joint/leave_pole")
    assert told.pop("joint/leave_partner") == [poles.world.practitioner.person.email]
    assert told == {}
    assert browse(poles.first).get(poles.shared).status_code == 404
    assert browse(poles.second).get(poles.shared).status_code == 200
    assert browse(poles.world.practitioner).get(poles.path).status_code == 200


def test_refusing_is_between_the_two_poles(poles: Poles, browse: Any) -> None:
    invite(poles, poles.first, "Un mot.")
    forget_mails()
    refuse(poles, poles.first, "Pas cette année.")
    assert list(mails()) == ["joint/refuse_pole"]
    name = poles.first.organisation.name
    seen = unescape(browse(poles.world.coordinator).get(poles.path).text)
    assert name in seen
    assert "Pas cette année." in seen
    for who in (poles.world.practitioner, poles.world.cell, poles.world.national):
        seen = unescape(browse(who).get(poles.path).text)
        assert name not in seen
        assert "Pas cette année." not in seen


def test_who_asks_takes_a_pole_back_invited_or_joined(poles: Poles, browse: Any) -> None:
    invite(poles, poles.first)
    with_joined(poles, poles.second)
    asks = browse(poles.world.coordinator)
    for who in (poles.first, poles.second):
        forget_mails()
        answer = asks.post(f"{poles.shared}/poles/{who.organisation_id}/retirer")
        assert answer.status_code == 302
        assert mails() == {"joint/shut_out_other_pole": [who.person.email]}
        assert browse(who).get(poles.shared).status_code == 404
    assert set(states(poles).values()) == {JointState.TAKEN_BACK}


def test_a_pole_is_invited_again_so_often_and_no_more(poles: Poles) -> None:
    for _time in range(MOST_TIMES):
        invite(poles, poles.first)
        refuse(poles, poles.first)
    with pytest.raises(AskedOften):
        invite(poles, poles.first)


def test_so_many_poles_and_no_more(make: Builder, poles: Poles) -> None:
    for _number in range(MOST_POLES):
        invite(poles, make.coordinator())
    with pytest.raises(Invalid):
        invite(poles, poles.first)


def test_nobody_invites_its_own_pole_nor_one_that_ended_nor_to_what_is_not_its_own(
    make: Builder, poles: Poles
) -> None:
    ended = make.coordinator(make.pole(active=False))
    for who in (poles.world.coordinator, ended):
        with pytest.raises(Invalid):
            invite(poles, who)
    invite(poles, poles.first)
    with pytest.raises(StepRefused):
        invite(poles, poles.first)
    for stranger in (poles.first, poles.second):
        with pytest.raises(NotFound), transaction():
            service.invite(actor_of(stranger), poles.reference, poles.third.organisation_id, "")
    colleague = make.member(poles.world.coordinator.organisation, Role.MEMBER)
    with pytest.raises(NotAllowed), transaction():
        service.invite(actor_of(colleague), poles.reference, poles.third.organisation_id, "")


def test_a_pole_where_nobody_could_answer_is_not_offered_nor_invited(
    make: Builder, poles: Poles, browse: Any
) -> None:
    """Without an account, without a coordinator, or with one whose account is closed."""
    nobody, members = make.pole(), make.member(make.pole(), Role.MEMBER).organisation
    gone = make.member(make.pole(), Role.COORDINATOR, make.person(active=False)).organisation
    others = [(pole.id, pole.name) for pole in (nobody, members, gone)]
    asks, path = browse(poles.world.coordinator), f"{poles.shared}/inviter"
    page = unescape(asks.get(path).text)
    assert "appelez-les" in page
    for number, name in others:
        assert name not in page
        assert asks.post(path, {"pole_id": number, "word": "Venez."}).status_code == 422
        with pytest.raises(Invalid), transaction():
            service.invite(actor_of(poles.world.coordinator), poles.reference, number, "")
    assert states(poles) == {}


def test_a_member_reads_and_a_coordinator_answers(poles: Poles, browse: Any) -> None:
    invite(poles, poles.first)
    member = browse(poles.member)
    assert member.get(poles.shared).status_code == 200
    assert "rejoindre" not in member.get(poles.shared).text
    assert member.post(f"{poles.shared}/rejoindre").status_code == 403
    with pytest.raises(NotFound):
        join(poles, poles.second)


def test_what_is_too_long_stays_to_be_shortened(poles: Poles, browse: Any) -> None:
    invite(poles, poles.first)
    answer = browse(poles.first).post(f"{poles.shared}/rejoindre", {"answer": "a" * 1001})
    assert answer.status_code == 422
    assert "a" * 1001 in answer.text
    assert states(poles) == {poles.first.organisation_id: JointState.INVITED}


def test_a_second_answer_says_what_the_first_did(poles: Poles, browse: Any) -> None:
    with_joined(poles, poles.first)
    answer = browse(poles.first).post(f"{poles.shared}/rejoindre")
    assert answer.status_code == 409
    assert "déjà associé" in unescape(answer.text)
    shut_out(poles, poles.first)
    assert browse(poles.first).post(f"{poles.shared}/rejoindre").status_code == 409


def test_a_request_is_found_by_the_name_of_a_pole_that_joined_it(poles: Poles, browse: Any) -> None:
    """By whoever reads it; not by that of who did not answer, or has left."""
    invite(poles, poles.first)
    name = poles.first.organisation.name
    readers = (poles.world.coordinator, poles.world.practitioner, poles.world.cell, poles.world.national)

    def finds() -> set[bool]:
        pages = [browse(who).get("/recherche", query_string={"q": name}).text for who in readers]
        return {f'href="{poles.path}"' in page for page in pages}

    assert finds() == {False}
    join(poles, poles.first)
    assert finds() == {True}
    leave(poles, poles.first)
    assert finds() == {False}
