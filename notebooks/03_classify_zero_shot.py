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
# # 03 · Classify zero-shot
#
# **Can class names alone make a classifier, and how much depends on the words around them?**
#
# **What you'll do.** Build a classifier from prompts in six lines, compare and average prompts, and sort the names by how often the training captions contain them.
#
# **What you'll learn.** Softmax and logit scale; 95 % interval, paired test and p-value, which every later table uses; prompt ensembling; name frequency; calibration and "none of these".
#
# **What you'll need.** Embeddings and cosine similarity (notebook 01). No network, no GPU, no key.
#
# **Time.** 45 minutes to read and try; it runs in less than a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/03_classify_zero_shot.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/03_classify_zero_shot.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch

import clipnb
from clipnb import plots
from clipnb.classify.prompts import TEMPLATES
from clipnb.evaluation import bootstrap, correct, holm, mcnemar, per_class, wilson
from clipnb.fieldguide.captions import write_caption
from clipnb.fieldguide.scene import training_scene

clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", per_species=10)
names, labels, seen = data.class_names, torch.tensor(data.labels), data.seen[data.labels]
print(clip, data, f"{seen.sum()} images of seen species, {(~seen).sum()} of held-out species", sep="\n")

# %% [markdown]
# The images are drawings of the field guide. Training showed and named the **seen** species, and neither showed nor named the **held-out** ones. Results on held-out species were looked at while the model was developed (model card), so they are not an untouched test set. The bundled CLIP was trained with captions and with attribute labels (notebook 02).

# %% [markdown]
# ## 1 · A classifier in six lines
#
# **How do class names become a classifier?** Write every name into a **prompt**, encode the prompts, and compare them with the image. No labelled image of the task is needed: this is **zero-shot** classification.
#
# ![Seven ways to write the prompts of the class tree frog, the class name highlighted; the prompts are encoded, pooled and compared with the image, which gives a score.](diagrams/classifier-is-a-table-of-prompts-name.svg)

# %%
texts = [f"a photo of a {name}" for name in names]
T = clip.encode_texts(texts)  # one unit embedding per class
I = clip.encode_images(data)  # one unit embedding per image
scores = I @ T.T  # cosine similarities, images × classes
probabilities = (clip.logit_scale * scores).softmax(1)
best = probabilities.argmax(1)

# %% [markdown]
# From here on the package computes the same from a **prompt table**: class → prompts.

# %%
photo = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, "a photo of a {}"))
prediction = photo.predict(data)
assert torch.allclose(prediction.probabilities, probabilities, atol=1e-4)

# %% [markdown]
# Four species go with us through the course: the two frogs of Alexey Kravets' article, whose names no training caption contains, and two beetles, one with a common and one with a rare name.

# %%
four = ["tree frog", "tailed frog", "Colorado potato beetle", "rose chafer"]
rows = [data.labels.tolist().index(names.index(name)) for name in four]
axes = plots.show_images([data.images[i] for i in rows], four, columns=4, side=2.1)
_ = axes.flat[0].figure.suptitle("Four images and their true classes", fontsize=11)

# %%
for i in rows:
    verdict = "correct" if best[i] == labels[i] else "incorrect"
    print(f"{names[labels[i]]}: {names[best[i]]}, {probabilities[i].max():.2f} ({verdict})")

# %% [markdown]
# ## 2 · From cosine to probability
#
# **How does a small difference in cosine become a large one in probability?** Softmax turns differences into ratios:
#
# $$\frac{p_a}{p_b} = e^{\,s\,(\cos_a - \cos_b)}$$
#
# Here $p_a$ and $p_b$ are the probabilities of two classes, $\cos_a$ and $\cos_b$ the cosines of the image with their prompts, and $s$ is the **logit scale**, one number that CLIP learns in training. Its inverse is the *temperature*.

# %%
a, b = names.index("tree frog"), names.index("tailed frog")
difference = scores[rows[0], a] - scores[rows[0], b]
odds = probabilities[rows[0], a] / probabilities[rows[0], b]
assert torch.isclose(odds.log(), clip.logit_scale * difference, atol=0.01)
print(f"tree frog minus tailed frog: {difference:+.3f}, times the scale {clip.logit_scale:.0f}")
print(f"so the odds are {odds:.3g} to 1")

