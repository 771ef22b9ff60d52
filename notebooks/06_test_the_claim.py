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
# # 06 · Test the claim
#
# **Does the description help, and when?** Some papers report that descriptors improve accuracy, others that random words do as well. Can both be true, for different names?
#
# **What you'll do.** Measure accuracy by name, by description and by both over *name frequency*, the number of training captions that contain the name. Find where the curves cross. Then test the result with controls, and compare it with published figures.
#
# **What you'll learn.** What one average hides; what each control removes; how to treat images of one species, which are not independent; why two methods need the same template.
#
# **What you'll need.** Classification by description (notebook 04), intervals and paired tests (notebook 03). No network, no GPU, no key.
#
# **Time.** 40 minutes to read and try; it runs in about a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/06_test_the_claim.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/06_test_the_claim.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

import clipnb
from clipnb import plots
from clipnb.evaluation import bootstrap, correct, crossing, mcnemar, wilson

# random letters can be more tokens than the model reads; noise may be cut
warnings.filterwarnings("ignore", "Texts are cut")
clip = clipnb.load_clip(device="cpu")
splits = {split: clipnb.load_fieldguide(split, per_species=10) for split in ("test", "hard")}
data = splits["test"]
descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
print(clip, *splits.values(), sep="\n")

# %% [markdown]
# The split `test` has ordinary images. In `hard` the figures are small, rotated, partly hidden, at dusk, next to another animal or plant, or in an unusual habitat.

# %% [markdown]
# ## 1 · The claim
#
# **Do descriptors improve accuracy?** Every image is compared with all 92 species: by name, by name and description ("a photo of a robin, which has an orange breast"), and by description alone. The control gives each species the descriptors of another one.
#
# ![Seven ways to write the prompts of the class tree frog, descriptors without the name highlighted; the prompts are encoded, pooled and compared with the image, which gives a score.](diagrams/classifier-is-a-table-of-prompts-without-name.svg)

# %%
TEMPLATE = "a photo of a {}"
tables = {
    "name": clipnb.name_prompts(data.class_names, TEMPLATE),
    "description": clipnb.descriptor_prompts(descriptors, include_name=False),
    "name + description": clipnb.descriptor_prompts(descriptors, template=TEMPLATE),
    "control: swapped": clipnb.swapped_prompts(descriptors, include_name=False),
}
methods = {what: clipnb.ZeroShotClassifier(clip, table) for what, table in tables.items()}

# %%
averages = clipnb.compare(methods, data)
clipnb.readable(averages)

# %% [markdown]
# The columns are those of notebook 03: accuracy with its 95 % interval, then images fixed and broken against the first row, with McNemar's p. This table answers the question on average. An average depends on which species are in it, and does not say *when* descriptions help.
#
# **What has been looked at.** Of the 92 species, training names 60, the **seen** species. The other 32 are **held-out**, also called *development species*: no caption names them, but results on them were looked at when the bundled weights were chosen, so their results may be a little optimistic. Another 16 species, the *exam species*, are evaluated once when a model is final. No cell of the course uses them.

# %%
print(f"{data.seen.sum()} species are named in training, {(~data.seen).sum()} are held out")
assert len(data.class_names) == 92  # without the exam

# %% [markdown]
# ## 2 · Name frequency
#
# **How often did training name each species?** On the web a few things are named often and most are named rarely. CLIP models classify better by names that are more frequent in their captions (Udandarao et al. 2024; Parashar et al. 2023). The field guide imitates this: `data.name_frequency` counts the training captions that contain each name. A species with a rare name is drawn as often as the others (notebook 02), but most of its captions leave the name out.
#
# ![A sketch without data: along the long tail of name frequency, accuracy by name falls, accuracy by description stays nearly level, and the two cross.](diagrams/the-long-tail.svg)

# %%
frequency = np.asarray(data.name_frequency)

# %%
band = np.digitize(frequency, [1, 31, 301])  # 0: zero, 1: rare, 2: uncommon, 3: common
for number, what in enumerate(("zero", "rare, 1–30", "uncommon, 31–300", "common, over 300")):
    print(f"{what:18s}{(band == number).sum():3d} species")
pairs = ["tree frog", "tailed frog", "Colorado potato beetle", "rose chafer"]
print({name: int(frequency[data.class_names.index(name)]) for name in pairs})

