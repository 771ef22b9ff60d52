# %% [markdown]
# ### Exercise: a strange beetle
#
# **1 (write).** The next cell draws six images of a beetle that does not exist. Write descriptors that rank all six before the other images.
#
# <details><summary>Hint</summary>
#
# One descriptor for each part: wing cases and their pattern, thorax, head, legs, horn. Name the colour with the part.
#
# </details>

# %%
strange = edits.invent(
    "beetle", seed=8, horn="curved", pattern="stripes", wings_colour="turquoise", marks_colour="magenta",
    thorax_colour="white", head_colour="orange", legs_colour="pink", horn_colour="red",
)  # fmt: skip
rng = np.random.default_rng(4)
beetles = [scene.draw(scene.compose(strange, str(rng.choice(scene.HABITATS)), rng)) for _ in range(6)]
axes = plots.show_images(beetles, [f"strange beetle {k}" for k in range(1, 7)])
### BEGIN SOLUTION
my_descriptors = [
    "turquoise wing cases with magenta stripes",
    "a white thorax",
    "an orange head",
    "pink legs",
    "a curved red horn",
]
### END SOLUTION
_ = clipnb.checks.check_found(clip, beetles, others.images, my_descriptors)

# %% [markdown]
# ### Exercise: a stronger cue
#
# **2 (predict and run).** Instead of adding three descriptors about the habitat, put the habitat into *every* descriptor: "a glossy green head in the pond". On the images from elsewhere, will the accuracy be `lower` than with the three descriptors, `equal`, or `higher`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# Count the descriptors of a class that mention the place, before and after.
#
# </details>

# %%
### BEGIN SOLUTION
answer = "lower"
### END SOLUTION
_ = clipnb.checks.check_choice("09.2", answer)

# %%
if answer is not ...:
    in_place = plain_set
    for name, row in plain_set.items():
        in_place = in_place.edit(name, [f"{one} in the {home_of[name]}" for one in row])
    for what, some in {"in three": with_habitat, "in every descriptor": in_place}.items():
        print(f"you said {answer}; habitat {what}: {correct(classifier_of(some), away).mean():.3f}")

# %% [markdown]
# ### Exercises: edits
#
# **3 (write).** Write the edit of section 8 as a function of `descriptors` (a dictionary, class → list) and `words`. It returns a new dictionary without the descriptors that contain one of the words: whole words, in upper or lower case. A class that would lose all its descriptors keeps them.
#
# <details><summary>Hint</summary>
#
# `\b` in a regular expression is the border of a word. Make new lists, and check what happens to a class whose descriptors all contain one of the words.
#
# </details>

# %%
### BEGIN SOLUTION
import re


def without_words(descriptors, words):
    held = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    return {
        name: [text for text in row if not held.search(text)] or list(row)
        for name, row in descriptors.items()
    }


### END SOLUTION
_ = clipnb.checks.check_without_words(without_words)

# %% [markdown]
# **4 (find the error).** Somebody looks for a middle way between three habitat descriptors and none, and runs the next cell. Its last line is not a valid result. What is the reason: the `images`, the `pooling`, or the missing `names`?

# %%
accuracies = {}
for k in range(4):
    some = plain_set
    for name, row in plain_set.items():
        some = some.edit(name, with_habitat[name][: len(row) + k])
    accuracies[k] = correct(classifier_of(some), away).mean()
best = max(range(4), key=lambda k: accuracies[k])
print(f"The best choice is {best} habitat descriptors: its accuracy elsewhere is {accuracies[best]:.3f}.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which images decided that this is the best of four? Which images does its accuracy come from?
#
# </details>

# %%
### BEGIN SOLUTION
reason = "images"
### END SOLUTION
_ = clipnb.checks.check_choice("09.4", reason)

# %% [markdown]
# **5 (open).** The article describes the tree frog as "without a tail". Apply the three repairs of section 5 to this descriptor, and compare the cosines with ten images of tree frogs and ten of tailed frogs (`clipnb.load_fieldguide("test", kinds="frog")`). Which repair puts the tree frogs first? Use "four legs" as a control, which both frogs have.
#
# <details><summary>Hint</summary>
#
# What is there instead of a tail? "a rounded rear end" is one way to say it. Write it down before you look at the cosines.
#
# </details>

# %% [markdown] tags=["solution"]
# Report the difference of the two means for each text, with an interval, next to that of the control. The complement reverses the sign of "a tail", so it separates the frogs exactly as well as that text does. Whether the rewriting helps depends on whether the model reads its words; try two or three before you look at the frogs. Two species cannot test a rule; section 5 has the larger test.

# %% [markdown]
# ### Exercise: another species in another place
#
# **6 (find the error).** Somebody compares each species at home with *another* species elsewhere, and calls every descriptor whose contribution drops a cue of the place. What is mixed up with the place: the `species`, the number of `images`, or the `threshold` of p?

# %%
elsewhere = searched_in[1]
there, place_of = np.unique(elsewhere.labels, return_inverse=True)
another = replace(elsewhere, labels=np.roll(there, 1)[place_of])
compared = spurious_cues(with_cue, searched_in[0], another)
higher = compared.query("p < 0.05 and drop > 0")
print(f"{len(higher)} of {len(compared)} descriptors are flagged. So they are cues of the place.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What differs between the two groups of images, besides the place?
#
# </details>

# %%
### BEGIN SOLUTION
mixed_up = "species"
### END SOLUTION
_ = clipnb.checks.check_choice("09.6", mixed_up)
