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
# # 07 · Explain a network
#
# **Why does a classifier prefer "tree frog" to "tailed frog" for an image?** Descriptors give one answer; methods that look at the pixels give others.
#
# **What you'll do.** Explain one number by descriptors, occlusion, integrated gradients and Shapley values (SHAP), first in torch, then with a library.
#
# **What you'll learn.** What each method measures, whether its numbers add up, what it costs, and which choices have to be reported with it.
#
# **What you'll need.** Gradients (`autograd`), cosine similarity, contributions of descriptors (notebook 04). No network, no GPU, no key.
#
# **Time.** 45 minutes to read and try; it runs in about a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/07_explain_a_network.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/07_explain_a_network.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import textwrap
from itertools import product
from math import comb

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from PIL import Image
from scipy.stats import spearmanr
from torch.nn.functional import normalize

import clipnb
from clipnb import plots
from clipnb.evaluation import bootstrap
from clipnb.explain import METHOD_TITLES

clip = clipnb.load_clip(device="cpu")  # one image needs no GPU
frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
descriptors = clipnb.load_descriptors("fieldguide").select(frogs.class_names)
print(clip, frogs, sep="\n")

# %% [markdown]
# ## 1 · The number to explain
#
# **What exactly do we explain?** No training caption has the name of either of the article's two frogs (`name_frequency` is 0), so we classify by descriptors alone.

# %%
this, that = "tree frog", "tailed frog"
chosen = 2 * frogs.class_names.index(this)  # two images of each species
image = frogs.images[chosen]
counts = np.asarray(frogs.name_frequency)
assert not any(counts[frogs.class_names.index(name)] for name in (this, that))
pixels = clip.image_processor(images=[image], return_tensors="pt")["pixel_values"]
ax = plots.show_image(image, f"true class: {this}")

# %% [markdown]
# The score of a class is the mean cosine similarity of the image with its descriptors (notebook 04). So the **margin** of two classes is a weighted sum of cosines. The weight is 1/k for each of the k descriptors of *tree frog* and −1/l for each of the l descriptors of *tailed frog*. It is the dot product of the image embedding with one vector, `direction`.

# %%
k, l = len(descriptors[this]), len(descriptors[that])
texts = descriptors[this] + descriptors[that]
u = clip.encode_texts(texts).clone()  # a copy, which autograd may use
weights = torch.tensor([1 / k] * k + [-1 / l] * l)
direction = weights @ u


def margin(pixels):
    features = clip.model.get_image_features(pixel_values=pixels).pooler_output
    return normalize(features, dim=-1) @ direction


# %% [markdown]
# The package's classifier gives the same number. We explain this margin; sections 7 to 9 explain the cosine with one text.

# %%
table = clipnb.descriptor_prompts(descriptors, include_name=False)
prediction = clipnb.ZeroShotClassifier(clip, table).predict(frogs)
scores = dict(zip(frogs.class_names, prediction.scores[chosen].tolist()))
with torch.no_grad():
    here = margin(pixels).item()
assert abs(here - (scores[this] - scores[that])) < 1e-4
print(f"margin {here:+.3f}: of these two, the classifier prefers the {this if here > 0 else that}")

# %% [markdown]
# ## 2 · By descriptors
#
# **Which descriptors contributed to the margin?** Each contributes its weight times its cosine. The contributions add up to the margin by definition.

# %%
cosines = u @ clip.encode_images(image)[0]
parts = (weights * cosines).tolist()
reasons = clipnb.contributions(prediction, chosen, (this, that), reference=frogs)
assert abs(sum(parts) - here) < 1e-4
assert np.allclose(sorted(parts), sorted(reasons["contribution"]), atol=1e-4)

# %% [markdown]
# The figure shows **centred** contributions: from each cosine we subtract its mean over the 22 images of frogs. They lead from the mean margin (first bar) to that of this image (last bar).

# %%
ax = plots.plot_contributions(prediction, chosen, (this, that), reference=frogs, true_class=this)

# %%
print(textwrap.fill(clipnb.because(prediction, chosen, (this, that), reference=frogs), 90))

