"""The folder of a site: what we wrote into it, what has to be written again, and nothing of anyone else's.

A page is declared with a fingerprint of all that it is made of. What has the fingerprint of the last build is neither
rendered nor touched; what is rendered to the same bytes is not written. Files are replaced whole. The list of our files is
written before the first of them and again after the last, so a build that was killed is simply finished by the next.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MANIFEST = ".pactwatch-site.json"
_FRESH = ".pactwatch-site.new"
_FORMAT = 1


class SiteError(Exception):
    """The site can't be built there; the message says what is in the way and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site: where it stands, what it is made of, and how it is made."""

    path: str
    fingerprint: str
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, in numbers of files."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What we remember of a file that we wrote; no `content` means that it was about to be written."""

    fingerprint: str
    content: str
    size: int


Sizes = Mapping[str, int]


def publish(folder: Path, pages: Sequence[Page], last: Callable[[Sizes], Iterable[Page]] = lambda _: ()) -> Built:
    """Bring `folder` to exactly `pages`, and to those that `last` makes of the sizes of these in bytes.

    Only what changed is written. `SiteError` where the folder isn't ours or is in use.
    """
    with _ours(folder):
        kept = _read_manifest(folder)
        before = dict(kept)
        written = _bring(folder, pages, kept)
        closing = list(last({path: one.size for path, one in kept.items()}))
        written += _bring(folder, closing, kept)
        current = {page.path for page in (*pages, *closing)}
        removed = sum(_remove(folder, path, kept.pop(path)) for path in sorted(kept.keys() - current))
        if kept != before:
            _write_manifest(folder, kept)
        return Built(written, len(current) - written, removed)


def _bring(folder: Path, pages: Sequence[Page], kept: dict[str, _Kept]) -> int:
    """Write those of `pages` that changed and note it in `kept`; how many were written."""
    stale = [page for page in pages if not _is_current(folder, page, kept.get(page.path))]
    _refuse_foreign(folder, stale, kept)
    if stale:
        _write_manifest(folder, kept | {page.path: _Kept("", "", 0) for page in stale})
    return sum(_press(folder, page, kept) for page in stale)


def _press(folder: Path, page: Page, kept: dict[str, _Kept]) -> bool:
    content = page.render()
    now, before = _Kept(page.fingerprint, _digest(content), len(content)), kept.get(page.path)
    kept[page.path] = now
    path = folder / page.path
    if before is not None and before.content == now.content and _size(path) == now.size:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content, folder)
    return True


def paths_of(folder: Path) -> frozenset[str]:
    """The files of the last build, empty where there was none."""
    return frozenset(_read_manifest(folder)) if (folder / MANIFEST).is_file() else frozenset()


@contextmanager
def _ours(folder: Path) -> Iterator[None]:
    """`folder`, made where it is missing, held against a second build."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise SiteError(f"{folder}: can't be used as the site's folder: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError(f"{folder}: another build is writing there; wait for its end") from None
        if not (folder / MANIFEST).is_file():
            if any(folder.iterdir()):
                raise SiteError(f"{folder}: holds files and is no site of ours; name an empty or a new folder")
            _write_manifest(folder, {})
        yield
    finally:
        os.close(handle)


def _read_manifest(folder: Path) -> dict[str, _Kept]:
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != _FORMAT:
            raise SiteError(f"{path}: written by another version; name a new folder, or delete this one and build again")
        return {name: _Kept(*values) for name, values in data["files"].items()}
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(f"{path}: can't be read ({error}); delete the folder and build again") from error


def _write_manifest(folder: Path, kept: dict[str, _Kept]) -> None:
    files = {name: (one.fingerprint, one.content, one.size) for name, one in sorted(kept.items())}
    content = json.dumps({"format": _FORMAT, "files": files}, indent=0, separators=(",", ":")).encode()
    _write(folder / MANIFEST, content, folder)


def _is_current(folder: Path, page: Page, before: _Kept | None) -> bool:
    return before is not None and before.fingerprint == page.fingerprint and _size(folder / page.path) == before.size


def _refuse_foreign(folder: Path, stale: Sequence[Page], kept: dict[str, _Kept]) -> None:
    for page in stale:
        if page.path not in kept and (folder / page.path).exists():
            raise SiteError(f"{folder / page.path}: stands where a page of the site has to go; move it away")


def _write(path: Path, content: bytes, folder: Path) -> None:
    fresh = folder / _FRESH
    fresh.write_bytes(content)
    os.replace(fresh, path)


def _remove(folder: Path, path: str, before: _Kept) -> bool:
    """Delete a file of ours, and its folder where it was the last in it; one that was changed since stays."""
    file = folder / path
    if _size(file) != before.size or _digest(file.read_bytes()) != before.content:
        return False
    file.unlink()
    for parent in file.relative_to(folder).parents:
        if parent == Path() or any((folder / parent).iterdir()):
            break
        (folder / parent).rmdir()
    return True


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
