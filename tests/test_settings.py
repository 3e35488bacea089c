"""Settings: each mistake is one clear line that names the setting and quotes no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsWrong, load_settings

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "123456:AAHsecret_secret-secret"
CALLBACK = {
    "VK_TOKEN": "vk1.a.secret",
    "VK_GROUP_ID": "77",
    "VK_TRANSPORT": "callback",
    "VK_SECRET": "letters",
    "PUBLIC_URL": "https://bot.example.ru",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment and no `.env` of whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.database_url == ""
    assert settings.data_dir == Path("./data")
    assert settings.company_file == Path("examples/company.yaml")
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.web_chat
    assert not settings.telegram_on


@pytest.mark.parametrize(
    ("given", "name", "fix"),
    [
        ({"HTTP_PORT": "eighty"}, "HTTP_PORT", "whole number"),
        ({"HTTP_PORT": "80.5"}, "HTTP_PORT", "whole number"),
        ({"HTTP_PORT": "70000"}, "HTTP_PORT", "65535"),
        ({"HTTP_PORT": "-1"}, "HTTP_PORT", "0"),
        ({"WEB_CHAT": "perhaps"}, "WEB_CHAT", "true or false"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL", "'debug', 'info', 'warning' or 'error'"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT", "'text' or 'json'"),
        ({"PUBLIC_URL": "bot.example.ru"}, "PUBLIC_URL", "begins with https://"),
        ({"PUBLIC_URL": "https://bot.example.ru:x"}, "PUBLIC_URL", "begins with https://"),
        ({"PUBLIC_URL": "https://example.ru/bot"}, "PUBLIC_URL", "the address alone"),
        ({"ADMINS": "111"}, "ADMINS", "telegram:111"),
        ({"ADMINS": "telegram:@olga"}, "ADMINS", "telegram:111"),
        ({"ADMINS": "icq:111"}, "ADMINS", "telegram:111"),
        ({"DATABASE_URL": "mysql://u:hunter2@h/b"}, "DATABASE_URL", "postgresql+asyncpg://"),
        ({"DATABASE_URL": "postgresql://u:hunter2@h:port/b"}, "DATABASE_URL", "5432"),
        ({"TELEGRAM_TOKEN": "AAHsecret"}, "TELEGRAM_TOKEN", "@BotFather"),
        ({"TELEGRAM_TOKEN": TOKEN + " x"}, "TELEGRAM_TOKEN", "@BotFather"),
        ({"TELEGRAM_TOKEN": "123:секрет"}, "TELEGRAM_TOKEN", "@BotFather"),
        ({"TELEGRAM_API_URL": "localhost"}, "TELEGRAM_API_URL", "begins with https://"),
        ({"TELEGRAM_PROXY": "hunter2@host:1080"}, "TELEGRAM_PROXY", "socks5://"),
        ({"TELEGRAM_PROXY": "socks5://u:hunter2@host"}, "TELEGRAM_PROXY", "socks5://"),
        ({"TELEGRAM_PROXY": "socks5://u:hunter2@host:x"}, "TELEGRAM_PROXY", "socks5://"),
        ({"TELEGRAM_TRANSPORT": "pigeon"}, "TELEGRAM_TRANSPORT", "'polling' or 'webhook'"),
        ({"VK_TOKEN": "vk1.a.secret"}, "VK_GROUP_ID", "digits only"),
        ({"VK_GROUP_ID": "club77"}, "VK_GROUP_ID", "digits alone, like VK_GROUP_ID=123456789"),
        ({"VK_GROUP_ID": "-77"}, "VK_GROUP_ID", "digits alone"),
        ({"VK_GROUP_ID": "0"}, "VK_GROUP_ID", "digits alone"),
        ({"VK_API_URL": "localhost"}, "VK_API_URL", "begins with https://"),
        ({"VK_TRANSPORT": "pigeon"}, "VK_TRANSPORT", "'longpoll' or 'callback'"),
        ({"VK_SECRET": "s" * 51}, "VK_SECRET", "1-50 letters"),
        ({**CALLBACK, "PUBLIC_URL": ""}, "PUBLIC_URL", "https://bot.example.ru"),
        ({**CALLBACK, "VK_SECRET": ""}, "VK_SECRET", "50 random letters"),
        ({**CALLBACK, "VK_SECRET": "слово"}, "VK_SECRET", "1-50 letters"),
        ({**CALLBACK, "PUBLIC_URL": "http://bot.example.ru"}, "PUBLIC_URL", "https only"),
        ({"ASSIST_URL": "llm.example.ru/v1"}, "ASSIST_URL", "begins with https://"),
        ({"ASSIST_URL": "https://u:hunter2@llm:port/v1"}, "ASSIST_URL", "begins with https://"),
        ({"ASSIST_URL": "https://llm.example.ru/v1?key=hunter2"}, "ASSIST_URL", "alone"),
        ({"ASSIST_URL": "https://llm.example.ru/v1"}, "ASSIST_MODEL", "ASSIST_MODEL=qwen3-8b"),
        ({"ASSIST_TOKEN": "hunter2 секрет"}, "ASSIST_TOKEN", "no spaces"),
        ({"TELEGRAM_STAFF_CHAT": "@our_room"}, "TELEGRAM_STAFF_CHAT", "whole number"),
        ({"TELEGRAM_STAFF_CHAT": "1001234567890"}, "TELEGRAM_STAFF_CHAT", "below zero"),
        ({"TELEGRAM_WEBHOOK_SECRET": "hunter2 hunter2"}, "TELEGRAM_WEBHOOK_SECRET", "1-256"),
        (
            {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_TRANSPORT": "webhook"},
            "PUBLIC_URL",
            "PUBLIC_URL=https://",
        ),
        (
            {
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_TRANSPORT": "webhook",
                "PUBLIC_URL": "https://bot.example.ru",
            },
            "TELEGRAM_WEBHOOK_SECRET",
            "32 random letters",
        ),
        (
            {
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_TRANSPORT": "webhook",
                "PUBLIC_URL": "http://bot.example.ru",
                "TELEGRAM_WEBHOOK_SECRET": "hunter2",
            },
            "PUBLIC_URL",
            "https only",
        ),
    ],
)
def test_a_mistake_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], name: str, fix: str
) -> None:
    for setting, value in given.items():
        monkeypatch.setenv(setting, value)
    with pytest.raises(SettingsWrong) as wrong:
        load_settings()
    [line] = str(wrong.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert fix in line
    for secret in ("hunter2", "AAHsecret", "секрет"):
        assert secret not in line


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "x")
    monkeypatch.setenv("WEB_CHAT", "x")
    with pytest.raises(SettingsWrong) as wrong:
        load_settings()
    assert [line.partition(":")[0] for line in str(wrong.value).splitlines()] == [
        "HTTP_PORT", "WEB_CHAT",
    ]  # fmt: skip


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("ADMINS=админ".encode("cp1251"))
    with pytest.raises(SettingsWrong, match=r"^\.env: .*UTF-8"):
        load_settings()


def test_what_is_written_by_people_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ADMINS": " telegram:111 , vk:222,",
        "LOG_LEVEL": "DEBUG",
        "TELEGRAM_TRANSPORT": "Polling",
        "PUBLIC_URL": "https://bot.example.ru/",
        "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
        "DATABASE_URL": "postgres://u:p@h/b",
        "TELEGRAM_STAFF_CHAT": "-1001234567890",
        "TELEGRAM_TOKEN": "",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.admins == (("telegram", "111"), ("vk", "222"))
    assert settings.log_level == "debug"
    assert settings.public_url == "https://bot.example.ru"
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.database_url == "postgresql+asyncpg://u:p@h/b"
    assert settings.telegram_staff_chat == -1001234567890
    assert not settings.telegram_on


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("METRICS_TOKEN", "hunter2")
    shown = repr(load_settings())
    assert "AAHsecret" not in shown
    assert "hunter2" not in shown


def test_the_example_lists_every_setting_with_its_default() -> None:
    """Both ways: nothing is missing there, and nothing there is unknown."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = dict(
        re.fullmatch(r"([A-Z_]+)=(.*)", x).groups() for x in lines if "=" in x and x[0] != "#"
    )  # type: ignore[union-attr,misc]
    assert set(listed) == {name.upper() for name in Settings.model_fields}
    defaults = Settings(_env_file=None)
    given = Settings(_env_file=ROOT / ".env.example")
    assert given == defaults
    for name, value in listed.items():
        default = getattr(defaults, name.lower())
        if value:
            assert (
                str(Path(value) if isinstance(default, Path) else value).lower()
                == str(default).lower()
            )
        else:
            assert not default or not default.get_secret_value(), name
    above = "\n".join(lines)
    for name in listed:
        assert re.search(rf"# .+\n(?:[A-Z_]+=.*\n)?{name}=", above), f"{name} is not explained"
