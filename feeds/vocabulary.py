"""The elements of feeds by short names: bare in a feed's own vocabulary, with a known prefix in others."""

from collections.abc import Callable

from lxml import etree  # type: ignore[import-untyped]

Names = Callable[[etree._Element], str]

_RSS = {
    "", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss", "http://backend.userland.com/rss2", "http://backend.userland.com/RSS2",
    "http://blogs.law.harvard.edu/tech/rss", "http://cyber.law.harvard.edu/rss", "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://purl.org/net/rss1.1#",
}  # fmt: skip
_ATOM = {"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "https://www.w3.org/2005/Atom"}
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
DATES = (
    "pubDate", "published", "dc:date", "dcterms:issued", "issued", "dcterms:created", "created", "date",
    "atom:published", "updated", "dcterms:modified", "modified", "atom:updated",
)  # fmt: skip
TEXTS = (
    "content:encoded", "content", "atom:content", "xhtml:body", "xhtml:div", "body", "fullitem", "description",
    "summary", "atom:summary", "dc:description", "media:description", "itunes:summary",
)  # fmt: skip
_OWN = (
    "channel", "item", "title", "link", "guid", "description", "pubDate", "language", "ttl", "skipHours", "skipDays",
)  # fmt: skip
_SPELLED = {name.lower(): name for name in _OWN}
"""RSS's own elements, which some feeds write in other cases."""


def names(root: etree._Element) -> Names:
    """Short names of elements: bare in the feed's own vocabulary, with a known prefix in others, else with `?`."""
    namespace, local = parted(root.tag)
    atom = local == "feed"
    own = {namespace} if local in ("urlset", "sitemapindex") else {"", namespace} | (_ATOM if atom else _RSS)
    cache: dict[object, str] = {}

    def name(element: etree._Element) -> str:
        tag = element.tag
        short = cache.get(tag)
        if short is None:
            short = cache[tag] = _short(tag, own, atom) if isinstance(tag, str) else "?"
        return short

    return name


def _short(tag: str, own: set[str], atom: bool) -> str:
    namespace, local = parted(tag)
    prefix, _, rest = local.rpartition(":")
    if namespace in own:
        rest = rest if atom else _SPELLED.get(rest.lower(), rest)
        return f"{prefix.lower()}:{rest}" if prefix and prefix.lower() not in ("rss", "atom") else rest
    if namespace in _ATOM and not atom:
        return f"atom:{local}"
    return _PREFIXES.get(namespace.lower(), "?") + local


def parted(tag: str) -> tuple[str, str]:
    """Namespace and local name; the latter keeps a prefix that nothing declares."""
    namespace, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    return namespace, local
