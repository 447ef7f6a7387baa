"""Settings: what is read from where, and everything that is wrong told at once."""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read, secret_key


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests counts."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_need_be_set() -> None:
    found = read()
    assert found.database == "sqlite+aiosqlite:///data/kiemchung.db"
    assert found.database_file == Path("data/kiemchung.db")
    assert found.blobs == Path("data/blobs")
    assert (found.base_url, found.secure_cookies) == ("http://127.0.0.1:8080", False)
    assert found.disk_reserve == 2 << 30


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("WEB_PORT=8001\nPUBLIC_URL=https://a.example.vn/\nDISK_RESERVE=\n")
    monkeypatch.setenv("WEB_PORT", "8002")
    monkeypatch.setenv("LOG_LEVEL", "")
    found = read()
    assert (found.web_port, found.base_url, found.secure_cookies) == (8002, "https://a.example.vn", True)
    assert (found.disk_reserve, found.log_level) == (2 << 30, "INFO")


@pytest.mark.parametrize(
    ("text", "size"),
    [("5", 5), ("5B", 5), ("1.5 KiB", 1536), ("3mib", 3 << 20), ("2GB", 2 * 10**9), (" 1 kb ", 1000), ("0", 0)],
)
def test_sizes(monkeypatch: pytest.MonkeyPatch, text: str, size: int) -> None:
    monkeypatch.setenv("DISK_RESERVE", text)
    assert read().disk_reserve == size


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("DISK_RESERVE", value) for value in ("many", "-1", "2TiB", "1,5GiB", "GiB")),
        *(("WEB_PORT", value) for value in ("-1", "65536", "x", "80.5")),
        *(("DATABASE_URL", value) for value in ("postgresql+asyncpg://a/b", "sqlite:///a.db", "x", "sqlite+aiosqlite:///")),
        *(("PUBLIC_URL", value) for value in ("x", "kiemchung.vn", "ftp://a/", "https://", "https://a/?b=c", "http://[")),
        ("BLOB_URL", "s3://bucket/files"),
        ("SECRET_KEY", "short"),
        ("TELEGRAM_WEBHOOK_SECRET", "short"),
        ("ZALO_BOT_WEBHOOK_SECRET", "short"),
        ("TELEGRAM_MODE", "both"),
        ("ZALO_OA_BUTTONS", "maybe"),
        ("FILES_BY_CHAT", "1"),
        ("OCR", "yes"),
        ("LOG_LEVEL", "loud"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as told:
        read()
    (line,) = str(told.value).splitlines()
    assert line.startswith(f"{name}: ")
    if name.endswith(("KEY", "SECRET")):
        assert value not in line


def test_all_bad_settings_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"WEB_PORT": "x", "DISK_RESERVE": "x", "SECRET_KEY": "x", "PUBLIC_URL": "x", "OCR": "x"}
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as told:
        read()
    assert sorted(line.partition(":")[0] for line in str(told.value).splitlines()) == sorted(bad)


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:canary")
    monkeypatch.setenv("SECRET_KEY", "canary" * 10)
    assert "canary" not in repr(read())


def test_the_key_is_made_once_for_its_owner_only() -> None:
    made = secret_key(read())
    path = Path("data/secret_key")
    assert len(made) >= 32
    assert (path.read_text(), path.stat().st_mode & 0o777) == (made, 0o600)
    assert secret_key(read()) == made


def test_a_key_that_was_cut_short_is_made_anew() -> None:
    Path("data").mkdir()
    Path("data/secret_key").touch()
    assert len(secret_key(read())) >= 32


def test_a_given_key_is_written_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert secret_key(read()) == "k" * 32
    assert not Path("data").exists()
