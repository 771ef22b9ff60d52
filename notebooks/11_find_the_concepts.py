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
# # 11 · Find the concepts
#
# **Which concepts does the model use inside, and how could you tell?** Words next to an image look like an explanation. Here we know the true attributes, so each method gets a score.
#
# **What you'll do.** Probe layers, split an embedding into the parts of attention heads, write images as sparse sums of words, classify through concepts, and train a sparse autoencoder.
#
# **What you'll learn.** What each method and its control show, and which published claims hold here.
#
# **What you'll need.** Attention and embeddings (notebook 01), intervals and controls (notebooks 03 and 06). No network, no GPU, no key.
#
# **Time.** 60 minutes to read and try; it runs in about a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/11_find_the_concepts.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/11_find_the_concepts.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import textwrap
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb import ConceptBottleneck, SparseAutoencoder, SparseConcepts, plots
from clipnb.classify.regression import softmax_regression
from clipnb.concepts import feature_auc, precision_recall, split_groups, text_span
from clipnb.concepts.solvers import nonnegative_lasso
from clipnb.evaluation import bootstrap
from clipnb.fieldguide.concept_words import GROUPS, concept_words, truth_of
from clipnb.fieldguide.name_frequency import band
from clipnb.fieldguide.world import load_kind
from clipnb.plots.basic import AGAINST_AND_FOR

clip = clipnb.load_clip()
seconds, started = {}, time.perf_counter()


def took(what):  # seconds since the last call, for the table at the end
    global started
    seconds[what], started = time.perf_counter() - started, time.perf_counter()


# %% [markdown]
# ## 1 · Images and their true attributes
#
# **What is true of each image?** The package has a vocabulary in four groups: kinds, colours, habitats, and marks such as a long tail. For each word it knows which attribute makes it true.

# %%
data = clipnb.load_fieldguide("test", per_species=4)
images = list(data.images)  # drawn once
words = concept_words()
group = {word: words[word][0] for word in words}
truth = truth_of(words, data.scenes)

# %%
print(data, pd.Series(group).value_counts().to_dict(), sep="\n")
print(f"true words per image: {truth.sum(axis=1).mean():.1f} of {len(words)}")
species = ("tree frog", "tailed frog", "rose chafer", "Colorado potato beetle")
examples = [int(np.flatnonzero(data.labels == data.class_names.index(name))[0]) for name in species]
row = truth.iloc[examples[0]]
print("tree frog:", ", ".join(row[row].index[:9]), "…")
_ = plots.show_images([images[i] for i in examples], species, columns=4, side=2.2)

# %% [markdown]
# The bundled CLIP was trained with labels of such attributes (notebook 02); a CLIP without them may do worse.
#
# Kind, habitat and main colour have one value per image. Half of the *species* serve to find something, the other half to measure it.

# %%
labels = {
    "kind": np.array([s.individual.kind for s in data.scenes]),
    "habitat": np.array([s.habitat for s in data.scenes]),
    "colour": np.array([s.individual.marks[load_kind(s.individual.kind).main] for s in data.scenes]),
}
find = split_groups(data.labels)
print(f"species to find: {len(set(data.labels[find]))}, to measure: {len(set(data.labels[~find]))}")
for attribute, values in labels.items():  # a probe cannot learn what it never sees
    lost = (~np.isin(values[~find], values[find])).sum()
    print(f"{attribute}: {lost} images to measure have a value that none to find has")

# %% [markdown]
# ## 2 · Probes: where can an attribute be read?
#
# **From which layer can the habitat be read?** A *linear probe* is logistic regression on the activations of one layer (Alain & Bengio 2016). We take the class token at the start (layer 0) and after each layer. By hand, after layer 1:

# %%
tokens = clipnb.class_tokens(clip, images)
names, y_habitat = np.unique(labels["habitat"], return_inverse=True)
z = tokens[1] - tokens[1][find].mean(0)
z = z / z[find].std(0)
w, b = softmax_regression(z[find], y_habitat[find], len(names), penalty=0.01)
by_hand = (z[~find] @ w.T + b).argmax(1) == y_habitat[~find]

# %% [markdown]
# The package does this for every layer. In the control, the labels of the training half are shuffled.

# %%
probed = {a: clipnb.probe_layers(tokens, labels[a], find) for a in labels}
control = {a: clipnb.probe_layers(tokens, labels[a], find, shuffle=0) for a in labels}
assert np.abs(probed["habitat"][1].mean() - by_hand.mean()) < 0.01
took("probes")

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True, layout="constrained")
measured = data.labels[~find]
for ax, attribute in zip(axes, labels):
    for table, colour, name in (
        (control[attribute], plots.GREY, "control: shuffled labels"),
        (probed[attribute], plots.BLUE, "probe"),
    ):
        spans = np.array([bootstrap(table[layer].to_numpy(), measured) for layer in table])
        ax.fill_between(table.columns, *spans.T, color=colour, alpha=0.2)
        ax.plot(table.columns, table.mean(), "o-", color=colour, label=name)
    ax.set_title(f"{attribute}, {len(set(labels[attribute]))} values", fontsize=10)
    ax.set(xlabel="layer", ylim=(0, 1.02))
    ax.set_xticks(table.columns)
axes[0].set_ylabel("accuracy on other species")
axes[0].legend(frameon=False, fontsize=9, loc="center right", bbox_to_anchor=(1, 0.3))
_ = figure.suptitle(
    f"What can be read from the class token (n = {len(measured)} images, 95 % over species)",
    fontsize=11,
)

# %% [markdown]
# At layer 0 the class token has read no patch and is the same for all images: a second control.
#
# A probe says that an attribute *can* be read, not that the model uses it (section 3). A network with random weights would show whether training put it there.

