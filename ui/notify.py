"""One door for messages that need no answer: toasts at the top of the window, below its bar."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.toast import Toast, ToastHost

SECONDS = 5


def say(owner: QObject, text: str, *, undo: tuple[str, object] | None = None) -> Toast | None:
    """It was done. Goes by itself after some seconds. `undo`: (words, callable) for a link in it."""
    return _show(owner, text, "accent", "circle-check", SECONDS, undo)


def warn(owner: QObject, text: str) -> Toast | None:
    """It was refused, and why. Stays longer."""
    return _show(owner, text, "attention", "circle-alert", SECONDS * 3, None)


def fail(owner: QObject, text: str) -> Toast | None:
    """It failed. Stays until it is read and closed."""
    return _show(owner, text, "urgent", "triangle-alert", 0, None)


def shown(owner: QObject) -> list[str]:
    """The texts on show in the owner's window, oldest first; for tests."""
    host = _host(owner, make=False)
    return [toast.text() for toast in host.toasts()] if host is not None else []


def clear(owner: QObject) -> None:
    """Closes them all."""
    host = _host(owner, make=False)
    for toast in host.toasts() if host is not None else []:
        toast.close_now()


def hide_all(owner: QObject, hidden: bool) -> None:
    """Quick-hide and lock take the toasts away with everything else."""
    host = _host(owner, make=False)
    if host is not None and hidden:
        host.hide()
    elif host is not None:
        host.settle()


def _show(
    owner: QObject, text: str, tone: str, icon: str, seconds: int, undo: tuple[str, object] | None
) -> Toast | None:
    host = _host(owner, make=True)
    return host.add(text, tone, icon, seconds, undo) if host is not None else None


def _host(owner: QObject, *, make: bool) -> ToastHost | None:
    """The host of the main window that an owner belongs to, a dialog's being that of its parent."""
    window = _window_of(owner)
    if window is None:
        return None
    found = window.findChild(ToastHost)
    if isinstance(found, ToastHost):
        return found
    return ToastHost(window) if make else None


def _window_of(owner: QObject) -> QWidget | None:
    widget: QObject | None = owner
    while widget is not None and not isinstance(widget, QWidget):
        widget = widget.parent()
    if not isinstance(widget, QWidget):
        return QApplication.activeWindow()
    window = widget.window()
    above = window.parentWidget()
    while above is not None:
        window = above.window()
        above = window.parentWidget()
    return window
