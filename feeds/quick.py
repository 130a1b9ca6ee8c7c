"""The quick reader: well-formed RSS, RDF, Atom and news sitemaps, by one walk over libxml2's tree.

It reads what needs no judgement, some twenty times as fast as feedparser; all else goes to `feeds.forgiving`. A test
holds both to the same answer on every real feed. No entity is expanded, nothing is loaded, and libxml2's own limits
(depth 256, ten million characters a node) stay on.
"""

from base64 import b64decode

from lxml import etree  # type: ignore[import-untyped]

from feeds.plain import escaped, seen
from feeds.raw import RawEntry, RawFeed
from feeds.vocabulary import DATES, TEXTS, Names, names, parted

_XML = "{http://www.w3.org/XML/1998/namespace}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


class NotPlain(Exception):
    """Not well-formed, or no dialect that is read here: the forgiving reader's turn."""


def read(document: str, base: str = "", *, lenient: bool = False) -> RawFeed:
    """The fields of a document without declaration; `NotPlain` where the quick reader is not sure of them.

    `lenient` takes what libxml2 makes of a document that is not well-formed.
    """
    root = _tree(document.encode("utf-8", "replace"), base, lenient)
    try:
        return _read(root)
    except UnicodeDecodeError as error:  # libxml2, when lenient, lets half characters through in attributes
        raise NotPlain(str(error)) from error


def _read(root: etree._Element) -> RawFeed:
    kind = parted(root.tag)[1].rpartition(":")[2].lower()
    name = names(root)
    if kind == "rss":
        return _rss(root, name, "rss")
    if kind == "rdf":
        return _rss(root, name, "rdf")
    if kind == "feed":
        return _atom(root, name)
    if kind in ("urlset", "sitemapindex"):
        return _sitemap(root, name)
    raise NotPlain(f"root element {kind}")


def _tree(document: bytes, base: str, lenient: bool) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(document, parser, base_url=base or None)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotPlain(str(error)) from error
    if root is None:
        raise NotPlain("nothing in it")
    serious = next((e for e in parser.error_log if e.domain != etree.ErrorDomains.NAMESPACE), None)
    if serious is not None and not lenient:
        raise NotPlain(f"line {serious.line}: {serious.message.strip()}")
    return root


def _rss(root: etree._Element, name: Names, dialect: str) -> RawFeed:
    channel = next((c for c in root if name(c) == "channel"), None)
    feed = RawFeed(dialect)
    if channel is not None:
        fields = _first(channel, name)
        feed.title = _content(_either(fields, "title", "dc:title"))
        feed.home = _content(fields.get("link"))
        feed.lang = _content(fields.get("language")) or _content(fields.get("dc:language"))
        feed.ttl = _content(fields.get("ttl"))
        feed.skip_hours = _parts(fields.get("skipHours"))
        feed.skip_days = _parts(fields.get("skipDays"))
    places = [root] if channel is None else [channel, root]
    feed.entries = [_rss_item(item, name) for place in places for item in place if name(item) == "item"]
    return feed


def _first(element: etree._Element, name: Names) -> dict[str, etree._Element]:
    """The first child of each name that has anything in it."""
    fields: dict[str, etree._Element] = {}
    for child in element:
        short = name(child)
        if short not in fields or not (fields[short].text or len(fields[short])):
            fields[short] = child
    for child in fields.get("media:group", ()):
        fields.setdefault(name(child), child)
    return fields


def _parts(element: etree._Element | None) -> list[str]:
    return [] if element is None else [text for part in element if (text := _content(part))]


def _rss_item(item: etree._Element, name: Names) -> RawEntry:
    fields = _first(item, name)
    guid = fields.get("guid")
    about = item.get(_ABOUT, "")
    entry = RawEntry(
        title=_content(_either(fields, "title", "atom:title", "dc:title", "media:title")),
        link=_content(fields.get("link")) or _atom_link(item, name, "atom:link"),
        guid=_content(guid) or _content(fields.get("id")) or _content(fields.get("atom:id")) or about,
        lang=item.get(f"{_XML}lang", "") or _content(fields.get("dc:language")),
        base=item.base or "",
    )
    entry.link = _original(fields) or entry.link or _attribute(fields.get("link"), "href")
    entry.guid_is_link = (guid is not None and guid.get("isPermaLink", "true").lower() != "false") or (
        guid is None and bool(about)
    )
    _times_and_texts(entry, fields)
    return entry


