"""Answers by e-mail: said as if typed, to those who read what they answer at most; anything else changes nothing."""

import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal.access.roles import Actor
from portal.accounts import rules as account_rules
from portal.accounts.models import Membership
from portal.conversation import queries as conversation
from portal.conversation.models import Message
from portal.conversation.rules import NOTE, Reach, narrowest
from portal.db import Model, db, transaction
from portal.documents.models import Document
from portal.mailbox import service as mailbox
from portal.mailbox.models import ReceivedEmail
from portal.mailbox.rules import Outcome
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.models import OutboxEmail
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, build_scene, messages, say
from tests.integration.mailbox.steps import INBOX, address_of, answer, got, kinds_to, said, written
from tests.integration.requests.steps import actor_of
from tests.races import together

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


Actors = dict[str, Actor]


@pytest.fixture
def actors(scene: Scene) -> Actors:
    """Who may open the request, by what they are to it."""
    return {name: actor_of(who) for name, who in scene.people.items()}


def readers(message: Message, actors: Actors) -> set[str]:
    """Those of them who may read it."""
    return {
        name
        for name, actor in actors.items()
        if db.session.scalar(conversation.readable(actor).where(Message.id == message.id))
    }


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: len(db.session.execute(select(table)).all())
        for table in Model.metadata.sorted_tables
        if table.name not in {"failed_attempt"}
    }


def test_an_answer_is_said_in_the_name_of_who_got_the_e_mail(scene: Scene, actors: Actors) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    assert answer(scene.world.practitioner, "Oui, jeudi.\n\n> Pouvez-vous venir ?\n") is Outcome.SAID
    asked, answered = messages()
    assert (answered.text, answered.author_id) == ("Oui, jeudi.", scene.world.practitioner.person_id)
    assert readers(answered, actors) == readers(asked, actors) == {
        "pole", "pole colleague", "partner", "partner colleague", "cell", "national"
    }  # fmt: skip
    assert "conversation/message" in kinds_to(scene.world.coordinator.person.email)


@pytest.mark.parametrize("who", ["partner", "cell"])
def test_the_answer_to_a_note_stays_a_note(scene: Scene, actors: Actors, who: str) -> None:
    author, reader = {
        "partner": (scene.world.practitioner, scene.world.manager),
        "cell": (scene.world.cell, scene.world.national),
    }[who]
    say(author, scene, "Entre nous", "note", reader)
    note = messages()[0]
    assert answer(reader, "Bien noté.") is Outcome.SAID
    answered = messages()[-1]
    assert answered.note
    assert readers(answered, actors) == readers(note, actors)
    assert "Bien noté." not in "".join(db.session.scalars(select(OutboxEmail.text)))


def test_what_was_said_to_one_partner_is_not_answered_to_both(scene: Scene, actors: Actors) -> None:
    say(scene.world.practitioner, scene, "À vous seuls", scene.with_(scene.assignment))
    assert answer(scene.world.coordinator, "Merci.") is Outcome.SAID
    assert "other partner" not in readers(messages()[-1], actors)


def test_a_partner_who_has_left_says_nothing_and_hears_why(scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    me = scene.world.practitioner.person.email
    with transaction() as session:
        session.get_one(Assignment, scene.assignment.id).state = AssignmentState.DECLINED
    assert answer(scene.world.practitioner, "Oui.") is Outcome.NOT_TAKEN
    assert said() == ["Pouvez-vous venir ?"]
    assert got(me).kind == "mailbox/not_taken"
    assert "> Oui." in got(me).text


partners = st.frozensets(st.integers(1, 4), max_size=4)
reaches = st.just(NOTE) | st.builds(
    Reach,
    partners,
    st.just(False),
    st.frozensets(st.integers(1, 3), max_size=3),
)


@given(st.lists(reaches, max_size=6), reaches)
def test_it_can_only_narrow(offered: list[Reach], heard: Reach) -> None:
    found = narrowest(offered, heard)
    if found is not None:
        assert found.partner_ids <= heard.partner_ids
        assert found.guest_ids <= heard.guest_ids
        assert found.note == heard.note
    elif heard.note:
        assert not any(one.note for one in offered)
    if NOTE in offered and heard == NOTE:
        assert found == NOTE


def asked(make: Builder) -> Scene:
    """The partner asked the pole a question: its time stands still."""
    scene = build_scene(make, AssignmentState.PROPOSED)
    with transaction():
        assignments.ask(
            actor_of(scene.world.practitioner),
            scene.request.reference,
            scene.assignment.id,
            Details(message="Combien ?"),
        )
    return scene


def state_of(scene: Scene) -> AssignmentState:
    statement = select(Assignment.state).where(Assignment.id == scene.assignment.id)
    return db.session.scalars(statement).one()


def test_an_answer_to_a_question_lets_the_time_run_again(make: Builder) -> None:
    scene = asked(make)
    assert state_of(scene) is AssignmentState.ON_HOLD
    assert answer(scene.world.coordinator, "Douze.") is Outcome.SAID
    assert state_of(scene) is AssignmentState.PROPOSED
    assert said() == []
    assert answer(scene.world.colleague, "Treize, pardon.", message_id="<2@x>") is Outcome.SAID
    assert said() == ["Treize, pardon."], "the question has its answer: this is a message"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<liste.exemple.test>"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
    ],
    ids=str,
)
def test_what_a_program_answers_restarts_no_clock(make: Builder, headers: dict[str, str]) -> None:
    scene = asked(make)
    before = rows()
    assert answer(scene.world.coordinator, "Je suis absente jusqu’à lundi.", **headers) is Outcome.NOTHING
    assert answer(scene.world.coordinator, "Je suis absente.", envelope="") is Outcome.NOTHING
    assert (
        answer(scene.world.coordinator, "Absente.", sender="portail@portal.test", **headers)
        is Outcome.NOTHING
    )
    assert (state_of(scene), rows()) == (AssignmentState.ON_HOLD, before)


