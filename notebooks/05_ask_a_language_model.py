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
# # 05 · Ask a language model
#
# **Which texts should a language model write for a classifier: whole prompts about a class, or short descriptors?** The first of Alexey Kravets' articles uses customised prompts (after CuPL, Pratt et al. 2022), the second descriptors (notebook 04).
#
# **What you'll do.** Ask, parse and check the answers, pool them, and compare the two articles' methods on the same images.
#
# **What you'll learn.** How to read a language model's answers critically, and how to compare two methods by accuracy, calls, words, and what each explains.
#
# **What you'll need.** Notebook 04, and the tables of notebook 03 (interval, paired test, p). No network, no GPU, no key: the answers are recorded.
#
# **Time.** 35 minutes to read and try; it runs in less than a minute.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/05_ask_a_language_model.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/05_ask_a_language_model.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import random
import re
import textwrap
from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from torch.nn.functional import normalize

import clipnb
from clipnb import evaluation, llm, plots
from clipnb.classify.quality import parse_list, parse_sentences
from clipnb.classify.selection import descriptor_margins
from clipnb.classify.stages import StagedClassifier
from clipnb.evaluation import bootstrap, confused_groups, confused_pairs
from clipnb.fieldguide.world import all_species
from clipnb.llm.questions import PAPER_OPENING, PAPER_QUESTION, QUESTIONS

clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", per_species=10)
names, seen = data.class_names, data.seen[data.labels]
descriptors = clipnb.load_descriptors("fieldguide").select(names)
print(clip, data, f"{seen.sum()} images of seen species, {(~seen).sum()} of held-out ones", sep="\n")

# %% [markdown]
# ## 1 · What to ask
#
# **How do you get texts about a class?** The first article asks three questions and uses the whole answers as prompts. The paper behind the second asks one question, after two worked examples; each line of the answer is a descriptor.

# %%
for question in QUESTIONS:
    print("article, part 1:", question.format("tree frog"))
print("part 2, paper:  ", PAPER_QUESTION.format("tree frog"))

# %% [markdown]
# CuPL asks every question ten times, at a temperature at which the answers differ. The article has about thirty texts per class. We use nine **recorded** answers, three for each question. Note the *instruction* and the *independence*.

# %%
recorded = clipnb.load_descriptors("fieldguide-prompts").select(names)
for what in ("instruction", "method", "independence"):
    print(textwrap.fill(f"{what}: {recorded.provenance[what]}", 90))

# %% [markdown]
# The descriptors were recorded in the same way, from name and kind alone. Neither author saw drawings or captions.

# %% [markdown]
# ## 2 · Parse the answer
#
# **What comes back?** Text of any form: bullets, numbers, JSON, a friendly line before and after. `parse_list` extracts the list; from prose it returns an empty list. In the paper's code, the answer continues a fixed opening line.

# %%
lines = [f"- {descriptor}" for descriptor in descriptors["tailed frog"]]
answer = "\n".join([PAPER_OPENING.format("tailed frog"), *lines])
assert parse_list(answer) == descriptors["tailed frog"]
numbered = "Sure! Here you go:\n1. olive-brown skin\n2) a stub of a tail\nAnything else?"
for text in (answer, numbered, '["olive-brown skin", "a stub of a tail"]', "It is brown."):
    print(parse_list(text)[:2])

# %% [markdown]
# For customised prompts, prose is what we want, one prompt at a time:

# %%
parse_sentences("1. A tailed frog is a small brown frog. It has a stub of a tail.")

# %% [markdown]
# ## 3 · Read and check
#
# **Can an image show it?** Read before you count: the nine texts about each frog.

# %%
frogs = ["tree frog", "tailed frog"]
for name in frogs:
    print(name, *recorded[name], sep="\n   - ")

# %% [markdown]
# "Bright leaf-green" can be checked against an image. "Living in cold, fast mountain streams" is about where the species lives, "no visible eardrum" about something absent, and "in males" needs the frog's sex, although the instruction asked for "what can be seen".
#
# `check_descriptors` drops what no image can show, and flags what you should look at. First on four texts of our own:

# %%
examples = [
    "A tree frog has bright green skin and round toe pads.",
    "There are more than 6,000 species of frogs.",
    "A tree frog has no tail.",
    "Tree frogs are fascinating animals.",
]
pd.set_option("display.max_colwidth", 90)
clipnb.check_descriptors({"tree frog": examples}, own_name="keep").report

# %% [markdown]
# *Dropped* texts are removed; *flagged* ones stay until you decide. The last text is *kept*, although "fascinating" cannot be seen: a word filter does not replace reading. Now the recorded answers.

# %%
kept = clipnb.check_descriptors(recorded, own_name="keep", longest=300)
report = kept.report
print(report["action"].value_counts().to_dict())
dropped = report[report["action"] == "dropped"].set_index("class")
dropped[["descriptor", "reason"]]

# %%
customised = clipnb.PromptTable(kept)
assert set(customised) == set(names)

# %% [markdown]
# You may disagree with single lines: "noisy" removes a text that also names colours. We keep all other texts, without manual correction.

# %% [markdown]
# ### Exercise: a filter
#
# **1 (write).** Write a filter: a function of one text that answers `True` if an image can show what it says, and `False` if not. The check tries it on twelve texts and tells you the first that goes wrong.
#
# <details><summary>Hint</summary>
#
# Which single words betray a text about food, sounds, smells, numbers of species, homes or poison? Compare whole words: *feathers* holds *eat*.
#
# </details>

# %%
can_be_seen = ...
_ = clipnb.checks.check_filter(can_be_seen)

# %% [markdown]
# ## 4 · Customised prompts in torch
#
# **How do nine texts become one classifier?** They fill the same table as before.
#
# ![Seven ways to write the prompts of the class tree frog, customised prompts highlighted; the prompts are encoded, pooled and compared with the image, which gives a score.](diagrams/classifier-is-a-table-of-prompts-customised.svg)
#
# CuPL pools by `centroid`: every embedding to unit length, the mean, and the mean to unit length. The article's code averages first and normalises once (`raw_mean`), which gives a longer embedding more weight.


# %%
def centroid(t):
    return normalize(normalize(t, dim=1).mean(0), dim=0)


def raw_mean(t):
    return normalize(t.mean(0), dim=0)


# %%
x = clip.encode_images(data.of_class("tree frog").images[0])[0]
table = customised.select(frogs)
for rule in (centroid, raw_mean):
    classes = torch.stack([rule(clip.encode_texts(table[name], normalize=False)) for name in frogs])
    p = (clip.logit_scale * classes @ x).softmax(0)
    packaged = clipnb.ZeroShotClassifier(clip, table, rule.__name__).predict(x[None])
    assert torch.allclose(p, packaged.probabilities[0], atol=1e-4)
    print(f"{rule.__name__:9s}", dict(zip(frogs, [f"{one:.2f}" for one in p.tolist()])))

# %% [markdown]
# **The article's numbers next to ours.** On its photo, customised prompts raise the probability of *tree frog* from 0.3164 (name) to 0.6512, with `openai/clip-vit-base-patch32`. The same step on ten drawings of each frog:

# %%
article = {"class name": 0.3164, "customised prompts": 0.6512}
tables = {"class name": clipnb.name_prompts(frogs), "customised prompts": table}
rows = {}
for method in tables:
    classifier = clipnb.ZeroShotClassifier(clip, tables[method], "raw_mean")
    rows[method] = {"article, one photo: p(tree frog)": f"{article[method]:.2f}"}
    for k, name in enumerate(frogs):
        p = classifier.predict(data.of_class(name)).probabilities[:, k]
        rows[method][f"p({name}), ten images"] = f"{p.min():.2f} to {p.max():.2f}"
        rows[method][f"{name}: correct, of 10"] = int((p > 0.5).sum())
pd.DataFrame(rows)

# %% [markdown]
# Each model has its own temperature: compare the direction of the change, not the probabilities. The article has one photo of one of the frogs. On it, a method that always says "tree frog" would be correct too.

# %% [markdown]
# ### Exercise: the class embedding
#
# **2 (write).** Write the class embedding of CuPL: a function of the raw text embeddings `texts` (k, d), which do *not* have unit length. Try it without looking at the cells above.
#
# <details><summary>Hint</summary>
#
# Divide by lengths twice: before the average and after it.
#
# </details>


