# %% [markdown]
# ### Exercise: memory
#
# **1 (predict and run).** A real CLIP takes images of 224 × 224 pixels and three colour channels. How much memory do the pixels of 512 of them need in `float16`: `154 MB`, `308 MB` or `77 MB`? The cell below your answer computes it, once you have answered.
#
# <details><summary>Hint</summary>
#
# Images × height × width × channels × bytes per number.
#
# </details>

# %%
### BEGIN SOLUTION
answer = "154 MB"
### END SOLUTION
_ = clipnb.checks.check_choice("12.1", answer)

# %%
if answer is not ...:
    print(f"you said {answer}; computed: {megabytes(512, 224, 2):.0f} MB")

# %% [markdown]
# ### Exercise: one row per class
#
# **2 (write).** Write the rows of section 5: a function of the text embeddings, the class of each, and the number of classes. It returns one row per class. In the check, the texts of a class are not next to each other.
#
# <details><summary>Hint</summary>
#
# The texts of class c are those where `groups == c`, in whatever order they come.
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
# ### Exercises: stored embeddings
#
# **3 (predict).** You have embedded 50,000 photos and now write ten more descriptors for each class. What has to be encoded: `images`, `texts` or `both`?
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
# **4 (find the error).** Somebody compares the speed of two batch sizes and runs the next cell. Its times cannot be compared. What is the reason: the `device`, the number of `images`, or the `cache`?

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: times differ from run to run
for batch_size in (16, 64):
    timed = load(batch_size=batch_size)
    print(f"batches of {batch_size}: {seconds(partial(timed.encode_images, some)):.2f} s")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which cells above have encoded these images with `load()` before? Print `timed.encoded` after each line.
#
# </details>

# %%
### BEGIN SOLUTION
reason = "cache"
### END SOLUTION
_ = clipnb.checks.check_choice("12.4", reason)

# %% [markdown]
# ### Exercise: your data
#
# **5 (open).** With a network: set `REAL = True` and name a data set that you have. Take the descriptors of clipnb, or ask a language model for others (`clipnb ask --help`), and add `clipnb.controls(…)` of notebook 06. Does the description beat the controls, on your data? Report n, the interval and p with the result.
#
# <details><summary>Hint</summary>
#
# Descriptors in a file: `clipnb.load_descriptors("mine.json").match(data.class_names)`. Controls are functions of a seed and take their place beside the other methods: `clipnb.evaluate(clip, kept, {**methods, **clipnb.controls(descriptors)}, seeds=5)`.
#
# </details>

# %% [markdown] tags=["solution"]
# There is no one answer. In independent reruns (notebook 06, section 6) descriptions gain one to four points over the bare name. Over "a photo of a {}" the gain is smaller on four of six, and on ImageNet random words gain about as much. If `random words` gain as much as your descriptors, the number of prompts explains the gain as well as their content does.
