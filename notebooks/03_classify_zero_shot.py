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
# **What you'll do.** Build a classifier out of sentences in six lines, look at the numbers it works with, change its wording, and find out whether its probabilities deserve belief.
#
# **What you'll learn.** What softmax and the logit scale do; why cosines crowd together and probabilities look sure; what a prompt ensemble averages; what calibration is, and how to measure it.
#
# **What you'll need.** Vectors, matrix products and the word *cosine*. No network, no GPU, no key.
#
# **Time.** 40 minutes to read and play; it runs in less than a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/03_classify_zero_shot.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/03_classify_zero_shot.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import torch

import clipnb
from clipnb import plots
from clipnb.evaluation import holm
from clipnb.classify.prompts import TEMPLATES

clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", per_species=10)
names, labels, seen = data.class_names, torch.tensor(data.labels), data.seen[data.labels]
print(clip, data, f"{seen.sum()} images of seen species, {(~seen).sum()} of held-out ones", sep="\n")

# %% [markdown]
# The pictures come from a field guide of real species, drawn by clipnb. In training, our CLIP read the names of the *seen* species beside their pictures. The *held-out* species it has never met, neither the name nor the look.

# %% [markdown]
# ## 1 · A classifier in six lines
#
# Put every class name into a sentence. Encode the sentences, encode the pictures, multiply: the best sentence names the class.

# %%
texts = [f"a photo of a {name}" for name in names]
T = clip.encode_texts(texts)  # one unit embedding per class
I = clip.encode_images(data)  # one unit embedding per image
scores = I @ T.T  # cosines, images × classes
probabilities = (clip.logit_scale * scores).softmax(1)
guess = probabilities.argmax(1)

# %% [markdown]
# That is all. Nothing was trained for this task, the classes came in as words: hence **zero-shot**. How often is it right?

# %%
right = (guess == labels).numpy()
print(f"seen species     {right[seen].mean():.2f}")
print(f"held-out species {right[~seen].mean():.2f}   (guessing: {1 / len(names):.2f})")

# %% [markdown]
# Where training had the name, the classifier makes no error on these pictures. Where it had not, a name is a poor question: better than guessing, and wrong three times in four. "Zero-shot" means without examples *for the task*; it does not mean without having ever met the word.
#
# From here on the package does the same sum, from a **table of sentences**: a dictionary, class → list of sentences.

# %%
by_name = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, "a photo of a {}"))
prediction = by_name.predict(data)
assert torch.allclose(prediction.probabilities, probabilities, atol=1e-4)

# %% [markdown]
# Of all wrong answers, here is the one that sounds surest.

# %%
wrong = torch.tensor(~right)
index = int((probabilities.max(1).values * wrong).argmax())
figure, (left, beside) = plt.subplots(1, 2, figsize=(8, 2.7), width_ratios=[1, 2], layout="constrained")
plots.show_image(data.images[index], f"truth: {names[labels[index]]}", left)
ax = plots.plot_probabilities(prediction, index, top=4, ax=beside)

# %% [markdown]
# Wrong, at 71 %, with 91 other names to choose from. Where does such certainty come from? The next two sections follow the numbers from cosine to probability.

# %% [markdown]
# ## 2 · Cosines are crowded
#
# Notebook 01 met the narrow band of cosines, on names that training had read. Here it is for this exam: all pictures with all sentences, the right sentence apart from the wrong ones, and the held-out species apart from the seen.

# %%
own = scores.gather(1, labels[:, None])[:, 0]
others = scores[torch.nn.functional.one_hot(labels, len(names)) == 0]
groups = {
    "right text, seen": own[seen],
    "right text, held out": own[~seen],
    "wrong texts": others,
}
figure, ax = plt.subplots(figsize=(7.5, 2.8), layout="constrained")
values = {label: cosines.numpy() for label, cosines in groups.items()}
sns.violinplot(
    values, orient="h", density_norm="width", cut=0, palette=[plots.BLUE, plots.ORANGE, plots.GREY], ax=ax
)
ax.set(xlabel="cosine of image and text (width: how frequent)", xlim=(-1, 1))
sns.despine(ax=ax)

