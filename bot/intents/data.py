"""Files in and out, in the conversation."""

import asyncio
from datetime import date

from bot.dialog import Question
from bot.errands import Desk, Tell, errand
from bot.intent import Number, intent
from bot.message import Command, Slot
from bot.notices import Draft, phrase
from bot.reply import Button, Buttons, File, Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import exports, files, imports, notifications
from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.exports import FileFormat, RecordKind
from crm_core.models import Role
from crm_core.receivers import LEAD, Notice, Router
from crm_core.values import Period

FIRST = 3
"""Rows of a file that are shown before it is taken in."""
WIDE = 8
"""Columns of a file that are shown."""
PROBLEMS = 8
"""Problems that are shown; all are counted."""
UNDOABLE = 5000
"""Records of one import that can be taken back by a button."""


@intent("data.export", roles={Role.MANAGER})
async def export(
    turn: Turn, kind: RecordKind, period: Period | None = None, format: FileFormat | None = None
) -> Reply:
    """Get customers, orders, deals and so on as an Excel or CSV file."""
    if not turn.message.place.direct:
        raise Invalid("files-directly")
    await turn.later(
        "data.export",
        kind=kind.value,
        first=period.start.isoformat() if period else None,
        after=period.end.isoformat() if period else None,
        file_format=(format or _format_in(turn.message.text)).value,
    )
    return turn.reply(turn.say("export-coming", kind=kind))


def _format_in(words: str) -> FileFormat:
    """Return the format that the words name; Excel where they name none."""
    named = (each for each in FileFormat if each.value in words.casefold())
    return next(named, FileFormat.XLSX)


@errand("data.export")
async def make_export(
    desk: Desk, kind: str, first: str | None, after: str | None, file_format: str
) -> Tell:
    """Read the records and write the file."""
    what, how = RecordKind(kind), FileFormat(file_format)
    period = None
    if first and after:
        period = Period(date.fromisoformat(first), date.fromisoformat(after))
    async with desk.db.read() as session:
        sheet = await exports.table(session, desk.actor, desk.zone, what, period)
    content = await asyncio.to_thread(exports.as_file, sheet, how)

    async def tell(turn: Turn) -> Reply:
        scope = turn.actor.scope(exports.EXPORTS[what].record)
        rests_on = turn.provenance(len(sheet.rows), turn.filters(kind=what, period=period), scope)
        if not sheet.rows:
            return turn.reply(turn.say("export-empty", kind=what), provenance=rests_on)
        name = f"{what.value}-{turn.today.isoformat()}.{how.value}"
        return turn.reply(
            turn.say("export-done", kind=what, count=len(sheet.rows)),
            await _file(turn, name, how.media_type, content),
            provenance=rests_on,
        )

    return tell


async def _file(turn: Turn, name: str, media_type: str, content: bytes) -> File:
    stored = await files.store(turn.session, name, media_type, content, turn.now)
    return File(id=stored.id, name=name, media_type=media_type)


@intent("data.import", roles={Role.REP, Role.MANAGER}, writes=True)
async def import_(
    turn: Turn,
    kind: RecordKind | None = None,
    file: Number | None = None,
    checked: Number | None = None,
) -> Reply:
    """Take in a CSV or Excel file: you see what it would do before it is done."""
    for sent in turn.message.files:
        if sent.problem:
            raise Invalid(sent.problem)
        file = Number(sent.stored or 0)
    if file is None:
        return turn.reply(turn.say("import-how"))
    if kind is not None and kind.value not in imports.KINDS:
        raise Invalid("not-imported", kind=kind)
    work = "import.run" if checked else "import.check"
    await turn.later(work, file=int(file), kind=kind.value if kind else None)
    return turn.reply(turn.say("import-running" if checked else "import-reading"))


