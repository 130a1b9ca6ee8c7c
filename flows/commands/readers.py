"""Subscribers: `unsubscribe`, `resubscribe`, `forget`. An address comes in as an argument and goes into no log."""

from datetime import UTC, datetime

import click

from flows.exits import Exit, Stop

ADDRESS = click.argument("address")
NAME = click.option("--subscription", "name", default="", help="Only this subscription; else all of them.")


@click.command(short_help="Send nothing more to an address.")
@ADDRESS
@NAME
def unsubscribe(address: str, name: str) -> None:
    """Send nothing more to ADDRESS, whatever the settings say (for those who read the unsubscribe mails)."""
    from flows.app import opened
    from storage import suppression, transaction

    with opened() as app:
        _known(name, [s.name for s in app.settings.subscriptions])
        with transaction(app.engine) as session:
            new = suppression.suppress(session, address, datetime.now(UTC), name)
    click.echo("unsubscribed" if new else "was unsubscribed already")


@click.command(short_help="Let an address get its digests again.")
@ADDRESS
@NAME
def resubscribe(address: str, name: str) -> None:
    """Lift an unsubscribe or a pause after refusals, so that ADDRESS gets its digests again."""
    from flows.app import opened
    from storage import suppression, transaction

    with opened() as app, transaction(app.engine) as session:
        lifted = suppression.unsuppress(session, address, name)
    click.echo("subscribed again" if lifted else "was not unsubscribed")


@click.command(short_help="Remove a subscriber's data everywhere.")
@ADDRESS
def forget(address: str) -> int:
    """Remove a subscriber's data everywhere: mails, deliveries, what was told. A hash stays, so that no mail comes."""
    import storage
    from flows.app import opened

    with opened() as app:
        deleted = storage.forget(app.engine, address)
        still = [
            s.name for s in app.settings.subscriptions if any(address.casefold() in a.casefold() for a in s.addresses)
        ]
    click.echo(f"{deleted} deliveries and their mails deleted")
    if still:
        click.echo(f"the settings still name the address in {', '.join(still)}; take it out there", err=True)
        return Exit.PARTLY
    return Exit.DONE


def _known(name: str, names: list[str]) -> None:
    if name and name not in names:
        raise Stop(f"no subscription is named {name!r}; there are {', '.join(names)}", Exit.USAGE)
