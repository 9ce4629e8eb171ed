"""The settings: `config/default.toml`, a file of one's own, then the environment."""

import os
from collections.abc import Mapping
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, PositiveInt, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url

from adapters.mail.settings import MailSettings
from adapters.slack.settings import SlackSettings
from adapters.telegram.settings import TelegramSettings
from bot import macros
from bot.company import Company
from crm_core import campaigns
from crm_core.access import Rules, Scope
from crm_core.imports.made_up import Sample
from crm_core.models import AlertKind, ModelName, Priority, Role
from crm_core.receivers import LEAD, OWNER, Policy
from crm_core.sla import Goal, Hours, Sla

CONFIG = Path(os.environ.get("CRM_CONFIG_DIR", Path(__file__).parent.parent / "config"))
"""Where the words and defaults are."""

ENABLING = ("bot_token", "client_id", "token", "host")
"""What a platform can't do without."""


class DatabaseSettings(BaseModel):
    url: str


class PathSettings(BaseModel):
    cache: Path
    spool: Path


class CompanySettings(BaseModel):
    currency: str
    language: str
    timezone: str


class AccessSettings(BaseModel):
    see: dict[Role, dict[str, Scope]] = {}
    change: dict[Role, dict[str, Scope]] = {}


class AnalyticsSettings(BaseModel):
    engine: str
    churn_horizon_days: int = Field(gt=0)
    churn_lookback_days: int = Field(gt=0)
    models: list[ModelName]


class NotificationSettings(BaseModel):
    quiet_from: time
    quiet_to: time
    daily_cap: int = Field(gt=0)
    platforms: list[str]
    to: dict[AlertKind, list[str]]
    fallback: list[str]

    @field_validator("to")
    @classmethod
    def _known(cls, to: dict[AlertKind, list[str]]) -> dict[AlertKind, list[str]]:
        people = {OWNER, LEAD, *(role.value for role in Role)}
        for word in (word for words in to.values() for word in words):
            if ":" not in word and word not in people:
                raise ValueError(f"{word!r} is nobody: owner, lead, a role or platform:channel")
        return to


class CampaignSettings(BaseModel):
    holdout: float = Field(gt=0, lt=1)
    horizon_days: int = Field(gt=0)
    rest_days: int = Field(ge=0)
    most: int = Field(gt=0)
    cost: float = Field(ge=0)


class AlertSettings(BaseModel):
    churn_most: int = Field(ge=0)
    churn_lift: float = Field(ge=0)
    escalate_hours: int = Field(gt=0)
    sla_warn_minutes: int = Field(ge=0)
    sla_lead_minutes: int = Field(ge=0)
    big_deal: int = Field(ge=0)
    digest: str


class JobSettings(BaseModel):
    score: str
    churn_alerts: str
    campaign_ideas: str
    digests: str
    followups: str
    notices: str
    parked: str
    pushes: str
    reminders: str
    sla_watch: str


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class SlaSettings(BaseModel):
    opens: time
    closes: time
    days: list[Weekday]
    holidays: list[date]
    first_response: dict[Priority, PositiveInt]
    resolution: dict[Priority, PositiveInt]

    @field_validator("first_response", "resolution")
    @classmethod
    def _every_priority(cls, minutes: Mapping[Priority, int]) -> Mapping[Priority, int]:
        if missing := [word.value for word in Priority if word not in minutes]:
            raise ValueError(f"no minutes for {', '.join(missing)}")
        return minutes

    def in_zone(self, zone: ZoneInfo) -> Sla:
        hours = Hours(
            zone,
            self.opens,
            self.closes,
            frozenset(get_args(Weekday).index(day) for day in self.days),
            frozenset(self.holidays),
        )
        return Sla(
            hours, {Goal.FIRST_RESPONSE: self.first_response, Goal.RESOLUTION: self.resolution}
        )


class WebSettings(BaseModel):
    enabled: bool


class HttpSettings(BaseModel):
    host: str
    port: int


class LogSettings(BaseModel):
    level: Literal["debug", "info", "warning", "error"]
    json_lines: bool = Field(alias="json")


class Settings(BaseSettings):
    """Everything that can be set. A missing or senseless value stops the start, by name."""

    model_config = SettingsConfigDict(
        env_prefix="CRM_",
        env_nested_delimiter="__",
        extra="ignore",
    )

    database: DatabaseSettings
    paths: PathSettings
    company: CompanySettings
    access: AccessSettings
    analytics: AnalyticsSettings
    notifications: NotificationSettings
    alerts: AlertSettings
    campaigns: CampaignSettings
    sla: SlaSettings
    jobs: JobSettings
    web: WebSettings
    http: HttpSettings
    log: LogSettings
    replies: dict[str, dict[str, str]] = {}
    sample: Sample | None = None
    mail: MailSettings | None = None
    slack: SlackSettings | None = None
    telegram: TelegramSettings | None = None

    @field_validator("slack", "telegram", "mail", mode="before")
    @classmethod
    def _off_without_token(cls, value: Any) -> Any:
        """Without a token or host there is nothing to connect to, whatever else is set."""
        if isinstance(value, dict) and not any(map(value.get, ENABLING)):
            return None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = [CONFIG / "default.toml"]
        if scenario := os.environ.get("CRM_SCENARIO"):
            files.append(_scenario(scenario))
        if own := os.environ.get("CRM_CONFIG"):
            files.append(Path(own))
        toml = TomlConfigSettingsSource(settings_cls, files, deep_merge=True)
        return (init_settings, env_settings, toml)

    @property
    def spool(self) -> Path:
        """Where events wait while the database is busy: beside SQLite's file, else in `paths`."""
        url = make_url(self.database.url)
        is_sqlite = url.get_backend_name() == "sqlite"
        return Path(f"{url.database}-spool") if is_sqlite else self.paths.spool / str(url.database)

    @property
    def rules(self) -> Rules:
        return Rules(see=self.access.see, change=self.access.change)

    @cached_property
    def conversation(self) -> Company:
        return Company(
            **self.company.model_dump(),
            sla=self.sla.in_zone(ZoneInfo(self.company.timezone)),
            macros=macros.load(CONFIG / "macros"),
            mail=self.mail.policy if self.mail else None,
            campaigns=campaigns.Rules(**self.campaigns.model_dump()),
            policy=Policy(
                **self.notifications.model_dump(),
                rules=self.rules,
                language=self.company.language,
                timezone=self.company.timezone,
            ),
        )


def _scenario(name: str) -> Path:
    """Return the settings of a line of business. Raises ValueError with those there are."""
    path = CONFIG / "scenarios" / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.toml")))
        raise ValueError(f"there is no scenario {name!r}, but: {known}")
    return path
