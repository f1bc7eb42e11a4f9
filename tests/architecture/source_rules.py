"""The rules of the source tree, as functions from a file's text to sentences about what is wrong.

``docs/decisions.md`` says why; ``test_imports.py`` runs them over ``source/`` and proves on small
wrong samples that they see what they should.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

HELPER = "MediaInsightsEngineLambdaHelper"

# Parts of the standard library that make an answer depend on something other than the arguments.
_WORLD = frozenset(
    {
        "asyncio",
        "getpass",
        "http",
        "locale",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "platform",
        "random",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    }
)
_CLOCK_READS = frozenset({"now", "utcnow", "today"})

_ADAPTERS_MAY = ("mie.core", "mie.adapters", "mie.aws", "mie.settings", "mie.logs")
_ENGINE_MAY = ("mie.core", "mie.engine", "mie.logs")
# urllib3 is what botocore speaks HTTP with, and comes with it
_AWS = ("boto3", "botocore", "urllib3", "aws_xray_sdk", "aws_lambda_powertools")

_CLIENT_MAKERS = frozenset({"client", "resource", "Session", "session"})
_MUTABLE_CALLS = frozenset(
    {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"}
)
_MUTATORS = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "setdefault",
        "update",
    }
)
_MUTABLE_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9_]*|__\w+__")


@dataclass(frozen=True)
class Import:
    """One imported module; ``names`` are what ``from … import`` took of it."""

    module: str
    names: tuple[str, ...]
    line: int
    # how many dots a relative import begins with
    level: int = 0

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


Rule = Callable[[str], list[str]]


def imports_of(text: str) -> list[Import]:
    """Every import of a file, those inside functions included."""
    found: list[Import] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, (), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            found.append(Import(node.module or "", names, node.lineno, node.level))
    return found


def core_violations(text: str) -> list[str]:
    """Rule 1: the standard library without its view of the world, and core itself."""
    wrong = [
        f"line {one.line}: core must not import {_shown(one)}"
        for one in imports_of(text)
        if not (_within(one, ("mie.core",)) or _is_standard(one)) or one.top in _WORLD
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in _CLOCK_READS and owner.split(".")[-1] in {"datetime", "date"}:
                wrong.append(f"line {node.lineno}: core must not read the clock ({owner})")
    return wrong


def engine_violations(text: str) -> list[str]:
    """Rule 2: core, engine and the standard library; no AWS, no HTTP, no environment."""
    wrong = [
        f"line {one.line}: engine must not import {_shown(one)}"
        for one in imports_of(text)
        if not (_within(one, _ENGINE_MAY) or _is_standard(one))
    ]
    return wrong + [
        f"line {line}: engine must not read the environment" for line in _environment_reads(text)
    ]


def adapter_violations(text: str) -> list[str]:
    """Rule 3: AWS's packages and core, never engine."""
    return [
        f"line {one.line}: an adapter must not import {_shown(one)}"
        for one in imports_of(text)
        if not (_within(one, _ADAPTERS_MAY) or one.top in _AWS or _is_standard(one))
    ]


def operator_violations(
    text: str,
    own_modules: frozenset[str],
    other_modules: frozenset[str],
    declared: frozenset[str],
    helper_names: frozenset[str],
) -> list[str]:
    """Rule 5: the helper library's public names, the own folder, declared packages.

    own_modules and other_modules are the module names that lie in this operator's folder and in
    those of other operators; declared are the importable names of required packages.
    """
    wrong: list[str] = []
    for one in imports_of(text):
        if one.top == HELPER:
            private = [name for name in one.names if name not in helper_names]
            if one.module != HELPER:
                wrong.append(f"line {one.line}: {one.module} is inside the helper library")
            elif private:
                wrong.append(f"line {one.line}: {', '.join(private)} is no public name of {HELPER}")
        elif one.level > 1:
            wrong.append(f"line {one.line}: an operator must not reach outside its own folder")
        elif one.level == 1 or one.top in own_modules or _is_standard(one) or one.top in declared:
            continue
        elif one.top in other_modules or one.top in {"operators", "source"}:
            wrong.append(f"line {one.line}: {one.module} belongs to another operator")
        else:
            wrong.append(f"line {one.line}: an operator must not import {_shown(one)}")
    return wrong


