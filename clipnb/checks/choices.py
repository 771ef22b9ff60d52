"""Questions with named answers: the right one, and what to think of behind every wrong one. Here,
so that no notebook holds the answer."""

from .feedback import checked, say, shown

# exercise → correct answer, incorrect answer → what to think of
QUESTIONS = {
    "00.1": (
        "monarch",
        {
            "Apollo": "The model reads the phrases, and not the label that we stick on them.",
            "large white": "Whose row holds the Apollo's marks now?",
        },
    ),
    "00.2": (
        "two",
        {
            "none": "Look for the colour of what the mask leaves.",
            "one": "The spots are one phrase. What lies around them?",
        },
    ),
    "03.1": (
        "only confidence rises",
        {
            "nothing": "The order of the classes stays. But look at the ratio of two probabilities, e to the power of scale times difference.",
            "both rise": "Can multiplying all scores by the same positive number change which is the largest?",
        },
    ),
    "05.1": (
        "300",
        {
            "30": "That is one class, or one sample of each question. Multiply classes, questions and samples.",
            "900": "Every answer is kept as soon as it arrives; what is asked a second time?",
        },
    ),
    "04.1": (
        "same",
        {
            "other": "What do ten equal cosines add to each class?",
            "depends": "Write the mean as (sum of five + sum of ten) / 15.",
        },
    ),
    "06.1": (
        "as wide",
        {
            "narrower": "More seeds tell more about the dice. What would tell more about the images?",
            "wider": "Nothing has become less sure. Which of the two spreads do more seeds touch?",
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
            "both": "Half right. What does an image's embedding depend on? Look at section 6.",
        },
    ),
    "13.1": (
        "0.91",
        {
            "1.00": "Then no photo that you will ever take could be wrong. What would you say after 2 right of 2?",
            "0.99": "From 40 photos nobody can tell one mistake in a hundred: most likely it would not have happened yet.",
            "0.75": "If every fourth were wrong, 40 right ones in a row would be a miracle: 0.75 to the power of 40.",
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
    "09.1": (
        "lower",
        {
            "equal": "Now every phrase of a class speaks of its place, not three of ten.",
            "higher": "A phrase with the place in it is still a phrase with the place in it; how many are there now?",
        },
    ),
}


@checked
def check_choice(exercise: str, answer: object) -> bool:
    """A question with named answers; every wrong one has its own feedback.

    Parameters
    ----------
    exercise : str
        "04.1" is exercise 1 of notebook 04.
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
    given = _plain(answer)
    if given == _plain(right):
        say(True, f"Yes, {right}.")
        return True
    hint = {_plain(k): v for k, v in wrong.items()}.get(given)
    say(False, hint or f"'{shown(answer)}' is not one of the answers: {answers}.")
    return False


def _plain(answer) -> str | float:
    """An answer without what does not matter: capitals, spaces around it, and how a number is
    written."""
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError):
        return shown(answer).strip().lower()