# %%
for a in labels:
    rise = probed[a].mean().diff()
    print(f"{a}: largest rise at layer {rise.idxmax()} ({rise.max():+z.2f}),", end=" ")
    print(f"last layer {probed[a].iloc[:, -1].mean():.2f}, control {control[a].iloc[:, -1].mean():.2f}")

# %% [markdown]
# ## 3 · Attention heads in words
#
# **Which part of the network writes the habitat into the embedding?** The final class token is a sum, to which each attention head and each MLP has added a part (Gandelsman et al. 2024).
#
# ![The embedding of an image as a stack of parts: heads and MLPs of all layers and a rest; one head's part is again a sum over patches, and a text tells in which direction it varies.](diagrams/embedding-as-a-sum-of-heads.svg)
#
# We check this on one image: its token, split into two arbitrary parts, gives the embedding.
#
# <details><summary>Why can each part pass the last LayerNorm alone?</summary>
#
# The last LayerNorm and the projection turn the token into the embedding. The LayerNorm subtracts the token's mean and divides by its standard deviation σ. Both the mean and the projection are linear, and σ is one number for the whole token: we compute it once and use it for every part.
#
# </details>

# %%
vision, image = clip.model.vision_model, images[examples[0]]
pixels = clip.image_processor(image, return_tensors="pt")["pixel_values"]
with torch.no_grad():
    end = vision(pixel_values=pixels).last_hidden_state[0, 0]
norm, P = vision.post_layernorm, clip.model.visual_projection.weight.detach()


# %%
def through(part, sigma):  # what a part adds to the embedding before it is normalised
    return P @ (norm.weight.detach() * (part - part.mean()) / sigma)


# %%
sigma = (end.var(correction=0) + norm.eps).sqrt()
bias = P @ norm.bias.detach()
half = torch.rand(len(end), generator=torch.Generator().manual_seed(0)) * end  # any two parts
embedding = normalize(through(half, sigma) + through(end - half, sigma) + bias, dim=0)
assert torch.allclose(embedding, clip.encode_images(image)[0], atol=1e-4)

# %% [markdown]
# `decompose_embedding` collects all parts, and a rest (the token at the start, and biases). Their sum equals the embedding.

# %%
parts = clipnb.decompose_embedding(clip, images)
x = parts.total()
gap = (x[:32] - clip.encode_images(data.select(np.arange(32)))).abs().max()
assert gap < 1e-4
print(parts)

# %% [markdown]
# **Which parts vary from image to image?** A part that is the same for all images cannot tell them apart.

# %%
variance = parts.heads.var(0, correction=0).sum(-1)
share = pd.DataFrame(variance.numpy(), columns=[f"head {h + 1}" for h in range(variance.shape[1])])
share["MLP"] = parts.mlps.var(0, correction=0).sum(-1).numpy()
share.index = [f"layer {n}" for n in range(1, len(share) + 1)]
(share / share.to_numpy().sum()).round(3)

# %% [markdown]
# **In words.** *TextSpan* takes the text whose dot product with a head's part varies most over images, removes its direction, and repeats. The first step, for one head:

# %%
own = parts.heads[:, -1, 2] - parts.heads[:, -1, 2].mean(0)
candidates = [word for word in words if group[word] != "mark"]
T = clip.encode_texts(candidates)
span = torch.linalg.svd(own, full_matrices=False).Vh[: clip.dim // parts.heads.shape[2]]
inside = T @ span.T @ span  # the texts, in the directions that the head uses
first = candidates[(own @ inside.T).square().sum(0).argmax()]

# %%
chosen, shares = text_span(parts.heads[:, -1, 2], T, count=3)
assert candidates[chosen[0]] == first
described = clipnb.describe_heads(clip, parts, candidates, count=3)
described[["layer", "head"]] += 1  # counted from 1, as in the tables
described["texts"] = described["texts"].str.join(", ")
described.tail(10).round(3)

# %% [markdown]
# `share` is how much of the head's variance lies in its three texts. Some text always comes first, so the **control** offers as many candidates of random words. If the interval includes 0, the words are not shown to describe heads better.

# %%
descriptors = clipnb.load_descriptors("fieldguide")
noise = clipnb.random_prompts(descriptors, include_name=False).prompts
nonsense = list(dict.fromkeys(noise))[: len(words)]
random_texts = clipnb.describe_heads(clip, parts, nonsense[: len(candidates)], count=3)
difference = (described["share"] - random_texts["share"])[-10:]
low, high = bootstrap(difference.to_numpy())
print(f"share of variance in the last two layers: words {described['share'][-10:].mean():.2f},", end=" ")
print(f"random words {random_texts['share'][-10:].mean():.2f}")
print(f"difference {difference.mean():+z.2f} ({low:+z.2f} to {high:+z.2f}, over heads)")

# %% [markdown]
# **One image, one text.** A cosine is the sum of the dot products of all parts with the text. Check that sum, then choose a head. From which patches does it add something, and for which images most?

# %%
clipnb.widgets.browse_heads(clip, data, parts=parts, texts=candidates, max_images=10)

# %% [markdown]
# **Do the texts say what a head does?** We replace heads by their mean over images (*mean ablation*). Does the most similar word still name kind, habitat or main colour? On half of the species we choose the three heads whose removal lowers the true word's margin most; on the other half we measure accuracy.

# %%
options = {a: sorted(set(labels[a])) for a in labels}
encoded = {
    a: clip.encode_texts(["light blue" if o == "lightblue" else o for o in options[a]]) for a in labels
}


def margins(embeddings, attribute):  # (n,): similarity with the true word, less the highest other
    cosines = embeddings @ encoded[attribute].T
    true = torch.tensor([options[attribute].index(value) for value in labels[attribute]])[:, None]
    highest_other = cosines.scatter(1, true, -1.0).amax(1)
    return (cosines.gather(1, true)[:, 0] - highest_other).numpy()


def named(embeddings, attribute):  # (n,) bool: is the most similar word the true one?
    return margins(embeddings, attribute) > 0


# %%
drop = pd.DataFrame(
    {
        a: [(margins(x, a) - margins(parts.without([h]), a))[find].mean() for h in parts.names()]
        for a in labels
    },
    index=pd.MultiIndex.from_tuples(parts.names()),
)
ranked = {a: drop[a].sort_values(ascending=False, kind="stable").index[:3].tolist() for a in labels}

# %%
guess_ablation = ...

# %% [markdown]
# Record a guess above: the accuracy for the habitat without its three heads. The **control** removes three others of the last two layers at random, twenty times.

# %%
chance, ablated = np.random.default_rng(0), {}
for a in labels:
    rest = [h for h in parts.names()[-10:] if h not in ranked[a]]
    drawn = [[rest[i] for i in chance.choice(len(rest), 3, replace=False)] for _ in range(20)]
    ablated[a, "all heads"] = named(x, a)[~find]
    ablated[a, "without its three"] = named(parts.without(ranked[a]), a)[~find]
    ablated[a, "without three others"] = np.mean(
        [named(parts.without(heads), a)[~find] for heads in drawn], axis=0
    )

# %%
for a in labels:
    less = ablated[a, "without its three"] - ablated[a, "without three others"]
    low, high = bootstrap(less, measured)
    shown = ", ".join(f"{which} {hits.mean():.2f}" for (b, which), hits in ablated.items() if a == b)
    print(f"{a}: {shown}; difference {less.mean():+z.2f} ({low:+z.2f} to {high:+z.2f})")
took("heads")

# %% [markdown]
# Where the interval excludes 0, naming the attribute depends on these heads more than on as many others.
#
# <details><summary>What does this leave out?</summary>
#
# Only direct contributions are removed. What later layers had read from these heads stays in, so a head may matter more than its ablation shows. In the same way, the shares of variance above ignore what later layers read from earlier ones, and how parts vary together.
#
# </details>
#
# **Where does the head look?** The map shows what each patch adds to the similarity with the true habitat, in the first of the three heads. Are the blue patches on the creature?

# %%
layer, head = ranked["habitat"][0]
some = [images[i] for i in examples]
by_patch = clipnb.decompose_embedding(clip, some, patches=True).patches
assert by_patch is not None
by_patch = by_patch[:, layer, head, 1:]  # without the class token

# %%
towards = clip.encode_texts([labels["habitat"][i] for i in examples])
maps = torch.einsum("ntd,nd->nt", by_patch, towards)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 4, figsize=(9, 2.7), layout="constrained")
side, most = int(maps.shape[1] ** 0.5), maps.abs().max()
for ax, picked, values, i in zip(axes, some, maps, examples):
    ax.imshow(picked, extent=(0, side, side, 0))
    grid = values.view(side, side)
    seen = 0.9 * (grid.abs() / most).sqrt()  # the less a patch adds, the more transparent
    ax.imshow(
        grid,
        cmap=AGAINST_AND_FOR,
        vmin=-most,
        vmax=most,
        alpha=seen.numpy(),
        extent=(0, side, side, 0),
    )
    ax.set_title(labels["habitat"][i], fontsize=10)
    ax.axis("off")
figure.colorbar(axes[0].images[-1], ax=axes, label="added to the cosine", shrink=0.9)
_ = figure.suptitle(
    f"Head {head} of layer {layer + 1}: what each patch adds to the true habitat", fontsize=11
)

# %% [markdown]
# ### Exercise: the parts of one layer
#
# **1 (write).** Write what each head of one layer adds to the class token: a function of `attention` (heads, tokens), the class token's attention; `values` (tokens, heads, size); and `out` (width, heads · size), the weights of the output projection. It returns (heads, width), in NumPy or torch.
#
# <details><summary>Hint</summary>
#
# For head h: mix the values, `attention[h] @ values[:, h]`, then multiply by the columns of `out` that belong to h, which lie side by side.
#
# </details>


# %%
head_parts = ...
_ = clipnb.checks.check_head_parts(head_parts)

# %% [markdown]
# ## 4 · SpLiCE: an image as a sparse sum of words
#
# **Can an embedding be written as a few words?** *SpLiCE* (Bhalla et al. 2024) looks for non-negative weights of words, most of them 0, whose sum comes near the embedding.
#
# ![An embedding of many numbers is about equal to a sum of concepts: green, frog and pond have positive weights, red, wings, sand and beak have weight 0.](diagrams/sparse-concepts.svg)
#
# Images and texts lie in different regions (notebook 01), so SpLiCE centres both; our mean image comes from other images.

# %%
others = clip.encode_images(clipnb.load_fieldguide("train", per_species=12))
D = clip.encode_texts(list(words))
D = normalize(D - D.mean(0), dim=1)
centred = normalize(x - others.mean(0), dim=1)
PENALTY = 0.2

# %% [markdown]
# The *Lasso* with non-negative weights minimises ½‖x − wD‖² + λ Σ w. Each step goes against the gradient and the penalty λ, then sets negative weights to 0.

# %%
step = 1 / torch.linalg.matrix_norm(D, 2) ** 2
weights = torch.zeros(20, len(words))
for _ in range(2000):
    gradient = (weights @ D - centred[:20]) @ D.T
    weights = (weights - step * (gradient + PENALTY)).clamp(min=0)

# %% [markdown]
# The package solves the same faster.

