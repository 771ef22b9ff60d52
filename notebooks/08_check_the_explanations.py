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
# # 08 · Check the explanations
#
# **An explanation says "because of the orange eyes". Did the model use the eyes?** The field guide can draw the same image without the eyes, so here such an explanation can be checked.
#
# **What you'll do.** Remove parts and measure how far the similarity drops. Then compare heatmaps and descriptors with these drops, with published protocols and with controls.
#
# **What you'll learn.** Whether an explanation follows the *model* (faithfulness) and whether it points at the *part that the text names* (localisation) are two questions. Each has its own tests.
#
# **What you'll need.** Heatmaps and Shapley values (notebook 07), 95 % intervals (notebook 03). No network, no GPU, no key.
#
# **Time.** 40 minutes to read and try; it runs in about a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/08_check_the_explanations.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/08_check_the_explanations.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.patches import Rectangle
from PIL import Image
from scipy.stats import spearmanr
from torch.nn.functional import normalize

import clipnb
from clipnb import plots
from clipnb.evaluation import bootstrap
from clipnb.explain import METHOD_TITLES, faithfulness, part_evidence
from clipnb.fieldguide import edits

clip = clipnb.load_clip(device="cpu")
data = clipnb.load_fieldguide("test", per_species=1)
print(clip, data, sep="\n")

# %% [markdown]
# ## 1 · Remove a part
#
# **Does the similarity with "orange eyes" depend on the eyes?** We draw the tree frog again, each time without one of its parts. Nothing is painted over: what was behind the part becomes visible.

# %%
frog = data.of_class("tree frog")
parts = edits.named_parts(frog.scenes[0], size=224)
gone = [part.gone for part in parts]
titles = ["as drawn", *(f"without {part.noun}" for part in parts)]
axes = plots.show_images([frog.images[0], *gone], titles)

# %% [markdown]
# Each part has a short true text, made from the species' attributes. It names one part and its colour, so we know which part it *should* depend on.

# %%
texts = [part.phrase for part in parts]
whole, *without = clip.encode_images([frog.images[0], *gone])
embedded = clip.encode_texts(texts)
drops = torch.stack([embedded @ (whole - one) for one in without], dim=1)  # texts × parts

# %%
columns = [f"without {part.noun}" for part in parts]
ax = plots.plot_similarity(drops, texts, columns, "drop of the cosine", differences=True)
for k in range(len(texts)):  # a frame around each text's own part
    ax.add_patch(Rectangle((k, k), 1, 1, fill=False, lw=2))
_ = ax.set_title("How far each text's cosine drops when a part is removed (tree frog)", fontsize=11)

# %% [markdown]
# If every text depended on its own part alone, only the framed cells would differ from 0. A negative value means that the cosine is *higher* without the part. The package makes the same table for any image of the field guide. It adds what sections 5 and 6 need: false texts with another colour, another habitat, and an extra figure in the background.

# %%
case = faithfulness.examine(clip, frog)[0]
assert case.texts[: len(texts)] == texts
assert np.allclose(case.drops[: len(texts)], drops, atol=1e-4)
own = (drops.argmax(1) == torch.arange(len(texts))).sum().item()
print(f"{own} of {len(texts)} texts drop most without their own part")
print(f"false texts: {case.texts[len(texts) :]}")

# %% [markdown]
# This test removes *one* part; the others stay. If the cosine does not drop, can another part have replaced it? Shapley values include such cases (notebook 07, section 6).

# %% [markdown]
# ## 2 · Do texts depend on the parts they name?
#
# **Is the frog typical?** We take one image of every fourth species and remove one part at a time. Does the text about this part lose more than the mean of the texts about the other parts? Guess for which share of the parts it does. Chance is 0.5.

# %%
guess_own = ...  # between 0 and 1

# %%
cases = faithfulness.examine(clip, data.select(range(0, len(data), 4)))
found = part_evidence.part_evidence(cases)
print(f"{len(cases)} images, {len(found)} parts")
more = found["drop"] > found["others"]
shares = {
    "the text about the part loses": found["drop"] > 0,
    "texts about other parts lose, on average": found["others"] > 0,
    "the first loses more than the second": more,
}

# %%
for what, hits in shares.items():
    low, high = bootstrap(hits.to_numpy(), found["image"])  # whole images are drawn
    print(f"{what:42s}{hits.mean():.2f} ({low:.2f} to {high:.2f})")
