"""Settings: the environment and `.env`, checked at the start, one clear line a mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Account = tuple[str, str]


class SettingsWrong(Exception):
    """`str()` is one line a mistake: the setting, what is wrong, what to write."""


class Settings(BaseSettings):
    """Every name is documented in `.env.example`, which a test holds against this class."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    database_url: str = ""
    data_dir: Path = Path("./data")
    company_file: Path = Path("examples/company.yaml")
    admins: Annotated[tuple[Account, ...], NoDecode] = ()
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr = SecretStr("")

    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: SecretStr = SecretStr("")
    telegram_transport: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_staff_chat: int | None = None

    vk_token: SecretStr = SecretStr("")
    vk_group_id: int | None = Field(default=None, gt=0)
    vk_api_url: str = "https://api.vk.com"
    vk_transport: Literal["longpoll", "callback"] = "longpoll"
    vk_confirmation: str = ""
    vk_secret: SecretStr = SecretStr("")
    vk_wall_token: SecretStr = SecretStr("")

    web_chat: bool = True

    assist_url: str = ""
    assist_token: SecretStr = SecretStr("")
    assist_model: str = ""

    @field_validator("log_level", "log_format", "telegram_transport", "vk_transport", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("admins", mode="before")
    @classmethod
    def _split_admins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        accounts = []
        for part in filter(None, (each.strip() for each in value.split(","))):
            channel, _, user = part.partition(":")
            if channel not in ("telegram", "vk", "max") or not user.strip().isdecimal():
                raise ValueError(f"write it like telegram:111,vk:222 — not {part!r}")
            accounts.append((channel, user.strip()))
        return tuple(accounts)

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if not value:
            return value
        value = re.sub(r"^postgres(ql)?://", "postgresql+asyncpg://", value)
        if not value.startswith("postgresql+asyncpg://") or not has_good_port(value):
            raise ValueError("write it like postgresql+asyncpg://user:password@host:5432/base")
        return value

    @field_validator("public_url", "telegram_api_url", "vk_api_url", "assist_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value and not (re.match(r"^https?://[^/\s]+", value) and has_good_port(value)):
            raise ValueError("write a full address that begins with https://")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _check_root(cls, value: str) -> str:
        if urlsplit(value).path or urlsplit(value).query:
            raise ValueError("write the address alone, like https://bot.example.ru, nothing after")
        return value

    @field_validator("telegram_staff_chat")
    @classmethod
    def _check_staff_chat(cls, value: int | None) -> int | None:
        if value is not None and value >= 0:
            raise ValueError("the id of a group is below zero, write it like -1001234567890")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _check_token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if token and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
            raise ValueError("copy the whole token from @BotFather: digits, a colon, letters")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise ValueError("use 1-256 letters, digits, _ and -")
        return value

    @field_validator("telegram_proxy")
    @classmethod
    def _check_proxy(cls, value: SecretStr) -> SecretStr:
        proxy = value.get_secret_value()
        if proxy and not (
            re.match(r"^(socks5|socks4|http)://[^/\s]+", proxy) and has_good_port(proxy, named=True)
        ):
            raise ValueError("write it like socks5://user:password@host:1080 or http://host:3128")
        return value

    @model_validator(mode="after")
    def _check_webhook(self) -> Settings:
        if self.telegram_transport == "webhook" and self.telegram_token.get_secret_value():
            if not self.public_url:
                raise ValueError(
                    "PUBLIC_URL: a webhook needs the address Telegram reaches us at, "
                    "write PUBLIC_URL=https://bot.example.ru"
                )
            if not self.telegram_webhook_secret.get_secret_value():
                raise ValueError(
                    "TELEGRAM_WEBHOOK_SECRET: a webhook without a secret would believe everyone, "
                    "write 32 random letters"
                )
            official = urlsplit(self.telegram_api_url).hostname == "api.telegram.org"
            if official and not self.public_url.startswith("https://"):
                raise ValueError(
                    "PUBLIC_URL: Telegram calls a webhook by https only, "
                    "write PUBLIC_URL=https://bot.example.ru"
                )
        return self

    @field_validator("vk_secret")
    @classmethod
    def _check_vk_secret(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and not re.fullmatch(r"[A-Za-z0-9_]{1,50}", secret):
            raise ValueError("VK takes 1-50 letters, digits and _, like Bot_2f81c07ad95e")
        return value

    @field_validator("vk_group_id", mode="before")
    @classmethod
    def _check_vk_group(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(r"0*[1-9][0-9]*", value.strip()):
            raise ValueError("write the digits alone, like VK_GROUP_ID=123456789")
        return value

    @model_validator(mode="after")
    def _check_vk(self) -> Settings:
        if not self.vk_on:
            return self
        if self.vk_group_id is None:
            raise ValueError(
                "VK_GROUP_ID: write the number of the community, digits only, "
                "like VK_GROUP_ID=123456789"
            )
        if self.vk_transport == "callback":
            if not self.public_url:
                raise ValueError(
                    "PUBLIC_URL: the Callback API needs the address VK reaches us at, "
                    "write PUBLIC_URL=https://bot.example.ru"
                )
            if not self.vk_secret.get_secret_value():
                raise ValueError(
                    "VK_SECRET: without a secret everyone would be believed, "
                    "write up to 50 random letters"
                )
            official = urlsplit(self.vk_api_url).hostname == "api.vk.com"
            if official and not self.public_url.startswith("https://"):
                raise ValueError(
                    "PUBLIC_URL: VK calls by https only, write PUBLIC_URL=https://bot.example.ru"
                )
        return self

    @field_validator("assist_url")
    @classmethod
    def _check_assist_url(cls, value: str) -> str:
        if "?" in value or "#" in value:
            raise ValueError("write the address alone, like https://llm.example.ru/v1")
        return value.removesuffix("/chat/completions")

    @field_validator("assist_token")
    @classmethod
    def _check_assist_token(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]*", value.get_secret_value()):
            raise ValueError("copy the whole key: Latin letters, digits and signs, no spaces")
        return value

    @model_validator(mode="after")
    def _check_assist(self) -> Settings:
        if self.assist_on and not self.assist_model:
            raise ValueError(
                "ASSIST_MODEL: write the name of a model that the machine at ASSIST_URL has, "
                "like ASSIST_MODEL=qwen3-8b"
            )
        return self

    @property
    def assist_on(self) -> bool:
        return bool(self.assist_url)

    @property
    def webhooks(self) -> list[str]:
        """The messengers that call us, by name."""
        calls = {
            "telegram": self.telegram_on and self.telegram_transport == "webhook",
            "vk": self.vk_on and self.vk_transport == "callback",
        }
        return [name for name, on in calls.items() if on]

    @property
    def vk_on(self) -> bool:
        return bool(self.vk_token.get_secret_value())

    @property
    def vk_wall_on(self) -> bool:
        return self.vk_on and bool(self.vk_wall_token.get_secret_value())

    @property
    def telegram_on(self) -> bool:
        return bool(self.telegram_token.get_secret_value())

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def has_good_port(url: str, *, named: bool = False) -> bool:
    """`named`: the port has to be there."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port is not None or not named


def load_settings() -> Settings:
    """Raises `SettingsWrong`. Never quotes the value of a secret."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SettingsWrong("\n".join(sorted({_tell(e) for e in wrong.errors()}))) from None
    except UnicodeDecodeError:
        raise SettingsWrong(".env: it is not in UTF-8, save it anew in that encoding") from None


def _tell(error: Any) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return words
    name = str(error["loc"][0]).upper()
    if error["type"] == "literal_error":
        words = f"choose one of {error['ctx']['expected']}"
    elif error["type"] in ("int_parsing", "int_from_float"):
        words = "write a whole number"
    elif error["type"] == "bool_parsing":
        words = "write true or false"
    return f"{name}: {words}"
