"""From declarations to checked input: each declared class becomes a strict table of a scenario file.

The declared classes (named tuples of parameters, strategies) know nothing of pydantic; these annotations make pydantic
read them from tables, refuse unknown keys, and describe them in the JSON schema.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import core_schema

from sim.declare import Parameter, declarations

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)


def as_dict(value: Any) -> dict[str, Any]:
    """The fields of a declared object."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value._asdict())


def defaults_of(owner: type) -> dict[str, Any]:
    """The default of every field of a declared class that has one."""
    if is_dataclass(owner):
        return {field.name: field.default for field in fields(owner) if field.default is not MISSING}
    return dict(getattr(owner, "_field_defaults", {}))


def columns(owner: type, defaults: Mapping[str, Any] | None = None, only: Collection[str] | None = None) -> dict[str, Any]:
    """A column of a table per declared parameter of ``owner`` (or ``only`` some), as pydantic's ``create_model`` takes them."""
    known = {**defaults_of(owner), **(defaults or {})}
    return {
        name: (
            _bounded(kind, parameter),
            Field(
                default=known.get(name, ...),
                description=parameter.about,
                json_schema_extra=_extra(parameter),
                strict=None if kind in (int, float, bool, str) or get_args(kind)[1:] != (...,) else False,
            ),
        )
        for name, kind, parameter in declarations(owner, Parameter)
        if only is None or name in only
    }


def _extra(parameter: Parameter) -> dict[str, Any]:
    """What the JSON schema says of a number besides its type and bounds."""
    extra: dict[str, Any] = {"unit": parameter.unit, "source": parameter.source}
    return extra if parameter.likely is None else {**extra, "likely": list(parameter.likely)}


def table_model(
    owner: type,
    defaults: Mapping[str, Any] | None = None,
    only: Collection[str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> type[BaseModel]:
    """A strict pydantic model with the columns of ``owner``, and ``extra`` ones before them."""
    fields_: dict[str, Any] = {**(extra or {}), **columns(owner, defaults, only)}
    return create_model(owner.__name__, __config__=STRICT, __doc__=owner.__doc__, **fields_)


def _bounded(kind: Any, parameter: Parameter) -> Any:
    """The type with its range; of a union, the range belongs to the number."""
    if parameter.low is None and parameter.high is None:
        return kind
    bounds = Field(ge=parameter.low, le=parameter.high)
    number, *others = (part for part in (get_args(kind) or (kind,)))
    bounded: Any = Annotated[number, bounds]
    for other in others:
        bounded = bounded | other
    return bounded


@dataclass(frozen=True)
class Table:
    """Annotation: this named tuple is read from a table with its fields (or ``only`` some) as keys; ``defaults`` replace
    its own."""

    owner: type
    defaults: Any = None
    only: tuple[str, ...] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        model = table_model(self.owner, None if self.defaults is None else as_dict(self.defaults), self.only)

        def dump(value: Any) -> dict[str, Any]:
            return {name: number for name, number in as_dict(value).items() if self.only is None or name in self.only}

        return converted(handler.generate_schema(model), (self.owner,), lambda table: self.owner(**dict(table)), dump)


@dataclass(frozen=True)
class Nested:
    """Annotation: this pydantic model, made at run time, is read from a table."""

    model: type[BaseModel]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return handler.generate_schema(self.model)


@dataclass(frozen=True)
class OneOf:
    """Annotation: one of several declared classes, chosen by the key ``tag``."""

    choices: Mapping[str, type]
    tag: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        names = {owner: name for name, owner in self.choices.items()}

        def build(table: Any) -> Any:
            values = dict(table)
            return self.choices[values.pop(self.tag)](**values)

        return converted(
            tagged(self.choices, self.tag, handler),
            tuple(names),
            build,
            lambda value: {self.tag: names[type(value)], **as_dict(value)},
        )


def tagged(choices: Mapping[str, type], tag: str, handler: GetCoreSchemaHandler, **extra: Any) -> core_schema.CoreSchema:
    """The union of the tables of ``choices``, told apart by ``tag``; every table also has the columns ``extra``."""
    models = {}
    for name, owner in choices.items():
        constant: Any = Literal[name]
        models[name] = handler.generate_schema(table_model(owner, None, None, {tag: (constant, ...), **extra}))
    return core_schema.tagged_union_schema(models, discriminator=tag)


def converted(
    schema: core_schema.CoreSchema, owners: tuple[type, ...], build: Callable[[Any], Any], dump: Callable[[Any], dict[str, Any]]
) -> core_schema.CoreSchema:
    """Read tables (or ready-made objects, which are checked alike) by ``schema`` into declared objects, and back."""
    return core_schema.no_info_before_validator_function(
        lambda value: dump(value) if isinstance(value, owners) else value,
        core_schema.no_info_after_validator_function(build, schema),
        serialization=core_schema.plain_serializer_function_ser_schema(dump),
    )
