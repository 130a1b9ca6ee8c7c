"""From what is seen in an item to its stage and pairs: the two models are asked, the likeliest answer is given."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from classify import acts, cues, dates, features, names, partners, sides, telling, weights
from classify.cues import Cue
from classify.features import Features
from classify.model import Pair, Stage, pair
from classify.seen import Seen, by_sentence
from classify.text import Document, read
from classify.wordlists import Seen as Word

THRESHOLD = 0.5


class Verdict(NamedTuple):
    """The decision: stage and pairs with the chances behind them, and the features that gave those."""

    stage: Stage
    agreement_pairs: tuple[Pair, ...]
    pairs: tuple[Pair, ...]
    stages: Mapping[str, float]
    of_pairs: Mapping[Pair, Mapping[str, float]]
    features: Features


NOTHING = Verdict(Stage.NONE, (), (), {Stage.NONE.value: 1.0}, {}, {})


OPENING = 8_000
"""So many code points of a text are read: what an item newly reports stands in its opening."""
ACTS = 60
"""So many acts are weighed, in order: a text that goes on listing says nothing new."""


def opening(title: str, text: str, lang: str) -> Document:
    """The item's title and opening as a document; all offsets hold for the strings as given."""
    return read(title, text[:OPENING], lang)


def look(doc: Document, published: date | None) -> Seen:
    """All that is seen in the document; where it names fewer than two countries, cues are not even looked for."""
    mentions = names.find(doc)
    weighed = sides.with_home(sides.weigh(doc, mentions), cues.home(doc.lang))
    if len(weighed) < 2:
        return Seen(doc, mentions, (), (), weighed, {})
    found = cues.find(doc)
    words: list[Word] = []
    named: list[dates.Told] = []

    def told() -> list[dates.Told]:
        words.extend(telling.find(doc.folded, doc.lang))
        named.extend(dates.told(doc, words))
        return named

    done = acts.find(doc, found, told, published)[:ACTS]
    here = by_sentence(
        [mention for mention in mentions if mention.code in weighed and not sides.is_dateline(doc, mention)]
    )
    each = announced(found)
    joined = [
        partners.sides_of(doc, act, here.get(act.sentence, ()))
        or (act.sentence in each and partners.across(doc, here[act.sentence], here[act.sentence + 1]))
        or frozenset()
        for act in done
    ]
    return Seen(doc, mentions, found, done, weighed, sides.together(doc, mentions, weighed), joined, words, named)


def decide(seen: Seen, stage_model: weights.Model | None = None, pair_model: weights.Model | None = None) -> Verdict:
    """The verdict on what is seen; other models than the kept ones only in training."""
    if not seen.together:
        return NOTHING
    stage_model, pair_model = stage_model or weights.load("stage"), pair_model or weights.load("pair")
    chances = {two: pair_model.chances(found) for two, found in features.of_pairs(seen).items()}
    found = features.of_stage(seen, top(seen, chances))
    stages = stage_model.softmax(found)
    proven = {Stage.NONE.value, *seen.best}
    stage = Stage(max(proven, key=lambda name: (stages[name], name)))
    agreed = with_rows(seen, agreed_pairs(chances)) if stage is not Stage.NONE else ()
    likely = {two for two, chance in chances.items() if chance["about"] > THRESHOLD}
    about = likely | rest_of_rows(seen, likely) | set(agreed)
    return Verdict(stage, agreed, tuple(sorted(about)), stages, chances, found)


def top(seen: Seen, chances: Mapping[Pair, Mapping[str, float]]) -> dict[str, float]:
    """What the stage model hears of the pairs: the best chances, and whether a bare headline names a side of the
    likeliest pair only as part of a company's name."""
    if not chances:
        return {}
    best = likeliest(chances)
    return {
        "about": max(chance["about"] for chance in chances.values()),
        "agreement": chances[best]["agreement"],
        "company": float(seen.is_headline and any(seen.sides[code].company for code in best)),
    }


def likeliest(chances: Mapping[Pair, Mapping[str, float]]) -> Pair:
    """The pair that most likely has the agreement."""
    return max(chances, key=lambda two: (chances[two]["agreement"], two))


def agreed_pairs(chances: Mapping[Pair, Mapping[str, float]]) -> tuple[Pair, ...]:
    """The pairs that the agreement is between: all that are likely, at least the likeliest."""
    likely = [two for two, chance in chances.items() if chance["agreement"] > THRESHOLD]
    return tuple(sorted(likely or [likeliest(chances)]))


def with_rows(seen: Seen, agreed: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Where an act joins one side with a row of partners, 'with A, B and C', the agreement holds with each of them.

    A row in the next sentence counts where 'each' or 'separate' announces it.
    """
    told = [mention for mention in seen.mentions if mention.code in seen.sides]
    each = {act.sentence + 1 for act in seen.acts if not act.old} & {at + 1 for at in announced(seen.cues)}
    found = set(agreed)
    for row, sentence in sides.rows_of(seen.doc, told).items():
        for one, other in agreed:
            hub = other if one in row else one
            members = {pair(hub, member) for member in row if member != hub}
            if (one in row) != (other in row) and (sentence in each or _joins(seen, sentence, members)):
                found |= members
    return tuple(sorted(found))


def rest_of_rows(seen: Seen, likely: set[Pair]) -> set[Pair]:
    """Where an item is about one country and most of a row beside it, 'A receives B, C and D', it is about all of
    them."""
    if not likely:
        return set()
    told = [mention for mention in seen.mentions if mention.code in seen.sides]
    found: set[Pair] = set()
    for row, sentence in sides.rows_of(seen.doc, told).items():
        for hub in seen.codes_in[sentence] - row:
            members = {pair(hub, member) for member in row} & seen.together.keys()
            found |= members if 2 * len(members & likely) > (len(members) if sentence else 0) else set()
    return found


def announced(found: Sequence[Cue]) -> set[int]:
    """The sentences that say 'each' or 'separately': a row of partners may follow."""
    return {cue.sentence for cue in found if cue.kind == "link" and cue.code == "hub"}


def _joins(seen: Seen, sentence: int, wanted: set[Pair]) -> bool:
    """Whether an act in the sentence, no old one, joins all of these by its grammar."""
    return any(
        wanted <= joined
        for act, joined in zip(seen.acts, seen.partners, strict=False)
        if act.sentence == sentence and not act.old
    )
