"""Giving people access from the command line."""

from datetime import datetime

import typer
from sqlalchemy import select

from crm_core import users
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import ChatIdentity, Role, User


class Unknown(typer.BadParameter):
    """Nobody, or more than one, is called that. The command line says so and ends."""


async def add(db: Database, name: str, role: str, now: datetime) -> str:
    """Add a person; return the name."""
    async with db.begin(Work(f"cli:add-user:{name}", now)) as session:
        session.add(User(name=name, role=Role(role)))
    return name


async def link_code(db: Database, name: str, now: datetime) -> str:
    """Make a one-time link code for the person called so."""
    async with db.begin(Work(f"cli:link-code:{name}", now)) as session:
        return await users.issue_code(session, await by_name(db, name))


async def by_name(db: Database, name: str) -> User:
    """Return the person whose name, or part of it, this is. Raises Unknown."""
    wanted = name.casefold()
    async with db.read() as session:
        people = await users.everybody(session)
    found = [user for user in people if user.name.casefold() == wanted] or [
        user for user in people if wanted in user.name.casefold().split()
    ]
    if len(found) != 1:
        known = ", ".join(user.name for user in found or people) or "nobody; import a company first"
        raise Unknown(f"who is {name!r}? There is: {known}")
    return found[0]


async def link(db: Database, platform: str, user: User, now: datetime) -> str:
    """Make a local platform's account this person's; return the account's id."""
    sender = f"user-{user.id}"
    async with db.begin(Work(f"cli:link:{sender}", now, user.id)) as session:
        known = await session.scalar(
            select(ChatIdentity.user_id).filter_by(platform=platform, workspace="", sender=sender)
        )
        if known != user.id:
            await users.link(session, platform, "", sender, user)
    return sender