# %% [markdown]
# A descriptor of the tree frog counts for *tree frog* if its cosine is higher for this image than on average; a descriptor of the tailed frog does so if its cosine is lower. They do not say *where* the evidence is, nor whether the cosine with "large protruding eyes" depends on the eyes.

# %% [markdown]
# ### Exercise: contributions
#
# **1 (write).** Write contributions: a function of two NumPy arrays, the cosines of `this` class's descriptors and those of `that` class's. It returns one array: first what each descriptor of `this` adds to the margin, then those of `that`.
#
# <details><summary>Hint</summary>
#
# The margin is mean(this) − mean(that). What does one cosine add to a mean, and with which sign? You may count all cosines from 0 or from one common point; both add up.
#
# </details>


# %%
margin_shares = ...
_ = clipnb.checks.check_margin_shares(margin_shares)

# %% [markdown]
# ## 3 · Occlusion
#
# **How far does the margin drop if a region is covered?** Occlusion takes the drop as the importance of the region (Zeiler & Fergus 2014).
#
# ![An image with nothing covered, with the eyes covered and with a corner covered, and the similarity of each as a bar; covering the eyes makes it drop.](diagrams/occlusion.svg)
#
# Our regions are the patches that the model reads. `worth` keeps some pixels, paints the others in the mean colour of the image, and returns the margin.

# %%
vision = clip.model.config.vision_config
size, n = vision.image_size, vision.image_size // vision.patch_size
row = torch.arange(size) // vision.patch_size
patch = row[:, None] * n + row  # (size, size): the patch in which each pixel lies
mean_colour = pixels.mean((2, 3), keepdim=True)


@torch.no_grad()
def worth(keep):  # (k, size, size) bool → the k margins
    return margin(torch.where(keep[:, None], pixels, mean_colour))


# %%
empty, full = worth(torch.stack([patch < 0, patch >= 0])).tolist()
drops = full - worth(torch.stack([patch != number for number in range(n * n)]))
occlusion = drops[patch]
print(f"sum of the {n * n} drops:     {drops.sum():+.3f}")
print(f"image minus plain colour: {full - empty:+.3f}")

# %%
small = image.resize((size, size))  # as the model sees it
ax = plots.show_heatmap(
    small, occlusion, f"drop of the margin, by patch\n(blue: for {this}, the true class)"
)

# %% [markdown]
# Covering a blue patch lowers the margin; covering an orange one raises it. The two printed numbers need not be equal: drops do not add up in general.

# %% [markdown]
# ## 4 · The gradient
#
# **How much does the margin change if a pixel changes a little?** The gradient answers this with one forward and one backward pass (Simonyan et al. 2014). We show its magnitude, summed over the three colours.

# %%
x = pixels.clone().requires_grad_()
(slope,) = torch.autograd.grad(margin(x).sum(), x)
gradient = slope[0].abs().sum(0)
ax = plots.show_heatmap(small, gradient, "magnitude of the gradient")

# %% [markdown]
# The gradient describes a very small change; covering a patch is a large one. Do they agree on which patches matter? Spearman's *rank correlation* is 1 if both give the same order, and about 0 if the orders are unrelated.

# %%
by_patch = [gradient[patch == number].sum() for number in range(n * n)]
rho = spearmanr(by_patch, drops.abs()).statistic
print(f"rank correlation of gradient and drop over {n * n} patches: {rho:.2f}")

# %% [markdown]
# ## 5 · Integrated gradients
#
# **How does the margin change on the way from a plain image to this one?** The plain image is the **baseline**; ours has the mean colour. Integrated gradients average the gradient along the straight path from the baseline to the image. They multiply this average by the difference of image and baseline at each pixel (Sundararajan et al. 2017).
#
# ![Five steps from a grey baseline to the image; the average gradient of the score over them, times the difference of image and baseline, is the attribution of every pixel.](diagrams/integrated-gradients-path.svg)

# %%
steps = 32
alphas = ((torch.arange(steps) + 0.5) / steps).view(-1, 1, 1, 1)
path = (mean_colour + alphas * (pixels - mean_colour)).requires_grad_()
along = margin(path)
(slopes,) = torch.autograd.grad(along.sum(), path)
integrated_map = ((pixels - mean_colour) * slopes.mean(0)).sum(1)[0]

