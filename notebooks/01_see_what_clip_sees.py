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
# **How can one dot product say whether a text fits an image?** We follow an image and a text through the two encoders of a CLIP, up to the number that compares them.
#
# **What you'll do.** Cut an image into patches and a text into tokens, write a transformer block by hand, and measure where embeddings of images and texts lie.
#
# **What you'll learn.** Patches, tokens, attention, the joint embedding space; what a cosine similarity says; the modality gap.
#
# **What you'll need.** Matrix products and softmax in PyTorch. No network, no GPU, no key.
#
# **Time.** 45 minutes to read and try; it runs in less than a minute.
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
from clipnb.fieldguide.world import load_kind

clip = clipnb.load_clip(device="cpu")  # the bundled CLIP
clip.model.requires_grad_(False)  # we only look
data = clipnb.load_fieldguide("train", per_species=4)
names, labels = data.class_names, torch.tensor(data.labels)
frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=4)
tree, tailed = frogs.of_class("tree frog"), frogs.of_class("tailed frog")
print(clip, data, sep="\n")

# %% [markdown]
# **The images** are drawings of real species from the field guide that comes with clipnb. The bundled CLIP was trained on such drawings, with generated captions and attribute labels (notebook 02). Nothing here is a result about photos.
#
# `data` holds new images of the **seen** species, the 60 that training names. `tree` and `tailed` are the two frogs of the article that this course extends. They are **held-out** species: training neither names nor shows them.
#
# ![An image goes through the image encoder, a text through the text encoder; both become vectors in a joint embedding space, and their similarity is the cosine of the angle between them.](diagrams/clip-two-encoders.svg)

# %% [markdown]
# ## 1 · From pixels to patches
#
# **What does the image encoder read?** An image processor makes the image small and square, puts the three colour channels first, and scales the values.

# %%
image = tree.images[0]
pixels = clip.image_processor(images=image, return_tensors="pt").pixel_values[0]
print("drawn:", np.asarray(image).shape, " for the model:", tuple(pixels.shape))
print(f"values from {pixels.min():.1f} to {pixels.max():.1f}")

# %% [markdown]
# The encoder cuts these pixels into square **patches**, numbered row by row (Dosovitskiy et al. 2021).

# %%
side = clip.model.config.vision_config.patch_size
size = pixels.shape[1]
ax = plots.plot_patches(image.resize((size, size)), side)
_ = ax.set_title("A tree frog as patches", fontsize=11)

# %% [markdown]
# A patch is a vector: its pixels in a row. All patches together are a matrix.

# %%
squares = pixels.unfold(1, side, side).unfold(2, side, side)  # colours, rows, columns, side, side
patches = squares.permute(1, 2, 0, 3, 4).flatten(2).flatten(0, 1)
print(f"{len(patches)} patches of {side} × {side} × 3 = {patches.shape[1]} numbers")

# %% [markdown]
# The first layer multiplies this matrix by its weights, which gives one **token** per patch. `transformers` writes it as a convolution, with the same result.

# %%
layer = clip.model.vision_model.embeddings.patch_embedding
embedded = linear(patches, layer.weight.flatten(1), layer.bias)
assert torch.allclose(embedded, layer(pixels[None])[0].flatten(1).T, atol=1e-4)
print("patches", tuple(patches.shape), "→ tokens", tuple(embedded.shape))

# %% [markdown]
# **Does the order of the patches matter?** We classify the kind of every image (bird, butterfly, …) before and after shuffling its patches. Record a guess first.

# %%
guess_shuffled = ...  # share of images classified correctly after shuffling, from 0 to 1