print("last share:", "significantly above 0.5" if low > 0.5 else "not significantly above 0.5")

# %% [markdown]
# The numbers in parentheses are 95 % intervals; whole images are drawn, because the parts of one image are not independent.
#
# A second test starts from a field mark, such as a red crest. We draw species *with* the mark and the same species with another mark in its place. The **AUC** (area under the ROC curve) is the probability that an image with the mark has a higher cosine with its text than an image without. It is 1 if the cosine always separates the two and 0.5 if it does not separate them.

# %%
marks = part_evidence.attribute_auc(clip, per_kind=3, images=6, size=112).sort_values("auc")
chance = (marks["low"] <= 0.5) & (marks["high"] >= 0.5)
print(f"mean AUC of {len(marks)} marks: {marks['auc'].mean():.2f}")
print(f"95 % interval includes 0.5: {chance.sum()} of {len(marks)} marks")
marks.iloc[[0, 1, 2, -3, -2, -1]][["kind", "text", "auc", "low", "high"]].round(2)

# %% [markdown]
# The table shows the three lowest and the three highest. These are measures of the model; no explanation is involved yet. If the interval includes 0.5, we have no evidence that the cosine depends on the mark. Then a high cosine with a descriptor about the mark does not show that the mark is there.

# %% [markdown]
# ## 3 · Deletion and insertion
#
# **Does the similarity fall early if we first cover the patches that a map marks as important?** This is *deletion*. *Insertion* uncovers the patches of a plain image in the same order, and the similarity should rise early (Petsiuk et al. 2018).
#
# There are two controls: a random order, and the mask of the figure. The mask knows where the figure is, and nothing about the model or the text.
#
# ![Parts of an image are covered one after another, and the score is plotted: in the order of the explanation it falls at once, in a random order, the control, slowly.](diagrams/faithfulness-by-deletion.svg)

# %%
options = {"integrated_gradients": {"steps": 8}}
methods = ["gradient_attention", "integrated_gradients", "grad_cam", "gradient", "random"]
true_texts = [case.texts[: len(case.parts)] for case in cases]
maps = {
    method: [
        clipnb.heatmap(clip, case.image, own, method, **options.get(method, {}))
        for case, own in zip(cases, true_texts)
    ]
    for method in methods
}
orders = {**maps, "figure": [[case.figure] for case in cases]}  # the second control

# %% [markdown]
# The score is the mean cosine with the true texts of the image. The map is the mean of their maps.

# %%
vision = clip.model.config.vision_config
size, n = vision.image_size, vision.image_size // vision.patch_size
row = torch.arange(size) // vision.patch_size
patch = row[:, None] * n + row  # (size, size): the patch in which each pixel lies
levels = torch.linspace(0, n * n, 9).long()  # numbers of patches to cover


def ranks(heatmap):  # 0 is the patch with the largest value
    cells = Image.fromarray(heatmap.astype("float32")).resize((n, n), Image.Resampling.BOX)
    return torch.from_numpy(np.argsort(np.argsort(-np.asarray(cells).ravel())))


# %%
@torch.no_grad()
def curve(image, texts, heatmap, insert=False):
    pixels = clip.image_processor(images=[image], return_tensors="pt")["pixel_values"]
    first = ranks(heatmap)[patch][None] < levels[:, None, None]
    keep = (first if insert else ~first)[:, None]
    images = torch.where(keep, pixels, pixels.mean((2, 3), keepdim=True))
    features = clip.model.get_image_features(pixel_values=images).pooler_output
    return (normalize(features, dim=-1) @ clip.encode_texts(texts).mean(0)).numpy()


def curves(method, insert=False):
    triples = zip(cases, true_texts, orders[method])
    return np.stack([curve(case.image, own, np.mean(f, 0), insert) for case, own, f in triples])


# %%
deletion = {method: curves(method) for method in orders}
insertion = {method: curves(method, insert=True) for method in orders}

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True, layout="constrained")
colours = dict(zip(methods, (plots.BLUE, plots.GREEN, plots.ORANGE, plots.VERMILION, plots.GREY)))
lines = {**dict.fromkeys(methods, "-"), "figure": "--"}
controls = {"random": "control: random order", "figure": "control: mask of the figure"}
for ax, (what, found) in zip(axes, {"covered": deletion, "uncovered": insertion}.items()):
    for method, line in lines.items():
        colour, label = colours.get(method, plots.GREY), controls.get(method) or METHOD_TITLES[method]
        ax.plot(levels / (n * n), found[method].mean(0), line, color=colour, label=label)
    ax.set_xlabel(f"share of the patches {what}")
