# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · Start here
#
# **What you'll do.** Check that everything runs on your machine, and see one picture classified by description, with its reasons.
#
# **What you'll learn.** What this course is about, how a notebook of it is built, and where to go from here.
#
# **What you'll need.** A Jupyter notebook with clipnb installed, and the basics of Python. No network, no GPU, no key.
#
# **Time.** 10 minutes; it runs in a few seconds.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/00_start_here.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import clipnb
from clipnb import plots

# %% [markdown]
# ## 1 · What works here
#
# This cell says what your machine has, and what to do about anything that is missing.

# %%
works = clipnb.check_environment()

# %%
assert works, "Something is missing: do what the line with ✘ says, then restart the kernel."

# %% [markdown]
# The next cell depends on where you run it. A missing GPU is fine: the CLIP that comes with clipnb is small.

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: the place and the processor differ from machine to machine
clipnb.describe_environment()

# %% [markdown]
# In **VS Code**, choose the environment in which clipnb is installed as the kernel. Widgets need the Jupyter extension. If they stay empty without a network, open the notebook in JupyterLab (`make lab`). Every notebook also opens in Colab and Binder, with the links at its top.

# %% [markdown]
# ## 2 · A picture that the model cannot name
#
# CLIP turns pictures and sentences into vectors of one space. Here is a butterfly that our CLIP has never met: no picture of its species and no sentence with its name were in its training.

# %%
clip = clipnb.load_clip()
butterflies = clipnb.load_fieldguide("test", kinds="butterfly", per_species=10)
apollos = butterflies.of_class("Apollo")
ax = plots.show_image(apollos.images[0], "an Apollo")

# %% [markdown]
# Asked by **name**, the model compares the picture with "a photo of a Apollo", "a photo of a monarch", and so on, for all eleven butterflies.

# %%
by_name = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(butterflies.class_names))
ax = plots.plot_probabilities(by_name.predict(apollos), 0)

# %% [markdown]
# It prefers *large white*, the name that it has read beside other white butterflies. "Apollo" says nothing to a model that has never read it.

# %% [markdown]
# ## 3 · Tell it what the butterflies look like
#
# Asked by **description**, every class is a few phrases. A language model wrote them from names and kinds alone.

# %%
descriptors = clipnb.load_descriptors("fieldguide").select(butterflies.class_names)
print(*descriptors["Apollo"], sep="\n")

# %%
by_description = clipnb.ZeroShotClassifier(
    clip, clipnb.descriptor_prompts(descriptors, include_name=False)
)
prediction = by_description.predict(apollos)
left, right = plots.explain_image(apollos, prediction, 0)

# %% [markdown]
# The bars are the reasons. Each is the **cosine** of the picture with one phrase, a number that says how well the two fit (1 at most); the black line is their mean, which is the score of the class. The Apollo's phrases fit better than those of the runner-up, and you can see which ones made the difference.

# %%
for method, classifier in {"name": by_name, "description": by_description}.items():
    said = classifier.predict(apollos).labels
    print(f"by {method:12s} {said.count('Apollo'):2d} of {len(said)} Apollos recognised")

# %% [markdown]
# One species is an anecdote, and this one was chosen because it works. Notebook 04 counts over all species, with a control.

# %% [markdown]
# ## 4 · Change a phrase
#
# Here is the same Apollo, its description beside the runner-up's, as rows that you can edit; the menus bring any other of the eleven. Nothing runs again but what you changed. **Try:** write *orange wings* over its phrases, one after the other (*Reset* brings them back). **Look for** the ranking: one false phrase costs the Apollo little. How many does it take until another butterfly wins?

# %%
clipnb.widgets.explore_descriptors(clip, butterflies, descriptors, start="Apollo")

