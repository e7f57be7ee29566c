"""Refusals as types: what a service says when it will not do something. `web.errors` turns each into a page."""


class Refusal(Exception):
    """Something asked for is not done; nothing was changed."""


class NotFound(Refusal):
    """It does not exist, or it is not yours, which is the same."""


class NotAllowed(Refusal):
    """Someone like you may not do this."""


class Conflict(Refusal):
    """It cannot be done now: somebody was faster, or its state no longer allows it."""


class Unchanged(Refusal):
    """What was sent stands there already: nothing is written, nobody is told."""


class Invalid(Refusal):
    """A value is wrong in a way only the service can know; `field` names the form field that shows `message`."""

    def __init__(self, field: str, message: object) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class AlreadySent(Invalid):
    """A form that makes one thing made it already, of other words: the form says so, none is lost in silence."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "sent already")