axes[0].set(ylabel=f"mean cosine, n = {len(cases)} images", title="Deletion: lower is better")
axes[1].set(title="Insertion: higher is better")
_ = axes[1].legend(frameon=False, bbox_to_anchor=(1, 1), loc="upper left")

# %% [markdown]
# One number per image: the mean of its curve, minus that of a control, with the sign chosen so that positive is better.

# %%
gains, better = {}, []
for method in methods[:-1]:
    for what, found, good in (("deletion", deletion, -1), ("insertion", insertion, 1)):
        row, lows = {}, []
        for control in ("random", "figure"):
            gain = good * (found[method] - found[control]).mean(1)
            low, high = bootstrap(gain)  # 95 %, over images
            row[f"gain over {control}"] = f"{gain.mean():+z.3f} ({low:z.3f} to {high:z.3f})"
            lows.append(round(low, 3))
        gains[method, what] = row
        if min(lows) > 0:
            better.append((method, what))
pd.DataFrame(gains).T

# %% [markdown]
# A gain over *random* alone can come from finding the figure. A gain over *figure* shows more: the order within the figure follows the model, too. No training image has covered patches; section 6 removes parts by drawing instead.

# %% [markdown]
# ## 4 · The pointing game
#
# **Does the map point at the part that the text names?** A map is a hit if its largest value lies on the named part (Zhang et al. 2016). The control is the map of *another* true text of the same image. If it hits this part as often, the maps do not follow the text. Guess the share of hits of `gradient_attention` first.

# %%
guess_hits = ...  # between 0 and 1

# %%
hits = []
for method in methods:
    for number, (case, found) in enumerate(zip(cases, maps[method])):
        peaks = [np.unravel_index(one.argmax(), one.shape) for one in found]
        for p, part in enumerate(case.parts):
            own, other = part.mask[peaks[p]], part.mask[peaks[p - 1]]
            hits.append((method, number, float(own), float(other), part.mask.mean()))
game = pd.DataFrame(hits, columns=["method", "image", "own text", "another text", "chance"])
game_means = game.groupby("method", sort=False)[["own text", "another text", "chance"]].mean()
game_means.round(2)

# %% [markdown]
# *Chance* is the area of the part as a share of the image. The texts of one image are not independent, so we first take the mean difference within each image. The 95 % interval is over images.

# %%
game["gain"] = game["own text"] - game["another text"]
for method, one in game.groupby("method", sort=False):
    per_image = one.groupby("image")["gain"].mean().to_numpy()
    low, high = bootstrap(per_image)
    follows = "follows the text" if low > 0 else "not significant"
    print(f"{method:22s}{per_image.mean():+.2f} ({low:z.2f} to {high:z.2f})  {follows}")

# %% [markdown]
# A miss has two possible explanations. The map may be unfaithful. Or it is faithful, and the similarity does not depend on the named part (section 2). The pointing game cannot distinguish the two.

# %% [markdown]
# ### Exercise: a hit
#
# **1 (write).** Write the pointing game: a function of `heatmaps` (n, height, width) and `masks` (n, height, width, true where the named part is). It returns the share of heatmaps whose highest pixel lies in the mask of the same number.
#
# <details><summary>Hint</summary>
#
# `argmax` of a flattened heatmap is one number; `np.unravel_index` makes row and column of it.
#
# </details>


# %%
pointing_share = ...
_ = clipnb.checks.check_pointing(pointing_share)

# %% [markdown]
# ## 5 · Protocols with ground truth
#
# **Which measures can distinguish the two?** Those that compare a map with what the model *does* when a part is removed. FunnyBirds (Hesse et al. 2023), a data set of rendered birds with removable parts, defines such protocols. Three of ours follow them, with changes: single deletion, target sensitivity and distractibility.
#
# | measure | question | about |
# | --- | --- | --- |
# | single deletion | does the score drop further for parts that have more of the map? (rank correlation) | the model |
# | target sensitivity | does the map move to the part that the text names? (chance 0.5) | the model |
# | pointing game, mass in mask | is the strongest pixel on the named part? which share of the map is? (mass: Arras et al. 2022) | the part |
# | on the figure, distractibility | which share of the map is on the figure? does the map avoid an extra figure that the model ignores? | the image |
#
# For a map, the importance of a part is the sum over its mask (for a constant map, the area of the part). For texts (*descriptors* in the figure below), it is the cosine of the text about the part, raw or minus its mean over the images. Here is single deletion for one image and gradient × attention:

# %%
number = next(i for i, case in enumerate(cases) if len(case.parts) > 3)
case, count = cases[number], len(cases[number].parts)
found = maps["gradient_attention"][number].mean(0)
importance = [found[part.mask].sum() for part in case.parts]
lost = case.drops[:count].mean(0)  # by the mean of the true texts
print(f"{count} parts, rank correlation {spearmanr(importance, lost).statistic:.2f}")

# %% [markdown]
# The **floors** are a constant map, noise, and maps of a network with random weights. The **ceilings** are the exact mask of the named part, and *deletion*: for each text, the measured drops, drawn on the masks of the parts.

# %% [markdown]
# ### Exercise: a constant map
#
# **2 (predict).** A map that is the same everywhere, for every text: what target sensitivity will it get, `0`, `0.5` or `1`? Section 6 shows your answer next to the result.
#
# <details><summary>Hint</summary>
#
# Two texts, two parts: does the importance of a part change between the texts? A tie counts half.
#
# </details>

# %%
constant_map = ...
_ = clipnb.checks.check_choice("08.2", constant_map)

# %% [markdown]
# ### Exercise: single deletion
#
# **3 (write).** Write single deletion for one image: a function of `before` (the score of the image), `after` (an array: the scores without each part) and `importance` (an array). It returns Spearman's rank correlation of the importance with the drop of the score. (`spearmanr(…).statistic` computes it.)
#
# <details><summary>Hint</summary>
#
# A part matters if the score *drops* without it. What has to be ranked, and in which direction?
#
# </details>


# %%
single_deletion = ...
_ = clipnb.checks.check_single_deletion(single_deletion)

# %% [markdown]
# ## 6 · What the protocols say
#
# **Which explanations are above the floor?**

# %%
untrained = faithfulness.random_weights(clip)
table = clipnb.measure_faithfulness(
    clip,
    data,
    {
        **faithfulness.QUICK,
        "integrated gradients": faithfulness.heatmap_method(clip, "integrated_gradients", steps=4),
        "random weights": faithfulness.heatmap_method(untrained, "gradient_attention"),
    },
    cases=cases,
)
values = table.pivot(index="method", columns="measure", values="value")

# %%
ax = plots.plot_faithfulness(table)
_ = ax.set_title(f"Explanations against floor and ceiling, {len(cases)} images", fontsize=11, pad=34)

# %% [markdown]
# Below each value is its 95 % interval over images. "Random weights" is gradient × attention in an untrained network. Which explanations are significantly above the constant map?

# %%
above = faithfulness.above_floor(table)
for measure in faithfulness.MEASURES:
    names = [name for name in above.index[above[measure]] if not name.startswith("ceiling")]
    print(f"{measure}: {', '.join(names) or 'none'}")

# %%
answer_given = "no answer recorded" if constant_map is ... else f"your answer: {constant_map}"
print(f"constant map, target sensitivity {values['target sensitivity']['constant']:.2f} ({answer_given})")
pointing = values["pointing game"]
print(
    f"pointing game: best map {pointing[~pointing.index.str.startswith('ceiling')].max():.2f}", end=", "
)
print(f"ceiling by deletion {pointing['ceiling: deletion']:.2f}, by mask {pointing['ceiling: mask']:.2f}")
single = values["single deletion"]
print(f"single deletion: the exact mask {single['ceiling: mask']:z.2f}, deletion itself 1")

# %% [markdown]
# **Ceilings first.** *Deletion* is by definition what the model does. If its value in the pointing game is below 1, even a map that is perfectly faithful in this sense does not always point at the named part. The *mask* always points at the named part. If its value in single deletion is below 1, pointing at the part is not enough to be faithful. If both hold, faithfulness and localisation differ, and both should be reported.
#
# **Descriptors** have no location in the image: we told the measure which part each text names. Single deletion asks whether the cosine drops further for parts whose texts have a higher cosine.
#
# **Random weights** have learnt nothing. If they are above the constant map, a high value of that measure is no evidence of learning.

