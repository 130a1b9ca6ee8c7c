"""Which classifier this is: a hash over the word lists and weights that its answers depend on."""

from classify.shelf import LEXICON
from classify.weights import fingerprint

VERSION = fingerprint(LEXICON)
"""Two classifiers with the same value give the same labels; the store keeps it with each item."""
