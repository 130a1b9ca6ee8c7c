"""What is seen in an item, as named numbers: the only thing that the weights look at.

Stage features tell of the plainest act for each stage (`signed.title`, `planned.rest`, ...), of what surrounds it and
of
the item as a whole. Pair features tell how two countries stand in the item. Most lie between 0 and 1.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from classify import cues
from classify.acts import Act
from classify.cues import Cue
from classify.model import Pair, Stage
from classify.seen import Seen, codes_in, is_owned, part, partners_of, plainness, reach
from classify.sides import LEAD, Together

Features = dict[str, float]
STAGES = (Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED)
_SENTENCES = 12
"""So many sentences that name both countries are looked at."""
_FIRST = 6
"""So many cues are looked at for what begins the item."""
_PLAIN = 0.6
"""From this plainness on, an act is told plainly enough."""


_NEAR = 70
"""How far, in characters, a word for who acts may stand from the act."""


def of_stage(seen: Seen, top: Mapping[str, float]) -> Features:
    """The features that decide the stage; `top` holds what the pair model says of the likeliest pair."""
    found: Features = {"always": 1.0}
    best = seen.best
    for act in seen.acts:
        name = f"{act.stage}.{'old' if act.old else part(act.sentence)}"
        found[name] = max(found.get(name, 0.0), act.strength * (1.0 if act.old else reach(seen, act)))
    for stage, act in best.items():
        found[f"{stage}.best"] = plainness(seen, act)
        found[f"{stage}.paper.{act.paper.code if act.paper else 'none'}"] = 1.0
        found |= _around(seen, stage, act)
    for stage in STAGES:
        plain = plainness(seen, best[stage]) if stage in best else 0.0
        found[f"no.{stage}"] = max(0.0, 1.0 - plain / _PLAIN)
    found |= _whole(seen, top)
    return {name: value for name, value in found.items() if value}


def _around(seen: Seen, stage: Stage, act: Act) -> Features:
    """What stands in the sentence of the best act for a stage: who acts, with whom, when."""
    found: Features = {}
    here = seen.cues_in.get(act.sentence, ())
    for cue in here:
        if cue.kind == "actor":
            found[f"{stage}.by.{cue.code}"] = 1.0
        elif cue.kind == "mark" and cue.code in ("fresh", "condition"):
            found[f"{stage}.{cue.code}"] = 1.0
    found |= {f"{stage}.{name}": value for name, value in _who(seen, act).items()}
    found[f"{stage}.kind.{act.cue.kind}"] = 1.0
    if act.sentence in seen.owned and is_owned(seen, act):
        found[f"{stage}.owned"] = 1.0
    joined = partners_of(seen, act)
    if not joined and len(codes_in(seen, act.sentence)) >= 2:
        found[f"{stage}.unjoined"] = 1.0
    if act.cue.kind == "agree" and act.paper is None and not _both_before(seen, act, joined):
        found[f"{stage}.one.sided"] = 1.0
    if any(how.row and act.sentence in how.sentences for how in seen.together.values()):
        found[f"{stage}.row"] = 1.0
    return found


def _who(seen: Seen, act: Act) -> Features:
    """Who acts and with whom, by the nearest word on each side of the act."""
    actors = [cue for cue in seen.cues_in.get(act.sentence, ()) if cue.kind == "actor"]
    before = [cue for cue in actors if cue.end <= act.cue.start and act.cue.start - cue.end <= _NEAR]
    after = [cue for cue in actors if cue.start >= act.cue.end and cue.start - act.cue.end <= _NEAR]
    found: Features = {}
    if before:
        found[f"subject.{before[-1].code}"] = 1.0
    if after:
        found[f"object.{after[0].code}"] = 1.0
    codes = {cue.code for cue in actors}
    if "private" in codes and "public" not in codes:
        found["private.alone"] = 1.0
    return found


def _both_before(seen: Seen, act: Act, joined: frozenset[Pair]) -> bool:
    """Whether two countries that the act joins both stand before it: 'A and B agree', not 'A agrees to help B'."""
    begin = 0 if act.sentence else seen.doc.folded.rfind(": ", 0, act.cue.start)
    before = {
        mention.code
        for mention in seen.mentions
        if mention.sentence == act.sentence and begin < mention.start < act.cue.start
    }
    return any(one in before and other in before for one, other in joined)


def _whole(seen: Seen, top: Mapping[str, float]) -> Features:
    """What the item as a whole is like."""
    found: Features = {f"pair.{name}": value for name, value in top.items()}
    title = Counter([(cue.kind, cue.code) for cue in seen.cues if cue.sentence == 0])
    lead = Counter([(cue.kind, cue.code) for cue in seen.cues if 0 < cue.sentence <= LEAD])
    text = Counter([(cue.kind, cue.code) for cue in seen.cues if cue.sentence])
    for kind, code in _ACTORS:
        found[f"{code}.title"] = float((kind, code) in title)
        found[f"{code}.lead"] = min(lead.get((kind, code), 0), 3) / 3
        found[f"{code}.rest"] = min(text.get((kind, code), 0) - lead.get((kind, code), 0), 3) / 3
    for kind, code in _RELATIONS:
        found[f"about.{code}"] = min(2 * title.get((kind, code), 0) + text.get((kind, code), 0), 4) / 4
    found["no.public"] = float(("actor", "public") not in title and ("actor", "public") not in text)
    found["row.title"] = float(any(how.row and 0 in how.sentences for how in seen.together.values()))
    found["label.title"] = float(("piece", "label") in title)
    found["opinion.title"] = float(("piece", "opinion") in title)
    found["opinion.start"] = float(any(cue.code == "opinion" and cue.start == 0 for cue in seen.cues[:_FIRST]))
    found["opinion.text"] = min(text.get(("piece", "opinion"), 0), 3) / 3
    found["denial.title"] = float(("piece", "denial") in title)
    found["paper.title"] = float(not title.keys().isdisjoint(_PAPERS))
    found["paper.text"] = min(sum([text.get(paper, 0) for paper in _PAPERS]), 4) / 4
    found["no.text"] = float(seen.is_headline)
    found["no.title"] = float(seen.doc.title_end == 0)
    found["no.act"] = float(not seen.acts)
    found["crowd"] = min(max(len(seen.sides) - 3, 0), 4) / 4
    return found


_ACTORS = [("actor", code) for code in ("public", "private", "multi", "rebel", "inner", "sport")]
_RELATIONS = [("relation", code) for code in ("tie", "talk", "greet", "dispute")]
_PAPERS = [
    ("paper", code)
    for code in (
        "treaty",
        "agreement",
        "memorandum",
        "protocol",
        "convention",
        "notes",
        "declaration",
        "ceasefire",
        "swap",
        "visa",
        "deal",
    )
]


class _Item(NamedTuple):
    """What is the same for all pairs of an item: counted once."""

    ranks: Mapping[str, int]
    weight: float
    home: str
    has_body: bool
    full_of: Features
    """A match, a war inside a country and a firm's report name countries too."""
    around: Mapping[int, Sequence[str]]
    """By sentence, who acts and how the two stand to each other."""
    title: Features
    acts: Sequence[tuple[Act, frozenset[Pair], str]]
    """Each act with the pairs that it joins and where it stands."""