# %% [markdown]
# The two frogs of the article are held-out species. The two beetles are our pair from the long tail.
#
# Before you continue, record a guess: from how many captions on is the name at least as good as the description, on `test`?

# %%
guess_crossing = ...

# %% [markdown]
# ## 3 · The long tail
#
# **Where do the curves cross?** First by hand: the accuracy by name in each band.

# %%
hits = correct(methods["name"], data)
in_band = band[data.labels]  # of every image
by_hand = {b: hits[in_band == b].mean() for b in np.unique(in_band)}
print({int(b): f"{accuracy:.2f}" for b, accuracy in by_hand.items()})

# %% [markdown]
# Each accuracy needs an interval. Our question is about other *names*, and images of one species share its name. So the bootstrap draws whole species, each with all its images. If that interval is the wider one, images of one species tend to be correct or incorrect together.

# %%
zero = in_band == 0
by_image = bootstrap(hits[zero])
by_species = bootstrap(hits[zero], data.labels[zero])
print(f"by name, frequency zero: {hits[zero].mean():.2f} from {zero.sum()} images")
print(f"95 % interval, drawing images:  {by_image[0]:.2f} to {by_image[1]:.2f}")
print(f"95 % interval, drawing species: {by_species[0]:.2f} to {by_species[1]:.2f}")

# %% [markdown]
# The package makes the same table for all methods, with intervals over species.

# %%
curves = {split: clipnb.by_name_frequency(methods, d, frequency) for split, d in splits.items()}
name_rows = curves["test"][curves["test"]["method"] == "name"]
assert np.allclose(name_rows["accuracy"], list(by_hand.values()))

# %% [markdown]
# For the crossing, the two methods are compared on the same images, band by band: accuracy by name minus accuracy by description. `crossing` interpolates where this difference changes sign, and repeats this with drawn species to get an interval.

# %%
crossings = {
    s: crossing(methods["name"], methods["description"], d, frequency) for s, d in splits.items()
}
differences = pd.concat({split: found.table for split, found in crossings.items()}, names=["split", ""])
differences.round(2).droplevel(1)


# %%
def where(found):
    if found.frequency == 0:
        return "the name is at least as good in every band"
    if found.frequency == np.inf:
        return "the description is better even for the most frequent names"
    return f"the name is at least as good from about {found.frequency:,.0f} captions on"


# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 4.8), sharey=True, layout="constrained")
for ax, (split, found) in zip(axes, crossings.items()):
    plots.plot_name_frequency(curves[split], found, ax)
    _ = ax.set_title(f"{split}: {where(found)}", fontsize=10)
_ = axes[1].set_ylabel("")

# %% [markdown]
# Each point is one band; the axis gives its frequencies, species and images. The grey area is the 95 % interval of the crossing. It is interpolated between two bands, so read it as an order of magnitude. A single species can differ from the curve. These are the four species of the course, 10 images each (`test`):

# %%
for name in pairs:
    images = data.of_class(name)
    found = {m: methods[m].predict(images).labels.count(name) for m in ("name", "description")}
    print(f"{name:24s}", found)

# %% [markdown]
# Where do the curves cross, and in which bands is one method better?


# %%
def listed(bands):
    return ", ".join(bands) or "none"


def upper(number):
    return "no limit" if number == np.inf else f"{number:,.0f}"


for split, found in crossings.items():
    print(f"{split}: {where(found)} (95 % interval {found.low:,.0f} to {upper(found.high)})")
    if found.low == found.high:  # both methods are equally accurate in one band, in every draw
        print("  the same in every draw: it lies between this band and the one before")
    better = [listed(found.better(which)) for which in (1, 0)]
    print(f"  bands in which the description is better: {better[0]}; the name: {better[1]}")

# %%
zero_rows = curves["test"][curves["test"]["band"] == "0"].set_index("method")["accuracy"]
assert zero_rows["description"] > zero_rows["name"] + 0.2
assert zero_rows["control: swapped"] < 0.1

# %% [markdown]
# A band counts as "better" only if its interval excludes 0. With another species' descriptors accuracy is near chance (1 of 92) or below, so it depends on what the descriptors say. Do they describe the species, or only its kind? Exercises 3 and 4 test this.
#
# **And both together?** The same comparison, between the name alone and the name with its description:

# %%
adding = {
    s: crossing(methods["name"], methods["name + description"], d, frequency) for s, d in splits.items()
}
for split, found in adding.items():
    better, worse = (listed(found.better(which)) for which in (1, 0))
    print(f"{split}: bands in which adding the description is better: {better}; worse: {worse}")

# %% [markdown]
# Where the name makes almost no errors, there is nothing to gain, so such a band is no evidence against the claim. The `hard` split leaves room for a gain.

# %% [markdown]
# ## 4 · Is the difference significant?
#
# **Would the result differ with other images, or with other species?** These are two questions. McNemar's test (notebook 03) answers the first. Only images that changed count; if the methods were equally good, each would be fixed or broken with equal probability.

# %%
never = data.select(frequency[data.labels] == 0)
before, after = (correct(methods[what], never) for what in ("name", "description"))
fixed, broken, p = mcnemar(before, after)
print(f"zero frequency: {fixed} fixed, {broken} broken, p {'< 0.001' if p < 0.001 else f'= {p:.3f}'}")

# %% [markdown]
# For the second question we draw whole species again, and use the paired difference:

# %%
gain = after.astype(int) - before
for what, (low, high) in {"images": bootstrap(gain), "species": bootstrap(gain, never.labels)}.items():
    print(f"gain {gain.mean():+.2f}, drawing {what}: {low:z.2f} to {high:z.2f}")

# %% [markdown]
# If the second interval is the wider one, a p-value over images is too optimistic about other species. An interval as wide as the second cannot show a gain of one point.

# %% [markdown]
# ### Exercise: an exact test
#
# **1 (write).** Write McNemar's exact test: a function of two bool arrays, which images were correct `before` and which `after`. It returns the two-sided p. (`scipy.stats.binom` has the tails of a fair coin.)
#
# <details><summary>Hint</summary>
#
# Images that did not change say nothing. How likely is it that a fair coin falls so unevenly, one way or the other? No change at all is no evidence: p = 1.
#
# </details>

# %%
exact_p = ...
_ = clipnb.checks.check_mcnemar(exact_p)

# %% [markdown]
# ## 5 · Controls
#
# **Is it the meaning of the descriptors?** A control changes the table of prompts in one respect, on purpose, and keeps the rest.
#
# | control | keeps | removes |
# | --- | --- | --- |
# | swapped | the name, real descriptors | that they are of *this* class |
# | scrambled | the name, the words | their order |
# | random words | the name, length, vocabulary | the meaning |
# | random characters | the name, length | all words |
# | waffle | the name, many prompts | every difference between classes except the name |
# | random names | the true descriptors | the name |
#
# *Waffle* is the noise of WaffleCLIP (Roth et al. 2023), the same for all classes. One prompt of each control:

# %%
controls = clipnb.controls(descriptors, template=TEMPLATE)
for control, make in controls.items():
    print(f"{control.removeprefix('control: '):18s} {make(seed=0)['tree frog'][0]}")

# %% [markdown]
# `evaluate` runs every control that has a random element with five seeds. Holm's correction raises each p, since among a hundred tests without any difference about five have p < 0.05.

# %%
candidates = {
    **{what: tables[what] for what in ("name", "description", "name + description")},
    **controls,
    "control: swapped, no name": lambda seed: clipnb.swapped_prompts(descriptors, False, seed),
    "control: random words, no name": lambda seed: clipnb.random_prompts(descriptors, False, seed),
}
results = {split: clipnb.evaluate(clip, d, candidates, seeds=5) for split, d in splits.items()}

# %%
ax = plots.plot_evaluation(results["test"], ["seen", "held-out"])
n_seen = data.seen[data.labels].sum()
_ = ax.set_title(f"Split test: n = {n_seen} seen, {len(never)} held-out", fontsize=11, pad=30)

# %% [markdown]
# Compare each bar with that of *name*. If a control is as accurate as the true descriptors, what it removed was not needed. Which methods differ from the name significantly, with every seed?

