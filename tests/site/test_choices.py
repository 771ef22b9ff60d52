"""Exercises on a page: questions with named answers are radio buttons, checked in the page, and no
cell shows a cross for an answer that cannot be given there."""

import copy
from pathlib import Path

import pytest
from live_browser import LIVE, module_page

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def course(builder):
    import course

    return course


def test_no_exercise_shows_a_cross_and_every_question_has_its_answers(course):
    seen = 0
    for notebook in course.read_notebooks(ROOT / "notebooks"):
        asked = [cell for cell in notebook.cells.cells if "check_choice(" in cell.source]
        before = copy.deepcopy(notebook.cells.cells)
        try:
            course.fold_solutions(notebook)
        except SystemExit:  # edited, and not built again yet
            continue
        cells = notebook.cells.cells
        forms = [cell.source for cell in cells if "clipnb-choice" in cell.source]
        assert len(forms) == len([cell for cell in asked if cell.cell_type == "code"])
        assert not [
            output.text
            for cell in cells
            if "clipnb.checks.check" in cell.source and cell.cell_type == "code"
            for output in cell.outputs
            if output.get("text", "").startswith("✘")
        ]
        assert sum(len(cell.get("outputs", [])) for cell in before) >= sum(
            len(cell.get("outputs", [])) for cell in cells
        )
        seen += len(forms)
    assert seen > 5


def test_every_question_has_one_right_answer(course):
    from clipnb.checks.choices import QUESTIONS

    assert course.questions() == QUESTIONS
    for number, (right, wrong) in QUESTIONS.items():
        form = course.choices(f'_ = clipnb.checks.check_choice("{number}", answer)')
        assert form.count('data-right="True"') == 1 and right not in wrong
        assert form.count("<label>") == 1 + len(wrong)
    assert course.choices("x = 1") == ""


def test_an_answer_is_told_at_once(lab, course):
    form = course.choices('check_choice("03.1", answer)').splitlines()[1]
    script = (LIVE / "bundles" / "choices_page.js").read_text("utf-8")
    with module_page(lab, {}, f"{form}<script>{script}</script>") as sight:
        page = sight.page
        radios = page.locator("[type=radio]")
        assert radios.count() == 3 and not page.locator("form").get_attribute("hidden")
        page.get_by_label("nothing").check()
        assert page.inner_text("[role=status]").startswith("Not yet. The order of the classes")
        page.get_by_label("only confidence rises").check()
        assert "✔ Correct." in page.inner_text("[role=status]")
