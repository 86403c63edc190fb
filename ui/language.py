"""One switch for all words: ours from the catalogue, Qt's own (context menus, file dialogs) from Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from app.common import words


def speak(language: str) -> None:
    """ "zh" or "en", at once; what is on screen is made anew by whoever shows it."""
    words.set_language(language)
    app = QCoreApplication.instance()
    if app is None:
        return
    translator = app.findChild(QTranslator)
    if language == "zh" and translator is None:
        made = QTranslator(app)
        if made.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(made)
    elif language != "zh" and isinstance(translator, QTranslator):
        app.removeTranslator(translator)
        translator.setParent(None)
        translator.deleteLater()
