"""Every word a person reads comes through here: window, letter, rejects file and command line alike.

Source texts are English; `resources/i18n/zh_CN.po` holds the Chinese. `{name}` placeholders are filled
after translation, so that a translator may reorder them.
"""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parents[2] / "resources" / "i18n"
LANGUAGES = ("zh", "en")

_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def N_(message: str) -> str:
    """Marks a text for the catalogue; it is translated later, by `tr`."""
    return message


def set_language(language: str) -> None:
    """Switches at once for the whole process. `language` is "zh" or "en"; anything else is a ValueError."""
    global _current, _language
    if language not in LANGUAGES:
        raise ValueError(language)
    if language == "zh":
        with (CATALOGUES / "zh_CN.mo").open("rb") as compiled:
            _current = gettext.GNUTranslations(compiled)
    else:
        _current = gettext.NullTranslations()
    _language = language


def language() -> str:
    """The language in force: "zh" or "en"."""
    return _language


def system_language() -> str:
    """The system's language; Chinese where the system says none (a bare "C" locale) or is not plainly another."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return "zh" if value.lower().startswith("zh") else "en"
    if os.name == "posix":
        return "zh"
    return "en" if (locale.getlocale()[0] or "").lower().startswith("en") else "zh"


def tr(message: str, /, **params: object) -> str:
    """`message` in the language in force, its `{placeholders}` filled from `params`."""
    text = _current.gettext(message) if message else ""
    return text.format(**params) if params else text


def ntr(singular: str, plural: str, n: int, /, **params: object) -> str:
    """As `tr`, choosing by the number `n`, which is also the placeholder `{n}`."""
    return _current.ngettext(singular, plural, n).format(n=n, **params)
