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
# # 01 · See what CLIP sees
#
# **What you'll do.** Follow one picture and one sentence through a CLIP, from pixels and letters to two vectors, and measure how well they fit.
#
# **What you'll learn.** What a patch and a token are; how two encoders share one space; what a cosine tells and what it does not; why all scores sit in a narrow band.
#
# **What you'll need.** Vectors and matrix products in PyTorch. No network, no GPU, no key.
#
# **Time.** 35 minutes to read and play; it runs in less than a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/01_see_what_clip_sees.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/01_see_what_clip_sees.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch
from torch.nn.functional import linear, normalize

import clipnb
from clipnb import plots
from clipnb.model.clip import BUNDLED

clip = clipnb.load_clip(device="cpu")  # we look inside, and the small model needs no GPU
data = clipnb.load_fieldguide("train", per_species=4)
names, labels = data.class_names, torch.tensor(data.labels)
print(clip, data, sep="\n")

# %% [markdown]
# The pictures are of 60 species whose names our CLIP has read in training, and drawn as its training pictures were (split `train`): it should know them. The exams of later notebooks use `test`. What it does with names that it has *not* read is a story for later notebooks.

# %% [markdown]
# ## 1 · From pixels to patches
#
# A picture is numbers: height × width × 3 colours. The first step makes it small and square, puts the colours first, and brings its numbers near zero.

# %%
image = data.of_class("northern cardinal").images[0]
pixels = clip.image_processor(images=image, return_tensors="pt").pixel_values[0]
print("drawn:", np.asarray(image).shape, " for the model:", tuple(pixels.shape))
print(f"from {pixels.min():.1f} to {pixels.max():.1f}")

# %% [markdown]
# The model does not look at single pixels. It cuts the picture into square **patches**, numbered line by line, like words on a page.

# %%
side = clip.model.config.vision_config.patch_size
size = pixels.shape[1]
ax = plots.plot_patches(image.resize((size, size)), side)

# %% [markdown]
# A patch is a vector: its pixels in a row. All patches together are a matrix.

# %%
squares = pixels.unfold(1, side, side).unfold(2, side, side)  # colours, rows, columns, side, side
patches = squares.permute(1, 2, 0, 3, 4).flatten(2).flatten(0, 1)
print(f"{len(patches)} patches of {side} × {side} × 3 = {patches.shape[1]} numbers")

# %% [markdown]
# The first layer of the model multiplies this matrix by its weights, no more. In the code it goes by the name of *convolution*; here is the proof that it is a matrix product.

# %%
layer = clip.model.vision_model.embeddings.patch_embedding
with torch.no_grad():
    ours = linear(patches, layer.weight.flatten(1), layer.bias)
    theirs = layer(pixels[None])[0].flatten(1).T
assert torch.allclose(ours, theirs, atol=1e-4)
print("patches", tuple(patches.shape), "→ embeddings", tuple(ours.shape))

# %% [markdown]
# Each vector then gets a learnt number-plate added, its **position**, or else the model would see a bag of patches. Does it use it? As a control, shuffle the patches of every picture, and ask for the kind (one of eight: bird, butterfly, …) in both cases.


