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
### BEGIN SOLUTION
def can_be_seen(text):
    found = re.findall("[a-z]+", text.lower())
    return not set(found) & {"species", "eat", "eats", "call", "native", "poisonous", "smell", "smells"}


### END SOLUTION
_ = clipnb.checks.check_filter(can_be_seen)

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
### BEGIN SOLUTION
def class_embedding(texts):
    units = texts / texts.norm(dim=1, keepdim=True)
    mean = units.mean(dim=0)
    return mean / mean.norm()


### END SOLUTION
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
### BEGIN SOLUTION
flaw = "selection"
### END SOLUTION
_ = clipnb.checks.check_choice("05.3", flaw)

# %% tags=["solution"]
print(f"all draws, sorted: {sorted(twenty)}")
print(f"mean of the draws: {sum(twenty) / len(twenty):.1f} of 20")

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
### BEGIN SOLUTION
flaw = "images"
### END SOLUTION
_ = clipnb.checks.check_choice("05.4", flaw)

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
### BEGIN SOLUTION
change = "same"
### END SOLUTION
_ = clipnb.checks.check_choice("05.5", change)

# %%
if change is not ...:
    kept = clipnb.select_descriptors(clip, descriptors, unlabelled, keep=100)
    accuracy = [evaluation.correct(described_by(some), hard).mean() for some in (descriptors, kept)]
    print(f"you said {change}; all {accuracy[0]:.3f}, selected {accuracy[1]:.3f}")

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
### BEGIN SOLUTION
answer = "300"
### END SOLUTION
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
### BEGIN SOLUTION
my_texts = [
    "a tall white mushroom",
    "a white mushroom with brown scales",
    "a mushroom with a long narrow cap",
]
### END SOLUTION
_ = clipnb.checks.check_prompts(clip, unseen, "shaggy ink cap", my_texts, baseline=0.7)
