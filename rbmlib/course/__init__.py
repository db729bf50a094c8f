"""Self-checks of the exercises; problems with numbers of one's own, and a grader.

`self_checks` tells a student whether an answer is right.  `bank` has all problems and
draws their numbers; `grade` computes the answers again; `sheets` prints them.  In a
shell: ``python -m rbmlib.course --help``.
"""

from rbmlib.course.bank import answers, problems
from rbmlib.course.grade import Grade, Grades, grade
from rbmlib.course.problem import Answer, Posed
from rbmlib.course.self_checks import agree, check, fingerprint, matches
from rbmlib.course.sheets import key, sheet, write_sheets
from rbmlib.course.students import read_names, student_seed

__all__ = [
    "Answer",
    "Grade",
    "Grades",
    "Posed",
    "agree",
    "answers",
    "check",
    "fingerprint",
    "grade",
    "key",
    "matches",
    "problems",
    "read_names",
    "sheet",
    "student_seed",
    "write_sheets",
]
