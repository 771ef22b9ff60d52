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
# **What you'll do.** Ask a network which pixels made its score: by gradients, by integrated gradients, by Shapley values; first in a few lines of torch, then with a library. Then hold maps that are cheap enough against the truth.
#
# **What you'll learn.** What question each method answers, what it costs, and where it misleads. Beside them: an explanation that is exact because it is the score itself.
#
# **What you'll need.** Gradients (`autograd`), cosine similarity. No network, no GPU, no key.
#
# **Time.** 45 minutes to read and play; it runs in under a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/07_explain_a_network.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/07_explain_a_network.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import textwrap
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb import plots

clip = clipnb.load_clip(device="cpu")  # one image needs no GPU
birds = clipnb.load_fieldguide("test", kinds="bird", per_species=1)
cardinal = birds.class_names.index("northern cardinal")  # one image a species: its place is its class
image = birds.images[cardinal]
ax = plots.show_image(image, "northern cardinal")

# %% [markdown]
# ## 1 · One number to explain
#
# Sections 2 to 5 explain **one number**: the cosine of this picture and this sentence. Here it is in plain torch, from pixels to score.

# %%
text = "a tall red crest"
u = clip.encode_texts(text)[0].clone()  # a unit embedding; a clone, for autograd may then use it
pixels = clip.image_processor(images=[image], return_tensors="pt")["pixel_values"]


def score(pixels):
    return normalize(clip.model.get_image_features(pixel_values=pixels).pooler_output, dim=-1) @ u


with torch.no_grad():
    print(f"pixels {tuple(pixels.shape)}, cosine with '{text}': {score(pixels).item():.2f}")

# %% [markdown]
# ## 2 · The gradient: what would a nudge do?
#
# The first idea: change a pixel by very little and see whether the score moves. The gradient answers that for all pixels with one pass forward and one backward (Simonyan et al. 2014). We show its size, added up over the three colours.

# %%
x = pixels.clone().requires_grad_()
(slope,) = torch.autograd.grad(score(x).sum(), x)
small = image.resize(pixels.shape[:-3:-1])  # the image as large as the model sees it
ax = plots.show_heatmap(small, slope[0].abs().sum(0), "size of the gradient")

# %% [markdown]
# Speckled. The bird stands out a little, and its bill and feet more than the crest that the sentence names. It is a right answer to an odd question: a nudge is not what you meant by "which pixels made the score". Where the score has levelled off, its slope is small although a great deal depends on these pixels. That is **saturation**.

# %% [markdown]
# ## 3 · Integrated gradients: where did the score come from?
#
# So do not ask at one point. Walk from a **baseline**, here a plain grey picture, to the picture, and add up the slopes on the way (Sundararajan et al. 2017): attribution = (pixel − baseline) × mean slope along the path.

# %%
baseline = torch.zeros_like(pixels)  # after the model's normalisation, 0 is its middle grey
steps = 32
alphas = ((torch.arange(steps) + 0.5) / steps).view(-1, 1, 1, 1)
path = (baseline + alphas * (pixels - baseline)).requires_grad_()
along = score(path)
(slopes,) = torch.autograd.grad(along.sum(), path)
by_hand = ((pixels - baseline) * slopes.mean(0)).sum(1)[0]

# %% [markdown]
# This buys a sum over pixels that means something. **Completeness**: the attributions add up to the score of the picture minus that of the baseline, but for the error of 32 steps.

# %%
with torch.no_grad():
    difference = (score(pixels) - score(baseline)).item()
print(f"sum of the attributions {by_hand.sum():.2f}, difference of the scores {difference:.2f}")
assert abs(by_hand.sum().item() - difference) < 0.03
ax = plots.show_heatmap(small, by_hand, "integrated gradients")

# %% [markdown]
# And here is the saturation. Were the score a straight line along the path, it would rise by the same amount in every quarter.

