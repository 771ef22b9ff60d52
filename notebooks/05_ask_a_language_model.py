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
# **What you'll do.** Let a language model write the sentences of a zero-shot classifier, filter what it wrote, pool it, and count whether it helped.
#
# **What you'll learn.** Customised prompts as in the first of Alexey Kravets' articles and in CuPL (Pratt et al. 2022); how to read a language model's answers with suspicion; which control tells words from luck; what it costs.
#
# **What you'll need.** Zero-shot classification with names and templates. No network, no GPU, no key: the answers are recorded. With a key or a server of your own you can ask live.
#
# **Time.** 35 minutes to read and play; it runs in less than a minute.
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

import pandas as pd
import torch

import clipnb
from clipnb import llm, plots
from clipnb.fieldguide.world import all_species
from clipnb.llm.questions import QUESTIONS

clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", per_species=10)
names = data.class_names

# %% [markdown]
# ## 1 · The same question in other words
#
# Alexey Kravets' articles are told with two frogs, the *tree frog* and the *tailed frog*; here are ten pictures of each. Our CLIP never met either name in training. Ask it in seven ways that mean the same to you.

# %%
frogs = ["tree frog", "tailed frog"]
tree, tailed = (data.of_class(name) for name in frogs)
wordings = [
    "{}",
    "this is a {}",
    "a photo of a {}",
    "a drawing of a {}",
    "a close-up of a {}",
    "a bright photo of a {}",
    "a small {}",
]
rows = {}
for wording in wordings:
    by_name = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs, wording))
    rows[wording] = [
        by_name.predict(tree).labels.count("tree frog"),
        by_name.predict(tailed).labels.count("tailed frog"),
    ]
pd.DataFrame(rows, index=["tree frogs right, of 10", "tailed frogs right, of 10"]).T

# %% [markdown]
# The tree frogs are right in every wording. Of the tailed frogs, all ten are right in two wordings, seven or eight in four, and five with "small", a word that fits both frogs alike. You could now pick the best wording; but you would pick it by these twenty pictures, and nothing says that it is best for the next twenty. The names are the weak point: there is little in them to see.
#
# **In the article**, `openai/clip-vit-base-patch32` sees a photo of a tree frog. "A photo of a tree frog" gets 0.3164 and "a photo of a tailed frog" **0.6836**, which is wrong.

# %% [markdown]
# ## 2 · Three questions
#
# The article's way out: let a language model say what the class looks like, in whole sentences, and use these in place of the template. It asks three questions.

# %%
for question in QUESTIONS:
    print(question.format("tree frog"))

# %% [markdown]
# A language model answers a little differently each time, so every question is asked several times. CuPL asks ten times, the article has about thirty sentences a class. Ours are nine: each question three times, for all 92 species.

# %%
recorded = clipnb.load_descriptors("fieldguide-prompts")
for what, note in recorded.provenance.items():
    if what != "questions":  # they stand above
        print(textwrap.fill(f"{what}: {note}", 80))

# %% [markdown]
# These are **recorded** answers: this notebook calls no model unless you tell it to, in section 9. Two things to note. The *instruction*: models of the article's time answered in one sentence by themselves, those of today write a page if you let them. And the *independence*: nine answers written at one go differ in form, but they are one opinion of what the species looks like.

# %% [markdown]
# ## 3 · Read what came back
#
# Before any number: read. Here are the nine sentences about each frog, as they came.

# %%
for name in frogs:
    print(name, *recorded[name], sep="\n   - ")

# %% [markdown]
# Go through them with a pencil. Which could you check against one picture? "Bright leaf-green" and "disc-shaped toe tips", yes. "Living in cold, fast mountain streams" and "climbing posture", hardly: a drawing shows where this frog sits, not where its kind lives. "No visible eardrum" is about something that is not there. And "in males" asks for a frog's sex. All this came although the instruction asked for "what can be seen".
#
# The article's own list holds a sentence that says how many thousand species of frogs there are. True, and no picture shows it.

# %% [markdown]
# ## 4 · Filter, and say why
#
# `check_descriptors` reads every line and keeps what a picture can show. It knows English words for sounds, smells, places, meals and numbers of species; it also finds duplicates and negations. First four sentences of our own making, to see it work.

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
# *Dropped* is out. *Flagged* stays, for you to decide: CLIP reads "no tail" as "tail" (notebook 04 shows it). And the last line is *kept*: no list of words knows that "fascinating" is nothing to see. A filter spares you work; it does not spare you reading.
#
# Now the recorded answers. `own_name="keep"`, because these sentences are meant to hold the name.