# %%
class_embedding = ...
_ = clipnb.checks.check_class_embedding(class_embedding)

# %% [markdown]
# ### Exercise: one prompt is enough
#
# **3 (find the error).** Somebody draws one of the nine prompts for each frog, twenty times, reports the best draw, and concludes that one prompt is enough. Which step is flawed: the `pooling` of a single prompt, the `selection` of the draw, the `names` in the prompts or the `images` of both frogs?

# %%
twenty = []
for seed in range(20):
    rng = random.Random(seed)
    one_each = {name: [rng.choice(customised[name])] for name in frogs}
    single = clipnb.ZeroShotClassifier(clip, one_each)
    correct = [single.predict(data.of_class(name)).labels.count(name) for name in frogs]
    twenty.append(sum(correct))
print(f"best draw: {max(twenty)} of 20 correct. So one prompt is enough.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Print `sorted(twenty)`. By what was the best draw chosen, and on what is it reported?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("05.3", flaw)

# %% [markdown]
# ## 5 · Part 1 and part 2 on the same images
#
# **Which of the two classifies better?** All species, the same images, each method with the pooling rule of its source. Four variants change one thing each:
#
# - *customised, no name*: the name is replaced by "thing";
# - *customised, swapped* (control): the texts of another species of the same kind, with this species' name put in;
# - *descriptors, centroid*: part 2 with the pooling rule of part 1;
# - *descriptors, with name*: the paper's prompts, "{name}, which has {descriptor}".


# %%
kinds = {species.name: species.kind for species in all_species()}
patterns = {
    name: [re.sub(re.escape(name), "{}", t, flags=re.I) for t in customised[name]] for name in names
}


def fill(patterns, word=None):
    return {name: [p.replace("{}", word or name) for p in row] for name, row in patterns.items()}


swapped = {}
for kind in dict.fromkeys(kinds[name] for name in names):
    alike = [name for name in names if kinds[name] == kind]
    swapped |= {name: patterns[other] for name, other in zip(alike, alike[1:] + alike[:1])}
print(*(fill(one)["tree frog"][0] for one in (patterns, swapped)), sep="\n")

# %%
part_2 = clipnb.descriptor_prompts(descriptors, include_name=False)
methods = {
    "part 2: descriptors": (part_2, "mean"),
    "class name": (clipnb.name_prompts(names), "mean"),
    "part 1: customised prompts": (fill(patterns), "centroid"),
    "customised, no name": (fill(patterns, "thing"), "centroid"),
    "customised, swapped (control)": (fill(swapped), "centroid"),
    "descriptors, centroid": (part_2, "centroid"),
    "descriptors, with name": (
        clipnb.descriptor_prompts(descriptors, template="a photo of a {}"),
        "mean",
    ),
}
classifiers = {
    method: clipnb.ZeroShotClassifier(clip, prompts, how) for method, (prompts, how) in methods.items()
}

# %% [markdown]
# Record a guess for the held-out species first: the accuracy of customised prompts minus that of descriptors.

# %%
guess_gain = ...  # such as 0.1, or -0.1

# %%
results = {
    "seen": clipnb.compare(classifiers, data.select(seen)),
    "held out": clipnb.compare(classifiers, data.select(~seen)),
}
clipnb.readable(results["held out"])

# %% [markdown]
# The comparison is **paired**: `fixed` and `broken` count images that became correct or incorrect compared with the first row; `p` is McNemar's test on these counts.

# %%
with_n = {f"{group}, n = {table['n'].iloc[0]}": table for group, table in results.items()}
ax = plots.plot_comparison(with_n)
_ = ax.set_title("The methods of the two articles, with variants and a control", fontsize=11, pad=30)


# %%
def verdict(group, n):
    row = results[group].loc["part 1: customised prompts"]
    change = row["accuracy"] - results[group]["accuracy"]["part 2: descriptors"]
    p = results[group]["p"]["part 1: customised prompts"]
    test = "significant" if p < 0.05 else "not significant"
    return f"""{change:+.3f} on {group.replace("held out", "held-out")} species
({row["fixed"]:.0f} fixed, {row["broken"]:.0f} broken of {n} images; {test})"""


text = f"""**Accuracy of part 1 minus part 2:** {verdict("held out", (~seen).sum())}, and
{verdict("seen", seen.sum())}."""
display(Markdown(text))

# %%
held_out = results["held out"]["accuracy"]
gain = held_out["part 1: customised prompts"] - held_out["part 2: descriptors"]
assert held_out["part 1: customised prompts"] > held_out["class name"] + 0.1
assert held_out["part 1: customised prompts"] > held_out["customised, swapped (control)"] + 0.1

# %% [markdown]
# With the control's texts, as many and of the same form, the gain over names is lost: what the texts say matters. The rows *no name* and *with name* show what the name contributes. Results on the held-out species were looked at while the bundled CLIP was developed; another model may order the two methods differently.
#
# **In the paper**, CuPL gains about one point over hand-written templates on ImageNet (Pratt et al. 2022).
#
# The four species of the course, among all 92 classes (section 4 had two); the beetles have a common and a rare name:

# %%
four = [*frogs, "Colorado potato beetle", "rose chafer"]
shown = ["class name", "part 1: customised prompts", "part 2: descriptors"]
found = {m: [classifiers[m].predict(data.of_class(n)).labels.count(n) for n in four] for m in shown}
pd.DataFrame(found, index=four).T.map("{} of 10".format)

# %% [markdown]
# ## 6 · What each costs, and what each explains
#
# **Nine whole texts against about seven short ones: is the comparison fair?** We count calls and words, and the cost at four letters per token and an assumed price.

# %%
PRICE = 1.0  # USD per million tokens; put your provider's here


def bill(table, calls, question, unit):
    words = sum(len(t.split()) for row in table.values() for t in row) / len(table)
    letters = calls * len(question) + sum(len(t) for row in table.values() for t in row) / len(table)
    return {
        "calls per class": calls,
        "prompts per class": sum(map(len, table.values())) / len(table),
        "words per class": words,
        "USD per 1,000 classes": 1000 * letters / 4 * PRICE / 1e6,
        "a contribution belongs to": unit,
    }


# %%
instruction = recorded.provenance["instruction"] + QUESTIONS[2].format("tailed frog")
question = descriptors.provenance["question"].format(species="tailed frog", kind="frog")
bills = {
    "part 1: customised prompts": bill(
        recorded, len(recorded["tree frog"]), instruction, "several marks"
    ),
    "part 2: descriptors": bill(descriptors, 1, question, "one mark"),
}
pd.DataFrame(bills).map(lambda value: f"{value:.2f}" if isinstance(value, float) else value)

# %% [markdown]
# For a comparison at an equal number of words, we draw some of the nine texts of each class, three times each.


# %%
def some(table, k, seed):
    rng = random.Random(seed)
    return clipnb.PromptTable({name: rng.sample(row, min(k, len(row))) for name, row in table.items()})


counts = [1, 2, 3, 6, 9]
fewer = {"descriptors": classifiers["part 2: descriptors"]}
fewer |= {str(k): lambda seed, k=k: some(customised, k, seed) for k in counts}
by_count = clipnb.evaluate(clip, data.select(~seen), fewer, seeds=3, pooling="centroid")
summary = clipnb.summarize(by_count, "all")

# %%
label = f"customised prompts, held out, n = {(~seen).sum()}"
ax = plots.plot_counts(
    {label: summary.loc[[str(k) for k in counts]].set_axis(counts)},
    {label: held_out["part 2: descriptors"]},
    "descriptors",
    colours=[plots.ORANGE],
)
ax.set_xlabel("customised prompts (calls) per class")
_ = ax.set_title("Is one text per class enough?", fontsize=11, pad=30)

# %%
words = {k: k * bills["part 1: customised prompts"]["words per class"] / 9 for k in counts}
wanted = bills["part 2: descriptors"]["words per class"]
near = min(counts, key=lambda k: abs(words[k] - wanted))
draws = by_count[(by_count["group"] == "all") & (by_count["method"] == str(near))]
clear = (draws["p_holm"] < 0.05).sum()
equal_words = f"""With {near} texts, customised prompts have about as many words as the descriptors
({words[near]:.0f} and {wanted:.0f}). There their accuracy is {draws["top1"].mean():.2f}, that of the
descriptors {held_out["part 2: descriptors"]:.2f} (significant in {clear} of {len(draws)} draws, paired
test with Holm's correction)."""
display(Markdown(equal_words))

# %% [markdown]
# **Is part 2 useful, whichever wins?** Compare the reasons for one image of a tree frog. In part 1, each bar is a whole text with several marks. Which of them mattered?

# %%
place = next(i for i, label in enumerate(data.labels) if names[label] == "tree frog")
by_prompts = classifiers["part 1: customised prompts"].predict(data)
ax = plots.plot_contributions(by_prompts, place, frogs, top_k=6, true_class=frogs[0])

# %% [markdown]
# The same image, explained by part 2:

# %%
by_descriptors = classifiers["part 2: descriptors"].predict(data)
ax = plots.plot_contributions(by_descriptors, place, frogs, top_k=6, true_class=frogs[0])

# %% [markdown]
# You can check one descriptor against the image, correct or remove it, and see what changes. **Try** it on the texts of part 1 (the widget scores by the mean cosine): switch off all rows of the tailed frog but one. **Look for** the text about mountain streams: what does it do to images of both frogs?

# %%
both = data.select([names[label] in frogs for label in data.labels])
clipnb.widgets.explore_descriptors(clip, both, customised.select(frogs), start="tailed frog")

# %% [markdown]
# ## 7 · Ask what separates confused classes
#
# **Which classes are confused, and can a language model tell them apart?** *Differential descriptors* name what separates a class from those that it is confused with (compare Esfandiarpoor & Bach 2024).
#
# The confusions come from labelled images that serve for this only: images 8 to 17 of each species in the split `hard`. Results are reported on images 0 to 7, and on the images of `test` used above.

# %%
many = clipnb.load_fieldguide("hard", per_species=18)
number = np.arange(len(many)) % 18
chosen_on, hard = many.select(number >= 8), many.select(number < 8)
assert not set(chosen_on.keys) & {*hard.keys, *data.keys}
plain = classifiers["part 2: descriptors"]

# %%
truth = [names[label] for label in chosen_on.labels]
said = plain.predict(chosen_on).labels
counted = Counter(tuple(sorted(pair)) for pair in zip(truth, said) if pair[0] != pair[1])
pairs = confused_pairs(plain, chosen_on)
assert abs(pairs["images"].sum() - counted.total()) <= 2  # an image can be nearly tied
often = pairs[pairs["images"] >= 6].sort_values("first", ignore_index=True)
often.rename(columns={"images": "incorrect"})

# %% [markdown]
# **How many questions?** One for each class of each pair would be too many. We join confused pairs to groups of at most four; one call asks what separates a class from all others of its group.

# %%
groups = confused_groups(plain, chosen_on, largest=4)
n = len(names)
print(f"{len(groups)} groups: {sum(map(len, groups))} calls; all pairs of {n} species: {n * (n - 1):,}")

# %% [markdown]
# `clipnb.generate_contrasts(groups)` asks. Here the answers are recorded, for the confusions of an earlier run; the last line says how much of today's confusion they cover.

# %%
contrasts = clipnb.load_descriptors("fieldguide-contrasts")
about, names_asked = contrasts.provenance["groups"], list(contrasts)
print(textwrap.fill(contrasts.provenance["question"].partition(" Name parts")[0], 90))
print(textwrap.fill("method: " + contrasts.provenance["method"], 90))
for name in about[0]:
    print(name, *contrasts[name], sep="\n   - ")

# %%
recorded_pairs = {pair for group in about for pair in combinations(sorted(group), 2)}
covered = sum(count for pair, count in counted.items() if pair in recorded_pairs)
print(f"{len(names_asked)} recorded answers; their pairs have {covered} incorrect images,", end=" ")
print(f"all pairs {counted.total()} incorrect ones")

# %% [markdown]
# **How do they become a classifier?** They join the other descriptors of the class; the score is the mean cosine as before. By hand, and with `extend`:

# %%
x = clip.encode_images(hard)
rows = [list(dict.fromkeys(descriptors[name] + contrasts.get(name, []))) for name in names]
by_hand = torch.stack([(x @ clip.encode_texts(row).T).mean(1) for row in rows], dim=1)


# %%
def described_by(texts):
    return clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(texts, include_name=False))


