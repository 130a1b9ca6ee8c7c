"""Every door of Pactwatch in a network of its own, in which every address is this machine: run by `test_namespace`.

`unshare --net --mount python inside_child.py ADDRESSES` prints, as JSON, for each door how many addresses were tried
and which addresses that are not public a connection was asked of, whatever the port: read from the wire, not from our
own code. `control` is the same with everything allowed: what a door that is not guarded would have reached.
"""

import asyncio
import http.server
import ipaddress
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(Path(__file__).parents[2]))

from feeds import Remembered, Rules, confirm, discover, post, read_all, read_articles
from feeds.errors import FeedError
from feeds.guard import is_public
from seeds import Entry, Feed
from seeds.opml import read as read_opml

PUBLIC = "93.184.216.34"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ADDRESSES = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
NAMES: dict[str, list[list[str]]] = {
    "localhost": [["127.0.0.1"]],
    "localhost.localdomain": [["127.0.0.1"]],
    "inside.example": [["10.0.0.1"]],
    "both.example": [[PUBLIC, "10.0.0.1"]],
    "rebind.example": [[PUBLIC], ["169.254.169.254"]],
    "back.example": [["10.0.0.1"], [PUBLIC]],
}
"""What the name server says of a name, time after time; every other name is public."""


def network() -> None:
    """Every address of both versions is here, and names are asked of us."""
    for command in ("ip link set lo up", "ip route add local 0.0.0.0/0 dev lo", "ip -6 route add local ::/0 dev lo"):
        subprocess.run(command.split(), check="-6" not in command)
    with NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    os.unlink(file.name)


class Wire(threading.Thread):
    """Addresses that are not public and that somebody wanted to connect to: SYN without ACK on the loopback."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._packets.bind(("lo", 0))
        self.asked: set[str] = set()
        self.public = 0

    def run(self) -> None:
        while True:
            packet = self._packets.recv(200)[14:]
            if packet[0] >> 4 == 4 and packet[9] == 6:
                self._note(socket.inet_ntop(socket.AF_INET, packet[16:20]), packet[(packet[0] & 15) * 4 + 13])
            elif packet[0] >> 4 == 6 and packet[6] == 6:
                self._note(socket.inet_ntop(socket.AF_INET6, packet[24:40]), packet[40 + 13])

    def _note(self, address: str, flags: int) -> None:
        if flags & 0b10010 != 0b00010:
            return
        if is_public(address) and ipaddress.ip_address(address) == ipaddress.ip_address(PUBLIC):
            self.public += 1
        else:
            self.asked.add(address)

    def taken(self) -> list[str]:
        """What was asked since the last time."""
        asked, self.asked = sorted(self.asked), set()
        return asked


def name_server() -> None:
    """Answers A questions by `NAMES`; other questions have no answer."""
    box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    box.bind(("127.0.0.1", 53))
    turns: dict[str, int] = {}
    while True:
        question, asker = box.recvfrom(512)
        labels, at = [], 12
        while length := question[at]:
            labels.append(question[at + 1 : at + 1 + length].decode("ascii", "replace"))
            at += length + 1
        kind = struct.unpack(">H", question[at + 1 : at + 3])[0]
        name = ".".join(labels).lower()
        says = NAMES.get(name, [[PUBLIC]])
        turn = turns.get(name, 0)
        turns[name] = turn + (kind == 1)
        found = says[turn % len(says)] if kind == 1 else []
        answers = b"".join(b"\xc0\x0c\x00\x01\x00\x01\0\0\0\0\x00\x04" + socket.inet_aton(one) for one in found)
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
        box.sendto(head + question[12 : at + 5] + answers, asker)


_NUMBERED = (r"r(\d+)\.example", r"/(\d+)/(\w+)$")
"""Hosts of robots.txt, and paths."""


class Outlet(http.server.BaseHTTPRequestHandler):
    """A public site that sends us inside: by the number in the host's name or in the path, and by the kind of page."""

    def do_GET(self) -> None:
        host, path = (re.match(pattern, text) for pattern, text in zip(_NUMBERED, self._asked(), strict=True))
        number, kind = (host[1], "robots") if host else path.groups() if path else ("0", "other")
        target = ADDRESSES[int(number)]
        if kind in ("redirect", "moved") or (kind == "robots" and self.path == "/robots.txt"):
            self.send_response(301 if kind == "moved" else 302)
            self.send_header("Location", target.encode().decode("latin-1"))
            self.end_headers()
            return
        body = PAGES.get(kind, "<rss/>").replace("TARGET", escape(target)).encode()
        self.send_response(200)
        self.send_header("Refresh", "0; url=http://10.0.0.1/")
        self.send_header("Link", '<http://10.0.0.1/>; rel="alternate"; type="application/rss+xml"')
        self.end_headers()
        self.wfile.write(body)

    def _asked(self) -> tuple[str, str]:
        return self.headers.get("Host", ""), self.path

    def log_message(self, *_: object) -> None:
        """Quiet."""


