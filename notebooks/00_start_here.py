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
# **How does CLIP classify an image, and why that class?** This course answers both questions with a small CLIP and with images of its own. It begins with a frog whose name occurs in no training caption.
#
# **What you'll do.** Check that everything runs on your machine, see one image classified by name and by description, read the reasons, and edit one of them.
#
# **What you'll learn.** What the course is about, how its notebooks are built, and which track to take.
#
# **What you'll need.** A Jupyter notebook with clipnb installed, and the basics of Python. No network, no GPU, no key.
#
# **Time.** 15 minutes; it runs in a few seconds.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/00_start_here.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import pandas as pd

import clipnb
from clipnb import plots

# %% [markdown]
# ## 1 · Check the installation
#
# **Is everything installed?** Run a cell with *Shift + Enter*. This one lists what clipnb needs, and what to do about anything that is missing.

# %%
works = clipnb.check_environment()

# %%
assert works, "Something is missing: do what the line with ✘ says, then restart the kernel."

# %% [markdown]
# The next output differs from machine to machine. You need no GPU here.

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: the place and the processor differ from machine to machine
clipnb.describe_environment()

# %% [markdown]
# In **VS Code**, choose the environment in which clipnb is installed as the kernel. Widgets need the Jupyter extension. If you work without a network and they stay empty, open the notebook in JupyterLab (`make lab`).

# %% [markdown]
# ## 2 · An image of a class without a known name
#
# **What does CLIP do with a name that it never read?** CLIP turns every image and every text into a vector, its **embedding**, and compares embeddings. The **bundled CLIP** comes with clipnb. It was trained on drawings of a field guide, with captions and with attribute labels (notebook 02). No training image showed a *tree frog*, and no training caption named it.

# %%
clip = clipnb.load_clip()
frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=10)
names = frogs.class_names
tree_frogs = frogs.of_class("tree frog")
ax = plots.show_image(tree_frogs.images[0], "true class: tree frog")

# %% [markdown]
# **By name**, CLIP compares the image with one **prompt** per class, a text that stands for the class: "a photo of a tree frog", "a photo of a tailed frog", and so on, for eleven species of frog. Each class gets a probability; the eleven add up to 1. Before you run it: what probability will *tree frog* get?

# %%
guess_name = ...  # between 0 and 1

# %%
by_name = clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names))
named = by_name.predict(tree_frogs)
ax = plots.plot_probabilities(named, 0)
likely = named.labels[0]
_ = ax.set_title(f"By name, {likely} is most probable (true class: tree frog)", fontsize=11)

# %% [markdown]
# ## 3 · Describe the frogs
#
# **What if we say what the frogs look like?** **By description**, a class is a list of **descriptors**: short texts, each about one visual feature. A language model wrote them and was given only the name and the kind (frog) of each species. We leave the names out of the prompts.

# %%
descriptors = clipnb.load_descriptors("fieldguide").select(names)
print(*descriptors["tree frog"], sep="\n")

# %%
table = clipnb.descriptor_prompts(descriptors, include_name=False)
described = clipnb.ZeroShotClassifier(clip, table).predict(tree_frogs)
for how, prediction in {"name": named, "description": described}.items():
    verdict = "correct" if prediction.labels[0] == "tree frog" else "incorrect"
    print(f"by {how}: {prediction.labels[0]} ({verdict})")

# %% [markdown]
# The **cosine similarity** of an image and a text is the cosine of the angle between their embeddings, at most 1. The **score** of a class is the mean cosine similarity of the image with the descriptors of the class. In plain torch, it is a mean of dot products, because all embeddings have length 1:

# %%
cosines = clip.encode_texts(descriptors["tree frog"]) @ clip.encode_images(tree_frogs)[0]
place = names.index("tree frog")
score = described.scores[0, place]
print(f"mean of the cosines {cosines.mean():.3f}, score of the class {score:.3f}")
assert abs(cosines.mean() - score) < 1e-4

# %% [markdown]
# So the class is chosen by these cosines and nothing else, whether the choice is correct or not. The figure explains the **margin**: the score of the tree frog minus that of the best other frog.

# %%
best = [names[c] for c in described.top(2).indices[0]]
others = [name for name in best if name != "tree frog"]
two = ("tree frog", others[0])
ax = plots.plot_contributions(described, 0, two, reference=frogs, true_class="tree frog")

# %% [markdown]
# The grey bar at the top is the mean margin over all images of frogs. Each bar below it is the **contribution** of one descriptor: how much its cosine with this image differs from its mean, as a part of the score. A blue bar favours *tree frog*: one of its descriptors has a higher cosine than usual, or one of the other frog's a lower one. An orange bar favours the other frog. The grey bar at the bottom is the sum. Notebook 04 has the formula.

# %% [markdown]
# ## 4 · Edit a descriptor
#
# **What happens if we leave out the descriptor with the lowest cosine?** First we look for it.

# %%
for cosine, text in sorted(zip(cosines.tolist(), descriptors["tree frog"])):
    print(f"{cosine:.2f}  {text}")

# %% [markdown]
# Does a low cosine mean that the descriptor fits badly? Find its bar in the figure above. A bar near 0 says that the cosine is about as low for other frogs. Now we leave the descriptor out and count the images of tree frogs that are classified correctly.

# %%
lowest = descriptors["tree frog"][int(cosines.argmin())]
edited = descriptors.edit("tree frog", [t for t in descriptors["tree frog"] if t != lowest])
table = clipnb.descriptor_prompts(edited, include_name=False)
after = clipnb.ZeroShotClassifier(clip, table).predict(tree_frogs)

# %%
for what, prediction in {"as written": described, "without the lowest": after}.items():
    correct = prediction.labels.count("tree frog")
    print(f"{what}: score {prediction.scores[0, place]:.3f}; {correct} of 10 tree frogs correct")

