"""The part of a notebook's code that some of its cells need, found by names."""

import ast
import builtins


def names(code):
    """Return (names that the code uses but does not make, names that it makes).

    >>> used, made = names("y = [x + i for i in range(n)]")
    >>> sorted(used), sorted(made)
    (['n', 'x'], ['y'])
    """
    tree = ast.parse(code)
    made, used = set(), set()
    for node in tree.body:
        inside = _inside(node)
        used |= inside[0] - made
        made |= inside[1]
    return used - set(dir(builtins)), made


def _inside(node):
    """Return (loaded, stored) of one statement; what functions store is theirs."""
    loaded, stored, own = set(), set(), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (loaded if isinstance(part.ctx, ast.Load) else stored).add(part.id)
        elif isinstance(part, ast.FunctionDef):
            stored.add(part.name)
            for inner in part.body:
                own |= _inside(inner)[1]
            own |= {argument.arg for argument in _arguments(part)}
        elif isinstance(part, ast.Lambda):
            own |= {argument.arg for argument in _arguments(part)}
        elif isinstance(part, ast.comprehension):
            own |= _inside(ast.Expr(part.target))[1]
        elif isinstance(part, ast.alias):
            stored.add((part.asname or part.name).split(".")[0])
    if isinstance(node, ast.FunctionDef):
        return loaded - own - {node.name}, {node.name}
    return loaded - own - (stored - loaded), stored - own


def _arguments(function):
    given = function.args
    found = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return found + [one for one in (given.vararg, given.kwarg) if one]


def before(earlier, wanted):
    """Return those of some earlier pieces of code that the wanted ones need."""
    needed = set()
    for code in reversed(wanted):
        used, made = names(code)
        needed = (needed - made) | used
    kept = []
    for code in reversed(earlier):
        used, made = names(code)
        if made & needed:
            kept.append(code)
            needed = (needed - made) | used
    return kept[::-1]
