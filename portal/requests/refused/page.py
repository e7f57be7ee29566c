"""What answers an act that cannot be done now."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.refusals import Conflict
from portal.requests.refused.words import refusal_sentence
from portal.web import errors


def not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is too late: say so kindly, with the way back."""
    reference = (request.view_args or {}).get("reference")
    back = url_for("requests.show", reference=reference) if reference else url_for("home.index")
    return errors.page(409, refusal_sentence(refusal), back)
