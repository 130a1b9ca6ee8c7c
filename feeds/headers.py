"""What response headers mean for the next poll: pure readings of `Retry-After`, `Cache-Control` and `Expires`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_VALIDATOR = 1_000
_MAX_AGE = re.compile(r"(?:^|[,\s])(s-maxage|max-age)\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now, of both forms of RFC 9110 10.2.3; None where missing or neither."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:12])
    moment = http_date(value)
    return (moment - now).total_seconds() if moment else None


def http_date(value: str) -> datetime | None:
    """An HTTP date in UTC, None for anything else."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def max_age(headers: Mapping[str, str]) -> float | None:
    """Seconds for which the answer holds (RFC 9111: `Cache-Control`, else `Expires` from the server's own `Date`);
    0 for no-cache and no-store, None where nothing is told."""
    control = headers.get("cache-control", "")
    if "no-cache" in control.lower() or "no-store" in control.lower():
        return 0.0
    found = _MAX_AGE.search(control)
    if found is None:
        until, at = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
        return max(0.0, (until - at).total_seconds()) if until and at else None
    age = headers.get("age", "0").strip()
    return max(0.0, float(found.group(2)) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0))


def validator(headers: Mapping[str, str], name: str) -> str:
    """`etag` or `last-modified`, empty where it is longer than any honest one or could not be sent back."""
    value = headers.get(name, "").strip()
    return value if len(value) <= LONGEST_VALIDATOR and value.isprintable() and value.isascii() else ""
