"""Why a reader gets this: filter and rhythm of a subscription in plain English, and what can be done about it."""

from urllib.parse import quote

from alerts import display
from alerts.desk import Desk
from alerts.digest import Link, Reader
from alerts.groups import IN_SENTENCE
from alerts.subscription import Subscription
from alerts.unsubscribe import token
from alerts.wording import field, listed
from classify.names import country_in_sentence


def filters(subscription: Subscription) -> str:
    """'sectors energy and mining, any pair, stages signed, in force and ended, confidence 0.60 or more'."""
    parts = [
        _sectors(subscription),
        _places(subscription),
        "stages " + listed([display.STAGES[stage].word.lower() for stage in subscription.stages]),
    ]
    if subscription.words:
        parts.append("with the words " + listed([f"“{word}”" for word in subscription.words], "or"))
    if subscription.languages:
        parts.append("reported in " + listed([display.language_name(code) for code in subscription.languages], "or"))
    if subscription.confidence:
        parts.append(f"confidence {subscription.confidence:.2f} or more")
    if subscription.outlets > 1:
        parts.append(f"at least {subscription.outlets} independent outlets")
    if subscription.official:
        parts.append("reported by a government itself")
    return ", ".join(parts)


def _sectors(subscription: Subscription) -> str:
    names = [field(code) for code in subscription.sectors]
    return ("sector " if len(names) == 1 else "sectors ") + listed(names) if names else "all sectors"


def _places(subscription: Subscription) -> str:
    places = [country_in_sentence(code) for code in subscription.countries]
    places += [IN_SENTENCE[group] for group in subscription.groups]
    pairs = ["–".join(pair) for pair in subscription.pairs]
    wide = [f"agreements of {listed(places, 'or')}"] if places else []
    return " and ".join(wide + ([f"pairs {listed(pairs)}"] if pairs else [])) or "any pair"


def rhythm(subscription: Subscription) -> str:
    """'every Monday at 06:00 UTC'."""
    at = f"at {subscription.hour:02d}:00 {subscription.timezone}"
    match subscription.rhythm:
        case "instant":
            quiet = (
                f", but not between {subscription.quiet.replace('-', ' and ')} o’clock" if subscription.quiet else ""
            )
            told = (
                "one source reports it"
                if subscription.voices == 1
                else (f"{subscription.voices} independent sources report it")
            )
            return f"at once, when {told}{quiet}"
        case "daily":
            return f"every day {at}, if there is news"
        case "weekly":
            return f"every {subscription.weekday.capitalize()} {at}"
    return f"on day {subscription.day} of every month {at}"


def why(subscription: Subscription, shown: str) -> str:
    """The whole sentence; `shown` is the address as it may be shown."""
    since = f" You asked for it on {display.short_day(subscription.asked)}." if subscription.asked else ""
    return (
        f"You follow “{subscription.name}”: {filters(subscription)}; {rhythm(subscription)}.{since} It goes to {shown}."
    )


def reader(subscription: Subscription, mailbox: str, desk: Desk) -> Reader:
    """How this subscription can be stopped from within the mail."""
    mine = token(desk.secret, subscription.name, mailbox) if desk.secret else ""
    stop = ""
    if desk.unsubscribe_box:
        stop = f"mailto:{desk.unsubscribe_box}?subject=" + quote(f"unsubscribe {mine or subscription.name}", safe="")
    return Reader(
        name=subscription.name,
        mailbox=mailbox,
        post_url=f"{desk.unsubscribe_url.rstrip('/')}/{mine}" if desk.unsubscribe_url and mine else "",
        unsubscribe_mailto=stop,
    )


def top(to: Reader, desk: Desk) -> tuple[Link, ...]:
    """The ways on from the first lines; the others stand once, below the filter."""
    ways = {
        "Browser": f"{desk.site}/news/" if desk.site else "",
        "Unsubscribe": _stop(to),
    }
    return tuple(Link(words, url) for words, url in ways.items() if url)


def _stop(to: Reader) -> str:
    return (to.post_url or to.unsubscribe_mailto) if to.mailbox else ""


def actions(subscription: Subscription, to: Reader, desk: Desk) -> tuple[Link, ...]:
    """What can be done, each one step away."""
    links = []
    if to.mailbox and desk.reply_to:
        for words, order in (("Change the filter", "change"), ("Pause", "pause")):
            links.append(Link(words, _letter(desk.reply_to, f"{order}: {subscription.name}")))
    if stop := _stop(to):
        links.append(Link("Unsubscribe", stop))
    if desk.site:
        links.append(Link("The whole archive as CSV", f"{desk.site}/agreements.csv"))
        links.append(Link("Coming signings as a calendar", f"{desk.site}/coming.ics"))
    return tuple(links)


def _letter(box: str, subject: str) -> str:
    return f"mailto:{box}?subject=" + quote(subject, safe="")


def foot(to: Reader, desk: Desk, version: str) -> tuple[str, ...]:
    """What stands at the end of every issue."""
    wrong = "Something wrong? Reply to this mail; corrections" if to.mailbox and desk.reply_to else "Corrections"
    lines = [
        f"{wrong} go to everyone who got the error. No pictures, no tracking: links lead straight to the source. "
        "Quotes are the sources’ words, all else is compiled by machine."
    ]
    if not to.mailbox:
        lines.append("Filter, rhythm and address are set in pactwatch.toml; paused = true stops it.")
    name = f"Pactwatch {version}".strip()
    lines.append(f"{name}, run by {desk.operator}." if desk.operator else f"{name}.")
    return tuple(lines)
