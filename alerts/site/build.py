"""The one way in: the archive as a folder of plain files."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files as resources
from pathlib import Path

from alerts.site.agreements import agreement_pages
from alerts.site.archive import arrange
from alerts.site.directories import directory_pages
from alerts.site.folder import Built, Page, SiteError, paths_of, publish
from alerts.site.front import front_page
from alerts.site.groups import group_pages
from alerts.site.periods import period_pages
from alerts.site.press import Options, Press, make_edition
from alerts.site.standing import file_pages, standing_pages
from storage.records import Agreement, Coverage, FeedHealth


def build(
    records: Iterable[Agreement],
    folder: Path,
    *,
    now: datetime,
    site_url: str = "",
    contact: str = "",
    licence: str = "",
    coverage: Coverage | None = None,
    health: Sequence[FeedHealth] = (),
) -> Built:
    """Bring the site in `folder` to the state of `records` (withdrawn and merged ones included) and say what
    changed.

    `site_url` makes absolute permalinks in feeds, files and citations; the pages work without it and from any
    sub-path. `contact` is an http(s) or mailto: link for errors, `licence` the licence of the data in words.
    Only files of this function's own are ever replaced or removed; `SiteError` where the folder holds anything else.
    """
    options = Options(now.astimezone(UTC).date(), _address(site_url), contact, licence, coverage, tuple(health))
    held = list(records)
    with _records_at_rest():
        archive = arrange(held)
        return _publish(Press(archive, options, make_edition(options)), folder)


def _publish(press: Press, folder: Path) -> Built:
    downloads = file_pages(press, folder)
    pages = [
        *_still(press),
        *agreement_pages(press, paths_of(folder)),
        *downloads.values(),
        *group_pages(press),
        *period_pages(press),
        *directory_pages(press),
        *standing_pages(press),
    ]
    return publish(folder, pages, lambda sizes: [front_page(press, {path: sizes[path] for path in downloads})])


@contextmanager
def _records_at_rest() -> Iterator[None]:
    """Spare the collector the records, which all outlive the build: it would walk them a dozen times, a quarter of the
    time of a small change."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _address(site_url: str) -> str:
    if site_url and not site_url.startswith(("https://", "http://")):
        raise SiteError(f"{site_url}: the site's address has to begin with https:// or http://")
    return site_url.rstrip("/")


def _still(press: Press) -> list[Page]:
    """Style sheet and script, as they are."""
    room = resources("alerts").joinpath("templates").joinpath("site")
    return [press.file(name, [], room.joinpath(name).read_bytes) for name in ("style.css", "filter.js")]
