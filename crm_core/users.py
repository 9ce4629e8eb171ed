"""People: who they are on each platform, and how an account becomes theirs."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, event, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import UOWTransaction, joinedload

from crm_core.changes import TrackedSession, work_of
from crm_core.errors import Conflict, Invalid
from crm_core.fields import checked
from crm_core.lookup import folded
from crm_core.models import ChatIdentity, Language, LinkCode, Role, User

CODE_LIFE = timedelta(minutes=10)
INVITATION_LIFE = timedelta(days=1)
DIGITS = "23456789"
ALPHABET = DIGITS + "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letter that looks like a digit
ADMINS = and_(User.role == Role.ADMIN, User.active)


IDENTITY = (
    select(ChatIdentity)
    .where(
        ChatIdentity.platform == bindparam("platform"),
        ChatIdentity.workspace == bindparam("workspace"),
        ChatIdentity.sender == bindparam("sender"),
    )
    .options(joinedload(ChatIdentity.user))
)


async def identify(
    session: AsyncSession, platform: str, workspace: str, sender: str
) -> User | None:
    """Return the person behind a chat account, or None for a stranger."""
    account = {"platform": platform, "workspace": workspace, "sender": sender}
    identity = (await session.scalars(IDENTITY, account)).first()
    return identity.user if identity and identity.user.active else None


async def known_there(
    session: AsyncSession, platform: str, workspace: str, people: Collection[int]
) -> dict[int, str]:
    """Return the newest account on a platform of each of these people who has one there."""
    query = select(ChatIdentity).where(
        ChatIdentity.platform == platform,
        ChatIdentity.workspace == workspace,
        ChatIdentity.user_id.in_(people),
    )
    found = await session.scalars(query.order_by(ChatIdentity.linked_at))
    return {one.user_id: one.sender for one in found}


async def by_email(session: AsyncSession, address: str | None) -> User | None:
    """Return the person of an e-mail address, if it is one person's alone."""
    if not address:
        return None
    query = select(User).where(User.active, func.lower(User.email) == address.lower())
    found = (await session.scalars(query.limit(2))).all()
    return found[0] if len(found) == 1 else None


async def link(
    session: AsyncSession, platform: str, workspace: str, sender: str, user: User
) -> None:
    """Make a chat account this person's; it stops being anybody else's."""
    account = {"platform": platform, "workspace": workspace, "sender": sender}
    identity = (await session.scalars(IDENTITY, account)).first()
    if identity is None:
        identity = ChatIdentity(**account)
        session.add(identity)
    if identity.user_id != user.id:
        identity.user_id, identity.linked_at = user.id, work_of(session).now
    await session.flush()


async def issue_code(session: AsyncSession, user: User, life: timedelta = CODE_LIFE) -> str:
    """Make a one-time code with which this person links an account: 4F7K-22QP.

    It begins with a digit, so that nobody takes it for a word.
    """
    letters = secrets.choice(DIGITS) + "".join(secrets.choice(ALPHABET) for _ in range(7))
    now = work_of(session).now
    session.add(LinkCode(digest=_digest(letters), user_id=user.id, expires_at=now + life))
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


async def accounts(session: AsyncSession) -> dict[int, list[str]]:
    """Return the platforms on which each person has a chat account, by the person's id."""
    query = select(ChatIdentity.user_id, ChatIdentity.platform).distinct()
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, platform in await session.execute(query.order_by(ChatIdentity.platform)):
        found[user_id].append(platform)
    return found


async def invite(
    session: AsyncSession, *, name: str, role: Role, language: Language, timezone: str
) -> tuple[User, str]:
    """Give somebody access, and return the one-time code, valid a day, that links an account.

    Raises Invalid where somebody of this name has access already.
    """
    values = checked(User, name=name)
    for other in await everybody(session):
        if folded(other.name) == folded(values["name"]):
            raise Invalid("user-exists", record=other)
    user = User(**values, role=role, language=language, timezone=timezone)
    session.add(user)
    await session.flush()
    return user, await issue_code(session, user, INVITATION_LIFE)


async def mute(session: AsyncSession, user: User, since: datetime, until: datetime) -> None:
    """Tell somebody nothing unasked from one moment to another."""
    user.muted_from, user.muted_until = since, until
    await session.flush()


async def set_role(session: AsyncSession, user: User, role: Role) -> Role:
    """Change what somebody may do and return what it was.

    Raises Invalid where it is that already, and Conflict for the last administrator.
    """
    if user.role is role:
        raise Invalid("already-in-role", record=user, role=role)
    # Two administrators who demote each other at once take turns.
    await session.execute(select(User.id).where(ADMINS).order_by(User.id).with_for_update())
    before, user.role = user.role, role
    await session.flush()
    return before


@event.listens_for(TrackedSession, "after_flush")
def _keep_an_admin(session: TrackedSession, _context: UOWTransaction) -> None:
    """Refuse any write, be it an undo, that takes away the last administrator."""
    lost = [user for user in (*session.dirty, *session.deleted) if _was_admin(user)]
    if lost and session.connection().scalar(select(func.count()).where(ADMINS)) == 0:
        raise Conflict("last-admin", record=lost[0].label)  # the record itself is rolled back


def _was_admin(record: object) -> bool:
    """Tell whether a flushed record was an active administrator before."""
    if not isinstance(record, User):
        return False
    state = inspect(record)
    role, active = (
        (history.deleted or history.unchanged or [None])[0]
        for history in (state.attrs.role.history, state.attrs.active.history)
    )
    return role is Role.ADMIN and bool(active)


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
