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
### BEGIN SOLUTION
from scipy import stats


def exact_p(before, after):
    fixed, broken = int((~before & after).sum()), int((before & ~after).sum())
    return min(1, 2 * stats.binom.cdf(min(fixed, broken), fixed + broken, 0.5))


### END SOLUTION
_ = clipnb.checks.check_mcnemar(exact_p)

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
### BEGIN SOLUTION
answer = "as wide"
### END SOLUTION
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
# `by_kind.setdefault(scene.individual.kind, {})[name] = descriptors[name]` collects the classes of a kind. A method with chance in it is a function of a seed: `lambda seed: clipnb.descriptor_prompts(swap_within_kinds(by_kind, seed), template=TEMPLATE)`.
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
# Look at top-5. Guessing among all 92 species has the true one among five in 5 of 92 cases; guessing among the dozen of the true kind, in about two of five. If *swapped within kinds* is near the second number, what is left of another bird's description is nearly only "this is a bird".

# %% [markdown]
# **5 (open).** Why do random names harm: because their words mean something false? `clipnb.renamed_prompts(descriptors, kind="characters", template=TEMPLATE)` makes names that mean nothing. If that is the reason, they should harm less. Predict their accuracy for both groups of the figure in section 5; then evaluate them over several seeds.

# %% tags=["solution"]
nothing = lambda seed: clipnb.renamed_prompts(
    descriptors, kind="characters", template=TEMPLATE, seed=seed
)
words = lambda seed: clipnb.renamed_prompts(descriptors, template=TEMPLATE, seed=seed)
renamed = {"description": plain, "random names": words, "names of characters": nothing}
renamed_results = clipnb.summarize(clipnb.evaluate(clip, data, renamed, seeds=3))
print(renamed_results[["top1"]].round(2).to_string())

# %% [markdown] tags=["solution"]
# If names of random letters do *more* harm than random words, then the meaning of the words cannot be the reason. This table does not say what is. One test: compare how far each kind of name moves the embedding of the prompt.
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
### BEGIN SOLUTION
flaw = "template"
### END SOLUTION
_ = clipnb.checks.check_choice("06.6", flaw)