PAGES = {
    "alternate": '<html><head><base href="TARGET"><link rel="alternate" type="application/rss+xml" href="TARGET">'
    '<link rel="shortcut icon" href="TARGET"></head>'
    '<body><img src="TARGET"><iframe src="TARGET"></iframe></body></html>',
    "sitemaps": '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>TARGET</loc></sitemap>'
    "</sitemapindex>",
    "within": '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="TARGET"?><!DOCTYPE rss SYSTEM "TARGET" ['
    '<!ENTITY inside SYSTEM "TARGET"><!ENTITY % more SYSTEM "TARGET"> %more;]><rss version="2.0" '
    'xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>&inside;</title><xi:include href="TARGET"/>'
    '<atom:link rel="hub" href="TARGET"/><atom:link rel="self" href="TARGET"/><image><url>TARGET</url></image>'
    "<itunes:new-feed-url>TARGET</itunes:new-feed-url><item><title>T</title><link>TARGET</link>"
    '<enclosure url="TARGET" type="audio/mpeg" length="1"/><comments>TARGET</comments></item></channel></rss>',
    "itself": "TARGET",
}


async def _poll(feeds: Sequence[Feed], rules: Rules, remembered: dict[str, Remembered] | None = None) -> None:
    async for _ in read_all(feeds, remembered or {}, rules, NOW):
        pass


async def _articles(urls: list[str], rules: Rules) -> None:
    async for _ in read_articles([Entry("f", f"T{n}", url=url) for n, url in enumerate(urls)], rules):
        pass


def _feeds(urls: list[str]) -> list[Feed]:
    return [Feed(str(n), "o", url, "", "") for n, url in enumerate(urls)]


def _outlet(kind: str) -> list[str]:
    return [f"http://outlet.example/{n}/{kind}" for n in range(len(ADDRESSES))]


async def by_feed(rules: Rules) -> None:
    await _poll(_feeds(ADDRESSES), rules)


async def by_redirect(rules: Rules) -> None:
    await _poll(_feeds(_outlet("redirect")), rules)


async def by_permanent_redirect(rules: Rules) -> None:
    """Followed, and taken over by a person who confirms it."""
    await _poll(_feeds(_outlet("moved")), rules)
    moved = {str(n): confirm(Remembered(str(n), u, u, moved_to=u)) for n, u in enumerate(ADDRESSES)}
    await _poll(_feeds(ADDRESSES), rules, moved)


async def by_article(rules: Rules) -> None:
    await _articles(ADDRESSES, replace(rules, robots=False))


async def by_article_redirect(rules: Rules) -> None:
    await _articles(_outlet("redirect"), replace(rules, robots=False))


async def by_robots(rules: Rules) -> None:
    """The file of the page's own site, and one that redirects."""
    await _articles(ADDRESSES, rules)
    await _articles([f"http://r{n}.example/page" for n in range(len(ADDRESSES))], rules)


