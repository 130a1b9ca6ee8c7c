"""Reading built pages as a browser would, without one: elements, links and text of each file."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

BLOCKS = {"dd", "dt", "div", "h1", "h2", "h3", "li", "p", "td", "th", "tr", "blockquote", "br"}
VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass
class Read(HTMLParser):
    """One page: its elements with attributes in order, the text, and faults of nesting."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        self.elements.append((tag, dict(attrs)))
        if tag in BLOCKS:
            self.text.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every `tag`."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        """The visible and invisible text with folded white space."""
        return " ".join("".join(self.text).split())


def read(path: Path) -> Read:
    """A page as parsed; it has to be UTF-8."""
    page = Read()
    page.feed(path.read_text("utf-8"))
    page.close()
    page.faults += [f"<{tag}> stays open" for tag in page.open]
    return page


def pages(folder: Path) -> list[Path]:
    """Every HTML file of a site."""
    return sorted(folder.rglob("*.html"))


def files(folder: Path) -> dict[str, bytes]:
    """Every file that is served, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def dead_links(folder: Path) -> list[str]:
    """Relative links that lead to no file or to no id, with the page that has them."""
    ids = {path: {v for _, a in read(path).elements if (v := a.get("id"))} for path in pages(folder)}
    dead = []
    for path in pages(folder):
        for _, attributes in read(path).elements:
            for name in ("href", "src"):
                link = attributes.get(name) or ""
                base = folder / "404.html" if link.startswith("/") else path  # of a site at the root of its host
                if link and not re.match(r"[a-z]+:", link) and not _leads(base, link.removeprefix("/"), ids):
                    dead.append(f"{path.relative_to(folder)}: {link}")
    return dead


def _leads(path: Path, link: str, ids: dict[Path, set[str]]) -> bool:
    parts = urlsplit(link)
    target = Path(str((path.parent / unquote(parts.path)).resolve())) if parts.path else path
    if not target.is_file():
        return False
    return not parts.fragment or parts.fragment in ids.get(target, set())