# %% [markdown]
# A perfect match would be 1, and nothing comes near it: even for seen species, the right sentence stays near 0.7. A wrong one is not at 0 or below, but between 0.4 and 0.7 as a rule. The right sentences of held-out species lie among the wrong ones.
#
# **Is that our small model's fault?** Alexey Kravets' second article prints what OpenAI's model says of one photo of a tree frog and eight phrases, as logits; divided by that model's logit scale of 100 they are cosines. The first four phrases were written for this frog, the others for the tailed frog. Beside them, the same phrases and a tree frog of ours:

# %%
printed = {
    "protruding eyes": 25.5400,
    "large mouth": 22.6840,
    "without a tail": 21.3895,
    "bright green colour": 25.9017,
    "tiny eyes": 24.0911,
    "small mouth": 22.3996,
    "has long tail": 21.2813,
    "dark colour": 21.0066,
}
frog = clip.encode_images(data.of_class("tree frog").images[0])[0]
ours = clip.encode_texts(list(printed)) @ frog
print(
    f"OpenAI's model: cosines from {min(printed.values()) / 100:.2f} to {max(printed.values()) / 100:.2f}"
)
print(f"the bundled one:             {ours.min():.2f} to {ours.max():.2f}")

# %% [markdown]
# The real CLIP sits lower, and its band is as narrow as ours: true or false, all phrases lie within 0.05 or 0.06. **Training never asks for 1**: the loss asks only that the right sentence beats the wrong ones, and what all pictures share with all sentences (notebook 01) is in every cosine, right or wrong. What is added to all cosines of a picture changes no probability:

# %%
moved = (clip.logit_scale * (scores + 0.3)).softmax(1)
assert torch.allclose(moved, probabilities, atol=1e-4)

# %% [markdown]
# So a cosine of 0.25 there, or of 0.6 here, is neither good nor bad. Only **differences** between the sentences for one picture mean something, and a fixed threshold ("above 0.3 it is a robin") means nothing.

# %% [markdown]
# ## 3 · From cosines to probabilities
#
# Softmax turns differences into ratios: $p_a / p_b = e^{s\,(\cos_a - \cos_b)}$. The factor $s$ is the **logit scale**, one number that CLIP learns in training; its inverse is called the temperature.

# %%
print(f"logit scale of this model: {clip.logit_scale:.0f}")
print(f"a lead of 0.05 in cosine means odds of {torch.tensor(0.05 * clip.logit_scale).exp():.0f} to 1;")
print(f"at a scale of 100, as in OpenAI's models, {torch.tensor(0.05 * 100).exp():.0f} to 1")

# %% [markdown]
# Small differences, times a large number, in an exponent: that is why probabilities look sure. The next figure takes the picture of section 1 and turns the scale up.

# %%
scales = torch.logspace(0, 2.5, 60)
curves = (scales[:, None] * scores[index]).softmax(1)
figure, ax = plt.subplots(figsize=(7.5, 3), layout="constrained")
for c, colour in zip(
    scores[index].topk(4).indices.tolist(), (plots.BLUE, plots.ORANGE, plots.GREEN, plots.VERMILION)
):
    ax.plot(scales, curves[:, c], color=colour, label=f"{names[c]} (cosine {scores[index, c]:.2f})")
ax.axvline(clip.logit_scale, color=plots.GREY, ls="--", label="scale of this model")
ax.set(xscale="log", xlabel="logit scale", ylabel="probability", ylim=(0, 1))
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
sns.despine(ax=ax)

# %% [markdown]
# At scale 1 all classes look alike; at the right end the leader takes everything. The leader never changes: the scale decides how sure the answer *sounds*, not which it is.
#
# Nor can softmax say "none of these". Here only the eleven frogs stand to choose, and every picture is a bird.

# %%
birds = clipnb.load_fieldguide("test", kinds="bird", per_species=3)
frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=1).class_names
absurd = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs)).predict(birds)
sure = absurd.probabilities.max(1).values
half = (sure > 0.5).float().mean()
print(f"mean probability of the best frog: {sure.mean():.2f}; above one half for {half:.0%} of the birds")

# %% [markdown]
# Every bird is some frog: the best one gets about 0.4 on average, where eleven equal shares would be 0.09, and one bird in six gets more than one half. A zero-shot probability reads "*if* it is one of these, then …". Whoever writes the list of classes decides what can be found.

# %% [markdown]
# ## 4 · Where the wording matters
#
# "A photo of a" is a choice. These sentences hold the same name in other words, some of them silly.

