"""The people to talk to at a customer."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.errors import Invalid
from crm_core.fields import checked
from crm_core.lookup import folded
from crm_core.models import Activity, Contact, Customer

FIELDS = {"name", "email", "phone", "title"}
"""What people may change by naming the field."""


async def whole(session: AsyncSession, contact: Contact) -> Contact:
    """Load a contact with the customer."""
    query = select(Contact).where(Contact.id == contact.id).options(joinedload(Contact.customer))
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def last_talk(session: AsyncSession, contact: Contact) -> Activity | None:
    """Return what was said or done with this person last, with who did."""
    query = (
        select(Activity)
        .where(Activity.contact_id == contact.id)
        .options(joinedload(Activity.user))
        .order_by(Activity.happened_at.desc(), Activity.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def create(
    session: AsyncSession,
    *,
    customer: Customer,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    title: str | None = None,
) -> Contact:
    """Add a person at a customer. Raises Invalid where one of this name is there already."""
    values = checked(Contact, name=name, email=email, phone=phone, title=title)
    for other in await session.scalars(select(Contact).filter_by(customer_id=customer.id)):
        if folded(other.name) == folded(values["name"]):
            raise Invalid("contact-exists", record=other, customer=customer)
    contact = Contact(customer=customer, **values)
    session.add(contact)
    await session.flush()
    return contact


async def update(session: AsyncSession, contact: Contact, field: str, value: str) -> str | None:
    """Change one field and return what it was. Raises Invalid for a field that is not theirs."""
    if field not in FIELDS:
        raise Invalid("no-such-contact-field", field=field)
    before: str | None = getattr(contact, field)
    setattr(contact, field, checked(Contact, **{field: value})[field])
    await session.flush()
    return before
