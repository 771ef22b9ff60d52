"""Questions with named answers: the right one, and what to think of behind every wrong one. Here, so that no notebook holds the answer."""

from .basic import say

# exercise → right answer, wrong answer → what to think of
QUESTIONS = {
    "00.1": ("monarch", {
        "Apollo": "The model reads the phrases, and not the label that we stick on them.",
        "large white": "Whose row holds the Apollo's marks now?",
    }),
    "00.2": ("two", {
        "none": "Look for the colour of what the mask leaves.",
        "one": "The spots are one phrase. What lies around them?",
    }),
    "03.1": ("only confidence rises", {
        "nothing": "The order of the classes stays. But look at the ratio of two probabilities, e to the power of scale times difference.",
        "both rise": "Can multiplying all scores by the same positive number change which is the largest?",
    }),
    "04.1": ("300", {
        "30": "That is one class, or one sample of each question. Multiply classes, questions and samples.",
        "900": "Every answer is kept as soon as it arrives; what is asked a second time?",
    }),
    "06.1": ("same", {
        "other": "What do ten equal cosines add to each class?",
        "depends": "Write the mean as (sum of five + sum of ten) / 15.",
    }),
    "07.1": ("lower", {
        "equal": "The random name is read as well: it stands in every sentence of its class, and moves every vector.",
        "higher": "Which of the random words would be true of the picture?",
    }),
    "08.1": ("154 MB", {
        "308 MB": "That is float32. How many bytes has a 16-bit number?",
        "77 MB": "That would be one byte a number. How many bytes has a 16-bit number?",
    }),
    "08.3": ("sentences", {
        "pictures": "What does a picture's vector depend on? Look at section 6.",
        "both": "Half right. What does a picture's vector depend on? Look at section 6.",
    }),
}  # fmt: skip


def check_choice(exercise: str, answer) -> bool:
    """A question with named answers; every wrong one has its own feedback.

    Parameters
    ----------
    exercise : str, "06.1" is exercise 1 of notebook 06
    answer : what the reader wrote; ``...`` means not answered yet
    """
    right, wrong = QUESTIONS[exercise]
    answers = ", ".join(sorted([right, *wrong]))
    if answer is ...:
        say(False, f"Not answered yet: replace the three dots by one of {answers}.")
        return False
    given = str(answer).strip().lower()
    if given == right.lower():
        say(True, f"Yes, {right}.")
        return True
    hint = {k.lower(): v for k, v in wrong.items()}.get(given)
    say(False, hint or f"'{answer}' is not one of the answers: {answers}.")
    return False
