"""What tests of teams do again and again."""

import re
from collections.abc import Callable

from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access.roles import Actor
from portal.accounts.models import Invitation, Membership
from portal.db import db
from portal.journal.models import JournalEntry
from tests.browser import Browser

Browse = Callable[..., Browser]
GUEST = "nadia@exemple.test"
WORDS = "trois petits chats dorment au grenier"


def team_of(membership: Membership) -> str:
    return f"/organisations/{membership.organisation_id}/personnes"


def page_of(membership: Membership, page: str) -> str:
    return f"{team_of(membership)}/{membership.id}/{page}"


def invite(browser: Browser, membership: Membership, **fields: str) -> TestResponse:
    """Fill in the form of the membership's organisation."""
    typed = {
        "email": GUEST,
        "given_name": "Nadia",
        "family_name": "Benali",
        "role": "member",
        "language": "fr",
        **fields,
    }
    return browser.post(f"{team_of(membership)}/inviter", typed)


def link_in(text: str) -> str:
    found = re.search(r"http://portal\.test(/invitation/\S+)", text)
    assert found, text
    return found.group(1)


def accept(browser: Browser, link: str, **fields: str) -> TestResponse:
    typed = {"given_name": "Nadia", "family_name": "Benali", "password": WORDS, "password_confirm": WORDS}
    return browser.post(link, {**typed, **fields})


def invitation() -> Invitation:
    return db.session.scalars(select(Invitation).execution_options(populate_existing=True)).one()


def acts() -> list[str]:
    """What the journal holds, in order."""
    return list(db.session.scalars(select(JournalEntry.act).order_by(JournalEntry.id)))


def actor_of(membership: Membership) -> Actor:
    return Actor(
        membership.person_id,
        membership.person.name,
        membership.person.email,
        membership.id,
        membership.role,
        membership.organisation_id,
        membership.organisation.name,
    )
