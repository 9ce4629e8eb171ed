"""People: who they are on each platform, and how an account becomes theirs."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import ChatIdentity, LinkCode, User

CODE_LIFE = timedelta(minutes=10)
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letter that looks like a digit


async def identify(
    session: AsyncSession, platform: str, workspace: str, sender: str
) -> User | None:
    """Return the person behind a chat account, or None for a stranger."""
    query = (
        select(ChatIdentity)
        .where(
            ChatIdentity.platform == platform,
            ChatIdentity.workspace == workspace,
            ChatIdentity.sender == sender,
        )
        .options(joinedload(ChatIdentity.user))
    )
    identity = (await session.scalars(query)).first()
    return identity.user if identity and identity.user.active else None


async def link(
    session: AsyncSession, platform: str, workspace: str, sender: str, user: User
) -> None:
    """Make a chat account this person's; it stops being anybody else's."""
    query = select(ChatIdentity).where(
        ChatIdentity.platform == platform,
        ChatIdentity.workspace == workspace,
        ChatIdentity.sender == sender,
    )
    identity = (await session.scalars(query)).first()
    if identity is None:
        identity = ChatIdentity(platform=platform, workspace=workspace, sender=sender)
        session.add(identity)
    if identity.user_id != user.id:
        identity.user_id, identity.linked_at = user.id, work_of(session).now
    await session.flush()


async def issue_code(session: AsyncSession, user: User) -> str:
    """Make a one-time code, valid ten minutes, with which this person links an account."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    now = work_of(session).now
    session.add(LinkCode(digest=_digest(letters), user_id=user.id, expires_at=now + CODE_LIFE))
    return f"{letters[:4]}-{letters[4:]}"


async def redeem_code(
    session: AsyncSession, code: str, platform: str, workspace: str, sender: str
) -> User:
    """Link the account to the person the code was made for. Raises Invalid."""
    now = work_of(session).now
    query = (
        select(LinkCode)
        .where(LinkCode.digest == _digest(code), LinkCode.used_at.is_(None))
        .where(LinkCode.expires_at > now)
        .with_for_update()
    )
    found = (await session.scalars(query)).first()
    user = await session.get(User, found.user_id) if found else None
    if found is None or user is None or not user.active:
        raise Invalid("bad-link-code")
    found.used_at = now
    await link(session, platform, workspace, sender, user)
    return user


async def everybody(session: AsyncSession) -> Sequence[User]:
    """Return the people who have access, by name."""
    return (await session.scalars(select(User).where(User.active).order_by(User.name))).all()


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
