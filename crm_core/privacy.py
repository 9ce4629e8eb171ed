"""Everything that is held on a customer: to hand it out, and to erase it for good.

What belongs to a customer is found by the foreign keys, so that a new table is neither forgotten
when the data is handed out nor when it is erased.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Enum,
    String,
    Table,
    Text,
    cast,
    delete,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import text as statement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.changes import RECORDS, plain, work_of
from crm_core.exports import Sheet
from crm_core.models import (
    Base,
    Change,
    ChangeKind,
    Contact,
    Conversation,
    Customer,
    Delivery,
    InboxEvent,
    Product,
    Record,
    StoredCommand,
    StoredFile,
    TicketFile,
    User,
)

Found = Mapping[Any, Any]
Rows = dict[Table, list[Found]]

GONE = "•••"
"""What stands in for erased words."""
NOT_THEIRS = {User.__tablename__, Product.__tablename__, "chat_identities", "link_codes"}
"""Tables of colleagues and goods: nothing there is a customer's, whatever it is called."""
TALK = [kind.__tablename__ for kind in (InboxEvent, Delivery, Conversation, StoredCommand)]
"""Tables of what was said in chats."""
NAMED: dict[type[Record], InstrumentedAttribute[str]] = {
    Customer: Customer.name,
    Contact: Contact.name,
    Product: Product.name,
    User: User.name,
}
CHANGES = Base.metadata.tables[Change.__tablename__]
CUSTOMERS = Base.metadata.tables[Customer.__tablename__]
FILES = Base.metadata.tables[StoredFile.__tablename__]
INBOX, OUTBOX, CONVERSATIONS, COMMANDS = (Base.metadata.tables[name] for name in TALK)
ENVELOPE = ("event", "place", "sender", "at")
"""What is kept of a message whose words go."""
QUOTED = 8
"""Characters of a note or subject that is looked for in chats."""
SHORTEST = 4
"""Characters of a name or address that is looked for in other texts; shorter ones are in words."""


async def holdings(session: AsyncSession, customer: Customer) -> Rows:
    """Return the rows that are about a customer, of every table, the customer's own first.

    A row is when it refers to a row that is. The change log of all of them is among them.
    """
    ids: dict[Table, set[int]] = {CUSTOMERS: {customer.id}}
    rows: Rows = {}
    for table in Base.metadata.sorted_tables:
        if table is CHANGES or table.name in NOT_THEIRS:
            continue
        theirs: list[ColumnElement[bool]] = [
            column.in_(ids[key.column.table])
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table in ids and key.column.table is not table
        ]
        if table is CUSTOMERS:
            theirs = [table.c.id == customer.id]
        if not theirs:
            continue
        found = await session.execute(
            select(table).where(or_(*theirs)).order_by(*table.primary_key)
        )
        kept: list[Found] = [row._mapping for row in found]
        if kept:
            rows[table] = kept
            if "id" in table.c:
                ids[table] = {row["id"] for row in kept}
    rows[CHANGES] = await _changes(session, rows)
    return rows


async def _changes(session: AsyncSession, rows: Rows) -> list[Found]:
    """Return the change log of these rows, and of those deleted that belonged to the customer."""
    found: list[Found] = []
    log = CHANGES
    for noun, kind in RECORDS.items():
        if kind.__table__ not in rows:
            continue
        ids = [row["id"] for row in rows[kind.__table__]]
        query = select(log).where(log.c.noun == noun, log.c.record_id.in_(ids)).order_by(log.c.id)
        found += [row._mapping for row in await session.execute(query)]
    gone = select(log).where(
        log.c.kind == ChangeKind.DELETED,
        log.c.before["customer_id"].as_integer() == rows[CUSTOMERS][0]["id"],
    )
    known = {row["id"] for row in found}
    found += [row._mapping for row in await session.execute(gone) if row.id not in known]
    return found


def as_json(rows: Rows) -> bytes:
    """Write all of it as JSON: a list of rows under each table's name."""
    data = {
        table.name: [{name: plain(value) for name, value in row.items()} for row in found]
        for table, found in rows.items()
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=str).encode()


def as_sheets(rows: Rows) -> list[Sheet]:
    """Return all of it as tables for a workbook, a sheet each."""
    return [
        Sheet(
            table.name,
            [column.name for column in table.columns],
            [[_shown(value) for value in row.values()] for row in found],
        )
        for table, found in rows.items()
    ]


