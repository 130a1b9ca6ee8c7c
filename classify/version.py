"""Which classifier this is: a hash over all that its answers depend on."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from classify.shelf import LEXICON


def fingerprint(files: Iterable[Path]) -> str:
    """A short hash over files: their names and what they hold, in whatever order they come."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = fingerprint([*Path(__file__).parent.glob("*.py"), *(one for one in LEXICON.rglob("*") if one.is_file())])
"""Code, word lists and weights: two classifiers with the same value give the same labels. The store keeps it with each
item, so that `reclassify` reads again what an earlier one labelled."""
