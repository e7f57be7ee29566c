"""What becomes of an e-mail that came in. Pure."""

from enum import StrEnum


class Outcome(StrEnum):
    """What was done with it."""

    NOTED = "an e-mail came back, and is noted"
    SAID = "an answer is said"
    HELD = "an answer waits until its reader says that it is theirs"
    CALENDAR = "the answer of a calendar is handed on"
    AGAIN = "it was taken before"
    NOT_TAKEN = "it cannot be taken, and its sender is told"
    STRANGER = "to no address that the portal wrote: its sender is told"
    NOT_OURS = "to no address that the portal wrote"
    NOTHING = "it says nothing that the portal takes"


class Why(StrEnum):
    """Why an answer is not taken."""

    NO_READER = "no reader"
    TOO_LONG = "too long"
    TOO_MANY = "too many"
    NOT_NOW = "not now"
