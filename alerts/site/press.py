"""What the pages of one build share: the archive, the options, cards and table rows made once, the frame of a page."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from markupsafe import Markup

from alerts import wording
from alerts.display import one_line
from alerts.exports import official
from alerts.exports.rows import page_url
from alerts.site.archive import Archive
from alerts.site.cards import Card, Quote, card, quote
from alerts.site.folder import Page
from alerts.site.prints import fingerprint
from alerts.templating import templates
from classify.names import ALPHA3, country_in_sentence
from classify.sectors import SECTORS
from storage.records import Agreement, Coverage, FeedHealth

Context = Mapping[str, Any]
TITLE = 58
"""Characters of a page's title in its head: search engines and tabs cut longer ones."""
_SHARED = ("choose.py", "display.py", "doubts.py", "idle.py", "wording.py", "languages.tsv")
"""Files of the room beside its folders that pages depend on."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a site is told beside the records."""

    today: date
    site_url: str = ""
    contact: str = ""
    """Where errors are reported: an http(s) or mailto: link."""
    licence: str = ""
    """Under which the operator gives the data, in words."""
    coverage: Coverage | None = None
    health: Sequence[FeedHealth] = ()


@dataclass(slots=True)
class Press:
    """Makes pages; remembers what several of them show."""

    archive: Archive
    options: Options
    edition: str
    """Fingerprint of the program, the names and the options that stand on every page."""
    _cards: dict[str, Card] = field(default_factory=dict)
    _rows: dict[tuple[str, str], Markup] = field(default_factory=dict)

    def page(self, path: str, template: str, made_of: Iterable[object], context: Callable[[], Context]) -> Page:
        """A page at `path` that is rendered anew when anything of `made_of` changed."""
        return Page(path, fingerprint(self.edition, *made_of), lambda: self._render(path, template, context()))

    def file(self, path: str, made_of: Iterable[object], content: Callable[[], bytes]) -> Page:
        """A file that no template makes."""
        return Page(path, fingerprint(self.edition, *made_of), content)

    def prints(self, records: Iterable[Agreement]) -> str:
        """One print for several records."""
        return fingerprint(*(self.archive.prints[record.key] for record in records))

    def card(self, record: Agreement) -> Card:
        """The record's card, made once."""
        if record.key not in self._cards:
            self._cards[record.key] = card(record)
        return self._cards[record.key]

    def rows(self, records: Iterable[Agreement], root: str) -> list[Markup]:
        """Table rows of the records for a page from which `root` leads to the root of the site."""
        return [self._row(record, root) for record in records]

    def item(self, record: Agreement) -> tuple[Card, Quote | None]:
        """The record with the sentence that proves its stage."""
        proof = record.evidence
        return self.card(record), quote(proof, record.pair) if proof else None

    def choices(self, records: Sequence[Agreement]) -> dict[str, list[tuple[str, str]]]:
        """Countries and sectors that the filter of a page offers."""
        countries = {code for record in records for code in record.pair}
        sectors = {code for record in records for code in record.sectors}
        return {
            "countries": sorted(((code, official.country(code)) for code in countries), key=lambda pair: pair[1]),
            "sectors": sorted(((code, wording.field(code)) for code in sectors), key=lambda pair: pair[1]),
        }

    def _row(self, record: Agreement, root: str) -> Markup:
        known = (record.key, root)
        if known not in self._rows:
            self._rows[known] = _macros().row(self.card(record), root)
        return self._rows[known]

    def _render(self, path: str, template: str, context: Context) -> bytes:
        depth = path.count("/")
        frame: dict[str, Any] = {
            "m": _macros(),
            "root": "../" * depth,
            "here": path,
            "feed": "",
            "canonical": "",
            "former": False,
            "head": one_line(str(context["title"]), TITLE),
            "filtered": False,
            "licence": self.options.licence,
            "contact": self.options.contact,
        }
        return templates().get_template(f"site/{template}").render(frame | dict(context)).encode()


def make_edition(options: Options) -> str:
    """Changes with the program, a template, a name of a country or sector, an option: then all pages are made anew.

    Names of all countries and sectors, not only of those in the archive: the first agreement of a country is news for
    its own pages alone.
    """
    names = [(code, official.country(code), country_in_sentence(code), official.alpha3(code)) for code in ALPHA3]
    sectors = [(code, official.sector(code), official.codes((code,))) for code in SECTORS]
    told = (official.LISTS, options.site_url, options.contact, options.licence)
    return fingerprint(_program(), sorted(names), sorted(sectors), *told)


def permalink(options: Options, key: str) -> str:
    """The absolute address of an agreement's page, '' where the site's address is not known."""
    return page_url(options.site_url, key)


def size(length: int) -> str:
    """'24 kB', '1.3 MB' of a number of bytes."""
    return f"{length / 1e6:.1f} MB" if length >= 999_500 else f"{max(round(length / 1000), 1)} kB"


@cache
def _macros() -> Any:
    return templates().get_template("site/macros.html.j2").module


@cache
def _program() -> str:
    """Print of the code and the templates that make the site."""
    room = files("alerts")
    shelves = (room.joinpath("site"), room.joinpath("exports"), room.joinpath("templates").joinpath("site"))
    sources = [source for shelf in shelves for source in shelf.iterdir() if source.is_file()]
    sources += [room.joinpath(name) for name in _SHARED]
    return _hash(sorted(sources, key=lambda source: source.name))


def _hash(sources: Sequence[Traversable]) -> str:
    whole = hashlib.blake2b(digest_size=12)
    for source in sources:
        whole.update(source.read_bytes())
    return whole.hexdigest()