# %%
summaries = {split: clipnb.summarize(table) for split, table in results.items()}
for split, summary in summaries.items():
    for group in ("seen", "held-out"):
        rows = summary.loc[group].query("p_holm < 0.05")  # the largest p of all seeds
        better, worse = (rows.query(f"fixed {sign} broken").index for sign in "><")
        print(f"{split}, {group}: better than the name: {listed(better)}; worse: {len(worse)} methods")

# %% [markdown]
# If random words or waffle are among the better methods, the length or the number of prompts can explain a gain; if not, they cannot. If *scrambled* is among them, the order of the words is not needed. The same in numbers, for frequency zero and both splits:

# %%
zero_top1 = pd.DataFrame({split: summary.loc["held-out", "top1"] for split, summary in summaries.items()})
spread = results["test"].query("group == 'held-out'").groupby("method")["top1"].std()
zero_top1.assign(**{"sd over seeds (test)": spread}).round(2)

# %%
held_out = zero_top1["test"]
noise = ["control: random words", "control: random characters", "control: waffle", "control: swapped"]
assert held_out["name + description"] > held_out[noise].max() + 0.1
assert (held_out.filter(like="no name") < 0.06).all()

# %% [markdown]
# **Two spreads.** The standard deviation over seeds shows how much the draw of the noise matters, on *these* images. The interval shows how much the draw of the images matters, for *this* noise. WaffleCLIP's "± 0.09" on ImageNet is of the first type.
#
# **Does an unknown name do harm?** At frequency zero, compare the descriptors alone with the same descriptors after the true name, and after a random name.

# %%
kinds = ("description", "name + description", "control: random names")
alone, with_name, random_names = (held_out[kind] for kind in kinds)
print(f"true name in front: {with_name - alone:+.2f}, random name in front: {random_names - alone:+.2f}")
cost = correct(methods["name + description"], never).astype(int) - after
low, high = bootstrap(cost, never.labels)
print(f"95 % interval of the first, drawing species: {low:z.2f} to {high:z.2f}")

# %% [markdown]
# If the interval lies below 0, an unknown name lowers the accuracy here: leave it out of the prompts.
#
# Now look at the images. **Try:** choose *held out*, open one of the largest numbers off the diagonal, and one of its images. Which descriptors supported the incorrect species?

# %%
clipnb.widgets.browse_confusions(methods["description"].predict(data), data)

# %% [markdown]
# ### Exercises: seeds and a harder control
#
# **2 (predict).** You run the random words over twenty seeds in place of five. What happens to the 95 % interval of one seed: does it become `narrower`, stay `as wide`, or become `wider`?
#
# <details><summary>Hint</summary>
#
# Section 5 describes two spreads. Which of them is about the images?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("06.2", answer)

# %% [markdown]
# **3 (write).** Swapping a bird's description with a mushroom's is an easy control. Write a harder one: a function of `by_kind`, a dictionary kind → {class: descriptors}, and of a `seed`. It returns one dictionary, class → descriptors, in which every class has the descriptors of *another class of its own kind*.
#
# <details><summary>Hint</summary>
#
# Shuffle the names of a kind, then hand every class the descriptors of the next one in the ring.
#
# </details>

# %%
swap_within_kinds = ...
_ = clipnb.checks.check_control(swap_within_kinds)

# %% [markdown]
# **4 (open).** Run your control of exercise 3 through `clipnb.evaluate`, beside `swapped`, with and without the name. The kinds of the species are in `data.scenes` (`scene.individual.kind`). How much of what a description says is only "this is a bird"?
#
# <details><summary>Hint</summary>
#
# `by_kind.setdefault(scene.individual.kind, {})[name] = descriptors[name]` collects the classes of a kind. A method with chance in it is a function of a seed: `lambda seed: clipnb.descriptor_prompts(swap_within_kinds(by_kind, seed), template=TEMPLATE)`.
#
# </details>

# %% [markdown]
# **5 (open).** Why do random names harm: because their words mean something false? `clipnb.renamed_prompts(descriptors, kind="characters", template=TEMPLATE)` makes names that mean nothing. If that is the reason, they should harm less. Predict their accuracy for both groups of the figure in section 5; then evaluate them over several seeds.

# %% [markdown]
# ## 6 · The published controversy
#
# **If descriptions help here, how can random text do as well in the literature?** WaffleCLIP measured the same controls with OpenAI's ViT-B/32, all in the template "A photo of a". Top-1 in per cent; *noise* is its random words and characters.