# %%
def shuffle_patches(drawn, dice):
    drawn = np.asarray(drawn.resize((size, size)))
    rows = size // side
    squares = drawn.reshape(rows, side, rows, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    squares = dice.permutation(squares).reshape(rows, rows, side, side, 3)
    return squares.swapaxes(1, 2).reshape(size, size, 3)


dice = np.random.default_rng(0)
whole, shuffled = list(data.images), [shuffle_patches(drawn, dice) for drawn in data.images]
axes = plots.show_images([*whole[:12:4], *shuffled[:12:4]], ["as drawn"] * 3 + ["shuffled"] * 3)

# %%
kinds = [scene.individual.kind for scene in data.scenes]
table = {kind: [f"a photo of a {kind}"] for kind in dict.fromkeys(kinds)}
by_kind = clipnb.ZeroShotClassifier(clip, table)
share = {}
for what, images in {"as drawn": whole, "shuffled": shuffled}.items():
    share[what] = np.mean([said == kind for said, kind in zip(by_kind.predict(images).labels, kinds)])
    print(f"{what:9s} kind right {share[what]:.2f}   (guessing: {1 / 8:.2f})")
assert share["as drawn"] > share["shuffled"] + 0.2

# %% [markdown]
# The same patches in another order are no longer the same to the model: it sees *where* things are. What is left of the score must come from what survives the shuffling: colours and textures.

# %% [markdown]
# ## 2 · From words to tokens
#
# A sentence becomes numbers by a list of pieces, the **vocabulary**. Frequent words are one piece. `</w>` marks the end of a word.

# %%
texts = ["a red butterfly", "a tailed frog", "an axolotl", "a naïve café", "жаба"]
pieces = [clip.tokenizer.tokenize(text) for text in texts]
ax = plots.plot_tokens(pieces, texts)

# %% [markdown]
# A word that the vocabulary does not know falls apart into pieces, in the end into single letters. Letters outside the English alphabet are two to four *bytes* each, written with odd signs. So there is no word without tokens: that is **byte-level BPE** (Sennrich et al. 2016; the byte form from GPT-2).
#
# Nothing gets lost on the way, except capital letters and where a space stood beside a comma (жаба is Russian for toad). Two tokens more than in the figure are the marks for start and end of text:

# %%
for text in ("A Naïve café, жаба", "tailed frog"):
    ids = clip.tokenizer(text).input_ids
    print(f"{len(ids):2d} tokens →", clip.tokenizer.decode(ids, skip_special_tokens=True))

# %% [markdown]
# But a word in pieces is a word that the model has seldom or never read. The pieces say how familiar the *words* of a name are: compare the names that training used with those of the held-out species.

# %%
everyone = clipnb.load_fieldguide("test", per_species=1)
for seen, group in ((True, "seen"), (False, "held out")):
    names_here = [name for name, flag in zip(everyone.class_names, everyone.seen) if flag == seen]
    some = " ".join(names_here).split()
    count = np.mean([len(clip.tokenizer.tokenize(word)) for word in some])
    print(f"{group:8s} {count:.1f} tokens a word, e.g.", *clip.tokenizer.tokenize(some[-1]))

# %% [markdown]
# ## 3 · Two encoders, one space
#
# One network reads patches, another reads tokens. They share nothing but how many numbers the vector at their end has.

# %%
i = clip.encode_images(image)[0]
t = clip.encode_texts("a photo of a northern cardinal")[0]
print("image ", tuple(i.shape), " text", tuple(t.shape))
print(f"lengths  {i.norm():.2f} and {t.norm():.2f}")

# %% [markdown]
# How well do they fit? The **cosine**: the product, number by number, summed up, divided by both lengths. (These have length 1 already, so the division changes nothing here.)

# %%
cosine = (i * t).sum() / (i.norm() * t.norm())
assert torch.isclose(cosine, i @ t, atol=1e-5)
print(f"cosine {cosine:.2f}")

# %% [markdown]
# Is that much? One number alone says nothing. The wall below holds one species of each of six kinds against six sentences; a frame marks the best sentence of each picture.

# %%
first = [kinds.index(kind) for kind in list(dict.fromkeys(kinds))[:6]]
wall = [f"a photo of a {names[labels[f]]}" for f in first]
I, T = clip.encode_images(data), clip.encode_texts([f"a photo of a {name}" for name in names])
ax = plots.plot_wall([data.images[f] for f in first], wall, I[first] @ T[labels[first]].T)

# %% [markdown]
# The diagonal wins. But six are few, and species of six kinds are easy to tell apart. So take all 60 names, and a control: the same sentences, each stuck on the next species.

# %%
scores = I @ T.T  # images × texts
order = torch.arange(len(names)).roll(1)
own = (scores.argmax(1) == labels).float().mean()
control = (scores[:, order].argmax(1) == labels).float().mean()
print(f"own text is best: {own:.2f}; wrong texts: {control:.2f}; guessing: {1 / len(names):.2f}")
assert own > 0.9 and control < 0.1

# %% [markdown]
# Now take sentences and pictures apart yourself. **Try:** write a word that the vocabulary does not know; into how many pieces does it fall? Then press a word and a patch. **Look for** its share of the *relevance*: how strongly the cosine rests on it, for or against (notebook 07 shows how that is found). Compare it with the even share beside it.

# %%
clipnb.widgets.inspect_tokens(
    clip, data.select(range(0, len(data), 20)), "a naïve frog with greenish-yellow skin"
)

# %% [markdown]
# ## 4 · A narrow band
#
# Here are all cosines: pictures with their own sentence, and with the other 59. Below them the same for a model with **random weights**, of the same shape: what does a cosine look like where nothing was learnt?

# %%
torch.manual_seed(0)
blank = type(clip.model)(clip.model.config).eval()
tokens = clip.tokenizer([f"a photo of a {name}" for name in names], padding=True, return_tensors="pt")
prepared = clip.image_processor(images=whole, return_tensors="pt").pixel_values
with torch.no_grad():
    blank_I = normalize(blank.get_image_features(pixel_values=prepared).pooler_output, dim=1)
    blank_T = normalize(blank.get_text_features(input_ids=tokens.input_ids).pooler_output, dim=1)


# %%
def right_and_wrong(scores):
    mask = torch.nn.functional.one_hot(labels, len(names)).bool()
    return {"own text": scores[mask], "other texts": scores[~mask]}


blank_scores = blank_I @ blank_T.T
panels = {"this model": right_and_wrong(scores), "random weights": right_and_wrong(blank_scores)}
axes = plots.plot_bands(panels, bins=100)

# %% [markdown]
# A perfect fit would be 1, and nothing is near it. Even the right sentences end well below. In the random model right and wrong lie on top of each other, near 0. Training has lifted *all* cosines, the wrong ones too, and has pulled right and wrong apart: what tells them apart is not the height but the difference, less than two tenths on average. No picture equals a sentence.

# %%
spread = {
    title: groups["own text"].mean() - groups["other texts"].mean() for title, groups in panels.items()
}
assert spread["this model"] > 0.1 and abs(spread["random weights"]) < 0.05
assert panels["this model"]["own text"].max() < 0.9
assert panels["this model"]["other texts"].mean() > 0.3

# %% [markdown]
# ## 5 · The modality gap
#
# Why is the band so narrow, and nowhere near 1? Look at where the vectors *are*. The next figure squeezes the space into the two directions in which the points vary most.


# %%
def flat(images, texts):
    points = torch.cat([images, texts])
    points = points - points.mean(0)
    return points @ torch.linalg.svd(points, full_matrices=False).Vh[:2].T


figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharex=True, sharey=True, layout="constrained")
models = {"this model": (I, T), "random weights": (blank_I, blank_T)}
for ax, (title, embeddings) in zip(axes, models.items()):
    points = flat(*embeddings)
    ax.scatter(*points[: len(I)].T, s=10, color=plots.BLUE, label="images")
    ax.scatter(*points[len(I) :].T, s=18, marker="^", color=plots.ORANGE, label="texts")
    ax.set(title=title, xlabel="first direction", ylabel="second direction")
    ax.set_aspect("equal")
    ax.label_outer()
    sns.despine(ax=ax)
