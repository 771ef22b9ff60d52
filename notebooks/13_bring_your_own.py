# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 · Bring your own
#
# **What you'll do.** Go from a folder of your own photos, your classes and your descriptors to a report that explains every answer and that you can hand to a colleague.
#
# **What you'll learn.** What to look at before you trust a number; how many photos a number needs; how to edit descriptors without fooling yourself; what goes wrong with own photos.
#
# **What you'll need.** Notebooks 04 and 06. A folder of photos if you have one; otherwise the field guide steps in. No network, no GPU, no key.
#
# **Time.** 45 minutes, and an afternoon with your own photos; it runs in less than a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/13_bring_your_own.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/13_bring_your_own.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from PIL import Image, ImageOps

import clipnb
from clipnb import llm, plots
from clipnb.evaluation import mcnemar, wilson
from clipnb.support import own_folder

# %% [markdown]
# These lines are yours to change. `PHOTOS` is a folder with **one folder per class**; a class is called what its folder is called. With `None` everywhere, the notebook makes itself a small folder and goes through the very same code.

# %%
PHOTOS = os.environ.get("CLIPNB_PHOTOS")  # or your folder, such as "C:/photos" or "~/photos"
# or a JSON file, or {"class": ["what it looks like", ...], ...}
DESCRIPTORS = os.environ.get("CLIPNB_DESCRIPTORS")
INBOX = os.environ.get("CLIPNB_INBOX")  # or a flat folder of photos without labels
MODEL = None  # or "openai/clip-vit-base-patch32", or a local folder; CLIPNB_MODEL does the same
OUT = own_folder("my_report")  # where the results go; your home if this folder is read-only

clip = clipnb.load_clip(MODEL)

# %% [markdown]
# For photos you want a CLIP that has seen photos: the bundled one knows drawings of 92 species and little else. Any CLIP or SigLIP that you have as a folder, or can fetch, will do (notebook 12).

# %% [markdown]
# ## 1 · A folder, for those who brought none
#
# Twelve birds, ten pictures each, saved as files: a folder per class is all it takes.


# %%
def save_images(data, folder):
    for i, image in enumerate(data.images):
        place = folder / data.class_names[data.labels[i]]
        place.mkdir(parents=True, exist_ok=True)
        image.save(place / f"{i:03d}.png")


if PHOTOS is None:
    PHOTOS = OUT / "photos"
    birds = clipnb.load_fieldguide("test", kinds="bird", per_species=10)
    save_images(birds, PHOTOS)

# %% [markdown]
# No real folder is so clean. So the example gets what real ones have: a file that broke on its way, a photo that somebody saved twice, and a panorama with the bird at its edge.

# %%
if PHOTOS == OUT / "photos":
    place, image = OUT / "photos" / birds.class_names[0], birds.images[0]
    (place / "broken.png").write_bytes((place / "001.png").read_bytes()[:2000])
    image.resize((200, 200)).save(place / "sent by mail.jpg", quality=90)
    panorama = Image.new("RGB", (700, 224), image.getpixel((2, 2)))
    panorama.paste(image)
    panorama.save(place / "panorama.png")

# %% [markdown]
# ## 2 · Load, and look
#
# `load_images` names the files that it cannot read in a warning. We keep it, for it belongs in the report.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    data = clipnb.load_images(PHOTOS)
notes = [str(w.message) for w in caught if "unreadable" in str(w.message)]
names = data.class_names
assert len(names) >= 2, "Put your photos into one folder per class; two classes at the least."
print(data, *notes, sep="\n")

# %% [markdown]
# How many of each, and how large? Sizes far from square and very small pictures are the ones to open.

# %%
sizes = np.array([image.size for image in data.images])
looks = pd.DataFrame({"class": np.array(names)[data.labels], "side": sizes.min(1)})
looks["ratio"] = sizes.max(1) / sizes.min(1)
counted = {
    "images": ("side", "size"),
    "smallest_side": ("side", "min"),
    "longest_ratio": ("ratio", "max"),
}
looks.groupby("class", sort=False).agg(**counted).round(1)

