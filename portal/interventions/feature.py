"""Dated acts of partners for poles."""

from portal.catalogue.limits.rules import Measure
from portal.feature import Feature
from portal.interventions import emails, handover, jobs, personal, queries, routes, words
from portal.interventions.confirmation import personal as confirmation_personal
from portal.interventions.confirmation import routes as confirmation
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.corrections import personal as corrections_personal
from portal.interventions.corrections.models import Correction
from portal.interventions.drafts import personal as drafts_personal
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.network import personal as network_personal
from portal.interventions.network import routes as network
from portal.interventions.told import routes as told
from portal.interventions.used import queries as used
from portal.requests.undo.rules import Restored

FEATURE = Feature(
    "interventions",
    screens=(routes.bp, told.bp, network.bp, confirmation.bp),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    ladders=jobs.LADDERS,
    checks=jobs.CHECKS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    open_work=handover.OPEN_WORK,
    diary=handover.DIARY,
    restored=(
        Restored(Intervention, rises={"sequence"}),
        Restored(Contribution),
        Restored(AlsoServed),
        Restored(Practice),
        Restored(Confirmation),
        Restored(Adjustment),
        Restored(Correction),
    ),
    documents_on=(queries.LOGGED,),
    counts_use={Measure.DAYS: used.minutes_of},
    counts_given={Measure.DAYS: used.minutes_given},
    about_person=lambda person: {
        **personal.of_person(person.id),
        **confirmation_personal.of_person(person.id),
        **corrections_personal.of_person(person.id),
        **network_personal.of_person(person.id),
        **drafts_personal.of_person(person.id),
    },
    forgets_person=lambda person: personal.forget(person.id),
)
