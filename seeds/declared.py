"""The one reader of declarations, `feeds.toml` and `articles.toml`: checked whole, faults named by file and key."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from seeds.address import accepted, normal
from seeds.model import Entry, Feed, Kind

HERE = Path(__file__).parent
BUILTIN = HERE / "feeds.toml"
ARTICLES = HERE / "articles.toml"

Which = Literal["builtin", "own", "both"]

COUNTRIES = frozenset(
    code
    for line in (HERE / "countries.txt").read_text(encoding="ascii").splitlines()
    if not line.startswith("#")
    for code in line.split()
)
"""What may stand as an outlet's country."""

_ELSEWHERE = {"UK": "GB", "EL": "GR"}
"""Codes of the European Union's own style guide."""

KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""BCP 47, as far as languages of news need it."""


class SeedError(Exception):
    """A declaration that can't be used. `faults` has one printable line each: file, line, key, what to do."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def _address(url: str) -> str:
    accepted(url)
    return url


def _country(code: str) -> str:
    if code and code not in COUNTRIES:
        meant = _ELSEWHERE.get(code.upper(), code.upper() if code.upper() in COUNTRIES else "")
        raise ValueError(f"{code!r} is no code of ISO 3166-1 alpha-2{f'; did you mean {meant}?' if meant else ''}")
    return code


Country = Annotated[str, AfterValidator(_country)]
Address = Annotated[str, AfterValidator(_address)]


class _Declared(BaseModel):
    """One `[feeds.KEY]` table. Country and language may be missing in imported lists; the built-in list tells both."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)

    outlet: Annotated[str, Field(min_length=1, max_length=200)]
    url: Address
    country: Country = ""
    lang: Annotated[str, Field(pattern=rf"^({LANGUAGE.pattern})?$")] = ""
    kind: Kind = "other"
    owner: Annotated[str, Field(max_length=200)] = ""
    official: Country = ""
    enabled: bool = True
    evidence: str = ""
    seen_alive: date | None = None
    off_because: str = ""

    @model_validator(mode="after")
    def _off_has_a_reason(self) -> "_Declared":
        if self.off_because and self.enabled:
            raise ValueError("off_because needs enabled = false")
        return self


class _Article(BaseModel):
    """One `[articles.NAME]` table; its text is the file NAME.txt beside the declarations."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[str, Field(min_length=1)]
    outlet: Annotated[str, Field(min_length=1)]
    url: Address
    published: date
    lang: str


def load_feeds(which: Which = "both", own: Path | None = None) -> list[Feed]:
    """The declared feeds, the switched-off ones too, sorted by key.

    `own` is the user's `feeds.toml`; a missing file is an empty list. With `both`, an own entry of the same key or
    address replaces the built-in one (so that a user can switch one off or mend it). `SeedError` names every fault.
    """
    mine = {} if which == "builtin" or own is None or not own.exists() else _read(own)
    taken = {normal(feed.url) for feed in mine.values()}
    builtin = {} if which == "own" else _read(BUILTIN)
    kept = {key: feed for key, feed in builtin.items() if key not in mine and normal(feed.url) not in taken}
    return sorted({**kept, **mine}.values(), key=lambda feed: feed.key)


def load_articles() -> list[Entry]:
    """The seed articles: always told, whatever their age."""
    return [_entry(name, table) for name, table in _document(ARTICLES).get("articles", {}).items()]


def _entry(name: str, table: Mapping[str, Any]) -> Entry:
    try:
        article = _Article.model_validate(table)
    except ValidationError as error:
        raise SeedError(_faults(ARTICLES, "articles", name, error, _Article)) from error
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    published = datetime.combine(article.published, time(), tzinfo=UTC)
    return Entry(
        feed="seed", title=article.title, text=text, url=article.url, guid=article.url, published=published,
        lang=article.lang, outlet=article.outlet, seed=True,
    )  # fmt: skip


def _read(path: Path) -> dict[str, Feed]:
    """All feeds of one file by key; every fault of the file in one `SeedError`."""
    document = _document(path)
    feeds: dict[str, Feed] = {}
    faults = [
        f"{path}: unknown table [{name}]; a feed is declared as [feeds.KEY]" for name in document if name != "feeds"
    ]
    tables = document.get("feeds", {})
    if not isinstance(tables, dict):
        raise SeedError([f"{path}: feeds must be tables, [feeds.KEY] one each"])
    for key, table in tables.items():
        try:
            feeds[key] = _feed(key, table)
        except ValidationError as error:
            faults += _faults(path, "feeds", key, error, _Declared)
        except ValueError as error:
            faults.append(f"{_at(path, 'feeds', key)}: [feeds.{key}] {error}")
    faults += _doubled(feeds, path)
    if faults:
        raise SeedError(faults)
    return feeds


def _feed(key: str, table: Mapping[str, Any]) -> Feed:
    if not KEY.fullmatch(key):
        raise ValueError("the key must be lower-case letters, digits and dashes, at least two")
    return Feed(key=key, **dict(_Declared.model_validate(table)))


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SeedError([f"{path}: {_as_people_say(error)}"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError([f"{path}: can't be read: {error}"]) from error


def _as_people_say(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    doubled = "overwrite" in text or "twice" in text
    return f"{text}; a key or table given twice, give each feed its own" if doubled else text


def _doubled(feeds: Mapping[str, Feed], path: Path) -> list[str]:
    """Two switched-on feeds at one address would count every report twice."""
    first: dict[str, Feed] = {}
    faults = []
    for feed in feeds.values():
        other = first.setdefault(normal(feed.url), feed) if feed.enabled else feed
        if other is not feed:
            at = _at(path, "feeds", feed.key)
            faults.append(f"{at}: [feeds.{feed.key}] has the address of [feeds.{other.key}]; remove one of them")
    return faults


def _faults(path: Path, table: str, key: str, error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each fault that pydantic found in one table."""
    lines = []
    for fault in error.errors():
        field = str(fault["loc"][0]) if fault["loc"] else ""
        what = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            near = difflib.get_close_matches(field, model.model_fields, n=1)
            what = f"unknown key{f'; did you mean {near[0]}?' if near else ''}"
        lines.append(f"{_at(path, table, key, field)}: [{table}.{key}] {field + ': ' if field else ''}{what}")
    return lines


def _at(path: Path, table: str, key: str, field: str = "") -> str:
    """File and line of a table's field, or of the table; the parser of TOML keeps no lines, so they are looked for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = re.compile(rf"\s*\[\s*{table}\s*\.\s*[\"']?{re.escape(key)}[\"']?\s*\]")
    start = next((n for n, line in enumerate(lines) if head.match(line)), None)
    if start is None:
        return str(path)
    wanted = re.compile(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=")
    for n, line in enumerate(lines[start + 1 :], start + 1):
        if line.lstrip().startswith("["):
            break
        if field and wanted.match(line):
            return f"{path}:{n + 1}"
    return f"{path}:{start + 1}"
