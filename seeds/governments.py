"""Which government a host is of, by the zones that registries keep for governments: `governments.toml` has the rule."""

import tomllib
from functools import cache, lru_cache
from pathlib import Path

_CODES = {"uk": "GB"}
"""Domains of countries that are not their ISO 3166-1 codes."""


@lru_cache(maxsize=10_000)
def government_of(host: str) -> str:
    """The code of the country (ISO 3166-1 alpha-2, or `EU`) whose government has this host, or empty.

    `mfa.gov.sg` is Singapore's and `www.gov.uk` the United Kingdom's; `gov.example.com` is anybody's.
    """
    labels = host.lower().rstrip(".").split(".")
    zones, domains = _rule()
    for start in range(len(labels)):
        if code := domains.get(".".join(labels[start:])):
            return code
    if len(labels) < 2 or len(labels[-1]) != 2:
        return ""
    countries = zones.get(labels[-2])
    if countries is None or (countries and labels[-1] not in countries):
        return ""
    return _CODES.get(labels[-1], labels[-1].upper())


@cache
def _rule() -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """The countries of each zone (none: all), and the country of each domain."""
    document = tomllib.loads(Path(__file__).with_name("governments.toml").read_text(encoding="utf-8"))
    zones = {zone: frozenset(countries) for zone, countries in document["zones"].items()}
    return zones, {domain: code for code, domains in document["domains"].items() for domain in domains}
