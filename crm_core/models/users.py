"""People who use the CRM, and who they are on each chat platform."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, Row, vocabulary


class Role(StrEnum):
    REP = "rep"
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


class User(Record):
    __tablename__ = "users"

    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    role: Mapped[Role] = mapped_column(vocabulary(Role))
    language: Mapped[Language] = mapped_column(vocabulary(Language), default=Language.EN)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[str | None] = mapped_column(
        String(5), doc="told nothing unasked from then on, as 21:30; None: as all are"
    )
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    muted_from: Mapped[datetime | None]
    muted_until: Mapped[datetime | None] = mapped_column(doc="told nothing unasked until then")


class ChatIdentity(Row):
    """One person's account on one platform. Without it a message comes from a stranger."""

    __tablename__ = "chat_identities"
    __table_args__ = (UniqueConstraint("platform", "workspace", "sender"),)

    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    sender: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    linked_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise")


class LinkCode(Row):
    """A one-time code that makes a chat account somebody's. Only its hash is kept."""

    __tablename__ = "link_codes"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
