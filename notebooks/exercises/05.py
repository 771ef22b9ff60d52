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
### BEGIN SOLUTION
answer = "300"
### END SOLUTION
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
### BEGIN SOLUTION
def class_embedding(texts):
    units = texts / texts.norm(dim=1, keepdim=True)
    mean = units.mean(dim=0)
    return mean / mean.norm()


### END SOLUTION
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
### BEGIN SOLUTION
import re


def can_be_seen(text):
    words = re.findall("[a-z]+", text.lower())
    return not set(words) & {"species", "eat", "eats", "call", "native", "poisonous", "smell", "smells"}


### END SOLUTION
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
### BEGIN SOLUTION
my_texts = [
    "a tall white mushroom",
    "a white mushroom with brown scales",
    "a mushroom with a long narrow cap",
]
### END SOLUTION
_ = clipnb.checks.check_prompts(clip, mushrooms, "shaggy ink cap", my_texts, baseline=0.8)
