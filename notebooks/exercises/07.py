# %% [markdown]
# ## Exercises
#
# **1 (predict).** A white owl before white snow, the text "white feathers", integrated gradients. With which baseline will the feathers get next to nothing: `black`, `white` or `blur`?
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
_ = clipnb.checks.check_choice("07.1", answer)

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
# The margin is mean(this) − mean(that). What does one cosine add to a mean, and with which sign? Count from 0, or all cosines from one common point such as the midpoint of the two scores; both add up.
#
# </details>


# %%
### BEGIN SOLUTION
def margin_shares(this, that):
    return np.concatenate([this / len(this), -that / len(that)])


### END SOLUTION
_ = clipnb.checks.check_margin_shares(margin_shares)

# %% [markdown]
# **4 (open).** Play the pointing game with another kind: `clipnb.load_fieldguide("test", kinds="frog", per_species=1)` has parts such as `eye`, `toes` and `mouth`. Write true phrases (their marks are called `eye_colour`, `toes_colour` and, for its shape, `mouth`), keep the control with the wrong phrase, and say how many frogs it would take until the standard error of *own minus wrong* is below 0.05.
#
# <details><summary>Hint</summary>
#
# A standard error shrinks with √n: half of it takes four times as many.
#
# </details>

# %% [markdown] tags=["solution"]
# Count first, then judge. With n frogs and a standard deviation s of the differences, the standard error is s / √n: with the birds it was 0.10 × √12, about 0.35, so 0.05 takes some 50 frogs. A dozen tell a method from chance only if it is very good, and two methods from each other hardly ever. The control with the wrong phrase keeps you honest: a map that points at the eyes whatever you ask is a map of eyes, not of your phrase.
