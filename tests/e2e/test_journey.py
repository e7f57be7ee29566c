"""The main job in a real browser: sign in, ask, route, accept, log, follow, read the usage; with real e-mails."""

import re

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.requests.models import SupportRequest
from tests.builders import Builder
from tests.e2e.deliver import deliver_all
from tests.smtp import MailServer

NEED = "Nous voulons écrire à plusieurs la charte de notre pôle."
REPORT = "Atelier : trois valeurs communes, un calendrier."


OTHER_HANDS = [pytest.param(one, marks=pytest.mark.one_database) for one in ("keyboard", "no-javascript")]


@pytest.mark.parametrize("hands", ["mouse", *OTHER_HANDS])
def test_from_the_need_to_the_figures(make: Builder, visit, mailbox: MailServer, hands: str) -> None:
    coordinator = make.coordinator()
    practitioner = make.practitioner(make.partner(regions=("28",), name="Coopérative Les Passerelles"))
    cell = make.regional_admin("28")
    service = make.service(practitioner.organisation, name="Appui à la gouvernance")

    pole = visit(hands=hands)
    pole.sign_in(coordinator.person.email)
    pole.follow(pole.words("Ask for support"))
    pole.choose(pole.words("Service"), service.name)
    pole.press(pole.words("Continue"))
    pole.write(pole.words("Your need, in plain words"), NEED)
    pole.press(pole.words("Continue"))
    pole.tick(pole.words("By telephone"), kind="radio")
    pole.write(pole.words("Telephone"), "02 35 00 00 00")
    pole.press(pole.words("Continue"))
    assert NEED in pole.page.get_by_role("main").inner_text(), "all of it is shown before it is sent"
    pole.press(pole.words("Send the request"))
    assert NEED in pole.page.get_by_role("main").inner_text()
    assert pole.words("To be routed") in pole.page.get_by_role("main").inner_text()
    reference = db.session.scalars(select(SupportRequest.reference)).one()
    assert reference in pole.page.title()

    deliver_all()
    [to_route] = mailbox.to(cell.person.email)
    assert coordinator.organisation.name in to_route["Subject"]

    router = visit(hands=hands)
    router.sign_in(cell.person.email)
    router.open(link_in(to_route))
    panel = router.unfold(router.words("Route to partners"))
    router.tick(practitioner.organisation.name, inside=panel)
    router.press(router.words("Route to partners"), inside=panel)
    assert router.words("The partners have been asked.") in router.page.inner_text("body")

    deliver_all()
    [to_answer] = mailbox.to(practitioner.person.email)
    partner = visit(hands=hands)
    partner.sign_in(practitioner.person.email)
    partner.open(link_in(to_answer))
    panel = partner.unfold(partner.words("Accept"))
    partner.write(partner.words("A word for the pole"), "Je vous appelle lundi.", inside=panel)
    partner.press(partner.words("Accept"), inside=panel)
    assert partner.words("You have accepted. The pole is told.") in partner.page.inner_text("body")

    partner.follow(partner.words("Log an intervention"))
    partner.write(partner.words("Date"), clock.today().isoformat())
    partner.write(partner.words("Length"), "3h30")
    partner.write(partner.words("Report"), REPORT)
    partner.press(partner.words("Save"))
    assert REPORT in partner.page.get_by_role("main").inner_text()

    deliver_all()
    told = [message["Subject"] for message in mailbox.to(coordinator.person.email)]
    assert len(told) == 3, f"sent, accepted, logged; not {told}"
    pole.open(f"/demandes/{reference}")
    page = pole.page.get_by_role("main").inner_text()
    assert REPORT in page
    assert "Je vous appelle lundi." in page

    panel = partner.unfold(partner.words("Complete"))
    partner.tick(partner.words("The need was met"), kind="radio", inside=panel)
    partner.write(partner.words("Review"), "La charte est écrite.", inside=panel)
    partner.press(partner.words("Complete"), inside=panel)

    router.follow(router.words("Usage"), inside=router.page.get_by_role("banner"))
    figures = router.page.get_by_role("main").inner_text()
    assert "0,5" in figures, "three hours and a half make half a support day"
    assert not db.session.scalar(select(OutboxEmail).where(OutboxEmail.given_up_at.is_not(None)))


def link_in(message) -> str:
    """The path of the page that an e-mail leads to."""
    body = message.get_body(("plain",)).get_content()
    found = re.search(r"http://portal\.test(/demandes/\S+)", body)
    assert found, body
    return found.group(1)
