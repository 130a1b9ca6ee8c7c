"""A dry run: what a subscription would have been sent, and whether its filter lets nothing or everything through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import display
from alerts.address import AddressError, resolve
from alerts.choose import choose, matches
from alerts.compose import News, Recipient, Window, compose, shown
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.render import Message, render
from alerts.subscription import Subscription
from storage.records import Agreement


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would have been sent. `warnings` tell of a filter that lets nothing or everything through."""

    digest: Digest
    message: Message
    matched: int
    total: int
    warnings: tuple[str, ...]


def preview(
    subscription: Subscription,
    agreements: Sequence[Agreement],
    since: datetime,
    now: datetime,
    *,
    desk: Desk,
    environ: Mapping[str, str],
    news: News | None = None,
    version: str = "",
    untold: int = 0,
) -> Preview:
    """Pure: the digest of a window as if nothing had been told before, and how much of it the filter lets through.

    `untold` agreements of the window are no news (a backfill brought them), and are told to nobody.
    """
    live = [a for a in agreements if not a.rejected and not a.merged_into]
    matched = sum(matches(subscription, a) and a.stage in subscription.stages for a in live)
    try:
        target = resolve(subscription.address, environ)
        recipient = shown(subscription.address, target)
    except AddressError:
        recipient = Recipient(subscription.address)
    chosen = choose(subscription, live, {}, since)
    window = Window(since, now, f"preview {now:%Y-%m-%d}")
    digest = compose(
        subscription, chosen, news=news or News(), window=window, desk=desk, recipient=recipient, version=version
    )
    return Preview(
        digest,
        render(digest, desk),
        matched,
        len(live),
        (*_warnings(subscription, matched, len(live)), *_silent(untold)),
    )


def _silent(untold: int) -> tuple[str, ...]:
    if not untold:
        return ()
    they = f"{display.counted(untold, 'agreement')} of this time {'is' if untold == 1 else 'are'} told to nobody"
    return (f"{they}: a backfill or old items brought what is no news (`pactwatch agreements` lists all)",)


def _warnings(subscription: Subscription, matched: int, total: int) -> tuple[str, ...]:
    narrows = subscription.model_fields_set & {
        "countries", "pairs", "groups", "sectors", "words", "languages", "confidence", "outlets", "official",
    }  # fmt: skip
    if total and not matched:
        return (f"the filter matches none of the {display.counted(total, 'agreement')} of this time",)
    if narrows and total >= 5 and matched == total:
        keys = ", ".join(sorted(narrows))
        return (f"the filter matches all {total} agreements of this time: {keys} leave nothing out",)
    return ()
