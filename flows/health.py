"""How feeds fare, as rows for tables and as words: all of them, one with its history, one that is only tried."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from feeds import Fetched
from feeds.guard import shown
from storage.records import FeedHealth
from storage.tables import Poll


def health_rows(found: Sequence[FeedHealth]) -> list[dict[str, Any]]:
    """One row a feed, for a table: how it fares."""
    return [
        {
            "feed": one.key,
            "outlet": one.outlet,
            "country": one.country,
            "state": one.state,
            "since": one.since.strftime("%Y-%m-%d") if one.since else "",
            "last_ok": _minute(one.last_ok),
            "entries": one.entries,
            "detail": one.detail,
        }
        for one in found
    ]


def tried_rows(tried: Fetched) -> dict[str, Any]:
    """What a feed gave when it was tried, for a machine."""
    return {
        "url": tried.remembered.url,
        "outcome": tried.outcome,
        "title": tried.remembered.title,
        "lang": tried.remembered.lang,
        "entries": len(tried.entries),
        "undated": tried.undated,
        "error": tried.error,
        "detail": tried.detail,
        "mended": list(tried.mended),
        "offers": list(tried.offers),
        "newest": [{"title": e.title, "published": e.published and e.published.isoformat()} for e in tried.entries[:5]],
    }


def tried_text(tried: Fetched) -> str:
    """What a feed gave when it was tried, for the terminal."""
    told = tried_rows(tried)
    where = shown(told["url"])
    lines = [f"{told['url']}: {told['outcome']}"]
    if tried.error:
        lines = [f"{told['outcome']}: {tried.detail}" if where in tried.detail else f"{where}: {tried.detail}"]
    if tried.entries:
        title = told["title"] or "title not told"
        lines.append(f"  {title} ({told['lang'] or 'language not told'}), {told['entries']} entries")
    lines += [f"  mended: {what}" for what in tried.mended]
    lines += [f"  {one['published'] or 'undated'}  {one['title']}" for one in told["newest"]]
    return "\n".join(lines + [f"  it also offers {offer}" for offer in tried.offers[1:]])


def history_rows(polls: Sequence[Poll]) -> list[dict[str, Any]]:
    """One row a poll, newest first."""
    return [
        {
            "at": _minute(poll.at),
            "outcome": poll.outcome if poll.outcome in ("entries", "unchanged") else "failed",
            "entries": poll.entries,
            "new": poll.new,
            "detail": poll.detail,
        }
        for poll in polls
    ]


def health_data(one: FeedHealth) -> dict[str, Any]:
    """How a feed fares, for a machine: times are RFC 3339 in UTC, null where there is none."""
    return {
        "feed": one.key,
        "outlet": one.outlet,
        "country": one.country,
        "lang": one.lang,
        "url": one.url,
        "state": one.state,
        "since": _stamp(one.since),
        "detail": one.detail,
        "last_ok": _stamp(one.last_ok),
        "last_new": _stamp(one.last_new),
        "next_poll": _stamp(one.next_poll),
        "failures": one.failures,
        "entries": one.entries,
    }


def feed_data(one: FeedHealth, asked: str, polls: Sequence[Poll]) -> dict[str, Any]:
    """All that is known of one feed, for a machine; `asked` is the address where it is read."""
    history = [row | {"at": _stamp(poll.at)} for row, poll in zip(history_rows(polls), polls, strict=True)]
    return health_data(one) | {"asked": asked, "polls": history}


def feed_text(one: FeedHealth, asked: str) -> str:
    """What is known of one feed but its polls, for the terminal."""
    since = f" since {one.since:%Y-%m-%d}" if one.since else ""
    facts = {
        "state": f"{one.state}{since}" + (f": {one.detail}" if one.detail else ""),
        "address": one.url if asked == one.url else f"{one.url}, read from {asked}",
        "last read": _minute(one.last_ok) or "never",
        "last new": _minute(one.last_new) or "never",
        "next due": _minute(one.next_poll) or "at once",
    }
    return "\n".join([f"{one.key}  {one.outlet}", *(f"  {name:<11} {said}" for name, said in facts.items())])


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _minute(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None
