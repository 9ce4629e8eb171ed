"""The signature is the schema: a handler's parameters are its slots, its docstring its help."""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NewType

from sqlalchemy.ext.asyncio import AsyncSession

from bot.reply import Part, Reply
from crm_core.models import Record, Role

Text = NewType("Text", str)
Number = NewType("Number", float)
Field = NewType("Field", str)
"""The name of a field of a record, from the closed vocabulary `field`."""

Files = NewType("Files", tuple[int, ...])
"""Files that came with the message, by their ids (`crm_core/files.py`); nobody says them."""
Channel = NewType("Channel", str)
"""Where something is posted: `#sales`, or the vocabulary's word for "here"."""
Schedule = NewType("Schedule", dict[str, Any])
"""When something recurs: cron fields and the time zone whose clock they mean."""

FAMILIES = ("Status", "Kind")
"""Types that differ by noun but are one in the catalogue: `OrderStatus` is a `Status`."""
Handler = Callable[..., Awaitable[Reply]]
TYPED: Literal["typed"] = "typed"
"""What `confirm` may be where a yes is too easy: the record's name has to be typed."""
Confirm = bool | Literal["typed"]
Preview = Callable[..., Awaitable[str | Sequence[Part]]]
Long = Callable[[AsyncSession], Awaitable[bool]]
"""Takes what the handler takes, and says what is worth knowing before a yes."""

ANYONE = frozenset[Role]()
"""Who may use an intent: people not linked yet too."""
ALL = frozenset(Role)


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One slot as the handler declared it: a record, a word of a closed vocabulary, a value."""

    name: str
    type: Any
    required: bool

    @property
    def type_name(self) -> str:
        """Return the type's name in the catalogue: `Deal`, `Stage`, `When` ..."""
        name = str(self.type.__name__)
        return next((family for family in FAMILIES if name.endswith(family)), name)

    @property
    def record(self) -> type[Record] | None:
        return self.type if _is_a(self.type, Record) else None

    @property
    def words(self) -> list[StrEnum]:
        """Return the words to choose from, where the type is a closed vocabulary."""
        return list(self.type) if _is_a(self.type, StrEnum) else []

    @property
    def is_text(self) -> bool:
        return getattr(self.type, "__supertype__", None) is str


def _is_a(kind: Any, base: type) -> bool:
    return inspect.isclass(kind) and issubclass(kind, base)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing people can ask for. `confirm`: it shows what it would do and waits for a yes."""

    name: str
    handler: Handler
    slots: dict[str, SlotSpec]
    roles: frozenset[Role]
    writes: bool
    confirm: Confirm
    preview: Preview | None = None
    spoken: bool = True
    """There are sentences for it; otherwise forms and pages alone ask for it."""
    long: Long | None = None
    """Tells whether the answer takes so long that it must not be waited for."""

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]

    @property
    def label(self) -> str:
        """Return the message that names it for people."""
        return f"intent-{self.name.replace('.', '-').replace('_', '-')}"

    @property
    def help(self) -> str:
        """Return the first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]

    def allows(self, role: Role) -> bool:
        """Tell whether a role may use it: a manager may all that reps and support may."""
        if not self.roles or role is Role.ADMIN or role in self.roles:
            return True
        return role is Role.MANAGER and bool(self.roles & {Role.REP, Role.SUPPORT})


class Registry(dict[str, Intent]):
    """All intents by name. Handlers' modules fill it with the decorator `intent`."""

    @property
    def catalogue(self) -> dict[str, dict[str, SlotSpec]]:
        """Return the slots of what can be said in words."""
        return {name: intent.slots for name, intent in self.items() if intent.spoken}

    def intent(
        self,
        name: str,
        *,
        roles: Iterable[Role] = ALL,
        writes: bool = False,
        confirm: Confirm = False,
        preview: Preview | None = None,
        spoken: bool = True,
        long: Long | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Its first parameter is the Turn, all others are slots."""

        def register(handler: Handler) -> Handler:
            if name in self:
                raise ValueError(f"two handlers for {name}")
            hints = typing.get_type_hints(handler)
            parameters = list(inspect.signature(handler).parameters.values())[1:]
            slots = {
                parameter.name: SlotSpec(
                    parameter.name,
                    _without_none(hints[parameter.name]),
                    parameter.default is parameter.empty,
                )
                for parameter in parameters
            }
            self[name] = Intent(
                name, handler, slots, frozenset(roles), writes, confirm, preview, spoken, long
            )
            return handler

        return register


def _without_none(hint: Any) -> Any:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (kind,) = (part for part in typing.get_args(hint) if part is not type(None))
        return kind
    return hint


registry = Registry()
intent = registry.intent
