"""The one Jinja2 environment of the room: all is escaped whatever a template is called, nothing undefined passes."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.wording import field


@cache
def templates() -> Environment:
    """Templates of `alerts/templates`, compiled once a process; `field` names a sector."""
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["field"] = field
    return environment
