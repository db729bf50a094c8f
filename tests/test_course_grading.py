"""Sheets, tables of answers, and what is wrong in them: file, row and column."""

import csv
import io
import re

import pytest

import problem_list
from rbmlib import course
from rbmlib.course import __main__ as command
from rbmlib.course.bank import BY_LABEL
from rbmlib.course.pages import page_of
from rbmlib.course.students import seed_mark

SEED = 7
NAMES = ["Emmy Noether", "Zoë Müller"]


def key_of(name, label):
    seed = course.student_seed(SEED, name)
    return course.answers(BY_LABEL[label].chapter, seed)[label]


def written(folder, rows, delimiter=","):
    path = folder / "answers.csv"
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return path


HEAD = ["student", "label", "answer"]


def test_rounded_answers_are_right_and_mistakes_are_named(tmp_path):
    rows = [HEAD]
    for name in NAMES:
        for label in ("P4.1", "P5.2", "P7.6"):
            rows.append([name, label, f"{key_of(name, label).value:.3g}"])
        for words, x in key_of(name, "P6.2").mistakes.items():
            rows.append([f"{name} {words[:3]}", "P1.1", ""])
            wrong = course.grade({"P6.2": x}, seed=course.student_seed(SEED, name))
            assert not wrong[0].right and words in wrong[0].looks_like
    table = course.grade(written(tmp_path, rows), seed=SEED)
    for row in table:
        assert row.right == (row.answer is not None)
        assert row.verdict == ("right" if row.right else "empty")
        assert row.looks_like == ""
    points = table.points()
    assert [points[name] for name in NAMES] == [(3, 3)] * 2
    assert course.grade(written(tmp_path, rows[:3]), seed=SEED + 1).points() == {
        NAMES[0]: (0, 2)
    }


def test_an_answer_is_right_up_to_its_tolerance_and_no_further():
    key = course.answers(4, SEED)["P4.1"]
    for sign in (1, -1):
        inside, outside = (
            key.value + sign * factor * key.tolerance for factor in (0.99, 1.01)
        )
        assert course.grade({"P4.1": inside}, seed=SEED)[0].right
        assert not course.grade({"P4.1": outside}, seed=SEED)[0].right
    whole = course.answers(7, SEED)["P7.6"].value
    assert course.grade({"P7.6": float(whole)}, seed=SEED)[0].right
    assert not course.grade({"P7.6": whole + 0.01}, seed=SEED)[0].right


def test_what_no_mistake_explains_may_be_a_factor():
    value = course.answers(4, SEED)["P4.5"].value
    found = course.grade({"P4.5": 2 * value, "P4.2": 1e6}, seed=SEED)
    assert [row.looks_like for row in found] == ["a factor of 2", ""]


@pytest.mark.parametrize(("delimiter", "point"), [(",", "."), (";", ","), ("\t", ",")])
def test_tables_of_other_countries_are_read(tmp_path, delimiter, point):
    value = f"{key_of(NAMES[1], 'P4.1').value:.4f}".replace(".", point)
    rows = [
        ["Answer", "note", "Label", "student"],
        [value, "x", " p4.1", "zoë  müller"],
    ]
    table = course.grade(written(tmp_path, rows, delimiter), seed=SEED, students=NAMES)
    assert table[0].right and table[0].label == "P4.1"


class Frame:
    """What pandas has of a table."""

    def __init__(self, rows):
        self.rows, self.columns = rows, list(rows[0])

    def __getitem__(self, names):
        return Frame([{name: row[name] for name in names} for row in self.rows])

    def to_dict(self, orient):
        assert orient == "records"
        return self.rows


def test_a_frame_is_as_good_as_a_file():
    value = key_of(NAMES[0], "P4.1").value
    rows = [dict(zip(HEAD, (NAMES[0], "P4.1", x), strict=True)) for x in (value,)]
    rows += [dict(zip(HEAD, (NAMES[1], "P4.1", float("nan")), strict=True))]
    table = course.grade(Frame(rows), seed=SEED)
    assert [row.right for row in table] == [True, False]
    assert table[1].verdict == "empty"


def test_the_unit_of_the_problem_may_follow_a_number(tmp_path):
    unit = key_of(NAMES[0], "P4.1").unit
    cells = ["1,5 " + unit, f" 1.5{unit.upper()}", "−15e-1  units  of  t"]
    for cell, value in zip(cells, (1.5, 1.5, -1.5), strict=True):
        rows = [HEAD, [NAMES[0], "P4.1", cell]]
        assert course.grade(written(tmp_path, rows), seed=SEED)[0].answer == value
    for label, cell in (("P4.1", unit), ("P4.1", "1.5 K"), ("P4.2", f"1.5 {unit}")):
        rows = [HEAD, [NAMES[0], label, cell]]
        with pytest.raises(ValueError, match="row 2, column answer: expected a number"):
            course.grade(written(tmp_path, rows), seed=SEED)