# %%
templates = [
    "a photo of a {}",
    "{}",
    "a drawing of a {}",
    "itap of a {}.",
    "a tattoo of a {}",
    "zxq {} vrb",
    "a {} in the style of a banana",
]
wordings = {t: clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, t)) for t in templates}
tables = {
    "seen": clipnb.compare(wordings, data.select(seen)),
    "held out": clipnb.compare(wordings, data.select(~seen)),
}
ax = plots.plot_comparison(tables)

# %% [markdown]
# The black lines are 95 % intervals: how far the share could move with other pictures of these species (notebook 06). Where the name is known, the wording hardly matters: the name outshouts it. Where it is not, some frames move the result, and not in a way that you would have foretold: a drawing changes nearly nothing, a tattoo much. ("itap", *I took a picture*, is a favourite of the published lists.) Each row against the first, picture by picture:

# %%
by_wording = tables["held out"].assign(p_holm=holm(tables["held out"]["p"]))
clipnb.readable(by_wording[["accuracy", "low", "high", "fixed", "broken", "p", "p_holm"]])

# %% [markdown]
# `low` and `high` are the ends of the interval. `fixed` and `broken` count the pictures that became right or wrong, and a small `p` says that chance alone would seldom do this. With six tests one small `p` comes by chance more often than you think; `p_holm` allows for that (notebook 06). So the tattoo and the banana really do change the answers, on these pictures, for no reason that we can give; so do the nonsense and the bare name. All four do harm; of "itap" we cannot tell. No row beats the first.
#
# **Do not pick the best row.** It would be easy, and it would make a nice report. But then the test pictures have chosen the sentence, and the number is no longer a test. Try seven wordings, and one will come out on top.
#
# **See it happen**, picture by picture; these are held-out species. **Try:** write a frame of your own in a column's head, then move the logit scale and switch to *raw cosine*. **Look for** a picture where the bold name differs from column to column, and how little the cosines differ there. The scale changes every percentage and never the bold name.

# %%
frames = ["a photo of a {}", "a tattoo of a {}", "a {} in the style of a banana"]
clipnb.widgets.play_prompts(clip, data.select(~seen), frames)

# %% [markdown]
# A change with a reason is another matter. A picture of an unknown name may still be known as a *bird*. OpenAI's authors added such a hint ("a type of pet"). The field guide knows the kind of every species. Two controls say the same number of words:

# %%
kind_of = {names[label]: scene.individual.kind for label, scene in zip(data.labels, data.scenes)}
kinds = list(dict.fromkeys(kind_of.values()))
wrong_kind = dict(zip(kinds, kinds[1:] + kinds[:1]))
added = {
    "name and kind": kind_of,
    "control: a kind of thing": dict.fromkeys(names, "thing"),
    "control: a wrong kind": {name: wrong_kind[kind_of[name]] for name in names},
}

# %%
hinted = {"name": by_name}
for what, word in added.items():
    table = {name: [f"a photo of a {name}, a kind of {word[name]}"] for name in names}
    hinted[what] = clipnb.ZeroShotClassifier(clip, table)
clipnb.readable(clipnb.compare(hinted, data.select(~seen)))

# %% [markdown]
# The wording helps where it **adds knowledge**: 61 pictures fixed, 12 broken. The word *bird* tells the model what "hoopoe" could not; the word *thing* tells it nothing, and a wrong kind sends it astray. Notebook 04 drives this to its end: a whole description of the class.

# %% [markdown]
# ## 5 · Ensembles: what is being averaged?
#
# Instead of one template take twelve, and average. Twelve what? Most code averages the **embeddings** of the sentences: one vector per class, and classification costs no more than with one template. `ZeroShotClassifier` averages the cosines (`pooling="mean"`), which is the same, except that the averaged vector is not brought back to length 1. Averaging the **probabilities** of twelve classifiers is something else.

# %%
each = [clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names, t)).predict(data) for t in TEMPLATES]
every = torch.stack([p.probabilities for p in each])  # templates × images × classes
ensemble = clipnb.ZeroShotClassifier(clip, clipnb.template_prompts(names))
averaged = {"cosines": ensemble.predict(data).probabilities, "probabilities": every.mean(0)}
for what, p in averaged.items():
    hits = (p.argmax(1) == labels).numpy()
    accuracy, confidence = hits[~seen].mean(), p.max(1).values[~seen].mean()
    print(f"mean of {what:13s} held-out accuracy {accuracy:.2f}, mean confidence {confidence:.2f}")