# %% [markdown]
# The attributions of all pixels add up to the margin of the image minus that of the baseline (**completeness**). With 32 steps the sum is approximate.

# %%
spread = np.ptp(along.detach().numpy())
print(f"sum of the attributions {integrated_map.sum():+.3f}, difference {full - empty:+.3f}")
assert abs(integrated_map.sum().item() - (full - empty)) < 0.1 * spread + 0.002

# %%
figure, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
ax.plot(alphas.flatten(), along.detach(), color=plots.BLUE, label="margin along the path")
ax.plot([0, 1], [empty, full], "--", color=plots.GREY, label="a straight line")
ax.set(xlabel="share of the way from the baseline to the image", ylabel="margin")
away = np.abs(along.detach().numpy() - np.interp(alphas.flatten(), [0, 1], [empty, full])).max()
ax.set_title(f"The margin is up to {away:.3f} away from a straight line", fontsize=11)
figure.legend(loc="outside lower center", ncols=2, frameon=False)
ax.spines[["top", "right"]].set_visible(False)

# %% [markdown]
# The gradient of section 4 belongs to the right end of this curve. If a curve rises and is flat at its end, the gradient misses the rise (**saturation**); the average over the path includes it.
#
# `clipnb.heatmap` calls the library *captum* and returns one map for each text. Integrated gradients are linear in the score, so the weighted sum of these maps approximates that of the margin.

# %%
maps = clipnb.heatmap(clip, image, texts, "integrated_gradients", steps=16)
summed = Image.fromarray(np.tensordot(weights.numpy(), maps, 1).astype("float32"))
library = np.asarray(summed.resize((size, size), Image.Resampling.BOX))  # the model's pixels
r = np.corrcoef(library.ravel(), integrated_map.ravel())[0, 1]
print(f"correlation of our map with captum's: {r:.2f}")
assert r > 0.9

# %%
figure, axes = plots.grid(3, side=2.6)
for ax, (title, found) in zip(
    axes, {"occlusion": occlusion, "gradient": gradient, "integrated gradients": integrated_map}.items()
):
    plots.show_heatmap(small, found, title, ax=ax)
_ = figure.suptitle(f"Three maps of one margin (blue: for {this}, the true class)", fontsize=11)

# %% [markdown]
# The three maps answer three different questions. The gradient is shown without its sign.

# %% [markdown]
# ### Exercise: integrated gradients
#
# **2 (write).** Write integrated gradients: a function of `slope` (itself a function: a point (d,) → the gradient there (d,)), `x` (d,), `baseline` (d,) and the number of `steps`. It returns the attributions (d,). NumPy will do.
#
# <details><summary>Hint</summary>
#
# Go from the baseline to x in equal steps, average the gradients on the way, and multiply by x − baseline.
#
# </details>


# %%
integrated = ...
_ = clipnb.checks.check_integrated_gradients(integrated)

# %% [markdown]
# ## 6 · Shapley values
#
# **How can the margin be divided among regions whose effects depend on each other?** We take six regions, the *players* of a game: five parts of the frog, whose masks the field guide knows, and the background. A *coalition* is a set of players. Its *worth* is the margin of the image in which only these regions are visible.

# %%
groups = {
    "eyes": ["eye", "far-eye"],
    "head": ["head", "mouth", "nostril", "throat", "head-stripe"],
    "body": ["body", "belly", "stripe"],
    "legs": ["hind-leg", "arm", "far-arm"],
    "toes": ["toes"],
}
players, count = ["background", *groups], 1 + len(groups)
labels = np.zeros((image.height, image.width), int)
for number, pieces in enumerate(groups.values(), 1):
    labels[np.any([frogs.mask(chosen, piece) for piece in pieces], axis=0)] = number

# %%
smaller = Image.fromarray(labels.astype("int32")).resize((size, size), Image.Resampling.NEAREST)
regions = torch.from_numpy(np.array(smaller))  # the player of each pixel that the model sees
members = torch.tensor(list(product([False, True], repeat=count)))  # all coalitions
margins = worth(members[:, regions])
value = dict(zip(map(tuple, members.tolist()), margins.tolist()))
print(f"{len(value)} coalitions, margins from {margins.min():+.3f} to {margins.max():+.3f}")