# %%
published = pd.DataFrame(
    {
        "name": [62.00, 51.28, 40.76],
        "description": [63.12, 52.47, 43.30],
        "noise": [63.31, 52.39, 44.31],
        "swapped": [59.63, 52.52, 33.63],
    },
    index=["ImageNet", "CUB (birds)", "EuroSAT"],
)
gains = published[["description", "noise"]].sub(published["name"], axis=0).add_prefix("gain of ")
published.join(gains).round(1)

# %% [markdown]
# There the descriptors gain one to three points over the name, and noise gains as much or nearly as much. So that gain is no evidence that the model uses the meaning of the descriptors. On ImageNet and EuroSAT swapped descriptors lower the accuracy, so their meaning has an effect; on CUB they do not.
#
# **Two baselines.** The paper compares with the *bare* class name, others with "a photo of a {}". Independent reruns with the paper's descriptors, not peer-reviewed, exist for both (ViT-B/32; sources: the site's references):

# %%
names = ["Pets", "Food101", "CUB", "EuroSAT", "Places365", "DTD"]
bare = pd.DataFrame(  # da-nial; EuroSAT and Places365: XiaopeiYang
    {
        "name": [79.94, 79.31, 51.93, 44.28, 37.68, 41.44],
        "description": [83.46, 83.63, 53.09, 48.49, 40.01, 44.47],
    },
    index=names,
)
photo = pd.DataFrame(  # Comparative-CLIP's README
    {
        "name": [85.04, 82.57, 51.36, 40.89, 39.11, 43.19],
        "description": [85.25, 83.06, 53.61, 41.37, 41.64, 44.26],
        "noise": [85.48, 82.84, 52.47, 43.66, 40.67, 42.93],
    },
    index=names,
)

# %%
both = pd.concat({"bare name": bare, "a photo of a {}": photo}, axis=1)
for template, table in {"bare name": bare, "a photo of a {}": photo}.items():
    both[template, "gain"] = table["description"] - table["name"]
both[["bare name", "a photo of a {}"]].round(1)

# %%
pets = both.loc["Pets"]
print(f"Pets, gain of the description: {pets['bare name', 'gain']:+.1f} against the bare name,")
print(f"{pets['a photo of a {}', 'gain']:+.1f} against 'a photo of a {{}}'")
moved = photo["name"] - bare["name"]
print(f"accuracy by name, second rerun minus first: {moved.min():+.1f} to {moved.max():+.1f} points")

# %% [markdown]
# The two reruns differ in more than the template, so the last line does not measure the template alone. Here we can: names and descriptions in both templates, all species.

# %%
for template in ("{}", TEMPLATE):
    pair = (
        clipnb.name_prompts(data.class_names, template),
        clipnb.descriptor_prompts(descriptors, template=template),
    )
    pair = [clipnb.ZeroShotClassifier(clip, table) for table in pair]
    shown = {split: [correct(one, d).mean() for one in pair] for split, d in splits.items()}
    for split, (a, b) in shown.items():
        print(f"{split}, '{template}': name {a:.3f}, with the description {b:.3f}, gain {b - a:+.3f}")

# %% [markdown]
# **The same table for the field guide**, all in "a photo of a {}". *Noise* is the control *waffle*.

# %%
columns = {
    "name": "name",
    "name + description": "description",
    "control: waffle": "noise",
    "control: swapped": "swapped",
}
ours = {
    f"{split}, {group}": 100
    * pd.Series(summaries[split]["top1"].xs(group))[list(columns)].rename(columns)
    for split in splits
    for group in ("seen", "held-out")
}
ours = pd.DataFrame(ours).T
ours.join(ours[["description", "noise"]].sub(ours["name"], axis=0).add_prefix("gain of ")).round(1)

# %%
noise_gains = 0
for split in splits:
    for group in ("seen", "held-out"):
        row = pd.DataFrame(summaries[split].xs(group)).T["control: waffle"]
        verdict = "not significant"
        if row["p_holm"] < 0.05:
            verdict = "a significant gain" if row["fixed"] > row["broken"] else "a significant loss"
        noise_gains += verdict == "a significant gain"
        print(f"{split}, {group}: noise against the name: {verdict}")

