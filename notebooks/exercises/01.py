# %% [markdown]
# ## Exercises
#
# **1 (predict).** OpenAI's ViT-B/32 takes pictures of 224 × 224 pixels in patches of 32. How many patches does it see: `7`, `49` or `1024`?
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
# **2 (write).** Cut a picture into patches: a function of `pixels` (height, width, 3) and `side`, which gives one row of side · side · 3 numbers for each patch, line by line.
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
# **3 (write).** Write the wall: a function of raw picture vectors `images` (n, d) and raw sentence vectors `sentences` (m, d), which gives all cosines (n, m).
#
# <details><summary>Hint</summary>
#
# Unit length first, row by row; then one matrix product gives all pairs.
#
# </details>

# %%
### BEGIN SOLUTION
def cosines(images, sentences):
    unit = lambda rows: rows / rows.norm(dim=1, keepdim=True)
    return unit(images) @ unit(sentences).T
### END SOLUTION
_ = clipnb.checks.check_cosines(cosines)

# %% [markdown]
# **4 (write).** Write the gap as an angle in degrees: a function of unit vectors `images` (n, d) and `sentences` (m, d).
#
# <details><summary>Hint</summary>
#
# The mean of unit vectors is shorter than 1: divide by its length again before you take the arc cosine.
#
# </details>

# %%
### BEGIN SOLUTION
def gap(images, sentences):
    a, b = images.mean(dim=0), sentences.mean(dim=0)
    return (a @ b / a.norm() / b.norm()).acos().rad2deg()
### END SOLUTION
_ = clipnb.checks.check_gap(gap)

# %% [markdown]
# **5 (open).** Do sentences have positions as patches do? Shuffle the words of the 60 sentences and repeat section 3. Predict first: which will suffer more, pictures with shuffled patches or sentences with shuffled words?

# %% [markdown] tags=["solution"]
# They do: the text encoder adds a position to every token as well. How much it *uses* them is another matter. A caption such as "a red crest, a black face" keeps its words in pairs, and shuffling them parts colour from part; a caption with one colour and one noun hardly changes. So judge by sentences with two colours, and compare with the control of section 3: sentences of other pictures.