async def _discover(urls: list[str], rules: Rules) -> None:
    await asyncio.gather(*(discover(url, rules, NOW) for url in urls))


async def by_discovery(rules: Rules) -> None:
    await _discover(ADDRESSES, rules)


async def by_alternate(rules: Rules) -> None:
    await _discover(_outlet("alternate"), rules)


async def by_sitemaps(rules: Rules) -> None:
    await _discover(_outlet("sitemaps"), rules)


async def by_opml(rules: Rules) -> None:
    """Importing asks nobody, so what it lets in is polled."""
    outlines = "".join(f"<outline text='x' type='rss' xmlUrl={quoteattr(url)}/>" for url in ADDRESSES)
    gathered = read_opml(f"<opml version='2.0'><body>{outlines}</body></opml>".encode("utf-8", "replace"))
    await _poll(gathered.feeds, rules)


async def by_webhook(rules: Rules) -> None:
    for url in ADDRESSES:
        try:
            await post(url, b"{}", {}, rules)
        except FeedError:
            continue


async def by_names(rules: Rules) -> None:
    """Names that lead inside, that also do, and that do every other time they are asked: rebinding."""
    for _ in range(8):
        await _poll(_feeds([f"http://{name}/0/redirect" for name in NAMES]), rules)
        await _articles([f"http://{name}/0/page" for name in NAMES], rules)


async def by_what_a_feed_names(rules: Rules) -> None:
    """Entities, document types, style sheets, includes, hubs, icons, enclosures: nothing of these is ever asked."""
    await _poll(_feeds(_outlet("within")), rules)


async def by_a_body_that_is_an_address(rules: Rules) -> None:
    await _poll(_feeds(_outlet("itself")), rules)


async def by_a_proxy(rules: Rules) -> None:
    """The environment's proxies are not used."""
    os.environ.update(http_proxy="http://10.0.0.1/", HTTP_PROXY="http://10.0.0.1/", all_proxy="http://10.0.0.1/")
    await _poll(_feeds(["http://outlet.example/0/itself"]), rules)


Door = Callable[[Rules], Coroutine[Any, Any, None]]
DOORS: dict[str, Door] = {
    "feed address": by_feed, "redirect": by_redirect, "permanent redirect, confirmed": by_permanent_redirect,
    "article link": by_article, "redirect of an article": by_article_redirect, "robots.txt": by_robots,
    "discovery": by_discovery, "rel=alternate of a page": by_alternate, "index of sitemaps": by_sitemaps,
    "OPML import": by_opml, "webhook": by_webhook, "names and rebinding": by_names,
    "what a feed names within": by_what_a_feed_names, "a body that is an address": by_a_body_that_is_an_address,
    "a proxy of the environment": by_a_proxy,
}  # fmt: skip


class _Both(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 500


def _server() -> http.server.HTTPServer:
    """For both versions of addresses, or for the older where the machine has no other."""
    try:
        return _Both(("::", 80), Outlet)
    except OSError:
        return http.server.ThreadingHTTPServer(("0.0.0.0", 80), Outlet)


def main() -> None:
    """Try all doors, guarded as shipped and then not guarded."""
    network()
    wire = Wire()
    wire.start()
    threading.Thread(target=name_server, daemon=True).start()
    threading.Thread(target=_server().serve_forever, daemon=True).start()
    as_shipped = Rules(pause=0.0, per_host=10, connect=2.0, read=2.0, total=4.0)
    told = {}
    for name, door in DOORS.items():
        public = wire.public
        asyncio.run(door(as_shipped))
        inside, public = wire.taken(), wire.public - public
        asyncio.run(door(replace(as_shipped, allowed=("0.0.0.0/0", "::/0"))))
        told[name] = {"inside": inside, "public": public, "control": len(wire.taken())}
    print(json.dumps({"addresses": len(ADDRESSES), "doors": told}))


if __name__ == "__main__":
    main()
