"""How fast `classify` is on one core, beside a bare Aho-Corasick pass over the same texts.

    python benchmarks/recognition.py [--json]

Items of about 1,000 characters: those of the published corpus in English, and in its own mix of languages. Also the
time to the first
label in a fresh process, and the memory that it takes.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date

from classify import classify, cues, evaluate
from classify.score import Item
from classify.train import day

LENGTH = 1_000
ROUNDS = 3
AUTOMATON = cues.shelf("en").automaton
_FIRST = """
import time
begin = time.process_time()
from classify import classify
classify("UK, Japan sign defence pact", "The two countries signed it in London on Wednesday.", "en")
print(time.process_time() - begin)
"""


def texts(items: Sequence[Item]) -> list[tuple[str, str, str, date | None]]:
    """The items with their text repeated or cut to the measured length."""
    return [(item["title"], _to_length(item["text"]), item["lang"], day(item["published"])) for item in items]


def _to_length(text: str) -> str:
    return ((text + "\n") * (1 + LENGTH // max(1, len(text))))[:LENGTH]


def per_second(work: Callable[[], None], count: int) -> float:
    """The best of some rounds, in processor time: other work on the machine does not count."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return count / best


def main() -> None:
    corpus = evaluate.benchmark()
    parts = {"English": [item for item in corpus if item["lang"] == "en"], "corpus mix": corpus}
    figures: dict[str, float] = {}
    for name, items in parts.items():
        given = texts(items)
        for title, text, lang, published in given:
            classify(title, text, lang, published)  # builds the word lists

        def all_of(given: list[tuple[str, str, str, date | None]] = given) -> None:
            for title, text, lang, published in given:
                classify(title, text, lang, published)

        def bare(given: list[tuple[str, str, str, date | None]] = given) -> None:
            for _, text, _, _ in given:
                AUTOMATON.find_matches_as_indexes(text)

        figures[f"{name}: items a second"] = per_second(all_of, len(given))
        figures[f"{name}: bare Aho-Corasick passes a second"] = per_second(bare, len(given))
    first = subprocess.run([sys.executable, "-c", _FIRST], check=True, capture_output=True, text=True).stdout
    figures["seconds to the first label in a fresh process"] = float(first)
    figures["megabytes of memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{value:12,.1f}  {name}")


if __name__ == "__main__":
    main()
