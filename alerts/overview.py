"""The index of a digest: every agreement by mark and names, above the items. Short digests have a line for each; longer
ones a line for each field, so that the first proof stands within the first screen of a telephone."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from alerts import display, lists, wording
from alerts.choose import Chosen
from alerts.desk import Desk
from alerts.digest import Entry, Group, Link
from storage.records import Agreement

LINES = 8
"""Up to so many agreements have a line of their own that says what they are about."""
NAMED = 80
"""So many agreements the index names at most; of the rest it gives the number."""
LEAST = 2
"""So many of a field it names in any case."""
OTHER = "Other fields"
SEVERAL = "several fields"
WIDE = 3
"""What touches more sectors than these stands under `SEVERAL`."""


def index(told: Sequence[Chosen], desk: Desk) -> tuple[Group, ...]:
    """The index of what is told, in the order of reading; empty where the only item is its own index."""
    agreements = [one.agreement for one in told]
    if len(agreements) < 2:
        return ()
    if len(agreements) <= LINES:
        return (Group("", tuple(_entry(a, wording.topic(a, 60), desk) for a in agreements)),)
    return tuple(
        _group(label, members, len(agreements), desk)
        for stage, shown, _ in wording.stages(agreements)
        for label, members in _labelled(
            shown.word, [a for a in agreements if a.stage is stage and display.stage_word(a) == shown]
        )
    )


def _labelled(word: str, agreements: Sequence[Agreement]) -> list[tuple[str, list[Agreement]]]:
    """By field where there are many of a stage; else the stage is its own label."""
    return _by_field(agreements) if len(agreements) > LINES else [(word, list(agreements))]


def _by_field(agreements: Sequence[Agreement]) -> list[tuple[str, list[Agreement]]]:
    """The largest field first; what stands alone in its field comes last, together."""
    often = Counter(sector for agreement in agreements for sector in agreement.sectors)
    fields: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in agreements:
        fields[_field(agreement, often)].append(agreement)
    groups = [
        (wording.upper(wording.field(field)), members)
        for field, members in fields.items()
        if field and len(members) > 1
    ]
    groups.sort(key=lambda group: (-len(group[1]), group[0]))
    alone = {id(agreement) for _, members in groups for agreement in members}
    rest = [agreement for agreement in agreements if id(agreement) not in alone]
    return groups + ([(OTHER if groups else "", rest)] if rest else [])


def _field(agreement: Agreement, often: Mapping[str, int]) -> str:
    """Of its sectors the one that most agreements have: sectors have no order of weight, and few groups are best."""
    if len(agreement.sectors) > WIDE:
        return SEVERAL
    return min(agreement.sectors, key=lambda sector: (-often[sector], sector), default="")


def _group(label: str, members: Sequence[Agreement], total: int, desk: Desk) -> Group:
    shown = members if total <= NAMED else members[: max(LEAST, NAMED * len(members) // total)]
    stage, shown_stage, about = members[0].stage, display.stage_word(members[0]), label == OTHER
    entries = tuple(_entry(a, wording.listed(wording.sectors(a)[:1]) if about else "", desk) for a in shown)
    left = len(members) - len(entries)
    rest = f"{desk.site}/news/" if desk.site else ""
    return Group(
        label,
        entries,
        count=len(members),
        stage=stage.value,
        mark=shown_stage.mark,
        word=shown_stage.word,
        left=Link(f"{left:,} more", rest) if left else None,
    )


def _entry(agreement: Agreement, about: str, desk: Desk) -> Entry:
    stage = display.stage_word(agreement)
    return Entry(
        key=agreement.key,
        stage=agreement.stage.value,
        mark=stage.mark,
        word=stage.word,
        names=wording.short_names(agreement),
        about=about,
        url=lists.page(agreement, desk) if desk.site else "",
        is_lone=agreement.is_lone,
    )
