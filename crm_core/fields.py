"""Values as people type them into a record's fields, checked before they are kept."""

import re
from typing import Any

from sqlalchemy import String, inspect

from crm_core.errors import Invalid
from crm_core.models import Record

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE_DIGITS = range(3, 21)


def checked(kind: type[Record], **values: str | None) -> dict[str, Any]:
    """Return the values trimmed, an empty one as None.

    Raises Invalid for one that is too long, for a missing name, and for what is no e-mail address
    or phone number.
    """
    return {field: _checked(kind, field, value) for field, value in values.items()}


def _checked(kind: type[Record], field: str, value: str | None) -> str | None:
    text = (value or "").strip()
    if not text:
        if field == "name":
            raise Invalid("no-name")
        return None
    column = inspect(kind).columns[field].type
    if isinstance(column, String) and column.length and len(text) > column.length:
        raise Invalid("too-long", limit=column.length)
    if field == "email" and not EMAIL.fullmatch(text):
        raise Invalid("not-an-email", text=text)
    if field == "phone" and sum(map(str.isdigit, text)) not in PHONE_DIGITS:
        raise Invalid("not-a-phone", text=text)
    return text