# %%
splice = SparseConcepts(clip, words, others)
sparse = splice.weights(x, PENALTY)
assert torch.allclose(sparse[:20], weights, atol=5e-3)
print(f"words per image: {(sparse > 0).sum(1).float().mean():.1f} of {len(words)}")
splice.top(x[examples], PENALTY)[0].round(3)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 4, figsize=(9.5, 3.6), width_ratios=(1, 1, 1, 1), layout="constrained")
for k, i in enumerate(examples[:2]):
    top = splice.top(x[i : i + 1], PENALTY, count=6)[0][::-1]
    axes[2 * k].imshow(images[i])
    axes[2 * k].set_title(data.class_names[data.labels[i]], fontsize=10)
    axes[2 * k].axis("off")
    colours = [plots.BLUE if truth.iloc[i][word] else plots.ORANGE for word in top.index]
    axes[2 * k + 1].barh([textwrap.fill(w, 20) for w in top.index], top, color=colours)
    axes[2 * k + 1].tick_params("y", labelsize=9)
    axes[2 * k + 1].set_xlabel("weight")
_ = figure.suptitle("Words of two images: blue is true, orange is false", fontsize=11)

# %% [markdown]
# **How many of the words are true?** *Precision* is the share of chosen words that are true, *recall* the share of true words that are chosen. We compare:
#
# - as many words, those with the largest cosines after centring
# - SpLiCE without centring, at the same penalty
# - control: the words of another image
# - control: random words. They have no truth, so we compare how near the sum comes to the image.

# %%
chosen = (sparse > 0).numpy()
counts = chosen.sum(1)
order = (-(centred @ D.T)).argsort(1).argsort(1).numpy()
raw = nonnegative_lasso(x, clip.encode_texts(list(words)), PENALTY)
methods = {
    "SpLiCE": chosen,
    "largest cosines": order < counts[:, None],
    "without centring": (raw > 0).numpy(),
    "control: another image": chosen[np.random.default_rng(0).permutation(len(chosen))],
}

# %%
scored = {m: precision_recall(c, truth, data.labels) for m, c in methods.items()}
table = pd.concat(scored, names=["method", "measure"]).unstack().T.swaplevel().T
table = table[["precision", "recall"]].loc[list(methods)]
table["words", "mean"] = [c.sum(1).mean() for c in methods.values()]
table.round(2)

# %%
noise_splice = SparseConcepts(clip, nonsense, others)
noisy = noise_splice.weights(x, PENALTY)


def nearness(one, weights):  # cosine of the centred image and the sum of words
    return (one.centred(x) * normalize(weights @ one.dictionary, dim=1)).sum(1).numpy()


near, near_noise = nearness(splice, sparse), nearness(noise_splice, noisy)
low, high = bootstrap(near - near_noise, data.labels)
print(f"{len(splice.words)} words and {len(noise_splice.words)} texts of random words")
print(f"cosine with the image: words {near.mean():.2f}, random {near_noise.mean():.2f},", end=" ")
print(f"difference {(near - near_noise).mean():+z.2f} ({low:+z.2f} to {high:+z.2f})")

# %% [markdown]
# By nearness, the difference is all that the true vocabulary adds. Precision tells true words from false ones, but needs ground truth. By group:

# %%
for g in GROUPS:
    own = np.array([group[w] == g for w in words])
    found = precision_recall(chosen[:, own], truth.loc[:, own], data.labels)["value"]
    base = truth.loc[:, own].to_numpy().mean()
    precision = f"{found['precision']:.2f}" if chosen[:, own].any() else "none chosen"
    print(f"{g}: precision {precision}, recall {found['recall']:.2f}; share of true words {base:.2f}")
took("SpLiCE")

# %% [markdown]
# **Does the penalty decide the comparison?** We chose 0.2 while we looked at these images, so now we vary it.

# %%
penalties = (0.08, 0.12, 0.2, 0.3)
plain_words = clip.encode_texts(list(words))
lines = {"SpLiCE": [], "largest cosines": [], "without centring": []}
for penalty in penalties:
    on = (splice.weights(x, penalty) > 0).numpy()
    tables = on, order < on.sum(1)[:, None], (nonnegative_lasso(x, plain_words, penalty) > 0).numpy()
    for name, table in zip(lines, tables):
        lines[name].append(precision_recall(table, truth, data.labels)["value"].to_numpy())

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
for (name, line), colour in zip(lines.items(), (plots.BLUE, plots.GREEN, plots.ORANGE)):
    precision, recall = np.array(line).T
    ax.plot(recall, precision, "o-", color=colour, label=name)
other = scored["control: another image"]["value"]
ax.plot(other["recall"], other["precision"], "o", color=plots.GREY, label="control: another image")
ax.set(xlabel="recall", ylabel="precision", xlim=(0, None), ylim=(0, 1.02))
ax.legend(frameon=False, fontsize=9, loc="lower center")
_ = ax.set_title(f"Words of {len(x)} images at four penalties", fontsize=11)

# %% [markdown]
# At the same recall, the higher line is better. Bhalla et al. report that centring matters: compare blue with orange.
#
# Next, we choose the penalty on half of the species, by *F1* (the harmonic mean of both), and measure on the other half.


# %%
def half_scores(penalty, side):  # precision, recall and F1 on one half of the species
    on = (splice.weights(x[side], penalty) > 0).numpy()
    value = precision_recall(on, truth[side], data.labels[side])["value"]
    p, r = value["precision"], value["recall"]
    return p, r, 2 * p * r / (p + r)


best_penalty = max(penalties, key=lambda penalty: half_scores(penalty, find)[2])
for how, penalty in {"chosen on all images": PENALTY, "chosen on the other half": best_penalty}.items():
    p, r, f1 = half_scores(penalty, ~find)
    print(f"penalty {penalty}, {how}: precision {p:.2f}, recall {r:.2f}, F1 {f1:.2f}")

# %% [markdown]
# **Does a mark replace the kind?** We remove the marks from the vocabulary and count again.