# %%
kept = clipnb.check_descriptors(recorded, own_name="keep", longest=300)
report = kept.report
report["action"].value_counts()

# %%
dropped = report[report["action"] == "dropped"]
dropped.set_index("class")[["descriptor", "reason"]]

# %% [markdown]
# Few are dropped: the instruction had asked for what can be seen. Most of these lines are about poison or cooking: true, and not to be seen. Look closer and you will disagree with the filter: "a prized edible mushroom growing on woodland floors" may go, but with "a noisy, crested bird with blue upperparts" a good description is thrown out for one word. That is why the report exists. And what does it miss?

# %%
print(*kept["tailed frog"][3:5], *kept["barn owl"][3:4], sep="\n")

# %% [markdown]
# A mountain stream, an eardrum that is missing (flagged, so it stays), a silent flight at dusk. You would strike these out. We leave them in: what follows is what a machine gets that nobody corrects.

# %%
kept = clipnb.PromptTable(kept)
assert set(kept) == set(names)
kept.select(frogs)

# %% [markdown]
# ## 5 · From nine sentences to one vector
#
# A picture must be compared with the class, not with nine sentences. CuPL brings every sentence vector to unit length, averages, and brings the average to unit length: the **centroid**. The article's code averages first and normalises only once, at the end: `raw_mean`, in which a long vector speaks louder. Both in a few lines:


# %%
def centroid(t):
    u = t / t.norm(dim=1, keepdim=True)  # every text to unit length
    m = u.mean(dim=0)
    return m / m.norm()


def raw_mean(t):
    r = t.mean(dim=0)  # long embeddings speak louder
    return r / r.norm()


# %%
i = clip.encode_images(tree.images[0])[0]
for rule in (centroid, raw_mean):
    embeddings = torch.stack([rule(clip.encode_texts(kept[name], normalize=False)) for name in frogs])
    p = (clip.logit_scale * embeddings @ i).softmax(0)
    packaged = (
        clipnb.ZeroShotClassifier(clip, kept.select(frogs), rule.__name__).predict(tree).probabilities[0]
    )
    assert torch.allclose(p, packaged, atol=1e-4)
    print(f"{rule.__name__:9s}", {name: f"{x:.2f}" for name, x in zip(frogs, p.tolist())})

# %% [markdown]
# The two rules hardly differ here: no sentence of a frog has a vector twice as long as another. `ZeroShotClassifier(clip, table, "centroid")` does the same for any number of classes. So the article's code, made general, is a table of sentences and a pooling rule, and nothing else.

# %% [markdown]
# ## 6 · The article's numbers beside ours
#
# The article's result: on its photo, customised prompts turn 0.3164 for *tree frog* into **0.6512**. Here is the same step on our frogs, with the article's pooling.

# %%
article = {"name": 0.3164, "customised": 0.6512}
tables = {"name": clipnb.name_prompts(frogs), "customised": kept.select(frogs)}
rows = {}
for method, table in tables.items():
    classifier = clipnb.ZeroShotClassifier(clip, table, "raw_mean")
    p, q = classifier.predict(tree).probabilities[:, 0], classifier.predict(tailed).probabilities[:, 1]
    rows[method] = {
        "article: p(tree frog), its one photo": f"{article[method]:.2f}",
        "ours: p(tree frog), ten tree frogs": f"{p.min():.2f} to {p.max():.2f}",
        "tree frogs right": int((p > 0.5).sum()),
        "ours: p(tailed frog), ten tailed frogs": f"{q.min():.2f} to {q.max():.2f}",
        "tailed frogs right": int((q > 0.5).sum()),
    }
pd.DataFrame(rows)

# %% [markdown]
# Do not compare the probabilities of the two models, for each has learnt its own temperature. Compare the story. Ours begins otherwise: by name 17 of the twenty are right already, though none by much (0.73 at most). The sentences mend the three that are wrong, and make all twenty surer. Surer is not more often right: three pictures mended in twenty are within chance (p = 0.25).
#
# **The article has one photo of one of the two frogs.** A method that always says "tree frog" would do as well on it; only pictures of both can say whether the sentences tell the two apart.
#
# **How much of it is luck with the sentences?** Draw one of the nine at random, ten times over.


# %%
def some(table, k, seed):
    chance = random.Random(seed)
    return {name: chance.sample(row, min(k, len(row))) for name, row in table.items()}


