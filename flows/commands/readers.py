"""Subscribers: `unsubscribe`, `resubscribe`, `forget`. An address comes in as an argument and goes into no log."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from flows.exits import Exit, Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.subscription import Subscription

ADDRESS = click.argument("address")
NAME = click.option("--subscription", "name", default="", help="Only this subscription; else all of them.")
NOBODY = "no subscription of the settings has this address: is it written as it is there?"


@click.command(short_help="Send nothing more to an address.")
@ADDRESS
@NAME
def unsubscribe(address: str, name: str) -> int:
    """Send nothing more to ADDRESS, whatever the settings say (for those who read the unsubscribe mails)."""
    from flows.app import opened
    from storage import suppression, transaction

    where = _where(address)
    with opened() as app:
        served = _served(where, app.settings.subscriptions, name)
        with transaction(app.engine) as session:
            new = suppression.suppress(session, where, datetime.now(UTC), name)
    click.echo("unsubscribed" if new else "was unsubscribed already")
    return _told(served, f"{NOBODY} Should it come to be there, nothing is sent to it")


@click.command(short_help="Let an address get its digests again.")
@ADDRESS
@NAME
def resubscribe(address: str, name: str) -> int:
    """Lift an unsubscribe, a forget or a pause after refusals, so that ADDRESS gets its digests again."""
    from flows.app import opened
    from storage import suppression, transaction

    where = _where(address)
    with opened() as app:
        served = _served(where, app.settings.subscriptions, name)
        with transaction(app.engine) as session:
            lifted = suppression.unsuppress(session, where, name)
    click.echo("subscribed again" if lifted else "was not unsubscribed")
    return _told(served, NOBODY)


@click.command(short_help="Remove a subscriber's data from the store.")
@ADDRESS
def forget(address: str) -> int:
    """Remove a subscriber's mails, deliveries and what was told from the store. A hash of ADDRESS stays, so that no
    mail comes whatever the settings say; `resubscribe` lifts that. Backups made before still hold the address."""
    import storage
    from flows.app import opened
    from storage import suppression, transaction

    where = _where(address)
    with opened() as app:
        served = _served(where, app.settings.subscriptions)
        with transaction(app.engine) as session:  # deliveries are kept under the address as the settings write it
            written = {one for subscription in served for one in _written(where, subscription)}
            deleted = sum(suppression.forget_address(session, one) for one in sorted(written))
        deleted += storage.forget(app.engine, where)
    click.echo(f"{_deleted(deleted)}; nothing more is sent to this address")
    if served:
        names = ", ".join(subscription.name for subscription in served)
        click.echo(f"the settings still name the address in {names}; take it out there", err=True)
        return Exit.PARTLY
    return _told([True] if deleted else [], NOBODY)


def _where(address: str) -> str:
    """Mailbox, folder or URL of an address; a plain one is a mailbox."""
    from alerts.address import AddressError, resolve

    try:
        return resolve(address if ":" in address else f"mailto:{address}", os.environ).where
    except AddressError as error:
        raise Stop(f"{error}; nothing was changed", Exit.USAGE) from error


def _served(where: str, subscriptions: "Sequence[Subscription]", name: str = "") -> "list[Subscription]":
    """The subscriptions that go to an address; only the named one where there is a name."""
    names = [subscription.name for subscription in subscriptions]
    if name and name not in names:
        raise Stop(f"no subscription is named {name!r}; there are {', '.join(names)}", Exit.USAGE)
    return [one for one in subscriptions if (not name or one.name == name) and _written(where, one)]


def _written(where: str, subscription: "Subscription") -> list[str]:
    """How a subscription writes an address, if it has it."""
    from alerts.address import AddressError, resolve
    from storage.suppression import fold

    def stands_for(written: str) -> str:
        try:
            return resolve(written, os.environ).where
        except AddressError:  # an environment variable that is not set here; `check` tells
            return written

    return [written for written in subscription.addresses if fold(stands_for(written)) == fold(where)]


def _deleted(count: int) -> str:
    if not count:
        return "nothing was stored of this address"
    return f"{count} {'delivery and its mail' if count == 1 else 'deliveries and their mails'} deleted"


def _told(found: "Sequence[object]", why: str) -> int:
    if found:
        return Exit.DONE
    click.echo(why, err=True)
    return Exit.PARTLY
