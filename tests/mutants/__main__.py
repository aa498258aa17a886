"""``python -m tests.mutants``, as ``make mutants`` runs it: do our tests notice when our code is wrong?

Each mutant is one small change that a person might make by mistake.  It is put into a copy of the
package, and the tests named beside it must fail.  The exit status says whether enough did.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENOUGH = 0.9

# (file, what stands there, what the mutant has, tests that must notice)
MUTANTS = [
    ("wire/_event_reader.py", "self._after_cr = True", "self._after_cr = False", "wire"),
    ("wire/_event_reader.py", "data.removeprefix(BOM)", "data", "wire"),
    ("wire/_event_reader.py", "data.splitlines()", 'data.split(b"\\n")', "wire"),
    ("wire/_event_reader.py", 'b"\\n".join(pieces)', 'b"".join(pieces)', "wire"),
    (
        "wire/_event_reader.py",
        "self._name = _UNNAMED\n                self._held",
        "self._held",
        "wire",
    ),
    ("wire/_event_reader.py", "if self._held > self._max:", "if False:", "wire faults"),
    ("wire/_event_reader.py", 'b"\\x00" not in value', "True", "wire"),
    ("wire/_json.py", "if _depth(text) > MAX_DEPTH:", "if False:", "wire faults providers"),
    ("wire/_json.py", "return json.loads(text)", 'raise ValueError("no")', "wire faults providers"),
    ("_response.py", "self.usage.updated(chunk.usage)", "chunk.usage", "chunks"),
    ("_response.py", 'or "{}"', 'or ""', "providers"),
    ("_response.py", "self.id = self.id or chunk.id", "self.id = chunk.id", "providers"),
    (
        "providers/_leftovers.py",
        "if whole and (spoke or not text):\n            return None",
        "return None",
        "providers",
    ),
    (
        "providers/_decoder.py",
        "chunks += self._mender.flush()",
        "pass",
        "providers wire faults fuzzing",
    ),
    (
        "providers/_chat_parser.py",
        'if value.__class__ is str and value == "[DONE]":',
        "if False:",
        "providers",
    ),
    ("providers/_chat_parser.py", 'or delta.get("reasoning")', "", "providers"),
    ("_channels/_channel.py", "self._receiving = True\n", "pass\n", "channels"),
    (
        "_channels/_channel.py",
        "await trio.lowlevel.checkpoint()\n            while",
        "pass\n            while",
        "channels",
    ),
    ("_channels/_channel.py", "return self._free >= 0", "return True", "channels"),
    ("_channels/_program.py", "value = function(value)", "function(value)", "channels"),
    ("_channels/_program.py", "raise failure", "pass", "channels"),
    (
        "_channels/_program.py",
        'if getattr(stage, "done", False):',
        "if False:",
        "channels transformers",
    ),
    (
        "_channels/_fused.py",
        "self._break(failure, made)\n        elif",
        "made.clear()\n                self._break(failure, made)\n        elif",
        "channels",
    ),
    ("_channels/_fused.py", "self._flush(0, made)", "pass", "channels"),
    ("_channels/_fused.py", "self._flush(first, made)", "pass", "channels transformers"),
    ("_channels/_mailbox.py", "self._size - len(self._row) - self._behind", "1", "channels"),
    ("_channels/_mailbox.py", "[writer.put : writer.put + room]", "[:room]", "channels flow"),
    (
        "_channels/_mailbox.py",
        "self._deliver(list(taken), behind=True)",
        "self._deliver(list(taken))",
        "channels",
    ),
    (
        "_channels/_mailbox.py",
        "self._deliver(items)\n            self._wake_reader()",
        "self._deliver(items)",
        "channels",
    ),
    ("_channels/_source.py", "await context.__aexit__(*sys.exc_info())", "pass", "channels"),
    ("_channels/_source.py", "opening.channel.close_nowait()", "pass", "channels"),
    ("_channels/_source.py", "opening.origin.close_nowait()", "pass", "channels"),
    ("_channels/_channel.py", "self._end = self._closed_error()", "pass", "channels services"),
    ("_channels/_channel.py", "if channel._row or not", "if not", "channels"),
    ("_channels/_timed.py", "await self._pull_some(", "await self._pull(", "channels"),
    ("services/_call.py", "await self._exchange.__aexit__(*sys.exc_info())", "pass", "transport"),
    (
        "_transport/_connection.py",
        "if understood and connection.leaves_stream_clean",
        "if connection.stream.has_no_unread_bytes",
        "transport",
    ),
    (
        "_transport/_connection.py",
        "if understood and connection",
        "if connection",
        "transport",
    ),
    (
        "_transport/_connection.py",
        "taken = self.ended and not self._held",
        "taken = True",
        "transport",
    ),
    ("_transport/_connection.py", "and not self._framing.rest and", "and", "transport"),
    ("_transport/_connection.py", "if head.status_code >= 300:", "if False:", "transport"),
    (
        "_transport/_connection.py",
        "clock.deadline = self.sent_at + wait",
        "pass",
        "transport services",
    ),
    ("_transport/_client.py", "if connection.answered:", "if True:", "transport"),
    ("_transport/_client.py", "if connection.answered:", "if False:", "transport"),
    ("_transport/_framing.py", "self.failure = error", "raise", "transport"),
    (
        "_transport/_inflate.py",
        "return self._broken(before, error)",
        "raise DecodeError('x') from error",
        "transport",
    ),
    (
        "_transport/_tls.py",
        "data = self._decrypted(max_bytes)\n            if data",
        "data = None if max_bytes == 1 else self._decrypted(max_bytes)\n            if data",
        "transport",
    ),
    ("providers/_decoder.py", "if not data.strip() or ", "if ", "faults"),
    (
        "providers/_parsing.py",
        'if get("error"):',
        'if "error" in document:',
        "faults",
    ),
    ("_channels/_tee.py", "await side.done.wait()", "pass", "channels"),
    ("_channels/_tee.py", "end = side.failure", "pass", "channels"),
    ("_channels/_fork.py", "hub.check_readers(self)", "pass", "channels"),
    (
        "_channels/_fork.py",
        "if reader is None or reader is task:",
        "if reader is None:",
        "channels",
    ),
    ("_channels/_fork.py", "return not (\n", "return bool(\n", "channels"),
    (
        "_channels/_join.py",
        "scope.cancel()\n\n    def _drop_out",
        "pass\n\n    def _drop_out",
        "channels",
    ),
    (
        "_channels/_join.py",
        "if self._winner is None:\n            self._drop",
        "if failure is None:\n            self.box.finish()\n        elif self._winner is None:\n            self._drop",
        "channels",
    ),
    (
        "_channels/_source.py",
        "self._pull_ready(self._origin, 1)",
        "self._pull_ready(self._origin)",
        "channels",
    ),
    ("_channels/_source.py", "return origin._draw(1)", "return origin._draw(None)", "channels"),
    ("_channels/_source.py", "self._run.run_sync_soon(channel.close_nowait)", "pass", "session"),
    ("services/_imodel.py", "if home.is_open), None", "), None", "session"),
    ("session/_session.py", "kept.close_with_session()", "pass", "session"),
    ("_channels/_join.py", "self._scope.cancel()", "pass", "channels"),
    ("_channels/_map.py", "[:1] if self._ordered", "if self._ordered", "channels"),
    ("_channels/_map.py", ">= self._limit", "> self._limit", "channels"),
    ("_channels/_nursery.py", "nursery.cancel_scope.cancel()", "pass", "channels"),
    (
        "_channels/_text.py",
        "return rest if _is_done(machine) else [*rest, item]",
        "return [item]",
        "channels transformers",
    ),
    ("_channels/_timed.py", "self._held += await", "await", "channels"),
    ("_text.py", r"\x7f-\x9f", r"\x7f", "sinks"),
    ("sinks/_draft.py", "self.path.replace(self._target)", "pass", "sinks"),
    ("sinks/_draft.py", "secrets.token_hex(8)", "0", "sinks"),
    (
        "sinks/_web.py",
        "await self.aclose()\n        return data",
        "return data",
        "sinks",
    ),
    ("session/_storage.py", "Path(name).replace(path)", "path.write_text(text)", "session"),
    ("session/_session.py", "await client.aclose()", "pass", "services local"),
    ("stages/_think_tags.py", "self._start = text[end:]", 'self._start = ""', "stages"),
    ("stages/_lines.py", "\\r", "\\v", "stages"),
    # Generators, and who is told of their failures
    (
        "_channels/_carry.py",
        "step = generator.athrow(cancelled)\n                else",
        "raise\n                else",
        "channels",
    ),
    (
        "_channels/_carry.py",
        "step = generator.athrow(cancelled)\n    if step",
        "pass\n    if step",
        "channels",
    ),
    (
        "_channels/_carry.py",
        "await hand_over(held)\n        except ReaderGone",
        "held.clear()\n        except ReaderGone",
        "channels flow",
    ),
    ("_channels/_carry.py", "len(held) > MOST_HELD", "False", "channels"),
    ("_channels/_carry.py", "group.split(GeneratorExit)[1]", "group", "channels"),
    (
        "_channels/_nursery.py",
        "if is_cancelled() or not is_cancellation(error):",
        "if True:",
        "channels flow",
    ),
    ("_channels/_nursery.py", "broken = nursery.cancel_scope.cancel_called", "pass", "channels"),
    (
        "_channels/_nursery.py",
        "own = None if exc is None or is_cancellation(exc) else exc",
        "own = exc",
        "channels flow",
    ),
    ("_channels/_generator.py", "if box.gone or is_cancelled():", "if False:", "channels"),
    ("session/_session.py", "late.add(error)", "raise", "flow"),
    ("flow/_run.py", "if self.gone or is_cancelled():", "if False:", "flow"),
    # Flows
    (
        "flow/_runner.py",
        "lost = list(failed.dependents)",
        "lost = [*failed.dependents, *failed.readers]",
        "flow",
    ),
    (
        "flow/_runner.py",
        "            skipped.append(node)\n",
        "            skipped.append(node)\n            if node.line is not None and node.waits:\n                self._count_ready(skipped.pop().line)\n",
        "flow",
    ),
    ("flow/_runner.py", "            if unexplained:", "            if False:", "flow"),
    ("flow/_runner.py", "if line.running:", "if True:", "flow"),
    ("flow/_runner.py", "self.out is not None and self.out.gone", "False", "flow"),
    ("flow/_runner.py", "self._failed if ended_it else self._failed_late", "self._failed", "flow"),
    (
        "flow/_runner.py",
        "self._failure(self._failed if ended_it else self._failed_late) or cancelled",
        "cancelled",
        "flow",
    ),
    ("flow/_context.py", "await trio.lowlevel.checkpoint_if_cancelled()", "pass", "flow"),
    # Slots of a model
    ("_channels/_lending.py", "slot.limiter.total_tokens += 1 if lent else -1", "pass", "flow"),
    ("_channels/_lending.py", "        _lend(slot, lent=False)", "        pass", "flow"),
    ("_channels/_lending.py", "slot.task in _above(task)", "slot.task is task", "flow"),
    ("_channels/_lending.py", "task is None or slot.task in _above(task)", "True", "flow"),
    ("_channels/_lending.py", "lending = lending.outer", "lending = None", "flow"),
    ("flow/_context.py", "with SlotsLent(of_all_tasks=True):", "with ExitStack():", "flow"),
    ("operations/_asking.py", "LendingMailbox(RUN_AHEAD)", "Mailbox(RUN_AHEAD)", "flow"),
]


def main() -> int:
    if not _passes(ROOT, sorted({name for *_, tests in MUTANTS for name in tests.split()})):
        print("the tests fail without any mutant")
        return 1
    survived = []
    for number, (file, right, wrong, tests) in enumerate(MUTANTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            shutil.copytree(ROOT / "lionpride_trio", home / "lionpride_trio")
            shutil.copytree(ROOT / "tests", home / "tests")
            for name in ("pyproject.toml", "README.md"):
                shutil.copy(ROOT / name, home / name)
            target = home / "lionpride_trio" / file
            text = target.read_text(encoding="utf-8")
            if right not in text:
                print(f"{number:3} {file}: stale, there is no {right!r}")
                survived.append(number)
                continue
            target.write_text(text.replace(right, wrong), encoding="utf-8")
            noticed = not _passes(home, tests.split())
        print(f"{number:3} {'noticed ' if noticed else 'SURVIVED'} {file}: {right!r} -> {wrong!r}")
        if not noticed:
            survived.append(number)
    share = 1 - len(survived) / len(MUTANTS)
    print(f"{len(MUTANTS) - len(survived)} of {len(MUTANTS)} mutants noticed ({share:.0%})")
    return 0 if share >= ENOUGH else 1


def _passes(home: Path, tests: list[str]) -> bool:
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*words, *(f"tests/{name}" for name in tests)],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(home)},
            capture_output=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False  # waiting for ever is a way of failing
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