legend = axes[0].legend(frameon=False)

# %% [markdown]
# Two crowds in each, pictures here, sentences there. Liang et al. (2022) call it the **modality gap**. It is there *before* training: each random encoder sends all its inputs into a narrow cone of its own. Training brings them nearer and spreads them out, but the loss of notebook 02 does not merge them. The angle between their two means measures the gap.


# %%
def angle(a, b):
    return torch.cosine_similarity(a.mean(0), b.mean(0), dim=0).acos().rad2deg()


half = torch.randperm(len(I), generator=torch.Generator().manual_seed(0)) % 2 == 0
print(f"images and texts, this model     {angle(I, T):3.0f}°")
print(f"images and texts, random weights {angle(blank_I, blank_T):3.0f}°")
print(f"control: two halves of the images    {angle(I[half], I[~half]):3.0f}°")
print(
    f"mean of all cosines = product of the two means: {scores.mean():.2f} = {I.mean(0) @ T.mean(0):.2f}"
)

# %% [markdown]
# The control says how much angle comes from chance alone: split one crowd in two, and little is left.
#
# And the last line answers the question. What all pictures share, and all sentences, is in *every* cosine, right or wrong: so the band lies high, and is narrow. But the two means point in different directions, so it ends well below 1. And within the crowds?


# %%
def inside(embeddings):
    return (embeddings @ embeddings.T)[~torch.eye(len(embeddings), dtype=torch.bool)]