# %% [markdown]
# The **Shapley value** of a player (Shapley 1953) is what it adds when it joins, averaged over all orders in which the players can join.
#
# ![The eight coalitions of eyes, skin and toes; four arrows add the eyes, with weights 1/3, 1/6, 1/6 and 1/3, and the weighted mean of their score differences is the Shapley value of the eyes.](diagrams/shapley-coalitions.svg)


# %%
def with_player(coalition, player):
    return coalition[:player] + (True,) + coalition[player + 1 :]


def shapley(player):
    return sum(
        (value[with_player(c, player)] - value[c]) / (count * comb(count - 1, sum(c)))
        for c in value
        if not c[player]
    )


exact = np.array([shapley(player) for player in range(count)])

# %% [markdown]
# For comparison: the drop when a player is *left out* of the whole image (occlusion), and the rise when it is *alone* on the plain colour.

# %%
nobody, everybody = (False,) * count, (True,) * count
others = [tuple(p != player for p in range(count)) for player in range(count)]
left_out = np.array([value[everybody] - value[rest] for rest in others])
alone = np.array([value[with_player(nobody, p)] - value[nobody] for p in range(count)])
columns = {"Shapley value": exact, "left out": left_out, "alone": alone}
shares = pd.DataFrame(columns, index=players)
shares.loc["sum"] = shares.sum()
shares.map("{:z.3f}".format)

# %%
total = value[everybody] - value[nobody]
print(f"whole image minus plain colour: {total:z.3f}")
assert abs(exact.sum() - total) < 1e-4

# %% [markdown]
# Of the three columns, only the Shapley values must add up to the difference (**efficiency**). Is there a region with a small drop when it is left out and a large rise when it is alone? Shapley values average over these two cases and all cases in between.
#
# **The cost** is 2ⁿ images for n players. **SHAP** (Lundberg & Lee 2017) explains a model by Shapley values, most often estimated. *KernelSHAP* fits a linear model to the worth of the coalitions by weighted least squares. With all coalitions and the weights below, its coefficients are the Shapley values.


# %%
def kernel(s):  # the weight of a coalition of s players; a very large one for none and for all
    return (count - 1) / (comb(count, s) * s * (count - s)) if 0 < s < count else 1e6


root = torch.tensor([kernel(sum(c)) for c in value]).double().sqrt()[:, None]
X = torch.cat([torch.ones(len(value), 1), members], 1).double()
fitted = torch.linalg.lstsq(X * root, margins.double()[:, None] * root).solution[1:, 0].numpy()
assert np.allclose(fitted, exact, atol=1e-4)

# %% [markdown]
# *Sampling* (Castro et al. 2009) averages what each player adds over random orders.

# %%
rng = np.random.default_rng(0)
added = np.zeros((50, count))
for gains in added:
    inside = nobody
    for player in rng.permutation(count):
        gains[player] = value[with_player(inside, player)] - value[inside]
        inside = with_player(inside, player)
assert np.allclose(added.sum(1), total, atol=1e-4)  # in every single order

# %% [markdown]
# `clipnb.heatmap` calls captum's version of both, for each descriptor. Shapley values are linear too, so the weighted sum over the descriptors estimates the values of the margin.

# %%
estimates = {"exact": exact, "KernelSHAP, all coalitions": fitted, "sampling, 50 orders": added.mean(0)}
for method, samples in {"kernel_shap": 600, "shapley_sampling": 50}.items():
    maps = clipnb.heatmap(clip, image, texts, method, regions=labels, samples=samples)
    found = np.tensordot(weights.numpy(), maps, 1)
    estimates[f"captum: {method}"] = np.array([found[labels == p].sum() for p in range(count)])
    assert np.abs(estimates[f"captum: {method}"] - exact).max() < 0.4 * np.abs(exact).max()
pd.DataFrame(estimates, index=players).map("{:z.3f}".format)

