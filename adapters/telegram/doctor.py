"""Looks at a bot's token, webhook, privacy and commands, and for a second poller."""

from telegram import Bot, User, WebhookInfo
from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.doctor import Check
from adapters.telegram.adapter import bot_of
from adapters.telegram.menu import Menu
from adapters.telegram.settings import TelegramSettings

PROBE = 3
"""Seconds to ask for updates: another poller comes back within them, and is told of."""


async def examine(
    settings: TelegramSettings | None, commands: Menu, *, polled_here: bool
) -> list[Check]:
    """Return what was found. `polled_here`: a process of ours polls at the moment."""
    if settings is None:
        return [Check("doctor-telegram-no-token", advice="doctor-telegram-set-token")]
    bot = bot_of(settings)
    try:
        await bot.initialize()
        me = bot.bot
        return [
            Check("doctor-telegram-token", {"name": f"@{me.username}"}),
            *await _updates(bot, settings, polled_here),
            *_groups(me),
            *[await _commands(bot, language, commands) for language in commands],
        ]
    except InvalidToken:
        return [Check("doctor-telegram-bad-token", advice="doctor-telegram-set-token")]
    except TelegramError as problem:
        data = {"url": settings.base_url, "problem": problem.message}
        return [Check("doctor-telegram-unreachable", data, "doctor-telegram-check-network")]
    finally:
        await bot.shutdown()


async def _updates(bot: Bot, settings: TelegramSettings, polled_here: bool) -> list[Check]:
    info = await bot.get_webhook_info()
    if settings.transport == "webhook":
        return _webhook(info, settings)
    if info.url:
        return [Check("doctor-telegram-stray-webhook", {"url": info.url}, "doctor-telegram-poll")]
    if polled_here:
        return [Check("doctor-telegram-polled-here")]
    try:
        await bot.get_updates(limit=1, timeout=PROBE)  # confirms nothing
    except Conflict:
        return [Check("doctor-telegram-conflict", advice="doctor-telegram-one-poller")]
    return [Check("doctor-telegram-no-conflict", {"count": info.pending_update_count})]


def _webhook(info: WebhookInfo, settings: TelegramSettings) -> list[Check]:
    url = settings.webhook_url.rstrip("/") + settings.webhook_path
    if info.url != url:
        other = {"url": url, "found": info.url or "–"}
        return [Check("doctor-telegram-other-webhook", other, "doctor-telegram-start-webhook")]
    waiting = {"url": url, "count": info.pending_update_count}
    checks = [Check("doctor-telegram-webhook", waiting)]
    if info.last_error_message:
        last = {"problem": info.last_error_message, "when": info.last_error_date}
        checks.append(Check("doctor-telegram-webhook-error", last, "doctor-telegram-check-webhook"))
    return checks


def _groups(me: User) -> list[Check]:
    hears_all = "doctor-telegram-hears-all"
    return [
        Check(hears_all, advice="doctor-telegram-set-privacy")
        if me.can_read_all_group_messages
        else Check("doctor-telegram-privacy"),
        Check("doctor-telegram-groups")
        if me.can_join_groups
        else Check("doctor-telegram-no-groups", advice="doctor-telegram-allow-groups"),
        Check("doctor-telegram-inline")
        if me.supports_inline_queries
        else Check("doctor-telegram-no-inline", advice="doctor-telegram-set-inline"),
    ]


async def _commands(bot: Bot, language: str, commands: Menu) -> Check:
    shown = [(each.command, each.description) for each in await bot.get_my_commands(None, language)]
    data = {"language": language, "count": len(shown)}
    if shown == list(commands[language]):
        return Check("doctor-telegram-commands", data)
    return Check("doctor-telegram-other-commands", data, "doctor-telegram-start-commands")
