"""Old requests lose what tells about people, and nothing that is counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.catalogue.rules import Family
from portal.db import Model, db, transaction
from portal.interventions import steps as visits
from portal.interventions.models import Intervention, Practice
from portal.notifications.models import OutboxEmail
from portal.notifications.worker import service as worker
from portal.personal_data import jobs
from portal.personal_data.rules import Kept
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import RequestState
from portal.usage import page
from portal.usage import queries as usage
from portal.usage.rules import Filters, Month, Period
from tests.days import days_ago
from tests.integration.personal_data import old
from tests.integration.requests.steps import actor_of

TABLES = ("support_request", "assignment", "request_event", "intervention", "practice")


def everything_stored() -> str:
    """Every value of the tables of requests."""
    rows: list[Any] = []
    for table in TABLES:
        rows += db.session.execute(select(Model.metadata.tables[table])).all()
    return "\n".join(map(str, rows))


def fresh(request: SupportRequest) -> SupportRequest:
    found = db.session.get(SupportRequest, request.id, populate_existing=True)
    assert found is not None
    return found


def test_nothing_of_what_people_wrote_is_left(make) -> None:
    request = old.finished(make)
    assert old.SECRET in everything_stored()
    assert old.run(Kept.REQUESTS) == [1]
    assert "Zénobie" not in everything_stored()
    assert "zenobie" not in everything_stored()
    found = fresh(request)
    assert (found.need, found.phone, found.contact_id) == ("", None, None)
    assert found.anonymised_at is not None


def test_nobody_is_named_any_more(make) -> None:
    old.finished(make)
    old.run(Kept.REQUESTS)
    assert db.session.scalars(select(Assignment.referent_id)).all() == [None]
    assert set(db.session.scalars(select(RequestEvent.actor_id))) == {None}
    assert db.session.scalars(select(Practice)).all() == []


def test_it_is_still_found_by_its_pole(make, browse) -> None:
    request = old.finished(make)
    pole = db.session.scalar(text("SELECT name FROM organisation WHERE id = :id"), {"id": request.pole_id})
    old.run(Kept.REQUESTS)
    page = browse(make.national_admin()).get(
        "/demandes", query_string={"dossier": "toutes", "recherche": pole}
    )
    assert request.reference in page.text


def test_every_figure_is_the_same_afterwards(make) -> None:
    """For everybody who reads figures, and for each way to narrow them."""
    readers = [actor_of(one) for one in (make.national_admin(), make.observer(), make.regional_admin("28"))]
    requests = [old.finished(make, old.LONG_AGO + timedelta(days=days)) for days in (0, 40, 400)]
    old.waiting(make)
    old.finished(make, timedelta(days=10))
    partner_id = db.session.scalars(select(Assignment.partner_id)).first()
    narrowed: list[dict[str, Any]] = [
        {},
        {"region_code": "28"},
        {"service_id": requests[0].service_id},
        {"partner_id": partner_id},
        {"family": Family.CONSOLIDATION},
    ]
    before = [figures(reader, **filters) for reader in readers for filters in narrowed]
    assert [one["total"].requests for one in before[:5]] == [5, 5, 1, 1, 4]
    assert before[0]["total"].spent == 4 * 210
    assert before[0]["total"].received > 0
    assert old.run(Kept.REQUESTS) == [3]
    assert [figures(reader, **filters) for reader in readers for filters in narrowed] == before


def figures(reader: Any, **narrowed: Any) -> dict[str, Any]:
    """All that usage counts and shows, over ten years, and each of its tables as a file."""
    today = clock.today()
    years = Period(Month(today.year - 9, 1), Month(today.year, today.month))
    filters = Filters(years, **narrowed)
    tallies = usage.tallies(reader, filters)
    built = page.build(page.Scope(reader, filters, usage.services(), list(usage.partners())), tallies)
    shown = {str(one): list(page.for_spreadsheet(table)) for one, table in built.tables.items()}
    return {"tallies": tallies, "total": built.total, "headlines": built.headlines, **shown}


def test_its_page_says_so_and_offers_nothing(make, browse) -> None:
    request = old.finished(make)
    old.run(Kept.REQUESTS)
    pole = request.pole_id
    members = make.coordinator(db.session.get(type(make.pole()), pole))
    for who in (make.national_admin(), members):
        page = browse(who).get(f"/demandes/{request.reference}").text
        assert "Anonymisée le" in page
        assert "06 39 98" not in page
        assert "Zénobie" not in page
        assert "Ce que vous pouvez faire" not in page


def test_nothing_more_is_done_on_it(make, browse) -> None:
    """Even where a state would still allow it."""
    request = old.waiting(make)
    with transaction() as session:
        session.execute(text("UPDATE support_request SET anonymised_at = created_at"))
        session.expire_all()
    answer = browse(make.national_admin()).post(
        f"/demandes/{request.reference}/classer-sans-suite",
        {"reason": "duplicate", "message": "Double.", "understood": "y"},
    )
    assert answer.status_code == 409
    assert "anonymisée" in answer.text
    assert fresh(request).state is RequestState.ACCEPTED


@pytest.mark.parametrize("days", [1, 400, 3 * 365 - 1])
def test_what_is_recent_stays(make, days: int) -> None:
    request = old.finished(make, timedelta(days=days))
    assert jobs.DUTIES[Kept.REQUESTS].count() == 0
    assert old.run(Kept.REQUESTS) == [0]
    assert old.SECRET in fresh(request).need


def test_what_people_did_lately_keeps_it(make) -> None:
    request = old.finished(make)
    colleague = make.national_admin()
    old.happened(request, colleague, steps.REOPEN, days_ago(30))
    assert old.run(Kept.REQUESTS) == [0]


def test_what_the_portal_did_does_not_keep_it(make) -> None:
    request = old.finished(make)
    old.happened(request, None, steps.EXPIRE, days_ago(300))
    assert old.run(Kept.REQUESTS) == [1]


def test_a_forgotten_request_is_closed_first_and_everyone_is_told(make, browse) -> None:
    make.regional_admin("28")
    request = old.waiting(make, timedelta(days=3 * 365 - 29))
    assert old.run(Kept.DORMANT_REQUESTS, Kept.REQUESTS) == [1, 0]
    assert fresh(request).state is RequestState.DROPPED
    assert old.SECRET in fresh(request).need
    told = db.session.scalars(select(OutboxEmail.kind).order_by(OutboxEmail.kind)).all()
    assert told == ["requests/drop_cell", "requests/drop_partner", "requests/drop_pole"]
    texts = " ".join(db.session.scalars(select(OutboxEmail.text)))
    assert "trente jours" in texts
    page = browse(make.national_admin()).get(f"/demandes/{request.reference}").text
    assert "Le portail" in page


def test_thirty_days_pass_between_closing_and_anonymising(make) -> None:
    """However late the job runs."""
    request = old.waiting(make, timedelta(days=5 * 365))
    assert old.run(Kept.DORMANT_REQUESTS, Kept.REQUESTS) == [1, 0]
    with clock.travelling_to(clock.now() + timedelta(days=31)):
        assert old.run(Kept.DORMANT_REQUESTS, Kept.REQUESTS) == [0, 1]
    assert fresh(request).need == ""


def test_an_open_request_in_use_is_not_closed(make) -> None:
    request = old.waiting(make)
    old.happened(request, make.national_admin(), visits.PLAN, days_ago(900))
    assert old.run(Kept.DORMANT_REQUESTS) == [0]


def test_old_drafts_are_deleted_two_weeks_after_their_warning(make) -> None:
    make.raw_request(state=RequestState.DRAFT, created_at=clock.now() - old.LONG_AGO)
    recent = make.raw_request(state=RequestState.DRAFT).id
    assert jobs.DUTIES[Kept.DRAFTS].count() == 1
    assert old.run(Kept.DRAFTS) == [1]
    assert old.run(Kept.DRAFTS) == [0]
    with clock.travelling_to(clock.now() + timedelta(days=15)):
        assert old.run(Kept.DRAFTS) == [1]
    assert db.session.scalars(select(SupportRequest.id)).all() == [recent]


def test_a_part_at_a_time_and_nothing_twice(make, monkeypatch) -> None:
    monkeypatch.setattr(worker, "TRANSACTIONS", 2)
    for _ in range(5):
        old.finished(make)
    assert jobs.DUTIES[Kept.REQUESTS].count() == 5
    walk = worker.Walk(*jobs.DUTIES[Kept.REQUESTS].jobs)
    assert [(walk.go_on(), walk.done) for _ in range(3)] == [(True, 2), (True, 4), (False, 5)]
    assert old.run(Kept.REQUESTS) == [0]
    assert jobs.DUTIES[Kept.REQUESTS].count() == 0


def test_a_dry_run_changes_nothing(make) -> None:
    old.finished(make)
    before = everything_stored()
    assert all(isinstance(duty.count(), int) for duty in jobs.DUTIES.values())
    assert everything_stored() == before


def test_figures_of_interventions_stay(make) -> None:
    old.finished(make)
    columns = (Intervention.minutes, Intervention.on, Intervention.participants, Intervention.state)
    before = db.session.execute(select(*columns)).all()
    old.run(Kept.REQUESTS)
    assert db.session.execute(select(*columns)).all() == before
