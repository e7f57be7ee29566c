"""One example of each kind of e-mail, given by the feature that sends it, to look at and to test.

    previews.register("requests/submitted", submitted_example)

An example uses invented names and fixed dates, and needs no database.
"""

from collections.abc import Callable
from dataclasses import replace

from flask_babel import force_locale

from portal.notifications.emails import Message, Recipient, Rendered, render

Example = Callable[[], tuple[Recipient, Message]]

_EXAMPLES: dict[str, Example] = {}


def register(kind: str, example: Example) -> None:
    """Give the example of `kind`, "feature/name"; once for each kind."""
    if _EXAMPLES.setdefault(kind, example) is not example:
        raise ValueError(f"{kind} already has an example")


def kinds() -> list[str]:
    """Every kind with an example, in order."""
    return sorted(_EXAMPLES)


def example(kind: str, language: str) -> tuple[Recipient, Message]:
    """The example of a kind, for a reader of `language`; KeyError where there is none."""
    with force_locale(language):
        recipient, message = _EXAMPLES[kind]()
    return replace(recipient, language=language), message


def rendered(kind: str, language: str) -> Rendered:
    """The example as it would be sent."""
    return render(kind, *example(kind, language))
