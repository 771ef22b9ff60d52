# %% [markdown]
# ## Exercises
#
# **1 (predict).** You run the random words over twenty seeds in place of five. What happens to the 95 % interval of one seed: does it become `narrower`, stay `as wide`, or become `wider`?
#
# <details><summary>Hint</summary>
#
# Section 5 has two spreads. Which of them is about the images?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "as wide"
### END SOLUTION
_ = clipnb.checks.check_choice("06.1", answer)

# %% [markdown]
# **2 (write).** Write McNemar's exact test: a function of two bool arrays, which images were right `before` and which `after`. It returns the two-sided p. (`scipy.stats.binom` has the tails of a fair coin.)
#
# <details><summary>Hint</summary>
#
# Images that did not change say nothing. How likely is it that a fair coin falls so unevenly, one way or the other? No change at all is no evidence: p = 1.
#
# </details>

# %%
### BEGIN SOLUTION
from scipy import stats


def exact_p(before, after):
    fixed, broken = int((~before & after).sum()), int((before & ~after).sum())
    return min(1, 2 * stats.binom.cdf(min(fixed, broken), fixed + broken, 0.5))


### END SOLUTION
_ = clipnb.checks.check_mcnemar(exact_p)

# %% [markdown]
# **3 (write).** Swapping a bird's description with a mushroom's is an easy control. Write a harder one: a function of `by_kind`, a dictionary kind → {class: descriptors}, and of a `seed`. It returns one dictionary, class → descriptors, in which every class has the descriptors of *another class of its own kind*.
#
# <details><summary>Hint</summary>
#
# Shuffle the names of a kind, then hand every class the descriptors of the next one in the ring.
#
# </details>

# %%
### BEGIN SOLUTION
import random


def swap_within_kinds(by_kind, seed):
    chance, result = random.Random(seed), {}
    for rows in by_kind.values():
        names = chance.sample(list(rows), len(rows))
        result |= {name: rows[other] for name, other in zip(names, names[1:] + names[:1])}
    return result


### END SOLUTION
_ = clipnb.checks.check_control(swap_within_kinds)

# %% [markdown]
# **4 (open).** Run your control of exercise 3 through `clipnb.evaluate`, beside `swapped`, with and without the name. The kinds of the species are in `data.scenes` (`scene.individual.kind`). How much of what a description says is only "this is a bird"?
#
# <details><summary>Hint</summary>
#
# `by_kind.setdefault(scene.individual.kind, {})[name] = descriptors[name]` collects the classes of a kind. A method with chance in it is a function of a seed: `lambda seed: clipnb.descriptor_prompts(swap_within_kinds(by_kind, seed), template=TEMPLATE)`. (Notebook 05 did this with texts.)
#
# </details>

# %% tags=["solution"]
kind_of = {
    data.class_names[label]: scene.individual.kind for label, scene in zip(data.labels, data.scenes)
}
by_kind = {
    kind: {n: list(descriptors[n]) for n in data.class_names if kind_of[n] == kind}
    for kind in dict.fromkeys(kind_of.values())
}
within = clipnb.descriptor_prompts(swap_within_kinds(by_kind, 0), include_name=False)
others = clipnb.swapped_prompts(descriptors, include_name=False)
plain = clipnb.descriptor_prompts(descriptors, include_name=False)
swaps = {"description": plain, "swapped": others, "swapped within kinds": within}
swap_results = clipnb.summarize(clipnb.evaluate(clip, data, swaps))
print(swap_results[["top1", "top5"]].round(2).to_string())

# %% [markdown] tags=["solution"]
# Neither control names the right species: top-1 is near zero for both. Look at top-5 instead: within kinds the right species is among the first five in more than a third of the images, between all species in one of twenty, which is what blind guessing gets (5 of 92). A bird's description still says "bird", even if it is another bird's. Guessing blindly among the right kind's dozen would find it in about two of five, so the kind is nearly all that is left.

# %% [markdown]
# **5 (open).** Why do random names harm: because their words mean something, and lie? `clipnb.renamed_prompts(descriptors, kind="characters", template=TEMPLATE)` makes names that mean nothing. If that is the reason, they should harm less. Predict where they will stand in the figure of section 4, on both halves; then evaluate them over five seeds.

# %% tags=["solution"]
nothing = lambda seed: clipnb.renamed_prompts(
    descriptors, kind="characters", template=TEMPLATE, seed=seed
)
words = lambda seed: clipnb.renamed_prompts(descriptors, template=TEMPLATE, seed=seed)
renamed = {"description": plain, "random names": words, "names of characters": nothing}
renamed_results = clipnb.summarize(clipnb.evaluate(clip, data, renamed, seeds=3))
print(renamed_results[["top1"]].round(2).to_string())

# %% [markdown] tags=["solution"]
# They harm *more*, on both halves. So it is not that the words of a name mean something and lie: a name that means nothing does worse. (Perhaps because such letters are pieces that the model has hardly met, and they move the text further than a word does; this table does not tell.)
