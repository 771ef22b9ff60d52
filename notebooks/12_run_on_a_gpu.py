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
# # 12 · Run on a GPU
#
# **What you'll do.** Take the method to a real CLIP and to thousands of pictures: find out where the time goes, save it, keep the vectors, and put your own run beside the published figures.
#
# **What you'll learn.** What a batch costs in memory; what half precision changes and what it does not; why 5,900 descriptors cost no more than 1,000 names; how to embed once and ask often.
#
# **What you'll need.** Notebooks 03 and 04, and pyarrow (`pip install 'clipnb[embed]'`; `make` has installed it). A GPU and a network if you have them; without, the same cells run on the bundled CLIP and say so.
#
# **Time.** 30 minutes to read; it runs in less than a minute on a laptop, and with a real CLIP as long as its download takes.
#
# **Not installed?** [Open in Colab](https://colab.research.google.com/github/_OWNER_/clipnb/blob/main/notebooks/12_run_on_a_gpu.ipynb) · [Open in Binder](https://mybinder.org/v2/gh/_OWNER_/clipnb/HEAD?urlpath=lab/tree/notebooks/12_run_on_a_gpu.ipynb)

# %% tags=["remove-cell"]
import sys

if "google.colab" in sys.modules:  # on Colab this installs clipnb; anywhere else it does nothing
    from IPython import get_ipython

    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/_OWNER_/clipnb")

# %%
import tempfile
import time
from functools import partial
from pathlib import Path

import pandas as pd
import torch

import clipnb

# %% [markdown]
# ## 1 · What is there?
#
# One switch decides. `REAL = False` uses the bundled CLIP and the field guide, everywhere. `REAL = True` fetches OpenAI's ViT-B/32 from the Hugging Face Hub (605 MB, once) and reads the data set that you name. Nothing else in this notebook has to be changed. (With `REAL = True` only the names take part, until you add descriptors of your classes: exercise 4.)

# %%
REAL = False
MODEL = "openai/clip-vit-base-patch32"
# or cub:, food101:, dtd:, eurosat:, cifar100:, imagenet:, hf:…, or a folder of your own
IMAGES = "pets:~/data/oxford-iiit-pet"

# %%
clip = clipnb.load_clip(MODEL if REAL else None)
data = clipnb.load_images(IMAGES) if REAL else clipnb.load_fieldguide("test", per_species=10)
print(
    "A real CLIP on photos."
    if REAL
    else "The bundled CLIP on the field guide: no figure below says anything about photos."
)

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: it names your machine
print(f"{clip}, {clip.dtype}, {torch.get_num_threads()} threads")

# %% [markdown]
# A GPU is found by itself, NVIDIA's (`cuda`) or Apple's (`mps`). On `cuda` half precision is the default. If yours is not listed although it is there, its driver or the CPU build of torch is the reason: `python -c "import torch; print(torch.version.cuda)"` prints `None` for a CPU build.

