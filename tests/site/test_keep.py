"""The service worker keeps what was opened, lets a new build take over between two pages, and never
gives a page half of two builds; in a real browser, on a site of three files."""

import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from packed_server import serving

ROOT = Path(__file__).parent.parent.parent
PAGE = """<!doctype html><meta charset=utf-8><title>{word}</title><link rel=icon href=data:,>
<p id=html>{word}</p><p id=script></p><script src="_static/word.js"></script>
<script defer src="_static/live/keep_page.js"></script>"""
LATER = """() => new Promise((done) => {
  const one = document.createElement("script");
  one.onload = () => done(window.later);
  one.onerror = () => done("refused");
  one.src = "_static/later.js";
  document.head.append(one);
})"""


@pytest.fixture
def write(builder, tmp_path):
    """``write("one")``: a build of the site in which every file says "one"."""
    from keep import write_service_worker

    def build(word: str) -> Path:
        live = tmp_path / "_static" / "live"
        live.mkdir(parents=True, exist_ok=True)
        (tmp_path / "index.html").write_text(PAGE.format(word=word), "utf-8")
        script = f"document.getElementById('script').textContent = '{word}';"
        (tmp_path / "_static" / "word.js").write_text(script, "utf-8")
        (tmp_path / "_static" / "later.js").write_text(f"window.later = '{word}';", "utf-8")
        shutil.copy(ROOT / "book/live/bundles/keep_page.js", live)
        write_service_worker(tmp_path)
        later = time.time() + len(word)  # no two builds have the same time stamps
        for path in tmp_path.rglob("*.*"):
            os.utime(path, (later, later))
        return tmp_path

    return build


@contextmanager
def visiting(lab, server):
    context = lab.browser.new_context()
    page = context.new_page()
    try:
        page.goto(f"{server.address}/index.html")
        yield page
    finally:
        context.close()


KEPT = """async (path) => {
  for (let i = 0; i < 200; i += 1) {
    const names = await caches.keys();
    const found = await Promise.all(names.map(async (name) => (await caches.open(name)).match(path)));
    if (names.length === 1 && found.some(Boolean) && navigator.serviceWorker.controller) return names[0];
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("never kept");
}"""
WAITING = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  for (let i = 0; i < 200 && !registration.waiting; i += 1) await new Promise((done) => setTimeout(done, 50));
  return Boolean(registration.waiting);
}"""


def words(page) -> list[str]:
    return [page.locator(one).inner_text() for one in ("#html", "#script")]


def test_a_page_that_was_opened_opens_without_a_network(lab, write):
    with serving(write("one")) as server, visiting(lab, server) as page:
        page.evaluate(KEPT, "/_static/word.js")
        server.up = False
        page.reload()
        assert words(page) == ["one", "one"]
        page.goto(server.address + "/")  # the folder is its index
        assert words(page) == ["one", "one"]
        assert page.evaluate(LATER) == "refused"  # it was never asked for while there was a network


def test_a_new_build_takes_over_whole(lab, write):
    with serving(write("one")) as server, visiting(lab, server) as page:
        before = page.evaluate(KEPT, "/_static/word.js")
        write("three")
        page.reload()
        assert words(page) == ["one", "one"]  # at once, from what is kept
        assert page.evaluate(WAITING)
        page.reload()
        page.wait_for_function("document.getElementById('html')?.textContent === 'three'")
        assert words(page) == ["three", "three"]
        assert page.evaluate(KEPT, "/_static/word.js") != before
        server.up = False  # what the reader had opened came along
        page.reload()
        assert words(page) == ["three", "three"]


def test_no_page_gets_a_file_of_another_build(lab, write):
    with serving(write("one")) as server, visiting(lab, server) as page:
        page.evaluate(KEPT, "/_static/word.js")
        write("three")
        assert page.evaluate(LATER) == "refused"
        page.reload()
        page.wait_for_load_state("load")
        assert len(set(words(page))) == 1


def test_two_open_pages_keep_their_build(lab, write):
    with serving(write("one")) as server, visiting(lab, server) as page:
        page.evaluate(KEPT, "/_static/word.js")
        other = page.context.new_page()
        other.goto(f"{server.address}/index.html")
        write("three")
        assert page.evaluate(WAITING)
        page.reload()
        assert words(page) == words(other) == ["one", "one"]


def test_a_page_opened_as_a_file_does_without(lab, write):
    problems = []
    context = lab.browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((write("one") / "index.html").as_uri(), wait_until="load")
    assert words(page) == ["one", "one"] and not problems
    context.close()
