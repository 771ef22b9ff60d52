"""Formulas of a notebook as MathML, which browsers show without a script: for pages that need no
network, ``make run``'s and the slides. It knows what the course's formulas hold; anything else
stays as it is written."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from nbconvert.preprocessors import Preprocessor

# code, which may hold a dollar, or a formula: $$…$$ or $…$
FORMULA = re.compile(
    r"(?P<code>^(?P<fence>```+).*?^(?P=fence)|`[^`\n]*`)"
    r"|\$\$(?P<display>[^$]+)\$\$"
    r"|(?<![\\\w$])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$])?)\$(?![\w$])",
    re.M | re.S,
)
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.S)
LETTERS = {"alpha": "α", "beta": "β", "phi": "ϕ", "sigma": "σ", "tau": "τ", "theta": "θ"}
SIGNS = {"cdot": "⋅", "in": "∈", "top": "⊤", "lvert": "|", "rvert": "|", "sum": "∑", "times": "×"}
NAMES = {"log", "exp", "cos", "max", "min"}
SPACES = {",": 0.17, ";": 0.28, "!": -0.17, " ": 0.25, "quad": 1, "qquad": 2}
SIZES = {"left", "right", "big"}  # of the bracket that follows; MathML stretches it by itself
THIN = '<mspace width="0.17em"></mspace>'
BELOW = {"∑", "max", "min"}  # their subscript goes below them in a line of its own


class Unknown(ValueError):
    """Something in a formula that is not known here."""


def mathml(formula: str, display: bool = False) -> str:
    """A formula in TeX as MathML.

    Raises
    ------
    Unknown
        If it holds a command or a bracket that is not known.
    """
    tokens = [token for token in TOKEN.findall(formula.strip()) if not token.isspace()]
    # \text{…} keeps its spaces, so it is taken from the formula itself
    words = re.findall(r"\\(?:text|mathrm)\s*\{([^{}]*)\}", formula)
    parser = _Parser(tokens, iter(words), display)
    row = parser.row()
    if parser.tokens:
        raise Unknown(f"a bracket too many in {formula}")
    kind = ' display="block"' if display else ""
    return f"<math{kind}>{row}</math>"


class _Parser:
    def __init__(self, tokens: list[str], words, display: bool):
        self.tokens, self.words, self.display = tokens, words, display

    def row(self) -> str:
        """Everything up to the end or a closing bracket."""
        parts = []
        while self.tokens and self.tokens[0] != "}":
            parts.append(self.scripted())
        return f"<mrow>{''.join(parts)}</mrow>"

    def group(self) -> str:
        """What a command is applied to: {…}, or the next sign."""
        if self.next() != "{":
            raise Unknown("a command without its {")
        row = self.row()
        if self.next() != "}":
            raise Unknown("a bracket that is not closed")
        return row

    def next(self) -> str:
        if not self.tokens:
            raise Unknown("the formula ends too early")
        return self.tokens.pop(0)

    def scripted(self) -> str:
        """One sign with what is above and below it."""
        base = self.atom()
        scripts = {}
        while self.tokens and self.tokens[0] in "^_":
            place = self.next()
            braced = self.tokens and self.tokens[0] == "{"
            scripts[place] = self.group() if braced else self.atom()
        under = self.display and any(f">{sign}<" in base for sign in BELOW)
        tag = {"_": "munder" if under else "msub", "^": "msup", "_^": "msubsup"}.get(
            "".join(sorted(scripts, reverse=True)) or "-"
        )
        if tag is None:
            return base
        return f"<{tag}>{base}{''.join(scripts[place] for place in '_^' if place in scripts)}</{tag}>"

    def atom(self) -> str:
        token = self.next()
        if token == "{":
            self.tokens.insert(0, token)
            return self.group()
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "}^_&#%~$":
            raise Unknown(token)
        return _sign("−" if token == "-" else token)

    def command(self, name: str) -> str:
        if name in LETTERS:
            return f"<mi>{LETTERS[name]}</mi>"
        if name in NAMES:
            follows = self.tokens[0] if self.tokens else ""
            return f"<mi>{name}</mi>{'' if follows in ('', '_', '^', '(') else THIN}"
        if name in SIGNS:
            return _sign(SIGNS[name])
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}em"></mspace>'
        if name in SIZES:
            return self.atom()
        if name == "frac":
            return f"<mfrac>{self.group()}{self.group()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self.group()}</msqrt>"
        if name in ("text", "mathrm"):
            self.group()
            text = html.escape(next(self.words)).replace(" ", "&nbsp;")
            return f"<mtext>{text}</mtext>"
        raise Unknown(name)


def _sign(sign: str) -> str:
    """An operator. Its letters are entities where Markdown would read them: | begins a cell."""
    code = f"&#{ord(sign)};" if sign in "|*<>&`" else sign
    plain = ' stretchy="false"' if sign in "()" else ""
    if sign in "|/":  # read as an operator between two things, it would get spaces
        plain = ' stretchy="false" lspace="0" rspace="0"'
    return f"<mo{plain}>{code}</mo>"


def replaced(text: str, put: Callable[[str], str]) -> str:
    """Markdown with ``put(MathML)`` in place of every formula that is known."""

    def one(found: re.Match[str]) -> str:
        tex = found["display"] or found["inline"]
        if tex is None:
            return found[0]
        try:
            return put(mathml(tex, found["display"] is not None))
        except Unknown:
            return found[0]

    return FORMULA.sub(one, text)


class Formulas(Preprocessor):
    """For nbconvert: formulas in Markdown cells become MathML."""

    def preprocess_cell(self, cell, resources, index):
        """One cell."""
        if cell.cell_type == "markdown":
            cell.source = replaced(cell.source, lambda formula: formula)
        return cell, resources
