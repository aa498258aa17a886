"""A Chromium that reads the page, and the server that it reads it from."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from contextlib import contextmanager

import pytest

from tests.cli.process import start

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def serving(*models, rate=40):
    """The URL of the page's server, which asks *models*."""
    names = [word for name in models for word in ("--model", name)]
    with start("web", "--port", "0", "--rate", str(rate), *names) as process:
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.kill()


@contextmanager
def chromium():
    """A running Chromium; skips the test where there is none, or no driver."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the page's tests need playwright: the extra 'browser'"
    )
    if CHROMIUM is None:
        pytest.skip("the page's tests need Chromium (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        # Without a sandbox of its own, which needs more rights than a container gives.
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """Somebody who has the page open, and what they do there."""

    def __init__(self, page):
        self.page = page
        self.messages = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))

    def open(self, url):
        self.page.goto(url)
        self.page.wait_for_selector("#models label")

    def choose(self, *names):
        """Let these models be asked, and no others."""
        for label in self.page.query_selector_all("#models label"):
            box = label.query_selector("input")
            if box.is_checked() != (label.inner_text() in names):
                label.click()

    def ask(self, question, *names):
        """Ask, by the keyboard, and wait for the lanes; the question's id."""
        if names:
            self.choose(*names)
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        self.page.wait_for_function(
            "([question, count]) => asked.textContent === question"
            " && document.querySelectorAll('.lane').length === count",
            arg=[question, self.page.locator("#models :checked").count()],
        )
        return self.page.evaluate("location.hash.slice(1)")

    def wait_text(self, lane, length=1):
        """Wait until a lane has so much text."""
        self.page.wait_for_function(
            "([lane, length]) => [...document.querySelectorAll(`.lane:nth-child(${lane + 1}) .text`)]"
            ".map((text) => text.textContent).join('').length >= length",
            arg=[lane, length],
        )

    def wait_end(self):
        """Wait until no lane is busy."""
        self.page.wait_for_selector(".lane[aria-busy='true']", state="detached")

    def texts(self):
        """The answers, lane by lane, letter by letter."""
        lanes = "[...document.querySelectorAll('.lane')]"
        return self.page.evaluate(
            f"{lanes}.map((lane) => [...lane.querySelectorAll('.text')].map((text) => text.textContent).join(''))"
        )

    def has_no_scrolling_sideways(self):
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def written(url, id):
    """The answers as the server has written them down, lane by lane."""
    with urllib.request.urlopen(f"{url}questions/{id}") as answer:
        body = answer.read().decode()
    facts = [json.loads(line) for line in re.findall(r"event: chunk\ndata: (.*)", body)]
    texts = [""] * len(facts[0]["models"])
    for fact in facts[1:]:
        texts[fact["lane"]] += fact.get("text", "")
    return texts
