"""The part of a notebook's code that some of its cells need, found by names."""

import ast
import builtins


def names(code):
    """Return (names that the code uses but does not make, names that it makes).

    >>> used, made = names("for k in range(n):\\n    y = [x + i * k for i in range(n)]")
    >>> sorted(used), sorted(made)
    (['n', 'x'], ['k', 'y'])
    """
    used, made = _block(ast.parse(code).body)
    return used - set(dir(builtins)), made


def _block(body):
    """Return (used, made) of statements that run one after the other."""
    used, made = set(), set()
    for node in body:
        loaded, stored = _statement(node)
        used |= loaded - made
        made |= stored
    return used, made


def _statement(node):
    """Return (used, made) of one statement, what stands in its blocks included."""
    if not isinstance(node, ast.With | ast.For | ast.While | ast.If | ast.Try):
        return _inside(node)
    blocks = [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(node, "handlers", [])]
    head = [
        part
        for name, value in ast.iter_fields(node)
        if name not in ("body", "orelse", "finalbody", "handlers")
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, ast.AST)
    ]
    used, made = _inside(ast.Module(head, []))
    for block in blocks:
        loaded, stored = _block(block)
        used |= loaded - made
        made |= stored
    return used, made


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
