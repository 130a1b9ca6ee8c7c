"""Web addresses as people write them: which are accepted, and which two are the same place."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

LONGEST = 4_000
"""Longest address accepted, in characters; real feeds and articles stay under 2,000."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")

_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hs(enc|mi)|mkt_tok|cmpid|"
    r"wt\.mc_id|wt_mc|ns_(mchannel|source|campaign|linkname|fee)|at_(medium|campaign|link_\w+|custom\d*|ptr_name|format|bbc_team)|"
    r"itm_\w+|pk_(campaign|kwd|source|medium)|mtm_\w+|piwik_\w+|oc|ref_(src|url)|xtor|ito|ncid|sr_share|smid|traffic_source)$",
    re.IGNORECASE,
)
"""Parameters that tell where a reader came from and not which page it is."""

_FROM_A_FEED = re.compile(r"(rss|feed|atom|newsletter)", re.IGNORECASE)
_ORIGIN = {"source", "src", "ref", "from", "via", "partner", "cid", "cmp", "rss", "referrer"}
"""Names that some sites use for the page and others for the origin: an origin where the value says so."""


def accepted(url: str) -> SplitResult:
    """The parts of an http(s) address; `ValueError` with the reason where we would not ask it.

    No credentials (they would end up in logs and exports), no backslash, space or control character (parsers
    disagree about these), nothing but http and https.
    """
    if len(url) > LONGEST:
        raise ValueError(f"address longer than {LONGEST} characters")
    if _FORBIDDEN.search(url):
        raise ValueError("address with a space, a backslash or a control character")
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f"only http and https are read, not {parts.scheme or 'an address without scheme'}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("address with credentials; remove them")
    if not parts.hostname:
        raise ValueError("address without a host")
    _ = parts.port
    return parts


_USUAL = re.compile(
    r"https?://(?:(?:www\d?|m|amp)\.(?=[^./]+\.))?([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[^/?#\s]*)*?)(?:/index\.(?:html?|php))?/*"
)
"""What most addresses are: a plain host, and a path without what does not tell pages apart."""


def normal(url: str) -> str:
    """The form in which two addresses of one page are equal: without scheme, `www.`, default port, fragment,
    tracking parameters and final slash, parameters sorted. Never used to ask a server; empty where there is no host.
    """
    usual = _USUAL.fullmatch(url)
    return usual[1] + usual[2] if usual else by_parts(url)


def by_parts(url: str) -> str:
    """As `normal`, for any address; four times as slow."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    host = re.sub(r"^(www\d?|m|amp)\.(?=[^.]+\.)", "", host)
    path = re.sub(r"(/index\.(html?|php))?/*$", "", parts.path)
    query = _telling(parts.query)
    at = f":{port}" if port not in (None, 80, 443) else ""
    return f"{host}{at}{path}{'?' + query if query else ''}"


def _telling(query: str) -> str:
    """What of a query tells pages apart, sorted."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted((k, v) for k, v in pairs if not _is_origin(k, v)), errors="replace")


def _is_origin(name: str, value: str) -> bool:
    return bool(_TRACKING.match(name)) or (name.lower() in _ORIGIN and bool(_FROM_A_FEED.match(value)))
