"""Groups of countries, from the shelf `groups.tsv`: continents and regions of UN M49, and organisations."""

from importlib.resources import files


def _read() -> dict[str, frozenset[str]]:
    lines = files("alerts").joinpath("groups.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: frozenset(codes.split()) for name, _, codes in rows}


GROUPS: dict[str, frozenset[str]] = _read()
"""Name of a group to the codes of its countries."""
