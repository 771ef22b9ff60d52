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
# **How do you classify thousands of photos with a real CLIP, without computing anything twice?** The method stays the same; time and memory are new.
#
# **What you'll do.** Measure where the time goes, reduce it, store the embeddings, and compare your own run with the published figures.
#
# **What you'll learn.** What a batch costs in memory; what half precision changes; why many descriptors cost no more per image than names; how to embed once and classify often.
#
# **What you'll need.** Notebooks 03 and 04, and pyarrow (`pip install 'clipnb[embed]'`; `make` has installed it). A GPU and a network if you have them; without them, the same cells run on the bundled CLIP, and say so.
#
# **Time.** 30 minutes to read; it runs in less than a minute on a laptop. With a real CLIP, add the time of the download.
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

import numpy as np
import pandas as pd
import torch

import clipnb

# %% [markdown]
# ## 1 · Model and device
#
# **Which model, which images, which device?** `REAL = False` uses the bundled CLIP and the field guide in every cell. `REAL = True` downloads OpenAI's ViT-B/32 from the Hugging Face Hub (605 MB, once). It reads the data set that you name, with the descriptors that clipnb has for it (section 7). Nothing else has to be changed.

# %%
REAL = False
MODEL = "openai/clip-vit-base-patch32"
# or cub:, food101:, dtd:, eurosat:, cifar100:, imagenet:, hf:…, or a folder of your own
IMAGES = "pets:~/data/oxford-iiit-pet"
DESCRIPTORS = "pets"  # of this data set; or a file of yours; None: class names only

# %%
load = partial(clipnb.load_clip, MODEL if REAL else None)
clip = load()
data = clipnb.load_images(IMAGES) if REAL else clipnb.load_fieldguide("test", per_species=10)
note = "The bundled CLIP on drawings of the field guide: no figure below is about photos."
print("A real CLIP on photos." if REAL else note)

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: the device and the threads differ between machines
print(f"{clip}, {clip.dtype}, {torch.get_num_threads()} threads")

# %% [markdown]
# `load_clip` finds a GPU of NVIDIA (`cuda`) or Apple (`mps`). On `cuda`, half precision (section 4) is the default. If the line says `cpu` although you have an NVIDIA GPU, check its driver and the build of torch: `python -c "import torch; print(torch.version.cuda)"` prints `None` for a CPU build.

# %% [markdown]
# **Which models?** `load_clip` takes several families of CLIP, by their name on the Hub or from a local folder. It refuses any other model before its weights are read, with the list of what it takes:

# %%
other = Path(tempfile.mkdtemp())
(other / "config.json").write_text('{"model_type": "blip"}')
try:
    clipnb.load_clip(other)
except (ValueError, OSError) as error:
    print(str(error).replace(str(other), "other"))

# %% [markdown]
# ## 2 · Where does the time go?
#
# From files to embeddings there are three steps: open, resize and normalise, encode. We time each on the same images. By default, `load_clip` keeps embeddings in a cache and encodes no image twice; to measure times, we turn it off. One image is encoded first and not timed (a warm-up).
#
# ![Files go to three worker processes, their images into a batch, the batch to the GPU, and the embeddings into storage; while the GPU encodes one batch, the workers prepare the next.](diagrams/batches-and-workers.svg)