def test_numbers_are_written_as_people_do(tmp_path):
    table = course.grade({"P4.1": -4000.0, "P7.6": 48.0, "P4.2": None}, seed=SEED)
    cells = [row.cells() for row in table]
    assert [cell["answer"] for cell in cells] == ["-4000", "48", ""]
    assert cells[0]["off by"] == "-4002"
    path = tmp_path / "graded.csv"
    table.save(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["answer"] for row in rows] == ["-4000", "48", ""]
    assert [row["verdict"] for row in rows] == ["wrong", "wrong", "empty"]


def test_a_file_of_another_encoding_is_refused_with_what_helps(tmp_path):
    path = tmp_path / "excel.csv"
    text = "student;label;answer\nZoë Müller;P4.1;1,5\n"
    for encoding in ("cp1252", "utf-16"):
        path.write_text(text, encoding=encoding)
        with pytest.raises(ValueError, match='excel.csv with byte .*"CSV UTF-8"'):
            course.grade(path, seed=SEED)
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_text(text, encoding=encoding)
        found = course.grade(path, seed=SEED, students=NAMES)[0]
        assert (found.student, found.answer) == ("Zoë Müller", 1.5)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([HEAD, ["Emmy", "P4.1", "x"]], "row 2, column answer: expected a number"),
        (
            [HEAD, ["Emmy", "P4.1", "1,234.5"]],
            "row 2, column answer: expected a number",
        ),
        ([HEAD, ["Emmy", "P4.1", "nan"]], "row 2, column answer: expected a number"),
        ([HEAD, ["Emmy", "P4.1", "1e999"]], "row 2, column answer: expected a number"),
        ([HEAD, ["Emmy", "P4.99", "1"]], "row 2, column label: expected a problem"),
        ([HEAD, ["", "P4.1", "1"]], "row 2, column student must be a name"),
        ([HEAD, [], ["Emmy", "P4.1"]], "row 3: expected 3 cells, as in row 1, got 2"),
        ([HEAD[:2], ["Emmy", "P4.1"]], "row 1 must have the columns .*: answer not"),
        ([HEAD], "answers must hold at least one answer, got none"),
        (
            [HEAD, ["Emmy", "P4.1", "1"], ["EMMY", "p4.1", "2"]],
            "row 3: each student must answer a problem once, .*row 2",
        ),
    ],
)
def test_a_fault_is_named_with_file_row_and_column(tmp_path, rows, fault):
    path = written(tmp_path, rows)
    with pytest.raises(ValueError, match=fault) as error:
        course.grade(path, seed=SEED)
    assert str(path) in str(error.value) or "got none" in fault


def test_all_faults_are_told_at_once(tmp_path):
    rows = [HEAD, *([f"S{i}", "P4.1", "x"] for i in range(30))]
    with pytest.raises(ValueError, match="(?s)row 2,.*row 11,.*and 20 more"):
        course.grade(written(tmp_path, rows), seed=SEED)


def test_a_misspelt_name_is_refused(tmp_path):
    path = written(tmp_path, [HEAD, ["Emy Noether", "P4.1", "1"]])
    with pytest.raises(ValueError, match="'Emy Noether'; did you mean 'Emmy Noether'"):
        course.grade(path, seed=SEED, students=NAMES)


