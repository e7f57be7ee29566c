"""What the steps of a request are called, and what helps to write one."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.catalogue.rules import ServiceKind
from portal.requests.writing.rules import FormStep

TITLES: Mapping[FormStep, Any] = {
    FormStep.SERVICE: _l("The service"),
    FormStep.NEED: _l("Your need"),
    FormStep.QUESTIONS: _l("What the service asks"),
    FormStep.WISHES: _l("When, where, how"),
    FormStep.DOCUMENTS: _l("Your documents"),
    FormStep.CHECK: _l("Check and send"),
}

WHAT_TO_WRITE: Mapping[ServiceKind | None, Sequence[Any]] = {
    None: (
        _l("What is happening in your pole, and since when."),
        _l("What you would like to change, and what you have tried already."),
        _l("Who is concerned, and by when it would help."),
    ),
    ServiceKind.TRAINING: (
        _l("Who would be trained, and how many they are."),
        _l("What they do know already, and what they should be able to do afterwards."),
        _l("The days or the season that suit them."),
    ),
    ServiceKind.COACHING: (
        _l("The decision or the project to go further with, and where it stands."),
        _l("What blocks, and what you have tried already."),
        _l("Who will work on it with the partner, and by when it has to move."),
    ),
    ServiceKind.FACILITATION: (
        _l("The meeting or the meetings: who takes part, how many, on which subject."),
        _l("What should be decided or understood at the end."),
        _l("What is difficult to say or to decide among you."),
    ),
    ServiceKind.VISIT: (
        _l("What you would like to see, and the questions that you would ask."),
        _l("Who would come, and how many."),
        _l("How far you can travel."),
    ),
    ServiceKind.PEER_TRANSFER: (
        _l("What another pole does that you would like to do."),
        _l("What you could share in return."),
        _l("Who of your pole would talk with them."),
    ),
}
"""What helps whoever answers, by the kind of service; None: without a service."""