def import_time_violations(text: str) -> list[str]:
    """Rule 6: a module that is imported makes no client, reads no environment, keeps no state."""
    wrong: list[str] = []
    for node in _import_time_nodes(ast.parse(text)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith("boto3.") and called.rpartition(".")[2] in _CLIENT_MAKERS:
                wrong.append(f"line {node.lineno}: {called} is called at import")
        if _reads_environment(node):
            wrong.append(f"line {node.lineno}: the environment is read at import")
        wrong.extend(_mutable_state(node))
    tree = ast.parse(text)
    wrong.extend(
        f"line {node.lineno}: 'global' changes module state"
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
    )
    return wrong + list(_changed_constants(tree))


def broad_except_violations(text: str) -> list[str]:
    """A broad except says why in a comment on its line or the one before, or raises again."""
    comments = _comments(text)
    return [
        f"line {node.lineno}: a broad except without a written reason"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node.type)
        and not any(isinstance(inner, ast.Raise) for inner in node.body)
        and not any(
            _gives_reason(comments.get(line, "")) for line in (node.lineno - 1, node.lineno)
        )
    ]


def print_violations(text: str) -> list[str]:
    return [
        f"line {node.lineno}: print in library code"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "pprint"}
    ]


def declared_packages(*requirements: Path) -> frozenset[str]:
    """The importable names of the packages that requirements files name."""
    wanted = {
        re.split(r"[=<>!~;\[ ]", line, maxsplit=1)[0].strip().lower().replace("_", "-")
        for file in requirements
        if file.exists()
        for line in file.read_text().splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "-"))
    }
    return frozenset(
        module
        for module, distributions in packages_distributions().items()
        if wanted & {name.lower().replace("_", "-") for name in distributions}
    )


def public_names(text: str) -> frozenset[str]:
    """What a module offers: ``__all__``, or else its names without a leading underscore."""
    offered: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if "__all__" in targets:
                return frozenset(ast.literal_eval(node.value))
            offered |= targets
        elif isinstance(node, ast.ImportFrom):
            offered |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            offered.add(node.name)
    return frozenset(name for name in offered if not name.startswith("_"))


def _shown(one: Import) -> str:
    return "." * one.level + one.module


def _within(one: Import, allowed: tuple[str, ...]) -> bool:
    if one.level:
        # a relative import from the package's own level stays in its layer
        return one.level == 1
    full = {f"{one.module}.{name}" for name in one.names} or {one.module}
    return any(one.module == name or one.module.startswith(f"{name}.") for name in allowed) or all(
        candidate in allowed for candidate in full
    )


def _is_standard(one: Import) -> bool:
    return not one.level and one.top in sys.stdlib_module_names


def _environment_reads(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if _reads_environment(node):
            yield node.lineno  # type: ignore[attr-defined]


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return ast.unparse(node) in {"os.environ", "os.environb", "os.getenv"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(
            alias.name in {"environ", "environb", "getenv"} for alias in node.names
        )
    return False


def _import_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs when the module is imported: not the bodies of functions."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for evaluated in (*child.decorator_list, child.args):
                yield evaluated
                yield from _import_time_nodes(evaluated)
        elif not isinstance(child, ast.Lambda):
            yield from _import_time_nodes(child)


def _mutable_state(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets, value = [node.target], node.value
    else:
        return
    if not _is_mutable(value):
        return
    for target in targets:
        name = ast.unparse(target)
        if not _CONSTANT.fullmatch(name):
            yield f"line {node.lineno}: '{name}' is mutable state of the module"


def _changed_constants(tree: ast.Module) -> Iterator[str]:
    """A constant's name is in capitals, its value must stay as it is too."""
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and node.value is not None and _is_mutable(node.value)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = ast.unparse(node.value)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _MUTATORS
        ):
            changed = ast.unparse(node.func.value)
        else:
            continue
        if changed in constants:
            yield f"line {node.lineno}: '{changed}' of the module is changed"


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in _MUTABLE_CALLS
    return isinstance(value, _MUTABLE_LITERALS)


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds)


def _comments(text: str) -> dict[int, str]:
    return {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }


def _gives_reason(comment: str) -> bool:
    """What stays after the ``noqa`` is at least a few words."""
    reason = re.sub(r"noqa:?\s*[A-Z0-9, ]*(?=\s|-|$)", "", comment.lstrip("# "))
    return len(re.findall(r"[A-Za-z]{2,}", reason)) >= 3
