"""A loopback server that speaks for many hosts: every 127.x.y.z is one feed, with ETag.

Plain asyncio streams, so that it costs little beside what is measured. Prints its port; ends with its input.
"""

import argparse
import asyncio
import random
import re
import sys
from collections.abc import Callable

WORDS = re.findall(
    r"\w+",
    """the minister signed agreement cooperation trade energy visit president meeting market report people city
    government water court health school police season players growth rates bank investors company research climate
    storm election party leader vote border talks summit treaty partners exports industry workers farmers prices oil
    gas wind museum festival music film writers children families hospital doctors roads railway airport ships""",
)


def body(n: int, entries: int, version: int) -> bytes:
    """A feed of some 1,100 bytes an entry, the same for the same arguments."""
    rng = random.Random(n * 1000 + version)
    items = []
    for k in range(entries):
        title = " ".join(rng.choices(WORDS, k=9)).capitalize()
        text = " ".join(rng.choices(WORDS, k=120))
        items.append(
            f"<item><title>{title} {n}-{k}-{version if k == 0 else 0}</title>"
            f"<link>https://outlet{n}.example/news/{k}-{version if k == 0 else 0}</link>"
            f'<guid isPermaLink="false">{n}-{k}-{version if k == 0 else 0}</guid>'
            f"<pubDate>Tue, 24 Nov 2026 0{k % 10}:{k:02d}:00 GMT</pubDate>"
            f"<description><![CDATA[<p>{text[:500]}</p><p>{text[500:]}</p>]]></description></item>"
        )
    head = f"<title>Outlet {n}</title><link>https://outlet{n}.example/</link><description>News</description>"
    document = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    )
    return document.encode()


async def serve(entries: int, latency: float, announce: Callable[[int], None]) -> None:
    """Answer until standard input ends."""
    bodies: dict[str, bytes] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                host = writer.get_extra_info("sockname")[0]
                number = int(host.split(".")[2]) * 250 + int(host.split(".")[3])
                if latency:
                    await asyncio.sleep(latency)
                etag = b'"v0"'
                if b"if-none-match: " + etag in request.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n")
                else:
                    content = bodies.setdefault(host, body(number, entries, 0))
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(content)}\r\n"
                    writer.write(head.encode() + b"ETag: " + etag + b"\r\n\r\n" + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", 0)
    announce(server.sockets[0].getsockname()[1])
    async with server:
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Serve as the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--latency", type=float, default=0.0)
    arguments = options.parse_args()
    asyncio.run(serve(arguments.entries, arguments.latency, lambda port: print(port, flush=True)))


if __name__ == "__main__":
    main()
