"""The API pages: one for each subject, from the docstrings of the public names."""

import ast
from pathlib import Path

# Page, title, what it is for, modules in the order of reading. Every module with public names must
# be on a page.
PAGES = {
    "models": (
        "Models",
        (
            "Load a CLIP, turn images and texts into embeddings, and keep the embeddings; and see"
            " whether everything works on this machine."
        ),
        ["model.loading", "model.clip", "model.embedding", "model.saving", "support.environment"],
    ),
    "images": (
        "Images",
        (
            "Load the images that are to be classified: the field guide's, those of a folder, or"
            " a public data set."
        ),
        ["data.images", "data.load", "fieldguide.dataset"],
    ),
    "texts": (
        "Texts and descriptors",
        (
            "Fill the table of texts that a classifier reads: from names, from descriptors,"
            " from a language model, and wrongly on purpose."
        ),
        [
            "classify.prompts",
            "classify.control_prompts",
            "classify.descriptors",
            "classify.quality",
            "llm.generate",
            "llm.contrasts",
            "llm.client",
        ],
    ),
    "classify": (
        "Classify and explain",
        "Classify images by a table of texts, and read the reasons off the same numbers.",
        [
            "classify.zeroshot",
            "classify.pooling",
            "classify.stages",
            "explain.heatmaps",
            "explain.words",
            "explain.margins",
        ],
    ),
    "examples": (
        "A few labelled images",
        "Draw a few images of each class, and classify by them, with or without texts.",
        ["classify.shots", "classify.fewshot"],
    ),
    "concepts": (
        "Concepts inside the model",
        (
            "Split an embedding into the parts of attention heads, write images as sparse sums of"
            " words, classify through concepts, and probe layers."
        ),
        [
            "concepts.heads",
            "concepts.head_texts",
            "concepts.sparse",
            "concepts.bottleneck",
            "concepts.layers",
            "concepts.probes",
            "concepts.autoencoder",
        ],
    ),
    "measure": (
        "Measure",
        (
            "Find out how good a classifier is, how sure that is, and whether its reasons are"
            " right; and write it all down as a report."
        ),
        [
            "evaluation.comparison",
            "evaluation.tables",
            "evaluation",
            "evaluation.calibration",
            "evaluation.frequency",
            "classify.selection",
            "explain.faithfulness",
            "explain.spurious",
            "report.page",
            "report.export",
        ],
    ),
    "confidence": (
        "None of these",
        "Measure how confident a classifier is, and let it answer with no class.",
        ["evaluation.confidence", "evaluation.abstain"],
    ),
    "plots": (
        "Plots",
        (
            "The figures of the notebooks. Wherever there is an ``ax``, it is the axes to draw on,"
            " by default a new figure's; they are returned."
        ),
        ["plots"],
    ),
    "widgets": (
        "Widgets",
        (
            "Change something in a notebook and see the prediction move. Five widgets also run in"
            " this site, with nothing installed: :doc:`rank_images </live_wall>`,"
            " :doc:`look_inside </live_inside>`, :doc:`browse_heads </live_heads>`,"
            " :doc:`explore_descriptors </live_explorer>` and"
            " :doc:`design_creature </live_creature>`."
        ),
        ["widgets"],
    ),
    "checks": (
        "Exercise checks",
        (
            "Each says whether an exercise is solved, and if not, what is wrong; in the order of"
            " the notebooks."
        ),
        ["checks"],
    ),
}
# Not among the names of ``clipnb`` itself, but its docstrings send the reader there
MORE = {
    "evaluation": [
        "correct",
        "wilson",
        "bootstrap",
        "mcnemar",
        "confused_groups",
        "confused_pairs",
        "near_duplicates",
        "confident_learning",
    ],
    "classify.selection": ["descriptor_margins"],
    "explain.faithfulness": ["examine"],
    "explain.spurious": ["spurious_cues", "shift_directions", "ProjectedClassifier"],
}
SIGNATURES = {  # of classes whose own signature shows what is nobody's business
    "clipnb.ImageDataset": (
        "(images, labels, class_names, keys, sources, seen=None, scenes=[], size=None,"
        " embeddings=None, model=None)"
    ),
    "clipnb.Prediction": "(scores, probabilities, class_names)",
}
# what they have in common is documented with each
SHARED_BASE = ("clipnb.DescriptorSet", "clipnb.PromptTable")
PLOT_HELPERS = ("grid", "wrap", "alt_text", "describe", "register")  # come last: they draw nothing
# The docstring of this module says which public data sets can be read
DATASETS = "\nPublic data sets\n----------------\n\n.. automodule:: clipnb.data.named\n"


def stub_names(package: Path) -> list[tuple[str, str]]:
    """(module, name) of what a package's stub gives out, without the modules themselves."""
    return [
        (node.module, alias.name)
        for node in ast.parse((package / "__init__.pyi").read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    ]


def public_names(package: Path) -> dict[str, list[str]]:
    """Module → full names, from the type stubs of clipnb and its widgets (read, not run), and from
    what plots and checks export."""
    names: dict[str, list[str]] = {}
    for module, name in stub_names(package):
        names.setdefault(module, []).append(f"clipnb.{name}")
    names["widgets"] = [f"clipnb.widgets.{name}" for _, name in stub_names(package / "widgets")]
    for folder in ("plots", "checks"):
        exported = names.setdefault(folder, [])
        for node in ast.parse((package / folder / "__init__.py").read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level:  # its own, not a library's
                exported += [
                    f"clipnb.{folder}.{alias.name}"
                    for alias in node.names
                    if not alias.name.isupper() and not alias.name.startswith("_")
                ]
    for module, more in MORE.items():
        names.setdefault(module, []).extend(f"clipnb.{module}.{name}" for name in more)
    names["plots"].sort(key=lambda name: name.split(".")[-1] in PLOT_HELPERS)
    exercises = "".join(
        path.read_text("utf-8")
        for path in sorted(package.parent.glob("notebooks/exercises/[0-9]*.py"))
    )
    names["checks"].sort(key=lambda name: exercises.find(name.removeprefix("clipnb.")))
    return names


def classes(package: Path) -> set[str]:
    return {
        node.name
        for path in package.rglob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }


def directive(name: str, is_class: bool) -> str:
    if not is_class:
        return f".. autofunction:: {name}\n"
    kind = "autoexception" if name.endswith("Error") else "autoclass"
    inherited = "   :inherited-members: Mapping\n" if name in SHARED_BASE else ""
    return f".. {kind}:: {name}{SIGNATURES.get(name, '')}\n   :members:\n{inherited}"


def api_pages(package: Path, source: Path) -> list[str]:
    """Write the pages into ``source/api`` and return their names for the table of contents."""
    (source / "api").mkdir()
    names, are_classes, written = public_names(package), classes(package), []
    known = {module for _, _, modules in PAGES.values() for module in modules}
    if missing := sorted(names.keys() - known):
        raise ValueError(f"No page of the API has {', '.join(missing)}: add them to PAGES.")
    for page, (title, purpose, modules) in PAGES.items():
        found = [name for module in modules for name in names.get(module, [])]
        if found:
            body = "\n".join(
                directive(name, name.split(".")[-1] in are_classes) for name in found
            ) + DATASETS * (page == "images")
            (source / "api" / f"{page}.rst").write_text(
                f"{title}\n{'=' * len(title)}\n\n{purpose}\n\n{body}", "utf-8"
            )
            written.append(f"api/{page}")
    return written
