"""Whatever becomes of a service, its questions and its rules, what was answered under a version reads the same."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.catalogue import steps
from portal.catalogue.models import Service, ServiceVersion
from portal.catalogue.questions import queries, rules
from portal.catalogue.questions import service as questions
from portal.catalogue.questions.rules import Draft, Question, QuestionKind
from portal.catalogue.rules import ServiceState
from portal.catalogue.sheets import service as sheets
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.refusals import Conflict, Invalid
from portal.requests import personal
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.rules import Details, Wishes
from portal.requests.steps import RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of

K = QuestionKind
CHOICES = ["Gouvernance", "Budget", "Lieu", "Emploi"]
VALUES: dict[QuestionKind, Any] = {
    K.SHORT: "La halle",
    K.LONG: "Une ligne.\nUne autre.",
    K.YES_NO: False,
    K.NUMBER: "12.5",
    K.DATE: "2026-03-02",
}
KIND, WHICH = st.sampled_from(list(K)), st.integers(0, 3)
EDITS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "move", "remove", "close", "rules"]), KIND, WHICH)
)


class Life:
    """A service whose keepers change their mind, and a pole that answers."""

    def __init__(self, make: Builder, world: World) -> None:
        self.world, self.keeper = world, actor_of(world.national)
        self.service = make.service(world.partner)
        self.number = 0

    def asked(self) -> list[Question]:
        return list(queries.of(db.session.get_one(Service, self.service.id, populate_existing=True)))

    def draft(self, kind: QuestionKind, which: int) -> Draft:
        self.number += 1
        lines = CHOICES[: which + 2] if kind in rules.WITH_CHOICES else []
        return Draft(kind, f"Question {self.number} ?", f"Question no. {self.number}?", lines=lines[:4])

    def edit(self, act: str, kind: QuestionKind, which: int) -> None:
        asked = self.asked()
        question = asked[which % len(asked)] if asked else None
        with transaction():
            if act == "add":
                questions.add(self.keeper, self.service.id, self.draft(kind, which))
            elif act == "rules":
                sheets.change(self.keeper, self.service.id, {"rules": f"Règle {kind}", "stages": []})
            elif act == "close":
                self.close(which)
            elif question and act == "change":
                seen = rules.whole_fingerprint(question)
                draft = self.draft(kind, which)
                questions.change(self.keeper, self.service.id, question.key, draft, seen)
            elif question and act == "move":
                questions.move(self.keeper, self.service.id, question.key, which + 1)
            elif question:
                questions.remove(self.keeper, self.service.id, question.key)

    def close(self, which: int) -> None:
        state = db.session.get_one(Service, self.service.id).state
        step = steps.REOPEN if state is ServiceState.SUSPENDED else steps.SUSPEND
        sheets.act(self.keeper, self.service.id, step, clock.today() + timedelta(days=1 + which))

    def answer(self, questions_asked: list[Question]) -> dict[str, Any]:
        return {question.key: self.value(question) for question in questions_asked}

    def value(self, question: Question) -> Any:
        if question.kind is K.ONE:
            return question.choices[-1].label
        if question.kind is K.SEVERAL:
            return [choice.label for choice in question.choices[:2]]
        return VALUES[question.kind]

    def wishes(self, typed: dict[str, Any]) -> Wishes:
        return Wishes(service_id=self.service.id, need="Nous cherchons.", answers=typed)


def read(life: Life, request: SupportRequest, browse: Callable[..., Any]) -> tuple[Any, ...]:
    """What the page, the copy and the e-mail to the partner say of the answers."""
    text = html.unescape(browse(life.world.national).get(page_of(request)).text)
    section = text.partition("Les questions du service</h3>")[2].partition("</dl>")[0]
    (copy,) = [
        each["answers"]
        for each in personal.of_person(life.world.coordinator.person_id)["requests"]
        if each["reference"] == request.reference
    ]
    return section, copy


def test_what_was_answered_reads_the_same_whatever_is_changed(make: Builder, world: World, browse) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EDITS, EDITS, EDITS, st.booleans())
    def live(before: Any, meanwhile: Any, after: Any, again: bool) -> None:
        life, actor = Life(make, world), actor_of(world.coordinator)
        for edit in (
            ("add", K.SEVERAL, 2),
            ("add", K.NUMBER, 0),
            *(one for one in before if one[0] != "close"),
        ):
            life.edit(*edit)
        typed = life.answer(life.asked())
        with transaction():
            draft = requests.draft(actor, f"key-{life.service.id}", life.wishes(typed))
        kept = {answer["question"]["key"]: answer for answer in draft.answers}
        assert {key: answer["value"] for key, answer in kept.items()} == typed
        for edit in meanwhile:
            life.edit(*edit)
        page = browse(world.coordinator).get(page_of(draft, action="modifier/verifier"))
        assert page.status_code == 200
        sent = _sent(life, draft, again=again)
        if sent is None:
            reread = db.session.get_one(SupportRequest, draft.id, populate_existing=True)
            assert {answer["question"]["key"]: answer for answer in reread.answers} == kept, "nothing is lost"
            return
        said = read(life, sent, browse)
        for edit in after:
            life.edit(*edit)
        assert read(life, sent, browse) == said
        _asks_the_partner(life, sent)

    live()


def _sent(life: Life, draft: SupportRequest, *, again: bool) -> SupportRequest | None:
    """Sent as it is, or once its questions are answered again; None where it may not be sent."""
    actor = actor_of(life.world.coordinator)
    try:
        with transaction():
            if again:
                requests.change_draft(actor, draft.reference, life.wishes(life.answer(life.asked())))
            requests.submit(actor, draft.reference)
    except (Invalid, Conflict):
        return None
    sent = db.session.get_one(SupportRequest, draft.id, populate_existing=True)
    version = db.session.get_one(ServiceVersion, sent.service_version_id)
    asked = version.sheet["questions"]
    by_key = {question["key"]: question for question in asked}
    for answer in sent.answers:
        question = by_key.get(answer["question"]["key"])
        assert question is None or (question["kind"], question["label"]) == (
            answer["question"]["kind"],
            answer["question"]["label"],
        ), "an answer is to the question of its version"
    assert sent.state is RequestState.TO_ROUTE
    return sent


def _asks_the_partner(life: Life, sent: SupportRequest) -> None:
    with transaction():
        requests.route(
            actor_of(life.world.cell), sent.reference, Details(partner_ids=(life.world.partner.id,))
        )
    letters = db.session.scalars(
        select(OutboxEmail).where(
            OutboxEmail.kind == "requests/route_partner", OutboxEmail.html.contains(sent.reference)
        )
    ).all()
    assert letters
    for answer in sent.answers:
        for letter in letters:
            assert answer["question"]["label"].rstrip(" ?") in html.unescape(letter.text).replace(
                "\N{NO-BREAK SPACE}", " "
            )