rows = []
for seed in range(10):
    drawn = clipnb.ZeroShotClassifier(clip, some(kept.select(frogs), 1, seed), "centroid")
    rows.append([drawn.predict(images).labels.count(name) for name, images in zip(frogs, (tree, tailed))])
pd.DataFrame(
    rows, columns=["tree frogs right", "tailed frogs right"], index=pd.RangeIndex(1, 11, name="draw")
).T

# %% [markdown]
# The same language model, the same pictures, another sentence: now all ten of a frog are right, now one or none. By name, ten and seven were; so a draw may end above the name or far below it. More sentences do better on average, as section 8 shows. But from two classes you learn almost nothing about a method, whichever way it ends.
#
# **Which sentences are these?** Here they are as rows (the widget scores by the plain mean of the cosines). **Try:** press *All off* at the tailed frog and switch on the one about mountain streams, then only the one about the stripe through its eye. **Look for** the winner on several pictures of *both* frogs: the stream finds no tailed frog; the stripe finds them all, and takes most tree frogs with it.

# %%
both = data.select([names[label] in frogs for label in data.labels])
clipnb.widgets.explore_descriptors(clip, both, kept.select(frogs), start="tailed frog")

# %% [markdown]
# ## 7 · All 92 species, with controls
#
# Two classes show what can happen, 92 how often. Three things could make customised prompts look good without their words being so:
#
# - **More sentences.** An average of nine is steadier than one sentence. So a *template ensemble* of nine takes part.
# - **The kind.** The sentences say "frog" or "bird", which a strange name does not. So *name and kind* takes part: "a photo of a hoopoe, a kind of bird".
# - **Any sentences of this sort.** Perhaps fluent sentences help whatever they say. So every class also gets the sentences of **another class of its kind**, with its own name put in (*swapped*).
#
# And to see what the name does in them, the same sentences with the name taken out: "A thing is a small green frog …".

# %%
kinds = {species.name: species.kind for species in all_species()}
patterns = {name: [re.sub(re.escape(name), "{}", s, flags=re.I) for s in kept[name]] for name in names}


def fill(patterns, word=None):
    return clipnb.PromptTable(
        {name: [p.replace("{}", word or name) for p in rows] for name, rows in patterns.items()}
    )


def swapped(seed, word=None):
    rows = {}
    for kind in set(kinds.values()):
        alike = {name: patterns[name] for name in names if kinds[name] == kind}
        rows.update(clipnb.swapped_prompts(alike, include_name=False, seed=seed))
    return fill({name: rows[name] for name in names}, word)


for what, table in {
    "customised": fill(patterns),
    "no name": fill(patterns, "thing"),
    "swapped": swapped(0),
}.items():
    print(f"{what:11s}{table['tree frog'][0]}")

# %%
methods = {
    "class name": clipnb.name_prompts(names),
    "template ensemble (9)": clipnb.template_prompts(names, clipnb.classify.prompts.TEMPLATES[:9]),
    "name and kind": {name: [f"a photo of a {name}, a kind of {kinds[name]}"] for name in names},
    "customised prompts": fill(patterns),
    "customised, no name": fill(patterns, "thing"),
    "control: swapped": swapped,
    "control: swapped, no name": lambda seed: swapped(seed, "thing"),
}
results = clipnb.evaluate(clip, data, methods, seeds=3, pooling="centroid")
summary = clipnb.summarize(results)
columns = ["top1", "low", "high", "lowest", "highest", "fixed", "broken", "p_holm"]
clipnb.readable(summary.loc[["seen", "held-out"], columns])

# %% [markdown]
# `fixed` and `broken` count the pictures that became right or wrong against the class name; `p_holm` is the exact McNemar test on these two, corrected for the number of tests. The two controls are drawn three times: theirs are means over the draws, `lowest` and `highest` are the worst and the best draw, and `p_holm` is the *largest* of the three. The intervals are for other pictures of these species; for other species they would be wider.

# %%
ax = plots.plot_evaluation(results, ["seen", "held-out"])

