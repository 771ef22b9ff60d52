"""The frames that captions are put into, and words that belong to no kind."""

from __future__ import annotations

IMAGES = [
    "a photo of {}",
    "an image of {}",
    "an image of {}",
    "a drawing of {}",
    "an illustration of {}",
    "a close-up of {}",
    "a painting of {}",
    "photo of {}",
    "this is {}",
    "here is {}",
    "we see {}",
    "a good photo of {}",
    "a plate showing {}",
]

SUBJECT_WITH = [
    "{} with {}",
    "{}, which has {}",
    "{} which has {}",
    "{}: {}",
    "{} showing {}",
    "{} that has {}",
    "{}; note {}",
    "{} with {}",
    "{}, with {}",
    "{}, {}",
    "{} known by {}",
    "{} recognised by {}",
    "{}, it has {}",
    "{} having {}",
    "{}, which is known for {}",
    "{} marked by {}",
    "{} distinguished by {}",
]

MARKS_ONLY = [
    "{}",
    "{}",
    "{}",
    "{}",
    "{}",
    "it has {}",
    "which has {}",
    "has {}",
    "with {}",
    "look for {}",
    "note {}",
    "there is {}",
    "you can see {}",
    "showing {}",
    "characterised by {}",
    "{} visible",
    "{} stands out",
    "distinctive {}",
]

ASIDES = [
    "early in the morning",
    "on a sunday afternoon",
    "taken by a friend",
    "seen on holiday",
    "found last week",
    "my favourite",
    "spotted by the children",
    "number twelve in our list",
    "from an old book",
    "photographed with patience",
    "on a fine day",
    "a lucky find",
    "one of many this year",
    "rarely seen here",
    "quite common",
    "as big as you would expect",
    "sharp and clear",
    "for the school project",
    "seen by chance",
    "not far from home",
    "on a rainy day",
    "sketched from life",
    "what a beauty",
    "in good light",
    "in the evening light",
    "ready for the collection",
    "as the guide says",
    "easy to recognise",
    "page thirty",
]

NUMBERS = {2: ["two", "a pair of", "a couple of"], 3: ["three", "a group of three", "a few"]}

IRREGULAR = {
    "leaf": "leaves",
    "fish": "fish",
    "goldfish": "goldfish",
    "clownfish": "clownfish",
    "foliage": "foliage",
    "ivy": "ivies",
}
