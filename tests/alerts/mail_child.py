"""Run as a program: composes and delivers for so many readers, so that a test can kill it at any moment.

python mail_child.py DATABASE PORT UNIX_TIME READERS
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import storage
from alerts.deliver import Way
from alerts.delivery import deliver_due
from alerts.desk import Desk, MailServer
from alerts.digests import compose_due
from alerts.subscription import Subscription

DESK = Desk(sender="digest@x.example", reply_to="desk@x.example", operator="Us, Geneva")


def main(database: str, port: str, stamp: str, count: str) -> None:
    now = datetime.fromtimestamp(int(stamp), UTC)
    readers = [Subscription(name=f"r{n}", address=f"mailto:r{n}@example.org") for n in range(int(count))]
    engine = storage.open_store(database)
    compose_due(engine, readers, now, desk=DESK, environ={}, due_only=False)
    server = MailServer("127.0.0.1", int(port), "none", connect_timeout=10, answer_timeout=10, per_hour=100_000)
    deliver_due(engine, readers, now, way=Way("digest@x.example", server), environ={})


if __name__ == "__main__":
    main(*sys.argv[1:])