with_contrasts = described_by(descriptors.extend(contrasts))
assert torch.allclose(with_contrasts.class_scores(x), by_hand, atol=1e-4)

# %% [markdown]
# A second way has *two stages*: the plain descriptors find the group, and the differential ones alone decide within it (compare Ren et al. 2023).
#
# Two controls add as many descriptors to the same classes: plain ones of another author, and the differential ones of another class in the group (*swapped*).

# %%
second_author = clipnb.load_descriptors("fieldguide-outsider")
rng = random.Random(0)
as_many = {
    name: rng.sample(second_author[name], min(len(second_author[name]), len(contrasts[name])))
    for name in contrasts
}
turned = {a: contrasts[b] for group in about for a, b in zip(group, group[1:] + group[:1])}

# %%
repaired = {
    "plain descriptors": plain,
    "with differential": with_contrasts,
    "in two stages": StagedClassifier(plain, described_by(contrasts), about),
    "more of another author (control)": described_by(descriptors.extend(as_many)),
    "swapped (control)": described_by(descriptors.extend(turned)),
}
tested = {"test": data, "hard": hard}
separated = {split: clipnb.compare(repaired, images) for split, images in tested.items()}
pd.concat({split: clipnb.readable(table) for split, table in separated.items()})

# %%
titles = {f"{split}, n = {table['n'].iloc[0]}": table for split, table in separated.items()}
ax = plots.plot_comparison(titles, colours=(plots.GREEN, plots.SKY))
_ = ax.set_title("Differential descriptors are compared on the same images", fontsize=11, pad=30)