def _shown(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return None if isinstance(value, bytes) else value


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: rows by table, and how many other texts had mentioned the customer."""

    rows: dict[str, int]
    mentions: int


async def erase(session: AsyncSession, customer: Customer) -> Erasure:
    """Erase a customer's personal data wherever it is. It can't be undone.

    Orders stay, with their sums and without a name. Contacts, tasks, alerts and scores go; notes,
    messages and reasons are emptied; the change log keeps who did what when, without the values.
    Texts of others lose the names and addresses, and files that hold them go.
    """
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(statement("PRAGMA secure_delete = ON"))
    else:
        await session.execute(statement("SET LOCAL statement_timeout = 0"))
    rows = await holdings(session, customer)
    personal = _personal(rows)
    in_talk = [*await _distinctive(session, rows), *_said(rows)]
    await _empty(session, customer, rows)
    await _forget_log(session, rows)
    mentions = await _redact(session, personal)
    mentions += await _silence(session, [*personal, *in_talk])
    mentions += await _drop_files(session, personal)
    counts = {table.name: len(found) for table, found in rows.items() if table is not CHANGES}
    return Erasure(counts, mentions)


PERSONAL = {
    Customer.__tablename__: ("name", "code", "email", "phone", "address", "website"),
    "contacts": ("name", "email", "phone"),
}


def _personal(rows: Rows) -> list[str]:
    """Return the names and addresses to be looked for everywhere, the longest first."""
    values: set[str] = set()
    for table, found in rows.items():
        for row in found:
            values |= {str(row[name]) for name in PERSONAL.get(table.name, ()) if row[name]}
            if table is CHANGES and row["noun"] in ("customer", "contact"):
                names = PERSONAL[RECORDS[row["noun"]].__tablename__]
                for logged in (row["before"], row["after"]):
                    values |= {str(logged[name]) for name in names if logged.get(name)}
    long = {value for value in values if len(value) >= SHORTEST or not value.isascii()}
    return sorted(long, key=len, reverse=True)


DELETED = {"contacts", "tasks", "alerts", "scores", "notifications", "ticket_files"}
"""Tables whose rows are about the customer and nothing else; those of others lose their words."""


async def _empty(session: AsyncSession, customer: Customer, rows: Rows) -> None:
    """Delete what is only about the customer, and blank the words in what stays for the sums."""
    for table in reversed(list(rows)):
        if table is CHANGES or "id" not in table.c:
            continue
        ids = [row["id"] for row in rows[table]]
        if table.name in DELETED:
            await _delete(session, table, ids)
            continue
        first = rows[table][0]
        blank = {
            column.name: _blank(column, first[column.name])
            for column in table.columns
            if _is_words(column)
        }
        if table is CUSTOMERS:
            blank |= {"name": f"#{customer.id}", "consent": False}
        if blank:
            await session.execute(update(table).where(table.c.id.in_(ids)).values(blank))
    if files := rows.get(Base.metadata.tables[TicketFile.__tablename__]):
        await _delete(session, FILES, [row["file_id"] for row in files])


async def _delete(session: AsyncSession, table: Table, ids: Sequence[int]) -> None:
    """Delete rows, and what refers to them or its reference."""
    for other in Base.metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                stale = column.in_(ids)
                if column.nullable:
                    await session.execute(update(other).where(stale).values({column.name: None}))
                else:
                    await session.execute(delete(other).where(stale))
    await session.execute(delete(table).where(table.c.id.in_(ids)))


def _is_words(column: Column[Any]) -> bool:
    """Tell whether a column holds words: no key, no number of an order, no vocabulary."""
    kind = column.type
    if column.foreign_keys or column.primary_key or column.name == "currency":
        return False
    if column.table.name == "orders" and column.name == "code":
        return False
    return isinstance(kind, JSON | String) and not isinstance(kind, Enum)


def _blank(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return [] if isinstance(value, list) else {}
    return None if column.nullable else GONE


async def _forget_log(session: AsyncSession, rows: Rows) -> None:
    """Take the values out of the change log, and note there that it was done."""
    ids = [row["id"] for row in rows[CHANGES]]
    await session.execute(update(CHANGES).where(CHANGES.c.id.in_(ids)).values(before={}, after={}))
    work = work_of(session)
    nouns = {kind.__table__: noun for noun, kind in RECORDS.items()}
    notes = [
        {
            "at": work.now,
            "user_id": work.user_id,
            "work": work.id,
            "kind": ChangeKind.ERASED,
            "noun": nouns[table],
            "record_id": row["id"],
            "version": row["version"],
            "before": {},
            "after": {},
        }
        for table, found in rows.items()
        if table in nouns
        for row in found
    ]
    await session.execute(CHANGES.insert(), notes)


async def _distinctive(session: AsyncSession, rows: Rows) -> list[str]:
    """Return the single words of the customer's names that nobody and nothing else is called by.

    In chats people say "Alfreds"; elsewhere such a word may be any word.
    """
    names = {row["name"] for table in PERSONAL for row in rows.get(Base.metadata.tables[table], ())}
    words = {word for name in names for word in re.findall(rf"\w{{{SHORTEST},}}", name)}
    tables = {kind: Base.metadata.tables[kind.__tablename__] for kind in NAMED}
    mine = {kind: [row["id"] for row in rows.get(table, ())] for kind, table in tables.items()}
    found = []
    for word in sorted(words, key=len, reverse=True):
        for kind, column in NAMED.items():
            query = select(kind.id).where(column.ilike(f"%{word}%"), kind.id.not_in(mine[kind]))
            if await session.scalar(query.limit(1)) is not None:
                break
        else:
            found.append(word)
    return found


def _said(rows: Rows) -> set[str]:
    """Return what was written about the customer: chats repeat it when it is entered and shown."""
    return {
        value
        for table, found in rows.items()
        if table is not CHANGES and table.name not in PERSONAL
        for row in found
        for column in filter(_is_words, table.columns)
        if isinstance(value := row[column.name], str) and len(value) >= QUOTED
    }


async def _redact(session: AsyncSession, personal: Sequence[str]) -> int:
    """Cut the names and addresses out of others' texts; return how many mentioned them."""
    if not personal:
        return 0
    pattern = re.compile("|".join(map(re.escape, personal)), re.IGNORECASE)
    count = 0
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_THEIRS or table.name in PERSONAL or table.name in TALK:
            continue
        for column in filter(_is_words, table.columns):
            keys = list(table.primary_key)
            query = select(*keys, column).where(_mentions(column, personal))
            for row in (await session.execute(query)).all():
                where = [key == value for key, value in zip(keys, row, strict=False)]
                changed = update(table).where(*where).values({column.name: _cut(row[-1], pattern)})
                await session.execute(changed)
                count += 1
    return count


async def _silence(session: AsyncSession, words: Sequence[str]) -> int:
    """Empty what was said in chats with any of these words in it; return how many texts did."""
    if not words:
        return 0
    count = 0
    for event in await session.scalars(
        select(InboxEvent).where(_mentions(INBOX.c.message, words)).order_by(InboxEvent.id)
    ):
        envelope = {name: event.message[name] for name in ENVELOPE if name in event.message}
        event.message = {**envelope, "text": GONE}
        count += 1
    spoken_of = _mentions(OUTBOX.c.reply, words) | _mentions(OUTBOX.c.about, words)
    await session.execute(update(OUTBOX).where(spoken_of).values(about=null()))
    for table, column, empty in (
        (OUTBOX, OUTBOX.c.reply, {"parts": [{"kind": "text", "text": GONE}]}),
        (CONVERSATIONS, CONVERSATIONS.c.state, {}),
    ):
        quiet = update(table).where(_mentions(column, words)).values({column.name: empty})
        count += len((await session.execute(quiet.returning(table.c.id))).all())
    await session.execute(delete(COMMANDS).where(_mentions(COMMANDS.c.slots, words)))
    return count


def _mentions(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    text = cast(column, Text)
    return or_(*(text.ilike(f"%{form}%", escape="\\") for form in _forms(words)))


def _forms(personal: Iterable[str]) -> list[str]:
    """Return how a value may be written in a column, JSON's escapes included, for LIKE."""
    forms: set[str] = set()
    for value in personal:
        for cased in (value, value.lower(), value.upper()):
            forms |= {cased, json.dumps(cased)[1:-1]}
    escape = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
    return sorted(form.translate(escape) for form in forms)


def _cut(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return a text, or all texts of a JSON value, without what the pattern finds."""
    match value:
        case str():
            return pattern.sub(GONE, value)
        case dict():
            return {_cut(name, pattern): _cut(each, pattern) for name, each in value.items()}
        case list():
            return [_cut(each, pattern) for each in value]
        case _:
            return value


async def _drop_files(session: AsyncSession, personal: Sequence[str]) -> int:
    """Delete the files that hold a name or an address; return how many those are."""
    wanted = [value.casefold() for value in personal]
    dropped = 0
    for file_id in (await session.scalars(select(FILES.c.id))).all():
        content = await session.scalar(select(FILES.c.content).where(FILES.c.id == file_id))
        if any(value in text for text in _texts(content or b"") for value in wanted):
            await _delete(session, FILES, [file_id])
            dropped += 1
    return dropped


def _texts(content: bytes) -> Iterable[str]:
    """Yield what a file may say, in the encodings people use; of an archive, what is inside."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "ignore").casefold()
        return
    for encoding in ("utf-8", "utf-16", "gb18030", "cp1252"):
        yield content.decode(encoding, "ignore").casefold()
