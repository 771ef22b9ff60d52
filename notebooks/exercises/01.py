# %% [markdown]
# ## Exercises
#
# **1 (predict).** OpenAI's ViT-B/32 takes images of 224 × 224 pixels in patches of 32. How many patches does it see: `7`, `49` or `1024`?
#
# <details><summary>Hint</summary>
#
# How many patches are side by side, and how many such lines?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "49"
### END SOLUTION
_ = clipnb.checks.check_choice("01.1", answer)

# %% [markdown]
# **2 (write).** Cut an image into patches: a function of `pixels` (height, width, 3; colours last, unlike in section 1) and `side`, which gives one row of side · side · 3 numbers for each patch, line by line.
#
# <details><summary>Hint</summary>
#
# Split the height into (patches, side) and the width likewise; then bring the two numbers that count patches to the front.
#
# </details>


# %%
### BEGIN SOLUTION
def cut(pixels, side):
    height, width, colours = pixels.shape
    grid = pixels.reshape(height // side, side, width // side, side, colours)
    return grid.swapaxes(1, 2).reshape(-1, side * side * colours)


### END SOLUTION
_ = clipnb.checks.check_patches(cut)

# %% [markdown]
# **3 (write).** Write the wall: a function of raw image embeddings `images` (n, d) and raw text embeddings `texts` (m, d), which gives all cosines (n, m).
#
# <details><summary>Hint</summary>
#
# Unit length first, row by row; then one matrix product gives all pairs.
#
# </details>


# %%
### BEGIN SOLUTION
def cosines(images, texts):
    unit = lambda rows: rows / rows.norm(dim=1, keepdim=True)
    return unit(images) @ unit(texts).T


### END SOLUTION
_ = clipnb.checks.check_cosines(cosines)

# %% [markdown]
# **4 (write).** Write the gap as an angle in degrees, without `cosine_similarity`: a function of unit embeddings `images` (n, d) and `texts` (m, d).
#
# <details><summary>Hint</summary>
#
# The mean of unit embeddings is shorter than 1: divide by its length again before you take the arc cosine.
#
# </details>


# %%
### BEGIN SOLUTION
def gap(images, texts):
    a, b = images.mean(dim=0), texts.mean(dim=0)
    return (a @ b / a.norm() / b.norm()).acos().rad2deg()


### END SOLUTION
_ = clipnb.checks.check_gap(gap)

# %% [markdown]
# **5 (open).** Texts have positions, as patches do. Does the model use them? Ask for the *species* among 60, as in section 3, once with shuffled patches (section 1) and once with shuffled words. Predict first: which will suffer more?
#
# <details><summary>Hint</summary>
#
# `shuffle_patches` is there; for a text, `" ".join(dice.permutation(text.split()))`. Everything else is the cell with `own` and `control`.
#
# </details>

# %% [markdown] tags=["solution"]
# Shuffled patches cost about half of the answers, shuffled words none: the own text is still best in every image. A name among the words "a photo of a" is recognised wherever it stands. That does not say that positions of words are never used: a caption such as "a red crest, a black face" keeps its words in pairs, and shuffling parts colour from part. To see it, take texts with two colours.
