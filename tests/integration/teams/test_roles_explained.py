"""Whoever gives a role reads what it may do, and what is said is so."""

import re

import pytest
from flask_babel import force_locale

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.accounts.rules import ROLES_OF
from portal.accounts.words import ROLES, what_a_role_may
from portal.organisations.rules import OrganisationKind
from tests.builders import Builder
from tests.integration.accounts.steps import english

P = Permission
SAID = {
    "Sends requests": P.REQUEST_SUBMIT,
    "withdraws them": P.REQUEST_WITHDRAW,
    "answers questions": P.REQUEST_ANSWER,
    "keeps the page of the": P.ORGANISATION_EDIT,
    "invites people": P.PEOPLE_MANAGE,
    "Reads the requests": P.REQUEST_READ,
    "prepares drafts": P.REQUEST_DRAFT,
    "which a coordinator sends": P.REQUEST_DRAFT,
    "Accepts or declines requests": P.ASSIGNMENT_DECIDE,
    "plans and logs interventions": P.INTERVENTION_LOG,
    "logs interventions": P.INTERVENTION_LOG,
    "names the referents": P.TEAM_ASSIGN,
    "Routes the requests": P.REQUEST_ROUTE,
    "gives an opinion on applications": P.APPLICATION_ADVISE,
    "follows poles": P.ORGANISATION_READ,
    "usage": P.USAGE_READ,
    "Sees the whole country": P.JOURNAL_READ,
    "decides on applications": P.APPLICATION_DECIDE,
    "keeps the rules of the bundle": P.BUNDLE_RULE,
    "creates": P.ORGANISATION_CREATE,
    "merges organisations": P.ORGANISATION_MERGE,
    "imports and exports": P.TRANSFER_RUN,
    "Reads the figures": P.USAGE_READ,
}
# What the cell of the country does beside what it shares with the others is all that its line says.
SHARED_BY_CELLS = ROLE_PERMISSIONS[Role.REGIONAL_ADMIN]


def explained(role: Role) -> str:
    with force_locale("en"):
        return what_a_role_may(role)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_is_said_of_it_and_nothing_else_that_is_said_of_others(
    make: Builder, role: Role
) -> None:
    sentence = explained(role)
    said = {right for words, right in SAID.items() if words in sentence}
    assert said, sentence
    rights = ROLE_PERMISSIONS[role]
    assert said <= rights, sentence
    if role is Role.NATIONAL_ADMIN:
        rights = rights - SHARED_BY_CELLS | said
    of_its_kind = {other for roles in ROLES_OF.values() if role in roles for other in roles}
    told_of_colleagues = {
        right for other in of_its_kind for words, right in SAID.items() if words in explained(other)
    }
    assert rights & told_of_colleagues - {P.REQUEST_READ, P.REQUEST_DRAFT} <= said, sentence


@pytest.mark.parametrize("kind", [kind for kind in OrganisationKind if ROLES_OF[kind]])
def test_each_role_is_explained_where_it_is_given(make: Builder, browse, kind: OrganisationKind) -> None:
    """Where one invites, and where one changes a role."""
    role = sorted(ROLES_OF[kind])[0]
    organisation = {
        OrganisationKind.POLE: make.pole,
        OrganisationKind.PARTNER: make.partner,
        OrganisationKind.REGIONAL_CELL: lambda: make.regional_admin("28").organisation,
        OrganisationKind.NATIONAL_CELL: lambda: make.national_admin().organisation,
        OrganisationKind.FUNDER: lambda: make.funder(),
    }[kind]()
    member = make.member(organisation, role)
    reader = make.national_admin()
    browser = english(browse(reader))
    team = f"/organisations/{organisation.id}/personnes"
    for path in (f"{team}/inviter", f"{team}/{member.id}/role"):
        page = browser.get(path)
        assert page.status_code == 200, path
        for one in Role:
            assert (explained(one) in page.text) == (one in ROLES_OF[kind]), (path, one)
        hints = re.findall(r'aria-describedby="[^"]*"', page.text)
        assert len(hints) >= len(ROLES_OF[kind])
    assert ROLES.keys() == set(Role)