answers = every.argmax(2)[:, ~seen]
print(
    f"all twelve templates agree on {(answers == answers[0]).all(0).float().mean():.0%} of these images"
)

# %% [markdown]
# Hardly any difference here: where the twelve templates agree, every rule says the same. The rules do differ, and one line of algebra says how. Averaging cosines before a softmax is the **geometric** mean of the probabilities (brought back to a sum of 1), averaging probabilities the **arithmetic** one.

# %%
geometric = every.double().log().mean(0).softmax(1)
assert torch.allclose(geometric.float(), averaged["cosines"], atol=1e-4)

# %% [markdown]
# Where sentences disagree, this decides. Two classes, three sentences each: the first sentence is very sure of class A, the other two prefer B.

# %%
logits = torch.tensor([[9.0, 0.0], [0.0, 3.0], [0.0, 3.0]])  # texts × classes
print("averaged before the softmax:", [f"{p:.2f}" for p in logits.mean(0).softmax(0).tolist()])
print("averaged after it:          ", [f"{p:.2f}" for p in logits.softmax(1).mean(0).tolist()])

# %% [markdown]
# Before the softmax one loud sentence carries the day; after it, each sentence has one vote at most. Neither is wrong, but they are two methods. A paper that says "we ensemble 80 prompts" should say which. (OpenAI’s averages embeddings, which is the first kind.)

# %% [markdown]
# ## 6 · Do the probabilities deserve belief?
#
# A classifier is **calibrated** if it is right eight times in ten where it says 0.8. To see it, sort the pictures into bins by their confidence, the probability of the best class, and count how many are right in each bin.

# %%
seen_data, held_data = data.select(seen), data.select(~seen)
table = clipnb.reliability(by_name.predict(held_data), held_data, bins=5)
table.round(2)

# %% [markdown]
# In each row, `confidence` and `accuracy` should agree. The **expected calibration error** is their mean distance, weighted by the number of pictures in each bin. (It depends on the number of bins: ours is five throughout.) Written out:

# %%
gap = (table["accuracy"] - table["confidence"]).abs()
error = (gap * table["n"]).sum() / table["n"].sum()
assert abs(error - clipnb.calibration_error(by_name.predict(held_data), held_data, bins=5)) < 1e-6
print(f"expected calibration error of names, held-out species: {error:.2f}")

# %% [markdown]
# The curve shows where the error lies: below the diagonal answers sound surer than they should, above it they are too modest. A dot's size is its share of the pictures; do not read much into small dots. Beside the names stand *descriptions*, a few phrases for each class without its name (notebook 04).

# %%
descriptors = clipnb.load_descriptors("fieldguide")
by_description = clipnb.ZeroShotClassifier(
    clip, clipnb.descriptor_prompts(descriptors, include_name=False)
)
curves = {
    "names, held out": clipnb.reliability(by_name.predict(held_data), held_data, bins=5),
    "descriptions, held out": clipnb.reliability(by_description.predict(held_data), held_data, bins=5),
    "descriptions, seen": clipnb.reliability(by_description.predict(seen_data), seen_data, bins=5),
}
ax = plots.plot_reliability(curves)

# %% [markdown]
# Two opposite errors. The names of held-out species sink below the diagonal where they sound sure: up to 0.8, their accuracy hardly rises with their confidence. (The last blue dot, at the top, is one picture.) The model speaks of words that it has never learnt as if it knew them. Descriptions lie above the diagonal: they are right more often than they claim. First the names, in figures:

# %%
for group, some in {"seen": seen, "held out": ~seen}.items():
    confidence = probabilities[some].max(1).values.mean().item()
    print(f"names, {group:8s}: confidence {confidence:.2f}, accuracy {right[some].mean():.2f}")
assert confidence > right[~seen].mean() + 0.05

# %% [markdown]
# From seen to held-out names the confidence falls, but less than the accuracy. It is an alarm for "I don't know this word", and not a safe one: in the table above, 21 held-out pictures get more than 0.6, and 13 of them are wrong.
#
# **Can the scale mend it?** First the descriptions. CLIP learnt its scale for single captions; a description is a mean of several cosines, means lie closer together, and the same scale makes less of them. Choosing another takes labels, so we choose on **training pictures**, by the loss (mean −log probability of the right class), and leave the test alone.

