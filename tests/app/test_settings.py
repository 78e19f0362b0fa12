"""Settings that cannot be used are refused at the start, in a sentence that names the variable."""

import pytest

from app.settings import BadSettings, read_settings

A_KEY = f"{'k' * 43}="

BAD = [
    ("DATABASE_URL", "sqlite+aiosqlite:////nowhere/at/all/quotegraph.db"),
    ("READ_DATABASE_URL", "sqlite+aiosqlite:///replica.db"),
    ("READ_DATABASE_URL", "postgresql+asyncpg://of-an-sqlite-file/quotegraph"),
    ("SIGNALS_URL", "nats.example:4222"),
    ("SIGNALS_URL", "nats://ana:secret@nats.example?tls=true"),
    ("SIGNALS_URL", "postgresql+asyncpg://host/name?pgbouncer=true"),
    ("SIGNALS_URL", "postgresql+asyncpg://host/name"),
    ("DATABASE_URL", "postgresql+asyncpg://host/name?pgbouncer=yes"),
    ("TECSPAL_URL", "ftp://vendor.example"),
    ("TECSPAL_URL", "vendor.example"),
    ("TECSPAL_SANDBOX_URL", "http://"),
    ("ASANA_URL", "https:///x"),
    ("ASANA_SANDBOX_URL", "http://a b"),
    ("TECSPAL_TOKEN", "a\r\nX-Evil: 1"),
    ("TECSPAL_TENANT_ID", "ñ"),
    ("SMTP_URL", "http://mail.example"),
    ("SMTP_URL", "smtp://"),
    ("SMTP_URL", "smtp://mail.example:many"),
    ("SMTP_SANDBOX_URL", "smtp://[mail"),
    ("MAIL_FROM", "nobody"),
    ("OPERATORS_EMAIL", "ops@quip.example, nobody"),
    ("CORS_ORIGINS", "app.example"),
    ("CORS_ORIGINS", "https://app.example/"),
    ("CORS_ORIGINS", "https://a.example, null"),
    ("MAX_OPERATIONS", "0"),
    ("LOCK_SECONDS", "0"),
    ("MAX_CONNECTIONS", "0"),
    ("REQUEST_SECONDS", "0"),
    ("MAX_UNREAD_BYTES", "10"),
    ("MAX_COST", "10"),
    ("MAX_TOKENS", "10"),
    ("MAX_REQUEST_BYTES", "10"),
    ("MAX_ANSWER_BYTES", "10"),
    ("MAX_PUBLIC_TOKENS", "10"),
    ("MAX_PUBLIC_REQUEST_BYTES", "10"),
    ("MAX_VARIABLE_LEVELS", "1"),
    ("MAX_LIST_LENGTH", "0"),
    ("MAX_MUTATIONS", "0"),
    ("ONLY_TRUSTED", "production"),
    ("INTROSPECTION", "on"),
    ("SUGGESTIONS", "live;test"),
    ("RETRY_DELAYS", "nan"),
    ("RETRY_DELAYS", "1,inf"),
    ("RETRY_DELAYS", "1,-1"),
    ("RETRY_DELAYS", "soon"),
    ("SETTLE_SECONDS", "inf"),
    ("SETTLE_SECONDS", "nan"),
    ("SETTLE_SECONDS", "-1"),
    ("JOB_LEASE_SECONDS", "1e300"),
    ("JOB_LEASE_SECONDS", "61"),
    ("JOB_LEASE_SECONDS", "0.1"),
    ("SHUTDOWN_SECONDS", "nan"),
    ("VENDOR_TIMEOUT", "nan"),
    ("LOOK_SECONDS", "inf"),
    ("SECRET_KEY", "secret"),
    ("SECRET_KEY", A_KEY[:-1]),
    ("SECRET_KEY", f"{A_KEY[:-2]}!="),
    ("SECRET_KEY", f"{A_KEY},"),
    ("SECRET_KEY", f"{A_KEY},{A_KEY},{A_KEY}"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_setting_that_cannot_be_used_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(f"QUOTEGRAPH_{name}", value)
    with pytest.raises(BadSettings, match=f"^QUOTEGRAPH_{name}: ") as refused:
        read_settings()
    assert "\n" not in str(refused.value)


def test_a_bad_secret_key_is_not_shown_and_the_command_that_makes_one_is_named(monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_SECRET_KEY", "recognisable")
    with pytest.raises(BadSettings, match="`quotegraph secrets create-key` makes one") as refused:
        read_settings()
    assert "recognisable" not in str(refused.value)


def test_one_secret_key_or_two_are_read_and_never_shown(monkeypatch):
    other = f"{'o' * 43}="
    for setting, keys in ((A_KEY, (A_KEY,)), (f"{A_KEY}, {other}", (A_KEY, other)), ("", ())):
        monkeypatch.setenv("QUOTEGRAPH_SECRET_KEY", setting)
        settings = read_settings()
        assert settings.secret_keys == keys
        assert A_KEY not in f"{settings!r} {settings} {settings.model_dump()}"


def test_what_is_left_empty_is_not_set(monkeypatch):
    for name in ("TECSPAL_URL", "SMTP_URL", "ASANA_TOKEN"):
        monkeypatch.setenv(f"QUOTEGRAPH_{name}", "")
    settings = read_settings()
    assert (settings.tecspal_url, settings.smtp_url, settings.asana_token) == (None, None, None)


def test_vendors_may_be_anywhere(monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_TECSPAL_URL", "http://127.0.0.1:8123")
    monkeypatch.setenv("QUOTEGRAPH_ASANA_URL", "https://app.asana.com/api/1.0")
    monkeypatch.setenv("QUOTEGRAPH_SMTP_URL", "smtps://us%40er:p%2Fw@mail.example:465")
    settings = read_settings()
    assert settings.tecspal_url == "http://127.0.0.1:8123"
    assert settings.smtp_url == "smtps://us%40er:p%2Fw@mail.example:465"


def test_several_operators_are_separated_by_commas(monkeypatch):
    assert read_settings().operators == ()
    monkeypatch.setenv("QUOTEGRAPH_OPERATORS_EMAIL", "ops@quip.example, Ida@QUIP.example,ops@quip.example")
    assert read_settings().operators == ("ops@quip.example", "Ida@quip.example")
