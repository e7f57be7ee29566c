"""The page of a service, the list, the form, a draft, the page where a cell routes, and what sending meets say the
same of the same pole."""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Eligibility, Recognised
from portal.catalogue.eligibility.words import in_short, reasons, reasons_against, verdict
from portal.catalogue.models import Service, ServiceRecognition
from portal.db import transaction
from portal.organisations.models import Pole, Recognition
from portal.organisations.rules import RecognitionKind, Stage
from portal.requests.steps import RequestState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, page_of, request_fields, the_request

PLACES = [("28", "76"), ("28", None), ("11", "75"), (None, None)]
COVERED = [(), ("28",), ("84",), None]
KINDS = (RecognitionKind.AMI_PHASE_1, RecognitionKind.CHARTER)
recognitions = st.frozensets(
    st.builds(Recognised, st.sampled_from(KINDS), st.sampled_from([None, 2021])), max_size=2
)


def asked_by(service: Service, wanted: frozenset[Recognised]) -> None:
    with transaction() as session:
        session.add_all(ServiceRecognition(service_id=service.id, kind=k, year=y) for k, y in wanted)


def recognised(make: Builder, known: frozenset[Recognised], **values: object) -> Pole:
    pole = make.pole(**values)
    with transaction() as session:
        session.add_all(Recognition(pole_id=pole.id, kind=kind, year=year) for kind, year in known)
    return pole


def text_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return flat(html.unescape(answer.text))


def flat(text: str) -> str:
    """With spaces of one kind."""
    return re.sub(r"\s+", " ", text)


def check(make: Builder, browse, cell: Browser, pole: Pole, service: Service) -> Eligibility:
    """Look everywhere, then send."""
    said = eligibility.of(pole.id, pole.place, [service.id])[service.id]
    coordinator = make.coordinator(pole)
    browser = browse(coordinator)

    said_in_short, against = flat(verdict(said)), [flat(each) for each in reasons_against(said)]
    page = text_of(browser, f"/services/{service.slug}")
    assert said_in_short in page
    assert all(flat(reason) in page for reason in reasons(said))
    listed = text_of(browser, "/services")
    card = next(each for each in listed.split("<li") if f'href="/services/{service.slug}"' in each)
    assert said_in_short in card
    assert all(reason in card for reason in against)
    form = text_of(browser, "/demandes/nouvelle")
    option = re.search(rf'<option[^>]*value="{service.id}"[^>]*>([^<]*)<', form)
    assert option
    assert (said_in_short in option[1]) is (said.weight != "for")
    assert all(reason in form for reason in against)
    draft = make.raw_request(coordinator, RequestState.DRAFT, service)
    assert flat(in_short(said)) in text_of(browser, page_of(draft))
    check_routing(cell, page_of(make.raw_request(coordinator, service=service)), said)

    answers = [
        ask(browser, request_fields(service, once=f"new-{pole.id}")),
        browser.post(page_of(draft, action="envoyer"), follow_redirects=True),
    ]
    assert answers[0].status_code == (302 if said.may_ask else 422)
    refused = [reason in flat(html.unescape(answers[1].text)) for reason in against]
    assert all(refused)
    with transaction() as session:
        session.refresh(draft)
        assert (draft.state is not RequestState.DRAFT) is said.may_ask
    return said


def check_routing(cell: Browser, path: str, said: Eligibility) -> None:
    """The form where a cell chooses partners gives all the reasons."""
    page = text_of(cell, path)
    form = page[page.index('id="action-route"') :].partition("</form>")[0]
    for reason in (verdict(said, own=False), *reasons(said)):
        assert flat(reason) in form, reason


def test_all_say_the_same_of_any_pole_and_service(make: Builder, world: World, browse) -> None:
    cell = browse(world.national)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from([None, *Stage]),
        st.sampled_from([(), (Stage.EMERGING,), (Stage.DEVELOPING, Stage.CONSOLIDATING)]),
        recognitions,
        recognitions,
        st.sampled_from(PLACES),
        st.sampled_from(COVERED),
    )
    def everywhere(stage, stages, known, wanted, place, covered) -> None:
        service = make.service(*([] if covered is None else [make.partner(regions=covered)]), stages=stages)
        asked_by(service, wanted)
        pole = recognised(make, known, stage=stage, region_code=place[0], department_code=place[1])
        check(make, browse, cell, pole, service)

    everywhere()


@pytest.mark.parametrize("stage", [None, Stage.DEVELOPING])
def test_a_pole_of_which_nothing_is_known_may_ask_and_is_checked(
    make: Builder, world: World, browse, stage: Stage | None
) -> None:
    cell = browse(world.national)
    service = make.service(make.partner(regions=("28",)), stages=(Stage.DEVELOPING,))
    asked_by(service, frozenset({Recognised(RecognitionKind.CHARTER, None)}))
    pole = make.pole(stage=stage, region_code=None, department_code=None)
    said = check(make, browse, cell, pole, service)
    assert said.may_ask
    assert said.weight == "to_check"


def test_a_draft_meets_the_rules_of_the_day_it_is_sent(make: Builder, world: World, browse) -> None:
    """What changed since it was written is said where it is sent, and nothing that was written is lost."""
    pole = recognised(make, frozenset({Recognised(RecognitionKind.AAP_2013, 2013)}), stage=Stage.DEVELOPING)
    browser = browse(make.coordinator(pole))
    ask(browser, request_fields(world.service, intent="draft"))
    asked_by(world.service, frozenset({Recognised(RecognitionKind.CHARTER, None)}))
    draft = page_of(the_request())
    assert "Signataire de la charte" in text_of(browser, f"{draft}/modifier/verifier")
    answer = browser.post(f"{draft}/envoyer")
    assert answer.status_code == 422
    assert "Signataire de la charte" in html.unescape(answer.text)
    assert "partager nos locaux" in text_of(browser, draft)


def test_a_visitor_reads_which_recognitions_are_asked_for(make: Builder, browse) -> None:
    service = make.service(make.partner())
    asked_by(service, frozenset({Recognised(RecognitionKind.AMI_PHASE_1, 2021)}))
    assert "AMI phase 1 (2021)" in text_of(browse(None), f"/services/{service.slug}")