# %% [markdown]
# ## 5 · The course
#
# | notebook | you leave with |
# | --- | --- |
# | 00 Start here | a machine that works, one prediction with its reasons |
# | 01 See what CLIP sees | patches and tokens, two encoders, one space; what a cosine tells, and the modality gap |
# | 02 Train a CLIP | the contrastive loss in four lines, a small CLIP trained before your eyes, its controls |
# | 03 Classify zero-shot | prompts, softmax and temperature; where the wording matters; whether probabilities deserve belief |
# | 04 Classify by description | the method, its formula, its controls; the story of the two frogs |
# | 05 Ask a language model | sentences from a language model: read, filtered, counted against controls; the numbers of Kravets' first article |
# | 06 Test the claim | controls, seeds and paired tests: when is it the words, when is it the ensemble? |
# | 07 Explain a network | one margin explained by descriptors, occlusion, integrated gradients and SHAP: what each measures, adds up to and costs |
# | 08 Check the explanations | explanations tested on images whose parts can be removed: which follow the model, which point at the part |
# | 09 Edit the criteria | a creature found by its description; a spurious cue found in the contributions and removed, with what it costs |
# | 12 Run on a GPU | a real CLIP, batches, half precision, kept vectors; the published figures beside your own run |
# | 13 Bring your own | your photos, your classes, your descriptors: a report that explains every answer |
#
# The course goes further along the way of two articles by Alexey Kravets ([the first](https://towardsdatascience.com/simple-way-of-improving-zero-shot-clip-performance-4eae474cb447/), [the second](https://towardsdatascience.com/improving-performance-and-explainability-of-zero-shot-clip-33e579d3f4bb/)) and of the paper behind the second, Menon & Vondrick (ICLR 2023).
#
# Every notebook opens with what you'll do, learn and need, runs on the bundled CLIP in a minute or two, and ends with a recap and exercises that check themselves. Run a cell with *Shift + Enter*. Change it and run it again: nothing can break.

# %% [markdown]
# ## Recap
#
# - A name helps little if the model has never met it.
# - A description can help there, if the model sees the marks that it names. How often, notebook 04 counts.
# - The prediction and its reasons are the same numbers.

# %% [markdown]
# ## Exercises
#
# Replace the three dots by your answer and run the cell. A word or a number of your choice stands in quotes: `answer = "robin"`.
#
# **1 (predict).** You swap the descriptions of Apollo and monarch. What will most images of Apollos be called: `Apollo`, `monarch` or `large white`?
#
# <details><summary>Hint</summary>
#
# Whose phrases stand in the row that is now called monarch?
#
# </details>

# %%
answer = ...
_ = clipnb.checks.check_choice("00.1", answer)

# %% [markdown]
# **2 (look).** In the field guide every pixel knows its part. Here the Apollo's eyespots are left in colour. How many of its phrases speak of them: `none`, `one` or `two`?
#
# <details><summary>Hint</summary>
#
# The phrases are the labels of the bars in section 3. A ring around a spot belongs to the spot.
#
# </details>

# %%
ax = plots.show_mask(
    apollos.images[0], apollos.mask(0, "eyespots"), "an Apollo: its eyespots left in colour"
)
phrases = ...
_ = clipnb.checks.check_choice("00.2", phrases)

# %% [markdown]
# **3 (open).** Describe the *zebra longwing* in your own words so that at least eight of its ten images are recognised among the eleven butterflies.
#
# <details><summary>Hint</summary>
#
# Colour of the wings, colour and shape of what is on them, shape of the wings. One thing a phrase.
#
# </details>

# %%
ax = plots.show_image(butterflies.of_class("zebra longwing").images[0], "a zebra longwing")
my_descriptors = ...
_ = clipnb.checks.check_description(clip, butterflies, "zebra longwing", my_descriptors, baseline=0.8)

# %% [markdown]
# ## What's next
#
# In order: *01, See what CLIP sees*, opens the model that you have just used. In a hurry: *04, Classify by description*, shows what happened here step by step: the formula in five lines, the story of the two frogs, and what a control must show before you believe any of it.
