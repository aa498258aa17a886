"""The program in docs/faults.md does what the page says."""

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


async def test_the_example_runs(capsys):
    code = PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names = {}
    exec(compile(code, str(PAGE), "exec"), names)
    await names["main"]()
    assert capsys.readouterr().out == "Hel\ncut after Hel\n"