def test_the_command_writes_sheets_and_grades_what_they_ask(tmp_path, capsys):
    names, folder = tmp_path / "names.txt", tmp_path / "week"
    names.write_text("\n".join([*NAMES, ""]), encoding="utf-8")
    command.main(
        f"sheet --chapter 4 --seed 7 --students {names} -o {folder} --format md".split()
    )
    assert "2 sheets of 6 problems" in capsys.readouterr().out
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["emmy-noether.md", "zoe-muller.md"]  # to hand out: no key
    sheets = [(folder / file).read_text(encoding="utf-8") for file in files]
    key = (tmp_path / "week-key.md").read_text(encoding="utf-8")
    assert sheets[0] != sheets[1].replace(NAMES[1], NAMES[0])
    assert all(seed_mark(SEED) in text for text in (*sheets, key))
    assert "seed 7" in key and "seed 7" not in sheets[0]
    # A student's sheet has no answer, the key has them all.
    for name, text in zip(NAMES, sheets, strict=True):
        for label in (f"P4.{i}" for i in range(1, 7)):
            answer = f"{key_of(name, label).value:.6g}"
            assert label in text and answer not in text and answer in key
    rows = [HEAD, *([name, "P4.1", key_of(name, "P4.1").value] for name in NAMES)]
    answers, graded = written(tmp_path, rows), tmp_path / "graded.csv"
    command.main(f"grade {answers} --seed 7 --students {names} -o {graded}".split())
    said = capsys.readouterr()
    assert "Emmy Noether: 1 of 1 right" in said.out and said.err == ""
    assert seed_mark(SEED) in said.out
    assert len(graded.read_text(encoding="utf-8").splitlines()) == 3
    command.main(f"grade {answers} --seed 8 --students {names}".split())
    said = capsys.readouterr().err
    assert "is --seed the seed of the sheets?" in said and seed_mark(8) in said


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ("grade no.csv --seed 7", "no.csv"),
        ("sheet --only P9.9 --seed 7 --students {names} -o {out}", "labels.0. must be"),
        ("sheet --chapter 4 --seed -1 --students {names} -o {out}", "seed must be"),
        (
            "sheet --chapter 4 --seed 7 --students {twice} -o {out}",
            "line 3: names must",
        ),
    ],
)
def test_the_command_stops_with_one_message(tmp_path, arguments, fault):
    files = {name: tmp_path / name for name in ("names", "twice", "out")}
    files["names"].write_text("Emmy\n")
    files["twice"].write_text("Emmy\n\nemmy\n")
    with pytest.raises(SystemExit, match=fault):
        command.main(arguments.format(**files).split())
    assert not files["out"].exists()


def test_names_that_would_share_a_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match="students must have different file names"):
        course.write_sheets(tmp_path, ["Zoë", "Zoe"], ["P4.1"], SEED)
    odd = course.write_sheets(tmp_path / "w", ["All", "王"], ["P4.1"], SEED)
    assert len({path.name for path in odd}) == 4
    assert [path.name for path in odd[2:]] == ["all.html", "w-key.html"]
    assert odd[-1].parent == tmp_path


def test_the_key_of_the_folder_here_stands_beside_it(tmp_path, monkeypatch):
    here = tmp_path / "week5"
    here.mkdir()
    monkeypatch.chdir(here)
    *_, key = course.write_sheets(".", NAMES, ["P4.1"], SEED)
    assert key.resolve() == (tmp_path / "week5-key.html").resolve() and key.exists()


def test_one_page_has_the_sheets_of_all_each_on_paper_of_its_own(tmp_path):
    *sheets, everyone, _ = course.write_sheets(tmp_path / "w", NAMES, ["P4.1"], SEED)
    page = everyone.read_text(encoding="utf-8")
    for path in sheets:
        body = path.read_text(encoding="utf-8").partition("</style>")[2]
        assert body.removesuffix("</html>\n").strip() in page
    assert page.count("<h1>") == 2 and "h1 ~ h1 { break-before: page; }" in page


def test_a_page_shows_every_word_of_its_sheet_and_no_marks():
    labels = list(BY_LABEL)
    text = course.sheet("Zoë <Müller>", labels, SEED)
    page = page_of(text)
    assert "<script" not in page and "http" not in page
    body = page.partition("</style>")[2]
    plain = re.sub(r"<[^>]+>", " ", body).replace("&lt;", "<").replace("&gt;", ">")
    plain = (
        plain.replace("&nbsp;", " ")
        .replace("&quot;", '"')
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
    )
    bare = re.sub(r"^#+ |^```$|`|\*(?=\w)|(?<=\w)\*", "", text, flags=re.MULTILINE)
    assert "".join(plain.split()).replace("*", "") == "".join(bare.split()).replace(
        "*", ""
    )
    assert body.count("<pre>") == text.count("```") // 2
    assert body.count("<h2>") == len(labels)


def test_tables_are_shown_in_a_notebook_and_in_a_terminal():
    table = course.grade({"P4.1": 1.0, "P4.2": 2.0}, seed=SEED)
    assert str(table).splitlines()[0].split() == (
        "student label answer verdict right value off by looks like".split()
    )
    assert table._repr_html_().count("<tr>") == 3


def test_the_page_of_the_book_has_what_the_problems_say():
    page = problem_list.PAGE.read_text(encoding="utf-8")
    assert problem_list.filled(page) == page, "run tools/problem_list.py"
    for label in BY_LABEL:
        assert f"**{label} " in page