# %% [markdown]
# A row with a significant gain of noise repeats the published result. A row in which the description gains and noise does not shows that the meaning of the words is used. Only if rows of both types occur does this model reproduce both results of the literature.
#
# **How precise is one point?** CUB has 5,794 test images:

# %%
for method, share in {"name": 0.5128, "description": 0.5247, "noise": 0.5239}.items():
    low, high = wilson(round(share * 5794), 5794)
    print(f"CUB, {method:12s} {share:.4f}: {low:.4f} to {high:.4f}")

# %% [markdown]
# Each interval contains all three accuracies. A paired test could still separate them, but it needs predictions image by image.
#
# **What do these tables leave open?** Name frequency: they do not say how often the class names occurred in training. One rerun shows how much the names contribute: on CUB, with true descriptors after random names, accuracy falls to 1.83 per cent (lr40, descriptors by Llama 2). In the field guide:

# %%
random_row = summaries["test"]["top1"].unstack(1)["control: random names"]
print("true descriptors, random names:", {g: f"{random_row[g]:.0%}" for g in ("seen", "held-out")})

# %% [markdown]
# The captions of the bundled CLIP name many visible marks, and it was trained with attribute labels. Does it use descriptors better than a CLIP of the web for this reason? Nothing here measures that, so do not expect the heights of these curves elsewhere. Accuracy by name also rises with name frequency in CLIP models of the web (section 2).

# %% [markdown]
# ### Exercise: a gain
#
# **6 (find the error).** Somebody uses the paper's template for the description and reports a gain. Both classifiers use `mean`, the same images and no randomness. What makes the number useless: the `images` (only those of frequency zero), the `template`, or the `average` (no interval)?

# %%
described = clipnb.ZeroShotClassifier(
    clip, clipnb.descriptor_prompts(descriptors)
)  # "robin, which has …"
named = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(data.class_names, "a photo of a {}"))
gained = correct(described, never).mean() - correct(named, never).mean()
print(f"Adding the description to the name gains {100 * gained:.0f} points.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# How many things differ between the two tables of prompts? Print one prompt of each.
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("06.6", flaw)

# %% [markdown]
# ## 7 · The answer
#
# **Does the description help, and when?**


# %%
def rounded(found):
    known = 0 < found.frequency < np.inf
    return f"{where(found)}" + (f" (interval {found.low:,.0f} to {upper(found.high)})" if known else "")


lines = [f"- On `{split}`, {rounded(found)}." for split, found in crossings.items()]
at_zero = ", ".join(f"{what} {zero_rows[what]:.2f}" for what in list(methods)[:3])
lines += [f"- Accuracy at frequency zero (`test`): {at_zero}."]
lines += [f"- There the best of the four noise controls reaches {held_out[noise].max():.2f}."]
lines += [f"- Noise gains significantly over the name in {noise_gains} of 4 rows of section 6."]
display(Markdown("\n".join(lines)))

# %%
clipnb.checks.compare_guesses(
    {"captions from which the name is at least as good": (guess_crossing, crossings["test"].frequency)},
    digits=0,
)

# %% [markdown]
# All this is about the bundled CLIP and its drawings. The questions apply to any such claim. How frequent are the names? Is the template the same in all methods? Which control removes the meaning? How many seeds are there, and are the intervals over images or over classes?
#
# **Accuracy is not the only aim.** The reasons of a description can be read and edited, and a new class needs no images (Menon & Vondrick 2023). If accuracy equals that of class names, descriptions still provide both.

# %% [markdown]
# ## Recap
#
# - An average over species hides when a description helps; accuracy over name frequency shows it.
# - On these images the description helps where no training caption contains the name. Where the name makes no errors, there is nothing to gain.
# - Images of one species are not independent: to conclude about other species, draw species.
# - Each control removes one thing. If noise gains as much, the meaning was not needed.
# - Compare methods in one template; report all seeds; correct for many tests.

# %% [markdown]
# ## What's next
#
# *07, Explain a network*, looks for the reasons in the pixels. *09, Edit the criteria*, changes single descriptors. *12, Run on a GPU*, takes a real CLIP to public data sets with the same controls. On the short track, go on with *13, Bring your own*.