# %% [markdown]
# Classes of very different size make the plain accuracy a figure about the largest. And a ratio of 2 or 3 is a panorama or a screenshot. Here is the widest picture, and what CLIP gets of it: the shorter side is fitted, the **centre** is cut out.

# %%
widest = data.images[int(looks["ratio"].argmax())]
side = min(widest.size)
seen_by_clip = ImageOps.fit(widest, (side, side))
titles = ["the image", "what CLIP sees of it"]
axes = plots.show_images([widest, seen_by_clip], titles, columns=2, side=2)
for ax in axes.flat:
    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, color=plots.GREY))

# %% [markdown]
# What is not in the right-hand picture no sentence will find: here the bird is gone. Crop such photos yourself.
#
# Next, copies. A photo that was saved twice has other bytes, but nearly the same vector. These are the most similar pairs.

# %%
embeddings = clip.encode_images(data)
similar = (embeddings @ embeddings.T).triu(1)
pairs = [divmod(int(k), len(data)) for k in similar.flatten().topk(3).indices]
images = [data.images[i] for pair in pairs for i in pair]
titles = [f"{data.sources[i]} ({similar[a, b]:.3f})" for a, b in pairs for i in (a, b)]
axes = plots.show_images(images, titles)

# %% [markdown]
# Look before you decide: is it one photo twice, a burst of one scene, or two pictures that are merely alike? A model that knows your subject badly finds *everything* alike, so no threshold can decide for you. Copies count twice in every statistic, and with one in each half, one half gives the other away (section 7 chooses on one half of the photos and reports on the other). Name those to leave out:

# %%
LEAVE_OUT = ["northern cardinal/sent by mail.jpg"]
again = np.isin([Path(source).as_posix() for source in data.sources], LEAVE_OUT)
data = data.select(~again)
notes += [f"Left out as copies of other images: {again.sum()}."] if again.any() else []
embeddings = clip.encode_images(data)
print(data)

# %% [markdown]
# ## 3 · Descriptors
#
# A list for each class: what does it *look* like? For the example we take the recorded ones, and add three lines of the kind that people and language models write.

# %%
if DESCRIPTORS is None and PHOTOS == OUT / "photos":
    example = clipnb.load_descriptors("fieldguide").select(names)
    usual = ["a loud song at dawn", "found in Europe and Asia", "no crest on its head"]
    example.edit(names[0], [*example[names[0]], *usual]).save(OUT / "descriptors.json")
    DESCRIPTORS = OUT / "descriptors.json"
elif DESCRIPTORS is None:
    DESCRIPTORS = {name: [name] for name in names}  # your classes, not described yet: the name stands in

described = (
    clipnb.DescriptorSet(DESCRIPTORS)
    if isinstance(DESCRIPTORS, dict)
    else clipnb.load_descriptors(DESCRIPTORS)
)
described = described.match(names)  # by name, never by position; an error names what is missing

# %% [markdown]
# `check_descriptors` drops what no picture can show and flags what CLIP cannot read.

# %%
mine = clipnb.check_descriptors(described)
mine.report[mine.report["action"] != "kept"].set_index("class")

# %% [markdown]
# A song and a home are gone; the negation stays, flagged, because only you know what you meant. Say "a smooth round head" instead. The rules know English, and so does CLIP: descriptors in other languages will not be read well.
#
# Or let a language model write them, as in notebook 04; one call a class.

# %%
LIVE = False  # True: one call a class to a language model, which may cost money

if LIVE and llm.can_ask():
    asked = clipnb.generate_descriptors(names, max_calls=len(names))
else:
    print("No language model was asked: these are the descriptors from above.")
    asked = mine

# %% [markdown]
# ## 4 · Classify, with controls
#
# Three ways to fill the table, and two to fill it wrongly on purpose (notebook 06). The controls are drawn five times.


# %%
def by_description(descriptors):
    return clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(descriptors, include_name=False))


