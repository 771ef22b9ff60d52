"""A few inputs of every kind that nobody wrote on purpose; ``make fuzz`` tries 20,000."""

import fuzz
import pytest

COUNTS = {
    "descriptors": 300,
    "answers": 300,
    "images": 60,
    "folders": 25,
    "commands": 60,
    "notebooks": 60,
}


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_no_internal_error_and_no_wrong_result_without_a_word(kind, monkeypatch):
    for name in ("CLIPNB_LLM_MODEL", "CLIPNB_LLM_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    wrong = fuzz.run(kind, seed=1, count=COUNTS[kind])
    assert not wrong, "\n".join(f"--kind {kind} --only 1:{n}: {what}" for n, what in wrong[:5])


def test_the_fuzzer_notices_what_it_looks_for(tmp_path, monkeypatch):
    """Otherwise it could not fail."""
    wrong = lambda text: ["a green beak"]
    monkeypatch.setattr("clipnb.classify.quality.parse_list", wrong)
    # half of the answers are changed, and then only invented words are wrong
    assert len(fuzz.run("answers", seed=1, count=20)) >= 8
    monkeypatch.setattr("clipnb.load_descriptors", lambda path: {}["a raw error"], raising=False)
    assert any("a raw error" in what for _, what in fuzz.run("descriptors", seed=1, count=20))
    monkeypatch.setattr("clipnb.load_descriptors", lambda path: {"bird": ["x"]}, raising=False)
    assert fuzz.run("descriptors", seed=1, count=20)
