"""Commands: the worker, the reference data, the first accounts, the demonstration, the check of what is stored."""

import os
import sys
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from portal import engine, schema, settings, trials
from portal.access.roles import CELL_ROLES, Role
from portal.accounts import queries as people
from portal.accounts import service as accounts
from portal.accounts.passwords import service as passwords
from portal.accounts.rules import ROLES_OF
from portal.catalogue import seed as catalogue
from portal.db import db, transaction
from portal.demo import load as demonstration
from portal.documents.rules import MOST_AT_ONCE
from portal.feature import features
from portal.mailbox import service as mailbox
from portal.notifications.delivery import service as delivery
from portal.notifications.listener import service as listener
from portal.notifications.mail.service import NotTaken, ServerAway
from portal.notifications.worker import service as worker
from portal.notifications.worker.service import Walk
from portal.organisations import queries as organisations_of
from portal.organisations import seed as organisations
from portal.organisations import service as organisation_service
from portal.organisations.models import Coverage, NationalCell, Organisation, RegionalCell
from portal.organisations.rules import OrganisationKind
from portal.personal_data import jobs as retention
from portal.personal_data import words as personal_data
from portal.refusals import Invalid, NotAllowed
from portal.reminders import page as reminders
from portal.safety import service as safety
from portal.search.index import service as search
from portal.territories.reference import REGIONS
from portal.text import one_line, plain_address
from portal.web.addresses import absolute_url, email_flaw
from portal.web.forms import SHORT_TEXT


@click.command("worker")
@with_appcontext
def run_worker() -> None:
    """Send e-mails and run daily jobs until stopped."""
    schema.require_current()
    worker.run()


@click.command
@with_appcontext
def load_reference() -> None:
    """Load the services, the national partners and the register of poles; again, to update them."""
    if current_app.config["DEMONSTRATION"]:
        raise click.ClickException("A demonstration has invented partners only: real ones stay out of it.")
    with transaction():
        services = catalogue.load_services(organisations.load_partners())
        poles = organisations.load_register()
    click.echo(f"{services} services and {poles} poles of the register are there.")