# %%
kind_words, short = ([w for w in words if group[w] in some] for some in (["kind"], GROUPS[:3]))
fewer = pd.DataFrame((SparseConcepts(clip, short, others).weights(x, PENALTY) > 0).numpy(), columns=short)
for what, table in {"with": pd.DataFrame(chosen, columns=list(words)), "without": fewer}.items():
    recall = precision_recall(table[kind_words], truth[kind_words], data.labels).loc["recall"]
    print("kind, {} marks: recall {:.2f} ({:.2f} to {:.2f})".format(what, *recall))

# %% [markdown]
# ### Exercise: precision and recall
#
# **2 (write).** Write a function of `weights` (images, words) and `truth` (images, words; bool). It returns precision and recall over all images: the share of words with a weight that are true, and the share of true words that have a weight.
#
# <details><summary>Hint</summary>
#
# `weights > 0` is the table of chosen words. Count three things: chosen and true, chosen, true.
#
# </details>


# %%
precision_and_recall = ...
_ = clipnb.checks.check_precision(precision_and_recall)

# %% [markdown]
# ### Exercise: a longer embedding
#
# **3 (predict and run).** Somebody forgets to normalise: all centred images are twice as long. To make up for it, the penalty is doubled, too. Does an image get `fewer` words than before, `more`, or the `same`? The cell below your answer counts them, once you have answered.
#
# <details><summary>Hint</summary>
#
# Put 2x for x and 2w for w into ½‖x − wD‖² + λ Σ w. By which factor does each term grow?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("11.3", answer)

# %%
if answer is not ...:
    longer = nonnegative_lasso(2 * centred[:200], splice.dictionary, 2 * PENALTY)
    before = nonnegative_lasso(centred[:200], splice.dictionary, PENALTY)
    counts = [(w > 1e-4).float().sum(1).mean().item() for w in (before, longer)]
    print("you said {}; words per image before {:.2f}, after {:.2f}".format(answer, *counts))

# %% [markdown]
# ## 5 · A concept bottleneck
#
# **Can a classifier use nothing but concepts?** A *concept bottleneck* scores concepts, then classifies from the scores alone. Our scores are CLIP's similarities with texts, and a sparse linear step follows. We train on `test`, and measure on harder images of the same species (`hard`).
#
# <details><summary>Where do the two parts come from?</summary>
#
# LaBo (Yang et al. 2023) takes CLIP's similarities with texts as scores. Label-free bottlenecks (Oikarinen et al. 2023) learn scores that match CLIP's similarities, and end in a sparse linear step.
#
# </details>

# %%
hard = clipnb.load_fieldguide("hard", per_species=4)
X_hard, y_hard = clip.encode_images(hard), np.array(hard.class_names)[hard.labels]
learn = np.ones(len(x), bool)
y = np.array(data.class_names)[data.labels]
classes, target = np.unique(y, return_inverse=True)
PENALTY_CLASSES = 0.001

# %%
S = x @ clip.encode_texts(list(words)).T
S = (S - S.mean(0)) / S.std(0, correction=0)
W, b = torch.zeros(len(classes), len(words)), torch.zeros(len(classes))
one_hot, rate = torch.eye(len(classes))[target], 2 * len(S) / torch.linalg.matrix_norm(S, 2) ** 2
for _ in range(100):  # softmax regression; every weight is moved towards 0 by the penalty
    residual = ((S @ W.T + b).softmax(1) - one_hot) / len(S)
    W, b = W - rate * residual.T @ S, b - rate * residual.sum(0)
    W = W.sign() * (W.abs() - rate * PENALTY_CLASSES).clamp(min=0)

# %% [markdown]
# The package takes faster steps to the same minimum.

# %%
bottleneck = ConceptBottleneck(clip, words, PENALTY_CLASSES).fit(x, y)


def objective(W, b):
    log_p = (S @ W.T + b).log_softmax(1)
    return -log_p[range(len(S)), target].mean() + PENALTY_CLASSES * W.abs().sum()


assert objective(bottleneck.weights, bottleneck.intercept) <= objective(W, b) + 1e-4
used = (bottleneck.weights != 0).sum(1).float().mean().item()
print(f"concepts per class: about {5 * round(used / 5)} of {len(words)}")

# %%
bottleneck.reasons(x, examples[0], ("tree frog", "tailed frog")).head(6).round(2)

# %% [markdown]
# **Is it the concepts?** The control reads as many texts of random words (compare Yan et al. 2023). We draw each number of texts five times. Record a guess first: the accuracy with 20 random texts.

# %%
guess_random = ...


# %%
def drawn_accuracy(vocabulary, m, seed):
    picked = np.random.default_rng(seed).choice(vocabulary, m, replace=False)
    model = ConceptBottleneck(clip, list(picked), PENALTY_CLASSES).fit(x, y)
    return (model.predict(X_hard) == y_hard).astype(float)


sizes, seeds = (5, 10, 20, 40, 80, 160, 320), range(5)
curves = {
    name: {m: np.stack([drawn_accuracy(v, m, s) for s in seeds]) for m in sizes}
    for name, v in {"concepts": list(words), "control: random words": nonsense}.items()
}

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
for (name, curve), colour in zip(curves.items(), (plots.BLUE, plots.GREY)):
    spans = np.array([bootstrap(hits.mean(0), hard.labels) for hits in curve.values()])
    ax.fill_between(sizes, *spans.T, color=colour, alpha=0.2)
    ax.plot(sizes, [hits.mean() for hits in curve.values()], "o-", color=colour, label=name)