# %% [markdown]
# **Seen names** (blue). The name alone is right everywhere, so there is nothing to gain, and the customised prompts gain nothing. Look at the control instead: with the sentences of a neighbour, 53 % of the pictures (interval 49 to 57) still go to the class whose *name* stands in them. Take that name out, and 1 % do. So where a name and nine sentences disagree, the name alone wins about every second time.
#
# **Held-out names** (orange). More sentences alone (*template ensemble*) give nothing that chance would not give. Telling the *kind* does help, from 24 % to 40 %: the model has not met "hoopoe", but it has met "bird", and a bird that it cannot name then goes to a bird's name that it has not read.
#
# **The customised prompts** give far more than that: 91 % (87 to 93). With a neighbour's sentences it is 9 % on average, and 2 to 17 % from draw to draw: each draw is below the bare name's 24 %, though in the mildest the loss is within chance.
#
# **Without any name** it is 92 % (88 to 94): all of the gain stays. So it is what the sentences say.

# %%
held_out = summary["top1"]["held-out"]
assert held_out["customised prompts"] > held_out["class name"] + 0.1
assert held_out["customised prompts"] > held_out["control: swapped"] + 0.1
assert held_out["customised prompts"] > held_out["name and kind"] + 0.1
assert held_out["control: swapped, no name"] < 0.15

# %% [markdown]
# Is this what the literature finds? Yes and no. CuPL reports "over one percentage point" on ImageNet, where CLIP has read nearly every name: that is our blue half, with a little room left at the top. Our orange half gains more than sixty points, but it is an exam made for the purpose: names without any meaning to the model, and drawings whose marks its training has all named. Do not expect that of your photos.

# %% [markdown]
# **Did the filter matter?** Compare with the sentences as they were recorded; and with what an answer without the instruction might bring along, three sentences that no picture shows.

# %%
chatter = [
    "There are more than 1,000 species related to the {}.",
    "The {} is active at night and eats insects.",
    "The {} is native to Europe and Asia.",
]
filtering = {
    "filtered": kept,
    "as recorded": clipnb.PromptTable(recorded),
    "filtered, and three to no purpose": {
        name: kept[name] + [c.format(name) for c in chatter] for name in names
    },
}
classifiers = {
    what: clipnb.ZeroShotClassifier(clip, table, "centroid") for what, table in filtering.items()
}
clipnb.readable(clipnb.compare(classifiers, data.select(~data.seen[data.labels])))

# %% [markdown]
# The ten dropped lines made no difference to any of these pictures; but seven of the ten belong to seen species, so there was little to change here. Three lines of chatter in twelve do: they cost two or three points, 9 pictures broken against 1 fixed. That is beyond chance, though not by much (`p`). Filtering pays where there is something to filter.

# %% [markdown]
# ## 8 · What it costs
#
# With a real client every sentence is one call. How many does it take? Take some of the sentences of every class, at random, three times over.

# %%
counts = [1, 2, 3, 6, 9]
fewer = {
    "class name": methods["class name"],
    **{k: lambda seed, k=k: some(kept, k, seed) for k in counts},
}
by_count = clipnb.evaluate(clip, data, fewer, seeds=3, pooling="centroid")

# %%
by_group = {group: clipnb.summarize(by_count, group) for group in ("seen", "held-out")}
names_only = {group: table["top1"]["class name"] for group, table in by_group.items()}
ax = plots.plot_counts(
    {group: table.loc[counts] for group, table in by_group.items()}, names_only, "class name"
)
_ = ax.set_xlabel("texts (calls) per class")

# %% [markdown]
# Held-out names gain with every step, most from the first sentences; whether nine are better than six is for a paired test, not for two intervals (notebook 06). On seen names a *single* customised sentence is worse than the bare name, 81 % (78 to 84) against 100 %; from six on nothing is lost. Every third sentence does not hold the name ("It looks like …"), and where the model knows the name, most of the loss comes from these, as the next cell shows.


# %%
def one_of(table, with_name, seed=0):
    rows = {
        name: [s for s in row if (name.lower() in s.lower()) == with_name] for name, row in table.items()
    }
    return some(rows, 1, seed)


known = data.select(data.seen[data.labels])
for what, with_name in (("with", True), ("without", False)):
    single = clipnb.ZeroShotClassifier(clip, one_of(kept, with_name), "centroid")
    right = sum(said == names[label] for said, label in zip(single.predict(known).labels, known.labels))
    print(f"one text {what} the name, seen species: {right / len(known):.2f}")

# %% [markdown]
# Now the bill. The package writes its plan before the first call, and refuses one that exceeds your budget. With `max_calls=0` it refuses every plan, so this cell asks nobody anything.

# %%
try:
    clipnb.generate_prompts(names, "some-model", "http://localhost:11434/v1", samples=3, max_calls=0)
except clipnb.LanguageModelError as refusal:
    print(textwrap.fill(str(refusal), 80))