# %% [markdown]
# Do *these* descriptors help more than others of the same number? We draw species for the interval of the paired difference, and count the calls.


# %%
def paired(one, other, images):
    right = [evaluation.correct(repaired[which], images).astype(float) for which in (one, other)]
    difference = right[0] - right[1]
    low, high = bootstrap(difference, images.labels)
    return f"{difference.mean():+z.3f} ({low:+z.3f} to {high:+z.3f})"


rows = {}
for other in ("plain descriptors", "more of another author (control)"):
    for split, images in tested.items():
        rows[f"against {other}", split] = paired("with differential", other, images)
pd.Series(rows).unstack()[list(tested)].loc[list(dict.fromkeys(against for against, _ in rows))]

# %%
letters = sum(len(d) for row in contrasts.values() for d in row)
asked_for = len(contrasts.provenance["question"]) * len(contrasts)
usd = (letters + asked_for) / 4 * PRICE / 1e6
print(f"plain: {n} calls; differential: {len(contrasts)} more, about {usd:.4f} USD in all")

# %% [markdown]
# If differential descriptors beat the plain ones but not *more of another author*, more descriptors of any kind would have done as well. If they beat both, the question about the difference is worth its calls. It needs labelled images, which plain descriptors do not.

# %% [markdown]
# ### Exercise: the confused images
#
# **4 (find the error).** Somebody looks for confused classes in the images of `hard`, asks for differential descriptors of these classes, and reports the accuracy on the same images. Which part makes the reported gain too large: the `images`, the number of `calls`, or the `pooling`?
#
# <details><summary>Hint</summary>
#
# Section 7 keeps `chosen_on` apart from `hard`. What does each of them decide?
#
# </details>

