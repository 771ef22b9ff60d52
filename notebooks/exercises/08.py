# %% [markdown]
# ### Exercise: a hit
#
# **1 (write).** Write the pointing game: a function of `heatmaps` (n, height, width) and `masks` (n, height, width, true where the named part is). It returns the share of heatmaps whose highest pixel lies in the mask of the same number.
#
# <details><summary>Hint</summary>
#
# `argmax` of a flattened heatmap is one number; `np.unravel_index` makes row and column of it.
#
# </details>


# %%
### BEGIN SOLUTION
def pointing_share(heatmaps, masks):
    pairs = zip(heatmaps, masks)
    return np.mean([mask[np.unravel_index(one.argmax(), one.shape)] for one, mask in pairs])


### END SOLUTION
_ = clipnb.checks.check_pointing(pointing_share)

# %% [markdown]
# ### Exercise: a constant map
#
# **2 (predict).** A map that is the same everywhere, for every text: what target sensitivity will it get, `0`, `0.5` or `1`? Section 6 shows your answer next to the result.
#
# <details><summary>Hint</summary>
#
# Two texts, two parts: does the importance of a part change between the texts? A tie counts half.
#
# </details>

# %%
### BEGIN SOLUTION
constant_map = "0.5"
### END SOLUTION
_ = clipnb.checks.check_choice("08.2", constant_map)

# %% [markdown]
# ### Exercise: single deletion
#
# **3 (write).** Write single deletion for one image: a function of `before` (the score of the image), `after` (an array: the scores without each part) and `importance` (an array). It returns Spearman's rank correlation of the importance with the drop of the score. (`spearmanr(…).statistic` computes it.)
#
# <details><summary>Hint</summary>
#
# A part matters if the score *drops* without it. What has to be ranked, and in which direction?
#
# </details>


# %%
### BEGIN SOLUTION
def single_deletion(before, after, importance):
    return spearmanr(before - after, importance).statistic


### END SOLUTION
_ = clipnb.checks.check_single_deletion(single_deletion)

# %% [markdown]
# ### Exercise: on the figure
#
# **4 (find the error).** Somebody wants to show that the gradient explains what the model has learnt, and runs the next cell. What does the conclusion need first: more `images`, a `control`, a finer `mask`, or another `mean` (the median)?

# %%
on_figure = [found[0][case.figure].sum() / found[0].sum() for found, case in zip(maps["gradient"], cases)]
print(f"On average {np.mean(on_figure):.0%} of the gradient lies on the figure,")
print("so it shows what the model has learnt to look at.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which share would a constant map have on the figure? And the gradient of `untrained`?
#
# </details>

# %%
### BEGIN SOLUTION
missing = "control"
### END SOLUTION
_ = clipnb.checks.check_choice("08.4", missing)

# %% tags=["solution"]
area = np.mean([case.figure.mean() for case in cases])
by_chance = []
for case in cases:
    one = clipnb.heatmap(untrained, case.image, case.texts[0], "gradient")
    by_chance.append(one[case.figure].sum() / one.sum())
print(f"a constant map: {area:.0%}; the gradient of random weights: {np.mean(by_chance):.0%}")

# %% [markdown]
# ### Exercise: another kind
#
# **5 (open).** Repeat section 4 for one kind only, with `clipnb.load_fieldguide("test", kinds="frog", per_species=2)` or with `kinds="beetle"`, which has the pair from the long tail, Colorado potato beetle and rose chafer. Keep the control with another text. How many images does it take until the standard error of the gain is below 0.05?
#
# <details><summary>Hint</summary>
#
# A standard error is s / √n: to halve it takes four times as many images.
#
# </details>

# %% [markdown] tags=["solution"]
# Take the gain of each image first, then its standard deviation s over the images: the images needed are (s / 0.05)². With an s between 0.3 and 0.4 that is 36 to 64 images. With a dozen images only a large gain is significant, and a difference between two methods rarely is. The control is needed: a map that points at the eyes for every text does not explain the text.

