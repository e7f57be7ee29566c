"""Every column that points to an organisation."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Invitation, Membership
from portal.applications.models import Application, ApplicationEvent
from portal.calendars.models import CalendarFeed, CalendarInvitation
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.limits.models import LimitException, PartnerLimit
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.conversation.guests.models import Guest
from portal.conversation.models import Message, MessageDraft, MessagePartner, Reading
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.models import AlsoServed, Intervention
from portal.interventions.network.models import NetworkAct
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import LIVE
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences.models import EmailChoice
from portal.organisations.models import (
    Coverage,
    Organisation,
    OrganisationAbsence,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS
from portal.sessions import queries as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.needs.models import WantedSession
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import LIVE as LIVE_REGISTRATIONS
from portal.teams.models import MembersReview

_planned = select(Intervention.id).where(Intervention.state == InterventionState.PLANNED)
_sessions_to_come = select(CollectiveSession.id).where(sessions.is_to_come())
_open_requests = select(SupportRequest.id).where(SupportRequest.state.in_(OPEN_REQUESTS))
_of_open_requests = select(Intervention.id).join(Assignment).where(Assignment.request_id.in_(_open_requests))

POINTING: dict[Any, Callable[[], Any] | None] = {
    SupportRequest.pole_id: lambda: SupportRequest.state.in_(OPEN_REQUESTS),
    Assignment.partner_id: lambda: Assignment.state.in_(LIVE_ASSIGNMENTS),
    JointPole.pole_id: lambda: JointPole.state.in_(LIVE) & JointPole.request_id.in_(_open_requests),
    AlsoServed.pole_id: lambda: AlsoServed.intervention_id.in_(_planned),
    Confirmation.pole_id: lambda: Confirmation.intervention_id.in_(_of_open_requests),
    Registration.pole_id: lambda: (
        Registration.standing.in_(LIVE_REGISTRATIONS) & Registration.session_id.in_(_sessions_to_come)
    ),
    CollectiveSession.partner_id: sessions.is_to_come,
    WantedSession.partner_id: None,  # that it was asked once
    CalendarInvitation.organisation_id: lambda: (
        CalendarInvitation.ended_at.is_(None) & CalendarInvitation.intervention_id.in_(_planned)
    ),
    CalendarFeed.organisation_id: None,  # read by whoever may act for it, which nobody may meanwhile
    Invitation.organisation_id: lambda: Invitation.accepted_at.is_(None) & Invitation.revoked_at.is_(None),
    OrganisationAbsence.organisation_id: lambda: OrganisationAbsence.ends_on >= clock.today(),
    Membership.organisation_id: None,  # comes back with the organisation; nobody acts by it meanwhile
    Application.pole_id: None,  # admitted long ago
    ApplicationEvent.organisation_id: None,
    RequestEvent.organisation_id: None,
    RequestEvent.pole_id: None,
    MembersReview.organisation_id: None,
    Organisation.merged_into_id: None,
    Delivery.partner_id: None,
    Coverage.organisation_id: None,
    Recognition.pole_id: None,
    StageChange.pole_id: None,
    PoleSector.pole_id: None,
    PoleMember.pole_id: None,
    Message.organisation_id: None,
    MessagePartner.partner_id: None,
    Reading.organisation_id: None,
    MessageDraft.organisation_id: None,  # ends with its request
    EmailChoice.organisation_id: None,  # how its people hear of it, should it come back
    OutboxEmail.organisation_id: None,
    Service.checked_by_id: None,
    ServiceRoom.partner_id: None,
    BlockedDemand.pole_id: None,
    LimitException.organisation_id: None,
    PartnerLimit.partner_id: None,
    WaitingPlace.pole_id: None,  # nobody waits behind a pole that ended
    NetworkAct.organisation_id: None,  # done
    Guest.organisation_id: None,  # comes for a request, and its link ends by itself
}
"""What of its rows is open, or None for what is past or a fact."""
