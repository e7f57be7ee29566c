"""What of conversations follows an organisation into another."""

from flask_babel import lazy_gettext as _l

from portal.conversation.guests.models import Guest
from portal.conversation.models import Message, MessageDraft, MessagePartner, Reading
from portal.organisations.handover import Move

MOVES = (
    Move(_l("Messages written"), Message.organisation_id),
    Move(_l("Messages received"), MessagePartner.partner_id, unique=("message_id",)),
    Move(_l("Guests"), Guest.organisation_id),
    Move(_l("Visits of conversations"), Reading.organisation_id),
    Move(_l("Drafts of messages"), MessageDraft.organisation_id, unique=("person_id", "request_id")),
)
