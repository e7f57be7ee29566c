"""Somebody at a browser: by mouse, by keyboard alone, or without JavaScript; finds things by role and name."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from portal.accounts.models import Membership
from tests.browser import Browser as SignedIn
from tests.builders import PASSPHRASE

CATALOGUE = Path(__file__).parents[2] / "portal/translations/fr/LC_MESSAGES/messages.po"
MOST_TABS = 250


@cache
def _french() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    return {
        message.id: message.string for message in catalogue if isinstance(message.id, str) and message.string
    }


class Visitor:
    """A window of 1280 pixels (or `width`), in French or English."""

    def __init__(
        self,
        chrome: Browser,
        address: str,
        app: Flask,
        *,
        hands: str = "mouse",
        language: str = "fr",
        width: int = 1280,
    ) -> None:
        self.keyboard_only = hands == "keyboard"
        self.language = language
        self.address = address
        self.app = app
        self.context = chrome.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=hands != "no-javascript",
            locale="fr-FR",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message) -> None:
        expected = "status of 4" in message.text or "does not conform to the required format" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(message.text)

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, f"the browser complained: {self.complaints}"

    def words(self, text: str, **values: object) -> str:
        """A text of the portal in this visitor's language."""
        translated = _french().get(text, text) if self.language == "fr" else text
        return translated % values if values else translated

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def come_in(self, membership: Membership) -> None:
        """As who has signed in already, in this browser."""
        session = SignedIn(self.app, membership).client.get_cookie("session")
        assert session
        self.context.add_cookies([{"name": "session", "value": session.value, "url": self.address}])

    def sign_in(self, email: str) -> None:
        self.open("/connexion")
        self.write(self.words("E-mail address"), email)
        self.write(self.words("Password"), PASSPHRASE)
        self.press(self.words("Sign in"), inside=self.page.get_by_role("main"))
        self.page.locator("form[action='/deconnexion']").wait_for(state="attached")

    def speak(self, language: str) -> None:
        """Switch the language of the pages."""
        if language != self.language:
            label = {"fr": "Français", "en": "English"}[language]
            self.press(label)
            self.language = language

    def press(self, name: str, *, inside: Locator | None = None) -> None:
        """A button."""
        self._activate((inside or self.page).get_by_role("button", name=name, exact=True))

    def follow(self, name: str, *, inside: Locator | None = None) -> None:
        """A link."""
        self._activate((inside or self.page).get_by_role("link", name=name).first)

    def unfold(self, name: str) -> Locator:
        """Open a disclosure and return what it holds."""
        summary = self.page.locator("summary").filter(has_text=name)
        panel = self.page.get_by_role("group").filter(has=summary)
        if panel.evaluate("one => one.open"):
            return panel
        if self.keyboard_only:
            self._tab_to(summary)
            self.page.keyboard.press("Enter")
        else:
            summary.click()
        return panel

    def write(self, label: str, text: str, *, inside: Locator | None = None) -> None:
        """A text field; the label may be followed by “optional”."""
        field = (inside or self.page).get_by_role("textbox", name=label).first
        if not self.keyboard_only:
            field.fill(text)
            return
        self._tab_to(field)
        if field.get_attribute("type") == "date":
            self._type_date(field, *text.split("-"))
        else:
            self.page.keyboard.insert_text(text)

    def _type_date(self, field: Locator, year: str, month: str, day: str) -> None:
        """The order of the parts is the browser's own."""
        for digits in (f"{day}{month}{year}", f"{month}{day}{year}"):
            self.page.keyboard.type(digits)
            if field.input_value() == f"{year}-{month}-{day}":
                return
            for _ in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError("the date cannot be typed")

    def choose(self, label: str, option: str, *, inside: Locator | None = None) -> None:
        """An option of a list."""
        field = (inside or self.page).get_by_role("combobox", name=label).first
        if not self.keyboard_only:
            field.select_option(label=option)
            return
        self._tab_to(field)
        for _ in range(MOST_TABS):
            if field.evaluate("one => one.selectedOptions[0].label") == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option} is not in the list {label}")

    def tick(self, name: str, *, kind: str = "checkbox", inside: Locator | None = None) -> None:
        """A box, or one choice of a group."""
        box = (inside or self.page).get_by_role(kind, name=name).first
        if not self.keyboard_only:
            box.check()
        elif kind == "checkbox":
            self._tab_to(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
        else:
            self._reach_radio(box)

    def _reach_radio(self, box: Locator) -> None:
        """Tab stops once in a group of radio buttons; arrows go round it."""
        group = box.evaluate("one => one.name")
        for _ in range(MOST_TABS):
            if self.page.evaluate("group => document.activeElement.name === group", group):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(20):
            if box.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("the arrows do not reach this choice")

    def _activate(self, target: Locator) -> None:
        """By a button or a link one leaves the page: return once the next one is there."""
        if self.keyboard_only:
            self._tab_to(target)
        with self.page.expect_navigation():
            if self.keyboard_only:
                self.page.keyboard.press("Enter")
            else:
                target.click()

    def _tab_to(self, target: Locator) -> None:
        target.wait_for(state="visible")
        for _ in range(MOST_TABS):
            if target.evaluate("one => one === document.activeElement"):
                self._assert_focus_is_seen(target)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    @staticmethod
    def _assert_focus_is_seen(target: Locator) -> None:
        outline = target.evaluate(
            "one => { const s = getComputedStyle(one); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
        )
        assert outline, f"the focus cannot be seen on {target}"
