# %% [markdown]
# ## Exercises
#
# **1 (predict).** You add 0.3 to all cosines *and* double the logit scale. What happens to the accuracy and to the mean confidence: `nothing`, `only confidence rises` or `both rise`?
#
# <details><summary>Hint</summary>
#
# What does adding the same number to all cosines do (section 2)? And a softmax keeps the order of its inputs, whatever positive number multiplies them.
#
# </details>

# %%
### BEGIN SOLUTION
answer = "only confidence rises"
### END SOLUTION
_ = clipnb.checks.check_choice("03.1", answer)

# %% [markdown]
# **2 (write).** Write the zero-shot classifier: a function of unit image embeddings `images` (n, d), of raw text embeddings `texts` (classes, d), which are *not* of unit length, and of the number `scale`. It returns the probabilities (n, classes).
#
# <details><summary>Hint</summary>
#
# Three steps: unit length, cosines times the scale, softmax. Over which dimension must the probabilities add up to 1?
#
# </details>


# %%
### BEGIN SOLUTION
def zero_shot(images, texts, scale):
    embeddings = texts / texts.norm(dim=1, keepdim=True)
    return (scale * images @ embeddings.T).softmax(dim=1)


### END SOLUTION
_ = clipnb.checks.check_zero_shot(zero_shot)

# %% [markdown]
# **3 (write).** Write the expected calibration error with ten bins of equal width: a function of `confidence` (n,) and `right` (n,), two NumPy arrays.
#
# <details><summary>Hint</summary>
#
# In each bin: the share of the images times the distance between mean confidence and accuracy. A bin without images adds nothing.
#
# </details>

# %%
### BEGIN SOLUTION
import numpy as np


def calibration_error(confidence, right):
    place = np.minimum((confidence * 10).astype(int), 9)
    inside = lambda values: np.bincount(place, values, minlength=10)
    return np.abs(inside(right) - inside(confidence)).sum() / len(right)


### END SOLUTION
_ = clipnb.checks.check_calibration_error(calibration_error)

# %% [markdown]
# **4 (open).** One template for each of the eight kinds, with `{}` for the name. Make the held-out species easier to find by name than with "a photo of a {}", by 5 points at least. You are examined on images that this notebook has not shown: the `shifted` split, where species sit in unusual habitats.
#
# <details><summary>Hint</summary>
#
# What do you know of every species, even if you have never heard its name?
#
# </details>

# %%
### BEGIN SOLUTION {"bird": "… {} …", "butterfly": …}, and so on for all eight
my_templates = {
    kind: f"a photo of a {{}}, a kind of {kind}"
    for kind in ("bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf")
}
### END SOLUTION
elsewhere = clipnb.load_fieldguide("shifted", per_species=4)
_ = clipnb.checks.check_templates(clip, elsewhere, my_templates, gain=0.05)

# %% [markdown]
# **5 (open).** Find an image on which the mean of cosines and the mean of probabilities disagree (section 5). Among our images there is hardly one; odd templates of your own make more. Print the templates' best classes for it. Which rule would you trust there?

# %% [markdown] tags=["solution"]
# The mean of cosines lets a single template that fits very well outweigh several that fit a little less; the mean of probabilities caps what one template can say. Where one template is odd for all classes alike, cosines cancel it and probabilities do not. Trust the rule whose templates you would defend one by one.