ax.axvline(clip.dim, color="black", ls=":", lw=1)
ax.text(clip.dim * 0.95, 0.05, "dimensions of\nthe embedding", ha="right", fontsize=9)
ax.set_xscale("log", base=2)
ax.set_xticks(sizes, [str(size) for size in sizes])
ax.set(xlabel="number of concepts", ylabel="accuracy on hard, 95 % over species", ylim=(0, 1))
ax.set_title(f"Accuracy through a bottleneck, n = {len(y_hard)} images, five draws", fontsize=11)
_ = ax.legend(frameon=False)

# %%
paired = {}
for m in (20, 320):
    gain = (curves["concepts"][m] - curves["control: random words"][m]).mean(0)
    paired[m] = (gain.mean(), *bootstrap(gain, hard.labels))
    print("{} concepts against as many random: {:+z.3f} ({:+z.3f} to {:+z.3f})".format(m, *paired[m]))

# %% [markdown]
# Where the two lines meet, accuracy is no evidence that the named concepts are used.
#
# **Leakage.** A score may carry more than its concept (Mahinpei et al. 2021). We read the words of one group only, and put their *true values* through the same classifier. Scores that hold nothing but the concepts should name no more species.

# %%
truth_hard = truth_of(words, hard.scenes)


def from_truth(own):  # true values in place of scores
    a, b = (torch.tensor(t.loc[:, own].to_numpy(), dtype=torch.float32) for t in (truth, truth_hard))
    mean, spread = a.mean(0), a.std(0, correction=0).clamp(min=0.01)
    W, c = clipnb.concepts.solvers.sparse_softmax_regression(
        (a - mean) / spread, torch.tensor(target), len(classes), PENALTY_CLASSES
    )
    return classes[(((b - mean) / spread) @ W.T + c).argmax(1)] == y_hard


# %%
leaks = {}
for g in ("kind", "habitat", "colour"):
    own = [w for w in words if group[w] == g]
    scores = ConceptBottleneck(clip, own, PENALTY_CLASSES).fit(x, y).predict(X_hard) == y_hard
    alike = ConceptBottleneck(clip, nonsense[: len(own)], PENALTY_CLASSES).fit(x, y)
    more = scores.astype(float) - from_truth(own)
    low, high = bootstrap(more, hard.labels)
    leaks[g] = len(own), scores.mean(), from_truth(own).mean(), (alike.predict(X_hard) == y_hard).mean()
    print(f"{g}: accuracy {more.mean():+z.2f} ({low:+z.2f} to {high:+z.2f}) against the true values")
pd.DataFrame(leaks, index=["words", "scores", "true values", "as many random texts"]).T.round(2)

# %% [markdown]
# A positive difference is leakage. A negative one says that the scores hold less of the attribute, at least for a linear step.
#
# **Intervention.** A person can correct a concept (Koh et al. 2020). In images with an incorrect prediction, we set the scores of one group to what is true: the mean score of training images where the word is true, or false. Any change may fix a prediction, so the **control** takes another image's values.

# %%
typical = {
    v: np.stack(
        [
            S.numpy()[truth[w] == v, j].mean() if (truth[w] == v).any() else 0.0
            for j, w in enumerate(words)
        ]
    )
    for v in (True, False)
}
scores = bottleneck.concept_scores(X_hard)
wrong_ones = bottleneck.predict(X_hard) != y_hard


def corrected(which, facts):  # accuracy on the incorrect images, with these words corrected
    new, own = scores.clone(), [group[w] in which for w in words]
    filled = np.where(facts, typical[True], typical[False])
    new[:, own] = torch.tensor(filled, dtype=torch.float32)[:, own]
    return (classes[bottleneck.decide(new).argmax(1)] == y_hard)[wrong_ones]


# %%
foreign = truth_hard.to_numpy()[np.random.default_rng(1).permutation(len(y_hard))]
repaired = {}
for which in (["kind"], ["habitat"], ["colour"], ["mark"]):
    fixed, mixed = corrected(which, truth_hard.to_numpy()), corrected(which, foreign)
    low, high = bootstrap(fixed.astype(float) - mixed, hard.labels[wrong_ones])
    repaired[which[0]] = fixed.mean(), mixed.mean(), low, high
print(f"of {wrong_ones.sum()} incorrect images, share fixed by correcting a group of concepts")
pd.DataFrame(repaired, index=["corrected", "control", "difference from", "to"]).T.round(2)

# %% [markdown]
# In `hard`, many species are in a foreign habitat. What does a corrected habitat say about these?
#
# **One concept.** For how many of these images does a *single* correction give the true class? The control makes as many tries with another image's values.


# %%
def single(i, facts):  # the concepts whose correction alone gives the true class
    filled = torch.tensor(np.where(facts, typical[True], typical[False])).float()
    tries = scores[i].repeat(len(words), 1)
    tries[range(len(words)), range(len(words))] = filled
    return np.flatnonzero(classes[bottleneck.decide(tries).argmax(1)] == y_hard[i])


# %%
incorrect = np.flatnonzero(wrong_ones)
helps = {i: single(i, truth_hard.iloc[i]) for i in incorrect}
helps_control = {i: single(i, foreign[i]) for i in incorrect}
is_enough = np.array([[len(one[i]) > 0 for one in (helps, helps_control)] for i in incorrect], float)
low, high = bootstrap(is_enough[:, 0] - is_enough[:, 1], hard.labels[incorrect])
print("one concept is enough: {:.2f}, control {:.2f};".format(*is_enough.mean(0)), end=" ")
print(f"difference {low:+z.2f} to {high:+z.2f}, n = {len(incorrect)}")
i = max(helps, key=lambda i: len(helps[i]))
print(f"{y_hard[i]}, predicted as {bottleneck.predict(X_hard[i : i + 1])[0]}; enough is one of:", end=" ")
print(", ".join(list(words)[j] for j in helps[i][:3]) or "none")
took("bottleneck")

