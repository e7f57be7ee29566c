"""Questions of services: who writes them, what is refused, preview, order, history."""

import html

import pytest
from sqlalchemy import select

from portal.catalogue.models import Service
from portal.catalogue.questions import queries, rules
from portal.catalogue.questions import service as questions
from portal.catalogue.questions.rules import Choice, Draft, Question, QuestionKind
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Subject
from portal.refusals import Invalid, NotAllowed, NotFound
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.asking import ALL, NAME, SIZE, THEMES, ask
from tests.integration.requests.steps import World, actor_of

TYPED = {
    "label": "De quoi avez-vous besoin ?",
    "kind": "several",
    "choices": "Gouvernance\n  Budget \n\nAutre",
    "choices_en": "Governance\nBudgets\nOther",
    "help": "Plusieurs sont possibles.",
    "label_en": "What do you need?",
    "needed": "y",
}


def page(service: Service, path: str = "") -> str:
    return f"/services/fiches/{service.id}/questions{path and f'/{path}'}"


def asked(service: Service) -> list[Question]:
    return list(queries.of(db.session.get_one(Service, service.id, populate_existing=True)))


def read(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text).replace("\N{NO-BREAK SPACE}", " ")


def test_a_partner_asks_what_it_needs_to_know(world: World, browse) -> None:
    manager = browse(world.manager)
    assert manager.post(page(world.service, "nouvelle"), TYPED).status_code == 302
    (question,) = asked(world.service)
    assert question.kind is QuestionKind.SEVERAL
    assert question.choices == (
        Choice("Gouvernance", "Governance"),
        Choice("Budget", "Budgets"),
        Choice("Autre", "Other"),
    )
    assert question.needed
    text = read(manager, page(world.service))
    for shown in (
        TYPED["label"],
        "Plusieurs choix",
        "Nécessaire pour envoyer",
        "Ce que voit un pôle",
        "Autre",
    ):
        assert shown in text, shown
    assert page(world.service) in manager.get(f"/services/fiches/{world.service.id}").text


def test_a_preview_shows_what_a_pole_sees_and_saves_nothing(world: World, browse) -> None:
    browser = browse(world.manager)
    answer = browser.post(page(world.service, "nouvelle"), {**TYPED, "intent": "preview"})
    assert answer.status_code == 200
    assert 'type="checkbox" name="answer_preview_' in answer.text
    assert asked(world.service) == []
    wrong = browser.post(page(world.service, "nouvelle"), {**TYPED, "choices": "Une", "intent": "preview"})
    assert wrong.status_code == 422
    assert "choices-error" in wrong.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 201}, "label"),
        ({"kind": ""}, "kind"),
        ({"choices": "Une"}, "choices"),
        ({"choices": "\n".join(map(str, range(21)))}, "choices"),
        ({"choices": f"Une\n{'x' * 121}"}, "choices"),
        ({"choices": "Une\nune", "choices_en": ""}, "choices"),
        ({"choices_en": "Governance"}, "choices_en"),
        ({"help": "x" * 301}, "help"),
    ],
)
def test_what_is_no_question_is_refused_and_kept(
    wrong: dict[str, str], field: str, world: World, browse
) -> None:
    answer = browse(world.manager).post(page(world.service, "nouvelle"), {**TYPED, **wrong})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert TYPED["help"] in answer.text or "help" in wrong
    assert asked(world.service) == []


def test_the_same_question_is_asked_once_and_twenty_at_most(world: World, browse) -> None:
    browser = browse(world.manager)
    new = page(world.service, "nouvelle")
    assert [browser.post(new, TYPED).status_code for _ in range(2)] == [302, 422]
    ask(world.service, *(Question(f"a{n}", QuestionKind.SHORT, f"Question {n}") for n in range(20)))
    assert browser.post(new, TYPED).status_code == 422
    assert len(asked(world.service)) == rules.MOST_QUESTIONS
    assert new not in browser.get(page(world.service)).text


def test_two_people_write_at_once_and_the_second_is_told(world: World, browse) -> None:
    ask(world.service, NAME)
    path = page(world.service, NAME.key)
    seen = {**TYPED, "seen": rules.whole_fingerprint(NAME)}
    assert browse(world.manager).post(path, seen).status_code == 302
    refused = browse(world.national).post(path, {**seen, "label": "Autre chose ?"})
    assert refused.status_code == 422
    assert "entre-temps" in refused.text
    assert "Autre chose" in refused.text
    assert asked(world.service)[0].label == TYPED["label"]