# %% [markdown]
# In the [second article](https://towardsdatascience.com/improving-performance-and-explainability-of-zero-shot-clip-33e579d3f4bb/), OpenAI's CLIP (logit scale 100) gave one photo of a tree frog 0.6836 for *tailed frog* and 0.3164 for *tree frog*. How far apart were the two cosines?

# %%
gap = math.log(0.6836 / 0.3164) / 100
print(f"difference of the cosines: {gap:.4f}")

# %% [markdown]
# A number added to all cosines of an image changes no probability. So a cosine of 0.25, or of 0.6, is neither high nor low by itself: softmax uses only the differences between prompts for the same image.

# %%
shifted = (clip.logit_scale * (scores + 0.3)).softmax(1)
assert torch.allclose(shifted, probabilities, atol=1e-4)

# %% [markdown]
# The scale changes the probabilities, and never the order of the classes:

# %%
scales, colours = torch.logspace(0, 2.5, 60), (plots.BLUE, plots.ORANGE, plots.GREEN, plots.VERMILION)
curves = (scales[:, None] * scores[rows[0]]).softmax(1)
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
for c, colour in zip(scores[rows[0]].topk(4).indices.tolist(), colours):
    ax.plot(scales, curves[:, c], color=colour, label=f"{names[c]} (cosine {scores[rows[0], c]:.3f})")
ax.axvline(clip.logit_scale, color=plots.GREY, ls="--", label="scale of this model")
ax.set(xscale="log", xlabel="logit scale", ylabel="probability", ylim=(0, 1))
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
sns.despine(ax=ax)
_ = figure.suptitle(
    "The scale changes the confidence, not the order (true class: tree frog)", fontsize=11
)

# %% [markdown]
# ### Exercise: shift and scale
#
# **1 (predict and run).** You add 0.3 to all cosines *and* double the logit scale. What happens to the accuracy and to the mean confidence (the probability of the best class): `nothing`, `only confidence rises` or `both rise`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# Look at the formula of this section: which of the two changes appears in it? And does a positive factor change which score is the largest?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("03.1", answer)

# %%
if answer is not ...:
    doubled = (2 * clip.logit_scale * (scores + 0.3)).softmax(1)
    for when, one in {"before": probabilities, "after": doubled}.items():
        share_correct = (one.argmax(1) == labels).float().mean()
        print(f"{when}: accuracy {share_correct:.3f}, mean confidence {one.max(1).values.mean():.3f}")

# %% [markdown]
# ### Exercise: a classifier of your own
#
# **2 (write).** Write the zero-shot classifier: a function of unit image embeddings `images` (n, d), of raw text embeddings `texts` (classes, d), which are *not* of unit length, and of the number `scale`. It returns the probabilities (n, classes).
#
# <details><summary>Hint</summary>
#
# Three steps: unit length, cosines times the scale, softmax. Over which dimension must the probabilities add up to 1?
#
# </details>


# %%
zero_shot = ...
_ = clipnb.checks.check_zero_shot(zero_shot)

# %% [markdown]
# ## 3 · How certain is an accuracy?
#
# **How much would the result change with other images?** The **accuracy** is the share of images whose best class is the true class. From the images of the held-out species we draw as many, with replacement, 2,000 times. This is the **bootstrap**: the printed interval contains 95 % of the drawn accuracies.

# %%
hits = (best == labels).numpy()[~seen]
n, rng = len(hits), np.random.default_rng(0)
drawn = hits[rng.integers(n, size=(2000, n))].mean(1)
low, high = np.quantile(drawn, [0.025, 0.975])
print(f"accuracy {hits.mean():.3f} of {n} images; 95 % interval {low:.3f} to {high:.3f}")

# %% [markdown]
# Wilson's formula (Wilson 1927) gives nearly the same interval without drawing. It also works near 0 and 1, where the bootstrap fails: if all of 10 images are correct, every draw is correct too. So the tables of the course use it.

# %%
formula = wilson(hits.sum(), n)
assert np.allclose(formula, (low, high), atol=0.02)
print(f"Wilson: {formula[0]:.3f} to {formula[1]:.3f}")
print(f"10 of 10 correct: {wilson(10, 10)[0]:.2f} to {wilson(10, 10)[1]:.2f}")