# %%
flaw = ...
_ = clipnb.checks.check_choice("05.4", flaw)

# %% [markdown]
# ## 8 · Select descriptors on unlabelled images
#
# **Which descriptors separate their class from its neighbours?** `select_descriptors` measures that without labels (the idea is that of Ma et al. 2025). The five images with the highest score for a class stand for it. A descriptor's *margin* is its cosine with them minus its mean cosine with those of the ten most similar classes.
#
# It sees the images `chosen_on` of section 7, without labels. By hand, the first descriptor:

# %%
unlabelled = clip.encode_images(chosen_on)
margins = descriptor_margins(clip, descriptors, unlabelled)
stands = unlabelled[plain.class_scores(unlabelled)[:, 0].topk(5).indices].mean(0)
own = (clip.encode_texts([descriptors[names[0]][0]])[0] @ stands).item()
assert abs(own - margins["own"][0]) < 1e-4
print(f"{names[0]}, “{descriptors[names[0]][0]}”: mean cosine {own:.3f}")

# %%
last = margins.nsmallest(5, "margin")[["class", "descriptor", "margin"]]
last.round(3)

# %% [markdown]
# These five have the smallest margins. The model may not read them, they may be incorrect for these images, or they may be true of the neighbours as well.
#
# We keep four descriptors for each class, and four at random as the control (ten seeds). Another row selects without images: descriptions represent the classes.