def test_the_same_e_mail_again_changes_nothing(scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    email = got(scene.world.practitioner)
    letter = written(scene.world.practitioner.person.email, "Oui.").as_bytes()
    assert mailbox.receive(address_of(email), letter) is Outcome.SAID
    before = rows()
    for _ in range(3):
        assert mailbox.receive(address_of(email), letter) is Outcome.AGAIN
    assert rows() == before


def test_the_same_e_mail_at_once_is_said_once(app: Flask, scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    to = address_of(got(scene.world.practitioner))
    letter = written(scene.world.practitioner.person.email, "Oui.").as_bytes()
    done = together(app, *[lambda: mailbox.receive(to, letter)] * 4)
    assert sorted(done) == sorted([Outcome.SAID, *[Outcome.AGAIN] * 3])
    assert said() == ["Pouvez-vous venir ?", "Oui."]


def test_an_address_that_we_did_not_write_changes_nothing_on_a_request(app: Flask, scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    email, me = got(scene.world.practitioner), scene.world.practitioner.person.email
    secret, right = app.config["SECRET_KEY"], address_of(got(scene.world.practitioner))
    forged = (
        addresses.written(INBOX, "a secret of somebody else", Use.ANSWER, email.id),
        right.replace(f"+m{email.id}-", f"+m{email.id + 1}-"),
        right.replace("+m", "+r"),
        addresses.written(INBOX, secret, Use.ANSWER, email.id + 1000),
        addresses.written(INBOX, secret, Use.RETURN, email.id),
        INBOX,
    )
    for to in forged:
        mailbox.receive(to, written(me, "Oui.").as_bytes(), me)
    assert said() == ["Pouvez-vous venir ?"]
    assert not db.session.scalars(select(ReceivedEmail)).all()


def test_limits_hold_for_one_request_and_hour(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    few = account_rules.Limit(account_rules.ANSWERS_BY_EMAIL.window, 2, *[account_rules.timedelta(0)] * 2, 2)
    monkeypatch.setattr(account_rules, "ANSWERS_BY_EMAIL", few)
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    email, me = got(scene.world.practitioner), scene.world.practitioner.person.email
    done = [
        mailbox.receive(address_of(email), written(me, f"Oui {number}", f"<{number}@x>").as_bytes())
        for number in range(4)
    ]
    assert done == [Outcome.SAID, Outcome.SAID, Outcome.NOT_TAKEN, Outcome.NOT_TAKEN]
    assert said()[1:] == ["Oui 0", "Oui 1"]


def test_from_another_address_it_waits_until_its_reader_says_that_it_is_theirs(
    scene: Scene, browse: Callable[..., Browser]
) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    who = scene.world.practitioner
    assert answer(who, "Oui, jeudi.", sender="moi@chez-moi.test") is Outcome.HELD
    assert said() == ["Pouvez-vous venir ?"]
    asked = got(who)
    assert asked.kind == "mailbox/is_this_you"
    assert "moi@chez-moi.test" in asked.text
    assert "Oui, jeudi." not in asked.text
    assert kinds_to("moi@chez-moi.test") == [], "who knows the address alone learns nothing"
    held = db.session.scalars(select(ReceivedEmail)).one()
    door = f"/reponses-par-courriel/{held.id}"
    for stranger in (scene.world.manager, scene.world.coordinator, scene.world.national):
        assert browse(stranger).get(door).status_code == 404
        assert browse(stranger).post(door, data={"theirs": "yes"}).status_code == 404
    mine = browse(who)
    assert "Oui, jeudi." in mine.get(door).text
    assert said() == ["Pouvez-vous venir ?"], "to look at it sends nothing"
    assert mine.post(door).status_code == 422
    assert mine.post(door, data={"theirs": "yes"}).status_code == 302
    assert said() == ["Pouvez-vous venir ?", "Oui, jeudi."]
    assert mine.post(door, data={"theirs": "yes"}).status_code == 404
    assert messages()[-1].author_id == who.person_id


def test_what_is_not_theirs_is_forgotten(scene: Scene, browse: Callable[..., Browser]) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    answer(scene.world.practitioner, "Oui, jeudi.", sender="intrus@ailleurs.test")
    held = db.session.scalars(select(ReceivedEmail)).one()
    door = f"/reponses-par-courriel/{held.id}"
    assert browse(scene.world.practitioner).post(door, data={"theirs": "no"}).status_code == 302
    db.session.expire_all()
    assert (said(), db.session.get_one(ReceivedEmail, held.id).text) == (["Pouvez-vous venir ?"], None)


def test_documents_go_with_it_and_what_is_not_taken_is_told(scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    who = scene.world.practitioner
    letter = written(who.person.email, "Voici.")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="statuts.pdf")
    letter.add_attachment(b"MZ" + b"\0" * 200, maintype="application", subtype="x", filename="outil.exe")
    assert mailbox.receive(address_of(got(who)), letter.as_bytes()) is Outcome.SAID
    kept = db.session.scalars(select(Document)).all()
    assert [(one.kind, one.parent_id) for one in kept] == [("message", messages()[-1].id)]
    told = got(who)
    assert told.kind == "mailbox/documents_not_taken"
    assert "outil.exe" in told.text
    assert "statuts.pdf" not in told.text


def test_somebody_unknown_is_told_once_and_no_more(scene: Scene) -> None:
    stranger = "curieuse@ailleurs.test"
    for number in range(3):
        mailbox.receive(INBOX, written(stranger, "Bonjour ?", f"<{number}@x>").as_bytes(), stranger)
    assert kinds_to(stranger) == ["mailbox/stranger"]
    assert "Bonjour ?" not in got(stranger).text
    for sender in ("no-reply@ailleurs.test", "portail@portal.test", INBOX):
        mailbox.receive(INBOX, written(sender, "Bonjour").as_bytes(), sender)
    mailbox.receive(INBOX, written("x@ailleurs.test", "Bonjour").as_bytes(), "")
    mailbox.receive(
        "autre@ailleurs.test", written("y@ailleurs.test", "Bonjour").as_bytes(), "y@ailleurs.test"
    )
    assert not [one for one in ("x@ailleurs.test", "y@ailleurs.test", INBOX) if kinds_to(one)]


def test_of_a_shared_mailbox_a_member_answers_from_their_own_address_alone(scene: Scene) -> None:
    shared = "equipe@exemple.test"
    with transaction() as session:
        session.merge(scene.world.partner).shared_mailbox = shared
        session.get_one(Assignment, scene.assignment.id).referent_id = None
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    to = address_of(got(shared))
    other, mine = scene.other.person.email, scene.world.manager.person.email
    assert mailbox.receive(to, written(shared, "Oui.").as_bytes(), shared) is Outcome.NOT_TAKEN
    assert mailbox.receive(to, written(other, "Oui.", "<2@x>").as_bytes(), other) is Outcome.NOT_TAKEN
    assert mailbox.receive(to, written(mine, "Oui.", "<3@x>").as_bytes(), mine) is Outcome.SAID
    assert messages()[-1].author_id == scene.world.manager.person_id


def test_whoever_left_since_says_nothing(scene: Scene) -> None:
    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    with transaction() as session:
        who = session.get_one(Membership, scene.world.practitioner.id)
        who.ended_at = who.started_at
    assert answer(scene.world.practitioner, "Oui.") is Outcome.NOT_TAKEN
    assert said() == ["Pouvez-vous venir ?"]


def test_e_mails_carry_the_address_and_a_line_to_write_above(app: Flask, scene: Scene) -> None:
    from portal.notifications.claims import service as claims
    from portal.notifications.delivery import service as delivery

    say(scene.world.coordinator, scene, "Pouvez-vous venir ?", scene.with_(scene.assignment))
    email = got(scene.world.practitioner)
    assert email.text.startswith("##- ")
    assert "##- " in email.html
    (row,) = (one for one in claims.claim() if one.id == email.id)
    assert address_of(email) in str(delivery.letter(row)["Reply-To"])


_numbers = itertools.count(1)


@given(st.text(max_size=300), st.text(alphabet="<>@abc.+-", max_size=40))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_comes_to_whatever_address_says_nothing(scene: Scene, text: str, address: str) -> None:
    raw = f"From: {address}\r\nMessage-ID: <{next(_numbers)}@x>\r\n\r\n{text}".encode("utf-8", "replace")
    mailbox.receive(address, raw, None)
    mailbox.receive(INBOX, raw, None)
    assert said() == []
    with transaction() as session:
        session.execute(delete(OutboxEmail))
