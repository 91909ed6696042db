"""leadbot.toml, secrets and the environment → Settings; all that is wrong at once (docs/settings.md)."""

from leadbot.settings.reading import KNOWN, load, read
from leadbot.settings.values import (
    SECRET_NAMES,
    X_ITSELF,
    AlarmSettings,
    BrandSettings,
    CrmSettings,
    PrivacySettings,
    Secrets,
    Settings,
    XSettings,
    is_loopback,
)

__all__ = [
    "KNOWN",
    "SECRET_NAMES",
    "X_ITSELF",
    "AlarmSettings",
    "BrandSettings",
    "CrmSettings",
    "PrivacySettings",
    "Secrets",
    "Settings",
    "XSettings",
    "is_loopback",
    "load",
    "read",
]
