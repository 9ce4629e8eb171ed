"""The commands that Telegram offers while somebody types a slash."""

import re
from collections.abc import Mapping, Sequence

from telegram import Bot, BotCommand

Menu = Mapping[str, Sequence[tuple[str, str]]]
"""For each language ("en", "zh") the commands' names and descriptions."""

LONGEST_MENU = 100
LONGEST_DESCRIPTION = 256
NAME = re.compile("[a-z0-9_]{1,32}")
LANGUAGE = re.compile("[a-z]{2}")


def check(menu: Menu) -> None:
    """Raise ValueError for what Telegram would refuse."""
    for language, commands in menu.items():
        if not LANGUAGE.fullmatch(language):
            raise ValueError(f"not a language of two letters: {language!r}")
        if len(commands) > LONGEST_MENU:
            raise ValueError(f"{len(commands)} commands in {language}; {LONGEST_MENU} are allowed")
        for name, description in commands:
            if not NAME.fullmatch(name):
                raise ValueError(f"not a command's name: {name!r}")
            if not 1 <= len(description) <= LONGEST_DESCRIPTION:
                raise ValueError(f"/{name} in {language}: a description has 1 to 256 characters")


async def publish(menu: Menu, bot: Bot) -> None:
    """Set the commands for each language; English, else the first, for all other languages."""
    for language, commands in menu.items():
        made = [BotCommand(name, description) for name, description in commands]
        await bot.set_my_commands(made, language_code=language)
        if language == ("en" if "en" in menu else next(iter(menu))):
            await bot.set_my_commands(made)