# %% [markdown]
# **Does name frequency matter?** The bottleneck has seen four labelled images of each class; the class names, as prompts, none.

# %%
zero_shot = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(list(classes)))
by_name = classes[zero_shot.class_scores(X_hard).argmax(1)] == y_hard
bands = np.array([band(int(f)) for f in np.asarray(hard.name_frequency)])[hard.labels]
control_model = ConceptBottleneck(clip, nonsense, PENALTY_CLASSES).fit(x, y)
results = {
    "bottleneck": bottleneck.predict(X_hard) == y_hard,
    "control: random words": control_model.predict(X_hard) == y_hard,
    "class names": by_name,
}
order_of_bands = [b for b in ("zero", "rare", "uncommon", "common") if b in bands]
print("images:", {b: int((bands == b).sum()) for b in order_of_bands})
by_band = pd.DataFrame({m: pd.Series(h).groupby(bands).mean() for m, h in results.items()})
by_band.T[order_of_bands].round(2)

# %% [markdown]
# ### Exercise: a perfect explanation
#
# **4 (find the error).** Somebody concludes that a model thinks in these concepts, because a bottleneck of them keeps most of the accuracy. Run it, then find the flaw: is it the `seed`, the `penalty`, that the same `images` train and test it, or the number of scores against the `dimensions` of the embedding?

# %%
many = ConceptBottleneck(clip, nonsense, PENALTY_CLASSES).fit(x[learn], y[learn])
direct = clipnb.FewShotClassifier(clip, "linear_probe", C=100.0).fit(x[learn], y[learn])
for what, one in {f"bottleneck of {len(nonsense)} texts": many, "the embedding itself": direct}.items():
    print(f"{what}: accuracy on hard {(one.predict(X_hard) == y_hard).mean():.3f}")
print(f"Dimensions of the embedding: {clip.dim}")
print("The bottleneck keeps most of it, so the model must think in these texts.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# The texts are random words. A linear map from the numbers of an embedding to more scores than that: can it be undone?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("11.4", flaw)

# %% [markdown]
# ## 6 · A sparse autoencoder
#
# **Can concepts be found without words?** A *sparse autoencoder* learns directions such that each embedding is nearly a sum of a few of them (for language models: Bricken et al. 2023). Its features are topk(relu(x E + b)): all but the k largest are 0. Adam minimises the squared error. We chose 32 active features of 320 while we looked at the images below.

# %%
autos = [SparseAutoencoder(320, 32, seed=seed).fit(others, epochs=20) for seed in range(10)]
auto = autos[0]
code = (x - auto.mean) @ auto.encoder + auto.bias
largest = code.relu().topk(auto.active, dim=1)
code = torch.zeros_like(code).scatter(1, largest.indices, largest.values)
assert torch.allclose(code, auto.encode(x), atol=1e-5)
first_loss, last_loss = auto.losses[0], auto.losses[-1]
print(f"variance not explained: first epoch {first_loss:.2f}, last {last_loss:.2f}")

# %% [markdown]
# **Is there a feature for each attribute?** The *AUC* is the probability that an image with the attribute has a larger value than one without it; 0.5 is chance. For each word we take the best feature on half of the species and measure it on the other half. Next to it:
#
# - the best dimension of the embedding ("neuron"), in either direction
# - control: as many random directions, with the same k or with all values
# - the similarity with the word's own text
#
# Autoencoders that start from other random numbers find other features. So ten are trained, and ten sets of directions drawn, and the figures are means.

# %%
enough = [w for w in words if min(truth[w][find].sum(), truth[w][~find].sum()) >= 8]
has = truth[enough].to_numpy()


def project(seed):  # onto random directions
    rows = torch.randn(auto.decoder.shape, generator=torch.Generator().manual_seed(seed))
    return (x - auto.mean) @ normalize(rows, dim=1).T


def top_k(values):
    kept = values.relu().topk(auto.active, dim=1)
    return torch.zeros_like(values).scatter(1, kept.indices, kept.values)


at_random = [project(seed) for seed in range(10, 20)]
features = {
    "autoencoder": [one.encode(x) for one in autos],
    "best neuron": [torch.cat([x, -x], 1)],
    "control: random, top k": [top_k(values) for values in at_random],
    "control: random, dense": at_random,
}


# %%
def found_auc(values):  # the best feature of one half, measured on the other
    best = feature_auc(values[find], has[find]).argmax(1)
    return feature_auc(values[~find], has[~find])[range(len(enough)), best], best


by_feature = {name: [found_auc(values) for values in draws] for name, draws in features.items()}
auc = {name: np.mean([one for one, _ in draws], 0) for name, draws in by_feature.items()}
auc["similarity with the word"] = feature_auc(
    x[~find] @ clip.encode_texts(enough).T, has[~find]
).diagonal()

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(7, 2.9), layout="constrained")
for place, (name, values) in enumerate(list(auc.items())[::-1]):
    low, high = bootstrap(values)
    colour = plots.GREY if "control" in name else plots.GREEN if "word" in name else plots.BLUE
    ax.plot(values, np.full(len(values), place) + 0.25, "|", color=colour, alpha=0.4, ms=7)
    ax.errorbar(
        values.mean(), place, xerr=[[values.mean() - low], [high - values.mean()]], fmt="o", color=colour
    )
ax.set_yticks(range(len(auc)), list(auc)[::-1])
ax.axvline(0.5, color="black", ls=":", lw=1)
ax.set(xlabel="AUC on other species: mean, 95 % over words, and each word", xlim=(0.2, 1.02))
_ = ax.set_title(f"One feature for each of {len(enough)} words, n = {(~find).sum()} images", fontsize=11)

# %%
pairs = {}
for rival in list(auc)[1:]:
    gain = auc["autoencoder"] - auc[rival]
    pairs[rival] = (gain.mean(), *bootstrap(gain))
    print("autoencoder against {}: {:+z.2f} ({:+z.2f} to {:+z.2f})".format(rival, *pairs[rival]))
