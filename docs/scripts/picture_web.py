"""Draw the page of `make web` in Chromium, into the folder that is named: web-light.png and web-dark.png.

    python docs/scripts/picture_web.py docs/_static

The answers come from the embedded server. The pictures are taken when the first answer has ended, and at the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.web.browser import CHROMIUM, Visitor, serving  # ruff: ignore[module-import-not-at-top-of-file]

QUESTION = "What is it about the sea?"
MODELS = ("local/trigram-1", "local/trigram-2-reasoning", "local/trigram-3-reasoning-tools")


def draw(browser: Browser, url: str, folder: Path) -> None:
    """Take the two pictures."""
    wide = browser.new_page(viewport={"width": 1200, "height": 760}, color_scheme="light")
    visitor = Visitor(wide)
    visitor.open(url)
    visitor.ask(QUESTION)
    wide.wait_for_selector(".lane[aria-busy='false']")
    wide.screenshot(path=folder / "web-light.png", full_page=True)
    visitor.wait_end()
    wide.emulate_media(color_scheme="dark")
    wide.screenshot(path=folder / "web-dark.png", full_page=True)


if __name__ == "__main__":
    with sync_playwright() as driver, serving(*MODELS, rate=30) as served:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        draw(chromium, served, Path(sys.argv[1]))
        chromium.close()