def _item(seen: Seen) -> _Item:
    around = {at: _telling(here) for at, here in seen.cues_in.items()}
    counts = Counter(chain.from_iterable(around.values()))
    return _Item(
        ranks={code: rank for rank, code in enumerate(seen.sides)},
        weight=sum(side.weight for side in seen.sides.values()),
        home=cues.home(seen.doc.lang),
        has_body="public" in counts or any(cue.kind == "body" for cue in seen.cues),
        full_of={f"item.{code}": min(count, 4) / 4 for code, count in counts.items()},
        around=around,
        title=_company("title", around.get(0, ())),
        acts=[(act, joined, "old" if act.old else part(act.sentence))
              for act, joined in zip(seen.acts, seen.partners, strict=False)],
    )  # fmt: skip


def _telling(here: Iterable[Cue]) -> list[str]:
    return [cue.code for cue in here if cue.kind in ("actor", "relation")]


def of_pairs(seen: Seen) -> dict[Pair, Features]:
    """How any two countries stand in the item."""
    item = _item(seen)
    return {two: _of_pair(seen, item, two, how) for two, how in seen.together.items()}


def _of_pair(seen: Seen, item: _Item, two: Pair, how: Together) -> Features:
    one, other = seen.sides[two[0]], seen.sides[two[1]]
    first, second = sorted((item.ranks[two[0]], item.ranks[two[1]]))
    fewest = min(one.times, other.times)
    acts = [act for act in seen.acts if act.sentence in how.sentences or not how.sentences]
    found: Features = {
        "always": 1.0,
        "title": float(one.title and other.title),
        "title.one": float(one.title != other.title),
        "lead": float(one.lead and other.lead),
        "sentences": min(len(how.sentences), 3) / 3,
        "early": float(bool(how.sentences) and how.sentences[0] <= LEAD),
        "joined": float(how.joined),
        "row": float(how.row),
        "hub": float(how.hub),
        "share": 2 * min(one.weight, other.weight) / item.weight if item.weight else 0.0,
        "top": float(second == 1),
        "first": float(first == 0),
        "rank": min(first + second - 1, 6) / 6,
        "capital.only": float(not (one.plain and other.plain)),
        "adjective.only": float(not (one.named and other.named)),
        "company": float(one.company or other.company),
        "apart": how.apart,
        "two": float(how.two),
        "once": float(fewest <= 1),
        "unsaid": float(fewest == 0),
        "unsaid.headline": float(fewest == 0 and seen.is_headline),
        "home": float(item.home in two),
        "unsaid.public": float(fewest == 0 and item.has_body),
        "act": max([act.strength for act in acts if not act.old], default=0.0),
        "act.title": max([act.strength for act in acts if act.sentence == 0], default=0.0),
        "act.old": float(bool(acts) and all(act.old for act in acts)),
        "countries": min(len(seen.sides) - 2, 5) / 5,
    }
    found |= item.full_of
    found |= _grammar(item, two, how)
    found |= _company("near", chain.from_iterable(item.around.get(at, ()) for at in how.sentences[:_SENTENCES]))
    found |= item.title
    found |= {
        f"{where}.private.alone": 1.0
        for where in ("near", "title")
        if f"{where}.private" in found and f"{where}.public" not in found
    }
    if not seen.owned.isdisjoint(how.sentences):
        found["owned"] = 1.0
    return {name: value for name, value in found.items() if value}


def _grammar(item: _Item, two: Pair, how: Together) -> Features:
    """Whether an act joins the two by its grammar, or joins others in the sentences that name both."""
    found: Features = {}
    for act, joined, place in item.acts:
        if two in joined or act.sentence in how.sentences:
            name = f"joins.{place}" if two in joined else f"joins.others.{place}" if joined else f"joins.none.{place}"
            found[name] = max(found.get(name, 0.0), act.strength)
    return found


def _company(where: str, telling: Iterable[str]) -> Features:
    """What else stands in a place."""
    return {f"{where}.{code}": min(count, 2) / 2 for code, count in Counter(telling).items()}
