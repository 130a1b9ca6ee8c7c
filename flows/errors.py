"""Errors of every room as one line for people and an exit code for scripts."""

from click import ClickException

from alerts.address import AddressError
from alerts.desk import DeskError
from alerts.site import SiteError
from classify.shelf import LexiconError
from feeds import FeedError
from flows.exits import Exit, Stop
from seeds import SeedError
from storage import Busy, StoreError
from storage.errors import Unfit, Unknown


def explain(error: Exception) -> tuple[str, Exit | None]:
    """The line (or lines) to print and the exit code; None for the code where it is a fault of our own."""
    match error:
        case Stop():
            return str(error), error.code
        case SeedError() | LexiconError():
            return str(error), Exit.USAGE
        case Busy():
            return str(error), Exit.BUSY
        case SiteError() | DeskError() | AddressError() | FeedError():
            return str(error), Exit.FAILED
        case Unknown() | Unfit():
            return str(error), Exit.USAGE
        case StoreError():
            return str(error), Exit.FAILED
        case ClickException():
            return error.format_message(), Exit.USAGE
        case OSError() if error.filename or error.strerror:
            return f"{error.filename or 'this machine'}: {error.strerror or error}", Exit.FAILED
    return "", None