class _Email(click.ParamType[str]):
    """An address as forms take it: put right, or refused with the same words."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        address = plain_address(value)
        if flaw := email_flaw(address):
            with force_locale("en"):
                self.fail(str(flaw), param, ctx)
        return address


class _Line(click.ParamType[str]):
    """A name as forms take it: one line that shows what it holds, up to a length."""

    name = "text"

    def __init__(self, longest: int) -> None:
        self._longest = longest

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        line = one_line(value)
        if not 0 < len(line) <= self._longest:
            self.fail(f"it needs 1 to {self._longest} characters that can be seen.", param, ctx)
        return line


@click.command
@click.argument("email", type=_Email())
@click.argument("given_name", type=_Line(80))
@click.argument("family_name", type=_Line(80))
@with_appcontext
def create_admin(email: str, given_name: str, family_name: str) -> None:
    """Give somebody an account in the national cell; nothing is sent, a link to choose a passphrase is printed."""
    unknown = passwords.hashed_unknown()
    with transaction():
        _welcome(email, given_name, family_name, unknown, _national_cell(), Role.NATIONAL_ADMIN)


@click.command
@click.argument("region_code", type=click.Choice(list(REGIONS)))
@click.argument("name", type=_Line(SHORT_TEXT))
@with_appcontext
def add_cell(region_code: str, name: str) -> None:
    """Give a region its cell, of this name; requests of the region then go to its people."""
    with transaction() as session:
        if there := organisations_of.cells_that_follow(region_code):
            names = ", ".join(
                f"{organisation.name} (organisation {organisation.id})" for organisation in there
            )
            raise click.ClickException(f"{REGIONS[region_code].name} has its cell already: {names}.")
        try:
            organisation_service.require_free_name(OrganisationKind.REGIONAL_CELL, name)
        except Invalid:
            raise click.BadParameter(f"a cell is called {name!r} already.") from None
        cell = RegionalCell(name=name, coverages=[Coverage(region_code=region_code)])
        session.add(cell)
        session.flush()
        click.echo(f"{name} is organisation {cell.id} and follows {REGIONS[region_code].name}.")


@click.command
@click.argument("organisation_id", type=int)
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("email", type=_Email())
@click.argument("given_name", type=_Line(80))
@click.argument("family_name", type=_Line(80))
@with_appcontext
def add_member(organisation_id: int, role: str, email: str, given_name: str, family_name: str) -> None:
    """Give somebody a role in an organisation; its number stands in the address of its page."""
    unknown = passwords.hashed_unknown()
    with transaction() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise click.BadParameter(f"there is no organisation {organisation_id}.")
        try:
            _welcome(email, given_name, family_name, unknown, organisation, Role(role))
        except NotAllowed:
            fitting = ", ".join(sorted(ROLES_OF[organisation.kind]))
            raise click.BadParameter(f"{organisation.name} gives these roles: {fitting}.") from None


def _welcome(
    email: str, given_name: str, family_name: str, hashed: str, organisation: Organisation, role: Role
) -> None:
    """Make somebody a member and print how they get in; nothing is sent."""
    people.lock_address(email)
    person = people.by_email(email) or accounts.create_person(email, given_name, family_name, hashed)
    accounts.join(person, organisation, role)
    db.session.flush()
    link = absolute_url("security.reset_password", token=generate_reset_password_token(person))
    click.echo(f"{person.name} belongs to {organisation.name}.")
    click.echo(f"They choose their passphrase here, within two hours:\n{link}")
    click.echo("Later, the link “Mot de passe oublié” of the sign-in page does the same.")
    if role in CELL_ROLES and current_app.config["TWO_FACTORS_FOR_CELLS"]:
        click.echo(
            "Then they set up a second factor, a passkey or a code application: cells get in with two."
        )


@click.command
@click.argument("email")
@with_appcontext
def remove_second_factors(email: str) -> None:
    """Remove the code application, passkeys and recovery codes of somebody who lost them all; they are told."""
    with transaction():
        person = people.by_email(email)
        if person is None:
            raise click.BadParameter(f"there is no account for {email}.")
        safety.remove_all_factors(person)
    click.echo(f"{person.name} signs in with the password alone again, and is signed out everywhere.")


def _national_cell() -> NationalCell:
    """The national cell, made when there is none."""
    cell = db.session.scalars(
        select(NationalCell).where(NationalCell.active).order_by(NationalCell.id)
    ).first()
    if cell is None:
        cell = NationalCell(name="Cellule nationale d’animation des PTCE", coverages=[Coverage()])
        db.session.add(cell)
    return cell


@click.command
@with_appcontext
def load_demo() -> None:
    """Fill an empty demonstration with a year of invented activity."""
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("Only in a demonstration: set PORTAL_ENVIRONMENT=demonstration.")
    with transaction():
        loaded = demonstration.load()
    click.echo(loaded or "The database is not empty: nothing was changed.")


@click.command
@with_appcontext
def check_settings() -> None:
    """Show what is understood of the settings, and try what they lead to; nothing is changed."""
    for name, shown in settings.understood():
        click.echo(f"{name:<28}{shown}")
    for name, near in settings.misspelt():
        click.echo(f"{name} is no setting of the portal: is {near} meant?")
    wrong = []
    for name, works, outcome in trials.run():
        click.echo(f"{name:<28}{outcome}")
        wrong += [] if works else [name]
    if wrong:
        raise click.ClickException(f"these do not work: {', '.join(wrong)}.")


@click.command
@click.argument("address", type=_Email())
@with_appcontext
def send_test(address: str) -> None:
    """Send a test e-mail at once, without the outbox, and print what the mail server answers, word for word."""
    try:
        for line in delivery.send_test(address):
            click.echo(line)
    except (ServerAway, NotTaken) as error:
        raise click.ClickException(f"The mail server did not take it: {error}") from None
    click.echo("The mail server took it. Look whether it arrives, and not among unwanted mail.")


@click.command
@with_appcontext
def check() -> None:
    """Look for wrong states of requests, for what waits for who is gone, and for addresses nobody can write to."""
    with force_locale("en"):
        results = [(check, list(check.find())) for feature in features() for check in feature.checks]
    for check_, lines in results:
        for line in lines:
            click.echo(line)
        if lines and check_.advice:
            click.echo(check_.advice)
    if any(lines for _, lines in results):
        raise click.ClickException(
            ", ".join(f"{len(lines)} {check_.faults}" for check_, lines in results) + "."
        )
    click.echo("Nothing is wrong: " + ", ".join(f"no {check_.faults}" for check_, _ in results) + ".")


@click.command("rebuild")
@with_appcontext
def rebuild_search() -> None:
    """Write again the words of whatever is not found by its own; after an upgrade, safe at any time."""
    schema.require_current()
    click.echo(f"{search.rebuild()} things were not found by their own words, and are.")


@click.command("reminders")
@click.option("--dry-run", "only_shown", is_flag=True, help="Show what would leave; the worker sends it.")
@click.option("--days", type=click.IntRange(0, 60), default=reminders.DAYS, show_default=True)
@with_appcontext
def show_reminders(only_shown: bool, days: int) -> None:
    """Show which reminders would leave, on which day, to whom and why; nothing is sent."""
    if not only_shown:
        raise click.UsageError("The worker sends reminders: add --dry-run to see what would leave.")
    with force_locale("en"), current_app.test_request_context():
        for coming in reminders.everything(days):
            to = ", ".join(reminders.addresses(coming)) or str(coming.to)
            click.echo(f"{coming.on}  {coming.kind}: {coming.what}  {coming.name}  {coming.url}  to {to}")
    click.echo("Nothing was sent.")


@click.command("retention")
@click.option("--apply", "really", is_flag=True, help="Do it; without this, nothing is changed.")
@with_appcontext
def keep_no_longer(really: bool) -> None:
    """Show what is older than it may be kept; with --apply, end it."""
    with force_locale("en"):
        lines = personal_data.retention_table()
    width = max(len(line.what) for line in lines)
    failed = 0
    for line in lines:
        duty = retention.DUTIES[line.kept]
        walks = [Walk(job).to_the_end() for job in duty.jobs] if really else []
        count = sum(walk.done for walk in walks) if really else duty.count()
        failed += sum(walk.failed for walk in walks)
        click.echo(f"{count:>7}  {line.what:<{width}}  {line.how_long}")
    if failed:
        raise click.ClickException(f"{failed} could not be ended: the log says why.")
    click.echo("Done." if really else "Nothing was changed: add --apply to do it.")


@click.command("receive")
@click.argument("recipient")
@click.option("--sender", help="The sender of its envelope; empty: it answers nobody.")
@with_appcontext
def receive_mail(recipient: str, sender: str | None) -> None:
    """Take one e-mail from the standard input, sent to RECIPIENT; exit code 75: not now, try again later."""
    try:
        click.echo(mailbox.receive(recipient, sys.stdin.buffer.read(), sender))
    except Exception as error:  # whatever it is, the e-mail must not be lost
        click.echo(f"Not now: {type(error).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)


@click.command("serve")
@with_appcontext
def serve_mail() -> None:
    """Take e-mails that a mail server hands over by LMTP, until stopped."""
    schema.require_current()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # of werkzeug's proxy

    def take(sender: str, recipient: str, content: bytes) -> None:
        with app.app_context():
            mailbox.receive(recipient, content, sender)

    largest = 2 * MOST_AT_ONCE * app.config["LARGEST_FILE"]
    listener.run(settings.read("MAIL_LISTEN"), largest, take)


def init_app(app: Flask) -> None:
    for command in (
        run_worker,
        load_reference,
        create_admin,
        add_cell,
        add_member,
        remove_second_factors,
        load_demo,
        check,
        check_settings,
        send_test,
        show_reminders,
        keep_no_longer,
    ):
        app.cli.add_command(_patiently(command))
    app.cli.add_command(
        click.Group(
            "mail", commands=[_patiently(receive_mail), _patiently(serve_mail)], help="E-mails that come in."
        )
    )
    app.cli.add_command(
        click.Group("search", commands=[_patiently(rebuild_search)], help="The index of the search.")
    )


def _patiently(command: click.Command) -> click.Command:
    """A command may take its time, and says in one line that the database is away."""
    work = command.callback

    @wraps(work or init_app)
    def run(*arguments: Any, **options: Any) -> Any:
        engine.wait_longer()
        with schema.answering():
            return work(*arguments, **options) if work else None

    command.callback = run
    return command
