# %% [markdown]
# ## Exercises
#
# **1 (predict).** You double the batch from 64 to 128. By how much does the loss of a guessing model rise: `not at all`, `by ln 2` or `it doubles`?
#
# <details><summary>Hint</summary>
#
# A model that guesses gives every candidate the same probability, 1/n. What is its cross-entropy?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "by ln 2"
### END SOLUTION
_ = clipnb.checks.check_choice("02.1", answer)

# %% [markdown]
# **2 (write).** Write the loss from memory: a function of *raw* image embeddings `images` (n, d), raw text embeddings `texts` (n, d), which are not of unit length, and of a number `scale`.
#
# <details><summary>Hint</summary>
#
# Unit length, all cosines times the scale, cross-entropy by rows and by columns, the mean of both.
#
# </details>


# %%
### BEGIN SOLUTION
def my_loss(images, texts, scale):
    unit = lambda rows: rows / rows.norm(dim=1, keepdim=True)
    logits = scale * unit(images) @ unit(texts).T
    own = torch.arange(len(logits))
    return (
        torch.nn.functional.cross_entropy(logits, own) + torch.nn.functional.cross_entropy(logits.T, own)
    ) / 2


### END SOLUTION
_ = clipnb.checks.check_contrastive_loss(my_loss)

# %% [markdown]
# **3 (write).** Mend section 6: give a function that turns a list of n `texts` into the targets (n, n) for the rows. Row i shares its probability equally among all columns with the *same* text as i. (`cross_entropy` takes such a matrix in place of numbers.)
#
# <details><summary>Hint</summary>
#
# First a matrix of ones and zeros: equal or not. Then divide each row by its sum.
#
# </details>


# %%
### BEGIN SOLUTION
def targets(texts):
    same = torch.tensor([[float(a == b) for b in texts] for a in texts])
    return same / same.sum(dim=1, keepdim=True)


### END SOLUTION
_ = clipnb.checks.check_targets(targets)

# %% [markdown]
# **4 (write).** Write `recall`: a function of a similarity matrix (n, n) and a number `k`, which gives the share of *images* (rows) whose own text is among their k best.
#
# <details><summary>Hint</summary>
#
# Row i belongs to image i, and its own text is column i. Is i among the k best of its row?
#
# </details>


# %%
### BEGIN SOLUTION
def recall(matrix, k):
    best = matrix.topk(k, dim=1).indices
    return (best == torch.arange(len(matrix))[:, None]).any(dim=1).float().mean()


### END SOLUTION
_ = clipnb.checks.check_recall(recall)

# %% [markdown]
# **5 (open).** Use your `targets` in `contrastive_loss` and train again for 200 steps. Which of the two figures of section 8 tells you whether it helped? Run three seeds before you say so.
#
# <details><summary>Hint</summary>
#
# Give the loss a fourth argument, and in `train` pass it `targets(text[partner].tolist())`. A seed is two things: `new_model(seed)` for the weights, and the batches, which `train` draws with a seed of its own.
#
# </details>

# %% [markdown] tags=["solution"]
# Not the loss: with shared targets its lowest possible value is another one, so the two curves have different floors and cannot be compared. Look at recall on test pairs, where the question is the same for both. And expect the seeds to differ by as much as the method: without three of each you cannot tell.
