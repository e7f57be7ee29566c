"""E-mails about an account."""

from portal.accounts.models import Person
from portal.notifications.message import Message, Recipient
from portal.notifications.outbox import enqueue
from portal.web.addresses import absolute_url

_KINDS = {
    "security/email/reset_instructions": "accounts/reset_instructions",
    "security/email/reset_notice": "accounts/password_changed",
    "security/email/change_notice": "accounts/password_changed",
}


def recipient(person: Person) -> Recipient:
    """A person as the outbox writes to them."""
    return Recipient(person.email, person.name, person.language)


def security_message(template: str, person: Person, reset_link: str | None) -> None:
    """Write what Flask-Security has to say, in our words."""
    enqueue(
        _KINDS[template],
        recipient(person),
        Message(
            action_url=reset_link or absolute_url("security.forgot_password"), context={"person": person}
        ),
        confidential=reset_link is not None,
    )
