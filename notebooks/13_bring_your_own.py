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
# **Does classification by description work on your own images, and how would you know?**
#
# **What you'll do.** Start from a folder of photos, your classes and your descriptors, and produce a report with reasons for every prediction.
#
# **What you'll learn.** What to check before you trust an accuracy; how many photos it needs; how to edit descriptors and report the result fairly.
#
# **What you'll need.** Notebooks 04 and 06. A folder of photos if you have one; otherwise images of the field guide are used. No network, no GPU, no key.
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
from PIL import Image

import clipnb
from clipnb import llm, plots
from clipnb.evaluation import mcnemar, wilson
from clipnb.support import own_folder

# %% [markdown]
# Change these lines. `PHOTOS` is a folder with **one folder per class**; the name of a folder is the name of its class. (On Colab or Binder, upload it first.) With `None`, the notebook creates a small example folder. Without `DESCRIPTORS` of your own, your class names take their place, and descriptions and names are the same.

# %%
PHOTOS = os.environ.get("CLIPNB_PHOTOS")  # or your folder, such as "C:/photos" or "~/photos"
# or a JSON file, or {"class": ["what it looks like", ...], ...}
DESCRIPTORS = os.environ.get("CLIPNB_DESCRIPTORS")
INBOX = os.environ.get("CLIPNB_INBOX")  # or a flat folder of photos without labels
MODEL = None  # or "openai/clip-vit-base-patch32", or a local folder; CLIPNB_MODEL does the same
OUT = own_folder("my_report")  # for the results; in your home folder if this one is read-only

clip = clipnb.load_clip(MODEL)

# %% [markdown]
# For photos, use a model that was trained on photos (notebook 12 says which ones load). The bundled CLIP was trained on drawings only, with captions and with attribute labels; it warns you if your images look like photos.

# %% [markdown]
# ## 1 · An example folder
#
# **What does the package need?** One folder per class. The example has ten images of each of twelve birds, of seen and held-out species.


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
# Real folders contain errors. The example gets three: a broken file, an image that was saved twice, and a panorama with the bird at its edge.

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
# **Is every file an image, and what does it show?** `load_images` says what it left out, and which images are in two classes. We keep this for the report. (If a table says what the photos show, give it as `labels="labels.csv"`.)

# %%
with warnings.catch_warnings(action="ignore"):  # data.summary says the same
    data = clipnb.load_images(PHOTOS)
notes = [str(data.summary)] if data.summary else []
names = data.class_names
assert len(names) >= 2, "Put your photos into one folder per class; at least two classes are needed."
print(data, *notes, sep="\n")

# %% [markdown]
# Open images that are very small or far from square.

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
# Sides are in pixels; the ratio is the longer side divided by the shorter one. If one class has most of the images, the accuracy is mostly about this class. Below is what the model receives of the image with the largest ratio. Most CLIPs scale the shorter side to the model's size and cut out the **centre**.

# %%
widest = data.images[int(looks["ratio"].argmax())]
processor = clip.image_processor
pixels = np.asarray(processor([widest], return_tensors="np")["pixel_values"][0]).transpose(1, 2, 0)
pixels = pixels * processor.image_std + processor.image_mean  # undo the normalisation: 0 … 1
received = Image.fromarray((255 * pixels).round().clip(0, 255).astype("uint8"))

# %%
axes = plots.show_images([widest, received], ["the image", "what CLIP receives"], columns=2, side=2)
for ax in axes.flat:
    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, color=plots.GREY))

# %% [markdown]
# In the example, the bird is not in the right-hand image. Crop such photos yourself.
#
# **Copies.** Two copies of a photo may differ in their bytes, but their embeddings are nearly the same. These are the three pairs with the highest cosine similarity.

# %%
embeddings = clip.encode_images(data)
similar = (embeddings @ embeddings.T).triu(1)
pairs = [divmod(int(k), len(data)) for k in similar.flatten().topk(3).indices]
images = [data.images[i] for pair in pairs for i in pair]
titles = [f"{data.sources[i]} ({similar[a, b]:.3f})" for a, b in pairs for i in (a, b)]
axes = plots.show_images(images, titles)

# %% [markdown]
# Is each pair one photo twice, a burst of one scene, or two similar images? The range of similarities depends on the model (notebook 01), so look at the pairs instead of setting a threshold. Copies count twice in every statistic, and section 7 needs independent halves. List the files to leave out:

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
# **What does each class look like?** Write four to eight features per class that a photo can show. The example takes recorded descriptors and adds three unsuitable ones.

# %%
if DESCRIPTORS is None and PHOTOS == OUT / "photos":
    example = clipnb.load_descriptors("fieldguide").select(names)
    usual = ["a loud song at dawn", "found in Europe and Asia", "no crest on its head"]
    example.edit(names[0], [*example[names[0]], *usual]).save(OUT / "descriptors.json")
    DESCRIPTORS = OUT / "descriptors.json"
