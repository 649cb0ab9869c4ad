"""The application's settings: one flat model, read from a file and the environment, unknown keys refused.

`settings.toml` stands in the user's configuration folder; `PAPERCHAT_LIBRARY` and so on override it;
options of the command line override both.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index_store.errors import PaperchatError

__all__ = ["SAMPLE", "Settings", "read_settings"]

SAMPLE = "sample"
"""The name that stands for the built-in library."""
PREFIX = "PAPERCHAT_"
ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?")
Names = Annotated[tuple[str, ...], NoDecode]
"""A list in the file; in the environment, names with commas between them."""


def settings_file() -> Path:
    """Return where the settings file belongs on this system."""
    return platformdirs.user_config_path("paperchat") / "settings.toml"


class Settings(BaseSettings):
    """Everything that can be chosen once and for all."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    library: str = Field(default_factory=lambda: str(platformdirs.user_data_path("paperchat") / "library"))
    cache: Path = Field(default_factory=lambda: platformdirs.user_cache_path("paperchat"))
    model: str = "qwen2.5-coder-1.5b-instruct"
    model_key: SecretStr | None = None
    """The key of an endpoint that is the model; it is sent to that address alone, and shown nowhere."""
    precision: Literal["auto", "int8", "bfloat16", "float32"] = "auto"
    """Of the language model on a CPU: `auto` is int8 where the processor multiplies it exactly."""
    embedder: str = "all-minilm-l6-v2"
    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)
    offline: bool = False
    """Nothing is fetched that a command asks for by name, such as `arxiv:2303.12345`."""
    api_keys: Path | None = None
    """The file of keys (`paperchat key`): with it programs need one, else they must be of this machine."""
    hosts: Names = ()
    """Names that the server answers to beside those of this machine, as behind a proxy."""
    embed_origins: Names = ()
    """Pages of other sites that may use it, such as `https://example.org`."""
    auth: Path | None = None
    """The file of people (`paperchat user`): with it nobody sees anything before they have logged in."""
    public: bool = False
    """The library is open for reading only: nobody adds papers to it or removes any."""
    root_path: str = Field("", pattern=r"^(/[\w.~-]+)*$")
    """The path under which a proxy shows the server, such as `/papers`, and which it takes away."""
    visitor_questions_per_minute: int = Field(20, ge=1)
    questions_per_minute: int = Field(120, ge=1)
    questions_waiting: int = Field(32, ge=1)
    """Questions of programs that may be open at once."""
    largest_request: int = Field(2**18, ge=1024)
    """Bytes that a program may send with a question."""

    @property
    def key_of_model(self) -> str:
        """The key of an endpoint, "" if there is none."""
        return self.model_key.get_secret_value() if self.model_key else ""

    @field_validator("cache", "api_keys", "auth")
    @classmethod
    def expand_home(cls, path: Path | None) -> Path | None:
        """Let ~ stand for the home folder."""
        return path and path.expanduser()

    @field_validator("hosts", "embed_origins", mode="before")
    @classmethod
    def split_names(cls, names: object) -> object:
        """Take names with commas between them as a list."""
        return (
            [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else names
        )

    @field_validator("embed_origins")
    @classmethod
    def check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Take origins as browsers write them: a scheme and a host, perhaps a port, nothing behind."""
        plain = tuple(origin.casefold().removesuffix("/") for origin in origins)
        for origin in plain:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin; write it like https://example.org")
        return plain

    @field_validator("embedder")
    @classmethod
    def name_folder(cls, embedder: str) -> str:
        """Give a folder of weights one name, whatever it was called from where."""
        folder = Path(embedder).expanduser()
        return str(folder.resolve()) if folder.is_dir() else embedder

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take options first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def read_settings(**options: object) -> Settings:
    """Return the settings with the given options; those that are None are left to file and environment.

    Raises:
        PaperchatError: a key is unknown or a value is of the wrong kind; the message names it.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            raise PaperchatError(f"{name} is no setting; there are: {', '.join(sorted(known))}.")
    try:
        return Settings.model_validate(
            {name: value for name, value in options.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        what = f'The setting "{where}"' if where else f"The file {settings_file()}"
        raise PaperchatError(f"{what} is not right: {first['msg']}.") from error
