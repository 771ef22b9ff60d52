# %% [markdown]
# ## Exercises
#
# **1 (predict).** A white owl before white snow, the sentence "white feathers", integrated gradients. With which baseline will the feathers get next to nothing: `black`, `white` or `blur`?
#
# <details><summary>Hint</summary>
#
# The attribution of a pixel is a slope times (pixel − baseline). Where is that difference zero?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "white"
### END SOLUTION
_ = clipnb.checks.check_choice("05.1", answer)

# %% [markdown]
# **2 (write).** Write integrated gradients: a function of `slope` (itself a function, a point (d,) → its gradient (d,)), of `x` (d,), `baseline` (d,) and the number of `steps`. It returns the attributions (d,). NumPy will do.
#
# <details><summary>Hint</summary>
#
# Walk from the baseline to x in equal steps, take the mean of the slopes on the way, multiply by the way.
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
# **3 (write).** Write the contributions of section 10: a function of two NumPy arrays, the cosines of `this` class's phrases and those of `that` class's. It returns one array, first what the phrases of `this` add to the margin, then those of `that`.
#
# <details><summary>Hint</summary>
#
# The margin is mean(this) − mean(that). What does one cosine add to a mean, and with which sign?
#
# </details>

# %%
### BEGIN SOLUTION
def margin_shares(this, that):
    return np.concatenate([this / len(this), -that / len(that)])
### END SOLUTION
_ = clipnb.checks.check_margin_shares(margin_shares)

# %% [markdown]
# **4 (open).** Play the pointing game with another kind: `clipnb.load_fieldguide("test", kinds="frog", per_species=1)` has parts such as `eye`, `toes` and `mouth`. Write true phrases, keep the control with the wrong phrase, and say how many questions you would need for an answer.

# %% [markdown] tags=["solution"]
# Count first, then judge: with n questions the share of hits is known to about ± 1 / √n, so a dozen questions tell a method from chance only if it is very good, and two methods from each other hardly ever. Some 100 questions make ± 10 points. The control with the wrong phrase keeps you honest: a map that points at the eyes whatever you ask is a map of eyes, not of your phrase.
