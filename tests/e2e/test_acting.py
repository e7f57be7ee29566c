"""Two tabs, two organisations: what is sent goes where it was opened for, once its author has said so."""

import pytest
from sqlalchemy import select

from portal.access.roles import Role
from portal.db import db
from portal.requests.models import SupportRequest
from tests.axe import violations
from tests.builders import Builder

WIDE, NARROW = 1280, 360
NEED = "Nous cherchons comment partager nos locaux avec l’atelier voisin, sur deux sites."


@pytest.mark.parametrize(("hands", "width"), [("mouse", WIDE), ("no-javascript", NARROW)])
def test_a_form_opened_before_the_switch_is_sent_for_whom_it_was_opened(
    make: Builder, visit, hands: str, width: int
) -> None:
    first = make.coordinator(make.pole(name="Pôle du Lin"))
    other = make.member(
        make.pole(name="Pôle des Érables et des métiers du bois"), Role.COORDINATOR, first.person
    )
    visitor = visit(width=width, hands=hands)
    visitor.come_in(first)
    visitor.open("/demandes/nouvelle?etape=besoin")
    visitor.page.locator("#need").fill(NEED)

    tab = visitor.page.context.new_page()
    tab.goto(f"{visitor.address}/demandes")
    if width == NARROW:
        tab.locator(".menu-toggle summary").click()
    tab.locator("details.acting summary").click()
    with tab.expect_navigation():  # a tab that is closed meanwhile may neither send nor end
        tab.get_by_role("button", name=other.organisation.name).click()
    tab.close()

    visitor.press(visitor.words("Save and finish later"))
    visitor.page.get_by_role("heading", name=visitor.words("For which organisation?")).wait_for()
    assert NEED in visitor.page.locator("main").inner_text()
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if hands != "no-javascript":
        assert not violations(visitor.page)
    assert not db.session.scalars(select(SupportRequest.id)).all(), "nothing is sent before"
    visitor.press(visitor.words("Send for %(name)s", name="Pôle du Lin"))
    visitor.page.get_by_text(visitor.words("Your draft is saved.")).wait_for()
    assert db.session.scalars(select(SupportRequest.pole_id)).all() == [first.organisation_id]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_link_opened_for_the_other_organisation_leads_on(make: Builder, visit, width: int) -> None:
    first = make.coordinator(make.pole(name="Pôle du Lin"))
    partner = make.partner(name="Coopérative Les Passerelles")
    make.member(partner, Role.PRACTITIONER, first.person)
    request = make.raw_request()
    make.raw_assignment(request, partner)
    visitor = visit(width=width)
    visitor.come_in(first)
    visitor.open("/demandes")
    if width == NARROW:
        visitor.page.locator(".menu-toggle summary").click()
    visitor.page.locator("details.acting summary").click()
    visitor.page.get_by_role("button", name=partner.name).click()
    visitor.page.locator("details.acting summary strong", has_text=partner.name).wait_for(state="attached")
    if width == NARROW:
        visitor.page.locator(".menu-toggle summary").click()
    visitor.page.locator("details.acting summary").click()
    visitor.page.get_by_role("button", name="Pôle du Lin").click()
    visitor.page.locator("details.acting summary strong", has_text="Pôle du Lin").wait_for(state="attached")
    visitor.open(f"/demandes/{request.reference}")
    assert not violations(visitor.page)
    visitor.press(visitor.words("Act for %(name)s and open the page", name=partner.name))
    visitor.page.wait_for_url(f"**/demandes/{request.reference}")
    assert request.reference in visitor.page.locator("main").inner_text()