# %% [markdown]
# This interval is about *other images of these species*. Images of one species share a name: are they correct or incorrect together? If they are, an interval for *other species* must draw whole species, with all their images:

# %%
recalls = per_class(photo, data.select(~seen))["recall"].dropna()
alike = recalls.isin([0, 1]).sum()
print(f"{alike} of {len(recalls)} species: all of their images correct, or all incorrect")
low, high = bootstrap(hits, data.labels[~seen])
print(f"other species: {low:.3f} to {high:.3f}, from {len(np.unique(data.labels[~seen]))} species")

# %% [markdown]
# ## 4 · Is the difference significant?
#
# **Does "a photo of a" help?** We compare it with the bare name, on the same images. Only images with a changed result tell the two apart: those **fixed** (incorrect before, correct after) and those **broken** (the reverse).

# %%
bare = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, "{}"))
before, after = correct(bare, data), correct(photo, data)
fixed, broken = (~before & after).sum(), (before & ~after).sum()
print(f"{fixed} fixed, {broken} broken, {len(data) - fixed - broken} alike")

# %% [markdown]
# If the prompts were equally good, each changed image would be a fair coin: fixed or broken. The **p-value** is the probability that such coins fall at least as unevenly as the counts above. This is McNemar's exact **paired test** (McNemar 1947).

# %%
changed = int(fixed + broken)
uneven = [k for k in range(changed + 1) if abs(k - changed / 2) >= abs(fixed - changed / 2)]
p = sum(math.comb(changed, k) for k in uneven) / 2**changed
assert abs(p - mcnemar(before, after)[2]) < 1e-9
print(f"p = {p:.3f}: {'significant' if p < 0.05 else 'not significant'}")

# %% [markdown]
# By convention p < 0.05 is called **significant**. It does not say that the difference is large, and "not significant" does not say that there is none. The package makes one table of this, with Wilson's interval from `low` to `high`; `{}` is the bare name:

# %%
clipnb.readable(clipnb.compare({"{}": bare, "a photo of a {}": photo}, data))

# %% [markdown]
# ## 5 · Which words around the name?
#
# **Do other templates do better?** A **template** has a gap for the name. Published lists contain "a tattoo of a {}" and "itap of a {}" (short for `I took a picture`). Do the training captions of the bundled CLIP contain such words? We write 2,000 captions with the same code:

# %%
scenes, rng = [training_scene(i) for i in range(500)], np.random.default_rng(0)
captions = [write_caption(scene, rng).text for scene in scenes for _ in range(4)]
for words in ("a photo of", "a drawing of", "itap", "tattoo"):
    print(f"'{words}': in {sum(words in caption for caption in captions)} of {len(captions)} captions")

# %% [markdown]
# Five templates next to the bare name, one of them meaningless:

# %%
templates = ["a photo of a {}", "a drawing of a {}", "itap of a {}.", "a tattoo of a {}", "zxq {} vrb"]
words = {"{}": bare}
words |= {t: clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, t)) for t in templates}
table = clipnb.compare(words, data)
p = table["p"].to_numpy(float)

# %% [markdown]
# Now there are five tests. Among twenty tests where there is no difference, about one gives p < 0.05. **Holm's correction** (Holm 1979) raises the p-values: the smallest of m is multiplied by m, the next by m − 1, and so on; none may become smaller than the one before.

# %%
order = np.argsort(p[1:])
raised = np.maximum.accumulate(p[1:][order] * np.arange(len(order), 0, -1)).clip(max=1)
assert np.allclose(raised, holm(p)[1:][order])
columns = ["accuracy", "low", "high", "fixed", "broken", "p", "p_holm"]
clipnb.readable(table.assign(p_holm=holm(p))[columns])

# %%
figure, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
for which, colour, label in ((seen, plots.BLUE, "seen"), (~seen, plots.ORANGE, "held-out")):
    part = clipnb.compare(words, data.select(which))
    error = [part["accuracy"] - part["low"], part["high"] - part["accuracy"]]
    place = np.arange(len(part)) + (0.12 if label == "seen" else -0.12)
    group = f"{label} species, n = {which.sum()}"
    ax.errorbar(part["accuracy"], place, xerr=error, fmt="o", color=colour, label=group)