# %%
marks = {f"{a:.0%}": round(along[int(a * steps)].item(), 2) for a in (0, 0.25, 0.5, 0.75)}
print("score along the path:", marks, f"and at the image {score(pixels).item():.2f}")
assert along[steps // 2] - along[0] > 0.75 * difference

# %% [markdown]
# It does not: nearly all is won in the first half. Where a quarter adds little, the slope says little, however much depends on what is there. The gradient of section 2 is the slope at the very end of this path, where the score has levelled off.

# %% [markdown]
# ## 4 · Shapley values: a fair share for each part
#
# Pixels are not what we talk about. Let five **parts** of the bird be the players of a game. A coalition is a picture in which the other parts are painted over with the mean colour; what it is worth is its score. The field guide knows where the parts are.

# %%
groups = {
    "crest": ["crest", "crest-tips", "crest-base"],
    "bill": ["bill", "bill-tip"],
    "head": ["head", "face", "bib"],
    "body": ["body", "back", "belly", "breast", "wing", "wing-lines"],
    "tail": ["tail", "tail-lines"],
}
parts, array = list(groups), np.asarray(image)
masks = {
    part: np.any([birds.mask(cardinal, piece) for piece in pieces], axis=0)
    for part, pieces in groups.items()
}


def hide(names):
    hidden = array.copy()
    for name in names:
        hidden[masks[name]] = array.mean((0, 1))
    return hidden


axes = plots.show_images(
    [hide([part]) for part in parts], [f"without {part}" for part in parts], columns=5
)

# %% [markdown]
# Five players form 2⁵ = 32 coalitions. All of them go through the model once.

# %%
coalitions = [frozenset(c) for k in range(6) for c in combinations(parts, k)]
images = [hide(set(parts) - coalition) for coalition in coalitions]
worth = dict(zip(coalitions, (clip.encode_images(images) @ u).tolist()))

# %% [markdown]
# A player's **Shapley value** (1953; for networks: Lundberg & Lee 2017) is what it adds when it joins, averaged over all orders in which the players could join.


# %%
def shapley(worth, players):
    values, n = {}, len(players)
    for player in players:
        others = [other for other in players if other != player]
        joins = [
            (frozenset(c), 1 / (n * comb(n - 1, k))) for k in range(n) for c in combinations(others, k)
        ]
        values[player] = sum(weight * (worth[c | {player}] - worth[c]) for c, weight in joins)
    return values


values, full = shapley(worth, parts), frozenset(parts)
left_out = {part: worth[full] - worth[full - {part}] for part in parts}
alone = {part: worth[frozenset({part})] - worth[frozenset()] for part in parts}
columns = {"Shapley value": values, "left out of all": left_out, "alone, nothing else there": alone}
pd.DataFrame(columns).map("{:z.3f}".format)

# %% [markdown]
# The Shapley values add up to the score with all parts minus the score with none (**efficiency**). Beside them stand two cheaper answers, which need not add up to anything.

# %%
total = worth[full] - worth[frozenset()]
print(f"all parts minus none: {total:.3f}")
for what, column in columns.items():
    print(f"sum of the column '{what}': {sum(column.values()):.3f}")
assert abs(total - sum(values.values())) < 1e-4
assert max(left_out.values()) < 0.01 < min(values.values())

# %% [markdown]
# Why do they differ? Parts can stand in for each other. While the others are there, any single part may go at no cost (without the head or the body the score even rises), so by leaving out one at a time none matters. Where nothing else is there, each part adds a good deal, the crest and the head the most. Shapley values count all coalitions in between, too.
#
# Note what the game really asks, though: a bird with a beige body is no bird that the network ever met. Its score there is a guess.

# %% [markdown]
# ## 5 · The same from a library
#
# For photos nobody knows the parts, so the players are squares or patches of like colour, and coalitions are sampled. The library *captum* has these methods; `clipnb.heatmap` brings them, and two that read the inside of a transformer, to one form: a picture-sized array for each sentence.

# %%
descriptors = clipnb.load_descriptors("fieldguide").select(birds.class_names)
phrases = descriptors["northern cardinal"]
grey = clipnb.heatmap(clip, image, text, "integrated_gradients", baseline=(127.5, 127.5, 127.5))
assert abs(grey.sum() - by_hand.sum().item()) < 0.05  # ours and captum's, brought to the image's size
maps = clipnb.heatmap(clip, image, phrases, "gradient_attention")
axes = plots.show_heatmaps(image, maps, phrases, "relevance")

# %% [markdown]
# This is **gradient × attention** (Chefer et al. 2021): follow the attention from layer to layer, and weigh each by how much the score would follow it. All phrases of the picture share one forward pass, and one colour scale, so a pale panel is a weak one. The panels are more alike than their phrases: the head glows in all of them, whatever is named, and the tail only a little more when the phrase is about the tail.
#
# **Four more methods** on one sentence, among them *Grad-CAM* (Selvaraju et al. 2017): the patches of one layer, weighed by the gradient of the score. Each has its own units, so each has its own colour scale here.

# %%
settings = {
    "grad_cam": {},
    "gradient": {},
    "integrated_gradients": {"baseline": "mean"},
    "shapley_sampling": {"samples": 4},
}
calls = []
counter = clip.model.vision_model.register_forward_hook(
    lambda module, inputs, output: calls.append(len(output.pooler_output))
)
found, costs = {}, {}
for method, options in {"gradient_attention": {}, **settings}.items():
    calls.clear()
    found[method] = clipnb.heatmap(clip, image, text, method, **options)
    costs[method] = sum(calls)
counter.remove()

# %%
figure, axes = plots.grid(len(found))
titles = ["gradient × attention", "Grad-CAM", "gradient", "integrated gradients", "Shapley values"]
for ax, title, heatmap in zip(axes, titles, found.values()):
    plots.show_heatmap(image, heatmap, title, ax=ax)

# %% [markdown]
# In the two panels on the right vermilion is for the sentence and blue against it; in the other three vermilion only says that the score uses the place. Five methods, five pictures of "the" explanation: they answer different questions. They also fail in different ways: Grad-CAM puts a phrase about the crest on the feet.
#
# | method | its question | backward passes, per sentence |
# | --- | --- | --- |
# | gradient | what would a nudge do? | 1 |
# | integrated gradients | how did the score come from the baseline's to the picture's? | 1 per step |
# | Shapley values | what does each piece add, on average over the company it is in? | none |
# | Grad-CAM, gradient × attention | which patches inside the network does the score rest on? | 1 |
#
# What they cost is counted in pictures that go through the model.

# %%
pd.DataFrame({"images through the model": costs})

# %% [markdown]
# Integrated gradients need 32 passes for 32 steps; Shapley values about as many as there are pieces, times the orders that are tried. For 36 pieces all coalitions would be 2³⁶, about 69 billion, so they are sampled.

# %% [markdown]
# ## 6 · Where they mislead: the baseline
#
# Integrated gradients and Shapley values measure against a picture "without information". There is no such picture. Take a phrase about something **black**, and four baselines (*mean* is the picture's mean colour, *blur* the blurred picture).

# %%
black = "a black mask around the face"
kinds = ["black", "white", "mean", "blur"]
four = [
    clipnb.heatmap(clip, image, black, "integrated_gradients", baseline=kind, steps=16) for kind in kinds
]
axes = plots.show_heatmaps(image, four, [f"baseline: {kind}" for kind in kinds], columns=5)

# %%
inside = birds.mask(cardinal, "face")
shares = {
    kind: np.abs(heatmap)[inside].mean() / np.abs(heatmap).mean() for kind, heatmap in zip(kinds, four)
}
print(
    "strength on the black face against the whole image:",
    {kind: f"{share:.1f} ×" for kind, share in shares.items()},
)
assert shares["black"] < 2 and min(shares[kind] for kind in kinds if kind != "black") > 4

# %% [markdown]
# Against a black baseline the black face is no stronger than the rest of the picture: the formula multiplies by pixel − baseline, which is next to nothing there. Against the others it is several times as strong. Same network, same sentence; the choice of the baseline is part of the question, so state it with the answer.

# %% [markdown]
# ## 7 · Where they mislead: does the model matter?
#
# A pretty map may trace the picture's outlines and say nothing of the network. Adebayo et al. (2018) propose a **sanity check**: throw away what the network has learnt. If the map stays, it never explained the network. Here is the same model with random weights, new ones for every bird; we correlate its maps with those of the trained one.

# %%
untrained, rows = clipnb.load_clip(device="cpu", cache=False), []
for i in range(len(birds)):
    torch.manual_seed(i)
    untrained.model = type(clip.model)(clip.model.config).eval()
    for method in ("gradient", "grad_cam", "gradient_attention"):
        pair = [
            clipnb.heatmap(model, birds.images[i], text, method)[::8, ::8].ravel()
            for model in (clip, untrained)
        ]
        rows.append((method, np.corrcoef(pair)[0, 1] if np.ptp(pair[1]) else 0.0))
check = pd.DataFrame(rows, columns=["method", "correlation"]).groupby("method", sort=False)["correlation"]
assert check.mean().abs().max() < 0.3
size = check.apply(lambda r: r.abs().mean())  # without it, +0.6 and -0.6 would look like 0
check.agg(["mean", "min", "max"]).assign(**{"mean size": size}).round(1)

# %% [markdown]
# The mean over the twelve birds is near 0: on the whole these maps do depend on what was learnt. But look at single pictures: there an untrained network can agree, or disagree, strongly, by chance or because both prefer the figure to the plain ground. One convincing map proves nothing. (A map that is the same everywhere counts as 0.)

# %% [markdown]
# ## 8 · Against the truth: the pointing game
#
# Our pictures know their parts, so a map can be *right*. The pointing game (Zhang et al. 2016): does the strongest pixel lie on the part that the phrase names, or within 15 pixels of it? The scenes tell us the true colours, and we build true phrases of them.

# %%
from scipy.ndimage import distance_transform_edt

colour_of = {"bill": "bill_colour", "wing": "wing_colour", "legs": "leg_colour", "tail": "tail_colour"}
word = {"bill": "beak", "wing": "wings", "legs": "legs", "tail": "tail"}


def questions(i):
    marks = birds.scenes[i].individual.marks
    visible = {part: birds.mask(i, part) for part in colour_of}
    near = {part: distance_transform_edt(~mask) <= 15 for part, mask in visible.items() if mask.any()}
    return {part: (f"{marks[colour_of[part]]} {word[part]}", zone) for part, zone in near.items()}


{part: phrase for part, (phrase, zone) in questions(cardinal).items()}

# %% [markdown]
# Integrated gradients and Shapley values, at 32 and 142 pictures a question, are left out; notebook 09 measures the first. The **control** is in the same table: the map of a *wrong* phrase of the same picture (that of the part before). A map that always points at the head scores well on beaks and explains nothing. Chance is the share of the pixels that would count as a hit.

# %%
rows = []
for i in range(len(birds)):
    asked = list(questions(i).items())
    for method in ("gradient_attention", "grad_cam", "gradient", "random"):
        maps = clipnb.heatmap(clip, birds.images[i], [phrase for _, (phrase, _) in asked], method)
        tops = [np.unravel_index(heatmap.argmax(), heatmap.shape) for heatmap in maps]
        for k, (part, (_, zone)) in enumerate(asked):
            rows.append((i, method, part, zone[tops[k]], zone[tops[k - 1]], zone.mean()))
game = pd.DataFrame(rows, columns=["bird", "method", "part", "own phrase", "wrong phrase", "chance"])
game.groupby("method", sort=False)[["own phrase", "wrong phrase", "chance"]].mean().round(2)

# %%
n = len(game) // game["method"].nunique()
print(f"{n} questions a method")
by_part = game[game["method"] == "gradient_attention"].groupby("part")
by_part[["own phrase", "wrong phrase", "chance"]].mean().round(2)

# %% [markdown]
# Read every row from right to left. Beating chance shows little: a map need only prefer the bird to the fence. Beating the *wrong phrase* shows that the map listens to the words. Several questions share a picture and are no independent trials, so take the difference within each bird first, and its standard error over the birds.

# %%
gain = game["own phrase"].astype(int) - game["wrong phrase"].astype(int)
per_bird = gain.groupby([game["bird"], game["method"]]).mean().unstack()
for other in ("grad_cam", "gradient"):
    lead = per_bird["gradient_attention"] - per_bird[other]
    print(f"lead of gradient_attention over {other}: {lead.mean():.2f} ± {lead.sem():.2f}")
pd.DataFrame({"own minus wrong": per_bird.mean(), "standard error": per_bird.sem()}).round(2)

# %% [markdown]
# Only gradient × attention (in code `gradient_attention`) is clear of 0, by more than three standard errors. It leads each of the others by some two, so with twelve birds the order is likely and not proven. And even this map misses more often than it hits.
#
# And a miss has two readings. The map may be unfaithful, or faithful to a network that sees "brown legs" in the whole picture. Telling the two apart takes changing the picture itself.

# %% [markdown]
# Look for yourself, before you believe the table. **Try:** slide through the descriptors of a bird, then choose the method *random*. **Look for** colour that moves to the named part; which maps could you have told from chance?

# %%
clipnb.widgets.slide_heatmaps(
    clip, birds, clipnb.load_descriptors("fieldguide").select(birds.class_names)
)

# %% [markdown]
# ## 9 · Which words?
#
# The same rule runs through the text encoder: which words does the score rest on?

# %%
ax = plots.plot_words(clipnb.word_relevance(clip, image, "a small bird with a tall red crest"))

# %% [markdown]
# "Tall", "bird" and "red" carry most. But "crest" gets next to nothing, and the first "a" as much as "small". Is that the map's fault, or does the model not need the word? Leave out one word after the other, and see what the cosine loses.

# %%
words = "a small bird with a tall red crest".split()
shorter = [" ".join(words[:k] + words[k + 1 :]) for k in range(len(words))]
whole, *without = (clip.encode_texts([" ".join(words), *shorter]) @ clip.encode_images(image)[0]).tolist()
losses = [whole - cosine for cosine in without]
pd.DataFrame({"word": words, "lost without it": [f"{loss:z.3f}" for loss in losses]}).T

# %% [markdown]
# *Red* costs most, and the map has it among its first. But *tall*, the first on the map, can go at no cost; and *crest*, near its bottom, moves the score second most, *upwards*: without it the sentence fits better. So the map is only partly right about the network, and it has no minus sign: a word may be relevant because it does *not* fit. (One word at a time is not the last word either: section 4.)

# %% [markdown]
# ## 10 · Another kind of explanation: descriptors
#
# Now the other kind of explanation. A classifier by description (notebook 04) scores a class by the mean of its phrases' cosines, so the **margin** of two classes is a sum with one term a phrase. Nothing is approximated, and nothing has to be passed back.

# %%
prediction = clipnb.ZeroShotClassifier(
    clip, clipnb.descriptor_prompts(descriptors, include_name=False)
).predict(birds)
reasons = clipnb.contributions(prediction, cardinal, reference=birds)
first, second = reasons.attrs["classes"]
assert abs(reasons["contribution"].sum() - reasons.attrs["margin"]) < 1e-6
print(textwrap.fill(clipnb.because(prediction, cardinal, reference=birds), 80))

# %%
ax = plots.plot_contributions(prediction, cardinal, reference=birds)

# %% [markdown]
# Every phrase has an offset of its own: some fit all birds better than others do. So the bars are **centred**: each cosine is counted from the phrase's mean over the twelve birds. The first bar starts at the dotted line, the mean margin of the twelve; every other starts where the last one ended; and the last one ends at the margin of this picture.
#
# **How to read it.** A phrase of the winner counts for it if it fits this bird better than the others; a phrase of the rival counts for the winner if it fits *worse*. So this answers a question that no heatmap was asked: **why this one rather than that one?** Ask for any pair, here with another bird that wears a crest:

# %%
print(
    textwrap.fill(
        clipnb.because(prediction, cardinal, ("northern cardinal", "blue jay"), reference=birds), 80
    )
)

# %% [markdown]
# What it cannot tell: *where* in the picture, and whether "fits" means what you think. The phrase's cosine is itself the output of a network; a phrase about the legs may score because of the colour of the wing. The sum is exact, its terms are still to be tested.

# %% [markdown]
# ## Recap
#
# - First say which number is explained: here, a cosine.
# - Gradient: a nudge. Integrated gradients: the way from a baseline, complete. Shapley: a fair share that adds up exactly, and costs many passes.
# - The baseline is part of the question.
# - A map must change when the weights or the words change; else it explains the picture.
# - Descriptor contributions add up exactly to the margin, and say "this rather than that". They do not say where.

# %% [markdown]
# ## Exercises
#
# **1 (predict).** A white owl before white snow, the text "white feathers", integrated gradients. With which baseline will the feathers get next to nothing: `black`, `white` or `blur`?
#
# <details><summary>Hint</summary>
#
# The attribution of a pixel is a slope times (pixel − baseline). Where is that difference zero?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("07.1", answer)

# %% [markdown]
# **2 (write).** Write integrated gradients: a function of `slope` (itself a function, a point (d,) → its gradient (d,)), of `x` (d,), `baseline` (d,) and the number of `steps`. It returns the attributions (d,). NumPy will do.
#
# <details><summary>Hint</summary>
#
# Walk from the baseline to x in equal steps, take the mean of the slopes on the way, multiply by the way.
#
# </details>


# %%
integrated = ...
_ = clipnb.checks.check_integrated_gradients(integrated)

# %% [markdown]
# **3 (write).** Write the contributions of section 10: a function of two NumPy arrays, the cosines of `this` class's phrases and those of `that` class's. It returns one array, first what the phrases of `this` add to the margin, then those of `that`.
#
# <details><summary>Hint</summary>
#
# The margin is mean(this) − mean(that). What does one cosine add to a mean, and with which sign? Count from 0, or all cosines from one common point such as the midpoint of the two scores; both add up.
#
# </details>


# %%
margin_shares = ...
_ = clipnb.checks.check_margin_shares(margin_shares)

# %% [markdown]
# **4 (open).** Play the pointing game with another kind: `clipnb.load_fieldguide("test", kinds="frog", per_species=1)` has parts such as `eye`, `toes` and `mouth`. Write true phrases (their marks are called `eye_colour`, `toes_colour` and, for its shape, `mouth`), keep the control with the wrong phrase, and say how many frogs it would take until the standard error of *own minus wrong* is below 0.05.
#
# <details><summary>Hint</summary>
#
# A standard error shrinks with √n: half of it takes four times as many.
#
# </details>

# %% [markdown]
# ## What's next
#
# *09, Edit the criteria*, holds such reasons against the truth. *04, Classify by description*, builds the classifier of section 10 from scratch: where its phrases come from, four ways to pool them, and what they are worth on species that the model never met.
