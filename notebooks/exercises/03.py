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
### BEGIN SOLUTION
answer = "only confidence rises"
### END SOLUTION
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
### BEGIN SOLUTION
def zero_shot(images, texts, scale):
    embeddings = texts / texts.norm(dim=1, keepdim=True)
    return (scale * images @ embeddings.T).softmax(dim=1)


### END SOLUTION
_ = clipnb.checks.check_zero_shot(zero_shot)

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
### BEGIN SOLUTION
flaw = "images"
### END SOLUTION
_ = clipnb.checks.check_choice("03.3", flaw)

# %% tags=["solution"]
table_of_hits, base, gains = np.array(list(found.values())), correct(bare, data), []
for _ in range(200):  # choose on one half of the images, test on the other
    half = np.random.default_rng(len(gains)).permutation(len(data)) % 2 == 0
    chosen = table_of_hits[table_of_hits[:, half].mean(1).argmax()].astype(float) - base
    gains.append((chosen[half].mean(), chosen[~half].mean()))
print("mean gain where it was chosen {:+.4f}, on the other half {:+.4f}".format(*np.mean(gains, 0)))

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
### BEGIN SOLUTION {"bird": "… {} …", "butterfly": …}, and so on for all eight
my_templates = {
    kind: f"a photo of a {{}}, a kind of {kind}"
    for kind in ("bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf")
}
### END SOLUTION
elsewhere = clipnb.load_fieldguide("shifted", per_species=4)
_ = clipnb.checks.check_templates(clip, elsewhere, my_templates, gain=0.05)

# %% tags=["solution"]
kinds = dict(zip(elsewhere.labels, (scene.individual.kind for scene in elsewhere.scenes)))
next_kind = dict(zip(my_templates, [*my_templates][1:] + [*my_templates][:1]))
added = {  # the last two are controls with as many words: no knowledge, false knowledge
    "its kind": lambda c: kinds[c],
    "the word thing": lambda c: "thing",
    "a false kind": lambda c: next_kind[kinds[c]],
}
hinted = {"a photo of a {}": photo}
for what, word in added.items():
    rows_of = {name: [f"a photo of a {name}, a kind of {word(c)}"] for c, name in enumerate(names)}
    hinted[what] = clipnb.ZeroShotClassifier(clip, rows_of)
clipnb.readable(clipnb.compare(hinted, elsewhere.select(~elsewhere.seen[elsewhere.labels])))

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
### BEGIN SOLUTION
def calibration_error(confidence, correct):
    place = np.minimum((confidence * 10).astype(int), 9)
    inside = lambda values: np.bincount(place, values, minlength=10)
    return np.abs(inside(correct) - inside(confidence)).sum() / len(correct)


### END SOLUTION
_ = clipnb.checks.check_calibration_error(calibration_error)

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

# %% tags=["solution"]
held_out = [name for name, known in zip(names, data.seen) if not known]
other = dict(zip(held_out, held_out[7:] + held_out[:7]))
moved = {name: [f"a photo of a {other.get(name, name)}"] for name in names}
both = {"own name": photo, "another's": clipnb.ZeroShotClassifier(clip, moved)}
for what, classifier in both.items():
    answers = classifier.predict(data.select(~seen)).labels
    print(f"{what}: {np.mean([one in other for one in answers]):.2f} get the name of a held-out species")
clipnb.readable(clipnb.compare(both, data.select(~seen)))

# %% [markdown] tags=["solution"]
# Exclusion treats all unknown names alike, so it survives the exchange; a known word inside a name does not. If the accuracy falls to that of a random choice among the held-out species that were answered, the words did the rest. Compare the species, too: "tailed frog" holds a word that may describe a part, "rowan" and "hoopoe" hold none.