# %%
FOUR, TEN = 4, range(10)
selections = {
    "all": part_2,
    "4 selected, unlabelled images": clipnb.descriptor_prompts(
        clipnb.select_descriptors(clip, descriptors, unlabelled, keep=FOUR), include_name=False
    ),
    "4 selected, no images": clipnb.descriptor_prompts(
        clipnb.select_descriptors(clip, descriptors, keep=FOUR), include_name=False
    ),
}
selected = {what: clipnb.ZeroShotClassifier(clip, one) for what, one in selections.items()}
at_random = [clipnb.ZeroShotClassifier(clip, some(part_2, FOUR, seed)) for seed in TEN]

# %%
rows = {}
for split, images in tested.items():
    drawn = np.stack([evaluation.correct(one, images) for one in at_random])
    for what, one in selected.items():
        right = evaluation.correct(one, images)
        low, high = bootstrap(right - drawn.mean(0), images.labels)
        rows[split, what] = {
            "accuracy": f"{right.mean():.3f}",
            "minus random": f"{right.mean() - drawn.mean():+z.3f} ({low:+z.3f} to {high:+z.3f})",
        }
    seeds = drawn.mean(1)
    spread = f"{drawn.mean():.3f}, seeds {seeds.min():.3f} to {seeds.max():.3f}"
    rows[split, "4 at random (control)"] = {"accuracy": spread, "minus random": "–"}
pd.DataFrame(rows).T

# %% [markdown]
# The interval draws species. Compare *selected* with the control, and with *all*: is a shorter list as good?

# %% [markdown]
# ### Exercise: keep them all
#
# **5 (predict and run).** Every class has fewer than 100 descriptors. What does a selection with `keep=100` do to the accuracy of the description: is it the `same`, `higher` or `lower`?
#
# <details><summary>Hint</summary>
#
# Which descriptors can such a selection leave out?
#
# </details>

# %%
change = ...
_ = clipnb.checks.check_choice("05.5", change)

# %%
if change is not ...:
    kept = clipnb.select_descriptors(clip, descriptors, unlabelled, keep=100)
    accuracy = [evaluation.correct(described_by(some), hard).mean() for some in (descriptors, kept)]
    print(f"you said {change}; all {accuracy[0]:.3f}, selected {accuracy[1]:.3f}")

# %% [markdown]
# ## 9 · Ask for yourself
#
# **What will it cost?** The package prints its plan before the first call and refuses a plan that exceeds your budget. With `max_calls=0` it refuses every plan.

# %%
try:
    clipnb.generate_prompts(names, "some-model", "http://localhost:11434/v1", samples=3, max_calls=0)
except clipnb.LanguageModelError as refusal:
    print(textwrap.fill(str(refusal), 80))

# %% [markdown]
# To ask, set `LIVE = True`: eight calls. Answers are stored, so repeating a call costs nothing.
#
# <details><summary>Which settings does it need?</summary>
#
# Name a model in the environment before you start Jupyter. A key alone starts no call.
#
# - a provider: `OPENAI_API_KEY` (and `CLIPNB_LLM_MODEL`, if you want another model than the default);
# - a program on your own computer, without a key, such as Ollama: `CLIPNB_LLM_BASE_URL=http://localhost:11434/v1` and `CLIPNB_LLM_MODEL=llama3.2`. Only the port differs in the others: llama.cpp has 8080, LM Studio 1234, vLLM 8000.
#
# </details>