# %%
train = clipnb.load_fieldguide("train", per_species=3)
own_scale = clip.logit_scale
scales = sorted({10, 20, own_scale, 40, 80, 120, 200, 300, 400})
tried = clipnb.calibration_by_scale(by_description.predict(train), train, scales, bins=5)
best = tried["scale"][tried["loss"].argmin()]
tried.round(2)

# %% [markdown]
# The column `accuracy` does not move: the scale never changes which class is best. Confidence climbs with the scale, and somewhere between too modest and too sure lies the least loss. Now the test pictures, at the model's own scale and at the chosen one:

# %%
for group, some in {"seen": seen_data, "held out": held_data}.items():
    both = clipnb.calibration_by_scale(by_description.predict(some), some, [own_scale, best], bins=5)
    print(group, both.round(2).to_string(index=False), sep="\n")

# %% [markdown]
# The error shrinks on test pictures of seen species, and on held-out ones too, although none of them took part in the choice. And the names? Here are both halves at the model's own scale, at one below it and at twice as much:

# %%
for group, some in {"seen": seen_data, "held out": held_data}.items():
    both = clipnb.calibration_by_scale(
        by_name.predict(some), some, [40, own_scale, 2 * own_scale], bins=5
    )
    print(group, both.round(2).to_string(index=False), sep="\n")

# %% [markdown]
# The known names, which are always right here, want a high scale: at twice the model's own they are honest, at its own too modest. The unknown ones want a low one: at 40 and at its own they fare much alike, at twice its own clearly worse: the higher the scale, the more their confidence outruns them.
#
# **No single scale** is right for both, since the model does not know which names it knows. Calibration is a property of a model *on some kind of pictures*, and must be measured there. (To choose one scale on other pictures of that kind is *temperature scaling*, Guo et al. 2017.)

# %% [markdown]
# ## Recap
#
# - A zero-shot classifier is a matrix product and a softmax over sentences.
# - Cosines are crowded, and none comes near 1. Only differences count, and the logit scale blows them up.
# - Softmax chooses among what you listed. It cannot say "none of these", and it cannot say "I never read this name".
# - Wording matters where the name says little; it helped where it added knowledge, and its controls did not. Do not choose it on the test.
# - Averaging before the softmax and after it are two methods: geometric and arithmetic mean.
# - The scale changes confidence, never accuracy. Calibration is measured, on other pictures than those it was tuned on.

# %% [markdown]
# ## Exercises
#
# **1 (predict).** You add 0.3 to all cosines *and* double the logit scale. What happens to the accuracy and to the mean confidence: `nothing`, `only confidence rises` or `both rise`?
#
# <details><summary>Hint</summary>
#
# What does adding the same number to all cosines do (section 2)? And a softmax keeps the order of its inputs, whatever positive number multiplies them.
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("03.1", answer)

# %% [markdown]
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
# **3 (write).** Write the expected calibration error with ten bins of equal width: a function of `confidence` (n,) and `right` (n,), two NumPy arrays.
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
# **4 (open).** One template for each of the eight kinds, with `{}` for the name. Make the held-out species easier to find by name than with "a photo of a {}", by 5 points at least. You are examined on images that this notebook has not shown: the `shifted` split, where species sit in unusual habitats.
#
# <details><summary>Hint</summary>
#
# What do you know of every species, even if you have never heard its name?
#
# </details>

# %%
my_templates = ...  # {"bird": "… {} …", "butterfly": …}, and so on for all eight
elsewhere = clipnb.load_fieldguide("shifted", per_species=4)
_ = clipnb.checks.check_templates(clip, elsewhere, my_templates, gain=0.05)

# %% [markdown]
# **5 (open).** Find an image on which the mean of cosines and the mean of probabilities disagree (section 5). Among our images there is hardly one; odd templates of your own make more. Print the templates' best classes for it. Which rule would you trust there?

# %% [markdown]
# ## What's next
#
# The wording helped where it added knowledge. *04, Classify by description*, keeps only what the class looks like; *05, Ask a language model*, lets a language model write the sentences.
