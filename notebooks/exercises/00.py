# %% [markdown]
# ## Exercises
#
# Replace the three dots by your answer and run the cell. A word stands in quotes: `answer = "robin"`.
#
# **1 (predict and run).** You swap the edited descriptors of *tree frog* and those of *tailed frog*. An image was called `tree frog` before. What is it called now: `tree frog`, `tailed frog` or `neither`? The cell below your answer measures it, once you have answered.
#
# <details><summary>Hint</summary>
#
# Which class has the tree frog's descriptors now? Do the scores of the other nine frogs change?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "tailed frog"
### END SOLUTION
_ = clipnb.checks.check_choice("00.1", answer)

# %%
if answer is not ...:
    one, other = "tree frog", "tailed frog"
    swapped = edited.edit(one, edited[other]).edit(other, edited[one])
    table = clipnb.descriptor_prompts(swapped, include_name=False)
    now = clipnb.ZeroShotClassifier(clip, table).predict(tree_frogs).labels
    for name in (one, other):
        print(f"{name}: {after.labels.count(name)} images before, {now.count(name)} now")

# %% [markdown]
# **2 (find the error).** Somebody runs the next cell and concludes which of the two ways to classify is better in general. What makes this conclusion invalid, whatever the numbers are: the `classes` (there is only one, and we chose it), the `descriptors` (a language model wrote them) or the `probabilities` (only the best class was counted)?

# %%
for how, prediction in {"name": named, "description": described}.items():
    print(f"by {how}: {prediction.labels.count('tree frog')} of 10 tree frogs correct")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Run the same comparison on `methods["by name"]` and `methods["by description"]` with all of `data`: `clipnb.compare(methods, data)`.
#
# </details>

# %%
### BEGIN SOLUTION
missing = "classes"
### END SOLUTION
_ = clipnb.checks.check_choice("00.2", missing)

# %% [markdown]
# **3 (write).** Write the classifier by description itself: a function of a dictionary `cosines`, class → list of the cosines of its descriptors with the image. It returns the class with the highest mean.
#
# <details><summary>Hint</summary>
#
# Lists may differ in length, so a sum will not do. `max(cosines, key=...)` returns the class for which `key` is the largest.
#
# </details>


# %%
### BEGIN SOLUTION
def best_class(cosines):
    return max(cosines, key=lambda name: sum(cosines[name]) / len(cosines[name]))


### END SOLUTION
_ = clipnb.checks.check_best_class(best_class)
