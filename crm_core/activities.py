"""What was said and done with customers."""

from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.changes import work_of
from crm_core.models import Activity, ActivityKind, Contact, Customer, User


async def log(
    session: AsyncSession,
    user: User,
    *,
    kind: ActivityKind,
    note: str,
    customer: Customer | None = None,
    contact: Contact | None = None,
) -> Activity:
    """Write down what happened just now. A contact brings the customer along."""
    customer_id = customer.id if customer else contact.customer_id if contact else None
    activity = Activity(
        kind=kind,
        customer_id=customer_id,
        contact_id=contact.id if contact else None,
        user_id=user.id,
        note=note,
        happened_at=work_of(session).now,
    )
    session.add(activity)
    await session.flush()
    return activity