# %% [markdown]
# KernelSHAP with all coalitions gives the exact values; the last three columns are estimates. Photos have no part masks; their players are squares or superpixels (groups of similar neighbouring pixels). 36 players have 2³⁶, or 69 billion, coalitions, so only estimates are possible.
#
# No training image has painted-over parts, yet the margins of such images enter the average. Notebook 08 removes parts by drawing.

# %% [markdown]
# ### Exercise: is one order enough?
#
# **3 (find the error).** Somebody explains the cosine with one descriptor by 36 squares and a single sampled order, and concludes from the output that the values are accurate. Run the cell, then find the flawed step: the `sum` (as evidence of accuracy), the `baseline` (the mean colour), the `squares` (instead of parts) or the `text` (one descriptor)?

# %%
sampled = clipnb.heatmap(clip, image, texts[0], "shapley_sampling", samples=1, seed=0)
plain = Image.new("RGB", image.size, tuple(np.asarray(image).mean((0, 1)).astype(int).tolist()))
with_frog, without_frog = (clip.encode_images([image, plain]) @ u[0]).tolist()
print(f"sum of the values {sampled.sum():.2f}, difference of the cosines {with_frog - without_frog:.2f}")
print("They are equal, so one order is enough.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Repeat the first line with `seed=1`, and compare the two maps with `np.corrcoef`. Do the sums still agree?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("07.3", flaw)

# %% [markdown]
# ## 7 · Other maps, and what they cost
#
# **How do common methods explain one descriptor?** *Grad-CAM* (Selvaraju et al. 2017) sums the channels of one layer at each patch, weighted by their mean gradients, and keeps positive sums. *Gradient × attention* (Chefer et al. 2021) multiplies the attention of each layer by its gradient and follows it from layer to layer. Neither needs a baseline. We take the tree frog's descriptor with the largest centred contribution, and count the images in all forward passes.

# %%
text = reasons.loc[reasons["class"] == this, "prompt"].iloc[0]
settings = {
    "gradient": {},
    "integrated_gradients": {"steps": 32},
    "shapley_sampling": {"samples": 4},  # 36 squares
    "kernel_shap": {"samples": 256},
    "grad_cam": {},
    "gradient_attention": {},
}
passed, found, costs = [], {}, {}
hook = clip.model.vision_model.register_forward_hook(
    lambda module, inputs, output: passed.append(len(output.pooler_output))
)
for method, options in settings.items():
    passed.clear()
    found[method] = clipnb.heatmap(clip, image, text, method, **options)
    costs[method] = sum(passed)
hook.remove()

# %%
figure, axes = plots.grid(len(found), columns=3, side=2.4)
_ = figure.suptitle(f"Six methods, one descriptor: “{text}” (true class: {this})", fontsize=11)
for ax, (method, heatmap) in zip(axes, found.items()):
    plots.show_heatmap(image, heatmap, f"{METHOD_TITLES[method]}\nimages encoded: {costs[method]}", ax=ax)
two = [found[method].ravel() for method in ("shapley_sampling", "kernel_shap")]
print(f"correlation of the two estimates of Shapley values: {np.corrcoef(two)[0, 1]:.2f}")

# %% [markdown]
# Every panel has its own colour scale. Blue is for the text and orange against it; *gradient*, *Grad-CAM* and *gradient × attention* have no sign. Sampling and KernelSHAP estimate the same 36 values. If their correlation is far below 1, at least one needs more images.
#
# **Try:** slide through the descriptors of a frog. Then choose the method *random*: which maps differ from it?

# %%
clipnb.widgets.slide_heatmaps(clip, frogs, descriptors)

# %% [markdown]
# ## 8 · The baseline is part of the question
#
# **What is an image without information?** Integrated gradients and Shapley values need one as a baseline. The tailed frog has a *black* stripe through the eye, called its mask. We explain the text "a black mask" against four baselines. For each, we divide the mean magnitude of the attributions on the stripe by that of the whole image. Guess this ratio for a *black* baseline.

# %%
guess_black = ...  # 1 means as strong as the image on average

# %%
second = 2 * frogs.class_names.index(that)
mask = frogs.mask(second, "mask")
kinds = ["black", "white", "mean", "blur"]
four = [
    clipnb.heatmap(
        clip, frogs.images[second], "a black mask", "integrated_gradients", baseline=kind, steps=16
    )
    for kind in kinds
]
strength = {kind: np.abs(h)[mask].mean() / np.abs(h).mean() for kind, h in zip(kinds, four)}

# %%
titles = [f"baseline {kind}:\n{ratio:.1f} × on the stripe" for kind, ratio in strength.items()]
axes = plots.show_heatmaps(frogs.images[second], four, titles, "attribution", columns=5)
axes.flat[0].set_title(f"true class: {that}", fontsize=9)
assert strength["black"] < min(strength[kind] for kind in ("white", "mean"))

# %% [markdown]
# The attribution is (pixel − baseline) × mean gradient. On a black stripe with a black baseline the first factor is almost 0, whatever the network does with the stripe.

# %% [markdown]
# ### Exercise: a white owl
#
# **4 (predict and run).** We explain the text "white feathers" for a white owl in front of snow by integrated gradients. With which baseline will the white pixels get the smallest attributions: `black`, `white` or `blur`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# The attribution of a pixel is a gradient times (pixel − baseline). Where is that difference zero?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("07.4", answer)

# %%
if answer is not ...:
    birds = clipnb.load_fieldguide("test", kinds="bird", per_species=1)
    owl = birds.of_class("snowy owl").images[0]
    white = np.asarray(owl).min(2) > 215
    for kind in ("black", "white", "blur"):
        attribution = np.abs(
            clipnb.heatmap(clip, owl, "white feathers", "integrated_gradients", baseline=kind, steps=8)
        )
        ratio = attribution[white].mean() / attribution.mean()
        print(f"you said {answer}; baseline {kind}: {ratio:.1f} × the mean of the image")

# %% [markdown]
# ## 9 · Which words?
#
# **Can the text be explained too?** Gradient × attention also works in the text encoder: `clipnb.word_relevance`. We check it by leaving out one word at a time.

# %%
caption = "a small green frog with large round eyes"
ax = plots.plot_words(clipnb.word_relevance(clip, image, caption))
_ = ax.set_title("Relevance of the words, gradient × attention", fontsize=11)


# %%
def words_two_ways(image, text):
    """(words, relevance of each, what the cosine loses without it)."""
    words = text.split()
    relevance = clipnb.word_relevance(clip, image, text).groupby("number")["relevance"].sum()
    shorter = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    whole, *without = (clip.encode_texts([text, *shorter]) @ clip.encode_images(image)[0]).tolist()
    return words, relevance.to_numpy(), whole - np.array(without)


words, relevance, lost = words_two_ways(image, caption)
shown = {"relevance": relevance / relevance.sum(), "lost without it": lost}
pd.DataFrame(shown, index=words).map("{:z.3f}".format).T

# %% [markdown]
# A negative number in the second row means that the cosine is *higher* without the word. The relevance has no sign. Is the loss larger for more relevant words? We take an image of every second species and a descriptor of five or more words, and compute the rank correlation within each text. Guess the mean first.

# %%
guess_words = ...  # from -1 to 1; 0 if the two are unrelated

# %%
species, own = clipnb.load_fieldguide("test", per_species=1), clipnb.load_descriptors("fieldguide")
signed, unsigned = [], []
for i in range(0, len(species), 2):
    long = [d for d in own[species.class_names[species.labels[i]]] if len(d.split()) >= 5]
    if long:
        _, relevance, lost = words_two_ways(species.images[i], long[0])
        signed.append(spearmanr(relevance, lost).statistic)
        unsigned.append(spearmanr(relevance, np.abs(lost)).statistic)

# %%
for what, values in {"loss": signed, "magnitude of the loss": unsigned}.items():
    low, high = bootstrap(np.array(values))
    verdict = "significant" if low > 0 or high < 0 else "not significant"
    interval = f"{np.mean(values):z.2f} (95 %: {low:z.2f} to {high:z.2f})"
    print(f"relevance and {what}: {interval}, {verdict}, n = {len(values)}")

# %% [markdown]
# The interval is over texts. Unless the correlation is near 1, a word with low relevance can still matter: leave it out to find out.

# %% [markdown]
# ## 10 · The answer
#
# **Why tree frog rather than tailed frog?** We sum four explanations of the margin over the six regions. Descriptors have no location, so we write down which region each is about.

# %%
about = {
    "eyes": ["large protruding eyes", "dark stripe through the eye", "vertical pupils"],
    "head": ["pale yellowish triangle on the snout", "small flattened head"],
    "body": [
        "bright leaf-green smooth skin",
        "dark stripe along each side",
        "pale cream belly",
        "small compact body clinging to leaves or stems",
        "short fleshy tail-like stub at the rear",
        "brown, grey or olive rough skin",
    ],
    "legs": ["long slender limbs"],
    "toes": ["round sticky pads on the toe tips", "broad outer hind toes"],
}
assert sorted(sum(about.values(), [])) == sorted(texts)

# %%
centred = reasons.set_index("prompt")["centred"]
four_ways = {
    "descriptors (centred)": [centred.reindex(about.get(player, [])).sum() for player in players],
    "occlusion of the region": left_out,
    "integrated gradients": [integrated_map[regions == p].sum().item() for p in range(count)],
    "Shapley value": exact,
}
by_region = pd.DataFrame(four_ways, index=players)

# %%
figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
colours = (plots.GREEN, plots.SKY, plots.ORANGE, plots.BLUE)
for shift, (method, marker, colour) in enumerate(zip(by_region, "os^D", colours)):
    y = np.arange(count) + 0.16 * (shift - 1.5)
    ax.plot(by_region[method], y, marker, color=colour, label=method)
ax.axvline(0, color="black", lw=0.8)
ax.set_yticks(range(count), players)
ax.invert_yaxis()
ax.grid(axis="y", color="0.9")
ax.locator_params(axis="x", nbins=6)
ax.set_xlabel(f"attributed part of the margin (to the right: for {this})")
ax.set_title("One margin, explained in four ways, by region", fontsize=11)
_ = ax.legend(frameon=False, bbox_to_anchor=(1, 1), loc="upper left")

# %%
first = by_region.abs().idxmax()
print("largest share:", "; ".join(f"{method}: {region}" for method, region in first.items()))
agree = first.nunique() == 1
print("All four name the same region." if agree else "They do not all name the same region.")

# %% [markdown]
# Each explanation answers a question of its own. Contributions say which cosines differ from their means. The other three say how the margin changes if the pixels of a region change. So they can disagree although each is correct.
#
# This is one image and the bundled CLIP, which was trained on drawings (notebook 02). Which explanation follows the model? Notebook 08 tests it on many images.

# %%
clipnb.checks.compare_guesses(
    {
        "ratio on the stripe, black baseline": (guess_black, strength["black"]),
        "rank correlation, relevance and loss": (guess_words, np.mean(signed)),
    }
)

# %% [markdown]
# ### Exercise: the long tail
#
# **5 (open).** Take the pair from the long tail, `this, that = "Colorado potato beetle", "rose chafer"`, with `kinds="beetle"`: the first name is common in the training captions, the second is rare. Explain the margin by descriptors and by Shapley values of squares (`regions=4`). Then replace the descriptors by the two names, "a photo of a …", and explain that margin. Which margin is larger, and do the squares change?
#
# <details><summary>Hint</summary>
#
# Only `texts` and `weights` change: with names they are two texts with the weights 1 and −1. `data.name_frequency` says how often a name occurs, if the model's folder has the counts.
#
# </details>

# %% [markdown]
# ## Recap
#
# - Say first which number is explained. Here it was a margin.
# - Contributions of descriptors add up to the margin. They do not say where.
# - Occlusion and gradients need not add up; integrated gradients and Shapley values do, relative to a baseline.
# - KernelSHAP and sampling estimate Shapley values. Estimates that add up can still be inaccurate.
# - Report baseline, regions and number of samples with every attribution.

# %% [markdown]
# ## What's next
#
# *08, Check the explanations*, asks which explanation follows the model and which one points at the part it names. *09, Edit the criteria*, uses contributions to find and remove a spurious cue.
