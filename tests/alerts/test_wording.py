"""One agreement in English: the line on its papers goes with the count that the title is made of."""

from dataclasses import replace

import pytest
from mail_records import power_line

from alerts import wording
from classify.model import Stage
from storage.records import Paper


def paper(kind: str, several: bool = False) -> Paper:
    return Paper(kind, "", Stage.SIGNED, several=several)


@pytest.mark.parametrize(
    ("papers", "count", "said"),
    [
        ((), None, ""),
        ((paper("memorandum"),), None, "Memorandum of understanding"),
        ((paper("protocol"), paper("protocol"), paper("loan")), 3, "2 protocols and 1 loan agreement"),
        ((paper("agreement"), paper("treaty"), paper("loan")), 3, "3 instruments"),
        # more are counted than named
        ((paper("agreement"),), 22, "22 agreements"),
        ((paper("agreement"), paper("treaty")), 22, "22 agreements"),
        # several, and nobody tells how many
        ((paper("memorandum", several=True),), None, "Memoranda of understanding"),
        ((paper("agreement", several=True), paper("loan")), None, "Agreements and loan agreement"),
    ],
)
def test_the_papers_in_words(papers: tuple[Paper, ...], count: int | None, said: str) -> None:
    assert wording.instruments(replace(power_line(), papers=papers, count=count)) == said