crowds = {
    "this model": {
        "two images": inside(I),
        "two texts": inside(T),
        "image and text": scores.flatten(),
    },
    "random weights": {
        "two images": inside(blank_I),
        "two texts": inside(blank_T),
        "image and text": blank_scores.flatten(),
    },
}
axes = plots.plot_bands(crowds, bins=100)
assert angle(I, T) > 3 * angle(I[half], I[~half])
assert inside(I).min() > 0.2 and inside(T).min() > scores.max()

# %% [markdown]
# With random weights all pictures are nearly one point, and all sentences another. After training, two pictures are about as unlike as a picture and a sentence. The sentences have spread far less: any two of them are closer than any picture and its own sentence. And neither crowd fills the sphere, where two random directions have a cosine near 0: a good part of each cone is left.
#
# Does the gap do harm? Move both crowds to the middle, by taking off their means, and classify again.

# %%
centred = normalize(I - I.mean(0), dim=1) @ normalize(T - T.mean(0), dim=1).T
moved = (centred.argmax(1) == labels).float().mean()
print(f"own text is best: with the gap {own:.2f}, without {moved:.2f}")

# %% [markdown]
# No harm is seen, but the test is blunt: all answers were right already, so nothing could get better. For a choice *among sentences* only their differences count, and for one picture the sentences’ mean is the same part of every cosine. The gap matters where pictures and sentences are mixed: search both with a sentence, and all other sentences come before the first picture.

# %% [markdown]
# Walk around in it. **Try:** put each cloud on its own mean, and click pictures to see the sentences that lie nearest. **Look for** kinds that form islands: do birds then lie beside sentences about birds?

# %%
some = data.select(range(0, len(data), 4))
clipnb.widgets.map_embeddings(clip, some, clipnb.name_prompts(some.class_names))

# %% [markdown]
# ## 6 · What the logit scale is for
#
# Differences of one or two tenths, then. A softmax over plain cosines would call nearly everything equal. So CLIP multiplies by a number that it has learnt, the **logit scale**, first. Here is what it does to the choice among 60 names.

# %%
for scale in (1, clip.logit_scale):
    probabilities = (scale * scores).softmax(1)
    best = probabilities.max(1).values.mean()
    print(f"scale {scale:3.0f}: probability of the best name {best:.2f} (mean over all images)")
assert ((1 * scores).argmax(1) == (clip.logit_scale * scores).argmax(1)).all()

# %% [markdown]
# The answer is the same at each scale, only its *sureness* differs. Where the number comes from, notebook 02 shows; what its probabilities are worth, notebook 03.

# %% [markdown]
# ## 7 · A look inside
#
# `clip.encode_images` holds no magic. Here is the bundled model in plain `transformers`, stage by stage, without clipnb.

# %%
from transformers import AutoImageProcessor, AutoTokenizer, CLIPModel
from transformers.utils import logging

logging.disable_progress_bar()
model = CLIPModel.from_pretrained(BUNDLED).eval()
processor = AutoImageProcessor.from_pretrained(BUNDLED, backend="pil")
tokenizer = AutoTokenizer.from_pretrained(BUNDLED)

# %% [markdown]
# First the picture. A *class token* is put before the patches; it has no pixels, gathers what the others know, and is what is read at the end.

# %%
eye, stages = model.vision_model, {}
with torch.no_grad():
    stages["pixels"] = x = processor(images=image, return_tensors="pt").pixel_values
    stages["patches, class token, positions"] = x = eye.embeddings(x)
    stages["after the layers"] = x = eye.encoder(inputs_embeds=eye.pre_layrnorm(x)).last_hidden_state
    stages["the class token"] = x = eye.post_layernorm(x[:, 0])
    stages["projected into the common space"] = x = model.visual_projection(x)
    stages["at unit length"] = x / x.norm(dim=1, keepdim=True)
