"""The records of poles, partners, cells and funders."""

from flask_babel import lazy_gettext as _l

from portal.feature import Feature
from portal.organisations import handover, jobs, routes, words
from portal.organisations.facts.words import WORDS
from portal.organisations.records import routes as records
from portal.territories.reference import DEPARTMENTS, REGIONS

_REGIONS = {region.code: region.name for region in REGIONS.values()}

FEATURE = Feature(
    "organisations",
    screens=(routes.bp, records.bp),
    checks=jobs.CHECKS,
    moves=handover.MOVES,
    journal_fields={name: words.label for name, words in WORDS.items()},
    journal_words={
        "kind": words.KINDS,
        "stage": words.STAGES,
        "stages": words.STAGES,
        "recognitions": words.RECOGNITIONS,
        "sectors": words.SECTORS,
        "region": _REGIONS,
        "region_code": _REGIONS,
        "department_code": {department.code: department.name for department in DEPARTMENTS.values()},
        "places": {"FR": _l("Whole of France")},
    },
)