# %%
fresh = load(cache=False)
fresh.encode_images(data.images[0])
some = data.select(range(0, len(data), max(1, len(data) // 128)))


def seconds(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


# %%
images = list(some.images)
pixels = fresh.image_processor(images, return_tensors="pt")["pixel_values"]


@torch.inference_mode()
def encode_batch():  # .cpu() waits until the GPU has finished
    batch = pixels[:32].to(fresh.device, fresh.dtype)
    fresh.model.get_image_features(pixel_values=batch).pooler_output.cpu()


# %%
per_image = {
    "open": seconds(lambda: list(some.images)) / len(some),
    "resize and normalise": seconds(lambda: fresh.image_processor(images)) / len(some),
    "encode": seconds(encode_batch) / len(pixels[:32]),
}

# %% tags=["nbval-ignore-output"]
# nbval-ignore-output: times differ from run to run
times = pd.Series(per_image, name="milliseconds an image") * 1000
pd.DataFrame({times.name: times.round(2), "share": (times / times.sum()).map("{:.0%}".format)})

# %% [markdown]
# Look at the shares, not at the times. (For the field guide, "open" means to draw the image.) A faster device can reduce the share of *encode* only; if the others are large, a GPU waits for images. But both can run at the same time, as in the diagram: `encode_images` prepares the next images in the worker processes of a PyTorch `DataLoader` while the model encodes.

# %% [markdown]
# **Workers.** A worker is a separate process that opens and resizes images. Since it takes time to start, `encode_images` uses workers only if it expects to save more: up to one per core for many files, none for few files or images in memory. `load_clip(workers=…)` sets the number, which must not change the embeddings:

# %%
files = Path(tempfile.mkdtemp())
for i, image in enumerate(images[:48]):
    image.save(files / f"{i:02d}.png")
photos = clipnb.load_images(files)
none, two = (load(cache=False, workers=n).encode_images(photos) for n in (0, 2))
assert (none * two).sum(1).min() > 0.99999
print(f"{len(photos)} files: the same embeddings with two workers and with none.")

# %% [markdown]
# A file that cannot be read is named, and all others are encoded. We damage one and look at the message:

# %%
(files / "07.png").write_bytes(b"no image any more")
try:
    load(cache=False, workers=2).encode_images(photos)
except ValueError as error:
    print(str(error).replace(str(files), "photos"))

# %% [markdown]
# ## 3 · Batches
#
# **How many images at a time?** A GPU encodes the images of a *batch* in parallel, and its memory limits the size of the batch. The pixels alone, in 32-bit numbers, need:


# %%
def megabytes(batch, side, bytes_per_number):
    return batch * 3 * side * side * bytes_per_number / 1e6


side = clip.model.config.vision_config.image_size
batches = pd.Index([64, 512, 4096], name="images in a batch")
columns = {f"{s} × {s}, MB": [megabytes(n, s, 4) for n in batches] for s in (side, 224)}
pd.DataFrame(columns, index=batches).round(1)

# %% [markdown]
# The layers need memory as well. On a GPU, `load_clip` measures the need on the first batch and then takes as many images as fit. A batch that still runs out of memory is repeated in halves. The size of the batch must not change the embeddings:

# %%
exact = partial(load, cache=False, dtype=torch.float32)
small = exact(batch_size=7).encode_images(some)
large = exact(batch_size=128).encode_images(some)
assert (small * large).sum(1).min() > 0.99999
print("The same embeddings from batches of 7 and of 128.")

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
answer = ...
_ = clipnb.checks.check_choice("12.1", answer)

# %%
if answer is not ...:
    print(f"you said {answer}; computed: {megabytes(512, 224, 2):.0f} MB")

# %% [markdown]
# ## 4 · Half precision
#
# **Do the predictions change with 16-bit numbers?** They need half the memory, and many GPUs have faster units for them. There are two formats: `float16` is more precise, `bfloat16` has a wider range.

# %%
whole, half = load(dtype=torch.float32), load(dtype=torch.bfloat16)
source = DESCRIPTORS if REAL else "fieldguide"
descriptors = clipnb.load_descriptors(source).match(data.class_names) if source else None
table = clipnb.descriptor_prompts(descriptors) if descriptors else clipnb.name_prompts(data.class_names)
predictions = [clipnb.ZeroShotClassifier(c, table).predict(some).labels for c in (whole, half)]

# %%
cosines = (whole.encode_images(some) * half.encode_images(some)).sum(1)
same = sum(a == b for a, b in zip(*predictions)) / len(some)
angle = torch.rad2deg(torch.arccos(cosines.clamp(max=1))).max()
print(f"{len(some)} images: the largest angle between the two embeddings of an image is {angle:.1f}°;")
print(f"the same prediction for {'more than 95' if same > 0.95 else f'{100 * same:.0f}'} in 100.")
assert cosines.min() > 0.999 and same > 0.9

# %% [markdown]
# A small change of an embedding changes each score only a little, so only classes with nearly equal scores can change order. Before you report a difference in accuracy, use McNemar's test on the same images (notebook 03). On a CPU, half precision may be *slower*: measure it, or keep the default.

# %% [markdown]
# ## 5 · More descriptors cost no more per image
#
# **What do more descriptors cost?** The direct way computes the cosine with every text and averages per class. But a mean of dot products is the dot product with the mean (notebook 04). So the text embeddings of a class can be averaged to one row, once for all images:

# %%
texts = [text for name in table for text in table[name]]
groups = torch.tensor([c for c, name in enumerate(table) for _ in table[name]])
embeddings, rows = clip.encode_images(some), clip.encode_texts(texts)

# %%
per_text = clipnb.pool(embeddings @ rows.T, groups)  # a cosine for every text, then the mean
per_class = torch.stack([rows[groups == c].mean(0) for c in range(len(table))])  # once
assert torch.allclose(embeddings @ per_class.T, per_text, atol=1e-5)
print(f"{len(texts)} texts become {len(per_class)} rows.")

# %% [markdown]
# With m texts, n classes and d dimensions, an image costs m · d multiplications with one cosine per text, and n · d with one row per class. With 1,000 classes of about six descriptors each and d = 512:

# %%
counts = {"one cosine per text": 6000 * 512, "one row per class": 1000 * 512, "names alone": 1000 * 512}
pd.Series(counts, name="multiplications an image").map("{:,}".format).to_frame()

# %% [markdown]
# (`max` pooling, notebook 04, still needs every text.) The reasons remain available: `prediction.explain(i)` computes the cosines of single texts for image `i` only.

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
collapse = ...
_ = clipnb.checks.check_collapse(collapse)

# %% [markdown]
# ## 6 · Embed once, classify often
#
# **What has to be computed again when the classes change?** Image embeddings do not depend on your classes. So embed the collection once, on a fast machine, and store the embeddings. `clipnb.embed` writes Parquet files, a format for tables that many tools read. After an interruption it continues where it stopped.

# %%
folder = Path(tempfile.mkdtemp()) / "embeddings"
kept = clipnb.load_embeddings(clipnb.embed(data, folder, clip))
print(kept, sorted(path.suffix for path in folder.iterdir() if not path.name.startswith(".")))

# %% [markdown]
# New prompts now need no image encoder. We count what goes through the model of section 2, which has no cache:

# %%
# the bare name, as in "name + description": one template for both
methods = {"name": clipnb.name_prompts(data.class_names, "{}")}
if descriptors:
    methods["name + description"] = clipnb.descriptor_prompts(descriptors)
    methods["description"] = clipnb.descriptor_prompts(descriptors, include_name=False)

# %%
before = fresh.encoded
results = clipnb.summarize(clipnb.evaluate(fresh, kept, methods))
n_texts = sum(len({text for name in t for text in t[name]}) for t in methods.values())
print(f"{len(kept)} images, {len(methods)} methods, {n_texts} texts in all;")
print(f"encoded: {fresh.encoded - before}, the texts and no image.")
assert fresh.encoded - before == n_texts

# %% [markdown]
# Embeddings of different models cannot be compared, so those of another model are refused, with both names. For collections that are too large for one machine, `clipnb.embed(…, engine="ray")` distributes the same work. Notebook 13 exports predictions for other tools.

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
answer = ...
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
reason = ...
_ = clipnb.checks.check_choice("12.4", reason)

# %% [markdown]
# ## 7 · Compared with the published figures
#
# **Does your run agree with published figures?** Top-1 accuracy in per cent, ViT-B/32. The rows for Pets are independent reruns, not peer-reviewed; those for ImageNet are from WaffleCLIP. Notebook 06 has more, with controls and sources.

# %%
published = pd.DataFrame(
    [
        ("Pets", "{}", "description", 79.94, 83.46),
        ("Pets", "a photo of a {}", "description", 85.04, 85.25),
        ("ImageNet", "A photo of a {}", "description", 62.00, 63.12),
        ("ImageNet", "A photo of a {}", "random words", 62.00, 63.31),
    ],
    columns=["published", "template", "added", "name alone", "with it"],
).set_index("published")
published.assign(gain=published["with it"] - published["name alone"]).round(2)

# %%
which = ["all"] if REAL else ["seen", "held-out"]
own = clipnb.readable(results.loc[which, ["n", "top1", "low", "high", "p_holm"]])
elsewhere = "Field guide, bundled CLIP (drawings: compare the pattern, not the figures):"
print("Photos, a real CLIP:" if REAL else elsewhere)
own

# %% [markdown]
# On Pets, the gain of the description is much smaller where the name alone has a template. On ImageNet, random words gain as much as descriptors. So compare a gain only with one from the same template, and with its control.
#
# In the field guide, training captions contain the *seen* names and not the *held-out* ones. The bundled CLIP was trained on such drawings, with captions and attribute labels, and results on held-out species were looked at while it was developed (notebook 06).
#
# **With `REAL = True`** on Pets, compare your bare names with the first row. An accuracy near 10 is known from code in which the prompts are in another order than the labels. `clipnb` matches classes by name and refuses a mismatch.

# %% [markdown]
# The running examples of the course, from the stored embeddings: accuracy among all classes.

# %%
running = ["tree frog", "tailed frog", "Colorado potato beetle", "rose chafer"]
if not REAL:
    for what, prompts in methods.items():
        found = clipnb.per_class(clipnb.ZeroShotClassifier(clip, prompts), kept).loc[running]
        print(
            f"{what:20s}", *(f"{name} {share:.1f}" for name, share in found["recall"].items()), sep="  "
        )
    print(f"n = {found['n'].min()} images of each; names in training captions:", end=" ")
    counts = np.asarray(data.name_frequency)
    print([int(counts[data.class_names.index(name)]) for name in running])

# %% [markdown]
# **Public data sets.** clipnb has descriptors for ten of them, written for it by a language model from the class names. Their class names equal those of the loaders: `load_images("pets:…")` and `load_descriptors("pets")` fit together. Five of them:

# %%
public = {name: clipnb.load_descriptors(name) for name in ("pets", "eurosat", "dtd", "food101", "cub")}
counts = {
    name: {"classes": len(d), "descriptors": sum(map(len, d.values()))} for name, d in public.items()
}
pd.DataFrame(counts).T

# %% [markdown]
# `make real` does this comparison in one command: it fetches ViT-B/32 and Pets, embeds, compares name, templates, descriptors and controls, and prints the published figures beside yours, with the differences in model, template and split.

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

# %% [markdown]
# ## The answer
#
# **How do you classify thousands of photos without computing anything twice?** Embed the images once, in batches and with workers, and store the embeddings. A new table of prompts then costs its texts and one matrix product.

# %% [markdown]
# ## Recap
#
# - Measure which step takes the time before you change anything.
# - Memory limits the size of a batch; the size does not change the embeddings.
# - Half precision changes embeddings slightly. Measure whether it is faster on your device.
# - With `mean` pooling, any number of descriptors costs as much per image as names alone.
# - Compare with a published figure only if model, names, prompts and split are the same.

# %% [markdown]
# ## What's next
#
# *13, Bring your own*, goes from a folder of your photos to a report. For your run, too, read the reasons with `prediction.explain(i)`, and report each accuracy with its control and its interval.
