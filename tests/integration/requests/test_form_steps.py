"""A request is written in short steps: each is saved, all can be opened at any time, only sending sends."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.roles import Role
from portal.db import db
from portal.organisations.rules import Stage
from portal.requests.models import SupportRequest
from portal.requests.steps import OPEN_REQUESTS, RequestState
from portal.requests.writing.rules import HOLDS, FormStep
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, page_of, request_fields, the_request
from tests.races import together

NEED = "Nous cherchons comment partager nos locaux avec deux associations."
STEPS = [step for step in FormStep if step is not FormStep.QUESTIONS]
"""Of a service that asks nothing; its questions: test_answers."""
TYPED: dict[FormStep, dict[str, str]] = {
    FormStep.SERVICE: {"service_id": "0"},
    FormStep.NEED: {"need": NEED, "subject": "Des locaux"},
    FormStep.WISHES: {"mode": "remote", "contact_preference": "phone", "phone": "02 35 00 00 00"},
}


def at(draft: SupportRequest, step: FormStep) -> str:
    return page_of(draft, action=f"modifier/{step.value}")


def text(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text)


def held(draft: SupportRequest) -> dict[str, Any]:
    fresh = db.session.get_one(SupportRequest, draft.id, populate_existing=True)
    return {name: getattr(fresh, name) for step in STEPS for name in HOLDS.get(step, ())}


def drafts() -> int:
    return db.session.scalar(select(func.count()).select_from(SupportRequest)) or 0


@pytest.fixture
def draft(make: Builder, world: World) -> SupportRequest:
    return make.raw_request(world.coordinator, RequestState.DRAFT, world.service, need="", subject="")


def test_who_comes_from_a_service_writes_three_screens(world: World, browse) -> None:
    pole, new = browse(world.coordinator), f"/demandes/nouvelle?service={world.service.slug}"
    assert world.service.name in text(pole, new)
    need = pole.post(new, {"once": "a", "need": NEED})
    wishes = pole.post(need.location, {"mode": "either", "contact_preference": "either"})
    assert wishes.location == at(the_request(), FormStep.CHECK)
    assert NEED in text(pole, wishes.location)
    assert pole.post(page_of(the_request(), action="envoyer")).status_code == 302
    sent = the_request()
    assert (sent.need, sent.service_id) == (NEED, world.service.id)
    assert sent.state in OPEN_REQUESTS


def test_nothing_is_made_by_reading(world: World, browse) -> None:
    for query in ("", "?etape=besoin", f"?service={world.service.slug}", "?service=inconnu", "?etape=x"):
        assert browse(world.coordinator).get(f"/demandes/nouvelle{query}").status_code == 200
    assert drafts() == 0


def test_a_service_that_is_not_open_yet_begins_where_it_is_said_why(
    make: Builder, world: World, browse
) -> None:
    later = make.service(world.partner, stages=(Stage.CONSOLIDATING,))
    pole = browse(make.coordinator(make.pole(stage=Stage.EMERGING)))
    page = text(pole, f"/demandes/nouvelle?service={later.slug}")
    assert 'name="service_id"' in page
    assert "Pas encore" in page


@pytest.mark.parametrize("step", TYPED)
def test_each_step_writes_what_it_holds_and_nothing_else(
    browse, world: World, draft: SupportRequest, step: FormStep
) -> None:
    before = held(draft)
    everything = {name: value for fields in TYPED.values() for name, value in fields.items()}
    assert browse(world.coordinator).post(at(draft, step), everything).status_code == 302
    after = held(draft)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {*HOLDS[step]} | ({"subject"} if step is FormStep.NEED else set())
    assert changed


@pytest.mark.parametrize("step", [step for step in STEPS if step is not FormStep.CHECK])
@pytest.mark.parametrize("to", STEPS)
def test_every_button_saves_and_leads_where_it_says(
    browse, world: World, draft: SupportRequest, step: FormStep, to: FormStep
) -> None:
    pole = browse(world.coordinator)
    answer = pole.post(at(draft, step), {**TYPED.get(step, {}), "intent": to.value})
    assert answer.location == at(draft, to)
    if step is FormStep.NEED:
        assert held(draft)["need"] == NEED


def test_the_list_says_where_one_is_and_what_is_missing(browse, world: World, draft: SupportRequest) -> None:
    pole = browse(world.coordinator)
    for step in STEPS:
        page = text(pole, at(draft, step))
        assert page.count('aria-current="step"') == 1
        assert "À rédiger" in page, "the need"
    pole.post(at(draft, FormStep.NEED), TYPED[FormStep.NEED])
    assert "À rédiger" not in text(pole, at(draft, FormStep.CHECK))


def test_one_goes_on_where_something_is_missing(browse, world: World, draft: SupportRequest) -> None:
    pole = browse(world.coordinator)
    assert pole.get(page_of(draft, action="modifier")).location == at(draft, FormStep.NEED)
    pole.post(at(draft, FormStep.NEED), TYPED[FormStep.NEED])
    assert pole.get(page_of(draft, action="modifier")).location == at(draft, FormStep.CHECK)


def test_the_check_says_what_is_missing_with_its_link(browse, world: World, draft: SupportRequest) -> None:
    page = text(browse(world.coordinator), at(draft, FormStep.CHECK))
    assert "manque" in page
    for step in STEPS:
        if step is not FormStep.CHECK:
            assert f'href="{at(draft, step)}"' in page, step
    assert f'action="{page_of(draft, action="envoyer")}"' in page


def test_who_may_not_send_is_told_who_does(
    make: Builder, browse, world: World, draft: SupportRequest
) -> None:
    member = browse(make.member(world.coordinator.organisation, Role.MEMBER))
    page = text(member, at(draft, FormStep.CHECK))
    assert f'action="{page_of(draft, action="envoyer")}"' not in page
    assert "relit ce brouillon et l’envoie" in page


def test_documents_are_passed_unless_they_are_wanted(make: Builder, browse, world: World) -> None:
    pole = browse(world.coordinator)
    wanting = make.service(world.partner, documents_wanted="Vos statuts.")
    for service, following in ((world.service, FormStep.CHECK), (wanting, FormStep.DOCUMENTS)):
        draft = make.raw_request(world.coordinator, RequestState.DRAFT, service)
        answer = pole.post(at(draft, FormStep.WISHES), TYPED[FormStep.WISHES])
        assert answer.location == at(draft, following)
        assert ("Vos statuts." in text(pole, at(draft, FormStep.DOCUMENTS))) is (service is wanting)


def test_what_to_write_depends_on_the_service(browse, world: World, draft: SupportRequest) -> None:
    pole = browse(world.coordinator)
    coaching = text(pole, at(draft, FormStep.NEED))
    assert "ce que vous avez déjà essayé" in coaching
    pole.post(at(draft, FormStep.SERVICE), {"service_id": "0"})
    guided = text(pole, at(draft, FormStep.NEED))
    assert "Ce qui se passe dans votre pôle" in guided
    assert "Ce qui se passe dans votre pôle" not in coaching


def seen(page: str) -> str:
    (stamp,) = re.findall(r'name="seen"[^>]*value="(\w+)"', page)
    return str(stamp)


def test_a_colleague_who_changed_the_step_meanwhile_loses_nothing(
    browse, world: World, draft: SupportRequest
) -> None:
    one, other = browse(world.coordinator), browse(world.colleague)
    drawn = seen(one.get(at(draft, FormStep.NEED)).text)
    other.post(at(draft, FormStep.NEED), {"need": "Ce que ma collègue écrit."})
    refused = one.post(at(draft, FormStep.NEED), {"need": NEED, "seen": drawn})
    assert refused.status_code == 422
    assert "Ce que ma collègue écrit." in refused.text
    assert NEED in refused.text
    assert held(draft)["need"] == "Ce que ma collègue écrit."
    again = {"need": "Les deux.", "seen": seen(refused.text)}
    assert one.post(at(draft, FormStep.NEED), again).status_code == 302
    assert held(draft)["need"] == "Les deux."


def test_another_step_that_was_changed_meanwhile_is_in_nobody_s_way(
    browse, world: World, draft: SupportRequest
) -> None:
    one, other = browse(world.coordinator), browse(world.colleague)
    drawn = seen(one.get(at(draft, FormStep.NEED)).text)
    other.post(at(draft, FormStep.WISHES), TYPED[FormStep.WISHES])
    assert one.post(at(draft, FormStep.NEED), {"need": NEED, "seen": drawn}).status_code == 302
    assert held(draft)["phone"] == "02 35 00 00 00"


def test_the_same_words_from_two_tabs_are_no_change(browse, world: World, draft: SupportRequest) -> None:
    pole = browse(world.coordinator)
    drawn = seen(pole.get(at(draft, FormStep.NEED)).text)
    for _ in range(2):
        assert pole.post(at(draft, FormStep.NEED), {"need": NEED, "seen": drawn}).status_code == 302


def test_what_is_wrong_leads_nowhere_and_stays(browse, world: World, draft: SupportRequest) -> None:
    wrong = {**TYPED[FormStep.WISHES], "wished_from": "2027-03-02", "wished_until": "2027-03-01"}
    answer = browse(world.coordinator).post(at(draft, FormStep.WISHES), {**wrong, "intent": "verifier"})
    assert answer.status_code == 422
    assert 'value="2027-03-02"' in answer.text
    assert held(draft)["phone"] is None


def test_a_request_that_was_sent_is_written_no_more(browse, make: Builder, world: World) -> None:
    sent = make.raw_request(world.coordinator, service=world.service)
    pole = browse(world.coordinator)
    for step in STEPS:
        assert pole.get(at(sent, step)).status_code == 409
        assert pole.post(at(sent, step), TYPED.get(step, {})).status_code == 409


def test_a_step_that_does_not_exist_is_not_found(browse, world: World, draft: SupportRequest) -> None:
    pole = browse(world.coordinator)
    assert pole.get(page_of(draft, action="modifier/autre")).status_code == 404
    assert pole.post(at(draft, FormStep.CHECK)).status_code == 405


def test_the_first_form_sent_again_after_it_was_sent_leads_to_what_it_made(browse, world: World) -> None:
    pole = browse(world.coordinator)
    ask(pole, request_fields(world.service))
    again = pole.post("/demandes/nouvelle", {"once": "a-key", "service_id": str(world.service.id)})
    assert again.location == page_of(the_request())


def test_two_steps_saved_at_once_are_both_kept(app, browse, world: World, draft: SupportRequest) -> None:
    people = browse(world.coordinator), browse(world.colleague)
    for person in people:
        person.get("/")
    together(
        app,
        lambda: people[0].post(at(draft, FormStep.NEED), TYPED[FormStep.NEED]),
        lambda: people[1].post(at(draft, FormStep.WISHES), TYPED[FormStep.WISHES]),
    )
    after = held(draft)
    assert (after["need"], after["phone"]) == (NEED, "02 35 00 00 00")


def similar(browser: Browser, draft: SupportRequest) -> list[str]:
    """The references that the check shows as like it."""
    return re.findall(
        r'href="/demandes/([\d-]+)#action-add_information"', browser.get(at(draft, FormStep.CHECK)).text
    )


def test_open_requests_of_the_pole_like_it_are_shown_and_stop_nothing(
    make: Builder, browse, world: World
) -> None:
    pole, other = browse(world.coordinator), make.service(world.partner)
    words = {"need": NEED, "search_text": "nous cherchons comment partager locaux avec deux associations"}
    make.raw_request(service=world.service, **words)
    for state in (RequestState.COMPLETED, RequestState.WITHDRAWN, RequestState.DRAFT):
        make.raw_request(world.coordinator, state, world.service, **words)
    same_service = make.raw_request(world.coordinator, service=world.service, need="Rien de tel.")
    near_words = make.raw_request(world.coordinator, service=other, **words)
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service, **words)
    assert similar(pole, draft) == [near_words.reference, same_service.reference]
    assert pole.post(page_of(draft, action="envoyer")).status_code == 302


def test_another_need_resembles_nothing(make: Builder, browse, world: World) -> None:
    make.raw_request(world.coordinator, service=make.service(), search_text="un four pour la boulangerie")
    draft = make.raw_request(
        world.coordinator, RequestState.DRAFT, search_text="ecrire une charte de gouvernance"
    )
    assert similar(browse(world.coordinator), draft) == []


def test_the_check_costs_the_same_however_many_are_open(
    make: Builder, browse, world: World, draft: SupportRequest, queries: list[str]
) -> None:
    pole, costs = browse(world.coordinator), []
    for _ in range(3):
        make.raw_request(world.coordinator, service=world.service)
        make.raw_request(world.coordinator, service=world.service)
        pole.get(at(draft, FormStep.CHECK))
        queries.clear()
        pole.get(at(draft, FormStep.CHECK))
        costs.append(len(queries))
    assert costs[1] == costs[2] <= 16
