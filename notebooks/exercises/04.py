# %% [markdown]
# ## Exercises
#
# **1 (predict).** You add ten nonsense phrases to *every* class, the same ten each. Under `mean` pooling, what happens to the winner of an image, if all classes had five phrases before: `same`, `other` or `depends`?
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
_ = clipnb.checks.check_choice("04.1", answer)

# %% [markdown]
# **2 (write).** Write the score of one class: a function of a image embedding `image` (d,) and of the raw text embeddings `texts` (k, d), which are *not* of unit length.
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
# **3 (open).** Describe the *panther cap* so that at least eight of its ten images are recognised among all mushrooms. The recorded description finds seven; the others are taken for its look-alike, the fly agaric. Look at both before you write.
#
# <details><summary>Hint</summary>
#
# Colour of the cap, what lies on it, the stem and its ring. Its look-alike shares all but one of them.
#
# </details>

# %%
mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
pair = ["panther cap", "fly agaric"]
axes = plots.show_images([mushrooms.of_class(name).images[0] for name in pair], pair, columns=2)
### BEGIN SOLUTION
my_descriptors = [
    "brown cap with white warts",
    "a brown cap dotted with small white flakes",
    "white gills",
    "white stem with a ring",
    "ridged rings at the base of the stem",
]
### END SOLUTION
_ = clipnb.checks.check_description(clip, mushrooms, "panther cap", my_descriptors, baseline=0.8)