elif DESCRIPTORS is None:
    DESCRIPTORS = {name: [name] for name in names}  # no descriptors yet: the names are used

described = (
    clipnb.DescriptorSet(DESCRIPTORS)
    if isinstance(DESCRIPTORS, dict)
    else clipnb.load_descriptors(DESCRIPTORS)
)
described = described.match(names)  # by name, never by position; an error names what is missing

# %% [markdown]
# `check_descriptors` drops what no image can show and flags what you should check (notebook 05). Its rules cover English only.

# %%
mine = clipnb.check_descriptors(described)
mine.report[mine.report["action"] != "kept"].set_index("class")

# %% [markdown]
# You decide what to write instead of the negation, such as "a smooth round head".
#
# A language model can write descriptors, too, with one call per class. Notebook 05 says how to set it up, and how to use a local one without a key.

# %%
LIVE = False  # True: one call per class to a language model, which may cost money

if LIVE and llm.can_ask():
    asked = clipnb.generate_descriptors(names, max_calls=len(names))
else:
    print("No language model was asked: these are the descriptors from above.")
    asked = mine

# %% [markdown]
# ## 4 · Classify, with controls
#
# **Are descriptions more accurate than names, and than a control?** We compare three ways to fill the table of prompts with two controls of five seeds each. *Swapped* gives each class the description of another one; *random words* puts noise in place of the descriptors (notebook 06).
#
# ![Seven ways to write the prompts of the class tree frog, descriptors with the name highlighted; the prompts are encoded, pooled and compared with the image, which gives a score.](diagrams/classifier-is-a-table-of-prompts-descriptors.svg)


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
for bar, method in zip(ax.patches, methods):
    bar.set_color(plots.GREY if method.startswith("control") else plots.BLUE)
guessing = ax.axvline(1 / len(names), color="black", ls=":", lw=1, label="chance")
legend = ax.legend(handles=[guessing], frameon=False, loc="lower right")
summary = clipnb.summarize(results).loc["all"]
controls = [method for method in methods if method.startswith("control")]
own, control = summary.loc["description alone", "top1"], summary.loc[controls, "top1"].max()
title = ax.set_title(
    f"The description reaches {own:.2f}, its best control {control:.2f} (n = {len(data)})", fontsize=11
)

# %% [markdown]
# **The controls** (grey) show what is reached without the content of your descriptors. If a control is nearly as accurate as the description, this content has not been shown to matter.
#
# **The name.** If it is as accurate as the description, the description adds reasons but no accuracy.
#
# Both comparisons need a paired test. In the first table, `fixed` and `broken` count images relative to the class name, in the second relative to the description; `p_holm` is McNemar's p after Holm's correction, the largest of the seeds (notebook 03).

# %%
columns = ["n", "top1", "low", "high", "fixed", "broken", "p_holm"]
clipnb.readable(summary[columns])

# %%
against = clipnb.evaluate(clip, data, methods, baseline="description alone", seeds=5)
clipnb.readable(clipnb.summarize(against).loc["all", columns])

# %% [markdown]
# ## 5 · How many images do you need?
#
# **16 of 20 photos are classified correctly. How precise is "80 %"?** Wilson's interval (notebook 03), by hand:


# %%
def interval(correct, n, z=1.96):
    share, shrink = correct / n, 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


assert np.allclose(interval(16, 20), wilson(16, 20), atol=1e-4)
for n in (20, 100, 400):
    low, high = interval(0.8 * n, n)
    print(f"{n:3d} photos, 80% correct: {low:.0%} to {high:.0%}")

# %% [markdown]
# The interval is widest at an accuracy of one half:

# %%
ax = plots.plot_interval_width(len(data))
title = ax.set_title("Four times as many images halve the interval", fontsize=11)

# %% [markdown]
# The same holds for each class: with ten photos of a *class*, its recall has an interval of up to ± 26 points, however many photos the other classes have.

# %% [markdown]
# ### Exercise: forty photos
#
# **1 (predict and run).** You have 40 photos, and all 40 predictions are correct. Where does Wilson's 95 % interval begin: at `1.00`, `0.99`, `0.91` or `0.75`? The cell below your answer computes it, once you have answered.
#
# <details><summary>Hint</summary>
#
# How high can the rate of mistakes be so that 40 photos without a mistake are still plausible?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("13.1", answer)

# %%
if answer is not ...:
    for n in (2, 40, 400):
        print(f"you said {answer} for 40; {n} of {n} correct: from {wilson(n, n)[0]:.2f} to 1.00")

