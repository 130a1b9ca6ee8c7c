"""Frozen dataclasses to plain JSON values and back, by their annotations; fields at their default are left out.

What is stored stays readable to any other program, and a field that is added later with a default reads well from
old rows. A field that a newer version has stored and this one does not know is passed over.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar

T = TypeVar("T")
_PLAIN = frozenset({str, int, float, bool, type(None)})


def dump(value: Any) -> Any:
    """A JSON value for a dataclass, or for a collection or scalar that occurs in one."""
    if type(value) in _PLAIN:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = ((field.name, getattr(value, field.name), default) for field, default in _fields(type(value)))
        return {name: one if type(one) in _PLAIN else dump(one) for name, one, default in told if one != default}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(dump(one) for one in value)
    if isinstance(value, list | tuple):
        return [one if type(one) in _PLAIN else dump(one) for one in value]
    if isinstance(value, dict):
        return {key: dump(one) for key, one in value.items()}
    return value


def load(kind: type[T], data: Any) -> T:
    """The value of that type which `dump` made `data` of; `TypeError` where a field without default is missing."""
    return typing.cast(T, _loader(typing.cast(Any, kind))(data))


_MISSING = object()


@cache
def _fields(kind: type) -> tuple[tuple["dataclasses.Field[Any]", Any], ...]:
    found = []
    for field in dataclasses.fields(kind):
        default = field.default
        if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        found.append((field, _MISSING if default is dataclasses.MISSING else default))
    return tuple(found)


@cache
def _loader(kind: Any) -> Callable[[Any], Any]:
    if kind is Any or kind in _PLAIN:
        return _same
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return _same
    if origin in (typing.Union, types.UnionType):
        inner = [_loader(one) for one in arguments if one is not type(None)]
        return _optional(inner[0])
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _collection(tuple, _loader(arguments[0]))
    if origin is tuple:
        return _fixed(tuple(_loader(one) for one in arguments))
    if origin in (frozenset, set, list):
        return _collection(origin, _loader(arguments[0]))
    if origin is dict:
        return _mapping(_loader(arguments[1]))
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast(type, kind))
    if isinstance(kind, type) and issubclass(kind, datetime | date):
        return kind.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    raise TypeError(f"no JSON form for {kind!r}")


def _same(data: Any) -> Any:
    return data


def _optional(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda data: None if data is None else inner(data)


def _collection(kind: Callable[[Any], Any], inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if inner is _same:
        return kind
    return lambda data: kind(inner(one) for one in data)


def _fixed(inner: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    return lambda data: tuple(read(one) for read, one in zip(inner, data, strict=True))


def _mapping(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda data: {key: inner(one) for key, one in data.items()}


def _record(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _loader(hints[field.name]) for field in dataclasses.fields(kind) if field.init}
    return lambda data: kind(**{name: readers[name](one) for name, one in data.items() if name in readers})