ax.set_yticks(range(len(words)), words)
ax.invert_yaxis()
ax.set(xlabel="accuracy, with 95 % Wilson interval", xlim=(0, 1.02))
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
sns.despine(ax=ax)
_ = figure.suptitle("Accuracy by template, for seen and held-out species", fontsize=11)

# %%
spread = np.ptp(table["accuracy"])
print(f"accuracies of the {len(table)} prompts differ by up to {spread:.3f} (n = {len(data)} images)")
significant = table.index[holm(p) < 0.05].tolist()
print(f"Different from the bare name (p_holm < 0.05): {', '.join(significant) or 'none'}.")

# %% [markdown]
# On ImageNet, OpenAI's authors gained 1.3 points with "A photo of a" over the bare name, and another 3.5 with 80 templates together (Radford et al. 2021, section 3.1.4). A reported gain depends on the prompt of the baseline (notebook 06).
#
# **Try:** write a template of your own at the head of a column, and switch to *raw cosine*. **Look for** an image whose best class differs between columns: how far apart are the cosines?

# %%
prompts = ["{}", "a photo of a {}", "a tattoo of a {}"]
clipnb.widgets.play_prompts(clip, data.select(~seen), prompts, start="tree frog")

# %% [markdown]
# ### Exercise: the best of twelve
#
# **3 (find the error).** Somebody looks for the best of twelve templates and tests it. Run it. Whatever the numbers are, one step is flawed: is it the `images` (the same for choice and test), the `interval` (Wilson's instead of the bootstrap), the `pairing` (both prompts on the same images) or the `baseline` (the bare name)?

# %%
of_template = {t: clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, t)) for t in TEMPLATES}
found = {t: correct(classifier, data) for t, classifier in of_template.items()}
winner = max(found, key=lambda t: found[t].mean())
tested = clipnb.compare({"{}": bare, winner: of_template[winner]}, data)
print(f'The best template is "{winner}". Expect its gain on your images, too:')
clipnb.readable(tested)

# %% [markdown]
# <details><summary>Hint</summary>
#
# Twelve coins are thrown ten times each, and you keep the one with the most heads. What do you expect of its next ten throws?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("03.3", flaw)

# %% [markdown]
# ## 6 · Prompt ensembling
#
# **Instead of choosing one template, can we average many?** A **prompt ensemble** has several prompts for each class. The package uses twelve templates.
#
# ![Seven ways to write the prompts of the class tree frog, the template ensemble highlighted; the prompts are encoded, pooled and compared with the image, which gives a score.](diagrams/classifier-is-a-table-of-prompts-templates.svg)
#
# Record a guess: how many of the twelve templates are more accurate alone than their ensemble?

# %%
guess_members = ...

# %%
filled = [template.format(name) for template in TEMPLATES for name in names]
E = clip.encode_texts(filled).view(len(TEMPLATES), len(names), -1)  # templates × classes × d
averaged = I @ E.mean(0).T  # the mean of twelve cosines
ensemble = clipnb.ZeroShotClassifier(clip, clipnb.template_prompts(names))
assert torch.allclose(averaged, ensemble.predict(data).scores, atol=1e-4)

# %% [markdown]
# The mean of the embeddings is computed once, so twelve templates cost no more per image than one. Another method averages the **probabilities** of twelve classifiers. The mean of the cosines gives their *geometric* mean instead, rescaled to add up to 1:

# %%
each = (clip.logit_scale * torch.einsum("nd,tcd->tnc", I, E)).softmax(2)  # templates first
geometric = each.double().log().mean(0).softmax(1)
assert torch.allclose(geometric.float(), (clip.logit_scale * averaged).softmax(1), atol=1e-4)

# %%
share = lambda scores: (scores.argmax(-1) == labels).float().mean(-1)  # accuracy
alone, together = share(each), share(averaged).item()
better = (alone > together).sum().item()
print(f"n = {len(data)} images; one template {alone.min():.3f} to {alone.max():.3f}")
print(f"mean of cosines {together:.3f}, mean of probabilities {share(each.mean(0)).item():.3f}")
print(f"more accurate alone than together: {better} of {len(TEMPLATES)} templates")

# %%
ensembles = {"{}": bare, "a photo of a {}": photo, "ensemble of 12": ensemble}
table = clipnb.compare(ensembles, data)
clipnb.readable(table.assign(p_holm=holm(table["p"].to_numpy(float))))

