"""What all tables share: naming, UTC moments, closed vocabularies, and the guarded record."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, DateTime, Enum, Integer, MetaData, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

# SQLite counts rows itself only for a column that is spelled INTEGER PRIMARY KEY.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, always time-zone aware in Python. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def vocabulary(words: type[StrEnum]) -> Enum:
    """Make a column type that holds one of `words`, checked by the database too."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=words.__name__.lower(),
        values_callable=lambda kind: [word.value for word in kind],
    )


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        date: Date(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class Row(Base):
    """Any table with a number for a key."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-1)


class Record(Row):
    """A thing people see and change: its writes are logged, and two edits at once collide."""

    __abstract__ = True

    version: Mapped[int] = mapped_column(default=1, sort_order=1)
    created_at: Mapped[datetime] = mapped_column(sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(sort_order=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}

    @property
    def label(self) -> str:
        """What people call the record: its name or title, or else its number."""
        own: str | None = getattr(self, "name", None) or getattr(self, "title", None)
        return own or f"#{getattr(self, 'code', None) or self.id}"

    @classmethod
    def noun(cls) -> str:
        """The record's name on every floor: `customer`, `order`, ..."""
        return cls.__name__.lower()
