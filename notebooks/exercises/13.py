# %% [markdown]
# ## Exercises
#
# **1 (predict).** You have 40 photos, and all 40 are right: 100 per cent. Where does Wilson's 95 % interval begin: at `1.00`, `0.99`, `0.91` or `0.75`? Say it before you compute.
#
# <details><summary>Hint</summary>
#
# Take `wilson(40, 40)`, or think: how large may the rate of mistakes be, so that forty photos in a row without one are still believable?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "0.91"
### END SOLUTION
_ = clipnb.checks.check_choice("13.1", answer)

# %% [markdown]
# **2 (write).** How many photos make the interval ± `half` wide, where it is widest (an accuracy of one half)? Write a function of `half`, such as 0.05, that returns the number.
#
# <details><summary>Hint</summary>
#
# At one half, Wilson's half width is z / (2 √(n + z²)). Solve for n.
#
# </details>

# %%
### BEGIN SOLUTION
import math


def photos_needed(half):
    return math.ceil((1.96 / (2 * half)) ** 2 - 1.96**2)


### END SOLUTION
_ = clipnb.checks.check_images_needed(photos_needed)

# %% [markdown]
# **3 (write).** Section 7 divides the photos so that two copies may end up in different halves. Write it better: a function of `labels` (n,), of `groups` (n,), where copies and bursts share a number, and of a `seed`. It returns (n,) bool, the first half: every class about half and half, every group whole.
#
# <details><summary>Hint</summary>
#
# Class by class: shuffle its groups, and fill the first half group by group until half of the images are in.
#
# </details>


# %%
### BEGIN SOLUTION
def divide(labels, groups, seed):
    first, rng = np.zeros(len(labels), bool), np.random.default_rng(seed)
    for c in np.unique(labels):
        taken, wanted = 0, (labels == c).sum() / 2
        for g in rng.permutation(np.unique(groups[labels == c])):
            if taken < wanted:
                first |= groups == g
                taken += (groups == g).sum()
    return first


### END SOLUTION
_ = clipnb.checks.check_halves(divide)

# %% [markdown]
# **4 (open).** Your own report: ten photos or more of each of three things within reach, with descriptors that you wrote without looking at the results. Before you run it, write down which two classes will be confused and by which phrase. Were you right?
#
# <details><summary>Hint</summary>
#
# One folder per class, phrases for each, `clipnb.write_report` as in section 9; the answer is the path that it returns.
#
# </details>

# %%
### BEGIN SOLUTION
for name, shade in {
    "red paper": (200, 30, 30),
    "green paper": (30, 160, 50),
    "blue paper": (30, 50, 200),
}.items():
    (OUT / "papers" / name).mkdir(parents=True, exist_ok=True)
    for k in range(10):  # stands for ten photos; yours are more interesting
        Image.new("RGB", (60, 60), tuple(min(255, value + 4 * k) for value in shade)).save(
            OUT / "papers" / name / f"{k}.png"
        )
papers = clipnb.load_images(OUT / "papers")
shades = {name: name.split()[0] for name in papers.class_names}
sheets = {name: [f"a {shade} sheet", f"{shade} all over"] for name, shade in shades.items()}
words = clipnb.descriptor_prompts(sheets, include_name=False)
my_report = clipnb.write_report(
    OUT / "papers.html", papers, clipnb.ZeroShotClassifier(clip, words), overwrite=True
)
### END SOLUTION
_ = clipnb.checks.check_report(my_report)
