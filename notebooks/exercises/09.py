# %% [markdown]
# ## Exercises
#
# **1 (predict).** Instead of three phrases about the habitat, put it into *every* phrase: "a glossy green head in the pond". On the images from elsewhere, will the accuracy be `lower` than with the three phrases, `equal`, or `higher`?
#
# <details><summary>Hint</summary>
#
# Count the phrases of a class that speak of the place, before and after.
#
# </details>

# %%
### BEGIN SOLUTION
answer = "lower"
### END SOLUTION
_ = clipnb.checks.check_choice("09.1", answer)

# %% [markdown]
# **2 (describe).** A beetle that does not exist. Type phrases that put all six before the crowd.
#
# <details><summary>Hint</summary>
#
# One phrase for each part: wing cases and their pattern, thorax, head, legs, horn. Name the colour with the part.
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
my_phrases = [
    "turquoise wing cases with magenta stripes",
    "a white thorax",
    "an orange head",
    "pink legs",
    "a curved red horn",
]
### END SOLUTION
_ = clipnb.checks.check_found(clip, beetles, crowd.images, my_phrases)

# %% [markdown]
# **3 (write).** Write the edit of section 5 as a function of `descriptors` (a dictionary, class → list) and `words`. It returns a new dictionary without the descriptors that hold one of the words: whole words, in any capitals. A class that would lose everything keeps what it has.
#
# <details><summary>Hint</summary>
#
# `\b` in a regular expression is the border of a word. Make new lists, and think of the class of which nothing would remain.
#
# </details>

# %%
### BEGIN SOLUTION
import re


def without_words(descriptors, words):
    held = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    return {
        name: [phrase for phrase in row if not held.search(phrase)] or list(row)
        for name, row in descriptors.items()
    }


### END SOLUTION
_ = clipnb.checks.check_without_words(without_words)

# %% [markdown]
# **4 (open).** Is there a middle way between all habitat phrases and none? Keep one of the three, chosen before you look at any result, and compare at home and elsewhere, with intervals and paired counts. Which would you ship, and what would you have to know about your users' images?

# %% [markdown] tags=["solution"]
# Every habitat phrase is a bet that tomorrow's images come from where today's did. One of three is so small a bet that here no answer changes, neither at home nor elsewhere; with two, the gain at home is there in full and the loss elsewhere is about half of the loss with three. That looks like a middle way, but the gain is one species, and we have now looked at these images often; no number here says which to ship. Ask where the images of your users come from, and test on images from there.
