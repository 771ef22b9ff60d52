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
### BEGIN SOLUTION
answer = "monarch"
### END SOLUTION
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
### BEGIN SOLUTION
phrases = "two"
### END SOLUTION
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
### BEGIN SOLUTION
my_descriptors = [
    "a black butterfly with yellow stripes",
    "slender forewings",
    "yellow dots on the hindwings",
]
### END SOLUTION
_ = clipnb.checks.check_description(clip, butterflies, "zebra longwing", my_descriptors, baseline=0.8)
