"""Who has access, and what they may do."""

from bot.intent import Text, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import users
from crm_core.models import Role, User


@intent("user.list", roles={Role.MANAGER})
async def list_(turn: Turn) -> Reply:
    """List who has access, their roles and chat accounts."""
    accounts = await users.accounts(turn.session)
    return turn.listing(
        "users-found",
        await users.everybody(turn.session),
        ["column-name", "column-role", "column-accounts"],
        lambda row: [row.name, row.role, ", ".join(accounts.get(row.id, ()))],
        filters="",
    )


@intent("user.invite", roles={Role.ADMIN}, writes=True)
async def invite(turn: Turn, name: Text, role: Role) -> Reply:
    """Give somebody access; you get a one-time code to pass on."""
    user, code = await users.invite(
        turn.session,
        name=name,
        role=role,
        language=turn.user.language,
        timezone=turn.user.timezone,
    )
    turn.state.look_at(user)
    details = turn.fields(("label-role", role), ("label-link-code", code))
    receipt = turn.receipt("user-invited", details, user=user, code=code)
    return receipt.model_copy(update={"private": True})


async def _role_change(turn: Turn, user: User, role: Role) -> str:
    return turn.change(user.role, role) or turn.speaker.show(role)


@intent("user.set_role", roles={Role.ADMIN}, writes=True, confirm=True, preview=_role_change)
async def set_role(turn: Turn, user: User, role: Role) -> Reply:
    """Change what somebody may do."""
    before = await users.set_role(turn.session, user, role)
    turn.state.look_at(user)
    changed = turn.fields(("label-role", turn.change(before, role)))
    return turn.receipt("user-role-set", changed, user=user)