# %% [markdown]
# An ensemble needs no choice of a template. A template that is chosen by its accuracy on these images can no longer be tested on them.

# %% [markdown]
# ## 7 · Names that no training caption contains
#
# **Does the name matter more than the words around it?** The **name frequency** says how many training captions contain a name. On the web, and in our captions, it follows a long tail. Guess the accuracy of "a photo of a {}" for names of frequency zero; chance among 92 classes is 0.01.

# %%
guess_zero = ...

# %%
counts = np.asarray(data.name_frequency)  # training captions with each name

# %%
compared = {"a photo of a {}": photo, "ensemble of 12": ensemble}
curve = clipnb.by_name_frequency(compared, data, counts)
ax = plots.plot_name_frequency(curve)
ax.axhline(1 / len(names), color=plots.GREY, ls=":", label="control: chance")
ax.set_title(f"Accuracy by name, over name frequency (n = {len(data)} images)", fontsize=11)
_ = ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 0.05))

# %%
of_photo = curve[curve["method"] == "a photo of a {}"].set_index("band")
for band, row in of_photo.iterrows():
    interval = f"{row['low']:.2f} to {row['high']:.2f}"
    print(f"{band:>7s} captions: {row['accuracy']:.2f} ({interval}), {row['classes']} species")
assert of_photo["accuracy"].iloc[-1] > of_photo["accuracy"].iloc[0] + 0.2

# %% [markdown]
# For these intervals whole species are drawn (section 3). Compare the difference between bands with the spread between templates in section 5. The four species one by one:

# %%
mine = per_class(photo, data).loc[four, ["n", "recall", "low", "high", "mistaken_for"]]
mine.insert(0, "captions", [int(counts[names.index(name)]) for name in four])
clipnb.readable(mine.astype({"captions": str}), digits=2)

# %% [markdown]
# "Zero-shot" means without labelled examples for the task, not that training never contained the class. Name frequency predicts accuracy for real CLIP models as well (Udandarao et al. 2024; for species names Parashar et al. 2023).
#
# Names of frequency zero may still be classified better than chance. Is it because a word of the name is known ("tailed"), or because an image that fits no known name goes to an unknown one? Exercise 6 tests this.

# %% [markdown]
# ### Exercise: what else do you know?
#
# **4 (write).** Write one template for each of the eight kinds, with `{}` for the name. Raise the accuracy of "a photo of a {}" for held-out species by 5 points at least. It is measured on images that this notebook has not shown: the `shifted` split, where species are in unusual habitats.
#
# <details><summary>Hint</summary>
#
# What do you know of a species, even if you have never heard its name?
#
# </details>

# %%
my_templates = ...  # {"bird": "… {} …", "butterfly": …}, and so on for all eight
elsewhere = clipnb.load_fieldguide("shifted", per_species=4)
_ = clipnb.checks.check_templates(clip, elsewhere, my_templates, gain=0.05)

# %% [markdown]
# ## 8 · Are the probabilities calibrated?
#
# **Does the model know which names it knows?** A classifier is **calibrated** if it is correct in eight of ten cases where its **confidence**, the probability of the best class, is 0.8. We sort images into bins by confidence, and compare confidence with accuracy in each.

# %%
groups = {"seen species": data.select(seen), "held-out species": data.select(~seen)}
bins = {group: clipnb.reliability(photo.predict(part), part, bins=5) for group, part in groups.items()}
ax = plots.plot_reliability({f"{group}, n = {len(groups[group])}": one for group, one in bins.items()})
ax.set(xlim=(-0.03, 1.03), ylim=(-0.04, 1.04))  # room for the dots at 0 and 1
_ = ax.set_title("Is the confidence equal to the accuracy?", fontsize=11, pad=44)

# %% [markdown]
# A larger dot holds more images. Below the diagonal the classifier is overconfident, above it underconfident. The **expected calibration error** in the legend is the mean distance from the diagonal, weighted by the number of images in each bin:

# %%
table = bins["held-out species"]
error = ((table["accuracy"] - table["confidence"]).abs() * table["n"]).sum() / table["n"].sum()
part = groups["held-out species"]
assert abs(error - clipnb.calibration_error(photo.predict(part), part, bins=5)) < 1e-6
print(f"expected calibration error, held-out species: {error:.2f} (n = {len(part)})")