# %%
def shuffle_patches(image, rng):
    square = np.asarray(image.resize((size, size)))
    rows = size // side
    grid = square.reshape(rows, side, rows, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
    grid = rng.permutation(grid).reshape(rows, rows, side, side, 3)
    return grid.swapaxes(1, 2).reshape(size, size, 3)


rng = np.random.default_rng(0)
whole, shuffled = list(data.images), [shuffle_patches(one, rng) for one in data.images]
axes = plots.show_images([*whole[:12:4], *shuffled[:12:4]], ["as drawn"] * 3 + ["shuffled"] * 3)

# %%
kinds = np.array([scene.individual.kind for scene in data.scenes])
table = {kind: [f"a photo of a {kind}"] for kind in dict.fromkeys(kinds)}
by_kind, share = clipnb.ZeroShotClassifier(clip, table), {}
for what, images in {"as drawn": whole, "shuffled": shuffled}.items():
    share[what] = (np.array(by_kind.predict(images).labels) == kinds).mean()
    print(
        f"{what}: kind correct for {share[what]:.2f} of {len(data)} images (chance: {1 / len(table):.2f})"
    )
assert share["as drawn"] > share["shuffled"] + 0.15

# %% [markdown]
# The same patches in another order are classified less accurately, so the encoder uses the order.

# %% [markdown]
# ## 2 · From text to tokens
#
# **What does the text encoder read?** A tokenizer splits a text into pieces from a fixed **vocabulary**. `</w>` marks the end of a word.

# %%
texts = ["a red butterfly", "a tailed frog", "an axolotl", "a naïve café", "жаба"]
pieces = [clip.tokenizer.tokenize(text) for text in texts]
ax = plots.plot_tokens(pieces, texts)
_ = ax.set_title("A word outside the vocabulary becomes several tokens", fontsize=11, loc="left")

# %% [markdown]
# The method is **byte-level BPE** (byte-pair encoding, Sennrich et al. 2016). It starts from single bytes and merges, again and again, the pair of pieces that is most frequent in the training captions. Frequent words end up as one token. Every text consists of bytes, so even жаба (Russian for toad) has tokens.
#
# Does the number of tokens show whether training named a species? Both groups, and the four species of this course:

# %%
everyone = clipnb.load_fieldguide("test", per_species=1)
for flag, group in ((True, "species named in training"), (False, "held-out species")):
    words = " ".join(np.array(everyone.class_names)[everyone.seen == flag]).split()
    count = np.mean([len(clip.tokenizer.tokenize(word)) for word in words])
    print(f"{group:26s} {count:.2f} tokens per word")
for name in ("tree frog", "tailed frog", "Colorado potato beetle", "rose chafer"):
    print(f"{name:26s}", *clip.tokenizer.tokenize(name))

# %% [markdown]
# Even where the averages differ, tokens are only a hint: *tree frog* consists of common words, although no caption names the species.

# %% [markdown]
# ## 3 · A transformer block by hand
#
# **How do tokens exchange information?** Both encoders are stacks of the same **transformer block** (Vaswani et al. 2017). We write it in plain PyTorch.
#
# ![An image is cut into patches, which become tokens with positions behind a class token; transformer blocks mix them, and the class token becomes the embedding.](diagrams/patch-token-block-embedding.svg)
#
# A learnt **class token** is put before the patches; its final state becomes the embedding. Then a learnt **positional embedding** is added to each token.

# %%
vision = clip.model.vision_model
with_class = torch.cat([vision.embeddings.class_embedding[None], embedded])
positions = vision.embeddings.position_embedding.weight
tokens = with_class + positions
assert torch.allclose(tokens, vision.embeddings(pixels[None])[0], atol=1e-4)
print("tokens × numbers:", tuple(tokens.shape))

# %% [markdown]
# **Attention** computes three vectors for each token: a *query*, a *key* and a *value*. They are split into **heads**, which work side by side. (Layer normalisation scales every token first.)

# %%
layer, x = vision.encoder.layers[0], vision.pre_layrnorm(tokens)  # the library's spelling
attention, normed = layer.self_attn, layer.layer_norm1(x)
split = lambda rows: rows.unflatten(1, (attention.num_heads, -1)).transpose(0, 1)
Q, K, V = (split(f(normed)) for f in (attention.q_proj, attention.k_proj, attention.v_proj))
print("heads × tokens × numbers:", tuple(Q.shape))

# %% [markdown]
# The dot product of a query and a key says how much one token attends to another. A softmax makes the weights of each query add up to 1, and the output is the weighted sum of the values:
#
# $$\text{attention}(Q, K, V) = \text{softmax}\!\left(QK^\top / \sqrt{d}\right) V$$
#
# where the rows of $Q$, $K$ and $V$ are the queries, keys and values of all tokens, and $d$ is the number of dimensions of a query. The result is *added* to the tokens. So is the output of a small network (MLP) that treats each token by itself.

# %%
weights = (Q @ K.transpose(1, 2) / Q.shape[2] ** 0.5).softmax(2)  # heads × tokens × tokens
mixed = (weights @ V).transpose(0, 1).flatten(1)  # the heads side by side again
y = x + attention.out_proj(mixed)
y = y + layer.mlp(layer.layer_norm2(y))
assert torch.allclose(y, layer(x[None], None)[0], atol=1e-4)

# %% [markdown]
# As a function, with a mask for the text encoder:


# %%
NO_MASK = torch.zeros(())


def block(layer, x, mask=NO_MASK):
    attention, normed = layer.self_attn, layer.layer_norm1(x)
    split = lambda rows: rows.unflatten(1, (attention.num_heads, -1)).transpose(0, 1)
    Q, K, V = (split(f(normed)) for f in (attention.q_proj, attention.k_proj, attention.v_proj))
    weights = (Q @ K.transpose(1, 2) / Q.shape[2] ** 0.5 + mask).softmax(2)
    x = x + attention.out_proj((weights @ V).transpose(0, 1).flatten(1))
    return x + layer.mlp(layer.layer_norm2(x)), weights


# %% [markdown]
# The image encoder is a loop over its blocks. At the end the class token is projected into the joint space and brought to length 1, as in `clip.encode_images`.


# %%
def image_by_hand(tokens):
    x = vision.pre_layrnorm(tokens)
    for layer in vision.encoder.layers:
        x, weights = block(layer, x)
    return normalize(clip.model.visual_projection(vision.post_layernorm(x[0])), dim=0), weights


i, weights = image_by_hand(tokens)
assert torch.allclose(i, clip.encode_images(image)[0], atol=1e-4)
print(f"{len(vision.encoder.layers)} blocks, embedding of {len(i)} numbers, length {i.norm():.2f}")

# %% [markdown]
# **Where does the order enter?** We shuffle the patches in two ways: together with their positional embeddings, or alone.

# %%
order = torch.randperm(len(patches), generator=torch.Generator().manual_seed(0)) + 1
order = torch.cat([torch.zeros(1, dtype=torch.long), order])  # the class token stays first
together = image_by_hand(tokens[order])[0] @ i
alone = image_by_hand(with_class[order] + positions)[0] @ i
print(f"similarity to the embedding of the image: {together:.2f} together, {alone:.2f} patches alone")
assert together > 0.999 > 0.95 > alone

# %% [markdown]
# Together with their positions, shuffled tokens give the same embedding. Attention itself ignores the order, which enters through the positional embedding alone.
#
# **Does the class token attend to the animal?** In the field guide the part of every pixel is known. We compare the share of the last block's attention that falls on the frog with the share of the image that it covers.


# %%
def covered(data, index):
    parts = [data.mask(index, part) for part in load_kind("frog").art.parts]
    rows = size // side
    return np.any(parts, axis=0).reshape(rows, data.size // rows, rows, -1).mean((1, 3)).ravel()


shares, maps = [], []
for one, index in ((tree, 0), (tree, 1), (tailed, 0), (tailed, 1)):
    at = clip.image_processor(images=one.images[index], return_tensors="pt").pixel_values
    maps.append(image_by_hand(vision.embeddings(at)[0])[1][:, 0, 1:].mean(0).numpy())
    cover = covered(one, index)
    shares.append(((maps[-1] * cover).sum() / maps[-1].sum(), cover.mean()))
print("frog: {:.2f} of the attention, {:.2f} of the area (mean of 4 images)".format(*np.mean(shares, 0)))

# %%
figure, axes = plt.subplots(1, 4, figsize=(9, 2.6), layout="constrained")
grids = [values.reshape(size // side, -1) for values in maps]
shown = (tree.images[0], grids[0], tailed.images[0], grids[2])
for ax, what, title in zip(axes, shown, ("tree frog", "attention", "tailed frog", "attention")):
    ax.imshow(what, cmap="viridis")
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()
_ = figure.suptitle(
    "Attention of the class token, last block, mean over heads (brighter: more)", fontsize=11
)
_ = plots.describe(axes, "two frogs, and how much attention each patch gets from the class token")

# %% [markdown]
# If the first number is larger, the class token attends to the frog more than to an average patch. Notebooks 07 and 08 test whether attention explains a score.
#
# **The text encoder** uses the same block with a **causal mask**: a token attends only to itself and to earlier tokens. Only the *last* token, end of text, has attended to the whole text. It becomes the embedding.

# %%
reader, prompt = clip.model.text_model, "a photo of a tree frog"
ids = torch.tensor(clip.tokenizer(prompt).input_ids)
mask = torch.full((len(ids), len(ids)), float("-inf")).triu(1)  # no attention to later tokens
x = reader.embeddings(ids[None])[0]
for layer in reader.encoder.layers:
    x, _ = block(layer, x, mask)
t = normalize(clip.model.text_projection(reader.final_layer_norm(x[-1])), dim=0)
assert torch.allclose(t, clip.encode_texts(prompt)[0], atol=1e-4)

# %% [markdown]
# ## 4 · One embedding space
#
# **What connects the two encoders?** They share no weights, but their embeddings have the same number of dimensions and unit length. They are compared by the **dot product**. For unit vectors it equals the **cosine similarity**, the cosine of the angle between them.

# %%
cosine = (i * t).sum() / (i.norm() * t.norm())
assert torch.isclose(cosine, i @ t, atol=1e-5)
print(f"tree frog and '{prompt}': {i @ t:.2f}, an angle of {cosine.acos().rad2deg():.0f}°")

# %% [markdown]
# Is this a high similarity? Six images and six prompts: the two frogs, a beetle with a common and one with a rare name, a bird and a mushroom.

# %%
six = [
    "tree frog",
    "tailed frog",
    "Colorado potato beetle",
    "rose chafer",
    "northern cardinal",
    "fly agaric",
]
images = [(frogs if name in frogs.class_names else data).of_class(name).images[0] for name in six]
prompts = [f"a photo of a {name}" for name in six]
matrix = clip.encode_images(images) @ clip.encode_texts(prompts).T  # images × prompts
ax = plots.plot_image_text_similarity(images, prompts, matrix)
_ = ax.figure.suptitle(
    "The prompt with the highest similarity is framed (on the diagonal: the true class)", fontsize=11
)
print(f"correct prompt has the highest similarity: {(matrix.argmax(1) == torch.arange(6)).sum()} of 6")

# %% [markdown]
# Each column is an image. Matching pairs are on the diagonal; a frame marks the highest similarity of each image. Now all 60 names, with a control in which each species has the prompt of the next one:

# %%
I, T = clip.encode_images(data), clip.encode_texts([f"a photo of a {name}" for name in names])
scores = I @ T.T  # images × prompts
own = (scores.argmax(1) == labels).float().mean()
control = (scores.argmax(1) == (labels + 1) % len(names)).float().mean()
print(f"correct prompt highest: share {own:.2f} of {len(data)} images")
print(f"next species' prompt highest (control): share {control:.2f} (chance: {1 / len(names):.2f})")
assert own > 0.3 and own > 10 * control

# %% [markdown]
# **The dot product classifies.** The correct name has the highest similarity far more often than at chance. Notebook 06 measures how this changes with the frequency of a name.
#
# **Try:** type a text below and press a token or a patch. **Look for** its *relevance*, how strongly the similarity depends on it (notebook 07), compared with an equal share for all.

# %%
clipnb.widgets.inspect_tokens(clip, tree, "a green frog with large toe pads")

# %% [markdown]
# ## 5 · All similarities lie in a narrow range
#
# **How high is a similarity when image and text match?** Each image is compared with the prompt of its species (matching) and with the 59 others. The control is a model of the same shape with random weights.

# %%
torch.manual_seed(0)
blank = type(clip.model)(clip.model.config).eval().requires_grad_(False)
ids = clip.tokenizer([f"a photo of a {name}" for name in names], padding=True, return_tensors="pt")
prepared = clip.image_processor(images=whole, return_tensors="pt").pixel_values
blank_I = normalize(blank.get_image_features(pixel_values=prepared).pooler_output, dim=1)
blank_T = normalize(blank.get_text_features(input_ids=ids.input_ids).pooler_output, dim=1)


# %%
def by_group(scores):
    matching = torch.nn.functional.one_hot(labels, len(names)).bool()
    return {"matching prompt": scores[matching], "other prompts": scores[~matching]}


panels = {"bundled CLIP": by_group(scores), "random weights": by_group(blank_I @ blank_T.T)}
axes = plots.plot_distributions(panels, bins=100, colours=[plots.BLUE, plots.GREY])
_ = axes[0, 0].figure.suptitle("Training separates matching pairs from others", fontsize=11)

# %%
for title, groups in panels.items():
    a, b = groups["matching prompt"].mean(), groups["other prompts"].mean()
    print(f"{title:15s} matching {a:.2f}, other prompts {b:.2f}, difference {a - b:.2f}")
highest = panels["bundled CLIP"]["matching prompt"].max()
low, high = scores.flatten().quantile(torch.tensor([0.025, 0.975]))
print(
    f"95 % of all similarities: {low:.2f} to {high:.2f}, of a possible −1 to 1;"
    f" highest match: {highest:.2f}"
)
trained, random = panels.values()
assert highest < 0.97 and trained["matching prompt"].mean() - scores.mean() > 0.05
assert abs(random["matching prompt"].mean() - random["other prompts"].mean()) < 0.05

# %% [markdown]
# With random weights the two distributions coincide. Training separates them, but no matching pair reaches 1.
#
# **Each prompt has an offset of its own.** Its similarities may be high for *all* images. A **centred similarity** is the similarity minus the prompt's mean over other images.

# %%
others = clip.encode_images(data)
print("similarity of one tree frog:            raw  mean of others  centred")
for text in ("a photo", "a photo of a frog", "green skin", "a red beak"):
    raw, mean = clip.encode_texts(text)[0] @ i, (others @ clip.encode_texts(text)[0]).mean()
    print(f"{text:38s} {raw:5.2f} {mean:15.2f} {raw - mean:8.2f}")

# %% [markdown]
# The centred value says how much better a prompt fits this image than others. From notebook 04 on, reasons are shown in this form. Compare prompts for one image, or centred values: a similarity alone says little.

# %% [markdown]
# ## 6 · The modality gap
#
# **Where do the embeddings lie?** The figure shows the two directions in which they vary most, the principal components PC 1 and PC 2.


# %%
def principal(images, texts):
    points = torch.cat([images, texts])
    points = points - points.mean(0)
    return points @ torch.linalg.svd(points, full_matrices=False).Vh[:2].T


# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 2.7), sharex=True, sharey=True, layout="constrained")
models = {"bundled CLIP": (I, T), "random weights": (blank_I, blank_T)}
for ax, (title, embeddings) in zip(axes, models.items()):
    points = principal(*embeddings)
    ax.scatter(*points[: len(I)].T, s=10, color=plots.BLUE, label="images")
    ax.scatter(*points[len(I) :].T, s=18, marker="^", color=plots.GREEN, label="texts")
    ax.set(xlabel="PC 1", ylabel="PC 2", aspect="equal")
    ax.set_title(title, fontsize=10)
    ax.label_outer()
    sns.despine(ax=ax)
legend = axes[1].legend(frameon=False, loc="center")
_ = figure.suptitle("Images and texts form two clusters", fontsize=11)

# %% [markdown]
# Liang et al. (2022) found two such clusters in OpenAI's CLIP and other models: the **modality gap**. We measure it as the angle between the means of the clusters. Record a guess first.
#
# ![Image embeddings lie on one side of a circle and text embeddings on the other, with a wide gap between them; lines join matching pairs, which are still far apart.](diagrams/joint-space-and-modality-gap.svg)

# %%
guess_gap = ...  # the angle in degrees between the means of images and texts, bundled CLIP


# %%
def angle(a, b):
    return torch.cosine_similarity(a.mean(0), b.mean(0), dim=0).acos().rad2deg().item()


half = torch.randperm(len(I), generator=torch.Generator().manual_seed(0)) % 2 == 0
print(f"images and texts, bundled CLIP       {angle(I, T):3.0f}°")
print(f"images and texts, random weights     {angle(blank_I, blank_T):3.0f}°")
print(f"control: two halves of the images    {angle(I[half], I[~half]):3.0f}°")
assert angle(I, T) > 3 * angle(I[half], I[~half]) and angle(blank_I, blank_T) > 45

# %% [markdown]
# The control is two random halves of one cluster. The gap exists with random weights, that is, before any training.
#
# **How similar are two images, and two texts?** The first line checks an identity: the mean of all similarities between images and texts is the dot product of their means.

# %%
print(
    f"mean of all similarities {scores.mean():.3f}, dot product of the means {I.mean(0) @ T.mean(0):.3f}"
)
pairs = lambda rows: (rows @ rows.T)[~torch.eye(len(rows), dtype=torch.bool)]
inside = {
    title: {"two images": pairs(a), "two texts": pairs(b), "image and text": (a @ b.T).flatten()}
    for title, (a, b) in models.items()
}
axes = plots.plot_distributions(inside, bins=100, colours=[plots.BLUE, plots.GREEN, plots.SKY])
_ = axes[0, 0].figure.suptitle("Training spreads images and texts out", fontsize=11)
assert pairs(I).mean() < pairs(blank_I).mean() and pairs(T).mean() < pairs(blank_T).mean()

# %% [markdown]
# With random weights all images have nearly the same embedding, and so have all texts. Training spreads both clusters out.
#
# **Does the gap do harm?** We centre both clusters, which removes the gap, and classify again. Then we search all images and all other prompts *together* with one prompt, and count the prompts that come before the first image.


# %%
def prompts_first(I, T):
    best_image = (I @ T.T).max(0).values  # of each prompt
    return ((T @ T.T).fill_diagonal_(-1) > best_image[:, None]).sum(1).float().mean()


Ic, Tc = normalize(I - I.mean(0), dim=1), normalize(T - T.mean(0), dim=1)
without = ((Ic @ Tc.T).argmax(1) == labels).float().mean()
print(f"accuracy on {len(data)} images: {own:.3f} with the gap, {without:.3f} without")
first = [prompts_first(a, b) for a, b in ((I, T), (Ic, Tc))]
print("prompts before the first image, mean of 60 searches: {:.1f} with, {:.1f} without".format(*first))

# %% [markdown]
# Is the accuracy higher without the gap? If not, the gap does no harm in a choice *among prompts*. Do fewer prompts come before the first image? Then it matters for a mixed search: rank images and texts separately.
#
# **Try:** centre both clusters below, and click an image. **Look for** kinds that form clusters: do birds then lie near texts about birds?

# %%
some = data.select(range(0, len(data), 4))
clipnb.widgets.map_embeddings(clip, some, clipnb.name_prompts(some.class_names))

# %% [markdown]
# ## 7 · What the logit scale is for
#
# **How do small differences become probabilities?** CLIP multiplies similarities by a learnt number, the **logit scale**, before the softmax. Its inverse is the *temperature*.

# %%
for scale in (1, clip.logit_scale):
    probabilities = (scale * scores).softmax(1)
    best = probabilities.max(1).values.mean()
    print(f"scale {scale:5.1f}: mean probability of the predicted name {best:.2f}")
assert ((1 * scores).argmax(1) == (clip.logit_scale * scores).argmax(1)).all()

# %% [markdown]
# The predictions are the same at each scale; only the confidence changes.

# %% [markdown]
# ## 8 · The same with `transformers` alone
#
# The bundled CLIP is an ordinary model folder. `transformers` alone computes the same embeddings; clipnb only says where the folder is.

# %%
from transformers import AutoProcessor, CLIPModel
from transformers.utils import logging

from clipnb.model.clip import BUNDLED

logging.disable_progress_bar()
model, processor = CLIPModel.from_pretrained(BUNDLED), AutoProcessor.from_pretrained(BUNDLED)
batch = processor(images=image, text=[prompt], return_tensors="pt")
with torch.no_grad():
    output = model(**batch)
bundled = clipnb.load_clip(BUNDLED, device="cpu")
assert torch.allclose(output.image_embeds, bundled.encode_images(image), atol=1e-4)
assert torch.allclose(output.text_embeds, bundled.encode_texts(prompt), atol=1e-4)

# %% [markdown]
# ## 9 · The answer
#
# After training, the angle between the embeddings is smaller for matching images and texts than for other pairs, on average, and the dot product measures this angle. Your guesses, next to the results:

# %%
clipnb.checks.compare_guesses(
    {
        "share of kinds correct, patches shuffled": (guess_shuffled, share["shuffled"]),
        "modality gap in degrees": (guess_gap, angle(I, T)),
    }
)

# %% [markdown]
# ## Recap
#
# - An image becomes patches, a text becomes tokens; each token is a vector with a positional embedding.
# - A transformer block is attention and an MLP, both added to their input.
# - Two encoders end in one embedding space, where the cosine similarity compares them.
# - Similarities lie in a narrow range, and each prompt has an offset.
# - Images and texts form two clusters, with random weights and after training: the modality gap.

# %% [markdown]
# ## Exercises
#
# **1 (predict, section 1).** OpenAI's ViT-B/32 takes images of 224 × 224 pixels in patches of 32. How many patches does it see: `7`, `49` or `1024`?
#
# <details><summary>Hint</summary>
#
# How many patches are side by side, and how many such rows?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("01.1", answer)

# %% [markdown]
# **2 (write, section 1).** Cut an image into patches: a function of the tensor `pixels` (height, width, 3; colours last, unlike in section 1) and of `side`. It returns one row of side · side · 3 numbers for each patch. Go line by line, among the patches and inside each patch, and keep the three colours of a pixel together.
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
# **3 (write, section 3).** Write the attention of one head: a function of `queries`, `keys` and `values`, all (tokens, d), which gives the new tokens (tokens, d).
#
# <details><summary>Hint</summary>
#
# Dot products of all queries with all keys, divided by the square root of d; a softmax for each query; then a weighted sum of the values.
#
# </details>


# %%
attend = ...
_ = clipnb.checks.check_attention(attend)

# %% [markdown]
# **4 (write, section 4).** Write the similarity matrix: a function of raw image embeddings `images` (n, d) and raw text embeddings `texts` (m, d), which are not of unit length. It gives all cosine similarities (n, m).
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
# **5 (find the error, section 5).** Somebody wants to know which descriptor describes tree frogs best, and runs the next cell. One step of the analysis is flawed, whatever the numbers are. Which one: the `scale` (it lacks the logit scale), the `length` (the embeddings are not of unit length), the `average` (a mean over four images is taken) or the `offset` (every prompt has a mean of its own)?
#
# <details><summary>Hint</summary>
#
# Replace `tree` by images of beetles. Could the same descriptor come out on top again?
#
# </details>

# %%
candidates = ["green skin", "large round eyes", "toe pads", "a small animal"]
means = (clip.encode_images(tree) @ clip.encode_texts(candidates).T).mean(0)
print(f"'{candidates[means.argmax()]}' describes tree frogs best: its mean similarity is the highest.")

# %%
error = ...
_ = clipnb.checks.check_choice("01.5", error)

# %% [markdown]
# **6 (write, section 6).** Write the modality gap as an angle in degrees, without `cosine_similarity`: a function of unit embeddings `images` (n, d) and `texts` (m, d).
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
# **7 (open, sections 1 and 3).** The text encoder has positional embeddings too. Does it use them? Classify the species among 60 as in section 4, once with shuffled patches and once with the words of every prompt shuffled. Predict first: which lowers the accuracy more?
#
# <details><summary>Hint</summary>
#
# `shuffle_patches` is there; for a text, `" ".join(rng.permutation(text.split()))`. Everything else is the cell with `own` and `control`.
#
# </details>

# %% [markdown]
# ## What's next
#
# *02, Train a CLIP*, writes the loss by which two encoders learn to share a space, trains a small CLIP, and says how the bundled one was trained.
