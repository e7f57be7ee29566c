"""A form of a request, which asks what the service chosen in it asks."""

from flask import request
from flask_babel import gettext as _

from portal.catalogue.questions import queries as questions
from portal.catalogue.questions.forms import AForm, asking
from portal.catalogue.questions.words import label
from portal.requests.answers.rules import Answer, of_json, of_service, still_answers
from portal.requests.answers.words import in_words
from portal.requests.models import SupportRequest
from portal.web.converters import key


def form_of(form: type[AForm], draft: SupportRequest | None, service_id: int | None) -> type[AForm]:
    """The questions of the service that is chosen in what was posted, else of this one, with the answers of a draft."""
    chosen = request.form.get("service_id", service_id, type=key)
    own = draft is not None and draft.service_id == chosen
    asked = questions.of(draft.service) if draft and own else questions.asked(chosen)
    answers = of_service(of_json(draft.answers), chosen) if draft else {}
    fitting = {
        question.key: answer.value
        for question in asked
        if (answer := answers.get(question.key)) and still_answers(question, answer)
    }
    notes = {each: _outdated(answer) for each, answer in answers.items() if each not in fitting}
    return asking(form, asked, fitting, notes)


def _outdated(answer: Answer) -> str:
    """What was answered before the question changed."""
    return _(
        "This question changed. You had answered “%(question)s”: %(answer)s",
        question=label(answer.question),
        answer=in_words(answer),
    )
