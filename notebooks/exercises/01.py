# %% [markdown]
# ## Exercises
#
# **1 (predict, section 1).** OpenAI's ViT-B/32 takes images of 224 × 224 pixels in patches of 32. How many patches does it see: `7`, `49` or `1024`?
#
# <details><summary>Hint</summary>
#
# How many patches are side by side, and how many such rows?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "49"
### END SOLUTION
_ = clipnb.checks.check_choice("01.1", answer)

# %% [markdown]
# **2 (write, section 1).** Cut an image into patches: a function of the tensor `pixels` (height, width, 3; colours last, unlike in section 1) and of `side`. It returns one row of side · side · 3 numbers for each patch. Go line by line, among the patches and inside each patch, and keep the three colours of a pixel together.
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
# **3 (write, section 3).** Write the attention of one head: a function of `queries`, `keys` and `values`, all (tokens, d), which gives the new tokens (tokens, d).
#
# <details><summary>Hint</summary>
#
# Dot products of all queries with all keys, divided by the square root of d; a softmax for each query; then a weighted sum of the values.
#
# </details>


# %%
### BEGIN SOLUTION
def attend(queries, keys, values):
    logits = queries @ keys.T / queries.shape[1] ** 0.5
    return logits.softmax(dim=1) @ values


### END SOLUTION
_ = clipnb.checks.check_attention(attend)

# %% [markdown]
# **4 (write, section 4).** Write the similarity matrix: a function of raw image embeddings `images` (n, d) and raw text embeddings `texts` (m, d), which are not of unit length. It gives all cosine similarities (n, m).
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
# **5 (find the error, section 5).** Somebody wants to know which descriptor describes tree frogs best, and runs the next cell. One step of the analysis is flawed, whatever the numbers are. Which one: the `scale` (it lacks the logit scale), the `length` (the embeddings are not of unit length), the `average` (a mean over four images is taken) or the `offset` (every prompt has a mean of its own)?
#
# <details><summary>Hint</summary>
#
# Replace `tree` by images of beetles. Could the same descriptor come out on top again?
#
# </details>

# %%
candidates = ["green skin", "large round eyes", "toe pads", "a small animal"]
means = (clip.encode_images(tree) @ clip.encode_texts(candidates).T).mean(0)
print(f"'{candidates[means.argmax()]}' describes tree frogs best: its mean similarity is the highest.")

# %%
### BEGIN SOLUTION
error = "offset"
### END SOLUTION
_ = clipnb.checks.check_choice("01.5", error)

# %% [markdown] tags=["solution"]
# The highest raw mean may be the prompt's offset. Subtract each descriptor's mean over other images, `(clip.encode_images(data) @ clip.encode_texts(candidates).T).mean(0)`, and rank the differences.

# %% [markdown]
# **6 (write, section 6).** Write the modality gap as an angle in degrees, without `cosine_similarity`: a function of unit embeddings `images` (n, d) and `texts` (m, d).
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
# **7 (open, sections 1 and 3).** The text encoder has positional embeddings too. Does it use them? Classify the species among 60 as in section 4, once with shuffled patches and once with the words of every prompt shuffled. Predict first: which lowers the accuracy more?
#
# <details><summary>Hint</summary>
#
# `shuffle_patches` is there; for a text, `" ".join(rng.permutation(text.split()))`. Everything else is the cell with `own` and `control`.
#
# </details>

# %% [markdown] tags=["solution"]
# Compare both accuracies with `own`. If shuffled words cost little, that does not show that word order is never used: in "a photo of a rose chafer" only the words of the name differ from prompt to prompt, so their order has little to decide. Try captions with two colours, such as "a red crest, a black face", in both orders: only a model that uses the order can tell them apart.