@errand("import.check")
async def check_import(desk: Desk, file: int, kind: imports.Kind | None) -> Tell:
    """Look at the file, and ask whether to take it in."""
    async with desk.db.read() as session:
        content = await files.content(session, file)
    found = await imports.check(
        desk.db,
        content,
        kind,
        actor=desk.actor,
        now=desk.now,
        currency=desk.company.currency,
        first=FIRST,
    )

    async def tell(turn: Turn) -> Reply:
        go = _command(file, found.kind, checked=True)
        turn.state.question = Question(kind="confirm", command=go, asked_at=turn.now)
        others = [
            Button(
                label=turn.say("import-as", kind=RecordKind(other)), command=_command(file, other)
            )
            for other in found.others
        ]
        return turn.reply(
            Words(
                text=turn.say("import-title", kind=RecordKind(found.kind), count=found.rows),
                style="strong",
            ),
            Table(columns=found.header[:WIDE], rows=[row[:WIDE] for row in found.first]),
            *_outcome(turn, found.report, "import-would" if found.tried else "import-unread"),
            turn.say("shall-i"),
            Buttons(
                choice=True,
                buttons=[
                    turn.button("button-yes", "dialog.confirm"),
                    turn.button("button-no", "dialog.cancel"),
                ],
            ),
            Buttons(buttons=others) if others else None,
        )

    return tell


@errand("import.run")
async def run_import(desk: Desk, file: int, kind: imports.Kind) -> Tell:
    """Take the file in. Done again after a crash, it finds what is there and goes on."""
    async with desk.db.read() as session:
        content = await files.content(session, file)
    report = await imports.import_table(
        desk.db,
        kind,
        content,
        now=desk.now,
        actor=desk.actor,
        currency=desk.company.currency,
    )

    async def tell(turn: Turn) -> Reply:
        written = sum(counts.created + counts.updated for counts in report.counts.values())
        if written:
            router = await Router.load(turn.session, turn.company.policy)
            await notifications.notify(turn.session, router, [_notice(turn, kind, report)])
        undo = turn.button("button-undo", "change.undo", work=report.work, once=True)
        return turn.reply(
            Words(text=turn.say("import-done", kind=RecordKind(kind)), style="strong"),
            *_outcome(turn, report, "import-counts"),
            Buttons(buttons=[undo]) if 0 < written <= UNDOABLE else None,
            turn.say("import-not-undoable") if written > UNDOABLE else None,
        )

    return tell


def _notice(turn: Turn, kind: imports.Kind, report: imports.Report) -> Notice:
    """Tell the lead of what somebody has taken in."""
    counts = report.counts.values()
    draft = Draft(
        title=phrase(
            "notice-import",
            who=turn.user,
            kind=RecordKind(kind),
            created=sum(each.created for each in counts),
            updated=sum(each.updated for each in counts),
            bad=sum(each.bad for each in counts),
        )
    )
    return Notice(
        f"import:{work_of(turn.session).id}",
        None,
        draft.plain(),
        owner_id=turn.user.id,
        to=(LEAD,),
        subscribers=False,
        by=turn.user.id,
    )


def _command(file: int, kind: imports.Kind, *, checked: bool = False) -> Command:
    slots = {"file": Slot(value=file), "kind": Slot(text=kind, value=kind)}
    if checked:
        slots["checked"] = Slot(value=1)
    return Command(intent="data.import", slots=slots)


def _outcome(turn: Turn, report: imports.Report, message: str) -> list[Words]:
    """Say what became of the records, or would, and what is wrong with which line."""
    lines = [
        turn.say(
            message,
            noun=turn.say(f"noun-{noun.replace('_', '-')}"),
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            bad=counts.bad,
        )
        for noun, counts in report.counts.items()
    ]
    lines += [
        turn.say(
            "import-problem",
            line=problem.line,
            column=problem.column or "",
            reason=turn.say(f"import-{problem.reason}"),
            value=problem.value or "",
        )
        for problem in report.problems[:PROBLEMS]
    ]
    if len(report.problems) > PROBLEMS:
        lines.append(turn.say("import-more-problems", count=len(report.problems) - PROBLEMS))
    if report.ignored:
        lines.append(turn.say("import-ignored", columns=", ".join(report.ignored)))
    return [Words(text="\n".join(lines))] if lines else []
