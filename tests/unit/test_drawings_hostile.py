"""A drawing that a stranger sends is drawn, or refused in a sentence that names it: nothing runs,
nothing is loaded, nothing grows without an end."""

import time

import pytest

from clipnb.fieldguide.art import Art, document, rasterise

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
LAUGHS = "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
HOSTILE = {
    "a script": "<g id='a'><script>alert(1)</script></g>",
    "a script outside": "<script>alert(1)</script>",
    "an event": "<g id='a' onload='alert(1)'><path d='M0 0'/></g>",
    "a link": "<g id='a'><a href='javascript:alert(1)'><path d='M0 0'/></a></g>",
    "an animation": "<g id='a'><set attributeName='href' to='javascript:alert(1)'/></g>",
    "HTML": "<g id='a'><foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></g>",
    "another namespace": "<g id='a'><p xmlns='http://www.w3.org/1999/xhtml'/></g>",
    "an image": "<g id='a'><image href='file:///etc/passwd'/></g>",
    "a file": "<g id='a'><use href='file:///etc/passwd#a'/></g>",
    "an old link": "<g id='a'><use xlink:href='#a'/></g>",
    "an address": "<g id='a'><path d='M0 0' fill='url(http://example.org/a.svg#b)'/></g>",
    "an address with spaces": "<g id='a'><path d='M0 0' fill='url(  http://example.org/)'/></g>",
    "a style": "<g id='a' style='background: url(http://example.org)'><path d='M0 0'/></g>",
    "a way out of an attribute": "<g id='a'><path d='&quot;/&gt;&lt;script&gt;alert(1)'/></g>",
    "a way out of an id": "<g id='&quot;onload=&quot;alert(1)'><path d='M0 0'/></g>",
    "a filter": "<g id='a'><filter id='f'/></g>",
    "a text": "<g id='a'><text>hello</text></g>",
    "a copy of itself": "<g id='a'><use href='#a'/></g>",
    "two copies of each other": "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>",
    "a billion copies": f"<defs><g id='l0'><path d='M0 0'/></g>{LAUGHS}</defs>",
    "too deep": "<g id='a'>" + "<g>" * 5000 + "</g>" * 5000 + "</g>",
    "too many": "<g id='a'>" + "<path d='M0 0'/>" * 60_000 + "</g>",
    "a long chain": "<defs>"
    + "".join(f"<g id='c{n}'><use href='#c{n + 1}'/></g>" for n in range(3000))
    + "</defs>",
    "an unknown class": "<g id='a'><path class='onload-x' d='M0 0'/></g>",
}
FILES = {
    "an external entity": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + f"{HEAD}<g id='a'><path d='&x;'/></g></svg>",
    "laughs": '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    + f"{HEAD}<desc>&b;</desc></svg>",
    "nothing": "",
    "no XML": "a drawing",
    "cut off": f"{HEAD}<g id='a'>",
    "another document": "<html><script>alert(1)</script></html>",
    "no namespace": "<svg><g id='a'/></svg>",
    "NUL": f"{HEAD}\0</svg>",
}


@pytest.mark.parametrize("kind", [*HOSTILE, *FILES])
def test_a_drawing_of_a_stranger_is_refused_by_name(kind, tmp_path):
    path = tmp_path / "owl.svg"
    path.write_text(
        FILES.get(kind) or f"{HEAD}{HOSTILE.get(kind, '')}</svg>" if kind != "nothing" else ""
    )
    start = time.perf_counter()
    with pytest.raises(ValueError, match=r"owl\.svg") as refused:
        Art(path)
    assert time.perf_counter() - start < 5
    said = str(refused.value)
    assert said.isprintable() and len(said) < 300


def test_a_huge_drawing_a_folder_and_bytes_are_refused_by_name(tmp_path):
    path = tmp_path / "owl.svg"
    with open(path, "wb") as file:
        file.truncate(3 << 30)  # sparse
    with pytest.raises(ValueError, match=r"owl\.svg.*3,072 MB"):
        Art(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"owl\.svg is no SVG file"):
        Art(path)


def test_what_a_drawing_needs_is_drawn(tmp_path):
    path = tmp_path / "owl.svg"
    path.write_text(
        f"{HEAD}<!-- by hand --><title>an owl &amp; a branch</title><style>.fill-a {{fill: red}}</style>"
        "<defs><linearGradient id='l'><stop offset='0' class='stop-a'/></linearGradient>"
        "<g id='eye'><circle cx='50' cy='50' r='40'/></g></defs>"
        "<g id='body' data-when='size=big'><use href='#eye' class='fill-a'/>"
        "<polygon points='0,0 9,0 9,9' fill='url(#l)' opacity='0.5'/></g></svg>"
    )
    art = Art(path)
    assert art.parts == ["body"]
    body = art.svg({"size": "big"}, {"a": "#ff0000"})
    assert rasterise(document(body, 100)).getpixel((25, 25)) == (255, 0, 0, 255)