methods = {
    "class name": clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names)),
    "name + description": clipnb.ZeroShotClassifier(  # in the template of the name
        clip, clipnb.descriptor_prompts(asked, template="a photo of a {}")
    ),
    "description alone": by_description(asked),
    "control: swapped": lambda seed: clipnb.swapped_prompts(asked, include_name=False, seed=seed),
    "control: random words": lambda seed: clipnb.random_prompts(asked, include_name=False, seed=seed),
}
results = clipnb.evaluate(clip, data, methods, seeds=5)

# %%
ax = plots.plot_evaluation(results)
guessing = ax.axvline(1 / len(names), color="black", ls=":", lw=1, label="blind guessing")
legend = ax.legend(handles=[guessing], frameon=False, loc="lower right")

# %% [markdown]
# Read it from below. **The controls** should lie at the dotted line or to the left of it (a description of *another* class points away from the true one); if one comes near the description, your words do not matter, whatever the accuracy. **The name**: if it does as well as the description, the model knows your classes, and what the description adds is reasons. If it does badly, the description has to carry the day.
#
# The same as numbers; `fixed` and `broken` are counted against the class name.

# %%
columns = ["n", "top1", "low", "high", "fixed", "broken", "p_holm"]
clipnb.readable(clipnb.summarize(results).loc["all", columns])

# %% [markdown]
# ## 5 · How sure can you be?
#
# Somebody has 20 photos, and 16 are right: 80 per cent. Wilson's interval, written out:


# %%
def interval(right, n, z=1.96):
    share, shrink = right / n, 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


assert np.allclose(interval(16, 20), wilson(16, 20), atol=1e-4)
for n in (20, 100, 400):
    low, high = interval(0.8 * n, n)
    print(f"{n:3d} photos, 80% right: {low:.0%} to {high:.0%}")

# %% [markdown]
# With 20 photos "80 per cent" means "somewhere between not quite 60 and just over 90": a coin is hardly excluded. How the interval shrinks, where it is widest (an accuracy of one half):

# %%
ax = plots.plot_interval_width(len(data))

# %% [markdown]
# Four times the photos halve the interval. For ± 5 points it takes about 380, for ± 10 about 90. A *class* with ten photos is known to ± 26 points at worst, however many photos the other classes have. A **paired** comparison of two methods is sharper, since both see the same photos; it counts only those on which they differ.

# %% [markdown]
# ## 6 · Mistakes, and their reasons
#
# Which mistakes was it surest of? Here are the reasons for the surest one, for the answer and for the truth. A bar is a phrase's cosine minus its mean over all photos: to the right of 0 the phrase fits this photo better than the others.

# %%
best = methods["description alone"]
prediction = best.predict(embeddings)
truth = np.array(names)[data.labels]
wrong = np.flatnonzero(np.array(prediction.labels) != truth)
sure = prediction.probabilities.max(1).values.numpy()
wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
print(f"{len(wrong)} mistakes; the surest: {data.sources[wrong[0]] if len(wrong) else 'none'}")

# %%
i = int(wrong[0]) if len(wrong) else 0
classes = list(dict.fromkeys([prediction.labels[i], truth[i]]))
left, right = plots.explain_image(data, prediction, i, classes)

# %% [markdown]
# Four questions to ask of each mistake. Is the **label** right? Is the thing **in the crop**? Which bar of the answer should not be long: is the phrase too **general** ("rounded head" fits most heads)? And which bar of the truth is short: does the phrase speak of what **this** photo shows? (Here the second question settles it: the bird of the panorama is not in the crop.)

# %% [markdown]
# And all of them, to open one by one. **Try:** press another number off the diagonal. **Look for** the longest blue bar among the reasons: whose phrase is it, and does the picture show what it says?

# %%
clipnb.widgets.browse_confusions(prediction, data)

# %% [markdown]
# One mistake is an anecdote. Which class is lost to which?

# %%
clipnb.readable(clipnb.per_class(best, data)[["n", "recall", "low", "high", "mistaken_for"]].head(6), 2)

# %% [markdown]
# ## 7 · Edit, and report honestly
#
# Whoever edits while looking at all the photos has a table that fits these photos. So choose on one half, report on the other, every class divided evenly.

