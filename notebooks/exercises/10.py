# %% [markdown]
# ### Exercise: prototypes
#
# **1 (write).** Write prototypes: a function of `embeddings` (n, d), unit rows, and `labels` (n,), class numbers from 0. It returns the prototypes (classes, d), unit rows, row c for class c. NumPy or torch; classes may have different numbers of shots.
#
# <details><summary>Hint</summary>
#
# `embeddings[labels == c]` has the shots of class c. The mean of unit vectors is shorter than 1.
#
# </details>


# %%
### BEGIN SOLUTION
def class_prototypes(embeddings, labels):
    means = np.stack([embeddings[labels == c].mean(0) for c in range(labels.max() + 1)])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


### END SOLUTION
_ = clipnb.checks.check_prototypes(class_prototypes)

# %% [markdown]
# ### Exercise: the cache
#
# **2 (write).** Write Tip-Adapter's logits as a function of `cosines` (images, shots), `one_hot` (shots, classes), `text_logits` (images, classes), `alpha` and `beta`. The arrays are NumPy's.
#
# <details><summary>Hint</summary>
#
# First compute the weights, which have the shape of the cosines. Then one matrix product sums them by class.
#
# </details>


# %%
### BEGIN SOLUTION
def cache_logits(cosines, one_hot, text_logits, alpha, beta):
    shot_weights = np.exp(-beta * (1 - cosines))
    return text_logits + alpha * shot_weights @ one_hot


### END SOLUTION
_ = clipnb.checks.check_cache(cache_logits)

# %% [markdown]
# ### Exercise: β = 0
#
# **3 (predict and run).** With β = 0 and the same number of shots in every class, what decides: the `text`, the `nearest` shot, or the `prototypes`? The cell below your answer compares the predictions, once you have answered.
#
# <details><summary>Hint</summary>
#
# What is exp(0), and how much does each class then get from the cache?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "text"
### END SOLUTION
_ = clipnb.checks.check_choice("10.3", answer)

# %%
if answer is not ...:
    rivals = {"text": text_logits, "nearest": one_hot[cosines.argmax(1)], "prototypes": by_prototype}
    flat = (text_logits + 10 * torch.exp(-0.0 * (1 - cosines)) @ one_hot).argmax(1)
    for rival, logits_of in rivals.items():
        share = (flat == logits_of.argmax(1)).float().mean()
        print(f"you said {answer}; same prediction as {rival}: {share:.0%} of {len(flat)} images")

# %% [markdown]
# ### Exercise: a perfect score
#
# **4 (find the error).** Somebody chooses α and β by the accuracy on the shots. Run the cell, then find the flawed step: is it the `grid` (too coarse), the `accuracy` (in place of the loss), the `seed` (one draw only), or that each shot meets `itself`?

# %%
mixed = one_hot[torch.randperm(len(shots), generator=torch.Generator().manual_seed(0))]
best = 0.0
for a, b in product(ALPHAS, BETAS):
    logits_now = shot_text + a * torch.exp(-b * (1 - keys @ keys.T)) @ mixed
    best = max(best, (logits_now.argmax(1) == mixed.argmax(1)).float().mean().item())
print(f"best accuracy on the shots {best:.2f}, with labels in random order")
print("Even these labels can be learnt, so the method is very good.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What is the cosine of a shot with its own key, and which class gets the weight?
#
# </details>

# %%
### BEGIN SOLUTION
flaw = "itself"
### END SOLUTION
_ = clipnb.checks.check_choice("10.4", flaw)

# %% tags=["solution"]
for a, b in ((1.0, 5.5), (64.0, 32.0)):
    honest = shot_text + a * (torch.exp(-b * (1 - keys @ keys.T)) * others) @ mixed
    print(f"α {a}, β {b}: without itself {(honest.argmax(1) == mixed.argmax(1)).float().mean():.2f}")

# %% [markdown]
# ### Exercise: better shots
#
# **5 (open).** Our shots come from the hard split. Draw them from images of the split `test` instead, with `clipnb.load_fieldguide("test", per_species=8)` and only numbers 4 to 7 of each species, and repeat the curve of section 5 for prototypes with 1, 2 and 4 shots. Is one clear image worth as much as two hard ones? If you have photos, do the same with one photo that you chose and one at random.
#
# <details><summary>Hint</summary>
#
# The function `draw` reads `pool`, and `fitted` reads `x` and `y`: make new ones under other names. Take the paired difference, species by species, as in section 5.
#
# </details>

# %% [markdown] tags=["solution"]
# Report the accuracy on `hard` for both sources and each number of shots, with the interval of the paired difference over species and the spread over seeds. If one clear shot does as well as two hard ones, choosing photos is worth as much as doubling their number. The control is a random choice of the same number from the same photos. Choosing shots by looking at the images that are tested afterwards would be a selection on test data.
