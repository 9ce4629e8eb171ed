"""Alembic's entry: the schema's revisions run on the connection that the caller opened."""

from typing import Any, Literal

from alembic import context

from crm_core.models import Base
from crm_core.models.base import UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own types as what the database sees, so that revisions stand alone."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
