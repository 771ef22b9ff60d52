"""*Save as a notebook* on a live page: Python that shows the same state, whatever a reader wrote."""

import ast

import nbformat
import pytest
from live_browser import LIVE, live_page, module_page, without_engine
from payloads import PAYLOADS
from test_live_links import STATES

SHOWN = "document.querySelector('.clipnb-stage').model.get('document')"
ODD = ['"', "'", "\\", "\n", "\r\n", "\x00", "\u2028", "\x7f", '"""', "{}", "%s", "🐸", "ש", "\t"]


def saved(page) -> nbformat.NotebookNode:
    with page.expect_download() as found:
        page.get_by_role("button", name="Save as a notebook").click()
    assert found.value.suggested_filename.endswith(".ipynb")
    notebook = nbformat.read(found.value.path(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(code: str):
    """The value of a cell's last expression."""
    tree, space = ast.parse(code), {}
    *body, last = tree.body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(body, []), "cell", "exec"), space)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space), space


def expected(name: str, document: dict, page) -> dict:
    """What of a document its notebook shows."""
    pictures = page.evaluate("document.querySelector('.clipnb-stage').model.get('pictures') ?? []")
    source = {one["index"]: one["name"] for one in pictures}.get(document.get("picture"))
    if name.startswith("creature"):
        return {key: document[key] for key in ("marks", "habitat")}
    if name.startswith("explorer"):
        rows = {
            one["name"]: [row["text"] for row in one["rows"] if row["on"] and row["text"].strip()]
            for one in document["classes"]
        }
        return {"source": source, "classes": {name: texts for name, texts in rows.items() if texts}}
    if name in ("wall", "first"):
        return {"sentence": document["sentence"]}
    return {"source": source, "sentence": document["sentence"]}


def shown(name: str, widget) -> dict:
    state = widget.state
    document = state.document
    source = state.images.name(document["picture"]) if "picture" in document else None
    if name.startswith("creature"):
        return {key: document[key] for key in ("marks", "habitat")}
    if name.startswith("explorer"):
        classes = {one["name"]: [row["text"] for row in one["rows"]] for one in document["classes"]}
        return {"source": source, "classes": classes}
    if name in ("wall", "first"):
        return {"sentence": document["sentence"]}
    return {"source": source, "sentence": document["sentence"]}


@pytest.mark.parametrize("name", [name for name in STATES if name != "names"])
def test_the_notebook_shows_the_state(lab, live, name):
    with live_page(lab, live, name, without_engine, wait=False) as sight:
        page = sight.page
        for state in STATES[name]:
            link = page.evaluate(
                "([p, d]) => window.clipnbLive.links.packed({ p, d })", [name, state]
            )
            page.goto("about:blank")
            page.goto(f"{live}/{name}.html#s={link}")
            page.wait_for_selector(".clipnb-live-status")
            page.wait_for_timeout(300)
            document = page.evaluate(SHOWN)
            about, code = saved(page).cells
            assert about.cell_type == "markdown" and f"(<{page.url}>)" in about.source
            assert "#s=" in page.url or "no such image" in str(state)  # as it was stored: no mark
            assert shown(name, run(code.source)[0]) == expected(name, document, page)


def test_the_notebook_of_a_list_of_names_gives_the_page_its_answer(lab, live):
    with live_page(lab, live, "names") as sight:
        page = sight.page
        page.get_by_label("Names, separated by commas or in lines").fill('red "frog", a\\b, tulip')
        page.wait_for_function("document.querySelectorAll('.clipnb-ranking li').length === 3")
        page.wait_for_function(
            "document.querySelector('.clipnb-live .clipnb').dataset.pending === '0'"
        )
        best = page.locator(".clipnb-told strong").inner_text()
        reasons, space = run(saved(page).cells[1].source.replace("print(", "best = ("))
        assert space["best"] == best and len(reasons)


def test_whatever_was_written_is_a_literal(lab):
    """No text of a reader is code."""
    texts = [*PAYLOADS[::3], *ODD]
    with module_page(lab, {"notebook.js": (LIVE / "notebook.js").read_text("utf-8")}) as sight:
        got = sight.page.evaluate(
            """async (texts) => {
              const { python } = await import("/notebook.js");
              return texts.map((text) => python({ [text]: [text, null, true, 1.5, [text]] }));
            }""",
            texts,
        )
    for text, code in zip(texts, got, strict=True):
        whole = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)
        assert ast.literal_eval(code) == {whole: [whole, None, True, 1.5, [whole]]}
