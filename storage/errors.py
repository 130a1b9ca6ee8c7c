"""What can go wrong in the store, each as one clear line: what, where, and what to do."""


class StoreError(Exception):
    """The store cannot do what it was asked; `str()` is one line for people."""


class Busy(StoreError):
    """Another run, or another program, holds what we need; nothing was changed. Exit code 75."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of the program."""


class NotOurs(StoreError):
    """The file or database belongs to another program."""


class Damaged(StoreError):
    """The database does not pass its own checks."""


class Unfit(StoreError):
    """A setting or an argument does not fit; nothing was changed. Exit code 2."""


class Unknown(StoreError):
    """No agreement, item or decision has this name."""
