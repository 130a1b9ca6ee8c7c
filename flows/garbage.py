"""Python's collector of cycles, held back while much is read: our objects make few cycles, and it walks them all."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 20_000
"""Objects more than before after which the collector looks at the new ones; Python's own number is 700."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within, what stands already (code, word lists) is never walked, and what is new a thirtieth as often: otherwise a
    sixth of a poll's time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
