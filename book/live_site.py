"""The live pages of the site: their texts, what stands on them before a script has run, and the files that their scripts load."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
MADE = HERE / "_build" / "live"  # by live/export.py and live/pages.py, in the environment of the package
ORDER = ["wall", "explorer", "creature"]
BLOCK = """```{{raw}} html
<link rel="stylesheet" href="../_static/live/live.css">
{styles}<div class="live" id="live-{name}">{stored}</div>
<noscript><p>Scripts are switched off in this browser: these are stored results.</p></noscript>
<script src="../_static/live/start.js" data-page="{name}" defer></script>
```"""


def live_pages(source: Path, linked=lambda text: text) -> list[str]:
    """Write the pages into ``source/live`` and their files beside the other static ones; the pages' names, or none where their data were not made.

    ``linked`` turns ``[words](nb:06)`` into a link.
    """
    if not (MADE / "stored").exists():
        print("The live pages are left out: make book makes what they need.")
        return []
    static = source / "vendored" / "live"
    shutil.copytree(MADE, static, ignore=shutil.ignore_patterns("stored", "*made-from.txt"))
    for path in (HERE / "live").glob("*"):
        if path.suffix in (".js", ".css") and not (static / path.name).exists():  # opinion.js was written with what it stands on
            shutil.copyfile(path, static / path.name)
    (source / "live").mkdir()
    names = sorted((path.stem for path in HERE.glob("pages/live/*.md")), key=ORDER.index)
    for name in names:
        stored = MADE / "stored" / f"{name}.html"
        style = f'<link rel="stylesheet" href="../_static/live/widgets/{name}.css">\n' if (MADE / "widgets" / f"{name}.css").exists() else ""
        block = BLOCK.format(name=name, styles=style, stored=stored.read_text("utf-8") if stored.exists() else "")
        text = (HERE / "pages" / "live" / f"{name}.md").read_text("utf-8")
        (source / "live" / f"{name}.md").write_text(linked(text).replace("{{live}}", block), "utf-8")
    return [f"live/{name}" for name in names]
