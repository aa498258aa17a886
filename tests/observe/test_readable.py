"""The pictures can be read: in Chromium, at the width of a phone and of a desk, on light and on dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.browser import chromium

PICTURES = sorted((Path(__file__).parents[2] / "docs" / "_static").glob("waterfall*.svg"))
LEAST_PIXELS = 9
LEAST_CONTRAST = 4.5

# Of each text: its pixels, its place beside the picture's, and its contrast to the page behind it.
LOOK = """
() => {
    const svg = document.querySelector("svg")
    const light = (rgb) => {
        const [r, g, b] = rgb.match(/[\\d.]+/g).map((part) => {
            const share = part / 255
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const page = light(getComputedStyle(svg.querySelector(".page")).fill)
    const frame = svg.getBoundingClientRect()
    const scale = frame.width / svg.viewBox.baseVal.width
    return [...svg.querySelectorAll("text")].map((text) => {
        const style = getComputedStyle(text), box = text.getBoundingClientRect()
        const ink = light(style.fill)
        return {
            text: text.textContent,
            pixels: parseFloat(style.fontSize) * scale,
            box: [box.left, box.top, box.right, box.bottom],
            inside: box.left >= frame.left - 1 && box.right <= frame.right + 1,
            contrast: (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05),
        }
    })
}
"""


def overlapping(texts):
    """Pairs of texts that lie on each other."""
    found = []
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            left, top, right, bottom = one["box"]
            begin, above, end, below = other["box"]
            if min(right, end) - max(left, begin) > 1 and min(bottom, below) - max(top, above) > 1:
                found.append((one["text"], other["text"]))
    return found


@pytest.mark.browser
def test_each_text_is_large_enough_dark_enough_and_by_itself():
    assert len(PICTURES) == 2
    with chromium() as browser:
        for picture in PICTURES:
            for width in (600, 1600):
                for scheme in ("light", "dark"):
                    page = browser.new_page(
                        viewport={"width": width, "height": 800}, color_scheme=scheme
                    )
                    svg = picture.read_text(encoding="utf-8")
                    page.set_content(
                        f"<style>body {{ margin: 0 }} svg {{ width: 100%; height: auto }}</style>{svg}"
                    )
                    texts = page.evaluate(LOOK)
                    assert len(texts) > 10
                    assert [one for one in texts if one["pixels"] < LEAST_PIXELS] == []
                    assert [one for one in texts if not one["inside"]] == []
                    assert [one for one in texts if one["contrast"] < LEAST_CONTRAST] == []
                    assert overlapping(texts) == []
                    page.close()
