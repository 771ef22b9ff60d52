# %% [markdown]
# ## Exercises
#
# **1 (predict).** A real CLIP takes images of 224 × 224 and three colours. How much memory do the pixels of 512 of them need in `float16`: `154 MB`, `308 MB` or `77 MB`?
#
# <details><summary>Hint</summary>
#
# Images × height × width × colours × bytes of a number.
#
# </details>

# %%
### BEGIN SOLUTION
answer = "154 MB"
### END SOLUTION
_ = clipnb.checks.check_choice("12.1", answer)

# %% [markdown]
# **2 (write).** Write the collapse of section 5 yourself: a function of the text embeddings, the class of each, and the number of classes. The check brings the texts in another order than you may expect.
#
# <details><summary>Hint</summary>
#
# The rows of class c are those where `groups == c`, in whatever order they come.
#
# </details>


# %%
### BEGIN SOLUTION
def collapse(texts, groups, classes):
    sums = torch.zeros(classes, texts.shape[1]).index_add_(0, groups, texts)
    return sums / torch.bincount(groups, minlength=classes)[:, None]


### END SOLUTION
_ = clipnb.checks.check_collapse(collapse)

# %% [markdown]
# **3 (predict).** You have embedded 50,000 photos and now write ten more descriptors for each class. What must go through the model again: `images`, `texts` or `both`?
#
# <details><summary>Hint</summary>
#
# Which of the two did you change?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "texts"
### END SOLUTION
_ = clipnb.checks.check_choice("12.3", answer)

# %% [markdown]
# **4 (open).** With a network: set `REAL = True` and name a data set that you have. Ask a language model for descriptors of its classes (`python -m clipnb.llm --help`), add them to `methods`, and add `clipnb.controls(…)` of notebook 06. Does description beat the controls, on your data? Write down n, the interval and p before you tell anybody.
#
# <details><summary>Hint</summary>
#
# Descriptors in a file: `clipnb.load_descriptors("mine.json").match(data.class_names)`. Controls are functions of a seed, and stand beside the other methods: `clipnb.evaluate(clip, kept, {**methods, **clipnb.controls(descriptors)}, seeds=5)`.
#
# </details>

# %% [markdown] tags=["solution"]
# There is no one answer: the published figures (section 7 of notebook 06) say that on many data sets description gains one to four points over the bare name, and that noise gains as much over "A photo of a", where somebody measured it. If your gain vanishes beside `random words`, you have measured an ensemble, and not the meaning of the words.
