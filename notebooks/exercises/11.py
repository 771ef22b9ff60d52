# %% [markdown]
# ### Exercise: the parts of one layer
#
# **1 (write).** Write what each head of one layer adds to the class token: a function of `attention` (heads, tokens), the class token's attention; `values` (tokens, heads, size); and `out` (width, heads · size), the weights of the output projection. It returns (heads, width), in NumPy or torch.
#
# <details><summary>Hint</summary>
#
# For head h: mix the values, `attention[h] @ values[:, h]`, then multiply by the columns of `out` that belong to h, which lie side by side.
#
# </details>


# %%
### BEGIN SOLUTION
def head_parts(attention, values, out):
    size = values.shape[2]
    columns = [slice(h * size, (h + 1) * size) for h in range(len(attention))]
    return np.stack([out[:, own] @ (attention[h] @ values[:, h]) for h, own in enumerate(columns)])


### END SOLUTION
_ = clipnb.checks.check_head_parts(head_parts)

# %% [markdown]
# ### Exercise: precision and recall
#
# **2 (write).** Write a function of `weights` (images, words) and `truth` (images, words; bool). It returns precision and recall over all images: the share of words with a weight that are true, and the share of true words that have a weight.
#
# <details><summary>Hint</summary>
#
# `weights > 0` is the table of chosen words. Count three things: chosen and true, chosen, true.
#
# </details>


# %%
### BEGIN SOLUTION
def precision_and_recall(weights, truth):
    chosen = weights > 0
    both = (chosen & truth).sum()
    return both / chosen.sum(), both / truth.sum()


### END SOLUTION
_ = clipnb.checks.check_precision(precision_and_recall)

# %% [markdown]
# ### Exercise: a longer embedding
#
# **3 (predict and run).** Somebody forgets to normalise: all centred images are twice as long. To make up for it, the penalty is doubled, too. Does an image get `fewer` words than before, `more`, or the `same`? The cell below your answer counts them, once you have answered.
#
# <details><summary>Hint</summary>
#
# Put 2x for x and 2w for w into ½‖x − wD‖² + λ Σ w. By which factor does each term grow?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "same"
### END SOLUTION
_ = clipnb.checks.check_choice("11.3", answer)

# %%
if answer is not ...:
    longer = nonnegative_lasso(2 * centred[:200], splice.dictionary, 2 * PENALTY)
    before = nonnegative_lasso(centred[:200], splice.dictionary, PENALTY)
    counts = [(w > 1e-4).float().sum(1).mean().item() for w in (before, longer)]
    print("you said {}; words per image before {:.2f}, after {:.2f}".format(answer, *counts))

# %% [markdown]
# ### Exercise: a perfect explanation
#
# **4 (find the error).** Somebody concludes that a model thinks in these concepts, because a bottleneck of them keeps most of the accuracy. Run it, then find the flaw: is it the `seed`, the `penalty`, that the same `images` train and test it, or the number of scores against the `dimensions` of the embedding?

# %%
many = ConceptBottleneck(clip, nonsense, PENALTY_CLASSES).fit(x[learn], y[learn])
direct = clipnb.FewShotClassifier(clip, "linear_probe", C=100.0).fit(x[learn], y[learn])
for what, one in {f"bottleneck of {len(nonsense)} texts": many, "the embedding itself": direct}.items():
    print(f"{what}: accuracy on hard {(one.predict(X_hard) == y_hard).mean():.3f}")
print(f"Dimensions of the embedding: {clip.dim}")
print("The bottleneck keeps most of it, so the model must think in these texts.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# The texts are random words. A linear map from the numbers of an embedding to more scores than that: can it be undone?
#
# </details>

# %%
### BEGIN SOLUTION
flaw = "dimensions"
### END SOLUTION
_ = clipnb.checks.check_choice("11.4", flaw)

# %% tags=["solution"]
rank = np.linalg.matrix_rank(clip.encode_texts(nonsense).numpy(), tol=1e-3)
print(f"{len(nonsense)} texts span {rank} of {clip.dim} dimensions: nearly nothing is lost")

# %% [markdown]
# ### Exercise: one feature, one attribute?
#
# **5 (open).** Train two autoencoders that differ in one setting: the number of `features`, of `active` ones, or the `seed`. Does the best feature for an attribute stay about the same direction? Compare directions by cosine, and say what your control is.
#
# <details><summary>Hint</summary>
#
# `one.decoder @ other.decoder.T` has all cosines. For the control, put random unit directions in place of the second decoder.
#
# </details>

# %% [markdown] tags=["solution"]
# For each feature of the first, take the largest cosine with any feature of the second, and report the distribution next to that of random directions of the same number. Features that do not come back under another seed are properties of the run rather than of the model. The AUC of the best feature may be stable even where its direction is not, since many directions tell images with an attribute from images without it.
