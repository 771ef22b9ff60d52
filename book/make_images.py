"""The pictures of README: ``python book/make_images.py`` writes book/images/*.png from the bundled model and field guide."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import clipnb  # noqa: E402
from clipnb import plots  # noqa: E402

OUT = Path(__file__).parent / "images"


def main() -> None:
    OUT.mkdir(exist_ok=True)
    clip = clipnb.load_clip()
    data = clipnb.load_fieldguide("test", per_species=2)
    names = data.class_names
    show = ["northern cardinal", "hoopoe", "monarch", "Apollo", "Rosalia longicorn", "wasp beetle", "clownfish", "Moorish idol"]
    show += ["tree frog", "tailed frog", "foxglove", "common sunflower", "fly agaric", "shaggy ink cap", "sugar maple", "English holly"]
    titles = [name if data.seen[names.index(name)] else f"{name}\n(held out)" for name in show]
    axes = plots.show_images([data.of_class(name).images[0] for name in show], titles, columns=8, side=1.45)
    axes[0, 0].figure.savefig(OUT / "fieldguide.png", dpi=130)
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(names), include_name=False)
    picture = data.of_class("Apollo")
    left, _ = plots.explain_picture(picture, clipnb.ZeroShotClassifier(clip, table).predict(picture), 0)
    left.figure.savefig(OUT / "explained.png", dpi=110)


if __name__ == "__main__":
    main()
