"""The folder of a site: what we wrote into it, what has to be written again, and nothing of anyone else's.

A page is declared with a fingerprint of all that it is made of. What has the fingerprint of the last build is neither
rendered nor touched; what is rendered to the same bytes is not written. Files are replaced whole. What is about to be
written is noted before the first byte, so a build that was killed is simply finished by the next.
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
"""Our files with their fingerprints; it holds nothing that the site doesn't show."""
_PENDING = ".pactwatch-site.pending"
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


_UNKNOWN = _Kept("", "", -1)
Sizes = Mapping[str, int]


def publish(folder: Path, pages: Sequence[Page], last: Callable[[Sizes], Iterable[Page]] = lambda _: ()) -> Built:
    """Bring `folder` to exactly `pages`, and to those that `last` makes of the sizes of these in bytes.

    Only what changed is written. `SiteError` where the folder isn't ours, is in use, or can't be written.
    """
    with _ours(folder):
        kept = _read_manifest(folder)
        before = dict(kept)
        kept |= dict.fromkeys(_read_pending(folder), _UNKNOWN)
        written = _bring(folder, pages, kept)
        closing = list(last({path: one.size for path, one in kept.items()}))
        written += _bring(folder, closing, kept)
        current = {page.path for page in (*pages, *closing)}
        removed = sum(_remove(folder, path, kept.pop(path)) for path in sorted(kept.keys() - current))
        if kept != before:
            _write_manifest(folder, kept)
        (folder / _PENDING).unlink(missing_ok=True)
        return Built(written, len(current) - written, removed)


def paths_of(folder: Path) -> frozenset[str]:
    """The files of the last build, empty where there was none."""
    return frozenset(_read_manifest(folder)) if (folder / MANIFEST).is_file() else frozenset()


def _bring(folder: Path, pages: Sequence[Page], kept: dict[str, _Kept]) -> int:
    """Write those of `pages` that changed and note it in `kept`; how many were written."""
    root = str(folder)
    stale = [page for page in pages if not _is_current(root, page, kept.get(_inside(page.path, folder)))]
    if not stale:
        return 0
    _refuse_foreign(folder, stale, kept)
    _write_pending(folder, [*_read_pending(folder), *(page.path for page in stale)])
    return sum(_press(folder, page, kept) for page in stale)


def _press(folder: Path, page: Page, kept: dict[str, _Kept]) -> bool:
    content = page.render()
    now, before = _Kept(page.fingerprint, _digest(content), len(content)), kept.get(page.path, _UNKNOWN)
    kept[page.path] = now
    path = folder / page.path
    if before.content == now.content and _size(str(path)) == now.size:
        return False
    _write(path, content, folder)
    return True


@contextmanager
def _ours(folder: Path) -> Iterator[None]:
    """`folder`, made where it is missing, held against a second build."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise SiteError(f"{folder}: can't be used as the site's folder: {error.strerror}") from error
    try:
        _hold(handle, folder)
        if not (folder / MANIFEST).is_file():
            if any(folder.iterdir()):
                raise SiteError(f"{folder}: holds files and is no site of ours; name an empty or a new folder")
            _write_manifest(folder, {})
        yield
    except OSError as error:
        raise SiteError(f"{error.filename or folder}: {error.strerror}; the next build goes on from here") from error
    finally:
        os.close(handle)


def _hold(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SiteError(f"{folder}: another build is writing there; wait for its end") from None


def _read_manifest(folder: Path) -> dict[str, _Kept]:
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != _FORMAT:
            raise SiteError(f"{path}: written by another version; name a new folder, or empty this one")
        return {_inside(name, folder): _Kept(*values) for name, values in data["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SiteError(f"{path}: can't be read ({error}); empty the folder and build again") from error


def _write_manifest(folder: Path, kept: Mapping[str, _Kept]) -> None:
    files = {name: (one.fingerprint, one.content, one.size) for name, one in sorted(kept.items())}
    _write(folder / MANIFEST, json.dumps({"format": _FORMAT, "files": files}, separators=(",", ":")).encode(), folder)


def _read_pending(folder: Path) -> list[str]:
    """What a build that was killed was about to write."""
    path = folder / _PENDING
    return path.read_text().splitlines() if path.is_file() else []


def _write_pending(folder: Path, paths: Sequence[str]) -> None:
    _write(folder / _PENDING, "".join(f"{path}\n" for path in paths).encode(), folder)


def _inside(path: str, folder: Path) -> str:
    """`path`, which may not lead out of the folder, whoever wrote it."""
    if path.startswith("/") or ".." in path.split("/"):
        raise SiteError(f"{folder}: {path!r} leads out of the site's folder")
    return path


def _is_current(root: str, page: Page, before: _Kept | None) -> bool:
    same = before is not None and before.fingerprint == page.fingerprint
    return same and before is not None and _size(f"{root}/{page.path}") == before.size


def _refuse_foreign(folder: Path, stale: Sequence[Page], kept: Mapping[str, _Kept]) -> None:
    for page in stale:
        if page.path not in kept and (folder / page.path).exists():
            raise SiteError(f"{folder / page.path}: stands where a page of the site has to go; move it away")


def _write(path: Path, content: bytes, folder: Path) -> None:
    fresh = folder / _FRESH
    fresh.write_bytes(content)
    try:
        os.replace(fresh, path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(fresh, path)


def _remove(folder: Path, path: str, before: _Kept) -> bool:
    """Delete a file of ours, and its folder where it was the last in it; one that was changed since stays."""
    file = folder / path
    if _size(str(file)) != before.size or _digest(file.read_bytes()) != before.content:
        return False
    file.unlink()
    for parent in list(file.relative_to(folder).parents)[:-1]:
        if any((folder / parent).iterdir()):
            break
        (folder / parent).rmdir()
    return True


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
