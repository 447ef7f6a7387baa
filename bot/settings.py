"""Settings, read once from the environment and `.env`: the only place that reads either. All that is missing or wrong
is reported together.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_UNITS: Final = {"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SQLITE: Final = "sqlite+aiosqlite:///"
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def _size(value: object) -> object:
    """ "2GiB" as bytes."""
    found = _SIZE.fullmatch(str(value).strip())
    if found is None or found[2].upper() not in _UNITS:
        raise ValueError("a size such as 2GiB or 500MiB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def _database(url: str) -> str:
    if url and (not url.startswith(_SQLITE) or not url.removeprefix(_SQLITE).strip("/")):
        raise ValueError(f"an address such as {_SQLITE}/srv/kiemchung/kiemchung.db")
    return url


def _folder(url: str) -> str:
    if "://" in url:
        raise ValueError("a folder of this machine")
    return url


def _page(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://kiemchung.example.vn")
    return url


Size = Annotated[int, BeforeValidator(_size)]
Switch = Literal["on", "off"]


class Settings(BaseSettings):
    """Every setting by its name in lower case. A channel without its token is off."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    data_dir: Path = Path("./data")
    database_url: Annotated[str, AfterValidator(_database)] = ""
    blob_url: Annotated[str, AfterValidator(_folder)] = ""
    public_url: Annotated[str, AfterValidator(_page)] = "http://127.0.0.1:8080"
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)
    secret_key: SecretStr | None = Field(default=None, min_length=32)

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr | None = Field(default=None, min_length=32)

    zalo_oa_app_id: str = ""
    zalo_oa_app_secret: SecretStr | None = None
    zalo_oa_id: str = ""
    zalo_oa_secret_key: SecretStr | None = None
    zalo_oa_refresh_token: SecretStr | None = None
    zalo_oa_api_url: str = ""
    zalo_oa_oauth_url: str = ""
    zalo_oa_template_id: str = ""
    zalo_oa_buttons: Switch = "off"

    zalo_bot_token: SecretStr | None = None
    zalo_bot_api_url: str = ""
    zalo_bot_mode: Literal["polling", "webhook"] = "polling"
    zalo_bot_webhook_secret: SecretStr | None = Field(default=None, min_length=32)
    zalo_media_hosts: str = "zdn.vn"

    files_by_chat: Switch = "on"
    ocr: Literal["auto", "off"] = "auto"
    disk_reserve: Size = 2 << 30
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"{_SQLITE}{self.data_dir / 'kiemchung.db'}"

    @property
    def database_file(self) -> Path:
        """Where the database lies."""
        return Path(self.database.removeprefix(_SQLITE).partition("?")[0])

    @property
    def blobs(self) -> Path:
        """The blob folder."""
        return Path(self.blob_url) if self.blob_url else self.data_dir / "blobs"

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        return self.public_url.rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Whether the page is reached over https."""
        return self.base_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one setting: its name in capitals, the kind of fault as pydantic names it, and its words."""

    name: str
    kind: str
    words: str


class BadSettings(Exception):
    """Settings are missing or wrong: `problems` has all of them, the message one line for each, never their values."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(f"{problem.name}: {problem.words}" for problem in problems))
        self.problems: Final = problems


def read() -> Settings:
    """Read the settings; raises `BadSettings` with everything that is wrong."""
    try:
        return Settings()
    except ValidationError as invalid:
        raise BadSettings(
            *(Problem(str(p["loc"][0]).upper(), p["type"], p["msg"]) for p in invalid.errors(include_input=False))
        ) from None


def secret_key(settings: Settings) -> str:
    """The key that signs links; made on the first start under DATA_DIR, readable by its owner only."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret_key"
    if not path.exists() or not path.read_text(encoding="ascii"):  # empty: the power failed in between
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")
