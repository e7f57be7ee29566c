"""Closed vocabularies of organisations."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    POLE = "pole"
    PARTNER = "partner"
    REGIONAL_CELL = "regional_cell"
    NATIONAL_CELL = "national_cell"
    FUNDER = "funder"


class Standing(StrEnum):
    """How a record stands: used, used and lacking facts, no longer used, or gone into another record."""

    ACTIVE = "active"
    INCOMPLETE = "incomplete"
    INACTIVE = "inactive"
    MERGED = "merged"


class Stage(StrEnum):
    """How far a pole is; dated, since it changes."""

    EMERGING = "emerging"
    DEVELOPING = "developing"
    CONSOLIDATING = "consolidating"
    INACTIVE = "inactive"


class RecognitionKind(StrEnum):
    """The public calls and commitments that recognise poles; always said with their year."""

    POLE_TEMOIN = "pole_temoin"
    AAP_2013 = "aap_2013"
    AAP_2015 = "aap_2015"
    AMI_PHASE_1 = "ami_phase_1"
    AMI_PHASE_2 = "ami_phase_2"
    CHARTER = "charter"


class AddressFlaw(StrEnum):
    """Why a text is not the address of a page of the web."""

    EMAIL = "email"
    NAMES_SOMEBODY = "names_somebody"
    NO_PAGE = "no_page"


class Sector(StrEnum):
    """What poles work on, wide enough to find them by; a pole has one or more."""

    FOOD = "food"
    CIRCULAR_ECONOMY = "circular_economy"
    BUILDING = "building"
    ENERGY = "energy"
    MOBILITY = "mobility"
    INDUSTRY = "industry"
    CARE = "care"
    EMPLOYMENT = "employment"
    CULTURE = "culture"
    SPORT_AND_TOURISM = "sport_and_tourism"
    NATURE = "nature"
    DIGITAL = "digital"
    LOCAL_LIFE = "local_life"
    ENTERPRISE = "enterprise"