for stage, values in stages.items():
    print(f"{stage:34s} {tuple(values.shape)}")

# %% [markdown]
# Then the sentence. It has no class token: every token sees only what stands before it, so the *last* one, end of text, has read everything.

# %%
read = {}
with torch.no_grad():
    read["token numbers"] = ids = tokenizer(
        "a photo of a northern cardinal", return_tensors="pt"
    ).input_ids
    read["tokens with positions"] = model.text_model.embeddings(ids)
    read["after the layers"] = x = model.text_model(input_ids=ids).last_hidden_state
    read["the last token"] = x = x[:, -1]
    read["projected into the common space"] = x = model.text_projection(x)
    read["at unit length"] = x / x.norm(dim=1, keepdim=True)
for stage, values in read.items():
    print(f"{stage:34s} {tuple(values.shape)}")

# %% [markdown]
# The same vectors come out of the package:

# %%
bundled = clipnb.load_clip(BUNDLED, device="cpu")
assert torch.allclose(stages["at unit length"], bundled.encode_images(image), atol=1e-4)
assert torch.allclose(
    read["at unit length"], bundled.encode_texts("a photo of a northern cardinal"), atol=1e-4
)

# %% [markdown]
# ## Recap
#
# - A picture is a row of patches, a sentence a row of tokens; both are vectors with a position.
# - Two encoders end in one space. The cosine is all that connects them.
# - Cosines sit in a narrow band: nothing asks for a 1, and the two crowds lie apart, from the first day on.
# - Only differences between sentences count. The logit scale makes them large enough for a softmax.
# - Shuffled sentences, shuffled patches, random weights: each control says what would have been there anyway.

# %% [markdown]
# ## Exercises
#
# **1 (predict).** OpenAI's ViT-B/32 takes images of 224 × 224 pixels in patches of 32. How many patches does it see: `7`, `49` or `1024`?
#
# <details><summary>Hint</summary>
#
# How many patches are side by side, and how many such lines?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("01.1", answer)

# %% [markdown]
# **2 (write).** Cut an image into patches: a function of `pixels` (height, width, 3; colours last, unlike in section 1) and `side`, which gives one row of side · side · 3 numbers for each patch, line by line.
#
# <details><summary>Hint</summary>
#
# Split the height into (patches, side) and the width likewise; then bring the two numbers that count patches to the front.
#
# </details>


# %%
cut = ...
_ = clipnb.checks.check_patches(cut)

# %% [markdown]
# **3 (write).** Write the wall: a function of raw image embeddings `images` (n, d) and raw text embeddings `texts` (m, d), which gives all cosines (n, m).
#
# <details><summary>Hint</summary>
#
# Unit length first, row by row; then one matrix product gives all pairs.
#
# </details>


# %%
cosines = ...
_ = clipnb.checks.check_cosines(cosines)

# %% [markdown]
# **4 (write).** Write the gap as an angle in degrees, without `cosine_similarity`: a function of unit embeddings `images` (n, d) and `texts` (m, d).
#
# <details><summary>Hint</summary>
#
# The mean of unit embeddings is shorter than 1: divide by its length again before you take the arc cosine.
#
# </details>


# %%
gap = ...
_ = clipnb.checks.check_gap(gap)

# %% [markdown]
# **5 (open).** Texts have positions, as patches do. Does the model use them? Ask for the *species* among 60, as in section 3, once with shuffled patches (section 1) and once with shuffled words. Predict first: which will suffer more?
#
# <details><summary>Hint</summary>
#
# `shuffle_patches` is there; for a text, `" ".join(dice.permutation(text.split()))`. Everything else is the cell with `own` and `control`.
#
# </details>

# %% [markdown]
# ## What's next
#
# All this was learnt from nothing but pairs. *02, Train a CLIP*, writes the loss, and you watch the diagonal light up.
