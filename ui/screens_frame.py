"""The frame's own pictures: sign-in, set-up, lock, quick-hide, questions and toasts."""

from __future__ import annotations

from pathlib import Path

from app.common.words import tr
from ui import ask, notify
from ui.doors import Doors
from ui.screens import Screen, Stage
from ui.setup import SetupPage
from ui.setup_pages import AccountPage, CentrePage, SharePage, StartPage
from ui.signin import SignInPage

WORDS = (
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke "
    "ajar critical decision keyboard unusual garden painting river forest window lemon travel custom honest paper dawn"
)


def sign_in(stage: Stage) -> None:
    """As it opens, and after a wrong password."""
    stage.shot()
    page = stage.window.page()
    assert isinstance(page, SignInPage)
    page.type_password("not-the-password")
    stage.shot("wrong")


def set_up(stage: Stage) -> None:
    """Page after page; nothing is made."""
    page = SetupPage(Doors(), Path("/nowhere"))
    stage.window.show_page(page)
    for number, step in enumerate(
        (StartPage(), CentrePage(), AccountPage(Doors()), SharePage(0, 3, tr("first holder"), WORDS), page.demo)
    ):
        page.show_step(step)
        stage.wait()
        if isinstance(step, SharePage):
            step.reveal()
        stage.shot(str(number + 1))


def lock(stage: Stage) -> None:
    """The lock, then the desk again."""
    stage.shell.lock()
    stage.shot()
    stage.shell.lock_page.unlock_wanted.emit("longshan-demo")
    stage.wait()


def quick_hide(stage: Stage) -> None:
    """The neutral screen."""
    stage.shell.toggle_hide()
    stage.shot()
    stage.shell.toggle_hide()


def question(stage: Stage) -> None:
    """A question over the desk, and toasts beside it."""
    stage.shell.open(stage.shell.keys()[0])
    stage.wait()
    notify.say(stage.shell, tr("Saved. The next letter carries it."))
    notify.fail(stage.shell, tr("Something went wrong. What you typed is still here."))
    ask.text(stage.shell, tr("New room"), tr("Name"), on_text=lambda _text: None)
    stage.shot()
    notify.clear(stage.shell)


def search(stage: Stage) -> None:
    """The search box with what it found."""
    stage.shell.open(stage.shell.keys()[0])
    stage.shell.search_for("wzq")
    stage.shot()
    stage.shell.search_clear()


SCREENS = [
    Screen("sign-in", "", sign_in, main=True),
    Screen("set-up", "", set_up),
    Screen("lock", "desk", lock),
    Screen("quick-hide", "desk", quick_hide),
    Screen("question", "desk", question),
    Screen("search", "desk", search),
]
