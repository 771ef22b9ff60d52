"""Questions with named answers: the right one, and what to think of behind every wrong one. Here,
so that no notebook holds the answer."""

import numpy as np

from .feedback import checked, say, shown

# exercise → correct answer, incorrect answer → what to think of
QUESTIONS = {
    "00.1": (
        "tailed frog",
        {
            "tree frog": "The model reads the descriptors, and not the name of their class.",
            "neither": "The scores of the other nine classes are as before. Which class has the highest one now?",
        },
    ),
    "00.2": (
        "classes",
        {
            "descriptors": "Who wrote them does not matter for the count. Would the conclusion hold for the beetles of section 5?",
            "probabilities": "Counting the best class is fair to both. Would the conclusion hold for the beetles of section 5?",
        },
    ),
    "03.1": (
        "only confidence rises",
        {
            "nothing": "The order of the classes stays. But look at the ratio of two probabilities, e to the power of scale times difference.",
            "both rise": "Can multiplying all scores by the same positive number change which is the largest?",
        },
    ),
    "03.3": (
        "images",
        {
            "interval": "Both give nearly the same interval here. What does the largest of twelve numbers tell about new images?",
            "pairing": "The same images for both prompts make the comparison sharper. Which images chose the winner?",
            "baseline": "The bare name is a fair baseline, and it was chosen beforehand. Was the winner?",
        },
    ),
    "05.6": (
        "300",
        {
            "30": "That is one class, or one sample of each question. Multiply classes, questions and samples.",
            "900": "Every answer is kept as soon as it arrives; what is asked a second time?",
        },
    ),
    "05.3": (
        "selection",
        {
            "pooling": "One prompt needs no pooling. How many draws were made, and which is reported?",
            "names": "Some of the prompts hold the name; all methods of the first article do. How many draws were made, and which is reported?",
            "images": "Both frogs are counted, which is good. How many draws were made, and which is reported?",
        },
    ),
    "05.4": (
        "images",
        {
            "calls": "More calls cost more and are no error of the figure. Which images chose what was asked?",
            "pooling": "All rows have the same pooling. Which images chose what was asked?",
        },
    ),
    "05.5": (
        "same",
        {
            "higher": "A selection can only leave out descriptors. Which ones does this one leave out?",
            "lower": "How many descriptors does a class lose that has fewer than 100?",
        },
    ),
    "09.6": (
        "species",
        {
            "images": "More images narrow the intervals, but both groups are as large. What else differs between them?",
            "threshold": "A stricter threshold flags fewer of them, for the same reason. What else differs between the groups?",
        },
    ),
    "04.2": (
        "same",
        {
            "other": "What do ten equal cosines add to each class?",
            "depends": "Write the mean as (sum of five + sum of ten) / 15.",
        },
    ),
    "04.4": (
        "labels",
        {
            "pooling": "The mean is the paper's rule, and it has worked above. In which order are the classes stored?",
            "softmax": "Softmax changes no order, so the predicted class is the same. In which order are the classes stored?",
            "names": "Descriptors without names have worked above. In which order are the classes stored?",
        },
    ),
    "06.2": (
        "as wide",
        {
            "narrower": "More seeds say more about the draw of the noise. What would say more about the images?",
            "wider": "Nothing has become less certain. Which of the two spreads do more seeds change?",
        },
    ),
    "06.6": (
        "template",
        {
            "images": "That is the group in which a description should help. What else differs between the tables?",
            "average": "An interval is missing, but with one the number would still mix two changes. Which?",
        },
    ),
    "12.1": (
        "154 MB",
        {
            "308 MB": "That is float32. How many bytes has a 16-bit number?",
            "77 MB": "That would be one byte a number. How many bytes has a 16-bit number?",
        },
    ),
    "12.3": (
        "texts",
        {
            "images": "What does an image's embedding depend on? Look at section 6.",
            "both": "One of them is enough. What does an image's embedding depend on? Look at section 6.",
        },
    ),
    "12.4": (
        "cache",
        {
            "device": "Both lines use the same device. How many images does it encode there?",
            "images": "More images would not help. How many of these does each line encode?",
        },
    ),
    "13.1": (
        "0.91",
        {
            "1.00": "Then no prediction could ever be incorrect. What would you say after 2 correct of 2?",
            "0.99": "From 40 photos nobody can tell one mistake in a hundred: most likely it would not have happened yet.",
            "0.75": "If every fourth were incorrect, 40 correct ones in a row would be very unlikely: 0.75 to the power of 40.",
        },
    ),
    "13.3": (
        "chance",
        {
            "interval": "Wilson's interval is a good one for 45 of 50. What would a classifier that always says robin reach?",
            "photos": "More photos would make the interval narrower. What would a classifier that always says robin reach?",
            "labels": "Every photo is compared with its own label. What would a classifier that always says robin reach?",
        },
    ),
    "07.3": (
        "sum",
        {
            "baseline": "The sum and the difference use the same plain colour. What would another seed show?",
            "squares": "Squares are players like any others. What would another seed show?",
            "text": "One text has one cosine, and this is explained. What would another seed show?",
        },
    ),
    "07.4": (
        "white",
        {
            "black": "White minus black is the largest difference there is, so these pixels can get a lot.",
            "blur": "A blurred owl differs from the owl at its edges and marks. Which baseline *equals* the plain feathers?",
        },
    ),
    "08.2": (
        "0.5",
        {
            "0": "That would be a map that always moves to the part that is not named. Does a constant map move?",
            "1": "That would be a map that always moves to the named part. Does a constant map move?",
        },
    ),
    "08.4": (
        "control",
        {
            "images": "More images would make the share more precise. What would you compare it with?",
            "mask": "The masks of the field guide are exact. What would you compare the share with?",
            "mean": "The median would be much the same. What would you compare it with?",
        },
    ),
    "11.3": (
        "same",
        {
            "fewer": "A larger penalty moves every weight towards 0. Which quantity of the problem grew at the same time?",
            "more": "The images are longer now, so the squared error counts more. But what happened to the penalty?",
        },
    ),
    "11.4": (
        "dimensions",
        {
            "seed": "Other seeds give the same result. How many numbers hold an embedding, and how many scores are read here?",
            "penalty": "The weights are sparse. But can a linear step get back the whole embedding from this many scores?",
            "images": "Train and test images are different ones. How many scores does the classifier read, and how long is an embedding?",
        },
    ),
    "10.3": (
        "text",
        {
            "nearest": "That is the other end: with a very large beta only the nearest shot keeps a weight. What is exp(0)?",
            "prototypes": "A prototype still looks at the cosines. What does a weight depend on if beta is 0?",
        },
    ),
    "10.4": (
        "itself",
        {
            "grid": "A wider grid would find a pair that looks better still. Whom is each shot compared with?",
            "accuracy": "The loss would show the same. Whom is each shot compared with?",
            "seed": "Other shots would reach the same. Whom is each shot compared with?",
        },
    ),
    "01.1": (
        "49",
        {
            "7": "That is one line of patches.",
            "1024": "That is the number of pixels in one patch.",
        },
    ),
    "01.5": (
        "offset",
        {
            "scale": "A positive factor changes no order: would another longest bar appear?",
            "length": "encode_texts and encode_images return unit embeddings. Check one with .norm().",
            "average": "A mean over images of one class is fine here. What would the same prompts score on beetles?",
        },
    ),
    "02.1": (
        "by ln 2",
        {
            "not at all": "Guessing among more candidates is correct less often.",
            "it doubles": "Subtract: ln(128) − ln(64) = ln(128/64).",
        },
    ),
    "02.6": (
        "candidates",
        {
            "seed": "Another seed would move both losses a little. What does guessing cost at 16, and at 64?",
            "steps": "Both runs have taken 200 steps. What is asked of the model at each of them?",
            "temperature": "Both models learn their own. What does a loss of 2.2 mean at a batch of 16, and at 64?",
        },
    ),
    "09.2": (
        "lower",
        {
            "equal": "Now every descriptor of a class speaks of its place, not three of ten.",
            "higher": "A descriptor with the place in it still has the place in it; how many are there now?",
        },
    ),
    "09.4": (
        "images",
        {
            "pooling": "All four use `mean`. Which images chose the winner?",
            "names": "None of the four has names, so they can be compared. Which images chose the winner?",
        },
    ),
}


