"""What kill -9 costs: two workers send the outbox, one of them is killed at random again and again.

    python -m bench.kills [--database sqlite] [--messages 2000] [--kills 40] [--seed N]

Real workers, a real mail server, leases that run out by themselves while others work. Stops with 1 where an e-mail is
lost, where more arrived twice than workers were killed, or where one arrived under another Message-ID.
"""

import argparse
import sys
import time
from datetime import timedelta
from pathlib import Path
from random import Random, randrange

import flask_migrate

from bench import databases, outbox
from config import Testing
from portal import create_app
from portal.db import db
from tests import killing
from tests.killing import Pace
from tests.smtp import MailServer, mail_server

ROOT = Path(__file__).resolve().parent.parent
PACE = Pace(batch=50, lease=timedelta(seconds=20))


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--database", choices=databases.KINDS, default="postgresql")
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--kills", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=randrange(1_000_000))
    chosen = arguments.parse_args()
    with (
        databases.empty(chosen.database) as url,
        mail_server() as server,
        create_app(Testing(url)).app_context(),
    ):
        flask_migrate.upgrade(str(ROOT / "migrations"))
        outbox.fill(chosen.messages)
        faults = _kill(url, server, chosen)
        db.engine.dispose()
    for fault in faults:
        print(f"BROKEN: {fault}")
    return 1 if faults else 0


def _kill(url: str, server: MailServer, chosen: argparse.Namespace) -> list[str]:
    began = time.monotonic()
    with killing.pair(url, server, PACE) as workers:
        workers.kill_at_random(chosen.kills, chosen.messages, Random(chosen.seed))
        killing.wait_until_sent()
    again = len(server.letters) - chosen.messages
    print(
        f"{chosen.database}, seed {chosen.seed}: {chosen.messages} messages, {chosen.kills} kills, "
        f"{again} arrived twice, {time.monotonic() - began:.0f} s"
    )
    return killing.faults(server, chosen.kills)


if __name__ == "__main__":
    sys.exit(main())