# %%
LIVE = False  # True: eight calls to a language model, which may cost money

if LIVE and llm.can_ask():
    part_1 = clipnb.generate_prompts(frogs, samples=1, max_calls=6)
    asked = clipnb.generate_descriptors(frogs, max_calls=2)
else:
    print("No language model was asked: these are recorded answers.")
    part_1 = clipnb.PromptTable({name: recorded[name][::3] for name in frogs})
    asked = clipnb.check_descriptors(descriptors.select(frogs))
asked.report["action"].value_counts()

# %%
yours = {
    "part 1": clipnb.ZeroShotClassifier(clip, part_1, "centroid"),
    "part 2": clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(asked, include_name=False)),
}
clipnb.readable(clipnb.compare(yours, both), 2)

# %% [markdown]
# Read the texts and the report before you trust such a table: two classes and 20 images say little.

# %% [markdown]
# ### Exercise: the bill
#
# **6 (predict and run).** You ask about 10 classes, three questions, ten samples each. Next day you run the same notebook again, and a friend runs it a third time on your computer, as you. How many calls were made in all: `30`, `300` or `900`? The cell below your answer asks the package for its plan, once you have answered.
#
# <details><summary>Hint</summary>
#
# Classes × questions × samples, for those answers that nobody has yet.
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("05.6", answer)

# %%
if answer is not ...:
    try:
        clipnb.generate_prompts(names[:10], "some-model", "http://localhost:11434/v1", max_calls=0)
    except clipnb.LanguageModelError as refusal:
        print(textwrap.fill(f"you said {answer}; the plan of the first run: {refusal}", 80))

# %% [markdown]
# ### Exercise: the shaggy ink cap
#
# **7 (write).** Every text is a call. Write three texts or a few more about the *shaggy ink cap* that find it among the mushrooms, while the other mushrooms keep theirs. All other classes keep their recorded texts. You see one image of it and one of the death cap; the check uses images of the `shifted` split.
#
# <details><summary>Hint</summary>
#
# What lies on its cap and not on the death cap's? And how tall is the cap for its width?
#
# </details>

# %%
pair = ["shaggy ink cap", "death cap"]
axes = plots.show_images([data.of_class(name).images[0] for name in pair], pair, columns=2)
unseen = clipnb.load_fieldguide("shifted", kinds="mushroom")  # do not look
my_texts = ...
_ = clipnb.checks.check_prompts(clip, unseen, "shaggy ink cap", my_texts, baseline=0.7)

# %% [markdown]
# ## The answer

# %%
winner = "customised prompts" if gain > 0 else "descriptors"
p = results["held out"]["p"]["part 1: customised prompts"]
one, other = (bills[method] for method in ("part 1: customised prompts", "part 2: descriptors"))
text = f"""
**On these images, {winner} classify more of the held-out species correctly; the difference is
{"" if p < 0.05 else "not "}significant** (n = {(~seen).sum()}). Customised prompts take
{one["calls per class"]} calls and about {one["words per class"]:.0f} words per class, descriptors
{other["calls per class"]} call and about {other["words per class"]:.0f} words.

**At an equal number of words**: {equal_words}

**As reasons**: a descriptor's contribution belongs to one mark that can be checked and edited, a
prompt's to a text with several. Both are rows of one table, so they can be used together."""
display(Markdown(text))

# %% [markdown]
# ## Recap
#
# - A customised prompt is a whole text about a class; a descriptor is one mark.
# - Parse, check, and read the answers. A word filter does not find everything.
# - `centroid` and `raw_mean` differ in when they normalise.
# - Compare methods on the same images, with a paired test, a control, and the same number of words.
# - Ask what separates confused classes. Take the confusions from images that are not tested.
# - Compare a selection of descriptors with as many at random.
# - Set a budget before you ask, and store the answers.

# %% [markdown]
# ## What's next
#
# *06, Test the claim*, asks when description helps, over name frequency and with all controls.
