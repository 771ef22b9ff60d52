"""The state of a live page is its address: it survives reload, Back and a change of kind, and a
link is input of a stranger, which is looked at."""

import pytest
from live_browser import live_page, without_engine

PAGES = ["first", "names", "wall", "inside", "heads", "explorer-frog", "creature-bird"]
DOCUMENT = "document.querySelector('.clipnb-stage').model.get('document')"
SAVED = "location.hash.startsWith('#s=1.')"
# states, mutated: in their letters, and in their values; each is refused with a text, or gives a document that gives itself again
FUZZ = """async ([name, states, count]) => {
  const { links, pages } = window.clipnbLive;
  let seed = 7;
  const chance = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const odd = [null, -1, 0, 1, 1e9, 0.5, NaN, "", "x", "__proto__", "constructor", "<img src=x onerror=window.owned=1>", "\\ud800", "y".repeat(5000), [], [[]], {}, { length: 3 }, { toString: 1, valueOf: 2 }, true,
    ["__proto__"], { __proto__: null, marks: 1 }, [null, null, null], JSON.parse('{"__proto__": {"owned": 1}}')];
  const mutated = (value, depth = 0) => {
    if (chance(4) === 0 || depth > 5) return odd[chance(odd.length)];
    if (Array.isArray(value)) {
      const all = [...value];
      if (chance(3) === 0) all.splice(chance(all.length + 1), chance(2), odd[chance(odd.length)]);
      return all.map((one) => (chance(4) ? one : mutated(one, depth + 1)));
    }
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [chance(20) ? key : ["", "x", "__proto__", "constructor", "toString", "length"][chance(6)], chance(3) ? one : mutated(one, depth + 1)]));
    return odd[chance(odd.length)];
  };
  const result = { refused: 0, taken: 0, wrong: [] };
  const names = [name];
  for (let i = 0; i < count; i++) {
    let state = states[chance(states.length)], text = "";
    try {
      if (i % 2) {
        text = await links.packed({ p: chance(9) ? name : odd[chance(odd.length)], d: mutated(state) });
      } else {
        text = await links.packed({ p: name, d: state });
        const at = chance(text.length);
        text = [text.slice(0, at), text.slice(0, at) + "!" + text.slice(at), text.slice(0, at) + String.fromCharCode(48 + chance(75)) + text.slice(at + 1), text.repeat(2 + chance(3))][chance(4)];
      }
      const { name: page, state: asked } = links.linkOf(await links.unpacked(text), names);
      const document = links.restored(page, asked);
      const stored = pages[page].traits.document;
      if (JSON.stringify(Object.keys(document).sort()) !== JSON.stringify(Object.keys(stored).sort())) result.wrong.push(JSON.stringify(document).slice(0, 300));
      JSON.stringify(document);
      result.taken += 1;
    } catch (error) {
      const said = error?.message ?? "";
      if (error?.constructor?.name.startsWith("TypeError") || !said || said.length > 1000 || error instanceof TypeError || error instanceof RangeError) result.wrong.push(`${said.slice(0, 200)} ${error?.stack?.slice(0, 400)}`);
      result.refused += 1;
    }
  }
  return { ...result, polluted: ({}).owned ?? window.owned ?? null };
}"""
STATES = {
    "first": [{"sentence": "a frog"}, {"sentence": "größer 🐸", "why": True}],
    "names": [
        {"list": "cat, dog\r\nשלום, 🐸", "why": True, "picture": "test/3"},
        {
            "list": "newt",
            "descriptors": [["newt", "a tail\nfour legs"], ["<b>", ""]],
            "described": True,
            "named": True,
        },
        {"descriptors": [], "list": ""},
    ],
    "wall": [{"sentence": "a frog", "picture": "test/3"}, {"picture": "no such image"}],
    "inside": [
        {"sentence": "a red frog", "step": 3, "patch": 9, "query": "patch", "head": [1, 2]},
        {"text_head": [0, 1], "token": 2, "number": 7, "picture": "test/1"},
    ],
    "heads": [
        {"sentence": "a red frog", "part": 7, "patch": 9, "centred": True},
        {"part": 24, "picture": "test/1"},
    ],
    "explorer-frog": [
        {"compare": [1, None]},
        {
            "classes": ["tree frog", ["newt", [["a long tail", 1, 1], ["", 0, 2.5]]]],
            "compare": [0, 1],
            "picture": "test/1",
        },
    ],
    "creature-bird": [{"marks": {"crest": "pointed"}, "habitat": "snow", "rival": 3}, {"rival": 1}],
}


@pytest.mark.parametrize("name", PAGES)
def test_thousands_of_odd_states_are_refused_or_make_a_document(lab, live, name):
    with live_page(lab, live, name, without_engine, wait=False) as sight:
        result = sight.page.evaluate(FUZZ, [name, STATES[name], 1500])
    assert result["wrong"] == [] and result["polluted"] is None
    assert result["refused"] > 300 and result["taken"] > 60