@checked
def check_choice(exercise: str, answer: object) -> bool:
    """A question with named answers; every wrong one has its own feedback.

    Parameters
    ----------
    exercise : str
        "04.2" is exercise 2 of notebook 04.
    answer : object
        What the reader wrote; ``...`` means not answered yet.
    """
    if exercise not in QUESTIONS:
        say(False, f"There is no question '{shown(exercise)}'. Available: {', '.join(QUESTIONS)}.")
        return False
    right, wrong = QUESTIONS[exercise]
    answers = ", ".join(
        f'"{one}"'
        for one in sorted([right, *wrong], key=lambda one: (len(one) if one.isdigit() else 0, one))
    )
    if answer is ...:
        say(False, f"Not answered yet: replace the three dots by one of {answers}.")
        return False
    if not isinstance(answer, (str, int, float, np.number)):
        kind = type(answer).__name__
        say(False, f"This is of the type {kind}; write one of these, with the quotes: {answers}.")
        return False
    given = _plain(answer)
    if given == _plain(right):
        say(True, f"Yes, {right}.")
        return True
    hint = {_plain(k): v for k, v in wrong.items()}.get(given)
    say(False, hint or f"'{shown(answer)}' is not one of the answers: {answers}.")
    return False


def _plain(answer) -> str | float:
    """An answer without what does not matter: capitals, spaces, quotes and a full stop around it, a
    leading article, and how a number is written."""
    text = " ".join(shown(answer).lower().strip(" `'\".").removeprefix("the ").split())
    try:
        return float(text.removesuffix("mb"))
    except (ValueError, OverflowError):
        return text