def test_a_question_keeps_its_key_whatever_is_said(world: World, browse) -> None:
    ask(world.service, NAME, SIZE)
    seen = {**TYPED, "seen": rules.whole_fingerprint(NAME)}
    browse(world.manager).post(page(world.service, NAME.key), seen)
    assert [question.key for question in asked(world.service)] == [NAME.key, SIZE.key]


@pytest.mark.parametrize(("place", "order"), [("1", "cab"), ("2", "acb"), ("3", "abc"), ("20", "abc")])
def test_questions_are_asked_in_their_order(place: str, order: str, world: World, browse) -> None:
    ask(world.service, *(Question(key, QuestionKind.SHORT, f"Question {key}") for key in "abc"))
    for _twice in range(2):
        browse(world.manager).post(page(world.service, "c/deplacer"), {"place": place})
    assert "".join(question.key for question in asked(world.service)) == order


def test_what_is_taken_out_is_asked_no_more_once_it_is_confirmed(world: World, browse) -> None:
    ask(world.service, NAME, SIZE)
    browser = browse(world.manager)
    assert "telle qu’elle a été posée" in read(browser, page(world.service, f"{NAME.key}/retirer"))
    assert len(asked(world.service)) == 2
    browser.post(page(world.service, f"{NAME.key}/retirer"))
    assert asked(world.service) == [SIZE]
    assert browser.post(page(world.service, f"{NAME.key}/retirer")).status_code == 404


def test_each_change_is_in_the_history_in_words(world: World, browse) -> None:
    manager = browse(world.manager)
    ask(world.service, THEMES, SIZE)
    seen = {**TYPED, "seen": rules.whole_fingerprint(SIZE), "kind": "date"}
    manager.post(page(world.service, SIZE.key), seen)
    manager.post(page(world.service, f"{SIZE.key}/deplacer"), {"place": "1"})
    manager.post(page(world.service, f"{THEMES.key}/retirer"))
    entries = db.session.scalars(
        select(JournalEntry).where(JournalEntry.subject == Subject.SERVICE).order_by(JournalEntry.id)
    ).all()
    assert [next(iter(entry.changes)) for entry in entries] == ["question", "questions_order", "question"]
    text = read(manager, f"/services/fiches/{world.service.id}/historique")
    for shown in (
        "Question aux pôles",
        SIZE.label,
        "Nombre",
        "Date",
        "Ordre des questions",
        THEMES.label,
        "(rien)",
    ):
        assert shown in text, shown


@pytest.mark.parametrize("path", ["", "nouvelle", NAME.key, f"{NAME.key}/retirer"])
def test_nobody_else_writes_them(path: str, make: Builder, world: World, browse) -> None:
    ask(world.service, NAME)
    stranger = make.manager(make.partner(regions=("28",)))
    assert browse(stranger).get(page(world.service, path)).status_code == 404
    for reader in (world.cell, world.coordinator, world.practitioner):
        assert browse(reader).get(page(world.service, path)).status_code == 403
    draft = Draft(QuestionKind.SHORT, "Combien ?")
    for actor, refusal in ((stranger, NotFound), (world.practitioner, NotAllowed)):
        with pytest.raises(refusal), transaction():
            questions.add(actor_of(actor), world.service.id, draft)


@pytest.mark.parametrize("verb", ["deplacer", "retirer", ""])
def test_a_question_that_is_not_there_is_not_found(verb: str, world: World, browse) -> None:
    answer = browse(world.manager).post(
        page(world.service, f"zzzz/{verb}".strip("/")), {**TYPED, "place": "1"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_is_shown_as_a_pole_sees_it(language: str, world: World, browse) -> None:
    ask(world.service, *ALL)
    browser = browse(world.manager)
    browser.post("/langue", {"language": language, "next": "/"})
    text = read(browser, page(world.service))
    for question in ALL:
        assert (question.label if language == "fr" else question.label_en) in text


def test_a_kind_without_choices_keeps_none(world: World) -> None:
    draft = Draft(QuestionKind.NUMBER, "Combien ?", lines=["Une", "Deux"])
    assert questions.question_of(draft).choices == ()
    with pytest.raises(Invalid):
        questions.question_of(Draft(QuestionKind.ONE, "Laquelle ?"))


def test_the_same_form_shows_what_was_saved(world: World, browse) -> None:
    ask(world.service, THEMES)
    text = read(browse(world.manager), page(world.service, THEMES.key)).replace("\r\n", "\n")
    for shown in (THEMES.label, "Gouvernance\nBudget", "Governance\nBudgets", THEMES.help):
        assert shown in text, shown