# %% [markdown]
# **Can another logit scale fix it?** This is *temperature scaling* (Guo et al. 2017). Which scale gives the lowest loss, the mean −log probability of the true class?

# %%
own = clip.logit_scale
for group, part in groups.items():
    tried = clipnb.calibration_by_scale(photo.predict(part), part, [own / 4, own / 2, own, 2 * own])
    lowest = tried.loc[tried["loss"].argmin()]
    print(f"{group}: accuracy {lowest['accuracy']:.2f} at every scale,")
    print(f"  lowest loss at {lowest['scale'] / own:.2g} times the scale of the model")

# %% [markdown]
# If the two groups need different scales, one scale cannot calibrate both. In your own work, choose the scale on other images than those you report it on.

# %% [markdown]
# ### Exercise: calibration error
#
# **5 (write).** Write the expected calibration error with ten bins of equal width: a function of `confidence` (n,) and `correct` (n,), two NumPy arrays; `correct` is 1 where the best class is the true class, else 0.
#
# <details><summary>Hint</summary>
#
# In each bin: the share of the images times the distance between mean confidence and accuracy. A bin without images adds nothing.
#
# </details>


# %%
calibration_error = ...
_ = clipnb.checks.check_calibration_error(calibration_error)

# %% [markdown]
# ## 9 · None of these
#
# **What if the true class is not among the prompts?** Softmax always chooses one of the classes. Here all classes are frogs, and some images show birds. A threshold on the confidence allows the answer "none of these". We set it on images of the split `train`, so that 95 % of the frogs are kept, and report it on test images.

# %%
frogs, birds = (clipnb.load_fieldguide("test", kinds=kind, per_species=5) for kind in ("frog", "bird"))
by_frog = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names))
others = clipnb.load_fieldguide("train", kinds="frog", per_species=10)
assert others.seen.all()
rejection = clipnb.calibrate_rejection(by_frog, others, coverage=0.95)
rates = clipnb.rejection_rates(rejection, frogs, birds)
rates[["n", "kept", "coverage", "coverage_low", "coverage_high"]].round(2)

# %% [markdown]
# *Coverage* is the share of images that still get an answer. The first row is the frogs, the second the birds, for which every answer is incorrect. If birds are not rejected more often than frogs, this threshold does not detect unknown classes. It was set on seen species; the first row contains held-out frogs as well.

# %% [markdown]
# ## 10 · The answer
#
# **Class names alone make a classifier if the training captions contain the names.** How much do the name and the words around it matter?

# %%
first, last = of_photo.iloc[0], of_photo.iloc[-1]
for row in (first, last):
    print(f"the name: accuracy {row['accuracy']:.2f} if {row.name} captions contain it")
print(f"the words around it: accuracy {alone.min():.2f} to {alone.max():.2f} with twelve templates")

# %% [markdown]
# These numbers are about the bundled CLIP and drawings. The tests apply to any CLIP.

# %%
clipnb.checks.compare_guesses(
    {
        "templates that are better alone": (guess_members, better),
        "accuracy of names of frequency zero": (guess_zero, first["accuracy"]),
    }
)

# %% [markdown]
# ### Exercise: known words or exclusion?
#
# **6 (open).** Do names of frequency zero beat chance, and why? Give every held-out species the name of *another* held-out species and measure the accuracy again. What would it be if only the words of the name counted, and what if only exclusion counted ("none of the known names fits")?
#
# <details><summary>Hint</summary>
#
# A prompt table may pair any class with any prompt: `{class: ["a photo of a " + other_name]}`. Count also how many best classes are *some* held-out species.
#
# </details>

# %% [markdown]
# ## Recap
#
# - A zero-shot classifier is a prompt table, a matrix product and a softmax. Only differences of cosines count; the logit scale changes no order.
# - An accuracy needs an interval, two methods a paired test, several tests a correction.
# - A prompt ensemble averages cosines, at the cost of one prompt.
# - Read accuracy by name with the name frequency. A template is the same for all classes; notebook 04 uses words that differ.
# - High confidence does not show that the model knows a name: measure calibration.

# %% [markdown]
# ## What's next
#
# *04, Classify by description*, says what a class looks like, for names that no training caption contains. In *05, Ask a language model*, a language model writes the prompts.
