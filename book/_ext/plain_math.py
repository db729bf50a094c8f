"""A formula as a line of text, for places that set no formulas: search and previews."""

import re
import unicodedata

VARIANTS = {"epsilon": "ε", "varepsilon": "ε", "varphi": "φ", "phi": "φ", "ell": "ℓ"}
SIGNS = {
    "approx": "≈",
    "cdot": "·",
    "cdots": "…",
    "dots": "…",
    "equiv": "≡",
    "ge": "≥",
    "gg": "≫",
    "in": "∈",
    "infty": "∞",
    "int": "∫",
    "langle": "⟨",
    "ldots": "…",
    "le": "≤",
    "leftarrow": "←",
    "ll": "≪",
    "lvert": "|",
    "mapsto": "↦",
    "mid": "|",
    "ne": "≠",
    "neq": "≠",
    "partial": "∂",
    "pm": "±",
    "prod": "∏",
    "propto": "∝",
    "rangle": "⟩",
    "rvert": "|",
    "sim": "~",
    "simeq": "≃",
    "sqrt": "√",
    "sum": "∑",
    "times": "×",
    "to": "→",
    "top": "ᵀ",
    "Vert": "‖",
    "lVert": "‖",
    "rVert": "‖",
}
# Commands that change the look of what follows them, and spaces.
LOOKS = re.compile(
    r"\\(?:mathcal|mathbb|mathbf|mathrm|mathsf|operatorname|text|rm|textstyle|left|right"
    r"|[bB]igg?[lr]?|quad|qquad|[,;:! ])(?![a-zA-Z])"
)
MARKS = {
    "bar": "\N{COMBINING MACRON}",
    "dot": "\N{COMBINING DOT ABOVE}",
    "hat": "\N{COMBINING CIRCUMFLEX ACCENT}",
}
BRACES = {
    r"\{": "\1",
    r"\}": "\2",
}  # those that are shown, out of the way of the others
MARKED = re.compile(r"\\(bar|dot|hat)(?![a-z])\s*(?:\{([^{}]*)\}|(\\?[a-zA-Z]+))")
FRACTION = re.compile(r"\\[td]?frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")
MEAN = re.compile(r"\\mean\{([^{}]*)\}")
COMMAND = re.compile(r"\\([a-zA-Z]+) ?")
RELATIONS = re.compile("([=<>≈≡≥≫∈←≤≪↦≠∝~≃→])")
INSIDE = re.compile(r"(?<=⟨)\s+|\s+(?=⟩)|\s*([_^])\s*")
RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")


def sign(command):
    """Return the character of a command such as "kappa" or "le", or its own name."""
    if command in SIGNS or command in VARIANTS:
        return SIGNS.get(command) or VARIANTS[command]
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    name = command.upper().replace("LAMBDA", "LAMDA")
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name}")
    except KeyError:
        return f"{command} "


def plain(latex):
    r"""Return a formula in plain characters, as well as they can.

    >>> plain(r"\tau_{\rm int} \le \tfrac12 N_v^2"), plain(r"\bar q\in\{0, 1\}")
    ('τ_int ≤ 1/2 N_v²', 'q̄ ∈ {0, 1}')
    >>> plain(r"\mean{v_i h_j}_{\text{data}}"), plain(r"\lambda^{-2}, \dots")
    ('⟨v_i h_j⟩_data', 'λ⁻², …')
    """
    for brace, kept in BRACES.items():
        latex = latex.replace(brace, kept)
    text = LOOKS.sub(" ", re.sub(r"\\\\|&|~|\\(?:begin|end)\{\w+\}", " ", latex))
    text = MARKED.sub(lambda m: f"{{{m[2] or m[3]}{MARKS[m[1]]}}}", text)
    text = FRACTION.sub(lambda m: f"{m[1] or m[2]}/{m[3] or m[4]}", text)
    text = MEAN.sub(r"⟨\1⟩", text)
    text = COMMAND.sub(lambda m: sign(m[1]), text)
    text = re.sub(
        r"\^(?:\{([-+0-9n]+)\}|([0-9n]))",
        lambda m: (m[1] or m[2]).translate(RAISED),
        text,
    )
    text = RELATIONS.sub(r" \1 ", re.sub(r"[{}\\]", "", text))
    text = text.replace("\1", "{").replace("\2", "}")
    return " ".join(INSIDE.sub(r"\1", text).split())