# %% [markdown]
# The control: how many images of other frogs are now called *tree frog*?

# %%
others = frogs.select([names[label] != "tree frog" for label in frogs.labels])
for what, one in {"as written": descriptors, "without the lowest": edited}.items():
    table = clipnb.descriptor_prompts(one, include_name=False)
    called = clipnb.ZeroShotClassifier(clip, table).predict(others).labels.count("tree frog")
    print(f"{what}: {called} of {len(others)} other frogs called tree frog")

# %% [markdown]
# Is the edit an improvement? We chose it with these images in view, so these counts cannot tell. Notebook 04 tests an edit on other images.

# %% [markdown]
# Here are the descriptors as rows that you can edit. **Try:** write a descriptor of your own, or switch one off (*Reset* brings it back). **Look for** the ranking: which edit changes the best class?

# %%
clipnb.widgets.explore_descriptors(clip, frogs, descriptors, start="tree frog")

# %% [markdown]
# ## 5 · Four species
#
# **Is the tree frog typical?** It is one species, and we chose it. Four species go with us through the course: two frogs that no training caption names, and two beetles, one with a common and one with a rare name.

# %%
data = clipnb.load_fieldguide("test", kinds=["frog", "beetle"], per_species=10)
texts = clipnb.load_descriptors("fieldguide").select(data.class_names)
tables = {
    "by name": clipnb.name_prompts(data.class_names),
    "by description": clipnb.descriptor_prompts(texts, include_name=False),
}
methods = {how: clipnb.ZeroShotClassifier(clip, one) for how, one in tables.items()}

# %%
four = ["tree frog", "tailed frog", "Colorado potato beetle", "rose chafer"]
counted = pd.Series(data.name_frequency, data.class_names)
rows = {"captions with the name": [f"{counted[name]:,}" for name in four]}
for how, method in methods.items():
    found = [method.predict(data.of_class(name)).labels.count(name) for name in four]
    rows[f"correct {how}"] = [f"{n} of 10" for n in found]
pd.DataFrame(rows, index=four)

# %% [markdown]
# Compare the two columns of correct images. Does the description help each of the four? For which classes does it help? Ten images of four species cannot answer that. Notebook 03 introduces the statistics, and notebook 06 takes all species, with controls.

# %% [markdown]
# ## 6 · The course
#
# **Which track do you take?** The **short track** takes two hours: 00, 04, 06 and 13. The **full track** takes all notebooks in order.
#
# ![Map of the course: fourteen notebooks in order, 00 to 13, and a short track of two hours through 00, 04, 06 and 13.](diagrams/course-map.svg)

# %% [markdown]
# | notebook | you leave with | track |
# | --- | --- | --- |
# | 00 Start here | a working installation, one prediction with its reasons | short |
# | 01 See what CLIP sees | patches, tokens, two encoders, one embedding space; the modality gap | full |
# | 02 Train a CLIP | InfoNCE and SigLIP's loss, a small CLIP trained live; how the bundled CLIP was trained | full |
# | 03 Classify zero-shot | prompts, softmax, ensembling, name frequency; interval, paired test, calibration | full |
# | 04 Classify by description | the method, its formula, its reasons, the two frogs | short |
# | 05 Ask a language model | descriptors and prompts from a language model, filtered, with their cost | full |
# | 06 Test the claim | when a description helps: name frequency, controls, the published figures | short |
# | 07 Explain a network | one margin explained by descriptors, occlusion, integrated gradients and SHAP | full |
# | 08 Check the explanations | which explanations follow the model, tested by removing parts | full |
# | 09 Edit the criteria | a class added by its description; a spurious cue found and removed | full |
# | 10 Add a few examples | few-shot classification, and how many images a description is worth | full |
# | 11 Find the concepts | what heads, words and features show of the model, scored against true attributes | full |
# | 12 Run on a GPU | a real CLIP, batches, half precision, stored embeddings | full |
# | 13 Bring your own | your photos, classes and descriptors: a report | short |

# %% [markdown]
# The course extends two articles by Alexey Kravets ([the first](https://towardsdatascience.com/simple-way-of-improving-zero-shot-clip-performance-4eae474cb447/), [the second](https://towardsdatascience.com/improving-performance-and-explainability-of-zero-shot-clip-33e579d3f4bb/)) and the paper behind the second, Menon & Vondrick (ICLR 2023).
#
# Every notebook opens with a question and closes with the answer. All run on the bundled CLIP, most within a minute, and most exercises check your answer. Change any cell and run it again; to undo everything, restart the kernel and run all cells.

# %% [markdown]
# ## 7 · The answer
#
# **How does CLIP classify an image?** It compares the image with the texts of each class. The class with the highest score is the prediction. **Why that class?** If the texts are descriptors, their contributions add up to the margin. They say which descriptors decided, not whether the model looked at the part that a descriptor names (notebook 08). Your guess, next to the result:

# %%
clipnb.checks.compare_guesses(
    {"probability of tree frog, by name": (guess_name, named.probabilities[0, place])}
)

# %% [markdown]
# ## Recap
#
# - A class can be a name or a list of descriptors; CLIP compares both with the image.
# - With descriptors, the contributions add up to the margin that decides.
# - A descriptor can be edited, and the prediction can change with it.
# - One species is an example. How often a description helps has to be counted over many species, with a control.

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
answer = ...
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
missing = ...
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
best_class = ...
_ = clipnb.checks.check_best_class(best_class)

# %% [markdown]
# ## What's next
#
# Full track: *01, See what CLIP sees*, opens the model that you have just used. Short track: *04, Classify by description*, shows what happened here step by step.