# %% [markdown]
# ### Exercise: how many photos
#
# **2 (write).** How many photos give a 95 % interval of ± `half`, such as 0.05, at an accuracy of one half, where it is widest? Write a function of `half` that returns the number.
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
# ## 6 · Mistakes, and their reasons
#
# **Why was a prediction incorrect?** Take the mistake with the highest confidence. The contributions to the margin between predicted and true class are shown relative to their means over all photos (notebook 04).

# %%
best = methods["description alone"]
prediction = best.predict(embeddings)
truth = np.array(names)[data.labels]
mistakes = np.flatnonzero(np.array(prediction.labels) != truth)
confidence = prediction.probabilities.max(1).values.numpy()
mistakes = mistakes[np.argsort(-confidence[mistakes], kind="stable")]
first_one = data.sources[mistakes[0]] if len(mistakes) else "none"
print(f"mistakes: {len(mistakes)} of {len(data)}; the most confident: {first_one}")

# %%
i = int(mistakes[0]) if len(mistakes) else 0
classes = (prediction.labels[i], truth[i]) if len(mistakes) else None  # None: the two best
left, right = plots.explain_image(data, prediction, i, classes)

# %% [markdown]
# Ask four questions about each mistake:
#
# - Is the **label** correct?
# - Is the object **in the crop**? (In the example, look for the panorama.)
# - Does a long blue bar belong to a descriptor that is too **general**, such as a shape that several classes share?
# - Is there a blue bar with an open dot: a descriptor of the true class that fits **this** photo less than other photos?
#
# The widget shows all mistakes. **Try:** press a number off the diagonal. **Look for** the longest bar among the reasons: does the image show what the descriptor says?

# %%
clipnb.widgets.browse_confusions(prediction, data)

# %% [markdown]
# The table begins with the classes of the lowest recall.

# %%
clipnb.readable(clipnb.per_class(best, data)[["n", "recall", "low", "high", "mistaken_for"]].head(6), 2)

# %% [markdown]
# ### Exercise: robins and wrens
#
# **3 (find the error).** Somebody tests a classifier of robins and wrens on 50 photos and concludes that it tells them apart. Which step is flawed: the `interval`, the comparison with `chance` at 0.50, the number of `photos` or the order of the `labels`?

