"""The page, read and used in a real Chromium."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.web.browser import Visitor, chromium, serving, written

pytestmark = pytest.mark.browser

SHORT, THINKING, TOOLS, ENDLESS, AS_ENDLESS, FAILING = MODELS = (
    "local/pieces-60",
    "local/pieces-80-reasoning",
    "local/trigram-1-tools",
    "local/pieces-99999",  # what has to be seen in its middle is stopped by the test
    "local/pieces-99998-reasoning",
    "local/m-error-400",
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def url(browser):
    with serving(*MODELS) as served:
        yield served


@pytest.fixture(params=[{}], ids=[""])
def visitor(browser, url, request):
    """A visitor of the page; the browser has nothing to say to its console."""
    context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **request.param})
    visitor = Visitor(context.new_page())
    visitor.open(url)
    yield visitor
    context.close()
    assert visitor.messages == []


def visits(*contexts):
    return pytest.mark.parametrize("visitor", contexts, indirect=True, ids=str)


def test_the_lanes_stream_side_by_side(visitor, url):
    page = visitor.page
    key = visitor.ask("Why is the sea salt?", SHORT, ENDLESS, AS_ENDLESS)
    page.wait_for_selector(".lane:first-child[aria-busy='false']")
    visitor.wait_text(1)
    visitor.wait_text(2)
    assert page.locator(".lane[aria-busy='true']").count() == 2
    boxes = [lane.bounding_box() for lane in page.locator(".lane").all()]
    assert boxes[0]["y"] == boxes[1]["y"] == boxes[2]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    assert boxes[1]["x"] + boxes[1]["width"] < boxes[2]["x"]
    page.press("#question", "Escape")
    visitor.wait_end()
    assert visitor.texts() == written(url, key)
    ends = [text.partition(" ·")[0] for text in page.locator(".lane footer").all_inner_texts()]
    assert ends == ["Complete", "Stopped", "Stopped"]
    assert page.title() == "Why is the sea salt?"


def test_a_reload_in_the_middle_goes_on_without_a_lost_or_doubled_letter(visitor, url):
    key = visitor.ask("Why?", ENDLESS, THINKING)
    for length in (1, 100, 250):
        visitor.wait_text(1, length)
        visitor.page.reload()
    visitor.wait_text(1, 400)
    visitor.page.press("#question", "Escape")
    visitor.wait_end()
    assert visitor.texts() == written(url, key)
    assert all(visitor.texts())
    assert visitor.page.inner_text("#asked") == "Why?"


class CuttingProxy:
    """Passes connections on to a server, and can cut them all."""

    def __init__(self, url):
        self._target = (urlsplit(url).hostname, urlsplit(url).port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._open += [client, server]
            for pair in ((client, server), (server, client)):
                thread = threading.Thread(target=self._carry, args=pair)
                self.threads.append(thread)
                thread.start()

    def _carry(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self.threads:
            thread.join()
        for end in self._open:
            end.close()


def test_a_connection_that_breaks_is_made_again_where_it_was(browser, url):
    proxy = CuttingProxy(url)
    context = browser.new_context()
    try:
        visitor = Visitor(context.new_page())
        visitor.open(proxy.url)
        said = "said = [];new MutationObserver(() => said.push(document.getElementById('status').textContent))"
        visitor.page.evaluate(
            f"{said}.observe(document.getElementById('status'), {{childList: true}})"
        )
        key = visitor.ask("Why?", THINKING, ENDLESS)
        visitor.wait_text(1)
        had = len(visitor.texts()[1])
        proxy.cut()
        visitor.wait_text(1, had + 100)
        visitor.page.press("#question", "Escape")
        visitor.wait_end()
        assert visitor.texts() == written(url, key)
        assert "The connection is lost. Trying again …" in visitor.page.evaluate("said")
    finally:
        context.close()
        proxy.close()


def test_stopping_one_lane_keeps_the_focus_in_it(visitor, url):
    page = visitor.page
    key = visitor.ask("Why?", THINKING, ENDLESS)
    visitor.wait_text(1)
    stop = page.get_by_role("button", name=f"Stop {ENDLESS}")
    stop.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".lane:nth-child(2)[aria-busy='false']")
    assert page.evaluate("document.activeElement.textContent") == ENDLESS
    visitor.wait_end()
    assert visitor.texts() == written(url, key)
    first, second = page.locator(".lane footer").all_inner_texts()
    assert first.startswith("Complete")
    assert second.startswith("Stopped")


def test_reasoning_is_folded_and_tool_calls_are_shown(visitor):
    page = visitor.page
    visitor.ask("What time is it?", THINKING, TOOLS)
    visitor.wait_end()
    assert page.locator("details").count() == 1
    assert not page.locator("details p").is_visible()
    page.click("summary")
    assert page.locator("details p").inner_text()
    tool = page.locator(".lane:nth-child(2) .tool")
    assert tool.get_attribute("aria-label") == "Tool clock"
    assert tool.locator("h4").inner_text().split() == ["clock", "done"]
    arguments, result = tool.locator("pre").all_inner_texts()
    assert '"place"' in arguments
    assert result.partition(" in ")[2] in arguments
    assert visitor.texts()[1]


def test_a_failure_is_shown_plainly_and_in_its_lane(visitor):
    page = visitor.page
    visitor.ask("Why?", SHORT, FAILING)
    visitor.wait_end()
    assert page.locator(".lane .failure").all_inner_texts() == [
        "BadRequest\nThe model's service did not accept the request."
    ]
    assert page.locator(".lane:nth-child(2) footer").inner_text().startswith("Failed")
    assert visitor.texts()[0]


def test_text_stays_text(visitor):
    question = "<img src=x onerror=alert(1)> <b>&amp;</b>"
    visitor.ask(question, SHORT)
    visitor.wait_end()
    assert visitor.page.inner_text("#asked") == question
    assert visitor.page.locator("main img, main b").count() == 0


def test_what_cannot_be_asked_is_said(visitor):
    page = visitor.page
    page.press("#question", "Enter")
    assert page.inner_text("#alert") == "Write a question first."
    visitor.choose()
    page.fill("#question", "Why?")
    page.click("#ask")
    assert page.inner_text("#alert") == "Choose a model first."
    visitor.ask("Why?", SHORT)
    assert page.inner_text("#alert") == ""


def test_the_timeline_is_drawn_and_says_its_figures(visitor):
    page = visitor.page
    visitor.ask("Why?", SHORT, FAILING)
    visitor.wait_end()
    (name, _, first, pieces, end), failed = (
        row.locator("th, td").all_inner_texts() for row in page.locator("#rows tr").all()
    )
    assert (name, pieces) == (SHORT, "60")
    assert first.endswith(" s")
    assert end.endswith(" s")
    assert failed[2:4] == ["–", "0"]
    drawn = "(canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    for canvas in page.locator("canvas").all():
        assert canvas.evaluate(drawn) > 5


def test_the_live_region_does_not_chatter(visitor):
    page = visitor.page
    page.evaluate(
        "said = []; new MutationObserver(() => said.push(document.getElementById('status').textContent))"
        ".observe(document.getElementById('status'), {childList: true})"
    )
    visitor.ask("Why?", SHORT, THINKING)
    visitor.wait_end()
    assert page.evaluate("said.filter(Boolean)") == [
        "2 models answer.",
        f"{SHORT}: Complete.",
        f"{THINKING}: Complete. All answers have ended.",
    ]
    live = page.locator("[aria-live], [role=status], [role=alert], [role=log]")
    assert [one.get_attribute("id") for one in live.all()] == ["alert", "status"]


def test_everything_can_be_done_by_the_keyboard(visitor, url):
    page = visitor.page
    assert page.evaluate("document.activeElement.id") == "question"
    visitor.choose(SHORT)
    page.evaluate("document.activeElement.blur(); document.getElementById('skip').focus()")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "question"
    page.keyboard.type("Why")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("so?")
    for _ in MODELS:
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # an endless one
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "stop"
    page.keyboard.press("Enter")  # there is nothing to be stopped
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ask"
    page.keyboard.press("Enter")
    visitor.wait_text(1)
    assert page.inner_text("#asked") == "Why\nso?"
    assert page.evaluate("document.activeElement.id") == "ask"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    visitor.wait_end()
    assert page.evaluate("document.activeElement.id") == "stop"
    assert page.locator("#stop").get_attribute("aria-disabled") == "true"
    for _ in range(2 + len(MODELS)):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.name") == "theme"


def test_each_control_has_a_name_and_each_region_a_heading(visitor):
    page = visitor.page
    visitor.ask("Why?", SHORT)
    names = "(element) => element.ariaLabel || element.textContent.trim() || [...element.labels ?? []].map((label) => label.textContent).join('')"
    for control in page.locator("button, input, textarea").all():
        assert control.evaluate(names)
    assert page.locator("main h1, main h2, main h3").all_inner_texts() == [
        "Ask several models at once",
        "Why?",
        "Answers",
        SHORT,
        "Timeline",
    ]
    visitor.wait_end()


BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(251, 250, 247)", "rgb(22, 23, 26)"


@visits({"color_scheme": "light"}, {"color_scheme": "dark"})
def test_the_colours_are_the_system_s_or_those_that_were_chosen(visitor, request):
    page = visitor.page
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate(BACKGROUND) == (DARK if is_dark else LIGHT)
    page.click("#theme input[value=dark]")
    assert page.evaluate(BACKGROUND) == DARK
    page.click("#theme input[value=light]")
    assert page.evaluate(BACKGROUND) == LIGHT
    page.reload()
    assert page.evaluate(BACKGROUND) == LIGHT
    page.click("#theme input[value=auto]")
    assert page.evaluate(BACKGROUND) == (DARK if is_dark else LIGHT)


CONTRAST = """(element) => {
  const rgb = (text) => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = (colour) => rgb(colour).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


@visits({"color_scheme": "light"}, {"color_scheme": "dark"})
def test_text_stands_out_from_its_ground(visitor):
    page = visitor.page
    visitor.ask("Why?", SHORT, THINKING, TOOLS, FAILING)
    visitor.wait_end()
    texts = "#asked, .lane h3, .lane h3 span, .text, summary, .tool h4 span, pre, .failure b, .lane footer, th, td, #status, #ask, .keys, .theme span, .models span"
    shown = [one for one in page.locator(texts).all() if one.is_visible()]
    assert len(shown) > 20
    assert [one.inner_text() for one in shown if one.evaluate(CONTRAST) < 4.5] == []


@visits(
    {"viewport": {"width": 360, "height": 740}},
    {"viewport": {"width": 1400, "height": 900}},
)
def test_nothing_is_scrolled_sideways(visitor):
    page = visitor.page
    assert visitor.has_no_scrolling_sideways()
    visitor.ask("Whale" * 60, SHORT, THINKING, TOOLS, FAILING)
    visitor.wait_text(0)
    assert visitor.has_no_scrolling_sideways()
    visitor.wait_end()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert visitor.has_no_scrolling_sideways()
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().right))"
    )
    assert right <= page.viewport_size["width"]


def test_the_browser_s_back_button_shows_the_question_before(visitor, url):
    page = visitor.page
    first = visitor.ask("First?", SHORT)
    visitor.ask("Second?", ENDLESS)
    visitor.wait_text(0)
    page.go_back()
    page.wait_for_function("() => document.getElementById('asked').textContent === 'First?'")
    visitor.wait_end()
    assert visitor.texts() == written(url, first)
    page.go_forward()
    page.wait_for_function("() => document.getElementById('asked').textContent === 'Second?'")
    visitor.page.press("#question", "Escape")
    visitor.wait_end()


def test_asking_again_stops_what_still_runs(visitor, url):
    first = visitor.ask("First?", ENDLESS)
    visitor.wait_text(0)
    visitor.ask("Second?", SHORT)
    assert written(url, first)[0]  # the stream has ended, or this would wait
    visitor.wait_end()


def test_a_question_that_is_not_there_is_said(browser, url):
    context = browser.new_context()
    visitor = Visitor(context.new_page())
    visitor.open(f"{url}#nobody")
    visitor.page.wait_for_function("() => document.getElementById('alert').textContent")
    assert "There is no such question here" in visitor.page.inner_text("#alert")
    assert not visitor.page.is_visible("#shown")
    context.close()