# %% [markdown]
# ## 7 · Does the map depend on what was learnt?
#
# **Would an untrained network give the same map?** Adebayo et al. (2018) propose this sanity check: replace the weights by random ones. If the map stays the same, it does not explain what the network has learnt. We correlate the two maps for every second image, each time with new random weights.

# %%
rows = []
for number, case in enumerate(cases[::2]):
    other = faithfulness.random_weights(clip, seed=number)
    for method in ("gradient_attention", "grad_cam", "gradient"):
        pair = maps[method][2 * number][0], clipnb.heatmap(other, case.image, case.texts[0], method)
        a, b = (one[::8, ::8].ravel() for one in pair)
        rows.append((method, np.corrcoef(a, b)[0, 1] if np.ptp(a) * np.ptp(b) else 0.0))
check = pd.DataFrame(rows, columns=["method", "correlation"])

# %%
by_method = check.groupby("method", sort=False)["correlation"]
by_method.agg(["count", "mean", "min", "max"]).round(2)

# %% [markdown]
# A mean near 0 says that, over these images, the maps change with the weights. The minimum and the maximum show how far a *single* image can deviate, so one map is no evidence. (A constant map counts as 0.)

# %% [markdown]
# ### Exercise: on the figure
#
# **4 (find the error).** Somebody wants to show that the gradient explains what the model has learnt, and runs the next cell. What does the conclusion need first: more `images`, a `control`, a finer `mask`, or another `mean` (the median)?

# %%
on_figure = [found[0][case.figure].sum() / found[0].sum() for found, case in zip(maps["gradient"], cases)]
print(f"On average {np.mean(on_figure):.0%} of the gradient lies on the figure,")
print("so it shows what the model has learnt to look at.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which share would a constant map have on the figure? And the gradient of `untrained`?
#
# </details>

# %%
missing = ...
_ = clipnb.checks.check_choice("08.4", missing)

# %% [markdown]
# ## 8 · The answer
#
# **Did the model use the part that the explanation names?** These results are about the bundled CLIP, which was trained on drawings (notebook 02).

# %%
maps_only = [name for name in faithfulness.QUICK if name not in ("constant", "random")]
maps_only += ["integrated gradients"]
for measure, what in {
    "single deletion": "follow the drop when a part is removed",
    "target sensitivity": "move to the part that the text names",
    "pointing game": "point at the named part",
}.items():
    good = [name for name in maps_only if above[measure][name]]
    print(f"Maps that {what}, more than a constant map: {', '.join(good) or 'none'}.")
covered = [f"{method} ({what})" for method, what in better]
print(f"Better than both controls of section 3: {', '.join(covered) or 'none'}.")

# %% [markdown]
# Which statements do the tests allow?
#
# - **"The descriptor contributed this much to the margin."** Always: it is a computation.
# - **"The map points at the named part."** If maps of this method hit the named part significantly more often than maps of another text do.
# - **"The similarity depends on the part."** Only after a test in which the part was removed. If nothing changed, did another part replace it?

# %%
clipnb.checks.compare_guesses(
    {
        "share of parts whose own text loses more": (guess_own, more.mean()),
        "hits of gradient_attention": (guess_hits, game_means.loc["gradient_attention", "own text"]),
    }
)

# %% [markdown]
# ### Exercise: another kind
#
# **5 (open).** Repeat section 4 for one kind only, with `clipnb.load_fieldguide("test", kinds="frog", per_species=2)` or with `kinds="beetle"`, which has the pair from the long tail, Colorado potato beetle and rose chafer. Keep the control with another text. How many images does it take until the standard error of the gain is below 0.05?
#
# <details><summary>Hint</summary>
#
# A standard error is s / √n: to halve it takes four times as many images.
#
# </details>

# %% [markdown]
# ## Recap
#
# - Faithfulness (does it follow the model?) and localisation (does it point at the named part?) are two questions. They need two tests.
# - Controls: for deletion and insertion a random order and the mask of the figure; for the pointing game the map of another text.
# - Report every measure with its floor and its ceiling.
# - A map that explains the model must change when the weights or the text change.
# - A cosine does not say which part it depends on. That has to be measured by removing parts.

# %% [markdown]
# ## What's next
#
# *09, Edit the criteria*, uses explanations: it finds a spurious cue in the contributions of descriptors, removes it, and counts the images that are fixed and broken.
