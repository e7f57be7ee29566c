"""One example of each kind of e-mail, declared by the feature that sends it, to look at and to test.

An example uses invented names and fixed dates, and needs no database.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from flask_babel import force_locale

from portal import ladder
from portal.feature import features
from portal.notifications import emails
from portal.notifications.emails import Message, Recipient, Rendered
from portal.notifications.preferences.service import stop_token, stop_url

_NO_TOKEN = "an-example-that-opens-nothing"  # noqa: S105 (shown in examples, on purpose)
Example = Callable[[], tuple[Recipient, Message]]


def kinds() -> list[str]:
    """Every kind of e-mail, in order."""
    return sorted(_examples())


def _examples() -> dict[str, Example]:
    return {kind: example for feature in features() for kind, example in feature.emails.items()}


def example(kind: str, language: str) -> tuple[Recipient, Message]:
    """The example of a kind, for a reader of `language`; KeyError where there is none."""
    with force_locale(language):
        recipient, message = _examples()[kind]()
    followed_by = [each for feature in features() for each in feature.ladders if kind in each.follows]
    if followed_by:
        message = ladder.announced(message, ladder.first_of_example(followed_by))
    return replace(recipient, language=language), message


def rendered(kind: str, language: str) -> Rendered:
    """The example as it would be sent."""
    _recipient, message = example(kind, language)
    may_stop = stop_token(kind, person_id=0, organisation_id=0) is not None
    return emails.render(kind, language, message, stop_url(_NO_TOKEN) if may_stop else "", may_act=True)


@cache
def subject(kind: str, language: str) -> str:
    """What stands above it, which depends on nothing else."""
    _recipient, message = example(kind, language)
    return emails.subject(kind, language, message)
