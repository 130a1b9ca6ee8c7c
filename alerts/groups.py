"""Groups of countries, from the shelf `groups.tsv`: continents and regions of UN M49, and organisations."""

from importlib.resources import files


def _read() -> list[list[str]]:
    lines = files("alerts").joinpath("groups.tsv").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


GROUPS: dict[str, frozenset[str]] = {name: frozenset(codes.split()) for name, _, _, codes in _read()}
"""Name of a group to the codes of its countries."""

IN_SENTENCE: dict[str, str] = {name: shown for name, shown, _, _ in _read()}
"""Name of a group to how it stands within a sentence: 'the Western Balkans'."""
