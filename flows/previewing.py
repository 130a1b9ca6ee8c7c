"""A dry run of a subscription over what is stored; nothing is sent or remembered."""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import storage
from alerts import exports, lists
from alerts import preview as room
from alerts.compose import News
from alerts.render import Message
from flows import desk
from flows.app import App
from flows.exits import Exit, Stop
from flows.output import into
from storage.records import Agreement


@dataclass(frozen=True)
class Shown:
    """What would have been sent."""

    message: Message
    warnings: tuple[str, ...]
    agreements: tuple[Agreement, ...]
    site_url: str

    def as_json(self) -> bytes:
        """The agreements of the digest."""
        return exports.to_json(self.agreements, self.site_url)

    def save(self, output: Path | None) -> Path:
        """Writes the HTML to a file (a temporary one where none is named)."""
        path = output or Path(tempfile.mkdtemp(prefix="pactwatch-")) / "preview.html"
        into(path, self.message.html.encode())
        return path.absolute()


def preview(app: App, name: str | None, since: datetime, now: datetime) -> Shown:
    """The digest of a subscription (the only one, where no name is given) for the time since."""
    subscriptions = {s.name: s for s in app.settings.subscriptions}
    if name is None and len(subscriptions) == 1:
        name = next(iter(subscriptions))
    if name is None or name not in subscriptions:
        wrong = f"no subscription is named {name!r}" if name else "name a subscription"
        raise Stop(f"{wrong}; there are {', '.join(subscriptions)}", Exit.USAGE)
    with storage.reading(app.engine) as session:
        found = storage.changed_between(session, since, now)
        news = News(
            tuple(found),
            tuple(storage.coming(session, now)),
            tuple(lists.newly_idle(storage.idle(session, now), now.date(), {})),
            tuple(lists.troubled(storage.health(session), now, {})),
            storage.coverage(session, since, now),
        )
        untold = storage.untold_between(session, since, now)
    shown = room.preview(
        subscriptions[name],
        found,
        since,
        now,
        desk=desk.desk(app.settings),
        environ=os.environ,
        news=news,
        version=version("pactwatch"),
        untold=untold,
    )
    told = {item.key for item in shown.digest.items}
    return Shown(shown.message, shown.warnings, tuple(a for a in found if a.key in told), app.settings.site.url)
