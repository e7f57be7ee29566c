"""Two people in one conversation at the same moment."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.conversation import service
from portal.conversation.guests import service as guests
from portal.conversation.guests.models import Guest
from portal.conversation.models import MessageDraft
from portal.conversation.service import Words
from portal.db import db, transaction
from portal.refusals import Conflict, Invalid
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.models import RequestEvent
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, build_scene, messages, send
from tests.integration.documents.sending import all_documents, file
from tests.integration.requests.steps import World, actor_of, build_world
from tests.jobs import do
from tests.races import at_once, together

ROUNDS = 6


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def test_two_colleagues_answer_one_question_once(app: Flask, make) -> None:
    scene = build_scene(make, AssignmentState.ON_HOLD)
    to, reference = f"answer-{scene.assignment.id}", scene.request.reference
    people = [actor_of(one) for one in (scene.world.coordinator, scene.world.colleague)]
    answers = at_once(
        app,
        *(
            lambda who=who: service.say(who, reference, f"k{who.person_id}", Words(to, who.person_name))
            for who in people
        ),
    )
    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    said = select(func.count()).select_from(RequestEvent).where(RequestEvent.action == steps.ANSWER.name)
    assert db.session.scalar(said) == 1


def test_the_second_answer_of_two_pages_is_kept_as_a_draft(app: Flask, make, browse) -> None:
    scene = build_scene(make, AssignmentState.ON_HOLD)
    to = f"answer-{scene.assignment.id}"
    browsers = [browse(one) for one in (scene.world.coordinator, scene.world.colleague)]
    for browser in browsers:
        browser.get(scene.path)
    statuses = together(
        app,
        *(
            lambda number=number, browser=browser: (
                send(browser, scene, f"Réponse {number}", to, once=f"k{number}").status_code
            )
            for number, browser in enumerate(browsers)
        ),
    )
    assert statuses == [302, 302]
    answered = db.session.scalars(
        select(RequestEvent.message).where(RequestEvent.action == steps.ANSWER.name)
    ).all()
    kept = db.session.scalars(select(MessageDraft.text)).all()
    assert sorted([*answered, *kept]) == ["Réponse 0", "Réponse 1"]
    assert len(answered) == 1


def test_the_same_form_twice_at_once_says_it_once(app: Flask, scene: Scene) -> None:
    who, reference = actor_of(scene.world.coordinator), scene.request.reference
    act = lambda: service.say(who, reference, "same", Words("with", "Bonjour"))  # noqa: E731 (twice)
    at_once(app, act, act)
    assert len(messages()) == 1


def test_drafts_kept_at_once_are_one(app: Flask, scene: Scene) -> None:
    who, reference = actor_of(scene.world.coordinator), scene.request.reference
    at_once(
        app,
        *(
            lambda text=text: service.keep_draft(who, reference, "k", Words("with", text))
            for text in ("Un", "Deux")
        ),
    )
    assert db.session.scalar(select(func.count()).select_from(MessageDraft)) == 1


def test_a_partner_taken_back_at_the_same_moment_never_reads_what_comes_after(
    app: Flask, scene: Scene
) -> None:
    pole, cell = actor_of(scene.world.coordinator), actor_of(scene.world.cell)
    reference, number = scene.request.reference, scene.assignment.id
    to = scene.with_(scene.assignment)
    said, taken = at_once(
        app,
        lambda: service.say(pole, reference, "k", Words(to, "Rien que pour vous")),
        lambda: assignments.cancel(cell, reference, number, Details()),
    )
    assert not isinstance(taken, Conflict)
    assert isinstance(said, Invalid) == (messages() == [])


def test_one_address_is_invited_once(app: Flask, scene: Scene) -> None:
    who, reference = actor_of(scene.world.coordinator), scene.request.reference
    asked = guests.Asked("lise@exemple.test", "Lise", "experte", "fr", clock.today())
    answers = at_once(app, *[lambda: guests.invite(who, reference, asked)] * 2)
    assert sorted(isinstance(one, Invalid) for one in answers) == [False, True]
    assert db.session.scalar(select(func.count()).select_from(Guest)) == 1


def test_what_a_guest_sends_while_being_sent_away_is_there_whole_or_not_at_all(
    app: Flask, make: Builder, scene: Scene, browse
) -> None:
    host, reference = actor_of(scene.world.coordinator), scene.request.reference
    for number in range(ROUNDS):
        guest, token = make.raw_guest(scene.request, scene.world.coordinator)
        guest_id, browser, known = guest.id, browse(None), len(messages())
        browser.get(f"/conversation/{token}")
        typed = {"once": f"k{number}", "text": f"Avis {number}", "documents": [file(f"avis-{number}.pdf")]}

        def end(guest_id: int = guest_id) -> None:
            with transaction():
                guests.end(host, reference, guest_id)

        answer, _ended = together(
            app, lambda b=browser, t=token, f=typed: b.post(f"/conversation/{t}", f).status_code, end
        )
        sent = messages()[known:]
        theirs = [one for one in all_documents() if one.guest_id == guest_id]
        assert [one.text for one in sent] == ([f"Avis {number}"] if answer == 302 else [])
        assert answer in {302, 404}
        assert [one.parent_id for one in theirs if one.kind] == [one.id for one in sent]
        assert browser.get(f"/conversation/{token}").status_code == 404
    with clock.travelling_to(clock.now() + timedelta(days=2)):
        do("forget documents of refused forms")
    assert {one.kind for one in all_documents()} <= {"message"}, "what arrived too late goes after a day"


def test_a_colleague_who_uploads_while_the_part_ends_loses_nothing(
    app: Flask, make: Builder, world: World, browse
) -> None:
    """The cell takes it back: the message is sent before that with its document, or the form keeps both."""
    cell, writer = actor_of(world.cell), world.practitioner
    for number in range(ROUNDS):
        request = make.raw_request(world.coordinator, RequestState.ACCEPTED, world.service)
        part = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
        reference, part_id, browser, known = request.reference, part.id, browse(writer), len(messages())
        path = f"/demandes/{reference}/conversation"
        browser.get(f"/demandes/{reference}")
        typed = {"once": f"k{number}", "text": "Voici", "to": f"with-{world.partner.id}", "intent": "send"}
        typed["documents"] = [file(f"devis-{number}.pdf")]

        def take_back(reference: str = reference, part_id: int = part_id) -> None:
            with transaction():
                assignments.cancel(cell, reference, part_id, Details())

        answer, _cancelled = together(
            app, lambda b=browser, p=path, f=typed: b.post(p, f).status_code, take_back
        )
        assert answer in {302, 422}
        document = all_documents()[-1]
        if answer == 302:
            assert (document.kind, document.parent_id) == ("message", messages()[-1].id)
        else:
            assert len(messages()) == known
            assert (document.kind, document.sent_by_id, document.form) == (None, writer.person_id, path)
            assert browse(world.manager).get(f"/documents/{document.id}").status_code == 404
