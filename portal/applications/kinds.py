"""Closed vocabularies of what an application says."""

from enum import StrEnum


class Section(StrEnum):
    """The parts of the form; each is written and saved alone. The words are those of the addresses."""

    PROJECT = "projet"
    TERRITORY = "territoire"
    ORGANISATIONS = "organisations"
    CONTACT = "contact"
    REGISTER = "annuaire"


class Opinion(StrEnum):
    """What the regional cell thinks of an application."""

    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"


class RefusalReason(StrEnum):
    """Why an application is refused; the figures count them."""

    NOT_A_COOPERATION = "not_a_cooperation"
    TOO_EARLY = "too_early"
    OUT_OF_SCOPE = "out_of_scope"
    ALREADY_THERE = "already_there"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class HintKind(StrEnum):
    """What a cell should look at before it decides; nothing is decided by it."""

    SAME_LEAD = "same_lead"
    SAME_CONTACT = "same_contact"
    SIMILAR_NAME = "similar_name"
    DISPOSABLE_ADDRESS = "disposable_address"
    LOOKS_LIKE_A_TEST = "looks_like_a_test"
    COMPANY_CLOSED = "company_closed"
    COMPANY_UNKNOWN = "company_unknown"
    SEAT_ELSEWHERE = "seat_elsewhere"