@pytest.mark.parametrize("name", PAGES)
def test_odd_links_leave_the_page_as_it_is_and_say_so(lab, live, name):
    odd = ["#s=", "#s=1.", "#s=2.abc", "#s=1.!!", "#s=1.AAAA", "#s=" + "1." + "A" * 40_000]
    with live_page(lab, live, name, without_engine, wait=False) as sight:
        page = sight.page
        before = page.locator(".clipnb-stage").inner_text()
        for link in odd:
            page.evaluate("link => { location.hash = link; }", link)
            page.wait_for_function(
                "document.querySelector('.clipnb-live-link').textContent.startsWith('The link')"
            )
            assert page.locator(".clipnb-stage").inner_text() == before
            page.evaluate("document.querySelector('.clipnb-live-link').textContent = ''")


@pytest.mark.parametrize("name", PAGES)
def test_a_state_survives_in_its_link(lab, live, name):
    """Every state that is taken is shown again by the link that the page makes of it."""
    with live_page(lab, live, name, without_engine, wait=False) as sight:
        page = sight.page
        for state in STATES[name]:
            if "no such image" in str(state):
                continue
            wanted = page.evaluate(
                "([name, state]) => window.clipnbLive.links.restored(name, state)", [name, state]
            )
            link = page.evaluate(
                "([p, d]) => window.clipnbLive.links.packed({ p, d })", [name, state]
            )
            page.goto("about:blank")
            page.goto(f"{live}/{name}.html#s={link}")
            shown = "wanted => JSON.stringify(document.querySelector('.clipnb-stage').model.get('document')) === JSON.stringify(wanted)"
            page.wait_for_function(shown, arg=wanted)
            assert page.locator(".clipnb-live-link").inner_text() == ""


def test_the_situations_for_teachers_are_states_of_their_pages(lab, live, builder):
    from situations import SITUATIONS, address_of

    assert len(SITUATIONS) == 10
    for page_name in {page for _, page, _, _ in SITUATIONS}:
        with live_page(lab, live, page_name, without_engine, wait=False) as sight:
            page = sight.page
            stored = page.evaluate(DOCUMENT)
            for _, name, state, _ in SITUATIONS:
                if name != page_name:
                    continue
                page.goto("about:blank")
                page.goto(f"{live}/{name}.html#{address_of(name, state).partition('#')[2]}")
                page.wait_for_selector(".clipnb-live-status")
                wanted = page.evaluate(
                    "([name, state]) => window.clipnbLive.links.restored(name, state)",
                    [name, state],
                )
                assert wanted != stored
                page.wait_for_function(
                    f"wanted => JSON.stringify({DOCUMENT}) === JSON.stringify(wanted)", arg=wanted
                )
                assert page.locator(".clipnb-live-link").inner_text() == ""


def test_an_edit_survives_reload_and_back_and_a_change_of_kind(lab, live):
    with live_page(lab, live, "explorer-frog", without_engine, wait=False) as sight:
        page = sight.page
        field = page.locator(".clipnb-panel textarea").first
        field.fill("a descriptor of my own")
        page.wait_for_function(SAVED)
        page.reload()
        value = (
            "document.querySelector('.clipnb-panel textarea').value === 'a descriptor of my own'"
        )
        # the panel shows the best class, which may be another now
        kept = "JSON.stringify(document.querySelector('.clipnb-stage').model.get('document')).includes('a descriptor of my own')"
        page.wait_for_function(kept)
        page.get_by_role("button", name="Reset").click()
        page.wait_for_function(f"!({kept})")
        page.get_by_role("button", name="Undo").click()
        page.wait_for_function(kept)
        page.wait_for_function(SAVED)
        page.get_by_label("Field guide:").select_option("mushroom")
        page.wait_for_function(
            "document.querySelector('.clipnb-live').dataset.page === 'explorer-mushroom'"
        )
        page.wait_for_timeout(300)
        page.get_by_label("Field guide:").select_option("frog")
        page.wait_for_function(kept)
        page.wait_for_timeout(300)
        page.go_back()
        page.wait_for_function(
            "document.querySelector('.clipnb-live').dataset.page === 'explorer-mushroom'"
        )
        assert page.get_by_label("Field guide:").input_value() == "mushroom"
        page.go_back()
        page.wait_for_function(kept)
        page.goto("about:blank")
        page.go_back()
        page.wait_for_function(kept)
        assert value


def test_two_tabs_hold_two_states_and_the_link_can_be_copied(lab, live):
    with live_page(lab, live, "wall", without_engine, wait=False) as sight:
        page = sight.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator(".clipnb-starters button").nth(1).click()
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_function(
            "document.querySelector('.clipnb-live-link').textContent.includes('copied')"
        )
        address = page.evaluate("navigator.clipboard.readText()")
        assert address == page.url and "#s=1." in address
        text = page.locator(".clipnb-entry input").input_value()
        page.locator(".clipnb-starters button").first.click()
        page.wait_for_function("!location.hash")  # as it was stored
        other = page.context.new_page()
        other.goto(address)
        other.wait_for_function(
            "text => document.querySelector('.clipnb-entry input')?.value === text", arg=text
        )
        assert page.locator(".clipnb-entry input").input_value() != text