took("autoencoder")

# %% [markdown]
# <details><summary>Why two controls with random directions?</summary>
#
# A sparse feature is 0 for most images, and ties cost AUC: the difference of the two controls shows how much. The best of many random directions can be above 0.5, so an AUC above 0.5 alone does not show that a concept was found.
#
# </details>
#
# **Does the decision depend on the feature?** For each habitat we remove its best feature and count how often its images are still named correctly. The control removes the active feature with the most similar value. If the interval includes 0, a high AUC does not show that the decision uses the feature.


# %%
def named_without(auto, code, best):
    """Image → whether its habitat is named without the best feature, and without another."""
    best, answers = dict(zip(enough, best)), {}
    for h in [h for h in options["habitat"] if h in best]:
        for i in np.flatnonzero((labels["habitat"] == h) & ~find):
            distance = (code[i] - code[i, best[h]]).abs()
            distance[(code[i] == 0) | (torch.arange(auto.features) == best[h])] = np.inf
            outs = [[best[h]], [int(distance.argmin())]]
            cosines = [auto.without(x[i : i + 1], out) @ encoded["habitat"].T for out in outs]
            answers[i] = [options["habitat"][c.argmax()] == h for c in cosines]
    return answers


# %%
bests = [best for _, best in by_feature["autoencoder"]]
answers = [named_without(*one) for one in zip(autos, features["autoencoder"], bests)]
which = np.array(list(answers[0]))
kept_names = np.mean([list(one.values()) for one in answers], 0)
less = kept_names[:, 0] - kept_names[:, 1]
low, high = bootstrap(less, data.labels[which])

# %%
print(f"n = {len(which)} images; habitat named: before {named(x, 'habitat')[which].mean():.2f},", end=" ")
print("without its feature {:.2f}, without another {:.2f};".format(*kept_names.mean(0)), end=" ")
print(f"difference {less.mean():+z.2f} ({low:+z.2f} to {high:+z.2f})")

# %% [markdown]
# ## 7 · What holds here?
#
# Each method against its control, with a 95 % interval; then the published claims.

# %%
head_less = ablated["habitat", "without its three"] - ablated["habitat", "without three others"]
last = probed["habitat"].iloc[:, -1].astype(float) - control["habitat"].iloc[:, -1]
precise = scored["SpLiCE"].loc["precision"]
rows = {
    "probe, habitat, last layer": (last.mean(), *bootstrap(last.to_numpy(), measured)),
    "three habitat heads removed": (head_less.mean(), *bootstrap(head_less, measured)),
    "bottleneck, 320 concepts": paired[320],
    "autoencoder, AUC": pairs["control: random, top k"],
}
summary = pd.DataFrame(rows, index=["against control", "from", "to"]).T
summary.round(2)

# %%
print("Gandelsman et al. 2024: some heads of CLIP ViT have one role, which texts name (ImageNet).")
print(f"  Here: {head_less.mean():+z.2f} in naming the habitat, compared with other heads.")
print("Bhalla et al. 2024: a sparse sum of words describes an image and keeps most of its use.")
print(
    f"  Here: precision {precise['value']:.2f} ({precise['low']:.2f} to {precise['high']:.2f}),", end=" "
)
print(f"another image's words {scored['control: another image'].loc['precision', 'value']:.2f}.")
with_, without = (scored[m]["value"].round(2) for m in ("SpLiCE", "without centring"))
print("The same paper: both modalities have to be centred first. Here, precision and recall are")
for how, found in (("with", with_), ("without", without)):
    print(f"  {found['precision']} and {found['recall']} {how} centring.")
print("Yan et al. 2023: many attributes do about as well as random words; a small learned set keeps")
print(f"the accuracy. Here, drawn sets: {paired[20][0]:+z.3f} with 20 texts,", end=" ")
print(f"{paired[320][0]:+z.3f} with 320.")
print("Bricken et al. 2023: features of an autoencoder are easier to interpret than neurons (language")
interval = "{:+z.2f} ({:+z.2f} to {:+z.2f})".format
print(f"models). Here, AUC against single neurons {interval(*pairs['best neuron'])}, which does not")
print("test whether a feature has one meaning only.")

# %%
summary_seconds = {what: round(s, 1) for what, s in seconds.items()}

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: times differ from run to run
print("seconds per section:", summary_seconds)

# %%
clipnb.checks.compare_guesses(
    {
        "habitat without three heads": (guess_ablation, ablated["habitat", "without its three"].mean()),
        "bottleneck of 20 random texts": (guess_random, curves["control: random words"][20].mean()),
    }
)

# %% [markdown]
# ### Exercise: one feature, one attribute?
#
# **5 (open).** Train two autoencoders that differ in one setting: the number of `features`, of `active` ones, or the `seed`. Does the best feature for an attribute stay about the same direction? Compare directions by cosine, and say what your control is.
#
# <details><summary>Hint</summary>
#
# `one.decoder @ other.decoder.T` has all cosines. For the control, put random unit directions in place of the second decoder.
#
# </details>

# %% [markdown]
# ## Recap
#
# - A probe shows what can be read from a layer, not what is used.
# - A text for a head is a hypothesis; ablation, against other heads, tests it.
# - Precision and recall of words need true attributes. Random texts come near an image, too.
# - Accuracy through a bottleneck does not show that its concepts are used. Compare random texts, and measure leakage.
# - Find a feature on one half, measure it on the other, against random directions.
# - The numbers are about a small CLIP on drawings.

# %% [markdown]
# ## What's next
#
# *12, Run on a GPU*, runs a real CLIP. *13, Bring your own*, works on your photos.
