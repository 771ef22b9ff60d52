# %% [markdown]
# ### Exercise: forty photos
#
# **1 (predict and run).** You have 40 photos, and all 40 predictions are correct. Where does Wilson's 95 % interval begin: at `1.00`, `0.99`, `0.91` or `0.75`? The cell below your answer computes it, once you have answered.
#
# <details><summary>Hint</summary>
#
# How high can the rate of mistakes be so that 40 photos without a mistake are still plausible?
#
# </details>

# %%
### BEGIN SOLUTION
answer = "0.91"
### END SOLUTION
_ = clipnb.checks.check_choice("13.1", answer)

# %%
if answer is not ...:
    for n in (2, 40, 400):
        print(f"you said {answer} for 40; {n} of {n} correct: from {wilson(n, n)[0]:.2f} to 1.00")

# %% [markdown]
# ### Exercise: how many photos
#
# **2 (write).** How many photos give a 95 % interval of ± `half`, such as 0.05, at an accuracy of one half, where it is widest? Write a function of `half` that returns the number.
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
# ### Exercise: robins and wrens
#
# **3 (find the error).** Somebody tests a classifier of robins and wrens on 50 photos and concludes that it tells them apart. Which step is flawed: the `interval`, the comparison with `chance` at 0.50, the number of `photos` or the order of the `labels`?

# %%
true_birds = np.array(["robin"] * 45 + ["wren"] * 5)
predicted_birds = np.array(["robin"] * 50)
low, high = wilson(int((true_birds == predicted_birds).sum()), 50)
print(f"accuracy {(true_birds == predicted_birds).mean():.2f} ({low:.2f} to {high:.2f}), n = 50;")
print("chance is 0.50 for two classes, so the classifier tells robins from wrens.")

# %% [markdown]
# <details><summary>Hint</summary>
#
# What is the recall of each class? Which accuracy would a classifier reach that always predicts the same class?
#
# </details>

# %%
### BEGIN SOLUTION
flaw = "chance"
### END SOLUTION
_ = clipnb.checks.check_choice("13.3", flaw)

# %% tags=["solution"]
for bird in ("robin", "wren"):
    print(f"recall of {bird}: {(predicted_birds == bird)[true_birds == bird].mean():.2f}")

# %% [markdown]
# ### Exercise: two halves
#
# **4 (write).** Section 7 divides the photos so that two copies may end up in different halves. Write a better division: a function of `labels` (n,), of `groups` (n,), where copies and bursts share a number, and of a `seed`. It returns (n,) bool, true for the first half: about half of every class, and no group divided.
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
# ### Exercise: your own report (capstone)
#
# **5 (open).** Take ten or more photos of each of three things around you, and write descriptors before you see any result. Before you run it, write down which two classes will be confused, and by which descriptor. Compare your prediction with the report.
#
# <details><summary>Hint</summary>
#
# One folder per class, descriptors for each, `clipnb.write_report` as in section 9; the answer is the path that it returns.
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