# %% [markdown]
# "At most" counts every answer at its longest. What the recorded answers would have come to, at the rule of thumb of four letters a token:

# %%
question = sum(len(recorded.provenance["instruction"]) + len(q) + len("tree frog") for q in QUESTIONS) / 3
answers = [text for row in recorded.values() for text in row]
tokens_in, tokens_out = len(answers) * question / 4, sum(map(len, answers)) / 4
print(f"{len(answers)} calls, about {tokens_in:,.0f} tokens in and {tokens_out:,.0f} tokens out")

# %% [markdown]
# Multiply by the prices of your provider; on your own computer it costs only time. Then compare: a template ensemble costs nothing.

# %% [markdown]
# ## 9 · Ask for yourself
#
# Name a model in the environment before you start Jupyter:
#
# - a provider: `OPENAI_API_KEY` (and `CLIPNB_LLM_MODEL`, if you want another model than the default);
# - a server of your own, such as Ollama: `CLIPNB_LLM_BASE_URL=http://localhost:11434/v1` and `CLIPNB_LLM_MODEL=llama3.2`.
#
# Then set `LIVE = True` and run the cell: six calls. A key alone calls nobody, so running all cells of this notebook never costs you anything. Answers are kept, and the same call a second time is free.

# %%
LIVE = False  # True: six calls to a language model, which may cost money

if LIVE and llm.can_ask():
    asked = clipnb.generate_prompts(frogs, samples=1, max_calls=6)
else:
    print("No language model was asked: these are recorded answers.")
    asked = clipnb.PromptTable({name: recorded[name][::3] for name in frogs})
asked

# %% [markdown]
# One answer to each question, for each frog. With these the twenty frogs are classified below; section 6 has told you how far to trust such a count.

# %%
live = clipnb.ZeroShotClassifier(clip, asked, "centroid")
for name, images in zip(frogs, (tree, tailed)):
    print(f"{name:12s} right {live.predict(images).labels.count(name):2d} of {len(images)}")

# %% [markdown]
# ## Recap
#
# - A customised prompt is a sentence that a language model wrote about the class. It is one more way to fill the table of sentences.
# - Read the answers. A filter with reasons drops what no picture shows; it does not catch everything.
# - `centroid` and the article's `raw_mean` differ in when they normalise.
# - One photo shows that a thing can happen. Both frogs, all classes, an interval and a control show whether it is so.
# - Where the model knows the name, nine customised prompts change nothing. Where it does not, they carry the marks that the name lacks, and the controls show that it is what they say, not how many they are or the kind they name.
# - It costs a call per sentence. Set a budget, and keep the answers.

# %% [markdown]
# ## Exercises
#
# **1 (predict).** You ask about 10 classes, three questions, ten samples each. Next day you run the same notebook again, and a friend runs it a third time on your computer, as you. How many calls were made in all: `30`, `300` or `900`?
#
# <details><summary>Hint</summary>
#
# Classes × questions × samples, for those answers that nobody has yet.
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("05.1", answer)

# %% [markdown]
# **2 (write).** Write the class embedding of CuPL: a function of the raw text embeddings `texts` (k, d), which are *not* of unit length. Try it without looking at section 5.
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
# **3 (write).** Write a filter: a function of one text that answers `True` if an image can show what it says, and `False` if not. The check tries it on twelve texts and tells you the first that goes wrong.
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
# **4 (open).** Every text is a call (section 8). The nine recorded ones of the *shaggy ink cap* find all its ten images among the mushrooms; one of them alone finds between none and eight. Write three of your own, or a few more, that find at least eight, while the other mushrooms keep theirs. All other classes keep their recorded texts. By name all ten go to the death cap: look at that rival, too.
#
# <details><summary>Hint</summary>
#
# What lies on its cap and not on the death cap's? And how tall is the cap for its width?
#
# </details>

# %%
mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
pair = ["shaggy ink cap", "death cap"]
axes = plots.show_images([mushrooms.of_class(name).images[0] for name in pair], pair, columns=2)
my_texts = ...
_ = clipnb.checks.check_prompts(clip, mushrooms, "shaggy ink cap", my_texts, baseline=0.8)

# %% [markdown]
# ## What's next
#
# A customised sentence mixes the name with many marks, so you cannot see which of them decided. *04, Classify by description*, gave every mark a line of its own, and read the reasons off the same numbers. *06, Test the claim*, runs all controls over many seeds, on both regimes.