# %%
true_birds = np.array(["robin"] * 45 + ["wren"] * 5)
predicted_birds = np.array(["robin"] * 50)
low, high = wilson(int((true_birds == predicted_birds).sum()), 50)
print(f"accuracy {(true_birds == predicted_birds).mean():.2f} ({low:.2f} to {high:.2f}), n = 50;")
print("chance is 0.50 for two classes, so the classifier tells robins from wrens.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What is the recall of each class? Which accuracy would a classifier reach that always predicts the same class?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("13.3", flaw)

# %% [markdown]
# ## 7 · Edit, and test the edit
#
# **Does an edited description help on other photos?** Descriptors that were edited by looking at all photos may fit only these. So choose on one half and report on the other, with every class divided evenly.

# %%
rng = np.random.default_rng(0)
order = rng.permutation(len(data))
rank = pd.Series(0, index=order).groupby(data.labels[order]).cumcount().sort_index().to_numpy()
first = rank % 2 == 0
print(f"{first.sum()} images to choose by, {(~first).sum()} to report on")

# %% [markdown]
# The edit here is to leave out one descriptor of one class. We try every such edit and take the one with the highest accuracy on the first half.

# %%
edits = {"as it was": asked}
for name in names:
    for one in asked[name] if len(asked[name]) > 1 else []:
        rest = [other for other in asked[name] if other != one]
        edits[f"{name} without ‘{one}’"] = asked.edit(name, rest)
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
# **The first row is biased upwards**, and its `p` is not valid: the best of many edits was chosen on these images (notebook 10, section 4, measures this effect).
#
# **Report the second row**, with its `fixed`, `broken` and `p`. Without a significant gain, report that none was shown, or collect more photos. If you edit again after looking at the second half, you need new photos for the next report. (The cells below use the descriptors without the edit.)

# %% [markdown]
# ### Exercise: two halves
#
# **4 (write).** Section 7 divides the photos so that two copies may end up in different halves. Write a better division: a function of `labels` (n,), of `groups` (n,), where copies and bursts share a number, and of a `seed`. It returns (n,) bool, true for the first half: about half of every class, and no group divided.
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
# ## 8 · Photos without labels
#
# **Which classes do new photos belong to?** `INBOX` is a folder of photos without subfolders. The example has birds in unusual habitats, and one image that shows no bird: the tree frog. (With `PHOTOS` of your own but no `INBOX`, the second half of section 7 takes its place.)

# %%
if INBOX is None and PHOTOS == OUT / "photos":
    INBOX = OUT / "inbox"
    INBOX.mkdir(exist_ok=True)
    for k, image in enumerate(clipnb.load_fieldguide("shifted", kinds="bird", per_species=1).images):
        image.save(INBOX / f"new_{k:02d}.png")
    frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    frogs.of_class("tree frog").images[0].save(INBOX / "no bird.png")

# %%
inbox = clipnb.load_images(INBOX, class_names=names) if INBOX else data.select(~first)
answers = best.predict(inbox)

# %% [markdown]
# Sorted by confidence, the probability of the predicted class:

# %%
new_confidence = answers.probabilities.max(1).values
order = new_confidence.argsort(descending=True, stable=True).tolist()
ends = order if len(order) <= 14 else order[:7] + order[-7:]
titles = [f"{answers.labels[i]} {new_confidence[i]:.2f} ({inbox.sources[i]})" for i in ends]
axes = plots.show_images([inbox.images[i] for i in ends], titles, columns=5)

# %% [markdown]
# **Every image gets a class**: the probabilities add up to 1 over *your* classes, whatever the image shows. Where is the image without a bird? If it is not at the very end, a threshold on the confidence that rejects it also rejects birds. `clipnb.calibrate_rejection` sets a threshold on other images of your classes (notebook 03).
#
# A probability is not an accuracy, and the accuracy of section 4 applies only to photos like those tested there.

# %% [markdown]
# **Keep what was computed.** `save_embeddings` writes the embeddings with file names and classes. Later they take the place of the images.

# %%
stored = clipnb.save_embeddings(inbox, OUT / "inbox.npz", clip)
again = clipnb.load_embeddings(stored, clip)
assert best.predict(again).labels == answers.labels
print(f"{again}: the same predictions from {stored.name}")

# %% [markdown]
# **Hand the predictions on.** `export_predictions` writes them with their reasons, as a table or for FiftyOne and Label Studio, where somebody can correct the labels. A row of the table is one reason of one image.

# %%
table = clipnb.export_predictions(answers, inbox, OUT / "inbox.csv")
clipnb.export_predictions(answers, inbox, OUT / "inbox.json", format="label-studio")
columns = ["source", "prediction", "probability", "prompt", "cosine"]
pd.read_csv(table)[columns].head(3).round(2)

# %% [markdown]
# ## 9 · The report
#
# **How do you share the result?** `write_report` writes one page: accuracy with intervals and controls, classes, confusions, images with their reasons (mistakes first), prompts, model and versions. The page needs no network and runs no script.

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
# Open `my_report/report.html` in a browser. The folder also has a table with one row per image:

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
# `--model` names another CLIP, `--ask` lets a language model write the descriptors, `--shots` adds a few-shot method (notebook 10), and `--help` lists all options.

# %% [markdown]
# ## 10 · What else can go wrong
#
# | what | how it may show | what to do |
# | --- | --- | --- |
# | **domain**: X-rays, plans, night shots | accuracy near chance | use a model trained on such images |
# | **background**: every cow on grass | lower accuracy where the background differs | test photos of the class elsewhere (notebook 09) |
# | **class names by position** | accuracy near chance, the same confusions in all photos of a class | match by name, as `match` does |
# | **negations** ("no crest") | the descriptor counts for photos with a crest | say what *is* there |
# | **language** other than English | descriptions no better than their control | translate, or use a multilingual model |
# | **unequal classes** | high accuracy, a small class never predicted | read the recall of every class |

# %% [markdown]
# ## The answer
#
# **Classification by description works on your images if it is significantly more accurate than its controls, on photos that were used for no choice, and if the lower end of its interval is high enough for your purpose.** Compare it with the names as well: with equal accuracy, you still have the reasons.

# %%
for method in ("class name", "description alone", *controls):
    top1, low, high = summary.loc[method, ["top1", "low", "high"]]
    print(f"{method:22s} {top1:.2f} ({low:.2f} to {high:.2f}), n = {len(data)}")

# %% [markdown]
# ## Recap
#
# - Look at the images first: broken files, crops, copies.
# - Check the descriptors; match classes by name.
# - Report an accuracy with its control, its interval and the number of photos.
# - Choose on one half, report on the other.
# - Every image gets a class, whatever it shows.

# %% [markdown]
# ### Exercise: your own report (capstone)
#
# **5 (open).** Take ten or more photos of each of three things around you, and write descriptors before you see any result. Before you run it, write down which two classes will be confused, and by which descriptor. Compare your prediction with the report.
#
# <details><summary>Hint</summary>
#
# One folder per class, descriptors for each, `clipnb.write_report` as in section 9; the answer is the path that it returns.
#
# </details>

# %%
my_report = ...
_ = clipnb.checks.check_report(my_report)

# %% [markdown]
# ## What's next
#
# A real model on a GPU and public data sets are in *12, Run on a GPU*; spurious cues and concepts without a known name are in *09, Edit the criteria*.
