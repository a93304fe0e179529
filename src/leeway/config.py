"""Settings of a server: a config file, overruled by the environment, overruled by flags. None is needed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leeway.errors import Invalid
from leeway.spec.nearest import did_you_mean

PREFIX = "LEEWAY_"


def default_data() -> Path:
    """`$XDG_DATA_HOME/leeway`, or `~/.local/share/leeway`."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "leeway"


class Config(BaseModel):
    """One declaration of every setting: the file's keys, the variables (LEEWAY_ and upper case) and the flags."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=default_data, description="The data folder; one server owns it")
    port: int = Field(8474, ge=0, le=65_535, description="The port; 0 takes a free one")
    listen: str = Field(
        "127.0.0.1", description="The address; another than the loopback needs people with accounts (users)"
    )
    users: bool = Field(
        default=False, description="Makes an admin, and a link for the first sign-in, if nobody has an account"
    )
    url: str = Field("", description="The address at which people reach it, as https://leeway.example.org")
    hosts: frozenset[str] = Field(
        frozenset(), description="More names under which it may be called, as name or name:port"
    )
    proxies: frozenset[str] = Field(
        frozenset({"127.0.0.1"}), description="Proxies that are believed who asks, and whether by https (X-Forwarded-…)"
    )
    tls_cert: Path | None = Field(None, description="A certificate, as PEM; with it the server speaks https")
    tls_key: Path | None = Field(None, description="The certificate's key, as PEM")
    oidc_issuer: str = Field(
        "", description="A provider (OpenID Connect) that signs people in, as https://id.example.org"
    )
    oidc_client: str = Field("", description="How Leeway is called there (client id)")
    oidc_secret_file: Path | None = Field(
        None, description="The file with the client's secret; none for a public client"
    )
    oidc_scopes: str = Field("openid profile email groups", description="What the provider is asked for")
    oidc_groups: str = Field("groups", description="The claim with the groups of a person")
    oidc_roles: tuple[str, ...] = Field(
        (), description="What groups may: group=role for all projects, or group=role@project"
    )
    allow_hosts: frozenset[str] = Field(
        frozenset(), description="Loopback or private hosts that sources may reach, as host or host:port"
    )
    file_roots: tuple[Path, ...] = Field((), description="Folders below which sources may read files")
    secret_env: frozenset[str] = Field(frozenset(), description="Environment variables that hold secrets for sources")
    secret_files: tuple[Path, ...] = Field((), description="Files or folders that hold secrets for sources")
    owner: str = Field("", description="The Recipient who is told when Leeway itself sees or reaches nothing")
    heartbeat: str = Field(
        "", description="The Recipient that hears each minute that Leeway evaluates; it pages if not"
    )
    retain_days: int = Field(400, ge=40, description="Days that points are kept")
    rate_reads: int = Field(500, ge=0, description="Questions a second of one caller, ten times that at once; 0: any")
    rate_writes: int = Field(100, ge=0, description="Changes a second of one caller, ten times that at once; 0: any")
    rate_pushes: int = Field(2_000, ge=0, description="Pushes a second of one caller, of any size; 0: any number")
    store_memory: str = Field(
        "1GB", pattern=r"^\d+(MB|GB)$", description="Memory that the store may use, as 500MB or 2GB"
    )


def load(file: Path | None, environ: Mapping[str, str], flags: Mapping[str, Any]) -> Config:
    """File < environment < flags. Raises Invalid, naming the place, for what is unknown or wrong.

    Lists are separated by commas in the environment.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    named = _from_environment(environ)
    settings: dict[str, Any] = (_from_file(file) if file is not None else {}) | named | given
    try:
        return Config(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        flag, variable = f"--{name.replace('_', '-')}", PREFIX + name.upper()
        place = flag if name in given else variable if name in named else f"{file}: {name}"
        known = Config.model_fields
        mend = did_you_mean(name, known) if name not in known else f"{known[name].description}"
        raise Invalid(_said(first), place=place, mend=mend) from None


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong with a setting, in words for whoever wrote it."""
    match error["type"]:
        case "extra_forbidden":
            return "is no setting of Leeway"
        case "int_parsing" | "int_type" | "int_from_float":
            return f"{error['input']!r} is no whole number"
        case "greater_than_equal":
            return f"{error['input']} is too small: at least {error['ctx']['ge']}"
        case "less_than_equal":
            return f"{error['input']} is too large: at most {error['ctx']['le']}"
        case "string_pattern_mismatch":
            return f"{error['input']!r} is not of this form"
    return str(error["msg"]).lower()


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror or error}", place=str(file)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"is not TOML: {error}", place=str(file), mend="write lines such as port = 8474") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in Config.model_fields.items():
        text = environ.get(PREFIX + name.upper())
        if text is not None:
            is_list = "frozenset" in str(field.annotation) or "tuple" in str(field.annotation)
            found[name] = [part.strip() for part in text.split(",") if part.strip()] if is_list else text.strip()
    return found
