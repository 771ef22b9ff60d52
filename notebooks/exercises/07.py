# %% [markdown]
# ### Exercise: contributions
#
# **1 (write).** Write contributions: a function of two NumPy arrays, the cosines of `this` class's descriptors and those of `that` class's. It returns one array: first what each descriptor of `this` adds to the margin, then those of `that`.
#
# <details><summary>Hint</summary>
#
# The margin is mean(this) − mean(that). What does one cosine add to a mean, and with which sign? You may count all cosines from 0 or from one common point; both add up.
#
# </details>


# %%
### BEGIN SOLUTION
def margin_shares(this, that):
    return np.concatenate([this / len(this), -that / len(that)])


### END SOLUTION
_ = clipnb.checks.check_margin_shares(margin_shares)

# %% [markdown]
# ### Exercise: integrated gradients
#
# **2 (write).** Write integrated gradients: a function of `slope` (itself a function: a point (d,) → the gradient there (d,)), `x` (d,), `baseline` (d,) and the number of `steps`. It returns the attributions (d,). NumPy will do.
#
# <details><summary>Hint</summary>
#
# Go from the baseline to x in equal steps, average the gradients on the way, and multiply by x − baseline.
#
# </details>


# %%
### BEGIN SOLUTION
def integrated(slope, x, baseline, steps):
    alphas = (np.arange(steps) + 0.5) / steps
    slopes = [slope(baseline + alpha * (x - baseline)) for alpha in alphas]
    return (x - baseline) * np.mean(slopes, axis=0)


### END SOLUTION
_ = clipnb.checks.check_integrated_gradients(integrated)

# %% [markdown]
# ### Exercise: is one order enough?
#
# **3 (find the error).** Somebody explains the cosine with one descriptor by 36 squares and a single sampled order, and concludes from the output that the values are accurate. Run the cell, then find the flawed step: the `sum` (as evidence of accuracy), the `baseline` (the mean colour), the `squares` (instead of parts) or the `text` (one descriptor)?

# %%
sampled = clipnb.heatmap(clip, image, texts[0], "shapley_sampling", samples=1, seed=0)
plain = Image.new("RGB", image.size, tuple(np.asarray(image).mean((0, 1)).astype(int).tolist()))
with_frog, without_frog = (clip.encode_images([image, plain]) @ u[0]).tolist()
print(f"sum of the values {sampled.sum():.2f}, difference of the cosines {with_frog - without_frog:.2f}")
print("They are equal, so one order is enough.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Repeat the first line with `seed=1`, and compare the two maps with `np.corrcoef`. Do the sums still agree?
#
# </details>

# %%
### BEGIN SOLUTION
flaw = "sum"
### END SOLUTION
_ = clipnb.checks.check_choice("07.3", flaw)

# %% tags=["solution"]
again = clipnb.heatmap(clip, image, texts[0], "shapley_sampling", samples=1, seed=1)
print(f"sums {sampled.sum():.3f} and {again.sum():.3f}")
print(f"correlation of the two maps {np.corrcoef(sampled.ravel(), again.ravel())[0, 1]:.2f}")

# %% [markdown]
# ### Exercise: a white owl
#
# **4 (predict and run).** We explain the text "white feathers" for a white owl in front of snow by integrated gradients. With which baseline will the white pixels get the smallest attributions: `black`, `white` or `blur`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# The attribution of a pixel is a gradient times (pixel − baseline). Where is that difference zero?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "white"
### END SOLUTION
_ = clipnb.checks.check_choice("07.4", answer)

# %%
if answer is not ...:
    birds = clipnb.load_fieldguide("test", kinds="bird", per_species=1)
    owl = birds.of_class("snowy owl").images[0]
    white = np.asarray(owl).min(2) > 215
    for kind in ("black", "white", "blur"):
        attribution = np.abs(
            clipnb.heatmap(clip, owl, "white feathers", "integrated_gradients", baseline=kind, steps=8)
        )
        ratio = attribution[white].mean() / attribution.mean()
        print(f"you said {answer}; baseline {kind}: {ratio:.1f} × the mean of the image")

# %% [markdown]
# ### Exercise: the long tail
#
# **5 (open).** Take the pair from the long tail, `this, that = "Colorado potato beetle", "rose chafer"`, with `kinds="beetle"`: the first name is common in the training captions, the second is rare. Explain the margin by descriptors and by Shapley values of squares (`regions=4`). Then replace the descriptors by the two names, "a photo of a …", and explain that margin. Which margin is larger, and do the squares change?
#
# <details><summary>Hint</summary>
#
# Only `texts` and `weights` change: with names they are two texts with the weights 1 and −1. `data.name_frequency` says how often a name occurs, if the model's folder has the counts.
#
# </details>

# %% [markdown] tags=["solution"]
# Report four things for both margins: its size, the two largest contributions, the squares with the largest values, and the same for a second image of the species. The second image shows how much of a map depends on the image and how much on the class. If the margin by names is small or has the wrong sign, its map is still exact, but it explains a prediction that is unreliable.

