# %% [markdown]
# ## Exercises
#
# **1 (predict, section 3).** You double the batch from 64 to 128. By how much does the loss at chance rise: `not at all`, `by ln 2` or `it doubles`?
#
# <details><summary>Hint</summary>
#
# At chance every candidate has the same probability, 1/n. What is its cross-entropy?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "by ln 2"
### END SOLUTION
_ = clipnb.checks.check_choice("02.1", answer)

# %% [markdown]
# **2 (write, section 3).** Write InfoNCE from memory: a function of *raw* image embeddings `images` (n, d), raw text embeddings `texts` (n, d), which are not of unit length, and a number `scale`.
#
# <details><summary>Hint</summary>
#
# Unit length, all similarities times the scale, cross-entropy by rows and by columns, the mean of both.
#
# </details>


# %%
### BEGIN SOLUTION
def my_loss(images, texts, scale):
    unit = lambda rows: rows / rows.norm(dim=1, keepdim=True)
    logits = scale * unit(images) @ unit(texts).T
    place, loss = torch.arange(len(logits)), torch.nn.functional.cross_entropy
    return (loss(logits, place) + loss(logits.T, place)) / 2


### END SOLUTION
_ = clipnb.checks.check_contrastive_loss(my_loss)

# %% [markdown]
# **3 (write, section 5).** Count all copies of a caption as positives: a function that turns a list of n `texts` into the targets (n, n) of the rows. Row i shares its probability equally among all columns with the *same* text as i. (`cross_entropy` takes such a matrix in place of numbers.)
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
# **4 (write, section 6).** Write SigLIP's loss from memory: a function of unit embeddings `images` (n, d) and `texts` (n, d), a number `scale` and a number `bias`.
#
# <details><summary>Hint</summary>
#
# Logits are similarities times the scale, plus the bias. Their sign is kept on the diagonal and reversed elsewhere; then the logarithm of the sigmoid, summed over all pairs and divided by n.
#
# </details>


# %%
### BEGIN SOLUTION
def pairwise(images, texts, scale, bias):
    logits, n = scale * images @ texts.T + bias, len(images)
    z = torch.full((n, n), -1.0).fill_diagonal_(1.0)
    return -torch.nn.functional.logsigmoid(z * logits).sum() / n


### END SOLUTION
_ = clipnb.checks.check_sigmoid_loss(pairwise)

# %% [markdown]
# **5 (write, section 8).** Write `recall_at`: a function of a similarity matrix (n, n) and a number `k`, which gives the share of *images* (rows) whose own text is among their k highest similarities.
#
# <details><summary>Hint</summary>
#
# Row i belongs to image i, and its own text is column i. Is i among the k highest of its row?
#
# </details>


# %%
### BEGIN SOLUTION
def recall_at(matrix, k):
    best = matrix.topk(k, dim=1).indices
    return (best == torch.arange(len(matrix))[:, None]).any(dim=1).float().mean()


### END SOLUTION
_ = clipnb.checks.check_recall(recall_at)

# %% [markdown]
# **6 (find the error, sections 5 and 9).** Somebody trains the same model twice for 200 steps and writes: "With batches of 16 the loss ends at 1.5, with batches of 64 at 2.2. Small batches train better." What makes the comparison invalid, whatever the runs were: the `seed` (one run each), the `steps` (too few), the `candidates` (each loss is about another number of them) or the `temperature` (it is learnt)?
#
# <details><summary>Hint</summary>
#
# What is the loss at chance in each run?
#
# </details>

# %%
### BEGIN SOLUTION
error = "candidates"
### END SOLUTION
_ = clipnb.checks.check_choice("02.6", error)

# %% [markdown] tags=["solution"]
# A loss of 1.5 among 16 and one of 2.2 among 64 answer different questions: chance is ln(16) = 2.77 in one and ln(64) = 4.16 in the other. Compare the recall on the same test pairs, with the same number of candidates. One seed each would be a second weakness.

# %% [markdown]
# **7 (open, section 8).** Which run of section 8 is better, with 63 negatives or with 3? Run three seeds of each before you decide, and compare the spread between seeds with the difference between runs.
#
# <details><summary>Hint</summary>
#
# A seed is two things: `new_model(seed)` for the weights, and the batches, which `train` draws with a seed of its own.
#
# </details>

# %% [markdown] tags=["solution"]
# Give `train` an argument `seed` for its generator, and collect `(matrix.argmax(1) == np.arange(96)).mean()` at step 200 for three seeds of each run. If the difference of the means is smaller than the spread between seeds, three seeds are too few to decide. The loss would not help: chance is ln(64) in one run and ln(4) in the other.

# %% [markdown]
# **8 (open, section 5).** Let half of the captions leave out the habitat ("a red bird"). Now *different* captions can be true of the same image. Train once with the diagonal as positives and once with all true pairs, and compare the recall.
#
# <details><summary>Hint</summary>
#
# A shorter caption needs padding with the end token. Build the matrix `true` of a batch from the choices, and use `package_losses.contrastive_loss(images, texts, scale, true)`.
#
# </details>

# %% [markdown] tags=["solution"]
# A caption without a habitat is true of each image with its kind and colour. Test on complete captions, so that both models answer the same question, and run several seeds: with 64 images and 56 combinations of kind and colour a batch holds only a few such pairs, so the difference may be smaller than the spread between seeds. A larger batch has more of them.