# %%
rng = np.random.default_rng(0)
order = rng.permutation(len(data))
rank = pd.Series(0, index=order).groupby(data.labels[order]).cumcount().sort_index().to_numpy()
first = rank % 2 == 0
print(f"{first.sum()} images to choose by, {(~first).sum()} to report on")

# %% [markdown]
# The edit here is a mechanical one, so that it works for any photos: leave out one phrase of one class. There are as many such edits as phrases; take the one that does best on the first half.

# %%
edits = {"as it was": asked}
for name in names:
    for phrase in asked[name] if len(asked[name]) > 1 else []:
        edits[f"{name} without ‘{phrase}’"] = asked.edit(
            name, [other for other in asked[name] if other != phrase]
        )
hits = {
    what: np.array(by_description(edited).predict(embeddings).labels) == truth
    for what, edited in edits.items()
}
chosen = max(hits, key=lambda what: hits[what][first].mean())
print(f"{len(edits) - 1} edits tried; the best on the first half: {chosen}")

# %%
before, after = hits["as it was"], hits[chosen]
halves = {"half chosen by": first, "half reported on": ~first}
rows = {}
for half, which in halves.items():
    rows[half] = [before[which].mean(), after[which].mean(), *mcnemar(before[which], after[which])]
clipnb.readable(pd.DataFrame(rows, index=["before", "after", "fixed", "broken", "p"]).T)

# %% [markdown]
# The first row flatters, as a rule: we picked the best of many edits *by it*, so part of its gain is luck, and its `p` means nothing. (In the example both rows happen to say the same.)
#
# **The second row** is the one to report, with its `fixed`, `broken` and `p`. Here four pictures fixed and one broken are too few to be sure of a gain: that is what the p says. If your second row shows a gain beyond chance, keep the edit; if not, say that it is not shown, or collect more photos. (What follows goes on with the table as it was.)
#
# **If you then go on** editing by looking at the second half, you have used it up, and need new photos.

# %% [markdown]
# ## 8 · Photos without labels
#
# What it is all for: a flat folder of new photos. The example's has birds in unusual places, and one stranger that is no bird at all.

# %%
if INBOX is None:
    INBOX = OUT / "inbox"
    INBOX.mkdir(exist_ok=True)
    for k, image in enumerate(clipnb.load_fieldguide("shifted", kinds="bird", per_species=1).images):
        image.save(INBOX / f"new_{k:02d}.png")
    clipnb.load_fieldguide("test", kinds="mushroom", per_species=1).images[0].save(INBOX / "stranger.png")

inbox = clipnb.load_images(INBOX, class_names=names)
answers = best.predict(inbox)

# %% [markdown]
# Sorted by the probability of the answer, the surest first:

# %%
confidence = answers.probabilities.max(1).values
order = confidence.argsort(descending=True, stable=True).tolist()
ends = order if len(order) <= 14 else order[:7] + order[-7:]
titles = [f"{answers.labels[i]} {confidence[i]:.2f} ({inbox.sources[i]})" for i in ends]
axes = plots.show_images([inbox.images[i] for i in ends], titles, columns=5)

# %% [markdown]
# **Every picture gets an answer**, the stranger too: the probabilities add up to 1 over *your* classes, whatever the picture shows. Where does the stranger stand? If it is not at the very end, a threshold on the probability will not keep strangers out. Nor is a probability a rate of success; section 4's accuracy is, for pictures like those. Look at the least sure ones yourself, and at some of the sure ones.

# %% [markdown]
# ## 9 · The report
#
# One page with all of this: figures with intervals and controls, classes, confusions, pictures with their reasons (mistakes first), sentences, model and versions. It needs no network and runs no script, so it can be mailed, printed and kept.

# %%
page = clipnb.write_report(
    OUT / "report.html",
    data,
    methods,
    descriptors=asked,
    title="Our images, by description",
    notes=notes,
)
inbox_page = clipnb.write_report(
    OUT / "inbox.html", inbox, {"description alone": best}, descriptors=asked, title="New images"
)
print(page.name, inbox_page.name, sep="\n")

# %% [markdown]
# Open `my_report/report.html` in a browser. Beside it lies a table with a row per picture, for a spreadsheet or for pandas:

# %%
table = pd.read_csv(OUT / "report-predictions.csv")
assert len(table) == len(data) and (table["prediction"] == prediction.labels).all()
table[["file", "truth", "prediction", "runner_up"]].head(3)

# %% [markdown]
# The same without a notebook, in a terminal:
#
# ```text
# python -m clipnb.report photos/ --descriptors descriptors.json --out report.html
# ```
#
# `--model` names another CLIP, `--ask` has a language model write the descriptors, `--help` tells the rest.

# %% [markdown]
# ## 10 · What goes wrong with own photos
#
# | what | how it shows | what to do |
# | --- | --- | --- |
# | **domain**: X-rays, plans, drawings, night shots | everything near chance, all probabilities alike | a model trained on such pictures |
# | **crop**: the thing is at the edge, or tiny | section 2's right-hand picture | crop the photos first |
# | **copies** and bursts | pairs with cosines near 1 | one of each; never one in each half |
# | **background**: every cow on grass | right for the wrong bars | photos of the class elsewhere (notebook 09) |
# | **class names by position** | about chance, with a steady pattern | match by name, as `match` does |
#
# And four that lie in the words and the numbers:
#
# | what | how it shows | what to do |
# | --- | --- | --- |
# | **negations** ("no crest") | the bar is long where the crest is | say what *is* there |
# | **language** other than English | all bars alike | translate, or a multilingual model |
# | **unequal classes** | accuracy high, a small class never found | read the recall class by class |
# | **chosen by what it is judged by** | the next photos do worse | halves, or new photos |

# %% [markdown]
# ## Recap
#
# - Look at the pictures first: broken files, crops, copies.
# - Check the descriptors; match them by name.
# - Never a number without its control, its interval and the number of photos. Twenty photos give up to ± 20 points.
# - Choose on one half, report on the other.
# - Every picture gets an answer, strangers too; a probability is not a rate of success.
# - A report that shows its mistakes first can be trusted further than one that shows its successes.

# %% [markdown]
# ## Exercises
#
# **1 (predict).** You have 40 photos, and all 40 are right: 100 per cent. Where does Wilson's 95 % interval begin: at `1.00`, `0.99`, `0.91` or `0.75`? Say it before you compute.
#
# <details><summary>Hint</summary>
#
# Take `wilson(40, 40)`, or think: how large may the rate of mistakes be, so that forty photos in a row without one are still believable?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("13.1", answer)

# %% [markdown]
# **2 (write).** How many photos make the interval ± `half` wide, where it is widest (an accuracy of one half)? Write a function of `half`, such as 0.05, that returns the number.
#
# <details><summary>Hint</summary>
#
# At one half, Wilson's half width is z / (2 √(n + z²)). Solve for n.
#
# </details>

# %%
photos_needed = ...
_ = clipnb.checks.check_images_needed(photos_needed)

# %% [markdown]
# **3 (write).** Section 7 divides the photos so that two copies may end up in different halves. Write it better: a function of `labels` (n,), of `groups` (n,), where copies and bursts share a number, and of a `seed`. It returns (n,) bool, the first half: every class about half and half, every group whole.
#
# <details><summary>Hint</summary>
#
# Class by class: shuffle its groups, and fill the first half group by group until half of the images are in.
#
# </details>


# %%
divide = ...
_ = clipnb.checks.check_halves(divide)

# %% [markdown]
# **4 (open).** Your own report: ten photos or more of each of three things within reach, with descriptors that you wrote without looking at the results. Before you run it, write down which two classes will be confused and by which phrase. Were you right?
#
# <details><summary>Hint</summary>
#
# One folder per class, phrases for each, `clipnb.write_report` as in section 9; the answer is the path that it returns.
#
# </details>

# %%
my_report = ...
_ = clipnb.checks.check_report(my_report)

# %% [markdown]
# ## What's next
#
# You have come from pixels to a page that explains itself. From here: a real model on a GPU and public data sets are in *12, Run on a GPU*; spurious cues and concepts that the model never heard of in *09, Edit the criteria*. And your own photos: the more of them, the narrower the interval.
