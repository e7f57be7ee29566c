"""People choose how soon they hear of what; what they must do always comes."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import queries as preferences
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.notifications.preferences.rules import Hours, Rhythm, Topic
from portal.notifications.preferences.service import settled
from portal.screens import FEATURES
from portal.topics import TOPICS
from tests.builders import Builder
from tests.integration.news.conftest import Told, accept, ask, choose, set_hours, written

PAGE = "/mon-compte/courriels"
AS_IT_IS = {"digest": "8", "quiet_from": "", "quiet_until": ""}


def stored() -> int:
    return (db.session.scalar(select(func.count()).select_from(EmailChoice)) or 0) + (
        db.session.scalar(select(func.count()).select_from(EmailHours)) or 0
    )


def test_each_kind_of_e_mail_has_one_topic() -> None:
    sent = [kind for feature in FEATURES for kind in feature.emails]
    listed = [kind for topic in TOPICS for kind in topic.kinds]
    assert sorted(listed) == sorted(sent), (
        "Say in portal/topics.py what it is about, and whether one may do without."
    )


def test_what_cannot_be_switched_off_says_why() -> None:
    for topic in TOPICS:
        assert topic.label, topic.name
        assert topic.explains, topic.name
        if topic.at_any_hour or not topic.roles:
            assert topic.required, f"{topic.name}: nobody is shown it, or no hour keeps it: say why"


@pytest.mark.parametrize(
    ("rhythm", "waits", "gathered"),
    [
        (Rhythm.AT_ONCE, True, False),
        (Rhythm.DAILY, False, True),
        (Rhythm.WEEKLY, False, True),
        (Rhythm.NEVER, False, False),
    ],
)
def test_each_rhythm_decides_when_an_e_mail_leaves(
    told: Told, rhythm: Rhythm, waits: bool, gathered: bool
) -> None:
    choose(told.reader, progress=rhythm)
    accept(told)
    (email,) = written(told.reader)
    assert (email.next_attempt_at is not None, email.digest_at is not None) == (waits, gathered)
    if gathered:
        assert email.digest_at is not None
        assert clock.now() < email.digest_at < clock.now() + timedelta(days=15)


def test_a_colleague_who_chose_nothing_hears_at_once(told: Told) -> None:
    choose(told.reader, progress=Rhythm.NEVER)
    accept(told)
    others = db.session.scalars(
        select(OutboxEmail).where(OutboxEmail.person_id != told.reader.person_id)
    ).all()
    assert all(one.next_attempt_at for one in others)


@pytest.mark.parametrize("rhythm", [Rhythm.DAILY, Rhythm.NEVER])
def test_what_somebody_must_do_always_comes_at_once(told: Told, rhythm: Rhythm) -> None:
    choose(told.reader, **{topic.name: rhythm for topic in TOPICS})
    ask(told)
    (email,) = written(told.reader)
    assert email.next_attempt_at is not None
    kept = db.session.scalars(select(EmailChoice.topic)).all()
    assert not {topic.name for topic in TOPICS if topic.required} & set(kept), "no such choice is even stored"


def test_only_what_differs_is_stored(told: Told, browse) -> None:
    page = browse(told.reader)
    optional = [one for one in TOPICS if not one.required and Role.COORDINATOR in one.roles]
    same = {one.name: "at_once" for one in optional}
    assert page.post(PAGE, {**same, **AS_IT_IS}).status_code == 302
    assert stored() == 0
    assert (
        page.post(
            PAGE, {**same, **AS_IT_IS, "messages": "weekly", "quiet_from": "20", "quiet_until": "7"}
        ).status_code
        == 302
    )
    assert stored() == 2
    shown = page.get(PAGE).text
    assert "Somebody waits" not in shown
    assert "Quelqu’un attend ce que vous allez faire." in shown, "why it cannot be switched off"
    assert page.post(PAGE, {**same, **AS_IT_IS}).status_code == 302
    assert stored() == 0


def test_half_a_quiet_hour_is_refused_and_nothing_changes(told: Told, browse) -> None:
    page = browse(told.reader)
    same = {one.name: "never" for one in TOPICS if not one.required and Role.COORDINATOR in one.roles}
    answer = page.post(PAGE, {**same, **AS_IT_IS, "quiet_from": "20"})
    assert answer.status_code == 422
    assert "ou ni l’un ni l’autre" in answer.text
    assert stored() == 0


def test_each_organisation_has_its_own_choice(make: Builder, told: Told) -> None:
    elsewhere = make.member(make.pole(), Role.COORDINATOR, told.reader.person)
    choose(elsewhere, progress=Rhythm.NEVER)
    accept(told)
    (email,) = written(told.reader)
    assert email.organisation_id == told.reader.organisation_id
    assert email.next_attempt_at is not None


def test_who_belongs_nowhere_has_nothing_to_choose(make: Builder, browse) -> None:
    page = browse(make.person()).get(PAGE)
    assert page.status_code == 200
    assert "seuls les courriels sur votre compte" in page.text


def test_quiet_hours_keep_what_is_to_do_too_until_their_end(told: Told) -> None:
    hours = clock.local(clock.now())
    quiet = Hours(quiet_from=hours.hour, quiet_until=(hours.hour + 2) % 24)
    set_hours(told.reader, quiet)
    ask(told)
    (email,) = written(told.reader)
    assert email.next_attempt_at is not None
    assert email.next_attempt_at == quiet.after_quiet(email.next_attempt_at)
    assert email.next_attempt_at > clock.now()


def test_choosing_moves_what_waits_already(told: Told) -> None:
    choose(told.reader, progress=Rhythm.WEEKLY)
    accept(told)
    weekly = written(told.reader)[0].digest_at
    choose(told.reader, progress=Rhythm.AT_ONCE)
    soon = written(told.reader)[0].digest_at
    assert weekly is not None
    assert soon is not None
    assert soon <= weekly
    choose(told.reader, progress=Rhythm.NEVER)
    assert written(told.reader)[0].digest_at is None, "what waited moves nowhere by e-mail"


def test_choices_are_asked_in_two_statements_for_any_number_of_readers(
    make: Builder, told: Told, queries: list[str]
) -> None:
    for _ in range(4):
        make.coordinator(told.reader.organisation)
    queries.clear()
    accept(told)
    assert sum("FROM email_" in one for one in queries) == 2


def test_a_kind_that_comes_later_joins_by_its_line_alone(app: Flask, told: Told) -> None:
    invented = Topic("invented", "Invented", "What nobody sends yet.", frozenset(Role), ("invented/news",))
    row = {"person_id": told.reader.person_id, "organisation_id": told.reader.organisation_id}
    row |= {"kind": "invented/news", "next_attempt_at": clock.now(), "digest_at": None, "calendar": ""}
    assert settled([row])[0]["next_attempt_at"] is not None, "in no topic, it comes at once"
    preferences.init_app(app, [*TOPICS, invented])
    try:
        choose(told.reader, invented=Rhythm.DAILY)
        (gathered,) = settled([row])
    finally:
        preferences.init_app(app, TOPICS)
    assert (gathered["next_attempt_at"], gathered["digest_at"] is None) == (None, False)
