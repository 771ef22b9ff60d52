# %% [markdown]
# ### Exercise: the score
#
# **1 (write).** Write the score of one class: a function of the embedding `image` (d,) and of the raw text embeddings `texts` (k, d), which do *not* have unit length.
#
# <details><summary>Hint</summary>
#
# A cosine needs both embeddings at unit length; the image's is, already.
#
# </details>


# %%
### BEGIN SOLUTION
def score_of_class(image, texts):
    units = texts / texts.norm(dim=1, keepdim=True)
    return (units @ image).mean()


### END SOLUTION
_ = clipnb.checks.check_pooling(score_of_class)

# %% [markdown]
# ### Exercise: more descriptors
#
# **2 (predict and run).** Every frog keeps its first five descriptors and gets ten meaningless texts, the same ten for each. What happens to the predictions under `mean` pooling: `same`, `other` or `depends`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# Write the score of a class as (sum of five + sum of ten) / 15. Which of these differ between classes?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "same"
### END SOLUTION
_ = clipnb.checks.check_choice("04.2", answer)

# %%
if answer is not ...:
    noise = [f"a {word} thing" for word in "zab bem cip dof eku fit gol hap ipo jun".split()]
    first_five = {name: descriptors[name][:5] for name in frogs.class_names}
    diluted = {name: row + noise for name, row in first_five.items()}
    before, after = (clipnb.ZeroShotClassifier(clip, t).predict(frogs) for t in (first_five, diluted))
    changed = sum(a != b for a, b in zip(before.labels, after.labels))
    confidence = [p.probabilities.max(1).values.mean() for p in (before, after)]
    print(f"you said {answer}; predictions that changed: {changed} of {len(frogs)}")
    print(f"mean confidence: {confidence[0]:.2f} before, {confidence[1]:.2f} after")

# %% [markdown]
# ### Exercise: the panther cap
#
# **3 (write).** Describe the *panther cap* so that it is told apart from the other mushrooms, above all from the fly agaric. You see the first image of each. The check uses images of the `shifted` split, and asks two things: how many panther caps are found (recall), and how many images called panther cap are one (precision).
#
# <details><summary>Hint</summary>
#
# Colour of the cap, what lies on it, the stem and its ring. The fly agaric shares all but one of them.
#
# </details>

# %%
mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=1)
lookalikes = ["panther cap", "fly agaric"]
axes = plots.show_images([mushrooms.of_class(n).images[0] for n in lookalikes], lookalikes, columns=2)
unseen = clipnb.load_fieldguide("shifted", kinds="mushroom")  # do not look
### BEGIN SOLUTION
my_descriptors = [
    "brown cap with white warts",
    "a brown cap dotted with small white flakes",
    "white gills",
    "white stem with a ring",
    "ridged rings at the base of the stem",
]
### END SOLUTION
_ = clipnb.checks.check_description(clip, unseen, "panther cap", my_descriptors, goal=0.7)

# %% [markdown]
# ### Exercise: nothing works
#
# **4 (find the error).** Somebody stores the descriptions sorted by name, classifies the frogs, and concludes that descriptions do not work. Which step is flawed: the `pooling`, the comparison with the `labels`, the missing `softmax` or the missing `names` in the prompts?

# %%
stored = dict(sorted(descriptors.select(frogs.class_names).items()))
predicted = clipnb.ZeroShotClassifier(clip, stored).predict(frogs).scores.argmax(1)
accuracy = (predicted == torch.tensor(frogs.labels)).float().mean()
print(f"accuracy {accuracy:.2f}; chance {1 / len(stored):.2f}. So descriptions do not work.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What does a predicted number mean here, and what does a label mean? Print `list(stored)[:3]` and `frogs.class_names[:3]`.
#
# </details>

# %%
### BEGIN SOLUTION
flaw = "labels"
### END SOLUTION
_ = clipnb.checks.check_choice("04.4", flaw)

# %% tags=["solution"]
matched = clipnb.ZeroShotClassifier(clip, stored)  # compare() matches classes by name
print(f"matched by name: {clipnb.compare({'matched': matched}, frogs)['accuracy']['matched']:.2f}")
