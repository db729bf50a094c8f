"""Problems with numbers of one's own, their answers, and a grader.

`bank` has all problems and draws their numbers; `grade` computes the answers again;
`sheets` prints them.  In a shell: ``python -m rbmlib.course --help``.
"""

from rbmlib.course.bank import answers, problems
from rbmlib.course.grade import Grade, Grades, grade
from rbmlib.course.problem import Answer, Posed
from rbmlib.course.sheets import key, sheet, write_sheets
from rbmlib.course.students import read_names, student_seed

__all__ = [
    "Answer",
    "Grade",
    "Grades",
    "Posed",
    "answers",
    "grade",
    "key",
    "problems",
    "read_names",
    "sheet",
    "student_seed",
    "write_sheets",
]
