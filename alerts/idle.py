"""What was signed long ago without a later report: one rule for mails and pages."""

from datetime import date

from classify.model import Stage
from storage.queries import AT_ONCE, LONG_AGO
from storage.records import Agreement


def is_idle(agreement: Agreement, today: date) -> bool:
    """Whether no report of an entry into force or an end came within 18 months of the signing. Memoranda and the like
    need none, and where no day is told, nothing can be said."""
    step = agreement.date_of(Stage.SIGNED)
    if agreement.stage is not Stage.SIGNED or step is None or step.on is None:
        return False
    waits = not agreement.papers or any(paper.type not in AT_ONCE for paper in agreement.papers)
    return waits and step.on < today - LONG_AGO