def _atom(root: etree._Element, name: Names) -> RawFeed:
    fields = _first(root, name)
    return RawFeed(
        "atom", title=_content(fields.get("title")), home=_atom_link(root, name), lang=root.get(f"{_XML}lang", ""),
        entries=[_atom_entry(entry, name) for entry in root if name(entry) == "entry"],
    )  # fmt: skip


def _atom_entry(element: etree._Element, name: Names) -> RawEntry:
    fields = _first(element, name)
    entry = RawEntry(
        title=_content(_either(fields, "title", "dc:title", "media:title")), link=_atom_link(element, name),
        guid=_content(fields.get("id")), lang=element.get(f"{_XML}lang", ""), base=element.base or "",
    )  # fmt: skip
    entry.link = _original(fields) or entry.link
    entry.guid_is_link = not entry.link and entry.guid.startswith(("http://", "https://"))
    _times_and_texts(entry, fields)
    return entry


def _sitemap(root: etree._Element, name: Names) -> RawFeed:
    feed = RawFeed("sitemap")
    for place in root:
        fields = {name(part): part for part in place.iter(etree.Element)}
        loc = _content(fields.get("loc"))
        if name(place) == "sitemap" and loc:
            feed.offers.append(loc)
        elif name(place) == "url" and "news:title" in fields:
            entry = RawEntry(title=_content(fields["news:title"]), link=loc, guid=loc)
            dates = (_content(fields.get(key)) for key in ("news:publication_date", "lastmod"))
            entry.dates = [date for date in dates if date]
            entry.lang = _content(fields.get("news:language"))
            feed.entries.append(entry)
    return feed


def _times_and_texts(entry: RawEntry, fields: dict[str, etree._Element]) -> None:
    entry.dates = [text for key in DATES if key in fields and (text := _content(fields[key]))]
    entry.texts = [text for key in TEXTS if key in fields and (text := _content(fields[key]))]


def _either(fields: dict[str, etree._Element], *names: str) -> etree._Element | None:
    return next((fields[name] for name in names if name in fields and _content(fields[name])), None)


def _atom_link(element: etree._Element, name: Names, called: str = "link") -> str:
    """The page that an Atom entry or feed stands for."""
    links = [c for c in element if name(c) == called and c.get("href") and c.get("rel", "alternate") == "alternate"]
    best = next((link for link in links if "html" in link.get("type", "html")), links[0] if links else None)
    return (best.get("href") or "").strip() if best is not None else ""


def _original(fields: dict[str, etree._Element]) -> str:
    """The article's own address, where a feed service has put its counter in between."""
    link = _content(fields.get("feedburner:origLink"))
    return link if link.startswith(("http://", "https://")) else ""


def _attribute(element: etree._Element | None, name: str) -> str:
    return (element.get(name) or "").strip() if element is not None else ""


def _content(element: etree._Element | None) -> str:
    """The text of an element; of one that holds mark-up (XHTML, or HTML that was not escaped) what a reader sees."""
    if element is None:
        return ""
    if not len(element):
        text = (element.text or "").strip()
        return _from_base64(text) if text and _is_base64(element) else text
    return escaped(seen(element)).strip()


def _is_base64(element: etree._Element) -> bool:
    """Atom 0.3 says so by `mode`, Atom 1.0 (RFC 4287, 4.1.3.3) by a type that is neither text nor XML."""
    if element.get("mode") == "base64":
        return True
    kind = element.get("type", "").lower()
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))


def _from_base64(text: str) -> str:
    try:
        return b64decode(text, validate=False).decode("utf-8")
    except ValueError:
        return text