# %% [markdown]
# ## 2 · Where the time goes
#
# From files to vectors there are three steps. We time each on the same pictures, without the cache, which would otherwise answer at once.

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: times differ from run to run
fresh = clipnb.load_clip(MODEL if REAL else None, cache=False)
fresh.encode_images(data.images[0])  # the first call is slower than the others, above all on a GPU
some = data.select(range(0, len(data), max(1, len(data) // 128)))
stages, start = {}, time.perf_counter()
images = list(some.images)
stages["open the images"] = time.perf_counter() - start
start = time.perf_counter()
pixels = fresh.image_processor(images, return_tensors="pt")["pixel_values"]
stages["resize and normalise"] = time.perf_counter() - start
start = time.perf_counter()
with torch.inference_mode():
    fresh.model.get_image_features(
        pixel_values=pixels[:32].to(fresh.device, fresh.dtype)
    ).pooler_output.cpu()
stages["the model"] = (time.perf_counter() - start) * len(some) / 32
times = pd.Series(stages, dtype=float, name="milliseconds an image") * 1000 / len(some)
pd.DataFrame({times.name: times.round(2), "share": (times / times.sum()).map("{:.0%}".format)})

# %% [markdown]
# Look at the shares, not at the times. (On the field guide, "open" means to draw.) On a CPU with a real CLIP the model takes nearly all; on a GPU it is the other way round, and the GPU waits for pictures. That is why `encode_images` opens and resizes them in threads, ahead of the model.

# %% [markdown]
# ## 3 · Batches
#
# A GPU does many pictures in the time of one, until its memory is full. What does a batch need? Just its pixels, to begin with:


# %%
def megabytes(batch, side, bytes_per_number):
    return batch * 3 * side * side * bytes_per_number / 1e6


side = clip.model.config.vision_config.image_size
pd.DataFrame(
    {
        f"{side} × {side}, MB": [megabytes(n, side, 4) for n in (64, 512, 4096)],
        "224 × 224, MB": [megabytes(n, 224, 4) for n in (64, 512, 4096)],
    },
    index=pd.Index([64, 512, 4096], name="images in a batch"),
).round(1)

# %% [markdown]
# The layers in between need several times that. `load_clip` measures it on the first batch and then takes as many as fit; a batch that runs out of memory all the same is repeated in halves. The batch must not change the answer:

# %%
exact = partial(clipnb.load_clip, MODEL if REAL else None, cache=False, dtype=torch.float32)
small = exact(batch_size=7).encode_images(some)
large = exact(batch_size=128).encode_images(some)
assert (small * large).sum(1).min() > 0.99999
print("The same embeddings from batches of 7 and of 128.")

# %% [markdown]
# ## 4 · Half precision
#
# A GPU multiplies 16-bit numbers several times faster than 32-bit ones. Does the classifier notice? There are two kinds: `float16` spends its 16 bits on digits, `bfloat16` on range.

# %%
whole = clipnb.load_clip(MODEL if REAL else None, dtype=torch.float32)
half = clipnb.load_clip(MODEL if REAL else None, dtype=torch.bfloat16)
descriptors = None if REAL else clipnb.load_descriptors("fieldguide").select(data.class_names)
table = clipnb.descriptor_prompts(descriptors) if descriptors else clipnb.name_prompts(data.class_names)

# %%
answers = [clipnb.ZeroShotClassifier(c, table).predict(some).labels for c in (whole, half)]
cosines = (whole.encode_images(some) * half.encode_images(some)).sum(1)
same = sum(a == b for a, b in zip(*answers)) / len(some)
assert cosines.min() > 0.999 and same > 0.95
print(f"{len(some)} images: every cosine with its own half-precision embedding above 0.999,")
print("the same answer for more than 95 in 100.")
turned = torch.rad2deg(torch.arccos(cosines.clamp(max=1))).max()
print(f"The largest turn: {turned:.1f} degrees.")

# %% [markdown]
# The vectors turn by less than three degrees (a cosine of 0.999), here by half a degree. Answers change only where two classes were nearly even, so accuracy moves by chance, not in one direction; compare two precisions on the same pictures (McNemar, notebook 06) before you call it a difference. On most CPUs half precision is *slower*: measure, or keep the default.

# %% [markdown]
# ## 5 · As many descriptors as you like
#
# The straightforward way scores every sentence and averages per class. But a mean of products is the product with the mean (notebook 04), so the sentences collapse to one row per class *before* any picture is seen.

# %%
texts = [s for name in table for s in table[name]]
groups = torch.tensor([c for c, name in enumerate(table) for _ in table[name]])
embeddings, rows = clip.encode_images(some), clip.encode_texts(texts)

# %%
slow = clipnb.pool(embeddings @ rows.T, groups)  # a score for every text, then the mean
collapsed = torch.stack([rows[groups == c].mean(0) for c in range(len(table))])  # one row per class, once
assert torch.allclose(embeddings @ collapsed.T, slow, atol=1e-5)
print(f"{len(texts)} texts collapse to {len(collapsed)} rows.")

# %% [markdown]
# How much that saves is arithmetic. With m sentences, n classes and d dimensions, a picture costs m · d multiplications sentence by sentence, and n · d with the collapsed rows. For the paper's ImageNet m is 5,900 and n is 1,000; and where code loops over the classes, that loop, which costs most, is gone. `make bench` measures it on your machine.

# %%
multiplications = {
    "one score per text": 5900 * 512,
    "collapsed": 1000 * 512,
    "names alone": 1000 * 512,
}
pd.Series(multiplications, name="multiplications an image").map("{:,}".format).to_frame()

# %% [markdown]
# The reasons are not lost: `prediction.explain(i)` goes back to the single sentences, for the pictures that you ask about.

# %% [markdown]
# ## 6 · Embed once, ask often
#
# Nothing about a picture's vector depends on your classes. So embed the collection once, on whatever machine is fast, and keep the vectors: `clipnb.embed` writes Parquet files that any tool can read. Stopped in the middle, it goes on where it was.

# %%
folder = Path(tempfile.mkdtemp()) / "embeddings"
kept = clipnb.load_embeddings(clipnb.embed(data, folder, clip))
print(kept, sorted(path.suffix for path in folder.iterdir() if not path.name.startswith(".")))

# %% [markdown]
# Each new table of sentences now takes no picture through the model at all. We count, rather than believe, with the model of section 2, which keeps nothing:

# %%
# the bare name, as in "name + description": one template for both
methods = {"name": clipnb.name_prompts(data.class_names, "{}")}
if descriptors:
    methods["name + description"] = clipnb.descriptor_prompts(descriptors)
    methods["description"] = clipnb.descriptor_prompts(descriptors, include_name=False)

# %%
texts = sum(len({s for name in t for s in t[name]}) for t in methods.values())
before = fresh.encoded
results = clipnb.summarize(clipnb.evaluate(fresh, kept, methods))
print(f"{len(kept)} images, {len(methods)} methods with {texts} texts in all;")
print(f"through a model without a cache went {fresh.encoded - before}: the texts, and no image.")
assert fresh.encoded - before == texts

# %% [markdown]
# Vectors belong to their model. Those of another one are refused, with both names, instead of giving nonsense. For collections that one machine cannot do, `clipnb.embed(…, engine="ray")` spreads the same work over many.

# %% [markdown]
# ## 7 · Beside the published figures
#
# ViT-B/32, top-1 in per cent: three of the rows of notebook 06, section 7, which has them all, with their controls. Below them is *this* run.

# %%
published = pd.DataFrame(
    [
        ("Pets: bare name, description (a re-run)", 79.94, 83.46),
        ("ImageNet: name, description (WaffleCLIP)", 62.00, 63.12),
        ("ImageNet: name, random words and characters", 62.00, 63.31),
    ],
    columns=["published", "name", "with more words"],
).set_index("published")
published.assign(gain=published["with more words"] - published["name"])

# %%
groups_here = ["all"] if REAL else ["seen", "held-out"]
own = clipnb.readable(results.loc[groups_here, ["n", "top1", "low", "high", "p_holm"]])
print(
    "Photos, a real CLIP:"
    if REAL
    else "Field guide, bundled CLIP (another world: compare the pattern, not the figures):"
)
own

# %% [markdown]
# On real benchmarks the gain is a few points, and random words have gained as much on ImageNet. Ours has two halves that real data mix: where the names are known there is nothing to gain, and where they are not, description does the work. How much of a published gain is which, no single figure tells; notebook 06 has the controls that do.
#
# **With `REAL = True`** on Pets, your bare names should come near 79.9. If you get about 10, the classes are in another order than the names: the best-known trap of such code. Here classes are matched by name, so it cannot happen silently.

# %% [markdown]
# ## Recap
#
# - Most of the time goes into the pictures: opening them, and one pass through the model. Keep the vectors.
# - A larger batch is faster until memory is full; it does not change the answer.
# - Half precision turns the vectors a little. On a GPU it is worth it, on most CPUs not.
# - With `mean` pooling any number of descriptors costs as much per picture as names alone.
# - Published figures need the same model, names, prompts and split beside them. Ours stand in another world, and say so.

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
answer = ...
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
collapse = ...
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
answer = ...
_ = clipnb.checks.check_choice("12.3", answer)

# %% [markdown]
# **4 (open).** With a network: set `REAL = True` and name a data set that you have. Ask a language model for descriptors of its classes (`python -m clipnb.llm --help`), add them to `methods`, and add `clipnb.controls(…)` of notebook 06. Does description beat the controls, on your data? Write down n, the interval and p before you tell anybody.
#
# <details><summary>Hint</summary>
#
# Descriptors in a file: `clipnb.load_descriptors("mine.json").match(data.class_names)`. Controls are functions of a seed, and stand beside the other methods: `clipnb.evaluate(clip, kept, {**methods, **clipnb.controls(descriptors)}, seeds=5)`.
#
# </details>

# %% [markdown]
# ## What's next
#
# *04* and *06* hold for your run too: read the reasons with `prediction.explain(i)`, and let no figure stand without its control. *13, Bring your own*, goes from a folder of your photos to a report; *09, Edit the criteria*, changes single phrases and watches the answers follow.
